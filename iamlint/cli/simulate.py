"""`iamlint simulate`: policy documents and requests, no repository."""

from __future__ import annotations

import json
import sys
from typing import Any

from iamlint.cli.command import Command, Option, Values
from iamlint.cli.session_options import CONTEXT, FORMAT
from iamlint.errors import UsageError

INCOMPLETE = 3
_LAYERS = ("identity", "resource", "boundary", "session", "scp", "rcp", "endpoint")


def run(values: Values) -> int:
    """Answer one request, or a request a line; return 3 when a line could not be read."""
    single = [
        name
        for name in ("principal", "action", "resource", "resource_account", *(f"{layer}_policy" for layer in _LAYERS))
        if values[name]
    ]
    if values["batch"]:
        if single:
            raise UsageError("`--batch` reads everything from standard input and goes with no other request")
        return _batch()
    if not (values["principal"] and values["action"]):
        raise UsageError("`iamlint simulate` needs `--principal` and `--action`, or `--batch`")
    return _one(values)


def _batch() -> int:
    """Answer line by line, in order, each as soon as it is read."""
    from iamlint.cli.simulation import UnreadableError, simulate

    code, out, encode = 0, sys.stdout, json.JSONEncoder(ensure_ascii=True).encode
    for raw in sys.stdin.buffer:
        if not raw.strip():
            continue
        line_id: Any = None
        try:
            value = _parsed(raw)
            line_id = value.get("id") if isinstance(value, dict) else None
            answer = {"id": line_id} | simulate(value)
        except UnreadableError as error:
            code, answer = INCOMPLETE, {"id": line_id, "error": str(error)}
        out.write(encode(answer) + "\n")
        out.flush()  # whoever asks may wait for the answer before asking again
    return code


def _parsed(raw: bytes) -> Any:
    from iamlint.cli.simulation import UnreadableError

    try:
        return json.loads(raw)
    except UnicodeDecodeError:
        raise UnreadableError("the line is not UTF-8") from None
    except ValueError as error:
        words = getattr(error, "msg", "not JSON")
        raise UnreadableError(f"the line is not JSON: {words[:1].lower()}{words[1:]}") from None
    except RecursionError:
        raise UnreadableError("the line nests too deep") from None


def _one(values: Values) -> int:
    from iamlint.cli.simulation import UnreadableError, simulate
    from iamlint.cli.terminal import write
    from iamlint.report.display import clean
    from iamlint.report.json import dump

    policies: dict[str, Any] = {}
    for layer in _LAYERS:
        documents = [_document(path) for path in values[f"{layer}_policy"]]
        if layer in ("scp", "rcp"):
            policies[layer] = [[document] for document in documents]  # one file a level, root first
        elif documents:
            policies[layer] = documents[0] if layer == "resource" else documents
    if len(values["resource_policy"]) > 1:
        raise UsageError("a resource has one policy: `--resource-policy` may be given once")
    request = {"principal": values["principal"], "action": values["action"], "context": _context(values["context"])}
    for name in ("resource", "resource_account"):
        if values[name]:
            request[name] = values[name]
    try:
        answer = simulate({"request": request, "policies": policies})
    except UnreadableError as error:
        raise UsageError(str(error)) from None
    if values["format"] == "json":
        write(dump({"version": 1} | answer))
        return 0
    lines = [answer["decision"].replace("_", " ")]
    lines += [f"  blocked by: {', '.join(answer['blocked_by'])}"] if answer["blocked_by"] else []
    lines += [f"  depends on: {answer['residual']}"] if answer["residual"] else []
    for item in answer["determining"]:
        lines.append(f"  by statement {item['statement']}{' `' + item['sid'] + '`' if item['sid'] else ''} of {item['policy']}")
    write("".join(f"{clean(line)}\n" for line in lines))
    return 0


def _document(path: str) -> Any:
    """Return the policy document in a JSON or YAML file."""
    from iamlint.source.read_json import read_json
    from iamlint.source.read_yaml import read_yaml

    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise UsageError(f"`{path}` cannot be read: {error.strerror}") from None
    reading = read_json(data, path) if path.endswith(".json") else next(iter(read_yaml(data, path)), None)
    if reading is None or not isinstance(reading.value, dict):
        problem = f": {reading.problems[0].message}" if reading is not None and reading.problems else ""
        raise UsageError(f"`{path}` holds no policy document{problem}")
    return reading.value


def _context(given: tuple[str, ...]) -> dict[str, Any]:
    from iamlint.cli.session_options import context
    from iamlint.source.value import Unknown

    return {name: {"unknown": True} if isinstance(value, Unknown) else list(value) for name, value in context(given).items()}


COMMAND = Command(
    "Evaluate given policy documents for given requests.",
    run,
    (),
    (
        Option(("--batch",), "Read one JSON object a line from standard input, write one a line, in order."),
        Option(("--principal",), "Who asks: an ARN.", "ARN"),
        Option(("--action",), "What: an AWS action.", "ACTION"),
        Option(("--resource",), "On what: an ARN.", "ARN"),
        Option(("--resource-account",), "The account of the resource, where its ARN does not say.", "ID"),
        Option(("--identity-policy",), "A policy attached to the principal; repeatable.", "FILE", many=True),
        Option(("--resource-policy",), "The policy of the resource.", "FILE", many=True),
        Option(("--boundary-policy",), "The permissions boundary.", "FILE", many=True),
        Option(("--session-policy",), "A session policy; repeatable.", "FILE", many=True),
        Option(("--scp-policy",), "A service control policy; repeatable, one for each level, root first.", "FILE", many=True),
        Option(("--rcp-policy",), "A resource control policy; repeatable, one for each level, root first.", "FILE", many=True),
        Option(("--endpoint-policy",), "The policy of the VPC endpoint.", "FILE", many=True),
        CONTEXT,
        FORMAT,
    ),
)

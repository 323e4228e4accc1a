"""`iamlint simulate`: policy documents and requests, no repository."""

from __future__ import annotations

from iamlint.cli.command import Command, Option, Values
from iamlint.cli.session_options import CONTEXT, FORMAT
from iamlint.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LAYERS = ("identity", "resource", "boundary", "session", "scp", "rcp", "endpoint")


def run(values: Values) -> int:
    """Answer one request, or a request a line; return 3 when a line could not be read."""
    single = [
        name
        for name in ("principal", "action", "resource", "resource_account", "context", *(f"{layer}_policy" for layer in _LAYERS))
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
    from iamlint.cli.simulate_batch import answer_batch

    return answer_batch()


def _one(values: Values) -> int:
    from iamlint.cli.policy_layers import UnreadableError
    from iamlint.cli.simulation import simulate
    from iamlint.cli.terminal import write
    from iamlint.report.display import clean
    from iamlint.report.json import dump

    policies: dict[str, Any] = {}
    files: dict[str, str] = {}  # by what an answer calls the document
    for layer in _LAYERS:
        paths = values[f"{layer}_policy"]
        documents = [_document(path) for path in paths]
        form = {"scp": "scp[{}][0]", "rcp": "rcp[{}][0]", "resource": "resource"}.get(layer, f"{layer}[{{}}]")
        files |= {form.format(number): path for number, path in enumerate(paths)}
        if layer in ("scp", "rcp"):
            policies[layer] = [[document] for document in documents]  # one file a level, root first
        elif documents:
            policies[layer] = documents[0] if layer == "resource" else documents
    if len(values["resource_policy"]) > 1:
        raise UsageError("a resource has one policy: `--resource-policy` may be given once")
    principal = _principal(values["principal"])
    request = {"principal": principal, "action": values["action"], "context": _context(values["context"])}
    for name in ("resource", "resource_account"):
        if values[name]:
            request[name] = values[name]
    try:
        answer = simulate({"request": request, "policies": policies})
    except UnreadableError as error:
        message = str(error).replace("`request.resource_account`", "`--resource-account`").replace("`request.", "`--")
        for name, path in files.items():
            message = message.replace(f"`policies.{name}`", f"`{path}`")
        raise UsageError(message) from None
    if values["format"] == "json":
        write(dump({"version": 1} | answer))
        return 0
    lines = [answer["decision"].replace("_", " ")]
    lines += [f"  blocked by: {', '.join(answer['blocked_by'])}"] if answer["blocked_by"] else []
    lines += [f"  depends on: {answer['residual']}"] if answer["residual"] else []
    for item in answer["determining"]:
        sid, name = f" `{item['sid']}`" if item["sid"] else "", item["policy"]
        lines.append(f"  by statement {item['statement']}{sid} of {name} ({files[name]})")
    write("".join(f"{clean(line)}\n" for line in lines))
    return 0


def _document(path: str) -> dict[str, Any]:
    from iamlint.cli.policy_file import read_policy_file

    document = read_policy_file(path)
    if "Statement" not in document:
        raise UsageError(f"`{path}` holds no policy document: it has no `Statement`")
    return document


def _principal(text: str) -> Any:
    """Return who asks as a batch writes it: an ARN, an object, or the object for the name of a service."""
    import json

    if text.startswith("{"):
        try:
            return json.loads(text)
        except ValueError:
            raise UsageError("`--principal` is no JSON object") from None
    if "." in text and ":" not in text and "/" not in text:
        return {"type": "Service", "service": text}
    return text


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
        Option(("--principal",), "Who asks: an ARN, a service (`lambda.amazonaws.com`), or an object as in a batch.", "ARN"),
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

"""One request as `simulate` reads it, and its answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from iamlint.cli.exit_code import INCOMPLETE
from iamlint.cli.policy_layers import UnreadableError, object_in, policy_layers
from iamlint.iam.request import PolicySet, Request, RequestPrincipal
from iamlint.source.near import did_you_mean
from iamlint.source.value import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.iam.request import Verdict
    from iamlint.source.value import Value

encode = json.JSONEncoder(ensure_ascii=True).encode
_decode = json.JSONDecoder().decode
_FIELDS = ("principal", "action", "resource", "resource_account", "context")
_KNOWN_FIELDS = frozenset(_FIELDS)


def answer_lines(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
    """Answer standard input line by line, in order, each as soon as it is read; return 3 when a line could not be read."""
    return answer_texts(lambda line: encode(answer(line))[1:])


def answer_texts(answer: Callable[[dict[str, Any]], str], read: Callable[[bytes], Any] | None = None) -> int:
    """Do the same where `answer` gives JSON: what stands between `{"id": …, ` and the end of the line.

    `read` returns the value of a line.
    """
    import sys

    code, out, read = 0, sys.stdout, read or parsed
    for raw in _lines(sys.stdin.buffer, out.flush):
        if not raw.strip():
            continue
        line_id: Any = None
        try:
            line = object_in(read(raw), "the line")
            line_id = line.get("id")
            found = answer(line)
        except UnreadableError as error:
            code, found = INCOMPLETE, encode({"error": str(error)})[1:]
        shown = str(line_id) if type(line_id) is int else encode(line_id)
        out.write(f'{{"id": {shown}, {found}\n')
    out.flush()
    return code


def _lines(stream: Any, pause: Callable[[], None]) -> Iterator[bytes]:
    """Yield lines as they come; before more is waited for, `pause`: whoever asks may wait for the answer first."""
    begun: list[bytes] = []  # a line of which the end has not come yet
    while chunk := stream.read1(1 << 16):
        *whole, rest = chunk.split(b"\n")
        if whole:
            begun.append(whole[0])
            whole[0] = b"".join(begun)
            begun.clear()
            yield from whole
            pause()
        if rest:
            begun.append(rest)
    if begun:
        yield b"".join(begun)


def parsed(raw: bytes) -> Any:
    """Return the value of a line. Raises `UnreadableError`."""
    try:
        return _decode(str(raw, "utf-8")) if raw[:1] == b"{" else json.loads(raw)
    except UnicodeDecodeError:
        raise UnreadableError("the line is not UTF-8") from None
    except ValueError as error:
        words = getattr(error, "msg", "not JSON")
        raise UnreadableError(f"the line is not JSON: {words[:1].lower()}{words[1:]}") from None
    except RecursionError:
        raise UnreadableError("the line nests too deep") from None


def simulate(line: Any) -> dict[str, Any]:
    """Return the answer to one line: `decision`, `blocked_by`, `determining`, `residual`. Raises `UnreadableError`."""
    from iamlint.iam.evaluate import evaluate

    given = object_in(line, "the line")
    request = read_request(given.get("request"))
    policies, names = read_policies(given.get("policies"))
    return _answer(evaluate(request, policies), names)


def answer_of(verdict: Verdict, names: dict[int, str]) -> str:
    """Return the answer as JSON without its brace; answers that are alike are written once."""
    marked = (verdict.decision, verdict.determining, verdict.blocked_by, verdict.residual)
    found = _written.get(marked)
    if found is None:
        if len(_written) >= _MOST_WRITTEN:
            _written.clear()
        found = _written[marked] = encode(_answer(verdict, names))[1:]
    return found


_MOST_WRITTEN = 1_000
_written: dict[tuple[Any, ...], str] = {}


def _answer(verdict: Verdict, names: dict[int, str]) -> dict[str, Any]:
    determining = [
        {
            "policy": names[id(statement.policy)],
            "statement": statement.index or 0,
            "sid": statement.sid if isinstance(statement.sid, str) else None,
        }
        for statement in verdict.determining
    ]
    return {
        "decision": verdict.decision.value,
        "blocked_by": [layer.value for layer in verdict.blocked_by],
        "determining": determining,
        "residual": verdict.residual,
    }


# the request


def read_request(written: Any) -> Request:
    """Return a request. Raises `UnreadableError`."""
    given = object_in(written, "`request`")
    if not given.keys() <= _KNOWN_FIELDS:
        name = next(name for name in given if name not in _KNOWN_FIELDS)
        near = did_you_mean(name, _FIELDS)
        raise UnreadableError(f"`request` has no field `{name}`{f': {near}' if near else ''}")
    action = given.get("action")
    if not isinstance(action, str) or not _is_action(action):
        raise UnreadableError("`request.action` must be one action, such as `s3:GetObject`")
    resource, account = given.get("resource"), given.get("resource_account")
    if resource is not None and not (isinstance(resource, str) and (resource == "*" or _is_arn(resource))):
        raise UnreadableError("`request.resource` must be an ARN, `*`, or absent")
    if account is not None and not (isinstance(account, str) and len(account) == 12 and account.isdecimal()):
        raise UnreadableError("`request.resource_account` must be text of twelve digits")
    context = object_in(given.get("context") or {}, "`request.context`")
    return Request(
        _principal(given.get("principal")),
        action,
        resource,
        account,
        {name: _values(name, value) for name, value in context.items()},
    )


def _is_action(text: str) -> bool:
    service, colon, name = text.partition(":")
    return bool(service and colon and name) and "*" not in text and "?" not in text and " " not in text


def _is_arn(text: str) -> bool:
    return text.startswith("arn:") and text.count(":") >= 5


def _principal(given: Any) -> RequestPrincipal:
    if isinstance(given, str) and _is_arn(given):
        return RequestPrincipal("AWS", given)
    if not isinstance(given, dict):
        raise UnreadableError("`request.principal` must be an ARN or an object with a `type`")
    kind = given.get("type")
    if kind == "Anonymous":
        return RequestPrincipal("Anonymous", "*")
    fields = {
        "Service": ("service",),
        "Federated": ("provider", "federated", "arn", "id", "name", "value"),
        "CanonicalUser": ("id",),
        "AWS": ("arn", "value"),
    }
    if kind not in fields:
        raise UnreadableError(
            "`request.principal.type` must be one of `AWS`, `Anonymous`, `Service`, `Federated`, `CanonicalUser`"
        )
    value = next((given[field] for field in fields[kind] if field in given), None)
    if not isinstance(value, str) or not value:
        raise UnreadableError(f"`request.principal` of type `{kind}` must have `{fields[kind][0]}`")
    return RequestPrincipal(kind, value)


def _values(name: str, given: Any) -> tuple[Value, ...] | Unknown:
    if isinstance(given, dict):
        if given.get("unknown") is True:
            return Unknown(f"`{name}` is not given", None, f"context:{name.casefold()}")
        raise UnreadableError(f'`request.context` key `{name}` must be text, a list of text or `{{"unknown": true}}`')
    listed = given if isinstance(given, list) else [given]
    return tuple(_text(name, value) for value in listed)


def _text(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(value)
    raise UnreadableError(f'`request.context` key `{name}` must be text, a list of text or `{{"unknown": true}}`')


# the policies

_MOST_KEPT = 64
_kept: dict[bytes, tuple[PolicySet, dict[int, str]]] = {}


def read_policies(written: Any) -> tuple[PolicySet, dict[int, str]]:
    """Return the policies by layer, and what each is called in the answer; the lines of a batch often repeat them.

    Raises `UnreadableError`.
    """
    import marshal

    from iamlint.iam.statements import forget_compiled

    given = object_in(written, "`policies`")
    try:
        key = marshal.dumps(given, 2)
    except ValueError:  # nests too deep to be looked up, which is no reason to refuse it
        return policy_layers(given)
    found = _kept.get(key)
    if found is None:
        if len(_kept) >= _MOST_KEPT:
            forget_compiled()
            _kept.clear()
            _written.clear()
        found = _kept[key] = policy_layers(given)
    return found

"""`iamlint compare`: access added and removed between two policies, each with a request that shows it."""

from __future__ import annotations

import os

from iamlint.cli.command import Argument, Command, Option, Values
from iamlint.cli.exit_code import FINDINGS, INCOMPLETE, worst
from iamlint.cli.session_options import FORMAT
from iamlint.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.iam.compare import Comparison

_SIDES = ("added", "removed")
_KINDS = (
    "identity",
    "resource",
    "trust",
    "boundary",
    "scp",
    "rcp",
    "session",
    "endpoint",
)  # as in PolicyKind, which costs an import


def run(values: Values) -> int:
    """Compare two files or folders, or a pair a line; return 1 for what `--fail-on` names, 3 where something is undecided."""
    if values["batch"]:
        if values["old"] is not None or values["new"] is not None:
            raise UsageError("`--batch` reads everything from standard input and takes no files")
        return _batch(values)
    if values["old"] is None or values["new"] is None:
        raise UsageError("`iamlint compare` needs two policies, OLD and NEW, or `--batch`")
    return _files(values)


def _batch(values: Values) -> int:
    """Answer line by line, in order, each as soon as it is read."""
    from iamlint.cli.comparison import answer, compare_documents
    from iamlint.cli.policy_layers import UnreadableError
    from iamlint.cli.simulation import answer_lines

    failed = False

    def one(line: dict[str, Any]) -> dict[str, Any]:
        nonlocal failed
        for side in ("old", "new"):
            if side not in line:
                raise UnreadableError(f"the line has no `{side}`")
        kind = line.get("type", values["type"])
        if kind is not None and kind not in _KINDS:
            raise UnreadableError(f"`type` must be one of {', '.join(f'`{name}`' for name in _KINDS)}")
        found = compare_documents(line["old"], line["new"], kind)
        failed = failed or _fails(found, values["fail_on"])
        return answer(found)

    code = answer_lines(one)
    return worst([code, FINDINGS if failed else 0])


def _fails(found: Comparison, sides: tuple[str, ...]) -> bool:
    return any(getattr(found, side).found for side in sides)


def _files(values: Values) -> int:
    from iamlint.cli.comparison import NOTHING, answer, compare_documents
    from iamlint.cli.policy_layers import UnreadableError
    from iamlint.cli.terminal import write
    from iamlint.report.json import dump

    old, new = values["old"], values["new"]
    folders = [path for path in (old, new) if os.path.isdir(path)]
    if len(folders) == 1:
        raise UsageError("`iamlint compare` takes two files or two folders, not one of each")
    left, right = (_documents(path) for path in (old, new))
    answers: list[tuple[str, Comparison]] = []
    for name in sorted({*left, *right}):
        try:
            answers.append((name, compare_documents(left.get(name, NOTHING), right.get(name, NOTHING), values["type"])))
        except UnreadableError as error:
            message = str(error)
            for side, path in (("`old`", old), ("`new`", new)):
                message = message.replace(side, f"`{os.path.join(path, name) if name else path}`")
            raise UsageError(message) from None
    if values["format"] != "json":
        write("".join(_text(name if folders else "", found) for name, found in answers) or "no policies found\n")
    elif folders:
        write(dump({"version": 1, "policies": [{"file": name} | answer(found) for name, found in answers]}))
    else:
        write(dump({"version": 1} | answer(answers[0][1])))
    undecided = any(difference.found is None for _, found in answers for difference in found)
    failed = any(_fails(found, values["fail_on"]) for _, found in answers)
    return worst([INCOMPLETE if undecided else 0, FINDINGS if failed else 0])


def _documents(path: str) -> dict[str, Any]:
    """Return the policy documents in a file, or in a folder by their path in it."""
    from iamlint.cli.comparison import is_readable
    from iamlint.cli.policy_file import read_policy_file

    if not os.path.isdir(path):
        return {"": read_policy_file(path)}
    found = {}
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.endswith((".json", ".yaml", ".yml")):
                whole = os.path.join(folder, name)
                document = read_policy_file(whole)
                if is_readable(document):
                    found[os.path.relpath(whole, path).replace(os.sep, "/")] = document
    return found


def _text(title: str, found: Comparison) -> str:
    from iamlint.report.display import clean

    lines = [title] if title else []
    indent = "  " if title else ""
    for side, difference in zip(_SIDES, found, strict=True):
        if difference.found is None:
            lines.append(f"{indent}{side}: unknown: {difference.reason}")
            continue
        lines.append(f"{indent}{side}: {'yes' if difference.found else 'nothing'}")
        if difference.witness is not None:
            kind, value = difference.witness.principal
            lines.append(f"{indent}  for example {difference.witness.action} on {difference.witness.resource or '*'}")
            lines.append(f"{indent}    by {value if kind == 'AWS' else f'{kind} {value}'.rstrip()}")
            for name, given in difference.witness.context.items():
                shown = ", ".join(f"`{one}`" for one in given) if isinstance(given, tuple) else "unknown"
                lines.append(f"{indent}    with `{name}` {shown}")
    return "".join(f"{clean(line)}\n" for line in lines)


COMMAND = Command(
    "Say what access was added and removed between two policies.",
    run,
    (Argument("old", required=False), Argument("new", required=False)),
    (
        Option(("--batch",), "Read one JSON object a line from standard input, write one a line, in order."),
        Option(
            ("--type",),
            "What the policies are for. Default: by what they hold (principals make a resource or trust policy).",
            choices=_KINDS,
        ),
        Option(("--fail-on",), "Exit with 1 when access was added, or removed; repeatable.", choices=_SIDES, many=True),
        FORMAT,
    ),
    "OLD and NEW are policy documents in JSON or YAML, objects of layers as `simulate` takes them under `policies`, or two "
    "folders of them, compared file by file. Layers are compared together: what an SCP or a boundary takes away is not added. "
    "Every difference comes with a request that shows it; feed it to `simulate`. "
    "What could not be decided is `unknown` with the reason, and exits with 3.",
)

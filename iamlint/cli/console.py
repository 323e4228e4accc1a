"""`iamlint console`: HCL expressions in a root module's scope."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from iamlint.cli.command import Argument, Command, Option, Values
from iamlint.cli.session_options import session_options
from iamlint.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iamlint.parse.terraform.console import Answer, Console


def run(values: Values) -> int:
    """Answer expressions: typed ones, those of standard input line by line, or a batch in JSON."""
    console = _open(values)
    if values["batch"]:
        from iamlint.cli.simulation import answer_lines

        return answer_lines(lambda line: _answer_line(console, line))
    from iamlint.cli.terminal import write
    from iamlint.report.display import clean

    failed = False
    for text in _typed():
        answer = console.ask(text)
        failed = failed or answer.error is not None
        write("".join(f"{clean(line)}\n" for line in _shown(answer).split("\n")))
    return 2 if failed and not sys.stdin.isatty() else 0


def _open(values: Values) -> Console:
    from iamlint.parse.terraform.console import Console
    from iamlint.project.contexts import Contexts
    from iamlint.project.session import open_session

    folder = values["dir"] or "."
    if not os.path.isdir(folder):
        raise UsageError(f"`{folder}` is not a folder")
    session = open_session(session_options(values))
    where = os.path.relpath(os.path.abspath(folder), session.root).replace(os.sep, "/")
    if where.startswith(".."):  # another repository than that around the working directory
        session = open_session(session_options(values, paths=(folder,)))
        where = os.path.relpath(os.path.abspath(folder), session.root).replace(os.sep, "/")
    unit = "" if where == "." else where
    return Console(unit, session.files, Contexts(session.config, session.root).of(unit))


def _typed() -> Iterator[str]:
    """Yield the expressions of standard input, with a prompt on a terminal."""
    interactive = sys.stdin.isatty()
    while True:
        try:
            line = input("> ") if interactive else sys.stdin.readline()
        except (EOFError, KeyboardInterrupt):
            sys.stdout.write("\n")
            return
        if not interactive and not line:
            return
        text = line.strip()
        if text in ("exit", "quit"):
            return
        if text and not text.startswith(("#", "//")):
            yield text


def _shown(answer: Answer) -> str:
    from iamlint.parse.terraform.console import as_hcl

    if answer.error is not None:
        return f"error: {answer.error}"
    return f"(unknown: {answer.unknown})" if answer.value is None else as_hcl(answer.value)


def _answer_line(console: Console, line: Any) -> dict[str, Any]:
    """Return the answer to one line of a batch."""
    from iamlint.cli.simulation import UnreadableError
    from iamlint.parse.terraform.console import as_json

    text = line.get("expr")
    if not isinstance(text, str):
        raise UnreadableError("`expr` must be a text")
    answer = console.ask(text)
    if answer.error is not None:
        return {"error": answer.error}
    if answer.unknown is not None or answer.value is None:
        return {"unknown": answer.unknown}
    try:
        return {"value": as_json(answer.value)}
    except RecursionError:
        return {"unknown": "the value nests too deep"}


COMMAND = Command(
    "Evaluate HCL expressions in a root module's scope.",
    run,
    (Argument("dir", required=False),),
    (
        Option(
            ("--batch",),
            'Read lines of {"id", "expr"} from standard input and write {"id", "value"}, {"id", "unknown": reason} or '
            '{"id", "error"} for each; sets are {"$set": [...]}.',
        ),
        Option(("--config",), "The configuration file.", "FILE"),
    ),
    "DIR is the root module's folder; the default is the working directory. Without --batch each line of standard input is "
    "an expression. What the files do not say is unknown, with its reason.",
)

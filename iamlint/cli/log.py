"""`iamlint log`: the access changelog over a range of history."""

from __future__ import annotations

import sys

from iamlint.cli.command import Argument, Command, Option, Values
from iamlint.cli.session_options import FORMAT, SESSION
from iamlint.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.project.access_log import LogEntry

_SHORT = 12


def run(values: Values) -> int:
    """Print, newest first, what each commit changed."""
    from iamlint.cli.diff import answers_of
    from iamlint.cli.session_options import session_options
    from iamlint.cli.terminal import write
    from iamlint.project.access_log import access_log
    from iamlint.project.disclosure import without_secrets
    from iamlint.project.revisions import open_history
    from iamlint.report import diff_text
    from iamlint.report.diff_view import to_json
    from iamlint.report.display import clean
    from iamlint.report.json import dump
    from iamlint.source.value import shortened

    history = open_history(session_options(values))
    most = _number(values["max_count"])
    written: list[str] = []
    objects: list[Any] = []
    with history.git:
        for entry in access_log(history, values["range"] or "HEAD", most, first_parent=values["first_parent"]):
            if entry.is_cut:
                sys.stderr.write(f"iamlint: the history ends at {entry.commit.id[:_SHORT]}, as in a shallow clone\n")
            if not entry.diff.is_empty or values["all"]:
                answers = answers_of(entry.old, entry.new, entry.diff)
                if values["format"] == "json":
                    text = dump(_head(entry) | to_json(entry.diff, answers))
                else:
                    lines = _lines(entry, diff_text.body(entry.diff, answers, indent="    "))
                    text = shortened("".join(f"{clean(line)}\n" for line in lines))
                text = without_secrets(entry.old, without_secrets(entry.new, text))
                if values["format"] == "json":
                    from json import loads

                    objects.append(loads(text))
                else:
                    written.append(text)
                del answers
            del entry  # a state with a large directory takes a gigabyte, and the next commit needs only its own parent's
    if values["format"] == "json":
        write(dump({"version": 1, "commits": objects[::-1]}))
    else:
        write("".join(written[::-1]) or "no commit of the range gave or took access\n")
    return 0


def _head(entry: LogEntry) -> dict[str, Any]:
    commit = entry.commit
    return {"commit": commit.id, "author": commit.author, "date": commit.day, "subject": commit.subject}


def _lines(entry: LogEntry, body: list[str]) -> list[str]:
    commit = entry.commit
    return [f"{commit.id[:_SHORT]}  {commit.day}  {commit.author}", f"    {commit.subject}", "", *body]


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise UsageError(f"`--max-count` takes a number of 0 or more, not `{text}`")
    return int(text)


COMMAND = Command(
    "The access changelog: what each commit gave and took.",
    run,
    (Argument("range", required=False),),
    (
        FORMAT,
        Option(("-n", "--max-count"), "Only so many commits, the latest.", "N"),
        Option(("--first-parent",), "Follow the first parent of merges only: one entry for each merged branch."),
        Option(("--all",), "Also commits that changed no access."),
        *SESSION,
    ),
    "RANGE is a revision or a range as git log takes it (v1..v2, main); default: HEAD with its whole history. Newest first. "
    "A merge is listed with what none of its parents had.",
)

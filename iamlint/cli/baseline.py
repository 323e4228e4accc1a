"""`iamlint baseline`: record today's findings."""

from __future__ import annotations

import os
import sys

from iamlint.cli.command import Command, Option, Values
from iamlint.cli.session_options import SESSION, session_options
from iamlint.errors import UsageError


def run(values: Values) -> int:
    """Write the baseline and return the exit code: 0, or 3 and 4 as `check` does."""
    from iamlint.cli.exit_code import of_run
    from iamlint.cli.session_options import ids
    from iamlint.cli.terminal import write
    from iamlint.project.baseline import DEFAULT_NAME, baseline_path, entries_of, inside, render, shown_path
    from iamlint.project.session import open_session
    from iamlint.report.display import count
    from iamlint.report.secrets import redact

    session = open_session(
        session_options(values, select=ids(values["select"]), ignore=ids(values["ignore"]), as_of=values["as_of"])
    )
    report = session.check()
    entries = entries_of(redact(report), inside(session))
    text = render(entries)
    path = baseline_path(values["output"], session.config.baseline or DEFAULT_NAME, session.root)
    if values["output"] == "-" or path is None:
        write(text)
    else:
        if not os.path.isdir(os.path.dirname(path)):
            raise UsageError(f"the folder of `{shown_path(path)}` does not exist")
        write(text, path)
        named = (
            "" if session.config.baseline or values["output"] else f"; name it in the configuration (`baseline: {DEFAULT_NAME}`)"
        )
        sys.stdout.write(f"{count(len(entries), 'finding')} recorded in {shown_path(path)}{named}\n")
    return of_run(crashed=report.crashed, incomplete=report.incomplete, fails=False)


COMMAND = Command(
    "Record today's findings, so that `check` reports only others.",
    run,
    (),
    (
        Option(
            ("--output",),
            "The file to write; `-` is standard output. Default: the configured one, else iamlint-baseline.json.",
            "FILE",
        ),
        Option(("--select",), "Record only findings of these rules.", "IDS", many=True),
        Option(("--ignore",), "Do not record findings of these rules.", "IDS", many=True),
        Option(("--rules",), "A folder of custom rules; repeatable.", "DIR", many=True),
        Option(("--untrusted",), "Never run code from the repository."),
        Option(
            ("--as-of",), "The day from which ages are counted. Default: the commit date of the revision, else today.", "DATE"
        ),
        *SESSION,
    ),
    "A finding is recorded by its rule, its file and what it is about, without line numbers: it is still known when lines move, "
    "and one in another file is always new. Suppressed findings are not recorded.",
)

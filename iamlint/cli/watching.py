"""`iamlint test --watch`: the tests again, each time in a process of their own, whenever a file changes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

from iamlint.cli.command import Values
from iamlint.errors import UsageError

SECONDS = 0.3
"""How long to wait between two looks at the files."""


def watch(values: Values) -> int:
    """Run the tests now and after each change, until the user interrupts; return the last run's exit code."""
    from iamlint.cli.interruption import raise_again
    from iamlint.project.discovery import find_root
    from iamlint.project.policy_tests import repository_of
    from iamlint.project.watch import stamps, wait_for_change

    if values["junit"] == "-" or values["format"] == "json":
        raise UsageError("`--watch` is for people: it goes with the text format only")
    root = values["repository"] or repository_of(values["paths"]) or find_root((os.getcwd(),))[1]
    command = [sys.executable, "-m", "iamlint", "test", *_arguments(values)]
    known = stamps(root)
    code = 0
    raise_again()
    try:
        while True:
            code = subprocess.run(command, check=False).returncode  # noqa: S603  our own program, the user's own arguments
            sys.stdout.write(f"-- {time.strftime('%H:%M:%S')}: waiting for a change below {root} (Ctrl-C ends)\n")
            sys.stdout.flush()
            known = wait_for_change(root, known, lambda: time.sleep(SECONDS))
    except KeyboardInterrupt:
        return code


def _arguments(values: Values) -> Iterator[str]:
    from iamlint.cli.test import COMMAND

    for option in COMMAND.options:
        given = values[option.name]
        if option.name == "watch" or not given:
            continue
        if option.takes_value:
            yield from (option.flags[-1], str(given))
        else:
            yield option.flags[-1]
    yield "--"
    yield from values["paths"]

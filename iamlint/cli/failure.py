"""What is said when a run cannot go on: a message for a mistake, a short line and a file for a crash."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress

from iamlint.errors import IamlintError
from iamlint.report.display import clean

CRASH = 4
WRONG_USE = 2
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)


def report_failure(error: BaseException) -> int:
    """Write one or two lines to standard error and return the exit code."""
    if isinstance(error, IamlintError):
        _say(f"iamlint: error: {clean(error.message)}")
        if error.help:
            _say(f"  help: {clean(error.help)}")
        return error.exit_code
    if isinstance(error, OSError) and error.errno in _FULL and error.filename is None:
        from iamlint.cli.terminal import silence

        silence(sys.stdout)
        _say(f"iamlint: error: standard output cannot be written: {error.strerror}")
        return WRONG_USE
    if isinstance(error, FileNotFoundError) and not _has_folder():
        _say("iamlint: error: the working directory is not there any more")
        _say("  help: change into a folder that is there")
        return WRONG_USE
    where = _traceback_file(error)
    _say(f"iamlint: crashed: {type(error).__name__}; this is a bug in iamlint, the traceback is in {where}")
    return CRASH


def _has_folder() -> bool:
    """Return whether the working directory is still there."""
    try:
        os.getcwd()
    except OSError:
        return False
    return True


def _traceback_file(error: BaseException) -> str:
    """Write the traceback where only its user can read it (it may quote the repository); return the path."""
    import tempfile
    import traceback

    try:
        handle, path = tempfile.mkstemp(prefix="iamlint-", suffix=".traceback")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(traceback.format_exception(error))
    except OSError as failure:
        return f"no file ({failure.strerror})"
    return path


def _say(line: str) -> None:
    encoding = sys.stderr.encoding or "ascii"
    with suppress(OSError, ValueError):
        sys.stderr.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")

"""The options that commands share, and what a session is told by them."""

from __future__ import annotations

from iamlint.cli.command import Option, Values
from iamlint.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.project.options import Options

FORMAT = Option(("--format",), "How to write the answer. Default: text.", choices=("text", "json"))
VARIANT = Option(
    ("--variant",), "Only this variant of the estate (`inputs.variants` configures them); repeatable.", "NAME", many=True
)
SESSION = (
    Option(("-C", "--repository"), "The folder to read. Default: the repository around the working directory.", "DIR"),
    Option(("--config",), "The configuration file.", "FILE"),
    VARIANT,
    Option(("--jobs",), "How many processes parse.", "N"),
    Option(("--no-cache",), "Do not use or write the cache."),
)
"""What every command takes that reads a repository."""


def session_options(values: Values, **more: Any) -> Options:
    """Return the options of a session for a command's values."""
    from iamlint.project.options import Options

    jobs = values.get("jobs") or "0"
    if not jobs.isascii() or not jobs.isdigit() or len(jobs) > 4:
        raise UsageError(f"`--jobs` takes a number of 0 or more, not `{jobs}`")
    paths = (values["repository"],) if values.get("repository") else ()
    import os

    if paths and os.path.isfile(paths[0]):
        raise UsageError(f"`--repository` takes a folder, and `{paths[0]}` is a file")
    known = {
        "paths": paths,
        "config": values.get("config"),
        "variants": values.get("variant") or (),
        "jobs": int(jobs),
        "cache": not values.get("no_cache", False),
        "rule_dirs": tuple(values.get("rules", ())),
        "untrusted": bool(values.get("untrusted", False)),
    }
    return Options(**{**known, **more})


def ids(given: tuple[str, ...]) -> tuple[str, ...]:
    """Return the single entries of repeated, comma-separated lists."""
    return tuple(entry for text in given for entry in (part.strip() for part in text.split(",")) if entry)


def context(given: tuple[str, ...]) -> dict[str, Any]:
    """Return request context from `KEY=VALUE` texts: a repeated key has several values, `KEY=?` may or may not be there."""
    from iamlint.source.value import Unknown

    found: dict[str, Any] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise UsageError(f"`--context` takes `KEY=VALUE`, not `{text}`")
        if value == "?":
            found[key] = Unknown(f"`{key}` is not given")
        elif not isinstance(found.get(key), Unknown):
            found[key] = (*found.get(key, ()), value)
    return found


CONTEXT = Option(
    ("--context",), "A context key of the request, repeatable; `KEY=?` may or may not be there.", "KEY=VALUE", many=True
)

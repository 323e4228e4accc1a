"""`inputs.access-files`: the configuration's words for access files of one's own become what the parser goes by."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iamlint.errors import ConfigError
from iamlint.parse.identity.access_files import SECTIONS, AccessFile, Section

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Refuse = Callable[[tuple[str | int, ...], str, str], ConfigError]
"""Makes the error about what stands at a route of the configuration."""


def access_files(entries: list[Any], refuse: Refuse) -> tuple[AccessFile, ...]:
    """Return the entries. Raises what `refuse` makes of an expression that JMESPath does not know."""
    return tuple(
        AccessFile(
            path=entry["path"],
            provider=entry.get("provider") or "custom",
            sections=tuple(_sections(entry, ("inputs", "access-files", number), refuse)),
            vendor=entry.get("vendor") or "lightstep",
        )
        for number, entry in enumerate(entries)
    )


def _sections(entry: dict[str, Any], route: tuple[str | int, ...], refuse: Refuse) -> Iterator[Section]:
    for kind in SECTIONS:
        for number, section in enumerate(entry.get(kind) or ()):
            at = (*route, kind, number)
            each = section["each"]
            listed = each if isinstance(each, list) else [each]
            fields = {name: text for name, text in section.items() if name not in ("each", "profile")}
            profile = dict(section.get("profile") or {})
            for index, expression in enumerate(listed):
                _check(expression, (*at, "each", index) if isinstance(each, list) else (*at, "each"), refuse)
            for name, expression in fields.items():
                _check(expression, (*at, name), refuse)
            for name, expression in profile.items():
                _check(expression, (*at, "profile", name), refuse)
            yield Section(kind, tuple(listed), fields, profile)


def _check(expression: str, route: tuple[str | int, ...], refuse: Refuse) -> None:
    import jmespath  # type: ignore[import-untyped]
    from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]

    try:
        jmespath.compile(expression)
    except JMESPathError as error:
        reason = str(error).splitlines()[0].rstrip(":")
        help = "a text itself stands in single quotes inside the expression: \"'okta'\""
        raise refuse(route, f"`{expression}` is no JMESPath expression: {reason}", help) from None
    except RecursionError:
        raise refuse(route, "the expression nests too deeply", "") from None

"""The one kind of rule: a frozen value around a function `check(graph) -> Iterator[Finding]`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from iamlint.lint.finding import Confidence, Finding, Severity
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Check = Callable[..., Iterator[Finding]]


class Example(NamedTuple):
    """A small repository in text. A line that must be flagged ends in `# <- ID`; a `todo` example is a known miss or alarm.

    `expect` replaces the marks where the format has no comments (JSON): pairs of path and line.
    """

    title: str
    files: Mapping[str, str]
    expect: Sequence[tuple[str, int]] = ()
    todo: bool = False


class Rule(NamedTuple):
    """A rule with everything about it. `check` takes the graph, and `options` when the rule has any."""

    id: str
    name: str
    severity: Severity
    confidence: Confidence
    since: str
    check: Check
    bad: tuple[Example, ...]
    good: tuple[Example, ...]
    references: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    status: str = "stable"
    options: Any = None
    doc: str = ""
    takes_options: bool = False

    @property
    def summary(self) -> str:
        """Return the first line of the rule's page."""
        return self.doc.partition("\n")[0].strip() or self.name


def rule(
    *,
    id: str,
    name: str,
    severity: Severity,
    confidence: Confidence = Confidence.HIGH,
    since: str,
    bad: Sequence[Example],
    good: Sequence[Example],
    references: Sequence[str] = (),
    aliases: Sequence[str] = (),
    status: str = "stable",
    options: Any = None,
) -> Callable[[Check], Rule]:
    """Return a decorator that wraps a check into a `Rule`. It registers nothing: discovery looks for `Rule` values.

    `options` is a frozen dataclass instance with the defaults; the check then takes a keyword argument `options`.
    """

    def wrap(check: Check) -> Rule:
        return Rule(
            id=id, name=name, severity=severity, confidence=confidence, since=since, check=check, bad=tuple(bad),
            good=tuple(good), references=tuple(references), aliases=tuple(aliases), status=status, options=options,
            doc=check.__doc__ or "", takes_options="options" in _parameters(check),
        )  # fmt: skip

    return wrap


def _parameters(check: Check) -> tuple[str, ...]:
    """Return the names of a check's parameters; `inspect.signature` would import a good part of the library for it."""
    code = check.__code__
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]

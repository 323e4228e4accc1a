"""What a rule says (`Finding`) and what the run reports (`Diagnostic`)."""

from __future__ import annotations

from collections.abc import Sequence

from iamlint.source.place import Place, Span
from iamlint.source.record import NamedTuple
from iamlint.source.str_enum import StrEnum


class Severity(StrEnum):
    """How bad it is if it is true."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """Return 0 for a note, 1 for a warning, 2 for an error."""
        return ("note", "warning", "error").index(self.value)


class Confidence(StrEnum):
    """How sure the rule is that it is true."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Finding(NamedTuple):
    """What a rule says: places, no lines, no severity.

    `because` is the argument in reading order: for a path through the graph, each edge with a few words.
    `subject` names what the finding is about (a node id, a Sid) and keeps its fingerprint stable when lines move.
    """

    message: str
    at: Place
    because: Sequence[tuple[Place, str]] = ()
    help: str = ""
    subject: str = ""


class Related(NamedTuple):
    """A place that belongs to the argument, with its words."""

    message: str
    path: str
    span: Span


class Diagnostic(NamedTuple):
    """What the run reports: spans computed, settings applied. `suppressed` is the reason, or None.

    `variants` names the variants of the estate in which it holds; none where no variants are configured.
    """

    rule: str
    name: str
    severity: Severity
    confidence: Confidence
    message: str
    path: str
    span: Span
    related: tuple[Related, ...]
    help: str
    fingerprint: str
    suppressed: str | None = None
    variants: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """Return the key by which diagnostics are sorted before any output."""
        return (self.path, self.span.line, self.span.column, self.rule, self.message)

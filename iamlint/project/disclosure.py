"""What may not be shown: the secrets that a repository holds in clear text."""

from __future__ import annotations

from collections.abc import Callable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.project.session import Session


def without_secrets(session: Session, text: str) -> str:
    """Return a text with every secret that the repository holds taken out of it."""
    return secret_hider(session)(text)


def secret_hider(session: Session) -> Callable[[str], str]:
    """Return what takes every secret that the repository holds out of a text."""
    from iamlint.model.telemetry import LiteralSecret

    literals = [literal for one in session.variants for literal in one.estate.all(LiteralSecret)]
    if not literals:
        return str
    from iamlint.report.secrets import hider
    from iamlint.source.locate import locate
    from iamlint.source.place import Span

    spans: dict[str, tuple[Span, ...]] = {}
    for literal in literals:
        span = locate(literal.at, session.files.read(literal.at.path) or b"")
        spans[literal.at.path] = (*spans.get(literal.at.path, ()), span)
    return hider(spans, session.files.read)

"""What may not be shown: the secrets that a repository holds in clear text."""

from __future__ import annotations

from collections.abc import Callable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.project.session import Session
    from iamlint.source.place import Place


def without_secrets(session: Session, text: str) -> str:
    """Return a text with every secret that the repository holds taken out of it."""
    return secret_hider(session)(text)


def secret_hider(session: Session) -> Callable[[str], str]:
    """Return what takes every secret that the repository holds out of a text."""
    from iamlint.model.telemetry import LiteralSecret, Undisclosed

    estates = [one.estate for one in session.variants]
    places = [literal.at for estate in estates for literal in estate.all(LiteralSecret)]
    places += [undisclosed.at for estate in estates for undisclosed in estate.all(Undisclosed)]
    if not places:
        return str
    from iamlint.report.secrets import hider
    from iamlint.source.locate import locate_all

    by_path: dict[str, dict[Place, None]] = {}
    for place in places:
        by_path.setdefault(place.path, {})[place] = None
    spans = {path: tuple(locate_all(list(found), session.files.read(path) or b"")) for path, found in by_path.items()}
    return hider(spans, session.files.read)

"""A session that sees some documents beside the files on disk, or in place of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iamlint.project.discovery import SUFFIXES
from iamlint.project.session import RootedFiles, Session


class OverlaidFiles:
    """The files of another run with some of them replaced, added or (None) taken away."""

    def __init__(self, base: RootedFiles, replaced: Mapping[str, bytes | None]) -> None:
        self._base = base
        self._replaced = replaced
        self.root = base.root

    def read(self, path: str) -> bytes | None:
        """Return the content of a file, or None."""
        return self._replaced[path] if path in self._replaced else self._base.read(path)

    def under(self, folder: str) -> Iterable[str]:
        """Return the paths of the files directly in a folder, sorted."""
        found = {path for path in self._base.under(folder) if path not in self._replaced}
        found |= {path for path, data in self._replaced.items() if data is not None and path.rpartition("/")[0] == folder}
        return sorted(found)

    def real_folder(self, folder: str) -> str | None:
        """Return the path of a folder with all links followed, or None."""
        follow = getattr(self._base, "real_folder", None)
        return follow(folder) if callable(follow) else folder

    def asked(self) -> Mapping[str, bytes | None]:
        """Return nothing: such a run is never remembered."""
        return {}

    def folders(self) -> Iterable[str]:
        """Return nothing, for the same reason."""
        return ()


def overlaid(session: Session, replaced: Mapping[str, bytes | None]) -> Session:
    """Return a session over the same repository with these documents in it."""
    added = {path for path, data in replaced.items() if data is not None and path.endswith(SUFFIXES)}
    paths = sorted((set(session.paths) - replaced.keys()) | added)
    explicit = sorted((set(session.explicit) - replaced.keys()) | added)
    options = session.options._replace(cache=False)
    return Session(options, session.config, OverlaidFiles(session.files, replaced), paths, explicit)

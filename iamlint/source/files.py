"""The files of a run, as the parsers see them: text by path, no disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from iamlint.source.place import Place
from iamlint.source.problem import Problem, Unresolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol
else:
    Protocol = object


class Files(Protocol):
    """Read access to the files of a run. Paths are relative to its root, with forward slashes and without `.` or `..`."""

    def read(self, path: str) -> bytes | None:
        """Return the content of a file, or None when there is none (or it lies outside the root)."""

    def under(self, folder: str) -> Iterable[str]:
        """Return the paths of the files directly in a folder (`""` is the root), sorted."""


def unread(files: Files, path: str, *, wanted: bool = False) -> Problem | Unresolved | None:
    """Return what to say of a file that was not read: a problem, or that a link out of the root is not followed.

    None where there is no such file, unless it was `wanted`.
    """
    refusal: Callable[[str], str | None] | None = getattr(files, "refusal", None)
    why = refusal(path) if callable(refusal) else None
    if why is not None and why.startswith("the link"):
        return Problem("IL001", why, Place(path)) if wanted else Unresolved(why, Place(path))
    if why is not None:
        return Problem("IL001", f"the file cannot be read: {why}", Place(path))
    return Problem("IL001", "the file cannot be read", Place(path)) if wanted else None


class MemoryFiles:
    """Files held in memory: the examples of rules, tests, and revisions read from git."""

    def __init__(self, contents: Mapping[str, bytes | str]) -> None:
        self._contents = {path: text.encode() if isinstance(text, str) else text for path, text in sorted(contents.items())}
        self._folders: dict[str, list[str]] = {}
        for path in self._contents:
            self._folders.setdefault(path.rpartition("/")[0], []).append(path)

    def paths(self) -> list[str]:
        """Return every path, sorted."""
        return list(self._contents)

    def read(self, path: str) -> bytes | None:
        """Return the content of a file, or None."""
        return self._contents.get(path)

    def under(self, folder: str) -> Iterable[str]:
        """Return the paths of the files directly in a folder, sorted."""
        return self._folders.get(folder, [])


def every_path(files: Files) -> Iterable[str]:
    """Return the paths of all files of the run, none when it cannot list them."""
    every: Callable[[], Iterable[str]] | None = getattr(files, "paths", None)
    return every() if callable(every) else ()

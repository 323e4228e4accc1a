"""Files of a revision, and those of the work tree that a revision could hold: both know the blob id of each."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from iamlint.project.discovery import MAX_FILE_BYTES, DiskFiles, climbs
from iamlint.project.git_objects import Entry, GitObjects

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol
else:
    Protocol = object

_MOST_LINKS = 32


class IdentifiedFiles(Protocol):
    """The files of a session, each with an id of its content."""

    root: str

    def read(self, path: str) -> bytes | None:
        """Return the content of a file, or None."""

    def under(self, folder: str) -> Iterable[str]:
        """Return the paths of the files directly in a folder, sorted."""

    def asked(self) -> Mapping[str, bytes | None]:
        """Return what was asked for, for a cache."""

    def folders(self) -> Iterable[str]:
        """Return the folders that were listed, for a cache."""

    def blob_id(self, path: str) -> str | None:
        """Return the id that git gives to the file's content, or None where there is no file."""

    def below(self, folder: str) -> Iterator[str]:
        """Yield every file in a folder and in the folders in it."""


class GitFiles:
    """The files of one tree below a folder. `root` is where that folder lies on disk: for messages, nothing there is read."""

    def __init__(self, git: GitObjects, tree: str, root: str) -> None:
        self.root = root
        self._git = git
        self._tree = tree
        prefix = os.path.relpath(root, git.top).replace(os.sep, "/")
        self._prefix = [] if prefix == "." else prefix.split("/")
        self._found: dict[str, Entry | None] = {}
        self._listed: dict[str, list[str]] = {}

    def read(self, path: str) -> bytes | None:
        """Return the content of a file, or None."""
        entry = self._entry(path)
        if entry is None or not entry.is_file:
            return None
        return self._git.blob(entry.id)[: MAX_FILE_BYTES + 1]

    def under(self, folder: str) -> Iterable[str]:
        """Return the paths of the files directly in a folder, sorted."""
        if folder not in self._listed:
            self._listed[folder] = sorted(self._under(folder))
        return self._listed[folder]

    def asked(self) -> Mapping[str, bytes | None]:
        """Return nothing: a revision is not remembered, its objects are."""
        return {}

    def folders(self) -> Iterable[str]:
        """Return nothing, for the same reason."""
        return ()

    def blob_id(self, path: str) -> str | None:
        """Return the id of a file's blob, or None."""
        entry = self._entry(path)
        return entry.id if entry is not None and entry.is_file else None

    def below(self, folder: str) -> Iterator[str]:
        """Yield every file in a folder and in the folders in it, as git lists them: links are not followed into."""
        pending = [folder]
        while pending:
            here = pending.pop()
            entry = self._entry(here)
            if entry is None or not entry.is_folder:
                continue
            for name, found in self._git.tree(entry.id).items():
                path = f"{here}/{name}" if here else name
                if found.is_folder:
                    pending.append(path)
                elif found.is_file:
                    yield path

    def real_folder(self, folder: str) -> str | None:
        """Return the path of a folder with all links followed; None where they lead out of the root, or in a circle."""
        found = None if climbs(folder) else self._followed(folder)
        return None if found is None or not found[1].is_folder else found[0]

    def _under(self, folder: str) -> Iterator[str]:
        entry = self._entry(folder)
        if entry is None or not entry.is_folder:
            return
        for name, found in self._git.tree(entry.id).items():
            path = f"{folder}/{name}" if folder else name
            if found.is_link:
                target = self._entry(path)
                if target is None or not target.is_file:
                    continue
            elif not found.is_file or found.is_folder:
                continue
            yield path

    def _entry(self, path: str) -> Entry | None:
        if path not in self._found:
            followed = None if climbs(path) else self._followed(path)
            self._found[path] = None if followed is None else followed[1]
        return self._found[path]

    def _followed(self, path: str) -> tuple[str, Entry] | None:
        """Follow a path from the top, symbolic links included; what leads out of the root is not there."""
        here = [Entry("40000", self._tree)]
        names: list[str] = []
        left = deque([*self._prefix, *path.split("/")])
        links = 0
        while left:
            name = left.popleft()
            if name in ("", "."):
                continue
            if name == "..":
                if not names:
                    return None
                names.pop()
                here.pop()
                continue
            if not here[-1].is_folder:
                return None
            entry = self._git.tree(here[-1].id).get(name)
            if entry is None:
                return None
            if entry.is_link:
                links += 1
                target = self._git.blob(entry.id).decode("utf-8", "surrogateescape")
                if links > _MOST_LINKS or target.startswith("/"):
                    return None
                left.extendleft(reversed(target.split("/")))
                continue
            here.append(entry)
            names.append(name)
        depth = len(self._prefix)
        return ("/".join(names[depth:]), here[-1]) if names[:depth] == self._prefix else None


class WorkTreeFiles(DiskFiles):
    """The files on disk without those that git ignores: a revision cannot hold them, so they would look like a change."""

    def __init__(self, root: str, listed: Iterable[str] | None, id_length: int = 40) -> None:
        super().__init__(root)
        self._known = None if listed is None else frozenset(listed)
        self._id_length = id_length
        self._ids: dict[str, str | None] = {}

    def read(self, path: str) -> bytes | None:
        """Return the content of a file, or None."""
        return super().read(path) if self._is_known(path) else None

    def under(self, folder: str) -> Iterable[str]:
        """Return the paths of the files directly in a folder, sorted."""
        return [path for path in super().under(folder) if self._is_known(path)]

    def blob_id(self, path: str) -> str | None:
        """Return the id that git would give to the file's content, or None."""
        if path not in self._ids:
            data = self.read(path)
            self._ids[path] = None if data is None else _blob_id(data, self._id_length)
        return self._ids[path]

    def below(self, folder: str) -> Iterator[str]:
        """Yield every file in a folder and in the folders in it."""
        from iamlint.project.discovery import walked

        start = f"{folder}/" if folder else ""
        if self._known is None:
            yield from walked(self.root, folder)
            return
        for path in sorted(self._known):
            if path.startswith(start) and os.path.isfile(os.path.join(self.root, path)):
                yield path

    def _is_known(self, path: str) -> bool:
        if self._known is None or path in self._known:
            return True
        # Below a linked folder or a submodule: git lists the folder as one name.
        at = path.rfind("/")
        while at > 0:
            if path[:at] in self._known:
                return True
            at = path.rfind("/", 0, at)
        return False


def _blob_id(data: bytes, length: int) -> str:
    from hashlib import sha1, sha256

    content = b"blob %d\0" % len(data) + data
    # git's own name for the content, and no secret: SHA-1 is what the repository uses.
    return sha256(content).hexdigest() if length == 64 else sha1(content, usedforsecurity=False).hexdigest()

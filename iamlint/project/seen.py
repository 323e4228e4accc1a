"""What a run looked at, and whether all of it is still what it was. Light: an unchanged repository imports little else.

The answer of a run depends on nothing but what is recorded here (ARCHITECTURE.md, *What a run remembers*). Of every file
that was asked for, also of those that were not there, stands the stamp that git's index would keep (size, times, inode) and
a hash of the content. Equal stamps mean equal content, save where a file changed shortly before it was read: it may change
again with the same stamp, so its content is compared.
"""

from __future__ import annotations

import os
import sys
from time import time

TYPE_CHECKING = False  # `typing` costs more than all of this
if TYPE_CHECKING:
    from typing import Any

    from iamlint.project.git_output import Running

FORMAT = 3
RACY_SECONDS = 2.0
_RACY = int(RACY_SECONDS * 1e9)

Stamp = tuple[int, int, int, int]
CODE = (".py", ".bin", ".json", ".rule.yaml", ".rule.yml")
"""The endings of the files of iamlint and of rule packages that have a say in an answer."""
CONFIGURATIONS = ("iamlint.yaml", "iamlint.yml", "pyproject.toml")


class Seen:
    """All that an answer depends on. `listings` hold what git or a walk listed; the other fields are said in `collect`."""

    __slots__ = (
        "changed",
        "code",
        "files",
        "folders",
        "id",
        "listings",
        "places",
        "python",
        "renewed",
        "started",
        "today",
        "today_in",
    )

    def __init__(self, values: tuple[Any, ...]) -> None:
        self.changed: list[int] = []  # the numbers of files whose content is another now
        self.renewed = False  # whether stamps were brought up to date since the entry was written
        (
            self.id, self.started, self.python, self.listings, self.files, self.folders, self.places, self.code, self.today,
            self.today_in,
        ) = values  # fmt: skip

    def values(self) -> tuple[Any, ...]:
        """Return the fields as `marshal` takes them."""
        return (
            self.id, self.started, self.python, self.listings, self.files, self.folders, self.places, self.code, self.today,
            self.today_in,
        )  # fmt: skip

    def holds(self, most_changes: int = 0) -> bool:
        """Return whether all of it is what it was; up to so many files that were there, and are, may have another content.

        Stamps that were compared by content are brought up to date.
        """
        if self.python != python():
            return False
        commands = self._commands()
        answers = (self._holds(most_changes), *(command.output() for command in commands))
        return answers[0] is True and all(
            answer == printed for answer, (kind, *_, printed) in zip(answers[1:], self._printed(), strict=True)
        )

    def _printed(self) -> list[tuple[str, bytes]]:
        found = [("git", printed) for kind, _, _, printed in self.listings if kind == "git"]
        if self.today is not None and self.today_in:
            found.append(("today", self.today.encode() + b"\n"))
        return found

    def _commands(self) -> list[Running]:
        """Start the git commands whose answers count: they run while the stamps are compared."""
        commands = [listing for listing in self.listings if listing[0] == "git"]
        if not commands and not self.today_in:
            return []
        from iamlint.project.git_output import Running, listing

        running = [Running(listing(root, folder)) for _, root, folder, _ in commands]
        if self.today is not None and self.today_in:
            running.append(Running(commit_date_command(self.today_in)))
        return running

    def _holds(self, most_changes: int) -> bool:
        started = time()
        if not (self._code_holds() and all(os.path.exists(path) is there for path, there in self.places)):
            return False
        if self.today is not None and not self.today_in:
            from datetime import date

            if date.today().isoformat() != self.today:
                return False
        for kind, root, folder, paths in self.listings:
            if kind == "walk":
                from iamlint.project.discovery import walked

                if sorted(walked(root, folder)) != paths:
                    return False
            elif kind == "link" and os.path.realpath(os.path.join(root, folder)) != paths:
                return False
        newest = int(self.started * 1e9) - _RACY
        if not (self._folders_hold(newest) and self._files_hold(newest, most_changes)):
            return False
        if self.renewed:
            # Known to be the same now: the next run need not compare their content again, so this counts as the reading.
            self.started = started
        return True

    def _folders_hold(self, newest: int) -> bool:
        for number, (path, known, names, linked) in enumerate(self.folders):
            now = stamp(path)
            if linked or now != known or _changed(known) >= newest:
                if plain_files(path)[0] != names:
                    return False
                if not linked:
                    self.folders[number] = (path, now, names, linked)
                    self.renewed = True
        return True

    def _files_hold(self, newest: int, most_changes: int) -> bool:
        stat = os.stat
        suspects: list[int] = []
        for number, (path, known, digest) in enumerate(self.files):
            try:
                status = stat(path)
            except (OSError, ValueError):
                if known is not None:
                    return False
                continue
            now = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
            if now != known or now[1] >= newest or now[2] >= newest:
                if known is None or (now[0] != known[0] and len(self.changed) >= most_changes):
                    return False
                if digest and now[0] != known[0]:
                    self.changed.append(number)
                elif digest:
                    suspects.append(number)
                elif now != known:  # it was there and could not be read, or a link leads to it that is not followed
                    return False
        for number in suspects:
            path, _, digest = self.files[number]
            current, data = stamped(path)
            if data is None:
                return False
            if digest_of(data) != digest:
                self.changed.append(number)
                if len(self.changed) > most_changes:
                    return False
                continue
            self.files[number] = (path, current, digest)
            self.renewed = True
        return True

    def _code_holds(self) -> bool:
        folders, files = self.code
        for folder, known, names, endings in folders:
            if stamp(folder) != known and listed(folder, endings) != names:
                return False
        stat = os.stat
        for path, known in files:
            try:
                status = stat(path)
            except OSError:
                return False
            if (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino) != known:
                return False
        return True


def python() -> tuple[Any, ...]:
    """Return what of the interpreter has a say: its version, and where it finds packages."""
    return (FORMAT, sys.version, sys.flags.isolated, tuple(sys.path))


def commit_date_command(root: str) -> list[str]:
    """Return the git command that prints the date of the commit that is checked out."""
    return ["-C", root, "show", "-s", "--format=%cs", "HEAD"]


def stamp(path: str) -> Stamp | None:
    """Return size, times and inode of what stands at a path, or None."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def stamped(path: str) -> tuple[Stamp | None, bytes | None]:
    """Return a file's stamp from before it was read, and its content."""
    now = stamp(path)
    try:
        with open(path, "rb") as file:
            return now, file.read()
    except (OSError, ValueError):
        return now, None


def digest_of(data: bytes | None) -> bytes:
    """Return a hash of a content; empty where there was none."""
    from hashlib import sha256

    return b"" if data is None else sha256(data).digest()


def is_file(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry of a folder is a file, or a link to one; a link that leads to itself is none."""
    try:
        return entry.is_file()
    except OSError:
        return False


def plain_files(folder: str) -> tuple[list[str], bool]:
    """Return the names of the files directly in a folder, sorted, and whether a symbolic link is among its entries."""
    names, linked = [], False
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                linked = linked or entry.is_symlink()
                if is_file(entry):
                    names.append(entry.name)
    except (OSError, ValueError):
        return [], False
    return sorted(names), linked


def listed(folder: str, endings: tuple[str, ...]) -> list[str]:
    """Return the names in a folder that end so, sorted."""
    try:
        return sorted(name for name in os.listdir(folder or os.curdir) if name.endswith(endings))
    except OSError:
        return []


def _changed(known: Stamp | None) -> int:
    return 0 if known is None else max(known[1], known[2])


def is_settled(known: Stamp | None, started: float) -> bool:
    """Return whether something had been left alone for a while when a run started."""
    return _changed(known) < int(started * 1e9) - _RACY

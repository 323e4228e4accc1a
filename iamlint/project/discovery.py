"""Which files a run reads: the root, the files below it, and their content."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from time import time

from iamlint.errors import UsageError
from iamlint.project.boundary import Boundary
from iamlint.project.seen import Stamp, is_file, plain_files, stamp
from iamlint.source.globs import path_matches
from iamlint.source.place import Place
from iamlint.source.problem import Problem
from iamlint.source.regex import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SUFFIXES = (
    ".json", ".yaml", ".yml", ".tf", ".tofu", ".template", "terragrunt.hcl", ".jsonl", ".ndjson", ".tfstate",
    "terragrunt.stack.hcl", ".tfstack.hcl", ".tfcomponent.hcl", ".tfdeploy.hcl", ".tfbackend", ".tfvars",
)  # fmt: skip
"""The endings of files that may bear on access."""

_REPORT = regex(r"(credential|status_report)[^/]*\.csv$")
"""How the credential report of IAM is called; other tables are not looked into."""

SKIPPED_FOLDERS = frozenset(
    {".git", ".hg", ".svn", "node_modules", ".terraform", ".venv", "venv", "__pycache__", ".tox", "cdk.out"}
)

CDK_FOLDER = "cdk.out"
CDK_TEMPLATES = ".template.json"
"""The folder into which the AWS CDK writes, and how its templates end; all else is assets (`asset.…`) and bookkeeping."""

MAX_FILE_BYTES = 128 << 20
"""A larger file is a problem (IL007) and is not read."""


class DiskFiles:
    """The files below a root. Nothing outside it is ever read, whatever a path or a symbolic link says."""

    def __init__(self, root: str, started: float | None = None) -> None:
        self.root = root
        self.started = time() if started is None else started  # when the run first looked at a file
        self.denied: list[str] = []  # folders below which the disk could not be walked
        self.listings: list[tuple[str, str, str, Any]] = []  # what git or a walk listed: kind, root, folder, answer
        self.refused = False  # whether git listed nothing of a work tree
        self.stamps: dict[str, Stamp | None] = {}  # of each file, from before it was read
        self.folder_stamps: dict[str, tuple[Stamp | None, list[str], bool]] = {}
        self.from_forks: set[str] = set()  # read here only after a fork of this process had read it
        self.reader: str | None = None  # the file of the unit that is being parsed; empty: it has several
        self.shared: set[str] = set()  # what a unit read that is not a file of its own
        self._content: dict[str, bytes | None] = {}
        self._listed: dict[str, list[str]] = {}
        self._paths: list[str] | None = None
        self._stand_ins: dict[str, bytes] = {}
        self._boundary = Boundary(root)

    def stand_in(self, path: str, data: bytes, *, alone: bool = False) -> str:
        """Let these bytes stand for a file, also for one that is not there, and return its path below the root.

        A file that stands alone is the only one in its folder.
        """
        inside = _relative(os.path.abspath(path), self.root)
        self._stand_ins[inside] = data
        if alone:
            self._listed[inside.rpartition("/")[0]] = [inside]
        return inside

    def read(self, path: str) -> bytes | None:
        """Return the content of a file, or None. Kept, so that a code frame shows what was checked."""
        if path != self.reader and self.reader is not None:
            self.shared.add(path)
        if self._stand_ins and path in self._stand_ins:
            return self._stand_ins[path]
        try:
            return self._content[path]
        except KeyError:
            found = self._content[path] = self._read(path)
            return found

    def under(self, folder: str) -> Iterable[str]:
        """Return the paths of the files directly in a folder, sorted."""
        if folder not in self._listed:
            given = (path for path in self._stand_ins if path.rpartition("/")[0] == folder)
            self._listed[folder] = sorted({*self._under(folder), *given})
        return self._listed[folder]

    def paths(self) -> Iterable[str]:
        """Return the paths of all files below the root that are no tool's own, sorted."""
        if self._paths is None:
            self._paths = sorted(walked(self.root, ""))
            self.listings.append(("walk", self.root, "", self._paths))
        return self._paths

    def asked(self) -> dict[str, bytes | None]:
        """Return every path that was asked for, with its content, or None where there was nothing."""
        return self._content

    def folders(self) -> Iterable[str]:
        """Return every folder that was listed."""
        return self._listed

    def real_folder(self, folder: str) -> str | None:
        """Return the path of a folder with all links followed; None where they lead out of the root, or in a circle."""
        if climbs(folder):
            return None
        absolute, real = self._boundary.real_folder(folder)
        self.listings.append(("link", self.root, folder, absolute))
        return real

    def let_in(self, folder: str) -> None:
        """Let a folder be read although it is a link that leads out of the root: the user named it."""
        self._boundary.let_in(folder)

    def refusal(self, path: str) -> str | None:
        """Return why a file that is there could not be read, or None."""
        return None if climbs(path) or path in self._stand_ins else self._boundary.refusal(path)

    def _under(self, folder: str) -> Iterator[str]:
        if climbs(folder):
            return
        absolute = os.path.join(self.root, folder)
        now = stamp(absolute)
        names, linked = plain_files(absolute) if self._boundary.holds(folder) else ([], True)
        self.folder_stamps[folder] = (now, names, linked)
        for name in names:
            yield f"{folder}/{name}" if folder else name

    def _read(self, path: str) -> bytes | None:
        if climbs(path):
            return None
        self.stamps[path] = None
        try:
            descriptor = self._boundary.open(path)
        except (OSError, ValueError):
            self.stamps[path] = stamp(os.path.join(self.root, path))
            return None
        try:
            status = os.fstat(descriptor)
            if status.st_mode & _KIND != _REGULAR:  # a pipe would wait for somebody who writes
                return None
            self.stamps[path] = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
            size = status.st_size
            # One byte beyond the bound tells the reader that the file is too large, without reading all of it.
            wanted = min(size, MAX_FILE_BYTES + 1)
            data = os.read(descriptor, wanted)
            while len(data) < wanted and (more := os.read(descriptor, wanted - len(data))):
                data += more
            return data
        except OSError:
            return None
        finally:
            os.close(descriptor)


_KIND, _REGULAR = 0o170000, 0o100000


def find_root(paths: Iterable[str]) -> tuple[str, str]:
    """Return the folder that the paths have in common, and the top of the repository around it (or that folder again)."""
    absolute = []
    for path in paths:
        full = os.path.abspath(path)
        if not os.path.exists(full):
            is_link = os.path.islink(full)
            raise UsageError(f"`{path}` is a link that leads nowhere" if is_link else f"`{path}` does not exist")
        is_folder = os.path.isdir(full)
        if not is_folder and not os.path.isfile(full):
            raise UsageError(f"`{path}` is neither a file nor a folder", "`-` reads one document from standard input")
        absolute.append(full if is_folder else os.path.dirname(full))
    common = os.path.commonpath(absolute) if absolute else os.getcwd()
    return common, git_top(common) or common


def git_top(folder: str) -> str | None:
    """Return the top of the git work tree around a folder, or None."""
    here = folder
    while not os.path.exists(os.path.join(here, ".git")):
        if os.path.dirname(here) == here:
            return None
        here = os.path.dirname(here)
    return here


def list_files(
    files: DiskFiles, paths: Iterable[str], include: tuple[str, ...], exclude: tuple[str, ...], cdk: tuple[str, ...] = (),
    meanwhile: Callable[[], None] | None = None,
) -> tuple[list[str], list[str]]:  # fmt: skip
    """Return the files to read, relative to the root and sorted, and those of them that were named one by one.

    Folders are listed as git lists them (tracked, and untracked but not ignored) inside a work tree, else by walking.
    Of a folder that the AWS CDK writes, named or configured (`cdk`), the templates are listed although git ignores them.
    `meanwhile` is done while git works.
    """
    root = files.root
    folders: list[str] = []
    explicit: list[str] = []
    for path in paths:
        full = os.path.abspath(path)
        (folders if os.path.isdir(full) else explicit).append(_relative(full, root))
    for folder in (*folders, *(path.rpartition("/")[0] for path in explicit)):
        files.let_in(folder)
    found = set(explicit)
    generated = [folder for folder in folders if CDK_FOLDER in folder.split("/") or _is_assembly(files, folder)]
    for folder in (*generated, *cdk):
        walked_paths = _walked(files, folder.rstrip("/"))
        found.update(path for path in walked_paths if path.endswith(CDK_TEMPLATES) and "/asset." not in path[len(folder) :])
    for folder in (one for one in folders if one not in generated):
        for path in _listed(files, folder, meanwhile):
            if path.endswith(SUFFIXES) and wanted(path, include, exclude):
                found.add(path)
    return sorted(found), sorted(set(explicit))


def _is_kept(path: str) -> bool:
    """Return whether a path leads through a copy that somebody keeps of what the AWS CDK wrote before, `cdk.out.prev`."""
    return CDK_FOLDER in path and any(part.startswith(CDK_FOLDER) for part in path.split("/")[:-1])


def _is_assembly(files: DiskFiles, folder: str) -> bool:
    """Return whether the AWS CDK wrote a folder, whatever it is called: it leaves a file with its version there."""
    return files.read(f"{folder}/{CDK_FOLDER}" if folder else CDK_FOLDER) is not None


def _listed(files: DiskFiles, folder: str, meanwhile: Callable[[], None] | None) -> Iterable[str]:
    root = files.root
    # Git does not list what lies behind a link, and the user named it.
    linked = bool(folder) and os.path.realpath(os.path.join(root, folder)) != os.path.join(os.path.realpath(root), folder)
    if not linked and git_top(os.path.join(root, folder)) is not None:
        from iamlint.project.git_output import Running, listing

        running = Running(listing(root, folder))
        if meanwhile is not None:
            meanwhile()
        printed = running.output()
        files.refused |= printed is None
        if printed is not None:
            files.listings.append(("git", root, folder, printed))
            names = printed.decode("utf-8", "surrogateescape").split("\0")
            return [
                name for name in names if name and not SKIPPED_FOLDERS.intersection(name.split("/")[:-1]) and not _is_kept(name)
            ]
    return _walked(files, folder)


def _walked(files: DiskFiles, folder: str) -> list[str]:
    paths = sorted(walked(files.root, folder, files.denied))
    files.listings.append(("walk", files.root, folder, paths))
    return paths


def walked(root: str, folder: str, denied: list[str] | None = None) -> Iterator[str]:
    """Yield the files below a folder, without folders that others generate; adds to `denied` what may not be listed."""
    pending = [folder]
    while pending:
        here = pending.pop()
        try:
            entries = list(os.scandir(os.path.join(root, here)))
        except PermissionError:
            if denied is not None:
                denied.append(here)
            continue
        except OSError:
            continue
        for entry in entries:
            path = f"{here}/{entry.name}" if here else entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED_FOLDERS and not _is_kept(f"{entry.name}/"):
                    pending.append(path)
            elif is_file(entry):
                yield path


def is_read(path: str) -> bool:
    """Return whether a file of this name may bear on access."""
    return path.endswith(SUFFIXES) or (path.endswith(".csv") and _REPORT.search(path) is not None)


def wanted(path: str, include: tuple[str, ...], exclude: tuple[str, ...]) -> bool:
    """Return whether the configuration lets a file be read."""
    if include and not any(path_matches(pattern, path) for pattern in include):
        return False
    return not any(path_matches(pattern, path) for pattern in exclude)


def _relative(full: str, root: str) -> str:
    relative = os.path.relpath(full, root).replace(os.sep, "/")
    return "" if relative == "." else relative


def climbs(path: str) -> bool:
    """Return whether a path may lead out of the root."""
    return path.startswith(("/", "../")) or path == ".." or "/../" in path


def unlisted(files: object) -> list[Problem]:
    """Return a problem for each folder that could not be listed while the disk was walked."""
    denied = getattr(files, "denied", ())
    return [Problem("IL001", "the folder cannot be listed: permission denied", Place(folder or ".")) for folder in denied]

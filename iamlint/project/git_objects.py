"""The objects of a git repository, read by one `git cat-file --batch` process. Work tree, index and references stay untouched."""

from __future__ import annotations

import os
import subprocess

from iamlint.errors import UsageError
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

_KEPT_BYTES = 128 << 20
_LINK, _FOLDER, _MODULE = "120000", "40000", "160000"


class Entry(NamedTuple):
    """A name in a tree: its mode as git writes it, and the id of its object."""

    mode: str
    id: str

    @property
    def is_folder(self) -> bool:
        """Return whether it is a tree."""
        return self.mode == _FOLDER

    @property
    def is_link(self) -> bool:
        """Return whether it is a symbolic link."""
        return self.mode == _LINK

    @property
    def is_file(self) -> bool:
        """Return whether it holds content; a submodule holds none that is here."""
        return self.mode not in (_FOLDER, _MODULE)


class GitObjects:
    """Commits, trees and blobs of the repository around a folder. Close it, or use it in a `with`."""

    def __init__(self, top: str) -> None:
        self.top = top
        self._process: subprocess.Popen[bytes] | None = None
        self._trees: dict[str, dict[str, Entry]] = {}
        self._blobs: dict[str, bytes] = {}
        self._held = 0

    def __enter__(self) -> GitObjects:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process that reads objects."""
        process, self._process = self._process, None
        if process is not None:
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()
            process.wait()

    def commit(self, revision: str) -> str | None:
        """Return the id of the commit that a revision names, or None."""
        found = self._ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return found.decode().strip() if found is not None else None

    def refused(self) -> None:
        """Raise `UsageError` where no revision can be read: the repository belongs to another user, or has no commit."""
        from iamlint.project.git_output import distrusted, distrusts

        if distrusts(self.top):
            raise UsageError(*distrusted(self.top))
        if self._ask("rev-list", "--max-count=1", "--all") == b"":
            raise UsageError("this repository has no commit yet")

    def merge_base(self, left: str, right: str) -> str | None:
        """Return the best common ancestor of two commits, or None."""
        found = self._ask("merge-base", left, right)
        return found.decode().split("\n", 1)[0] if found is not None else None

    def log(self, revision: str, most: int | None, *, first_parent: bool) -> list[bytes]:
        """Return the records of the commits in a range, oldest first: id, parents, author, day, subject. Raises `UsageError`."""
        words = ["log", "--topo-order", "--reverse", "-z", "--format=%H%x1f%P%x1f%an%x1f%as%x1f%s", "--no-show-signature"]
        words += [f"--max-count={most}"] if most is not None else []
        words += ["--first-parent"] if first_parent else []
        found = self._ask(*words, "--end-of-options", revision, "--")
        if found is None:
            self.refused()
            raise UsageError(f"`{revision}` names no commits of this repository", _SHALLOW)
        return [record for record in found.split(b"\0") if record]

    def listed(self, folder: str) -> list[str] | None:
        """Return the files of the work tree below a folder that git tracks or would track, or None outside a work tree."""
        found = self._ask("-C", folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ".")
        return None if found is None else sorted({name for name in _text(found).split("\0") if name})

    def tree_of(self, commit: str) -> str:
        """Return the id of a commit's tree."""
        return self._read(commit).split(b"\n", 1)[0].removeprefix(b"tree ").decode()

    def is_cut(self, commit: str) -> bool:
        """Return whether a commit has parents, as far as its object says; in a shallow clone they are not here."""
        return b"\nparent " in self._read(commit).split(b"\n\n", 1)[0]

    def tree(self, tree: str) -> dict[str, Entry]:
        """Return the entries of a tree by name."""
        found = self._trees.get(tree)
        if found is None:
            found = self._trees[tree] = _entries(self._read(tree), len(tree) // 2)
        return found

    def blob(self, blob: str) -> bytes:
        """Return the content of a blob."""
        found = self._blobs.get(blob)
        if found is None:
            found = self._read(blob)
            self._held += len(found)
            if self._held > _KEPT_BYTES:
                self._blobs.clear()
                self._held = len(found)
            self._blobs[blob] = found
        return found

    def _read(self, object_id: str) -> bytes:
        into, out = self._pipes()
        into.write(f"{object_id}\n".encode())
        into.flush()
        header = out.readline().split()
        if len(header) != 3:
            raise UsageError(f"the object `{object_id}` is not in this repository", _SHALLOW)
        size = int(header[2])
        data = out.read(size)
        out.read(1)
        return data

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603  fixed words
                self._command("cat-file", "--batch"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env=_environment(),
            )  # fmt: skip
        into, out = self._process.stdin, self._process.stdout
        if into is None or out is None:
            raise UsageError("git cannot be asked for objects")
        return into, out

    def _ask(self, *words: str) -> bytes | None:
        try:
            done = subprocess.run(self._command(*words), capture_output=True, check=False, env=_environment())  # noqa: S603
        except OSError:
            raise UsageError("git is not installed", "revisions are read with it; folders can be compared without") from None
        return done.stdout if done.returncode == 0 else None

    def _command(self, *words: str) -> list[str]:
        # A configured file system monitor is a program of the repository's: it is not started.
        return ["git", "-c", "core.fsmonitor=false", "-C", self.top, *words]


_SHALLOW = "in a shallow clone, fetch the history first (`fetch-depth: 0` of actions/checkout)"


def _environment() -> dict[str, str]:
    """Return the environment for git: nothing is locked, nothing is fetched from a partial clone's remote."""
    return {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none", "LC_ALL": "C"}


def _entries(data: bytes, id_size: int) -> dict[str, Entry]:
    """Return the entries of a tree object: mode, space, name, NUL, the id as bytes."""
    found: dict[str, Entry] = {}
    at = 0
    while at < len(data):
        space = data.index(b" ", at)
        end = data.index(b"\0", space)
        found[_text(data[space + 1 : end])] = Entry(data[at:space].decode(), data[end + 1 : end + 1 + id_size].hex())
        at = end + 1 + id_size
    return found


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")

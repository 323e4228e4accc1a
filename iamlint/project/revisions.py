"""Sessions over revisions, folders and the work tree, so that two states of a repository can be compared."""

from __future__ import annotations

import os

from iamlint.errors import ConfigError, UsageError
from iamlint.project.config import FILE_NAMES, PYPROJECT, Config, parse_config
from iamlint.project.discovery import SKIPPED_FOLDERS, git_top, is_read, wanted
from iamlint.project.facts_store import FactsStore, StoredSession
from iamlint.project.git_files import GitFiles, IdentifiedFiles, WorkTreeFiles
from iamlint.project.git_objects import GitObjects
from iamlint.project.options import Options
from iamlint.project.session import Session, open_session
from iamlint.source.files import Files
from iamlint.source.record import NamedTuple

WORK_TREE = ""
"""The name of the state on disk, as a revision."""


class History:
    """A repository through time: sessions for its revisions and its work tree, all with one store of facts.

    Every session has the root and the selection of files of today's, and the configuration of its own revision.
    """

    def __init__(self, options: Options, git: GitObjects, today: Session) -> None:
        self.git = git
        self.today = today
        self._options = options
        self._store = FactsStore()

    @property
    def root(self) -> str:
        """Return the folder to which all paths are relative."""
        return self.today.root

    def session(self, revision: str) -> StoredSession:
        """Return a session for a revision, or for the work tree. Raises `UsageError` and `ConfigError`."""
        if revision == WORK_TREE:
            return self.work_tree()
        commit = self.git.commit(revision)
        if commit is None:
            self.git.refused()
            raise UsageError(f"`{revision}` is no revision of this repository and no folder", _NO_REVISION)
        return self.at(commit)

    def at(self, commit: str) -> StoredSession:
        """Return a session for a commit."""
        files = GitFiles(self.git, self.git.tree_of(commit), self.root)
        return self._session(files, self._config(files, commit))

    def work_tree(self) -> StoredSession:
        """Return a session for the files on disk that a commit could hold."""
        id_length = len(self.git.commit("HEAD") or "") or 40
        return self._session(WorkTreeFiles(self.root, self.git.listed(self.root), id_length), self.today.config)

    def before_everything(self) -> StoredSession:
        """Return a session over no files: what was there before the first commit."""
        return self._session(WorkTreeFiles(self.root, ()), Config())

    def _config(self, files: GitFiles, commit: str) -> Config:
        if self._options.config:
            return self.today.config
        for folder in self._config_folders():
            found = config_in(files, folder)
            if found is not None:
                try:
                    return parse_config(files.read(found) or b"", found)
                except ConfigError as error:
                    raise ConfigError(f"at {commit[:12]}: {error.message}", error.help) from None
        return Config()

    def _config_folders(self) -> list[str]:
        """Return the folders that may hold the configuration, relative to the root, the nearest to what is read first."""
        folders = [_relative(path, self.root) for path in self._options.paths] or [""]
        common = os.path.commonpath([folder or "." for folder in folders]) if len(folders) > 1 else folders[0]
        here = "" if common == "." else common
        found = [here]
        while here:
            here = here.rpartition("/")[0]
            found.append(here)
        return found

    def _session(self, files: IdentifiedFiles, config: Config) -> StoredSession:
        paths, explicit = select(files, [_relative(path, self.root) for path in self._options.paths], config)
        today = self.today
        if config is not today.config:
            # The rules and how they run are today's; only what is suppressed is the revision's own.
            ruled = today.config
            config = config._replace(
                select=ruled.select, ignore=ruled.ignore, severities=ruled.severities, options=ruled.options,
                switched_off=ruled.switched_off, rule_paths=ruled.rule_paths, required_plugins=ruled.required_plugins,
            )  # fmt: skip
        options = self._options._replace(jobs=1, cache=False, as_of=self._options.as_of or today.today)
        return StoredSession(options, config, files, paths, explicit, self._store)


def open_history(options: Options, help: str = "start in a work tree") -> History:
    """Return the history of the repository around the paths of the options. Raises `UsageError` outside of one."""
    start = os.path.abspath(options.paths[0] if options.paths else os.getcwd())
    folder = start if os.path.isdir(start) else os.path.dirname(start)
    top = git_top(folder)
    if top is None:
        raise UsageError(f"`{_shown(folder)}` is in no git work tree", help)
    return History(options, GitObjects(top), open_session(options))


class Sides(NamedTuple):
    """The two states that are compared, and what they are called. To be closed, or used in a `with`."""

    old: StoredSession
    new: StoredSession
    names: tuple[str, str]
    git: GitObjects | None = None

    def __enter__(self) -> Sides:
        return self

    def __exit__(self, *_: object) -> None:
        if self.git is not None:
            self.git.close()


def open_sides(base: str, head: str | None, options: Options) -> Sides:
    """Return sessions for two revisions or folders. Without `head`, it is the work tree; `A..B` and `A...B` name both."""
    if not base or head == "":
        raise UsageError("a revision or a folder has no empty name")
    if _is_folder(base) and (head is None or _is_folder(head)) and not _is_revision(base, options):
        return _folders(base, head, options)
    if head is not None and _is_folder(base) is not _is_folder(head):
        history = open_history(options, _TWO_FOLDERS)
        if (history.git.commit(base) is None) is not (history.git.commit(head) is None):
            raise UsageError(f"`{base}` and `{head}` are a revision and a folder", "name two revisions or two folders")
    else:
        history = open_history(options, _TWO_FOLDERS)
    git = history.git
    shown = base
    if head is None and ".." in base and git.commit(base) is None:
        left, dots, right = base.partition("..." if "..." in base else "..")
        base, head = left or "HEAD", right or "HEAD"
        shown = base
        if dots == "...":
            ends = [git.commit(name) for name in (base, head)]
            if ends[0] is not None and ends[1] is not None:
                common = git.merge_base(ends[0], ends[1])
                if common is None:
                    raise UsageError(f"`{base}` and `{head}` have no common ancestor here", _NO_REVISION)
                base, shown = common, common[:12]
    try:
        new = history.session(head if head is not None else WORK_TREE)
        return Sides(history.session(base), new, (shown, _THIS if head is None else head), git)
    except BaseException:
        git.close()
        raise


def _folders(base: str, head: str | None, options: Options) -> Sides:
    store = FactsStore()
    sides = []
    for folder in (base, head):
        paths = (folder,) if folder is not None else options.paths
        given = options._replace(paths=paths, jobs=1, cache=False)
        opened = open_session(given)
        within = opened.root if folder is None else os.path.abspath(folder)
        files = WorkTreeFiles(within, None)
        listed, explicit = (opened.paths, opened.explicit) if within == opened.root else select(files, [""], opened.config)
        sides.append(StoredSession(given, opened.config, files, listed, explicit, store))
    return Sides(sides[0], sides[1], (base, _THIS if head is None else head))


def config_in(files: Files, folder: str) -> str | None:
    """Return the path of the configuration that a folder of a revision holds, or None. Raises `ConfigError` for two."""
    start = f"{folder}/" if folder else ""
    found = [f"{start}{name}" for name in FILE_NAMES if files.read(f"{start}{name}") is not None]
    if b"[tool.iamlint" in (files.read(f"{start}{PYPROJECT}") or b""):
        found.append(f"{start}{PYPROJECT}")
    if len(found) > 1:
        names = " and ".join(f"`{path}`" for path in found)
        raise ConfigError(f"both {names} configure iamlint", "keep one of them")
    return found[0] if found else None


def select(files: IdentifiedFiles, folders: list[str], config: Config) -> tuple[list[str], list[str]]:
    """Return the files to read in these folders, and those that were named one by one."""
    found: set[str] = set()
    explicit: set[str] = set()
    for folder in folders or [""]:
        if folder and files.blob_id(folder) is not None:
            explicit.add(folder)
            continue
        for path in files.below(folder):
            counts = is_read(path) and not SKIPPED_FOLDERS.intersection(path.split("/")[:-1])
            if counts and wanted(path, config.include, config.exclude):
                found.add(path)
    return sorted(found | explicit), sorted(explicit)


def _is_folder(text: str) -> bool:
    return os.path.isdir(text)


def _is_revision(text: str, options: Options) -> bool:
    """Return whether a folder's name is also a revision, and not written as a path."""
    if text.startswith((".", "/", "~")) or text.endswith("/"):
        return False
    top = git_top(os.path.abspath(options.paths[0] if options.paths else os.getcwd()))
    return top is not None and GitObjects(top).commit(text) is not None


def _relative(path: str, root: str) -> str:
    relative = os.path.relpath(os.path.abspath(path), root).replace(os.sep, "/")
    return "" if relative == "." or relative.startswith("..") else relative


def _shown(folder: str) -> str:
    return os.path.relpath(folder, os.getcwd())


_NO_REVISION = "fetch it first; in a shallow clone the history is missing (`fetch-depth: 0` of actions/checkout)"
_TWO_FOLDERS = "name two folders, or start in a work tree"
_THIS = "the work tree"

"""What all modules of one root module share: files, bounds, what was found wrong."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from iamlint.parse.context import Context
from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.blocks import Block
from iamlint.parse.terraform.folder_syntax import FolderSyntax, is_module_file, read_folder
from iamlint.parse.terraform.frames import Budget
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.no_hcl import NO_MISTAKES, not_hcl
from iamlint.parse.terraform.values import EvaluationError, OutOfBounds
from iamlint.source.files import Files, every_path
from iamlint.source.place import Place
from iamlint.source.problem import Problem, Unresolved
from iamlint.source.value import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.parse.terraform.module import Module

MOST_STEPS = 3_000_000
MOST_INSTANCES = 20_000
MOST_OF_ONE = 5_000
DEEPEST_CALLS = 30

ACTIVE = Located(None, Place(""))
"""Stands where a value is being computed."""


class Root:
    """One evaluation of a root module."""

    def __init__(
        self, folder: str, files: Files, context: Context, computed: Any, interesting: Callable[[str, str], bool] | None
    ) -> None:
        self.folder = folder
        self.files = files
        self.context = context
        self.unit = context.unit
        self.computed = computed
        self.interesting = interesting
        self.budget = Budget(MOST_STEPS, context.unit)
        self.problems: dict[tuple[str, Place], Problem] = {}
        self.unresolved: dict[tuple[str, Place], Unresolved] = {}
        self.folders: dict[str, FolderSyntax] = {}
        self.named_only: set[str] = set()  # folders of stand-ins that say nothing of what the module does
        self.others: Any = None  # the other root modules whose outputs are read (`iamlint.parse.terraform.opening.Others`)
        self.passed_files: tuple[str, ...] = ()  # variable files that Terragrunt passes
        self.loose: Any = None  # what variable files give that Terraform does not load by itself (`loose_files.py`)
        self.last_given: dict[str, Located] = {}  # what Atmos gives, in a variable file that it passes last
        self.stack = ""  # of a deployment of a stack: the name under which `folders` has the stack
        self.defaults_open = False  # whether defaults of variables are taken for unknown (`switched_off.py`)
        self.instances = 0
        self.modules: list[Module] = []
        self.memos: list[dict[Any, Located]] = []  # of the bodies of blocks
        self._modules: dict[str, bool] = {}
        self._templates: dict[str, s.Node] = {}
        self._read: dict[str, None] = {}
        self._manifest: dict[str, str] | None = None

    def let_go(self) -> None:
        """Take the evaluation apart when it has been read: all of it refers to each other, and nothing is collected during a run.

        What was read of it holds nothing that is still to be evaluated.
        """
        if self.others is not None:
            self.others.let_go()
        for memo in self.memos:
            memo.clear()
        for module in self.modules:
            vars(module).clear()
        vars(self).clear()

    # What was found wrong

    def problem(self, id: str, message: str, at: Place, because: tuple[tuple[Place, str], ...] = ()) -> None:
        """Report a problem, once."""
        self.problems.setdefault((message, at), Problem(id, message, at, because=because))

    def take(self, problem: Problem) -> None:
        """Report a problem that was found in a file, once; that a file is a template, or encrypted, is no mistake in it."""
        if problem.message in NO_MISTAKES:
            self.unresolve(NO_MISTAKES[problem.message], problem.at)
        else:
            self.problems.setdefault((problem.message, problem.at), problem)

    def unresolve(self, reason: str, at: Place) -> None:
        """Report what the files do not say, once."""
        self.unresolved.setdefault((reason, at), Unresolved(reason, at))

    def guarded(
        self, memo: dict[Any, Located], key: Any, name: str | tuple[Any, ...], place: Place, compute: Callable[[], Located]
    ) -> Located:
        """Return a value that is computed once; whatever goes wrong becomes an unknown, and cycles are reported.

        A name of several parts is put together only when it is told.
        """
        known = memo.get(key)
        if known is ACTIVE:
            told = _told(name)
            self.problem("IL003", f"`{told}` refers to itself", place)
            return Located(Unknown(f"`{told}` refers to itself", place, f"{self.unit}#{told}"), place)
        if known is not None:
            return known
        memo[key] = ACTIVE
        # What goes wrong in another expression is nothing that `try` could catch in this one.
        budget = self.budget
        strict, doubts = budget.strict, budget.doubts
        budget.strict = 0
        try:
            value = compute()
        except (EvaluationError, s.SyntaxProblem, OutOfBounds, RecursionError) as problem:
            value = Located(self._failed(problem, _told(name), place), place)
        finally:
            budget.strict, budget.doubts = strict, doubts
        memo[key] = value
        return value

    def _failed(self, problem: Exception, name: str, place: Place) -> Unknown:
        """Report why a value cannot be told, and return what stands for it."""
        symbol = f"{self.unit}#{name}"
        if isinstance(problem, EvaluationError):
            return Unknown(problem.message, problem.place, symbol)
        if isinstance(problem, s.SyntaxProblem):
            self.take(not_hcl(problem, self.files.read(problem.place.path) or b""))
            return Unknown("the expression is not HCL", problem.place, symbol)
        if isinstance(problem, RecursionError):
            self.problem("IL003", f"what `{name}` refers to is nested too deep to evaluate", place)
            return Unknown("the references are nested too deep", place, symbol)
        if self.budget.left < 0:
            place_of_all = Place(posixpath.join(self.folder, "") or ".")
            self.problem(
                "IL003", f"evaluating this module takes more than {MOST_STEPS:,} steps; the rest is unknown", place_of_all
            )
        else:
            self.problem("IL003", f"the value of `{name}` is too large to evaluate", place)
        return Unknown("the value is too large to evaluate", place, symbol)

    # Files

    def locate(self, path: str) -> str | None:
        """Return the path in the run of a path as Terraform takes it; None when it leaves the run."""
        if path.startswith("/") or "\0" in path:
            return None
        where = posixpath.normpath(posixpath.join(self.folder, path))
        if where == ".." or where.startswith("../"):
            return None
        return "" if where == "." else where

    def read(self, path: str) -> bytes | None:
        """Return a file of the run, and remember that it was used."""
        content = self.files.read(path)
        if content is not None:
            self._read[path] = None
        return content

    def listing(self, folder: str, pattern: str) -> list[str] | None:
        """Return the files below a folder; None when the pattern asks for more than one folder can tell."""
        head, _, last = pattern.rpartition("/")
        if not any(mark in head for mark in "*?[{\\") and "**" not in last and "/" not in last:
            where = self.locate(posixpath.relpath(posixpath.join(folder, head) or ".", self.folder or "."))
            return None if where is None else list(self.files.under(where))
        every = every_path(self.files)
        return [path for path in every if not folder or path.startswith(f"{folder}/")] if every else None

    def template(self, path: str, content: bytes) -> s.Node:
        """Return a template file's syntax. Raises `SyntaxProblem`."""
        if path not in self._templates:
            from iamlint.parse.terraform.template_parser import parse_template

            self._templates[path] = parse_template(content, path)
        return self._templates[path]

    def folder_syntax(self, folder: str) -> FolderSyntax:
        """Return the declarations of a folder, and report its problems when it is first read."""
        known = self.folders.get(folder)
        if known is None:
            known = self.folders[folder] = read_folder(folder, self.files)
            self._read.update(dict.fromkeys(known.paths))
            for said in known.unread:
                if isinstance(said, Problem):
                    self.take(said)
                else:
                    self.unresolve(said.reason, said.at)
        return known

    def gather_problems(self) -> None:
        """Report what was found wrong in the folders' files."""
        for syntax in self.folders.values():
            for problem in syntax.problems:
                self.take(problem)

    def paths(self) -> tuple[str, ...]:
        """Return the files that were read, sorted."""
        return tuple(sorted(self._read | self.others.read() if self.others is not None else self._read))

    def own_paths(self) -> dict[str, None]:
        """Return the files that were read for this root module itself."""
        return self._read

    # Modules

    def called_folder(self, syntax: FolderSyntax, block: Block, key: str, source: str | None = None) -> str | None:
        """Return the folder of the module that a block calls; None when it is not in the repository.

        `source` is what the block's source comes to, where that is an expression (OpenTofu evaluates it early).
        """
        source = source or block.source()
        if source is None:
            return None
        if source.startswith(("./", "../")) or source in (".", ".."):
            where = posixpath.normpath(posixpath.join(syntax.folder, source))
            if where == ".." or where.startswith("../"):
                return None
            where = "" if where == "." else where
        else:
            where = self._vendored().get(key, "")
            if not where:
                return self._stand_in(source, block)
        return where if where in self.folders or self._is_module(where) else None

    def _is_module(self, folder: str) -> bool:
        """Return whether a folder has Terraform files: asked once for each call of a module there."""
        known = self._modules.get(folder)
        if known is None:
            known = self._modules[folder] = any(is_module_file(path) for path in self.files.under(folder))
        return known

    def _stand_in(self, source: str, block: Block) -> str | None:
        """Return the name under which the stand-in of a widely used module is known; it is no folder."""
        where = f"<{source}>{block.place.path}:{block.place.span or block.place.route}"
        if where not in self.folders:
            from iamlint.parse.terraform.adapters import adapter_file, adapter_of, says_names_only

            text = adapter_of(source)
            if text is None:
                return None
            if says_names_only(source):
                self.named_only.add(where)
            self.folders[where] = FolderSyntax(where)
            self.folders[where].add(adapter_file(text, block.place), False)
        return where

    def _vendored(self) -> dict[str, str]:
        """Return the folders of vendored modules by the key of their call (`app.db`)."""
        if self._manifest is None:
            from iamlint.parse.terraform.vendored import vendored

            self._manifest = vendored(self)
        return self._manifest

    def matters(self, folder: str, key: str) -> bool:
        """Return whether a module, or one that it calls, may hold something interesting."""
        if self.interesting is None:
            return True
        waiting = [(folder, key, 0)]
        seen: set[str] = set()
        while waiting:
            here, path, depth = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            syntax = self.folder_syntax(here)
            if any(self.interesting(mode, kind) for mode, kind, _ in syntax.resources):
                return True
            for name, block in syntax.calls.items():
                inner = f"{path}.{name}" if path else name
                called = self.called_folder(syntax, block, inner)
                if called is None and _is_label(block):
                    continue
                if called is None or called in self.named_only or depth > DEEPEST_CALLS:
                    return True
                waiting.append((called, inner, depth + 1))
        return False


def _told(name: str | tuple[Any, ...]) -> str:
    return name if isinstance(name, str) else ".".join(map(str, name))


def _is_label(block: Block) -> bool:
    from iamlint.parse.terraform.adapters.label_call import is_label  # most configurations call no module from elsewhere

    return is_label(block)

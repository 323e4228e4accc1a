"""A folder of Terraform files as one module: its declarations by name, override files merged."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import TypeVar

from iamlint.parse.terraform.blocks import Attribute, Block, FileSyntax, read_file
from iamlint.source.files import Files
from iamlint.source.place import Place
from iamlint.source.problem import Problem, Unresolved

Key = TypeVar("Key")
Value = TypeVar("Value")

_RESOURCE = re.compile(rb'\b(resource|data)[ \t]+"?([A-Za-z0-9_-]+)')
_NEEDED = re.compile(rb"\b(?:module|provider|check)[ \t\"]")
_HARMLESS = re.compile(rb"^(?:resource|data|variable|locals|output|terraform|moved|import|removed)\b", re.MULTILINE)


class FolderSyntax:
    """The declarations of one module."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.paths: list[str] = []
        self.resources: dict[tuple[str, str, str], Block] = {}  # mode, type, name
        self.variables: dict[str, Block] = {}
        self.outputs: dict[str, Block] = {}
        self.calls: dict[str, Block] = {}
        self.locals: dict[str, Attribute] = {}
        self.providers: dict[str, Block] = {}  # `aws`, or `aws.alias`
        self.pending: list[tuple[str, bytes]] = []  # files that declare nothing interesting, until a name is looked up
        self.incomplete = False  # a broken block, or a file that is not read, may hold what is missed
        self.problems: list[Problem] = []
        self.unresolved: list[Unresolved] = []

    def add(self, file: FileSyntax, override: bool) -> None:
        """Take what a file declares."""
        self.problems.extend(file.problems)
        self.incomplete = self.incomplete or bool(file.problems)
        for block in file.blocks:
            kind, labels = block.type, block.labels
            if kind in ("resource", "data", "ephemeral") and len(labels) == 2:
                mode = "managed" if kind == "resource" else kind
                self._declare(self.resources, (mode, labels[0], labels[1]), block, override)
            elif kind == "variable" and len(labels) == 1:
                self._declare(self.variables, labels[0], block, override)
            elif kind == "output" and len(labels) == 1:
                self._declare(self.outputs, labels[0], block, override)
            elif kind == "module" and len(labels) == 1:
                self._declare(self.calls, labels[0], block, override)
            elif kind == "provider" and len(labels) == 1:
                self._declare(self.providers, _provider_key(block), block, override)
            elif kind == "locals":
                for name, attribute in block.attributes.items():
                    if override or name not in self.locals:
                        self.locals[name] = attribute
                    else:
                        self._duplicate(f"local.{name}", attribute.place, self.locals[name].place)
            elif kind == "check" and not block.broken:
                for inner in block.blocks:
                    if inner.type == "data" and len(inner.labels) == 2:
                        self._declare(self.resources, ("data", inner.labels[0], inner.labels[1]), inner, override)

    def find(self, declared: dict[Key, Value], key: Key, word: str, name: str) -> Value | None:
        """Return a declaration by its key; files that were left aside are read when they may declare the name.

        `word` is what its declaration starts with; names of locals stand before an equals sign.
        """
        found = declared.get(key)
        if found is None and self.pending:
            written = re.escape(name.encode())
            if word == "locals":
                pattern = rb"(?<![\w-])" + written + rb"\s*(?:/\*.*?\*/\s*)?="
            else:
                pattern = rb"\b" + word.encode() + rb"\b[^{\n]*(?<![\w-])" + written + rb"(?![\w-])"
            declares = re.compile(pattern, re.DOTALL)
            self._read_pending(lambda content: declares.search(content) is not None)
            found = declared.get(key)
        return found

    def read_all(self) -> None:
        """Read the files that were left aside."""
        if self.pending:
            self._read_pending(lambda content: True)

    def _read_pending(self, wanted: Callable[[bytes], bool]) -> None:
        waiting, self.pending = self.pending, []
        for path, content in waiting:
            if wanted(content):
                self.add(read_file(content, path), False)
            else:
                self.pending.append((path, content))

    def _declare(self, into: dict[Key, Block], key: Key, block: Block, override: bool) -> None:
        before = into.get(key)
        if before is None:
            into[key] = block
        elif override:
            into[key] = before.overridden(block)
        else:
            self._duplicate(" ".join((block.type, *block.labels)), block.place, before.place)

    def _duplicate(self, name: str, at: Place, before: Place) -> None:
        self.problems.append(Problem("IL004", f"`{name}` is declared twice", at, because=((before, "declared here first"),)))


def _provider_key(block: Block) -> str:
    alias = block.attributes.get("alias")
    if alias is None:
        return block.labels[0]
    from iamlint.parse.terraform import syntax as s

    try:
        node = alias.node()
    except s.SyntaxProblem:
        return block.labels[0]
    return f"{block.labels[0]}.{node.located.value}" if isinstance(node, s.Const) else block.labels[0]


def is_module_file(path: str) -> bool:
    """Return whether a file is part of a Terraform module."""
    return path.endswith((".tf", ".tofu", ".tf.json", ".tofu.json"))


def _may_wait(content: bytes, interesting: Callable[[str, str], bool] | None) -> bool:
    """Return whether a file need not be read before a name in it is looked up: it is whole and holds nothing wanted."""
    if interesting is None or _NEEDED.search(content) or content.count(b"{") != content.count(b"}"):
        return False
    if not _HARMLESS.search(content) and content.strip():
        return False
    kinds = {(match.group(1), match.group(2)) for match in _RESOURCE.finditer(content)}
    return not any(interesting("managed" if mode == b"resource" else "data", kind.decode()) for mode, kind in kinds)


def read_folder(folder: str, files: Files, interesting: Callable[[str, str], bool] | None = None) -> FolderSyntax:
    """Return the module that a folder is.

    Files without anything interesting are left aside until a name that stands in them is looked up; parsing them
    would be most of a run's time.
    """
    result = FolderSyntax(folder)
    paths = [path for path in files.under(folder) if is_module_file(path)]
    instead = {path.replace(".tofu", ".tf") for path in paths if path.endswith((".tofu", ".tofu.json"))}
    overrides: list[FileSyntax] = []
    for path in sorted(paths):
        if path in instead:
            continue  # OpenTofu reads `x.tofu` instead of `x.tf`
        result.paths.append(path)
        if path.endswith(".json"):
            result.incomplete = True
            result.unresolved.append(Unresolved("Terraform in JSON syntax is not evaluated", Place(path)))
            continue
        content = files.read(path)
        if content is None:
            continue
        stem = posixpath.basename(path).rpartition(".")[0]
        if stem == "override" or stem.endswith("_override"):
            overrides.append(read_file(content, path))
        elif _may_wait(content, interesting):
            result.pending.append((path, content))
        else:
            result.add(read_file(content, path), False)
    if overrides:
        result.read_all()  # what is overridden must be there first
    for file in overrides:
        result.add(file, True)
    return result

"""A folder of Terraform files as one module: its declarations by name, override files merged."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from iamlint.parse.terraform.blocks import Attribute, Block, FileSyntax, read_file
from iamlint.source.files import Files, unread
from iamlint.source.place import Place
from iamlint.source.problem import Problem, Unresolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    Key = TypeVar("Key")
    Value = TypeVar("Value")


class FolderSyntax:
    """The declarations of one module."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.paths: list[str] = []
        self.resources: dict[tuple[str, str, str], Block] = {}  # mode, type, name
        self.variables: dict[str, Block] = {}
        self.outputs: dict[str, Block] = {}
        self.calls: dict[str, Block] = {}
        self.locals: dict[str, Attribute] = {}  # those of the blocks that were opened
        self.providers: dict[str, Block] = {}  # `aws`, or `aws.alias`
        self.settings: list[Block] = []  # those of `terraform`
        self._files: list[FileSyntax] = []
        self._closed: list[tuple[Block, bool]] = []  # blocks of locals, and whether they stand in an override file
        self._problems: list[Problem] = []
        self.unread: list[Problem | Unresolved] = []  # of files that are there and could not be read

    @property
    def problems(self) -> list[Problem]:
        """What was found wrong in the files, so far."""
        return [*self._problems, *(problem for file in self._files for problem in file.problems)]

    @property
    def incomplete(self) -> bool:
        """Whether a broken block, or a file that could not be read, may hold what is missed."""
        return bool(self.unread) or any(file.problems for file in self._files)

    def add(self, file: FileSyntax, override: bool) -> None:
        """Take what a file declares."""
        self._files.append(file)
        for block in file.blocks:
            kind, labels = block.type, block.labels
            if kind in ("resource", "data", "ephemeral") and len(labels) == 2:
                mode = "managed" if kind == "resource" else kind
                self._declare(self.resources, (mode, labels[0], labels[1]), block, override)
            elif kind == "variable" and len(labels) == 1:
                self._declare(self.variables, labels[0], block, override)
            elif kind == "output" and len(labels) == 1:
                self._declare(self.outputs, labels[0], block, override)
            elif kind in ("module", "component") and len(labels) == 1:  # the latter of a stack (`deployments.py`)
                self._declare(self.calls, labels[0], block, override)
            elif kind == "provider" and len(labels) == 1:
                self._declare(self.providers, _provider_key(block), block, override)
            elif kind == "locals":
                self._closed.append((block, override))
            elif kind == "terraform":
                self.settings.append(block)
            elif kind == "check" and not block.broken:
                for inner in block.blocks:
                    if inner.type == "data" and len(inner.labels) == 2:
                        self._declare(self.resources, ("data", inner.labels[0], inner.labels[1]), inner, override)

    def find_local(self, name: str) -> Attribute | None:
        """Return the declaration of a local value. Blocks that do not mention the name stay closed."""
        if self._closed:
            written = name.encode()
            self._open_locals(lambda block: block.mentions(written))
        return self.locals.get(name)

    def local_names(self) -> list[str]:
        """Return the names of all local values, sorted."""
        self._open_locals(lambda block: True)
        return sorted(self.locals)

    def _open_locals(self, wanted: Callable[[Block], bool]) -> None:
        waiting, self._closed = self._closed, []
        for block, override in waiting:
            if not wanted(block):
                self._closed.append((block, override))
                continue
            for name, attribute in block.attributes.items():
                if override or name not in self.locals:
                    self.locals[name] = attribute
                else:
                    self._duplicate(f"local.{name}", attribute.place, self.locals[name].place)

    def _declare(self, into: dict[Key, Block], key: Key, block: Block, override: bool) -> None:
        before = into.get(key)
        if before is None:
            into[key] = block
        elif override:
            into[key] = before.overridden(block)
        else:
            self._duplicate(" ".join((block.type, *block.labels)), block.place, before.place)

    def _duplicate(self, name: str, at: Place, before: Place) -> None:
        self._problems.append(Problem("IL004", f"`{name}` is declared twice", at, because=((before, "declared here first"),)))


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


def read_folder(folder: str, files: Files) -> FolderSyntax:
    """Return the module that a folder is."""
    result = FolderSyntax(folder)
    paths = [path for path in files.under(folder) if is_module_file(path)]
    instead = {
        f"{path.removesuffix(end)}{end.replace('.tofu', '.tf')}"
        for end in (".tofu", ".tofu.json")
        for path in paths
        if path.endswith(end)
    }
    overrides: list[FileSyntax] = []
    for path in sorted(paths):
        if path in instead:
            continue  # OpenTofu reads `x.tofu` instead of `x.tf`
        result.paths.append(path)
        content = files.read(path)
        if content is None:
            said = unread(files, path)
            if said is not None:
                result.unread.append(said)
            continue
        stem = posixpath.basename(path).removesuffix(".json").rpartition(".")[0]
        file = _read_json_file(content, path) if path.endswith(".json") else read_file(content, path)
        if stem == "override" or stem.endswith("_override"):
            overrides.append(file)
        else:
            result.add(file, False)
    for file in overrides:
        result.add(file, True)
    return result


def _read_json_file(content: bytes, path: str) -> FileSyntax:
    from iamlint.parse.terraform.json_syntax import read_json_file  # few configurations are written in JSON

    return read_json_file(content, path)

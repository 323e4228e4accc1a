"""The units of Terragrunt's stacks (`terragrunt.stack.hcl`): each is a folder that Terragrunt writes before it runs.

Nothing is written here: a unit has the folder that it would have, is read from its source, and knows its `values`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.blocks import Block
from iamlint.parse.terraform.frames import Budget
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.terragrunt_config import FILE, HERE, Config, plain_text
from iamlint.source.files import Files
from iamlint.source.problem import Problem, Unresolved
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

STACK = "terragrunt.stack.hcl"
_GENERATED = ".terragrunt-stack"
_LOCAL = ("./", "../", HERE)
_MOST_STEPS = 300_000
_DEEPEST = 8
_MOST_UNITS = 1_000


class StackUnit(NamedTuple):
    """A unit of a stack: the folder that it would have, the folder of its source, its values and its `autoinclude`."""

    folder: str
    source: str
    values: dict[str, Located]
    auto: Config | None
    read: dict[str, None]


class Stack:
    """What a `terragrunt.stack.hcl` comes to: its units, those of the stacks in it, and what is not in the repository."""

    def __init__(self, path: str, files: Files) -> None:
        self.files = files
        self.budget = Budget(_MOST_STEPS, path)
        self.units: list[StackUnit] = []
        self.unresolved: list[Unresolved] = []
        self.problems: list[Problem] = []
        self.sources: set[str] = set()  # folders of the stacks of which this one is made
        self._read: dict[str, None] = {}
        self._add(path, posixpath.dirname(path), None, 0)

    def _add(self, path: str, folder: str, values: dict[str, Located] | None, depth: int) -> None:
        config = _StackConfig(path, folder, self.files, self.budget, self._read)
        self._read[path] = None
        config.values = values
        for block in (*config.blocks("unit"), *config.blocks("stack")):
            if len(self.units) >= _MOST_UNITS or depth >= _DEEPEST:
                self.unresolved.append(Unresolved("the stack has more units than are read", block.place))
                return
            where = config.component(block)
            source = config.texts_of(block, "source")
            file = FILE if block.type == "unit" else STACK
            found = None if source is None else config.locate_from_unit(source.partition("?")[0].replace("//", "/"))
            if source is None or where is None:
                self.unresolved.append(Unresolved(f"where the {block.type} of a stack comes from is not known", block.place))
            elif found is None or not source.startswith(_LOCAL) or self.files.read(posixpath.join(found, file)) is None:
                self.unresolved.append(Unresolved(f"the {block.type} `{source}` is not in the repository", block.place))
            elif block.type == "unit":
                self.units.append(StackUnit(where, found, config.given(block, found), config.addition(block), self._read))
            else:
                self.sources.add(found)
                self._add(posixpath.join(found, STACK), where, config.given(block, found), depth + 1)
        self.problems.extend(problem for opened in config.family for problem in opened.faults)


class _StackConfig(Config):
    """A stack's file. `folder` is where the stack would lie: paths start there."""

    def texts_of(self, block: Block, name: str) -> str | None:
        """Return an attribute that is a known text."""
        return plain_text(self.value(block.attributes[name])) if name in block.attributes else None

    def component(self, block: Block) -> str | None:
        """Return the folder into which Terragrunt would write a unit or stack, None when it is not known."""
        path = self.texts_of(block, "path")
        if path is None or path.startswith(("/", "..")):
            return None
        flat = "no_dot_terragrunt_stack" in block.attributes
        if flat and self.value(block.attributes["no_dot_terragrunt_stack"]).value is not True:
            flat = False
        return posixpath.normpath(posixpath.join(self.folder, "" if flat else _GENERATED, path))

    def given(self, block: Block, source: str) -> dict[str, Located]:
        """Return the values of a unit or stack: written in the block, else in a file beside its source."""
        if "values" in block.attributes:
            value = self.value(block.attributes["values"]).value
            return dict(value) if isinstance(value, dict) else {}
        return values_beside(self, source)

    def addition(self, block: Block) -> Config | None:
        """Return the configuration that a unit's `autoinclude` adds."""
        inner = next((inside for inside in block.blocks if inside.type == "autoinclude" and not inside.broken), None)
        return None if inner is None else _Auto(self, inner)

    def resolve(self, ref: s.Ref, steps: tuple[Any, ...], frame: Any) -> tuple[Located, int]:
        """Return the value of a reference; `unit.NAME.path` is the folder of a unit of this stack."""
        names = [step.name if isinstance(step, s.Attr) else None for step in steps[:2]]
        if ref.name in ("unit", "stack") and names[1:] == ["path"]:
            for block in self.blocks(ref.name):
                where = self.component(block) if block.labels[:1] == (names[0],) else None
                if where is not None:
                    return Located(HERE + where, ref.place), 2
        return super().resolve(ref, steps, frame)


class _Auto(Config):
    """The body of an `autoinclude`: what is known when the stack is written is said by the stack."""

    def __init__(self, stack: _StackConfig, block: Block) -> None:
        super().__init__(stack.path, stack.folder, stack.files, stack.budget, stack.seen)
        self._stack = stack
        self._block = block
        self.attributes = block.attributes

    def blocks(self, kind: str) -> list[Block]:
        """Return the blocks of a type inside the body."""
        return [block for block in self._block.blocks if block.type == kind and not block.broken]

    def resolve(self, ref: s.Ref, steps: tuple[Any, ...], frame: Any) -> tuple[Located, int]:
        """Return the value of a reference."""
        if ref.name in ("local", "values", "unit", "stack"):
            return self._stack.resolve(ref, steps, frame)
        return super().resolve(ref, steps, frame)


def values_beside(config: Config, folder: str) -> dict[str, Located]:
    """Return what a `terragrunt.values.hcl` in a folder says; nothing when there is none."""
    path = posixpath.join(folder, "terragrunt.values.hcl")
    found = Config.open(path, folder, config.files, config.budget, config.seen)
    if found is None:
        return {}
    config.adopt(found)
    return {name: found.value(attribute) for name, attribute in found.attributes.items()}


def unit_in(folder: str, files: Files) -> StackUnit | None:
    """Return the unit of a stack that Terragrunt would write into a folder, None when none would be."""
    return next((unit for stack in _stacks_above(folder, files) for unit in stack.units if unit.folder == folder), None)


def _stacks_above(folder: str, files: Files) -> Iterator[Stack]:
    while folder:
        folder = posixpath.dirname(folder)
        path = posixpath.join(folder, STACK)
        if files.read(path) is not None:
            yield Stack(path, files)

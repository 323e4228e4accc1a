"""Terragrunt: which module a `terragrunt.hcl` runs, with which inputs; what depends on the run is unknown."""

from __future__ import annotations

import posixpath
from typing import Any, NamedTuple

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.blocks import Attribute, Block, read_file
from iamlint.parse.terraform.expressions import evaluate
from iamlint.parse.terraform.frames import Budget, Frame
from iamlint.parse.terraform.functions import Arguments
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.values import EvaluationError, OutOfBounds, as_text
from iamlint.source.files import Files
from iamlint.source.place import Place
from iamlint.source.value import Text, Unknown

FILE = "terragrunt.hcl"
HERE = "\0repository/"
"""How a path starts that Terragrunt would make absolute: known to us below the root of the run, and no value of an input."""

_MOST_STEPS = 300_000
_DEEPEST = 8


class Terragrunt(NamedTuple):
    """What a `terragrunt.hcl` says: the folder of its module (None: not in the repository), inputs, generated files."""

    module: str | None
    source: str | None
    place: Place
    inputs: dict[str, Located]
    generated: tuple[Located, ...]
    read: tuple[str, ...]


def read_terragrunt(folder: str, files: Files) -> Terragrunt | None:
    """Return what the `terragrunt.hcl` of a folder says, None when there is none or it runs no module."""
    path = posixpath.join(folder, FILE)
    config = _Config.open(path, folder, files, Budget(_MOST_STEPS), {})
    if config is None:
        return None
    layers = [config, *config.parents()]
    sources = [(layer, block) for layer in layers for block in layer.blocks("terraform") if "source" in block.attributes]
    place = Place(path)
    module: str | None = folder
    source: str | None = None
    if sources:
        layer, block = sources[0]
        place = block.attributes["source"].place
        source = _plain(layer.value(block.attributes["source"]))
        module = None if source is None else config.folder_of(source.partition("?")[0].replace("//", "/"))
    elif not any(name.endswith((".tf", ".tofu", ".tf.json", ".tofu.json")) for name in files.under(folder)):
        return None
    inputs: dict[str, Located] = {}
    for layer in reversed(layers):
        inputs = _merged(inputs, layer.inputs(), deep=config.deep)
    generated = {
        block.labels[:1]: layer.value(block.attributes["contents"])
        for layer in reversed(layers)
        for block in layer.blocks("generate")
        if "contents" in block.attributes
    }
    given = {name: _without_paths(value) for name, value in inputs.items()}
    return Terragrunt(module, source, place, given, tuple(generated.values()), tuple(config.seen))


def _plain(located: Located) -> str | None:
    return located.value if isinstance(located.value, str) else None


def _merged(below: dict[str, Located], above: dict[str, Located], deep: bool) -> dict[str, Located]:
    result = {**below, **above}
    for name in below.keys() & above.keys() if deep else ():
        one, two = below[name], above[name]
        if isinstance(one.value, dict) and isinstance(two.value, dict):
            result[name] = Located(_merged(one.value, two.value, deep), two.place)
        elif isinstance(one.value, list) or isinstance(two.value, list) or Unknown in (type(one.value), type(two.value)):
            result[name] = Located(Unknown(f"`{name}` is merged from two files", two.place), two.place)
    return result


def _without_paths(located: Located) -> Located:
    """Return a value in which paths that depend on where the repository lies are unknown."""
    value = located.value
    if isinstance(value, dict):
        return Located({name: _without_paths(item) for name, item in value.items()}, located.place)
    if isinstance(value, list):
        return Located([_without_paths(item) for item in value], located.place, is_set=located.is_set)
    parts = value.parts if isinstance(value, Text) else (value,)
    if any(isinstance(part, str) and HERE in part for part in parts):
        return Located(Unknown("the path depends on where the repository lies", located.place), located.place)
    return located


class _Config:
    """One configuration file, and the scope of its expressions. `folder` is that of the file for which it is read."""

    def __init__(self, path: str, folder: str, files: Files, budget: Budget, seen: dict[str, None]) -> None:
        self.path = path
        self.folder = folder
        self.files = files
        self.budget = budget
        self.seen = seen
        self.depth = 0
        self.syntax = read_file(files.read(path) or b"", path)
        self.memo: dict[Any, Located] = {}
        self.functions = {
            "find_in_parent_folders": self._find_in_parent_folders,
            "path_relative_to_include": self._relative_to_include,
            "get_terragrunt_dir": lambda call: call.known(HERE + self.folder),
            "get_original_terragrunt_dir": lambda call: call.known(HERE + self.folder),
            "get_parent_terragrunt_dir": self._parent_folder,
            "read_terragrunt_config": self._read_config,
        }
        self.included_by: _Config | None = None
        self._parents: list[_Config] | None = None
        self.deep = False

    @classmethod
    def open(cls, path: str, folder: str, files: Files, budget: Budget, seen: dict[str, None]) -> _Config | None:
        """Return the configuration at a path, None when there is none."""
        if files.read(path) is None:
            return None
        seen[path] = None
        return cls(path, folder, files, budget, seen)

    def blocks(self, kind: str) -> list[Block]:
        return [block for block in self.syntax.blocks if block.type == kind and not block.broken]

    def value(self, attribute: Attribute) -> Located:
        """Return the value of an attribute; whatever goes wrong makes it unknown."""
        key = (attribute.place, attribute.name)
        if key not in self.memo:
            place = attribute.place
            self.memo[key] = Located(Unknown(f"`{attribute.name}` refers to itself", place), place)
            try:
                self.memo[key] = evaluate(attribute.node(), Frame(self))
            except (EvaluationError, s.SyntaxProblem) as problem:
                self.memo[key] = Located(Unknown(problem.message, problem.place), place)
            except (OutOfBounds, RecursionError):
                self.memo[key] = Located(Unknown("the value is too large to evaluate", place), place)
        return self.memo[key]

    def inputs(self) -> dict[str, Located]:
        """Return the inputs by name; none when they are not known."""
        attribute = self.syntax.attributes.get("inputs")
        value = self.value(attribute).value if attribute else {}
        return dict(value) if isinstance(value, dict) else {}

    def locals(self) -> dict[str, Located]:
        return {name: self.value(attribute) for block in self.blocks("locals") for name, attribute in block.attributes.items()}

    def parents(self) -> list[_Config]:
        """Return the files that this one includes, the last written first."""
        if self._parents is None:
            self._parents = []
            for block in reversed(self.blocks("include")):
                found = self._included(block)
                strategy = self._text(block, "merge_strategy") or "shallow"
                self.deep = self.deep or strategy == "deep"
                if found is not None and strategy != "no_merge":
                    self._parents.append(found)
        return self._parents

    def _text(self, block: Block, name: str) -> str | None:
        return _plain(self.value(block.attributes[name])) if name in block.attributes else None

    def _included(self, block: Block) -> _Config | None:
        path = self._text(block, "path")
        where = None if path is None else self.locate(path)
        if where is None or where == self.path or self.included_by is not None:
            return None  # what is included includes nothing more
        found = _Config.open(where, self.folder, self.files, self.budget, self.seen)
        if found is not None:
            found.included_by = self
        return found

    # The scope of expressions

    def resolve(self, ref: s.Ref, steps: tuple[Any, ...], frame: Frame) -> tuple[Located, int]:
        """Return the value of a reference and how many steps were taken for it."""
        first = steps[0].name if steps and isinstance(steps[0], s.Attr) else None
        if ref.name == "local" and first is not None:
            for block in self.blocks("locals"):
                if first in block.attributes:
                    return self.value(block.attributes[first]), 1
            raise EvaluationError(f"`local.{first}` is not declared", ref.place)
        if ref.name == "include":
            for block in self.blocks("include"):
                found = self._included(block) if block.labels == (first,) else None
                if found is not None:
                    return found.exposed(ref.place), 1
        self.budget.doubts += 1
        name = f"{ref.name}.{first}" if first else ref.name
        symbol = f"{self.folder}#{name}"
        return Located(Unknown(f"`{name}` is not evaluated", ref.place, symbol), ref.place), 1 if first else 0

    def exposed(self, place: Place) -> Located:
        """Return what other files may see of this one."""
        return Located({"locals": Located(self.locals(), place), "inputs": Located(self.inputs(), place)}, place)

    def locate(self, path: str) -> str | None:
        """Return the path in the run of a path as Terragrunt takes it."""
        start, rest = ("", path.removeprefix(HERE)) if path.startswith(HERE) else (self.folder, path)
        where = posixpath.normpath(posixpath.join(start, rest))
        return None if where.startswith(("../", "/")) or where == ".." or "\0" in where else where

    def folder_of(self, source: str) -> str | None:
        """Return the folder of a local source."""
        if not source.startswith(("./", "../", HERE)):
            return None
        where = self.locate(source)
        where = "" if where == "." else where
        held = where is not None and any(
            name.endswith((".tf", ".tofu", ".tf.json", ".tofu.json")) for name in self.files.under(where)
        )
        return where if held else None

    def read(self, path: str) -> bytes | None:
        """Return a file of the run."""
        content = self.files.read(path)
        if content is not None:
            self.seen[path] = None
        return content

    def listing(self, folder: str, pattern: str) -> None:
        """Return nothing: files are not listed here."""

    def template(self, path: str, content: bytes) -> s.Node:
        """Return a template file's syntax."""
        from iamlint.parse.terraform.template_parser import parse_template

        return parse_template(content, path)

    # Functions

    def _find_in_parent_folders(self, call: Arguments) -> Located:
        name = as_text(call.values[0], call.place) if call.values else FILE
        here = self.folder
        while isinstance(name, str) and here:
            here = posixpath.dirname(here)
            path = posixpath.join(here, name)
            if self.files.read(path) is not None:
                return call.known(HERE + path)
        if len(call.values) > 1:
            return call.values[1]
        return call.known(Unknown("no parent folder holds the file", call.place))

    def _parent_folder(self, call: Arguments) -> Located:
        if self.included_by is not None and not call.values:
            return call.known(HERE + posixpath.dirname(self.path))
        parents = self.parents() if self.included_by is None and not call.values else []
        if len(parents) == 1:
            return call.known(HERE + posixpath.dirname(parents[0].path))
        return call.known(Unknown("which file is included is not known", call.place))

    def _relative_to_include(self, call: Arguments) -> Located:
        if self.included_by is None or call.values:
            return call.known(Unknown("which file is included is not known", call.place))
        return call.known(posixpath.relpath(self.folder or ".", posixpath.dirname(self.path) or "."))

    def _read_config(self, call: Arguments) -> Located:
        path = as_text(call.values[0], call.place) if call.values else None
        where = self.locate(path) if isinstance(path, str) else None
        if where is not None and self.depth < _DEEPEST:
            found = _Config.open(where, posixpath.dirname(where), self.files, self.budget, self.seen)
            if found is not None:
                found.depth = self.depth + 1
                return found.exposed(call.place)
        return call.known(Unknown("the configuration that is read is not in the repository", call.place))

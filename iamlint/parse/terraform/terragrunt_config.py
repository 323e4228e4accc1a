"""One Terragrunt configuration file: its blocks and attributes, what it includes, and the scope of its expressions."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.blocks import Attribute, Block, read_file
from iamlint.parse.terraform.expressions import evaluate
from iamlint.parse.terraform.frames import Budget, Frame
from iamlint.parse.terraform.functions import Arguments
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.no_hcl import not_hcl
from iamlint.parse.terraform.terragrunt_inputs import Inputs, merged
from iamlint.parse.terraform.values import EvaluationError, OutOfBounds
from iamlint.source.files import Files
from iamlint.source.place import Place
from iamlint.source.problem import Problem
from iamlint.source.value import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FILE = "terragrunt.hcl"
TERRAFORM = (".tf", ".tofu", ".tf.json", ".tofu.json")
ROOT = "\0repository"
HERE = f"{ROOT}/"
"""How a path starts that Terragrunt would make absolute: known to us below the root of the run, and no value of an input."""

OutputsOf = Callable[[str], "Located | None"]


class Config:
    """One configuration file, and the scope of its expressions. `folder` is that of the file for which it is read.

    `original` is the folder of the file with which Terragrunt started.
    """

    def __init__(self, path: str, folder: str, files: Files, budget: Budget, seen: dict[str, None]) -> None:
        self.path = path
        self.folder = folder
        self.original = folder
        self.files = files
        self.budget = budget
        self.seen = seen
        self.depth = 0
        self.syntax = read_file(files.read(path) or b"", path)
        self.attributes = self.syntax.attributes
        self.memo: dict[Any, Located] = {}
        self.faults: list[Problem] = list(self.syntax.problems)
        self.family: list[Config] = [self]  # all that are opened for one unit
        self.functions = _Functions(self)
        self.included_by: Config | None = None
        self.outputs_of: OutputsOf | None = None
        self.source = ""  # the folder from which a stack's unit is copied
        self.values: dict[str, Located] | None = None  # what a stack gives its unit
        self.auto: Config | None = None  # what a stack adds to its unit
        self.defaults_open = False  # whether defaults of environment variables are taken for unknown (`switched_off.py`)
        self._includes: list[tuple[str, str, Config]] | None = None

    @classmethod
    def open(cls, path: str, folder: str, files: Files, budget: Budget, seen: dict[str, None]) -> Config | None:
        """Return the configuration at a path, None when there is none."""
        if files.read(path) is None:
            return None
        seen[path] = None
        return cls(path, folder, files, budget, seen)

    def adopt(self, other: Config) -> None:
        """Count another file among those that are opened for this one's unit."""
        self.family.append(other)
        other.family, other.defaults_open = self.family, self.defaults_open

    def blocks(self, kind: str) -> list[Block]:
        """Return the blocks of a type that can be read."""
        return [block for block in self.syntax.blocks if block.type == kind and not block.broken]

    def value(self, attribute: Attribute) -> Located:
        """Return the value of an attribute; whatever goes wrong makes it unknown."""
        key = (attribute.place, attribute.name)
        if key not in self.memo:
            place = attribute.place
            self.memo[key] = Located(Unknown(f"`{attribute.name}` refers to itself", place), place)
            try:
                self.memo[key] = evaluate(attribute.node(), Frame(self))
            except s.SyntaxProblem as problem:
                self.faults.append(not_hcl(problem, self.files.read(problem.place.path) or b""))
                self.memo[key] = Located(Unknown("the expression is not HCL", problem.place), place)
            except EvaluationError as problem:
                self.memo[key] = Located(Unknown(problem.message, problem.place), place)
            except (OutOfBounds, RecursionError):
                self.memo[key] = Located(Unknown("the value is too large to evaluate", place), place)
        return self.memo[key]

    def texts(self, block: Block, name: str) -> list[str]:
        """Return the known texts of a list."""
        value = self.value(block.attributes[name]).value if name in block.attributes else None
        return [item.value for item in value if isinstance(item.value, str)] if isinstance(value, list) else []

    def inputs(self) -> Inputs:
        """Return the inputs that this file writes."""
        attribute = self.attributes.get("inputs")
        value = self.value(attribute).value if attribute else None
        if isinstance(value, dict):
            return Inputs(dict(value))
        if self.faults and attribute is None:  # they may stand in the part that cannot be read
            return Inputs({}, Unknown(f"`{self.path}` cannot be read", Place(self.path)))
        return Inputs({}, value if isinstance(value, Unknown) else None)

    def merged_inputs(self) -> Inputs:
        """Return the inputs with those of the files that this one includes, each merged as its `include` says."""
        inputs = self.inputs()
        for _, strategy, config in reversed(self.includes()):
            if strategy != "no_merge":
                inputs = merged(config.inputs(), inputs, deep=strategy == "deep")
        return inputs if self.auto is None else merged(inputs, self.auto.inputs(), deep=False)

    def locals(self) -> dict[str, Located]:
        """Return the local values by name."""
        return {name: self.value(attribute) for block in self.blocks("locals") for name, attribute in block.attributes.items()}

    def parents(self) -> list[Config]:
        """Return the files that this one includes and merges, the last written first."""
        return [config for _, strategy, config in reversed(self.includes()) if strategy != "no_merge"]

    def includes(self) -> list[tuple[str, str, Config]]:
        """Return the files that this one includes: label, strategy and configuration."""
        if self._includes is None:
            self._includes = []
            for block in self.blocks("include") if self.included_by is None else ():  # what is included includes no more
                path = self._text(block, "path")
                where = None if path is None else self.locate_from_unit(path)
                if where is None or where == self.path:
                    continue
                found = Config.open(where, self.folder, self.files, self.budget, self.seen)
                if found is not None:
                    found.included_by, found.outputs_of = self, self.outputs_of
                    self.adopt(found)
                    found.original, found.depth, found.values = self.original, self.depth, self.values
                    label = block.labels[0] if block.labels else ""
                    self._includes.append((label, self._text(block, "merge_strategy") or "shallow", found))
        return self._includes

    def _text(self, block: Block, name: str) -> str | None:
        return plain_text(self.value(block.attributes[name])) if name in block.attributes else None

    # The scope of expressions

    def resolve(self, ref: s.Ref, steps: tuple[Any, ...], frame: Frame) -> tuple[Located, int]:
        """Return the value of a reference and how many steps were taken for it."""
        names = [step.name if isinstance(step, s.Attr) else None for step in steps[:2]]
        first = names[0] if names else None
        if ref.name == "local" and first is not None:
            for block in self.blocks("locals"):
                if first in block.attributes:
                    return self.value(block.attributes[first]), 1
            raise EvaluationError(f"`local.{first}` is not declared", ref.place)
        if ref.name == "values" and self.values is not None:
            return Located(dict(self.values), ref.place), 0
        if ref.name == "include":
            for label, _, config in self.includes():
                if label in (first, ""):
                    return config.exposed(ref.place), 1 if label else 0
        if ref.name == "feature" and first is not None and len(names) > 1 and names[1] == "value":
            for layer in (self, *self.parents()):
                for block in layer.blocks("feature"):
                    if block.labels[:1] == (first,) and "default" in block.attributes:
                        return layer.value(block.attributes["default"]), 2
        if ref.name == "dependency" and first is not None and len(names) > 1 and names[1] == "outputs":
            found = self._outputs(first, ref.place)
            if found is not None:
                return found, 2
        self.budget.doubts += 1
        name = f"{ref.name}.{first}" if first else ref.name
        symbol = f"{self.folder}#{name}"
        return Located(Unknown(f"`{name}` is not evaluated", ref.place, symbol), ref.place), 1 if first else 0

    def _outputs(self, name: str, place: Place) -> Located | None:
        """Return the outputs of the unit that a `dependency` names; what it mocks is not what is deployed."""
        layers = [*([self.auto] if self.auto else []), self, *self.parents(), *([self.included_by] if self.included_by else [])]
        for layer in layers:
            for block in layer.blocks("dependency"):
                if block.labels[:1] != (name,):
                    continue
                skipped = block.attributes.get("skip_outputs")
                if skipped is not None and layer.value(skipped).value is True and "mock_outputs" in block.attributes:
                    return layer.value(block.attributes["mock_outputs"])
                path = layer._text(block, "config_path")
                where = None if path is None else layer.locate_from_unit(path.removesuffix(f"/{FILE}"))
                found = self.outputs_of("" if where == "." else where) if self.outputs_of and where is not None else None
                if found is not None:
                    return found
                shown = f"`{path}`" if path is not None else f"the dependency `{name}`"
                self.budget.doubts += 1
                return Located(
                    Unknown(
                        f"the outputs of {shown} are not in the repository",
                        block.place,
                        f"{self.folder}#dependency.{name}.outputs",
                    ),
                    place,
                )
        return None

    def exposed(self, place: Place) -> Located:
        """Return what other files may see of this one."""
        inputs = self.merged_inputs()
        seen = {"locals": self.locals(), "inputs": inputs.known if inputs.others is None else inputs.others}
        return Located({name: Located(values, place) for name, values in seen.items()}, place)

    def locate(self, path: str) -> str | None:
        """Return the path in the run of a path as Terraform's own functions take it: from the file in which it is written."""
        return self._located(path, posixpath.dirname(self.path))

    def locate_from_unit(self, path: str) -> str | None:
        """Return the path in the run of a path as Terragrunt takes it: from the unit's folder."""
        return self._located(path, self.folder)

    def _located(self, path: str, base: str) -> str | None:
        start, rest = ("", path.removeprefix(ROOT).lstrip("/")) if path.startswith(ROOT) else (base, path)
        where = posixpath.normpath(posixpath.join(start, rest))
        return None if where.startswith(("../", "/")) or where == ".." or "\0" in where else where

    def folder_of(self, source: str) -> str | None:
        """Return the folder of a local source."""
        if not source.startswith(("./", "../", ROOT)) and source not in (".", ".."):
            return None
        where = self.locate_from_unit(source)
        where = "" if where == "." else where
        if self.source and where is not None and f"{where}/".startswith(f"{self.folder}/"):
            where = posixpath.normpath(f"{self.source}/{where.removeprefix(self.folder)}")  # not copied here
        held = where is not None and any(name.endswith(TERRAFORM) for name in self.files.under(where))
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


class _Functions:
    """The functions that hold in a configuration, found when one is called."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def get(self, name: str) -> Callable[[Arguments], Located] | None:
        """Return what runs a function of Terragrunt's own, None when it has none of this name."""
        from iamlint.parse.terraform.terragrunt_functions import FUNCTIONS

        run = FUNCTIONS.get(name)
        return None if run is None else lambda call: run(self._config, call)


def plain_text(located: Located) -> str | None:
    """Return a text that is known."""
    return located.value if isinstance(located.value, str) else None

"""Terragrunt: which module a `terragrunt.hcl` runs, with which inputs; what depends on the run is unknown."""

from __future__ import annotations

import posixpath

from iamlint.parse.terraform.blocks import Block
from iamlint.parse.terraform.frames import Budget
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.terragrunt_config import FILE, ROOT, TERRAFORM, Config, OutputsOf, plain_text
from iamlint.parse.terraform.values import Record
from iamlint.source.files import Files
from iamlint.source.place import Place
from iamlint.source.problem import Problem
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Unknown, Value, unknowns

_MOST_STEPS = 300_000


class Generated(NamedTuple):
    """A file that Terragrunt writes into the module's folder. `path` is relative to it, empty when it is not known.

    Where such a file is there, it is overwritten; one that is `skipped` stays.
    """

    path: str
    contents: Located
    skipped: bool


class Terragrunt(NamedTuple):
    """What a `terragrunt.hcl` (or a stack of Atmos) says.

    That is the folder of its module (None: not in the repository), inputs, and generated files.
    `variable_files` are those that it passes with `-var-file`, as far as they are in the repository. `others` says why there
    may be more inputs than those that are known; `outranks`: they count before the variable files of the module.
    `why` is why the source is not known, where it is not.
    """

    module: str | None
    source: str | None
    place: Place
    inputs: dict[str, Located]
    generated: tuple[Generated, ...]
    read: tuple[str, ...]
    variable_files: tuple[str, ...] = ()
    account: str | None = None
    others: Unknown | None = None
    problems: tuple[Problem, ...] = ()
    outranks: bool = False
    workspace: Value | None = None
    why: str = ""


class RunModule(NamedTuple):
    """The module that a unit runs: its folder (None: not in the repository), and where and as what its source is written.

    `layers` are the configurations that say so, the first of them outranks the others; `config` is that of the unit.
    `why` is why the source is not known, where it is not.
    """

    module: str | None
    source: str | None
    place: Place
    config: Config
    layers: list[Config]
    why: str = ""


def run_module(folder: str, files: Files, outputs: OutputsOf | None = None, *, defaults_open: bool = False) -> RunModule | None:
    """Return which module the `terragrunt.hcl` of a folder runs, None when there is none or it runs none.

    `outputs` gives the outputs of the unit in another folder, None when they are not in the repository. With open defaults,
    those of environment variables are not known.
    """
    config = _opened(folder, files, outputs, defaults_open)
    if config is None:
        return None
    path, held = config.path, config.source or folder
    layers = [*([config.auto] if config.auto else []), config, *config.parents()]
    sources = [(layer, block) for layer in layers for block in layer.blocks("terraform") if "source" in block.attributes]
    place = Place(path)
    module: str | None = held
    source: str | None = None
    why = ""
    if sources:
        layer, block = sources[0]
        place = block.attributes["source"].place
        written = layer.value(block.attributes["source"])
        source = plain_text(written)
        why = next((unknown.reason for unknown in unknowns(written.value)), "")
        module = None if source is None else config.folder_of(source.partition("?")[0].replace("//", "/"))
    elif not any(name.endswith(TERRAFORM) for name in files.under(held)):
        if not config.syntax.problems:
            return None
        module = None  # which one it runs may stand in the part that cannot be read
    elif len(layers) == 1 and b"path_relative_to_include(" in (files.read(path) or b""):
        return None  # written to be included: it runs nothing itself, what lies beside it is there for the others
    return RunModule(module, source, place, config, layers, why)


def read_terragrunt(
    folder: str, files: Files, outputs: OutputsOf | None = None, *, defaults_open: bool = False
) -> Terragrunt | None:
    """Return what the `terragrunt.hcl` of a folder says, None when there is none or it runs no module."""
    run = run_module(folder, files, outputs, defaults_open=defaults_open)
    if run is None:
        return None
    module, source, place, config, layers, why = run
    given = config.merged_inputs()
    inputs = {name: _as_passed(_without_paths(value)) for name, value in given.known.items()}
    generated = {
        block.labels[:1]: _generated(layer, block)
        for layer in reversed(layers)
        for block in layer.blocks("generate")
        if "contents" in block.attributes
    }
    passed, account = _variable_files(layers), _account(layers)
    problems = tuple(problem for opened in config.family for problem in opened.faults)
    return Terragrunt(
        module, source, place, inputs, tuple(generated.values()), tuple(config.seen), passed, account, given.others, problems,
        why=why,
    )  # fmt: skip


def _opened(folder: str, files: Files, outputs: OutputsOf | None, defaults_open: bool) -> Config | None:
    """Return the configuration of a unit, also of one that a stack would write into the folder."""
    budget = Budget(_MOST_STEPS, folder)
    config = Config.open(posixpath.join(folder, FILE), folder, files, budget, {})
    if config is not None:
        if b"values" in (files.read(config.path) or b""):
            from iamlint.parse.terraform.terragrunt_stack import values_beside

            config.values = values_beside(config, folder) or None
    elif next(iter(files.under(folder)), None) is None:
        from iamlint.parse.terraform.terragrunt_stack import unit_in

        unit = unit_in(folder, files)
        if unit is None:
            return None
        config = Config.open(posixpath.join(unit.source, FILE), folder, files, budget, dict(unit.read))
        if config is None:
            return None
        config.source, config.values, config.auto = unit.source, unit.values, unit.auto
        if unit.auto is not None:
            unit.auto.outputs_of = outputs
    if config is not None:
        config.outputs_of, config.defaults_open = outputs, defaults_open
    return config


def _generated(layer: Config, block: Block) -> Generated:
    path, exists = (
        plain_text(layer.value(block.attributes[name])) if name in block.attributes else None for name in ("path", "if_exists")
    )
    return Generated(posixpath.normpath(path) if path else "", layer.value(block.attributes["contents"]), exists == "skip")


def _as_passed(located: Located) -> Located:
    """Return an input as Terraform gets it, in `TF_VAR_…`: for a variable of a complex type a text is an expression."""
    if not isinstance(located.value, str):
        return located
    return Located(located.value, located.place, keys={}, tree=located.tree, segments=located.segments, file=located.file)


def _without_paths(located: Located) -> Located:
    """Return a value in which paths that depend on where the repository lies are unknown."""
    value = located.value
    if isinstance(value, dict) and not isinstance(value, Record):
        return Located({name: _without_paths(item) for name, item in value.items()}, located.place)
    if isinstance(value, list):
        return Located([_without_paths(item) for item in value], located.place, is_set=located.is_set)
    parts = value.parts if isinstance(value, Text) else (value,)
    if any(isinstance(part, str) and ROOT in part for part in parts):
        return Located(Unknown("the path depends on where the repository lies", located.place), located.place)
    return located


def _variable_files(layers: list[Config]) -> tuple[str, ...]:
    """Return the variable files that `extra_arguments` pass: those of a parent first; a child's entry takes its place by name."""
    entries: dict[tuple[str, ...], list[str]] = {}
    for layer in reversed(layers):
        for outer in layer.blocks("terraform"):
            for block in outer.blocks:
                if block.type == "extra_arguments" and not block.broken:
                    entries[block.labels[:1]] = [
                        where
                        for name in ("required_var_files", "optional_var_files")
                        for path in layer.texts(block, name)
                        if (where := layer.locate_from_unit(path)) is not None and layer.files.read(where) is not None
                    ]
    return tuple(dict.fromkeys(path for listed in entries.values() for path in listed))


def _account(layers: list[Config]) -> str | None:
    """Return the account of the role that Terragrunt assumes before it runs Terraform."""
    for layer in layers:
        attribute = layer.attributes.get("iam_role")
        if attribute is not None:
            fields = (plain_text(layer.value(attribute)) or "").split(":")
            return fields[4] if len(fields) > 5 and len(fields[4]) == 12 and fields[4].isdigit() else None
    return None

"""Terragrunt's own functions, as far as files decide them (Terragrunt: "Functions")."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from iamlint.parse.terraform.functions import Arguments
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.terragrunt_config import FILE, HERE, ROOT, Config
from iamlint.parse.terraform.values import as_text
from iamlint.source.value import Unknown, Value

_DEEPEST = 8

_NEED_VARS = ("apply", "console", "destroy", "import", "plan", "push", "refresh")
_NEED_INPUT = ("apply", "import", "init", "plan", "refresh")
_NEED_LOCKING = ("apply", "destroy", "import", "plan", "refresh", "taint", "untaint")
_NEED_PARALLELISM = ("apply", "plan", "destroy")


def _text(call: Arguments, number: int = 0) -> Value | None:
    return as_text(call.values[number], call.place) if len(call.values) > number else None


def _find_in_parent_folders(config: Config, call: Arguments) -> Located:
    name = _text(call) if call.values else FILE
    here = config.folder
    while isinstance(name, str) and here:
        here = posixpath.dirname(here)
        path = posixpath.join(here, name)
        if config.files.read(path) is not None or next(iter(config.files.under(path)), None) is not None:
            return call.known(HERE + path)
    if len(call.values) > 1:
        return call.values[1]
    return call.known(Unknown("no parent folder holds the file", call.place))


def _parent(config: Config, call: Arguments) -> Config | None:
    """Return the included file that a call means: the one of a label, else the only one, or the file itself when included."""
    label = _text(call)
    child = config.included_by or config
    if label is None:
        if config.included_by is not None:
            return config
        return child.includes()[0][2] if len(child.includes()) == 1 else None
    return next((found for name, _, found in child.includes() if name == label), None)


def _parent_folder(config: Config, call: Arguments) -> Located:
    found = _parent(config, call)
    if found is None:
        return call.known(Unknown("which file is included is not known", call.place))
    return call.known(HERE + posixpath.dirname(found.path))


def _relative_to_include(config: Config, call: Arguments) -> Located:
    if config.included_by is None and not call.values:
        return call.known(".")  # of a file that is not included (Terragrunt: path_relative_to_include)
    found = _parent(config, call)
    if found is None:
        return call.known(Unknown("which file is included is not known", call.place))
    return call.known(posixpath.relpath(config.folder or ".", posixpath.dirname(found.path) or "."))


def _relative_from_include(config: Config, call: Arguments) -> Located:
    if config.included_by is None and not call.values:
        return call.known(".")
    found = _parent(config, call)
    if found is None:
        return call.known(Unknown("which file is included is not known", call.place))
    return call.known(posixpath.relpath(posixpath.dirname(found.path) or ".", config.folder or "."))


def _read_config(config: Config, call: Arguments) -> Located:
    path = _text(call)
    where = config.locate_from_unit(path) if isinstance(path, str) else None
    if where is not None and config.depth < _DEEPEST:
        if config.files.read(where) is None and config.files.read(posixpath.join(where, FILE)) is not None:
            where = posixpath.join(where, FILE)
        found = Config.open(where, posixpath.dirname(where), config.files, config.budget, config.seen)
        if found is not None:
            found.depth = config.depth + 1
            config.adopt(found)
            found.original, found.outputs_of = config.original, config.outputs_of
            return found.exposed(call.place)
        if len(call.values) > 1:
            return call.values[1]
    return call.known(Unknown("the configuration that is read is not in the repository", call.place))


def _environment(config: Config, call: Arguments) -> Located:
    """Return the default of an environment variable: what holds where nobody sets it, as with a variable's default."""
    has_default = len(call.values) > 1
    if has_default and not config.defaults_open:
        return call.values[1]
    name = _text(call)
    variable = f"the environment variable {f'`{name}`' if isinstance(name, str) else 'that is asked for'}"
    reason = f"the default of {variable}" if has_default else f"{variable} is not in the repository"
    return call.known(Unknown(reason, call.place, f"get_env:{name}"))


def _read_variable_file(config: Config, call: Arguments) -> Located:
    from iamlint.parse.terraform.blocks import read_file
    from iamlint.parse.terraform.json_render import render_json

    path = _text(call)
    where = config.locate_from_unit(path) if isinstance(path, str) else None
    content = config.read(where) if where is not None else None
    if where is None or content is None:
        return call.known(Unknown("the variable file is not in the repository", call.place))
    if where.endswith(".json"):
        return call.known(content.decode("utf-8", "replace"))
    attributes = read_file(content, where).attributes
    tree = Located({name: config.value(attribute) for name, attribute in attributes.items()}, call.place)
    return Located(render_json(tree, None), call.place, tree=tree)


def _listed(*names: str) -> Callable[[Config, Arguments], Located]:
    return lambda config, call: call.known([Located(name, call.place) for name in names])


def _folder(config: Config, call: Arguments) -> Located:
    return call.known(HERE + config.folder)


FUNCTIONS: dict[str, Callable[[Config, Arguments], Located]] = {
    "find_in_parent_folders": _find_in_parent_folders,
    "path_relative_to_include": _relative_to_include,
    "path_relative_from_include": _relative_from_include,
    "get_terragrunt_dir": _folder,
    "get_original_terragrunt_dir": lambda config, call: call.known(HERE + config.original),
    "get_parent_terragrunt_dir": _parent_folder,
    "get_repo_root": lambda config, call: call.known(ROOT),
    "get_path_from_repo_root": lambda config, call: call.known(config.folder or "."),
    "get_path_to_repo_root": lambda config, call: call.known(posixpath.relpath(".", config.folder or ".")),
    "read_terragrunt_config": _read_config,
    "read_tfvars_file": _read_variable_file,
    "get_env": _environment,
    "mark_as_read": lambda config, call: call.values[0] if call.values else call.known(Unknown("no path", call.place)),
    "get_terraform_commands_that_need_vars": _listed(*_NEED_VARS),
    "get_terraform_commands_that_need_input": _listed(*_NEED_INPUT),
    "get_terraform_commands_that_need_locking": _listed(*_NEED_LOCKING),
    "get_terraform_commands_that_need_parallelism": _listed(*_NEED_PARALLELISM),
}

"""Atmos: the components of its stacks, each a root module run with the variables that the stack's manifests give it.

A unit is a component of a stack; its folder is the path of the stack's manifest and the name of the component.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from iamlint.parse.terraform.atmos_manifests import (
    EXTENSIONS,
    Manifests,
    is_matched,
    listed,
    read_tree,
    section,
    shown,
)
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.terragrunt import Terragrunt
from iamlint.parse.terraform.terragrunt_config import TERRAFORM
from iamlint.source.files import Files, every_path
from iamlint.source.place import Place
from iamlint.source.problem import Problem, Unresolved
from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex
from iamlint.source.value import Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NAMES = ("atmos.yaml", "atmos.yml", ".atmos.yaml", ".atmos.yml")
_SYSTEM = "rootfs/usr/local/etc/atmos"
"""Where images for Atmos keep its configuration; paths count from the repository then."""
_UNIT = regex(r"(.+?\.ya?ml)/(.+)")
_VARIABLE = regex(r"\{\{-?\s*\.vars\.([\w.-]+)\s*-?\}\}")
_TOKEN = regex(r"\{(namespace|tenant|environment|stage)\}")
_MOST_UNITS = 1_000


class Atmos(NamedTuple):
    """What an `atmos.yaml` says: the folders of stacks and components, and which manifests are stacks."""

    path: str
    stacks: str
    components: str
    included: tuple[str, ...]
    excluded: tuple[str, ...]
    lists: str
    name_template: str
    name_pattern: str
    inherits_metadata: bool
    renders: bool


class Component(NamedTuple):
    """A component of a stack. `source` is the name of its root module; `variables` are those of the stack for it."""

    name: str
    source: str
    place: Place
    variables: dict[str, Located]
    workspace: Value


def is_atmos(path: str) -> bool:
    """Return whether a file is called as the configuration of Atmos is."""
    return posixpath.basename(path) in NAMES


def open_atmos(path: str, files: Files) -> Atmos | None:
    """Return what an `atmos.yaml` says, None when it configures no stacks."""
    tree = read_tree(files.read(path) or b"", path)
    top = tree.value if isinstance(tree, Located) and isinstance(tree.value, dict) else {}
    stacks, components = section(top, "stacks"), section(top, "components", "terraform")
    if not stacks:
        return None
    folder = posixpath.dirname(path).removesuffix(_SYSTEM).rstrip("/")
    base = posixpath.join(folder, _text(top.get("base_path")).removeprefix("./"))
    pattern = stacks.get("name_pattern")
    included = tuple(_text(item) for item in listed(stacks.get("included_paths")))
    excluded = tuple(_text(item) for item in listed(stacks.get("excluded_paths")))
    inherits = section(stacks, "inherit").get("metadata")
    return Atmos(
        path,
        _folder(base, _text(stacks.get("base_path")) or "stacks"),
        _folder(base, _text(components.get("base_path")) or "components/terraform"),
        included or ("orgs/**/*",),
        excluded if "excluded_paths" in stacks else ("**/_defaults.yaml",),
        _text(section(top, "settings").get("list_merge_strategy")) or "replace",
        _text(stacks.get("name_template")),
        "{tenant}-{environment}-{stage}" if pattern is None and "name_template" not in stacks else _text(pattern),
        inherits is None or inherits.value is not False,
        (switch := section(top, "templates", "settings").get("enabled")) is not None and switch.value is True,
    )  # fmt: skip


def stacks_of(atmos: Atmos, paths: Iterable[str]) -> list[str]:
    """Return the manifests among some paths that are stacks of their own."""
    inside = f"{atmos.stacks}/" if atmos.stacks else ""
    return sorted(
        path
        for path in paths
        if path.startswith(inside) and path.endswith((".yaml", ".yml")) and _is_stack(atmos, path.removeprefix(inside))
    )


def _is_stack(atmos: Atmos, path: str) -> bool:
    return any(is_matched(pattern, path) for pattern in atmos.included) and not any(
        is_matched(pattern, path) for pattern in atmos.excluded
    )


class Stack:
    """A stack: its components, and what of its manifests is not known."""

    def __init__(self, atmos: Atmos, path: str, files: Files) -> None:
        self.atmos = atmos
        self.path = path
        self.manifests = Manifests(files, atmos.stacks, atmos.lists)
        self._top = self.manifests.load(path)
        self._components = section(self._top, "components", "terraform")

    def components(self) -> Iterator[Component]:
        """Yield the components that are deployed: not abstract, and not switched off."""
        for name in sorted(self._components):
            found = self.component(name)
            if found is not None:
                yield found

    def component(self, name: str) -> Component | None:
        """Return a component by its name, None when there is none that is deployed."""
        own = section(self._components, name)
        if not own and name not in self._components:
            return None
        metadata = section(own, "metadata")
        bases = self._bases(name, own, ())
        if self.atmos.inherits_metadata:
            kept = (
                {key: value for key, value in section(base, "metadata").items() if key not in ("inherits", "type")}
                for base in bases
            )
            metadata = self.manifests.merged(section(self._top, "metadata"), *kept, metadata)
        if _text(metadata.get("type")) == "abstract" or ("enabled" in metadata and metadata["enabled"].value is False):
            return None
        merged = self.manifests.merged
        variables = merged(
            section(self._top, "vars"),
            section(self._top, "terraform", "vars"),
            merged(*(section(base, "vars") for base in bases)),
            section(own, "vars"),
            section(own, "overrides", "vars"),
        )
        source = _text(metadata.get("component")) or _text(own.get("component")) or name
        rendered = {key: self._rendered(value, variables, f"{self.path}/{name}#var.{key}") for key, value in variables.items()}
        place = self._components[name].place
        return Component(name, source, place, rendered, self._workspace(name, source, metadata, rendered, place))

    def _bases(self, name: str, own: dict[str, Located], above: tuple[str, ...]) -> list[dict[str, Located]]:
        """Return what a component inherits from, the farthest first."""
        found: list[dict[str, Located]] = []
        older = _text(own.get("component"))
        for base in [*([older] if older else []), *(_text(item) for item in listed(section(own, "metadata").get("inherits")))]:
            if base and base != name and base in self._components and base not in above and len(above) < 40:
                inside = section(self._components, base)
                found += [*self._bases(base, inside, (*above, name)), inside]
        return found

    def _rendered(self, located: Located, variables: dict[str, Located], symbol: str) -> Located:
        """Return a value with the variables of the component put into its templates; other templates are not evaluated.

        What is not known is another value in each stack, also where one manifest writes it for all.
        """
        value, place = located.value, located.place
        if isinstance(value, dict):
            return Located({key: self._rendered(item, variables, f"{symbol}.{key}") for key, item in value.items()}, place)
        if isinstance(value, list):
            return Located([self._rendered(item, variables, f"{symbol}[{at}]") for at, item in enumerate(value)], place)
        if isinstance(value, Unknown):
            return Located(Unknown(value.reason, value.place, symbol), place)
        if not isinstance(value, str) or "{{" not in value:
            return located
        text = self._filled(value, variables) if self.atmos.renders else None
        return Located(Unknown("`{{ … }}` is rendered by Atmos", place, symbol) if text is None else text, place)

    def _filled(self, text: str, variables: dict[str, Located]) -> str | None:
        """Return a text whose templates are variables only, None for others."""
        pieces: list[str] = []
        end = 0
        for match in _VARIABLE.finditer(text):
            *outer, last = match[1].split(".")
            found = section(variables, *outer).get(last)
            if found is None or not isinstance(found.value, (str, int, float)) or "{{" in str(found.value):
                return None
            pieces += [text[end : match.start()], shown(found.value)]
            end = match.end()
        pieces.append(text[end:])
        made = "".join(pieces)
        return None if "{{" in made else made

    def _workspace(
        self, name: str, source: str, metadata: dict[str, Located], variables: dict[str, Located], place: Place
    ) -> Value:
        """Return the workspace that Atmos selects (source: BuildTerraformWorkspace)."""
        fixed, pattern = _text(metadata.get("terraform_workspace")), _text(metadata.get("terraform_workspace_pattern"))
        stack = _text(self._top.get("name"))
        made: str | None
        if "terraform_workspace_template" in metadata or (pattern and "{" in _TOKEN.sub("", pattern)):
            made = None
        elif pattern or fixed:
            made = self._named(pattern, variables) if pattern else fixed
        else:
            if not stack and self.atmos.name_template:
                made = self._filled(self.atmos.name_template, variables)
            else:
                made = stack or self._named(self.atmos.name_pattern, variables) or self._own_name()
            made = made if made is None or source == name else f"{made}-{name}"
        if made is None:
            return Unknown("the workspace is named by a template of Atmos", place, f"{self.path}/{name}#terraform.workspace")
        return made.replace("/", "-")

    def _named(self, pattern: str, variables: dict[str, Located]) -> str:
        """Return a pattern with its tokens filled in; empty where one is not there."""
        texts = {token: _text(variables.get(token)) for token in _TOKEN.findall(pattern)}
        return "" if not all(texts.values()) else _TOKEN.sub(lambda match: texts[match[1]], pattern)

    def _own_name(self) -> str:
        inside = self.path.removeprefix(f"{self.atmos.stacks}/")
        return next(inside.removesuffix(ending) for ending in (*EXTENSIONS, "") if inside.endswith(ending))


def units_in(path: str, paths: Iterable[str], files: Files) -> Iterator[tuple[str, str]]:
    """Yield the units of all stacks that an `atmos.yaml` configures: their folders, and those of their root modules."""
    atmos = open_atmos(path, files)
    left = _MOST_UNITS
    for stack in stacks_of(atmos, paths) if atmos is not None else ():
        for component in Stack(atmos, stack, files).components():  # type: ignore[arg-type]
            left -= 1
            if left < 0:
                return
            yield f"{stack}/{component.name}", posixpath.normpath(posixpath.join(atmos.components, component.source))  # type: ignore[union-attr]


def left_open(path: str, files: Files) -> tuple[list[Problem], list[Unresolved]]:
    """Return what is wrong with the manifests that an `atmos.yaml` configures, and what of them is not read."""
    atmos = open_atmos(path, files)
    problems: dict[Problem, None] = {}
    lines: dict[Unresolved, None] = {}
    count = 0
    for stack in stacks_of(atmos, every_path(files)) if atmos is not None else ():
        found = Stack(atmos, stack, files)  # type: ignore[arg-type]
        problems.update(dict.fromkeys(found.manifests.problems))
        lines.update(found.manifests.unresolved)
        count += sum(1 for _ in found.components())
    if count > _MOST_UNITS:
        lines[Unresolved("the stacks have more components than are read", Place(path))] = None
    return list(problems), list(lines)


def read_atmos(folder: str, files: Files) -> Terragrunt | None:
    """Return what a stack says of one of its components, None when the folder is no unit of Atmos."""
    match = _UNIT.fullmatch(folder)
    atmos = _around(match[1], files) if match is not None and files.read(match[1]) is not None else None
    if match is None or atmos is None:
        return None
    stack = Stack(atmos, match[1], files)
    component = stack.component(match[2])
    if component is None:
        return None
    where = posixpath.normpath(posixpath.join(atmos.components, component.source))
    held = any(name.endswith(TERRAFORM) for name in files.under(where))
    read = (atmos.path, *stack.manifests.read)
    return Terragrunt(
        where if held else None, where, component.place, component.variables, (), read,
        others=stack.manifests.unclear, outranks=True, workspace=component.workspace,
    )  # fmt: skip


def _around(stack: str, files: Files) -> Atmos | None:
    """Return the configuration that counts for a stack: the nearest above it."""
    folder = posixpath.dirname(stack)
    while True:
        for name in (*NAMES, f"{_SYSTEM}/{NAMES[0]}"):
            path = posixpath.join(folder, name)
            found = open_atmos(path, files) if files.read(path) is not None else None
            if found is not None and stack.startswith(f"{found.stacks}/" if found.stacks else ""):
                return found
        if not folder:
            return None
        folder = posixpath.dirname(folder)


def _folder(base: str, path: str) -> str:
    where = posixpath.normpath(posixpath.join(base, path))
    return "" if where == "." else where


def _text(located: Any) -> str:
    return located.value if located is not None and isinstance(located.value, str) else ""

"""Atmos manifests: YAML with places, imports, and how what they say is merged (source: internal/exec, pkg/merge)."""

from __future__ import annotations

import posixpath
import re

from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.numbers import parse_number
from iamlint.source.files import Files, every_path
from iamlint.source.place import Place, Route
from iamlint.source.problem import Problem, Unresolved
from iamlint.source.regex import regex
from iamlint.source.value import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EXTENSIONS = (".yaml", ".yml", ".yaml.tmpl", ".yml.tmpl")
_INTEGER = regex(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = regex(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)")
_ODD = regex(r"[-+]?[0-9][0-9_a-fA-FxoXOb.:eE+TZ -]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_REMOTE = regex(r"[\w.+-]+::|[\w+-]+://|git@|[\w-]+\.\w+/[^.]")
_INSERTED = regex(r"\{\{-?\s*\.([\w.]+)\s*-?\}\}")
_PREFIX = "tag:yaml.org,2002:"
_MOST_NODES = 200_000
_MOST_IMPORTS = 5_000
_DEEPEST = 40
_KEPT: dict[tuple[str, bytes], Located | Problem] = {}
_STARS = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
_GLOBS: dict[str, tuple[str, re.Pattern[str]]] = {}
"""How the globs begin that were asked for, and what they match."""
_LONGEST_FIRST = sorted(EXTENSIONS, key=len, reverse=True)


class Manifests:
    """The manifests of one stack, read and merged. `base` is the folder of all stacks, with its slash."""

    def __init__(self, files: Files, base: str, lists: str) -> None:
        self.files = files
        self.base = base
        self.lists = lists  # what is done with two lists: `replace`, `append` or `merge`
        self.read: dict[str, None] = {}
        self._left = _MOST_IMPORTS
        self.problems: list[Problem] = []
        self.unresolved: dict[Unresolved, None] = {}
        self.unclear: Unknown | None = None
        """Why a part of the stack is not known; then anything may be set that is not seen."""

    def load(self, path: str) -> dict[str, Located]:
        """Return what a stack's manifest comes to with all that it imports."""
        return self._load(path, {}, {}, {}, ())[0]

    def _load(
        self,
        path: str,
        context: dict[str, str],
        inline: dict[str, Located],
        imported: dict[str, Located],
        above: tuple[str, ...],
    ) -> tuple[dict[str, Located], dict[str, Located]]:
        """Return what a manifest comes to, and the overrides that hold where it is imported.

        `inline` are the overrides of the manifests that import it, `imported` those of what was imported before it.
        """
        content = self.files.read(path)
        self._left -= 1
        if content is None or path in above or len(above) > _DEEPEST or self._left < 0:
            self._leave("manifests import each other" if path in above else "more is imported than is read", Place(path))
            return {}, {}
        self.read[path] = None
        tree = read_tree(content, path)
        if isinstance(tree, Problem):
            if "is a template" in tree.message or path.endswith(".tmpl"):
                self._leave("the file is a template that has not been rendered", tree.at)
            else:
                self.problems.append(tree)
                self.unclear = self.unclear or Unknown(f"`{path}` cannot be read", tree.at)
            return {}, {}
        own = inserted(tree, context).value
        if not isinstance(own, dict):
            return {}, {}
        terraform = section(own, "terraform")
        inline = self.merged(section(own, "overrides"), section(terraform, "overrides"), inline)
        whole: dict[str, Located] = {}
        for item in listed(own.get("import")):
            for target, more in self._imports(item, path):
                found, overrides = self._load(target, {**more, **context}, inline, imported, (*above, path))
                whole = self.merged(whole, found)
                imported = self.merged(imported, overrides)
        overrides = self.merged(imported, inline)
        components = section(own, "components", "terraform")
        if overrides and components:
            for name, component in components.items():
                if isinstance(component.value, dict):
                    inside = {**component.value, "overrides": Located(overrides, component.place)}
                    components[name] = Located(inside, component.place)
            held = own["components"]
            own = {**own, "components": Located({**held.value, "terraform": Located(components, held.place)}, held.place)}
        return self.merged(whole, own), overrides

    def _imports(self, item: Located, path: str) -> list[tuple[str, dict[str, str]]]:
        """Return the files that an entry of `import` means, with what it passes to their templates."""
        written = item.value if isinstance(item.value, dict) else {"path": item}
        where = written["path"].value if "path" in written else None
        if not isinstance(where, str) or "{{" in where or _REMOTE.match(where):
            name = f"`{where}`" if isinstance(where, str) else "of a manifest"
            self._leave(f"the import {name} is not in the repository", item.place)
            return []
        context = {
            name: shown(value.value)
            for name, value in section(written, "context").items()
            if isinstance(value.value, (str, int, float))
        }
        start = posixpath.dirname(path) if where.startswith(("./", "../")) else self.base
        target = posixpath.normpath(posixpath.join(start, where))
        for extension in ("", *EXTENSIONS) if where.endswith(EXTENSIONS) else EXTENSIONS:
            if self.files.read(target + extension) is not None:
                return [(target + extension, context)]
        if "*" in where:
            start = target.partition("*")[0].partition("?")[0]
            near = [name for name in every_path(self.files) if name.startswith(start)]
            found = [name for name in near if name.endswith(EXTENSIONS) and is_matched(target, name)]
            if found:
                return [(name, context) for name in sorted(found)]
        if "skip_if_missing" not in written or written["skip_if_missing"].value is not True:
            self._leave(f"the import `{where}` is not in the repository", item.place)
        return []

    def _leave(self, reason: str, place: Place) -> None:
        self.unresolved[Unresolved(reason, place)] = None
        self.unclear = self.unclear or Unknown(reason, place)

    def merged(self, *layers: dict[str, Located]) -> dict[str, Located]:
        """Return maps merged by key, what comes later on top (source: pkg/merge/merge_native.go)."""
        result: dict[str, Located] = {}
        for layer in layers:
            for name, two in layer.items():
                one = result.get(name)
                result[name] = two if one is None else self._on_top(name, one, two)
        return result

    def _on_top(self, name: str, one: Located, two: Located) -> Located:
        if isinstance(one.value, dict) and isinstance(two.value, dict):
            return Located(self.merged(one.value, two.value), two.place)
        if isinstance(one.value, list) and isinstance(two.value, list) and self.lists != "replace":
            if self.lists == "append":
                return Located([*one.value, *two.value], two.place)
            return Located(Unknown(f"`{name}` is merged of two lists", two.place), two.place)
        if isinstance(one.value, Unknown) and (
            isinstance(two.value, dict) or (isinstance(two.value, list) and self.lists != "replace")
        ):
            return Located(Unknown(f"`{name}` is merged with what is not known: {one.value.reason}", two.place), two.place)
        return two


def section(tree: dict[str, Located], *names: str) -> dict[str, Located]:
    """Return a map inside a map; an empty one when there is none."""
    here = tree
    for name in names:
        found = here.get(name)
        here = found.value if found is not None and isinstance(found.value, dict) else {}
    return dict(here)


def listed(located: Located | None) -> list[Located]:
    """Return the items of a list; none when there is none."""
    return located.value if located is not None and isinstance(located.value, list) else []


def shown(value: Any) -> str:
    """Return a scalar as a template writes it."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def is_matched(pattern: str, path: str) -> bool:
    """Return whether a glob covers a path, with or without its ending: `*` stays in a folder, `**` crosses them."""
    known = _GLOBS.get(pattern)
    if known is None:
        first, *parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
        known = first, re.compile(re.escape(first) + "".join(_STARS.get(part) or re.escape(part) for part in parts))
        _GLOBS[pattern] = known
    start, wanted = known
    if not path.startswith(start):
        return False
    if wanted.fullmatch(path):
        return True
    ending = next((ending for ending in _LONGEST_FIRST if path.endswith(ending)), "")
    return wanted.fullmatch(path.removesuffix(ending)) is not None


def inserted(located: Located, context: dict[str, str]) -> Located:
    """Return a value with what an import passes put into its templates (`{{ .name }}`); what stays of them is looked at later."""
    value = located.value
    if not context:
        return located
    if isinstance(value, dict):
        return Located({_put(name, context): inserted(item, context) for name, item in value.items()}, located.place)
    if isinstance(value, list):
        return Located([inserted(item, context) for item in value], located.place)
    return Located(_put(value, context), located.place) if isinstance(value, str) and "{{" in value else located


def _put(text: str, context: dict[str, str]) -> str:
    return _INSERTED.sub(lambda match: context.get(match[1], match[0]), text)


def read_tree(content: bytes, path: str) -> Located | Problem:
    """Return a manifest with the place of every part, or what is wrong with it."""
    known = _KEPT.get((path, content))
    if known is None:
        if len(_KEPT) > 500:
            _KEPT.clear()
        known = _KEPT[path, content] = _read(content, path)
    return known


def _read(content: bytes, path: str) -> Located | Problem:
    import yaml

    try:
        node = yaml.compose(content.decode("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return Located({}, Place(path)) if node is None else _Tree(path).build(node, (), ())
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        from iamlint.source.read_yaml import read_yaml

        for reading in read_yaml(content, path):
            for problem in reading.problems:
                return problem
        return Problem("IL002", "the manifest is not YAML that Atmos reads", Place(path))


class _Tree:
    """Builds the values of a document. What an anchor holds has its place at the anchor."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.left = _MOST_NODES
        self.routes: dict[int, Route] = {}

    def build(self, node: Any, route: Route, above: tuple[int, ...]) -> Located:
        self.left -= 1
        if self.left < 0 or id(node) in above:
            raise ValueError("too much")
        route = self.routes.setdefault(id(node), route)
        place = Place(self.path, route)
        if not node.tag.startswith(_PREFIX):
            return Located(Unknown(f"`{node.tag}` is evaluated by Atmos", place), place)
        above = (*above, id(node))
        if node.id == "scalar":
            return Located(_scalar(node, place), place)
        if node.id == "sequence":
            return Located([self.build(item, (*route, number), above) for number, item in enumerate(node.value)], place)
        result: dict[str, Located] = {}
        merges: list[Any] = []
        for key, value in node.value:
            if key.id != "scalar":
                raise ValueError("a key that is no text")
            if key.tag == _PREFIX + "merge":
                merges += value.value if value.id == "sequence" else [value]
            else:
                result[key.value] = self.build(value, (*route, key.value), above)
        for merge in merges:  # what is written counts before what is merged, and what is merged first before the rest
            more = self.build(merge, (*route, "<<"), above).value
            result = {**(more if isinstance(more, dict) else {}), **result}
        return Located(result, place)


def _scalar(node: Any, place: Place) -> Any:
    """Return the value of a scalar as Go's reader of YAML has it; forms on which readers disagree are unknown."""
    text: str = node.value
    if node.style or node.tag == _PREFIX + "binary":
        return text
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) < 300 else Unknown("the number is too long", place)
    if _FLOAT.fullmatch(text):
        return parse_number(text)
    if _ODD.fullmatch(text) and node.tag != _PREFIX + "str":
        return Unknown("what this is in YAML depends on who reads it", place)
    return text

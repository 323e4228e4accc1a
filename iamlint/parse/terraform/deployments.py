"""Terraform Stacks: each deployment is a root module, whose module calls are the components of the stack.

A unit is a deployment; its folder is the path of the file that declares it and its name (`shop/prod.tfdeploy.hcl/production`).
Sources: "Component configuration overview", "Deployment configuration overview", "Declare providers" (Terraform Stacks).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from iamlint.parse.context import Context
from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.blocks import Attribute, Block, FileSyntax, read_file
from iamlint.parse.terraform.folder_syntax import FolderSyntax
from iamlint.parse.terraform.frames import Frame
from iamlint.parse.terraform.located import Located, Partial
from iamlint.parse.terraform.module import Module
from iamlint.parse.terraform.root import Root
from iamlint.source.files import Files, unread
from iamlint.source.place import Place
from iamlint.source.problem import Problem, Unresolved
from iamlint.source.regex import regex
from iamlint.source.value import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

COMPONENTS = (".tfcomponent.hcl", ".tfcomponent.json", ".tfstack.hcl", ".tfstack.json")
DEPLOYMENTS = (".tfdeploy.hcl", ".tfdeploy.json")
_UNIT = regex(r"(.+?\.tfdeploy\.(?:hcl|json))/(.+)")
_OUTSIDE = {
    "identity_token": "is a token of the run",
    "store": "is kept in HCP Terraform",
    "upstream_input": "comes from another stack",
}
"""What deployments refer to that no file holds, by the blocks that declare it."""


def units_in(path: str, files: Files) -> Iterator[tuple[str, list[str]]]:
    """Yield the units of the deployments that a file declares, with the folders of the local modules that are deployed."""
    folder = posixpath.dirname(path)
    names = [name for name, _ in _deployments(path, files)]
    if not names:
        return
    called = []
    for block in _blocks(folder, COMPONENTS, files):
        source = block.source() if block.type == "component" else None
        where = posixpath.normpath(posixpath.join(folder, source)) if source is not None and source.startswith(".") else ".."
        if where != ".." and not where.startswith("../"):
            called.append("" if where == "." else where)
    for name in names:
        yield f"{path}/{name}", called


def left_open(path: str, files: Files) -> Iterator[Unresolved | Problem]:
    """Yield what of a file of a stack no unit says."""
    folder = posixpath.dirname(path)
    if not any(any(_deployments(other, files)) for other in _paths(folder, DEPLOYMENTS, files)):
        content = files.read(path)
        said = unread(files, path) if content is None else None
        yield from _read(content, path).problems if said is None else (said,)
    if path.endswith(DEPLOYMENTS):
        if any(_deployments(path, files)) and not any(_paths(folder, COMPONENTS, files)):
            yield Unresolved("the components of the Terraform stack that is deployed are not in the repository", Place(path))
        return
    blocks = list(_read(files.read(path), path).blocks)
    for block in blocks:
        if block.type == "stack":
            yield Unresolved(f"the Terraform stack `{block.source()}` inside this one is not read", block.place)
    if any(block.type == "component" for block in blocks) and not any(_paths(folder, DEPLOYMENTS, files)):
        yield Unresolved("no deployment of the Terraform stack is in the repository", Place(path))


def open_deployment(
    unit: str, files: Files, context: Context, computed: Any, interesting: Callable[[str, str], bool] | None
) -> Module | None:
    """Return the root module that a deployment is, with its inputs; None when there is no such deployment."""
    match = _UNIT.fullmatch(unit)
    block = None if match is None else dict(_deployments(match[1], files)).get(match[2])
    if match is None or block is None:
        return None
    folder = posixpath.dirname(match[1])
    root = Root(folder, files, context, computed, interesting)
    root.stack = unit
    root.folders[unit] = _syntax(folder, COMPONENTS, root)
    root.folders[_SCOPE] = _syntax(folder, DEPLOYMENTS, root)
    top = Module(root, unit)
    written = block.attributes.get("inputs") or block.attributes.get("variables")  # the latter in the preview of 2023
    if block.broken:
        top.others_given = Unknown(f"the deployment `{match[2]}` cannot be read", block.place)
    elif written is not None:
        value = _Deployments(root, _SCOPE).guarded(("inputs",), f"deployment.{match[2]}", written.place, written)
        given, top.others_given = _entries(value)
        root.last_given = given
    return top


_SCOPE = "<deployments>"


class _Deployments(Module):
    """What names mean in the deployments of a stack."""

    def resolve(self, ref: s.Ref, steps: tuple[Any, ...], frame: Frame) -> tuple[Located, int]:
        """Return the value of a reference and how many steps were taken for it."""
        if ref.name not in _OUTSIDE:
            return super().resolve(ref, steps, frame)
        self.budget.doubts += 1
        name = ".".join([ref.name, *(step.name for step in steps if isinstance(step, s.Attr))])
        reason = f"`{name}` {_OUTSIDE[ref.name]}"
        return Located(Unknown(reason, ref.place, f"{self.root.folder}#{name}"), ref.place), len(steps)


def component_input(module: Module, name: str) -> Located | None:
    """Return what a component gives a variable of its module, None when that is nothing."""
    attribute = module.call.attributes.get("inputs") if module.call is not None else None
    if attribute is None or module.parent is None:
        return None
    what = module.prefix.rstrip(".")
    value = module.parent.guarded(("inputs", module.prefix), f"{what}.inputs", attribute.place, attribute, module.outer)
    given, others = _entries(value)
    if name in given or others is None:
        return given.get(name)
    return Located(Unknown(others.reason, others.place, f"{others.symbol}.{name}"), attribute.place)


def _entries(value: Located) -> tuple[dict[str, Located], Unknown | None]:
    """Return the entries of an object as far as they are known, and why there may be more."""
    if isinstance(value, Partial):
        return (value.known.value if isinstance(value.known.value, dict) else {}), value.rest
    if isinstance(value.value, dict):
        return dict(value.value), None
    return {}, value.value if isinstance(value.value, Unknown) else None


def _read(content: bytes | None, path: str) -> FileSyntax:
    if content is None or not path.endswith(".json"):
        return read_file(content or b"", path)
    from iamlint.parse.terraform.json_syntax import STACK, read_json_file

    return read_json_file(content, path, STACK)


def _paths(folder: str, endings: tuple[str, ...], files: Files) -> list[str]:
    return [path for path in files.under(folder) if path.endswith(endings)]


def _blocks(folder: str, endings: tuple[str, ...], files: Files) -> Iterator[Block]:
    for path in _paths(folder, endings, files):
        yield from _read(files.read(path), path).blocks


def _deployments(path: str, files: Files) -> Iterator[tuple[str, Block]]:
    """Yield the deployments of a file by their names, but for those whose resources are to be destroyed."""
    for block in _read(files.read(path), path).blocks:
        if block.type == "deployment" and len(block.labels) == 1:
            destroyed = block.attributes.get("destroy")
            literal = None if destroyed is None else destroyed.literal()
            if literal is None or literal.value is not True:
                yield block.labels[0], block


def _syntax(folder: str, endings: tuple[str, ...], root: Root) -> FolderSyntax:
    """Return the declarations of a stack as those of a module."""
    result = FolderSyntax(folder)
    for path in _paths(folder, endings, root.files):
        content = root.read(path)
        if content is None:
            said = unread(root.files, path)
            if said is not None:
                result.unread.append(said)
                root.take(said) if isinstance(said, Problem) else root.unresolve(said.reason, said.at)
            continue
        result.paths.append(path)
        read = _read(content, path)
        file = FileSyntax(path)
        file.problems = read.problems
        file.blocks = [_provider(block) if block.type == "provider" else block for block in read.blocks]
        result.add(file, False)
    return result


def _provider(block: Block) -> Block:
    """Return a provider block as a module has it: its alias stands in the header of the stack's, its arguments in `config`."""
    if block.broken or len(block.labels) != 2:
        return block
    kind, alias = block.labels
    config = next((inner for inner in block.blocks if inner.type == "config"), None)
    attributes = dict(config.attributes) if config is not None else {}
    attributes["alias"] = Attribute("alias", block.place, b"", 0, s.Const(Located(alias, block.place), block.place))
    if "for_each" in block.attributes:
        attributes["for_each"] = block.attributes["for_each"]
    made = Block("provider", (kind,), block.place, b"")
    return made.filled(attributes, list(config.blocks) if config is not None else [])

"""Resources, modules and statements that are not there because of a variable's default: another deployment may switch them on.

The root module is evaluated a second time, with every variable unknown that nothing but its default decides, and only as far
as the counts and keys that came to nothing ask for. What is unknown then hangs on the defaults.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from iamlint.parse.terraform.blocks import Block
from iamlint.parse.terraform.mentions import Mention, mentions_in
from iamlint.parse.terraform.module import Module
from iamlint.parse.terraform.resource import ResourceInstance, has_granting_parts
from iamlint.source.problem import Unresolved
from iamlint.source.regex import regex
from iamlint.source.value import Unknown

_DOCUMENT = ("data", "aws_iam_policy_document")
_ASKED = regex(rb"(?<![\w.-])data\.aws_iam_policy_document\.[\w-]+")
BY_DEFAULT = ("the default of the variable", "the default of the environment variable")


def switched_off(
    modules: Iterable[Module], interesting: Callable[[str, str], bool] | None, again: Callable[[], Module]
) -> tuple[Unresolved, ...]:
    """Return a line for each resource, module call and statement of some modules that a default keeps from being there.

    `again` opens the root module anew, without its defaults. What was found wrong in it is said already, and stays unsaid here.
    """
    asked: dict[str, dict[str, list[Mention]]] = {}
    empty = [(module, *found) for module in modules for found in _empty(module, interesting, asked)]
    parts = [part for module in modules for part in _empty_parts(module, interesting)]
    if not empty and not parts:
        return ()
    top = again()

    anew: dict[Module, Module | None] = {}
    lines = []
    for module, key, block, address in empty:
        other = _same(module, top, anew)
        found = other.expansion(key, block) if other is not None else None
        reason = found and (found.unknown or found.maybe)
        if reason:
            lines.append(_line(f"`{module.prefix}{address}`", reason, block))
    for instance, order, block in parts:
        other = _same(instance.module, top, anew)
        for one in other.instances(instance.mode, instance.type, instance.name) if other is not None else ():
            unknown = next((made.value for at, _, made in one.granting_parts() if at == order), None)
            if one.key in (instance.key, None) and isinstance(unknown, Unknown):
                lines.append(_line(f"a `{block.stands_for}` of `{instance.address}`", unknown, block))
    top.root.let_go()
    return tuple(dict.fromkeys(lines))


def _line(what: str, reason: Unknown, block: Block) -> Unresolved:
    why = reason.reason if reason.reason.startswith(BY_DEFAULT) else "defaults of variables"
    return Unresolved(f"{what} is switched off by {why}", block.place)


def _same(module: Module, top: Module, anew: dict[Module, Module | None]) -> Module | None:
    """Return the module that is opened anew under a root, None where there is none with that key."""
    if module.parent is None:
        return top
    if module not in anew:
        parent, name = _same(module.parent, top, anew), module.key.rpartition(".")[2]
        key = next((key for key, one in module.parent.modules(name) or () if one is module), None)
        known = (parent.modules(name) or []) if parent is not None else []
        anew[module] = next((one for other, one in known if other == key or other is None), None)
    return anew[module]


def _empty(
    module: Module, interesting: Callable[[str, str], bool] | None, asked: dict[str, dict[str, list[Mention]]]
) -> Iterator[tuple[tuple[str, ...], Block, str]]:
    """Yield the resources and calls that bear on access and of which there is no instance."""
    for key, block in list(module.syntax.resources.items()):
        mode, kind, name = key
        bears = mode == "managed" or (mode, kind) == _DOCUMENT
        if not bears or block.broken or not (interesting is None or interesting(mode, kind)):
            continue
        if not _may_be_none(block) or module.expansion(key, block).entries:
            continue
        if mode == "managed":
            yield key, block, f"{kind}.{name}"
        elif _is_asked_for(module, name, asked):
            yield key, block, f"data.{kind}.{name}"
    for name, block in list(module.syntax.calls.items()):
        if _may_be_none(block) and module.modules(name) == []:
            path = f"{module.key}.{name}" if module.key else name
            folder = module.root.called_folder(module.syntax, block, path, module.source_of(block))
            if folder is not None and module.root.matters(folder, path):
                yield ("module", name), block, f"module.{name}"


def _is_asked_for(module: Module, name: str, asked: dict[str, dict[str, list[Mention]]]) -> bool:
    """Return whether something that is there would take a policy document in: another document, a local value, an output.

    `asked` holds who asks for which document, by folder.
    """
    if module.folder not in asked:
        mentions = asked[module.folder] = {}
        for path in module.syntax.paths:
            for mention in mentions_in(module.root.files.read(path) or b"", _ASKED):
                mentions.setdefault(mention.written.decode().rpartition(".")[2], []).append(mention)
    for mention in asked[module.folder].get(name, ()):
        if mention.block in ("locals", "output"):
            return True
        if mention.block == "module":
            if module.modules(mention.type) != []:
                return True
            continue
        key = ("managed" if mention.block == "resource" else mention.block, mention.type, mention.name)
        block = module.syntax.resources.get(key)
        if block is not None and module.expansion(key, block).entries:
            return True
    return False


def _may_be_none(block: Block) -> bool:
    return "count" in block.attributes or "for_each" in block.attributes


def _empty_parts(module: Module, interesting: Callable[[str, str], bool] | None) -> Iterator[tuple[ResourceInstance, int, Block]]:
    """Yield the `dynamic` blocks that make no statement or policy."""
    for (mode, kind, name), block in list(module.syntax.resources.items()):
        if (interesting is None or interesting(mode, kind)) and has_granting_parts(block):
            for instance in module.instances(mode, kind, name):
                for order, inner, made in instance.granting_parts():
                    if made.value in ([], {}):
                        yield instance, order, inner

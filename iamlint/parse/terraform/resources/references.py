"""What references of a root module mean: the instance behind an id, and where a computed secret is put."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamlint.parse.terraform.attributes import as_text, not_in_repository, text, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.source.place import Place
from iamlint.source.value import Unknown, Value, key, unknowns


def looked_up(instance: Instance, declared: Declared) -> None:
    """Add nothing: others refer to the instance, and ask what it writes."""


def found(
    declared: Declared, types: Iterable[str], value: Value | None, attributes: tuple[str, ...] = ("id",)
) -> Instance | None:
    """Return the resource or lookup of one of these types that a reference means, by an attribute written or computed."""
    if value is None:
        return None
    types = tuple(types)
    index = declared.references.get((types, attributes))
    if index is None:
        index = declared.references[types, attributes] = {}
        for type_ in types:
            for instance in declared.by_type.get(type_, ()):
                for one in names(instance, declared, attributes) if instance.mode != "provider" else ():
                    index.setdefault(key(one), instance)
    return index.get(key(value))


def names(instance: Instance, declared: Declared, attributes: tuple[str, ...]) -> Iterator[Value]:
    """Yield what references to attributes of an instance read: as written, and as computed."""
    for attribute in attributes:
        value = text(instance, attribute)
        if value is not None:
            yield value
        yield not_in_repository(instance, declared.unit, attribute)


def id_of(instance: Instance, declared: Declared, attribute: str = "id") -> Value:
    """Return the id of an instance, written or computed."""
    return text(instance, attribute) or not_in_repository(instance, declared.unit, attribute)


def identifiers(instance: Instance, declared: Declared, *attributes: str) -> tuple[Value, ...]:
    """Return every way in which references may name an instance: ids written or computed."""
    return tuple({key(value): value for value in names(instance, declared, attributes)}.values())


def account_status(instance: Instance, declared: Declared, attribute: str) -> Value:
    """Return the status of a person whose account an attribute switches off."""
    if instance.mode != "managed":
        return not_in_repository(instance, declared.unit, attribute)
    enabled = text(instance, attribute)
    if enabled in (None, "true", "false"):
        return "suspended" if enabled == "false" else "active"
    return Unknown("whether the account is enabled is not known", instance.place)


def provider_block(instance: Instance, declared: Declared) -> Instance | None:
    """Return the block of the provider that an instance uses; the only one when it names none."""
    blocks = declared.all(instance.type.partition("_")[0], "provider")
    if instance.provider:
        return next((block for block in blocks if block.address == instance.provider), None)
    return blocks[0] if len(blocks) == 1 else None


def stored_in(symbols: Iterable[Value], declared: Declared) -> tuple[tuple[Value, Place], ...]:
    """Return the secrets and parameters of the root module into which one of these computed values is put."""
    wanted = {unknown.symbol for symbol in symbols for unknown in unknowns(symbol)}
    stores: list[tuple[Value, Place]] = []
    for type_, where, attributes in _STORES:
        for instance in declared.all(type_):
            for attribute in attributes:
                value = written(instance, attribute)
                if value is None or not _holds(value, wanted):
                    continue
                target = text(instance, where) if where else None
                if target is None:
                    target = not_in_repository(instance, declared.unit, "arn")
                    if type_ == "aws_ssm_parameter":
                        from iamlint.parse.terraform.computed import arn_of

                        target = arn_of(instance, declared.unit)
                stores.append((target, value.place))
    return tuple(stores)


_STORES = (
    ("aws_secretsmanager_secret_version", "secret_id", ("secret_string", "secret_string_wo")),
    ("aws_ssm_parameter", "", ("value", "value_wo")),
)


def _holds(value: Located, wanted: set[str]) -> bool:
    tree = value.tree if value.tree is not None else value
    if isinstance(tree.value, dict):
        return any(_holds(item, wanted) for item in tree.value.values())
    if isinstance(tree.value, list):
        return any(_holds(item, wanted) for item in tree.value)
    shown = as_text(tree) if not isinstance(tree.value, Unknown) else tree.value
    return shown is not None and any(unknown.symbol in wanted for unknown in unknowns(shown))

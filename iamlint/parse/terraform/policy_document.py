"""`data "aws_iam_policy_document"`: the document that it renders, as a structure whose places are the tokens of the HCL."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iamlint.parse.terraform.located import Located, Perhaps, Sparse, filled, is_partial_list
from iamlint.parse.terraform.merged_document import DEFAULT_VERSION, MergedDocument
from iamlint.parse.terraform.numbers import format_number
from iamlint.source.place import LeftOut, Place
from iamlint.source.problem import Problem
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Unknown, concat, is_known, key, unknowns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ELEMENTS = (
    ("actions", "Action", False),
    ("not_actions", "NotAction", False),
    ("resources", "Resource", True),
    ("not_resources", "NotResource", True),
)


class Rendered(NamedTuple):
    """What a policy document renders, as a structure, and what is wrong with the documents that it merges."""

    tree: Located
    problems: tuple[Problem, ...]


def policy_document(body: Located, place: Place) -> Rendered:
    """Return the document that the data source renders.

    Sources come first, its own statements next, overrides last; a later statement replaces an earlier one with its Sid.
    """
    problems: list[Problem] = []
    merged = MergedDocument(place)
    for source in _documents(body, "source_json", "source_policy_documents"):
        merged.add(source, problems)
    merged.add_own(_own(body, place))
    for override in _documents(body, "override_json", "override_policy_documents"):
        merged.add(override, problems, overriding=True)
    return Rendered(merged.document(), tuple(problems))


def _own(body: Located, place: Place) -> Located:
    """Return the data source's own version, id and statements as a document."""
    version, identifier = _written(body, "version"), _written(body, "policy_id")
    entries: dict[str, Located] = {"Version": version or Located(DEFAULT_VERSION, place)}
    keys: dict[str, Place] = {}
    if version is not None:
        keys["Version"] = _key_place(body, "version", version)
    if identifier is not None:
        entries["Id"] = identifier
    statements = [_statement(block) for block in blocks(body, "statement")]
    entries["Statement"] = Located(statements, place)
    return Located(entries, place, keys=keys)


def _statement(block: Located) -> Located:
    if isinstance(block, Perhaps):
        return block.of(_statement)
    if not isinstance(block.value, dict):
        return block if isinstance(block.value, Unknown) else _unknown("the statement is not known", block.place)
    entries: dict[str, Located] = {}
    keys: dict[str, Place] = {}
    left_out: dict[str, LeftOut] = {}

    def put(name: str, value: Located, written_as: str) -> None:
        entries[name] = value
        keys[name] = _key_place(block, written_as, value)

    sid = _written(block, "sid")
    if sid is not None and sid.value != "":
        put("Sid", sid, "sid")
    effect = _written(block, "effect")
    entries["Effect"] = effect or Located("Allow", block.place)
    if effect is not None:
        keys["Effect"] = _key_place(block, "effect", effect)
    for written, name, has_variables in _ELEMENTS:
        values = _written(block, written)
        if values is not None and values.value == []:
            left_out[name] = LeftOut(written, _key_place(block, written, values), values.place)
        elif values is not None:
            put(name, _scalar_or_list(values, _with_variables if has_variables else None), written)
    for written, name in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        groups = list(blocks(block, written))
        if groups:
            put(name, _principals(groups), written)
    conditions = list(blocks(block, "condition"))
    if conditions:
        put("Condition", _conditions(conditions), "condition")
    return Sparse(entries, block.place, keys, left_out) if left_out else Located(entries, block.place, keys=keys)


def _principals(groups: list[Located]) -> Located:
    entries: dict[str, Located] = {}
    keys: dict[str, Place] = {}
    for group in groups:
        kind, identifiers = _written(group, "type"), _written(group, "identifiers")
        if kind is None or identifiers is None or not isinstance(kind.value, str):
            return _unknown("the principals are not known", group.place, group, kind)
        items = _items(identifiers, _with_variables)
        if kind.value == "*" and len(groups) == 1 and [item.value for item in items] == ["*"]:
            # Rendered as a bare star: a trust policy refuses it, while `AWS` = `*` is accepted.
            return Located("*", items[0].place)
        _gather(entries, keys, kind.value, kind.place, items, identifiers.place)
    return Located({name: _single(item) for name, item in entries.items()}, groups[0].place, keys=keys)


def _conditions(groups: list[Located]) -> Located:
    operators: dict[str, Located] = {}
    operator_keys: dict[str, Place] = {}
    for group in groups:
        test, variable, values = (_written(group, name) for name in ("test", "variable", "values"))
        if test is None or variable is None or values is None:
            return _unknown("a condition is not known", group.place, group)
        context_key = _context_key(variable.value)
        if not isinstance(test.value, str) or context_key is None:
            return _unknown("a condition is not known", group.place, test, variable)
        held = operators.get(test.value)
        if held is None:
            held = operators[test.value] = Located({}, group.place, keys={})
            operator_keys[test.value] = test.place
        assert held.keys is not None
        items = _items(values, _with_variables, ordered=True)
        _gather(held.value, held.keys, context_key, variable.place, items, values.place)
    for held in operators.values():
        held.value = {name: _single(item) for name, item in held.value.items()}
    return Located(operators, groups[0].place, keys=operator_keys)


def _context_key(value: Any) -> str | None:
    """Return a condition key. That of an OIDC provider with an unknown issuer keeps its claim, and the issuer's symbol."""
    if isinstance(value, Text) and isinstance(value.parts[-1], str) and ":" in value.parts[-1]:
        return key(value)
    return value if isinstance(value, str) else None


def _unknown(reason: str, place: Place, *candidates: Located | None) -> Located:
    """Return the unknown that is to blame among the candidates, else one of its own."""
    for candidate in candidates:
        if candidate is not None and isinstance(candidate.value, Unknown):
            return Located(candidate.value, place)
    parts = [part for candidate in candidates if candidate is not None for part in unknowns(candidate.value)]
    return Located(Unknown(f"{reason}: {parts[0].reason}" if parts else reason, place), place)


def _gather(
    entries: dict[str, Located], keys: dict[str, Place], name: str, key_place: Place, items: list[Located], place: Place
) -> None:
    """Add items under a name; blocks with one name are joined."""
    if name in entries:
        entries[name] = Located([*entries[name].value, *items], entries[name].place)
    else:
        entries[name] = Located(items, place)
        keys[name] = key_place


def _single(values: Located) -> Located:
    items = values.value
    return items[0] if isinstance(items, list) and len(items) == 1 else values


def _scalar_or_list(values: Located, change: Callable[[Located], Located] | None) -> Located:
    if not isinstance(values.value, list) and not is_partial_list(values):
        return values
    return _single(Located(_items(values, change), values.place))


def _items(values: Located, change: Callable[[Located], Located] | None = None, *, ordered: bool = False) -> list[Located]:
    """Return the elements of a list; a set's without duplicates and in the provider's order, which is descending."""
    listed = values.spread() if is_partial_list(values) else values.value if isinstance(values.value, list) else [values]
    items = [_as_text(filled(item)) for item in listed]
    if change:
        items = [change(item) for item in items]
    if ordered or len(items) < 2:
        return items
    unique = {key(item.value) if isinstance(item.value, (str, Text, Unknown)) else repr(item.value): item for item in items}
    if not is_known([item.value for item in items]) or not all(isinstance(item.value, str) for item in items):
        return list(unique.values())
    return [unique[text] for text in sorted(unique, reverse=True)]


def _as_text(item: Located) -> Located:
    """Return an element as text: the provider's lists are of texts."""
    if isinstance(item.value, bool):
        return Located("true" if item.value else "false", item.place)
    if isinstance(item.value, (int, float)):
        return Located(format_number(item.value) or str(item.value), item.place)
    return item


def _with_variables(item: Located) -> Located:
    """Return the text with `&{…}`, which Terraform needs for policy variables, as the `${…}` that IAM reads."""
    value = item.value
    if isinstance(value, str):
        return Located(value.replace("&{", "${"), item.place) if "&{" in value else item
    if isinstance(value, Text):
        return Located(concat(part.replace("&{", "${") if isinstance(part, str) else part for part in value.parts), item.place)
    return item


def blocks(body: Located, name: str) -> Iterator[Located]:
    """Yield the nested blocks of a type; one unknown stands for blocks that cannot be known."""
    found = body.get(name)
    if found is None or found.value is None:
        return
    if is_partial_list(found):
        yield from found.possible()
    elif isinstance(found.value, list):
        yield from found.value
    else:
        yield found


def _written(body: Located, name: str) -> Located | None:
    found = body.get(name)
    return None if found is None or found.value is None else filled(found)


def _key_place(body: Located, name: str, value: Located) -> Place:
    return (body.keys or {}).get(name, value.place)


def _documents(body: Located, single: str, several: str) -> Iterator[Located]:
    one = _written(body, single)
    if one is not None:
        yield one
    yield from blocks(body, several)

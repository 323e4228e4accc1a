"""What policies of Vault permit, by their names: from text, JSON or `vault_policy_document`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from iamlint.model.vault import PathRule
from iamlint.parse.terraform.attributes import nested, place_of, text, texts
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.references import found
from iamlint.source.place import Place
from iamlint.source.problem import Unresolved
from iamlint.source.regex import regex
from iamlint.source.value import Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_RULE = regex(r"\bpath\s+\"([^\"]+)\"\s*\{((?:[^{}\"]|\"[^\"\n]*\"|\{[^{}]*\})*)\}")
_CAPABILITIES = regex(r"capabilities\s*=\s*\[([^\]]*)\]")
_SHORT = regex(r"(?m)^\s*policy\s*=\s*\"(\w+)\"")
_COMMENT = regex(r"(?m)(?:(?<=\s)|^)(?:#|//).*$|/\*[\s\S]*?\*/")

_SHORTHAND = {
    "read": frozenset({"read", "list"}),
    "write": frozenset({"create", "read", "update", "delete", "list"}),
    "sudo": frozenset({"create", "read", "update", "delete", "list", "sudo"}),
    "deny": frozenset({"deny"}),
}
"""What `policy = "read"` in a rule stands for, which older policies say in place of capabilities."""


def rules_of(names: Iterable[tuple[Value, Place]], declared: Declared) -> tuple[tuple[PathRule, ...], bool]:
    """Return the rules of policies together, and whether the repository holds all of them; the coverage says which it lacks."""
    rules: list[PathRule] = []
    whole = True
    for name, place in names:
        if name == "default":
            continue
        policy = found(declared, ("vault_policy",), name, ("name", "id"))
        read = list(_rules(policy, declared)) if policy is not None else [None]
        rules += [rule for rule in read if rule is not None]
        if None in read:
            whole = False
            declared.facts.unresolved.append(Unresolved("what a policy of Vault permits is not in the repository", place))
    return tuple(rules), whole


def _rules(policy: Instance, declared: Declared) -> Iterator[PathRule | None]:
    """Yield the rules of a policy, None where it is not known."""
    held = text(policy, "policy")
    place = place_of(policy, "policy")
    if isinstance(held, str):
        if held.lstrip().startswith("{"):
            yield from _of_json(held, place)
            return
        for match in _RULE.finditer(_COMMENT.sub("", held)):
            listed, short = _CAPABILITIES.search(match[2]), _SHORT.search(match[2])
            capabilities = frozenset(re.findall(r"\w+", listed[1])) if listed is not None else frozenset[str]()
            if listed is None and short is not None:
                capabilities = _SHORTHAND.get(short[1], capabilities)
            yield PathRule(match[1].strip("/"), capabilities, place)
        return
    document = found(declared, ("vault_policy_document",), held, ("hcl",))
    if document is None:
        yield None
        return
    for rule in nested(document, "rule"):
        path = text(rule, "path") if not isinstance(rule.value, Unknown) else None
        given = texts(rule, "capabilities")
        if not isinstance(path, str) or not all(isinstance(one, str) for one, _ in given):
            yield None
            continue
        yield PathRule(path.strip("/"), frozenset(str(one) for one, _ in given), rule.place)


def _of_json(text: str, place: Place) -> Iterator[PathRule | None]:
    """Yield the rules of a policy that is written as JSON: `{"path": {"secret/*": {"capabilities": ["read"]}}}`."""
    from iamlint.source.read_json import read_json

    value: Any = read_json(text.encode("utf-8", "replace"), "").value
    blocks = value.get("path") if isinstance(value, dict) else None
    for block in blocks if isinstance(blocks, list) else [blocks]:
        if not isinstance(block, dict):
            yield None
            continue
        for path, rule in block.items():
            for one in rule if isinstance(rule, list) else [rule]:
                listed = one.get("capabilities") if isinstance(one, dict) else None
                if not isinstance(listed, list):
                    yield None
                    continue
                yield PathRule(str(path).strip("/"), frozenset(str(word) for word in listed), place)

"""Grafana's settings of single sign-on that give roles: the static subset of `role_attribute_path`, and `org_mapping`.

Read are alternatives (`||`) that each give a role in quotes, alone or behind one test of a group (`contains(groups[*], 'x')`)
or of an equal value (`role == 'x'`). The first that holds decides; whatever else is written is not known.
"""

from __future__ import annotations

import re

from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex

ROLES = {"GrafanaAdmin": "Grafana Admin", "Admin": "Admin", "Editor": "Editor", "Viewer": "Viewer", "None": "None"}
_ORDER = ("None", "Viewer", "Editor", "Admin", "Grafana Admin")

_CONTAINS = regex(r"contains\(\s*([A-Za-z_][\w.\-]*|\"[^\"]+\")(?:\[\*?\])?\s*,\s*'([^']*)'\s*\)")
_EQUALS = regex(r"([A-Za-z_][\w.\-]*|\"[^\"]+\")\s*==\s*'([^']*)'")
_QUOTED = regex(r"'([^']*)'")


class RoleRule(NamedTuple):
    """One alternative: whoever's `attribute` holds `value` gets `role`; whoever signs in where both are None.

    `condition` says in words which earlier alternative, with a lesser role, must not hold.
    """

    attribute: str | None
    value: str | None
    role: str
    condition: str | None = None


def read_role_path(expression: str) -> list[RoleRule] | None:
    """Return the alternatives of a `role_attribute_path`, None for one that is not of the static subset."""
    found: list[RoleRule] = []
    for part in _split(expression, "||"):
        pieces = [_bare(piece) for piece in _split(_bare(part), "&&")]
        role = _QUOTED.fullmatch(pieces[-1])
        if role is None or role[1] not in ROLES or len(pieces) > 2:
            return None
        name = ROLES[role[1]]
        earlier = [rule for rule in found if _ORDER.index(rule.role) < _ORDER.index(name)]
        if len(pieces) == 1:
            found.append(RoleRule(None, None, name, _unless(earlier)))
            break
        for test in _split(pieces[0], "||") if "||" in pieces[0] else [pieces[0]]:
            match = _CONTAINS.fullmatch(_bare(test)) or _EQUALS.fullmatch(_bare(test))
            if match is None:
                return None
            found.append(RoleRule(match[1].strip('"'), match[2], name, _unless(earlier)))
    return found


def _unless(earlier: list[RoleRule]) -> str | None:
    names = [f"`{rule.value}`" for rule in earlier if rule.value is not None]
    return f"{' or '.join(names)} does not hold before" if names else None


def _bare(text: str) -> str:
    text = text.strip()
    while text.startswith("(") and text.endswith(")") and _closes_at_end(text):
        text = text[1:-1].strip()
    return text


def _closes_at_end(text: str) -> bool:
    depth = 0
    for index, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return index == len(text) - 1
    return False


def _split(text: str, operator: str) -> list[str]:
    """Split a text at an operator that stands in no parentheses and no quotes."""
    parts, depth, quoted, start, index = [], 0, "", 0, 0
    while index < len(text):
        character = text[index]
        if quoted:
            quoted = "" if character == quoted else quoted
        elif character in "'\"`":
            quoted = character
        elif character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif depth == 0 and text.startswith(operator, index):
            parts.append(text[start:index])
            index += len(operator)
            start = index
            continue
        index += 1
    return [*parts, text[start:]]


class OrganizationRule(NamedTuple):
    """One entry of `org_mapping`: `group` None means everybody, `organization` None every organization."""

    group: str | None
    organization: str | None
    role: str


def read_org_mapping(text: str) -> list[OrganizationRule] | None:
    """Return the entries of an `org_mapping` (`group:org:role`, separated by commas or spaces); None where one cannot be read."""
    found: list[OrganizationRule] = []
    for entry in _entries(text):
        parts = [part.replace("\0", ":") for part in entry.replace("\\:", "\0").split(":")]
        if len(parts) not in (2, 3) or (len(parts) == 3 and parts[2] not in ROLES):
            return None
        role = ROLES[parts[2]] if len(parts) == 3 else "Viewer"
        found.append(OrganizationRule(parts[0] if parts[0] != "*" else None, parts[1] if parts[1] != "*" else None, role))
    return found


def _entries(text: str) -> list[str]:
    stripped = text.strip()
    if stripped.startswith("["):
        return re.findall(r'"((?:[^"\\]|\\.)*)"', stripped)
    return [entry for entry in re.split(r"[,\s]+", stripped) if entry]


def words(text: str) -> list[str]:
    """Return the words of a list that is separated by commas or spaces."""
    return _entries(text)

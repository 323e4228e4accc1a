"""Role mappings and bindings as Terraform, in the layout of `terraform fmt`, or as Terraform's JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_IDENTIFIER = regex(r"[A-Za-z_][A-Za-z0-9_-]*")
_WORDS = frozenset({"for", "if", "in", "true", "false", "null"})
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class RenderedMapping(NamedTuple):
    """One `mapping` block: who presents `attribute` = `value` gets these roles; `project_roles` by project."""

    attribute: str
    value: str
    organization_role: str
    project_roles: tuple[tuple[str, str], ...] = ()


class RenderedBinding(NamedTuple):
    """One `lightstep_user_role_binding`. `note` is said above it."""

    role: str
    project: str | None
    users: tuple[str, ...]
    note: str = ""


class Rendered(NamedTuple):
    """What one document of the manifest comes to. `name` is the label of the mappings' resource."""

    name: str
    mappings: tuple[RenderedMapping, ...]
    bindings: tuple[RenderedBinding, ...]


def hcl(rendered: Rendered, source: str) -> str:
    """Return the Terraform file, as `terraform fmt` leaves it. `source` is the manifest's path."""
    blocks = [f"# {_header(source)}\n"]
    if rendered.mappings:
        lines = [f'resource "lightstep_saml_group_mappings" {quoted(rendered.name)} {{']
        for index, mapping in enumerate(rendered.mappings):
            lines += [""] if index else []
            lines += _mapping(mapping)
        blocks.append("\n".join([*lines, "}"]) + "\n")
    for label, binding in _labelled(rendered.bindings):
        note = [f"# {_one_line(binding.note)}"] if binding.note else []
        fields = [("project", quoted(binding.project))] if binding.project is not None else []
        fields += [("role", quoted(binding.role))]
        lines = [*note, f'resource "lightstep_user_role_binding" {quoted(label)} {{']
        if len(binding.users) > 1:
            lines += _aligned(fields, "  ")
            lines += ["  users = [", *(f"    {quoted(user)}," for user in binding.users), "  ]"]
        else:
            lines += _aligned([*fields, ("users", f"[{', '.join(map(quoted, binding.users))}]")], "  ")
        blocks.append("\n".join([*lines, "}"]) + "\n")
    return "\n".join(blocks)


def _mapping(mapping: RenderedMapping) -> list[str]:
    lines = ["  mapping {", "    match {"]
    lines += _aligned([("attribute_key", quoted(mapping.attribute)), ("attribute_value", quoted(mapping.value))], "      ")
    lines += ["    }", "", "    roles {", f"      organization_role = {quoted(mapping.organization_role)}"]
    if mapping.project_roles:
        roles = [(_key(project), quoted(role)) for project, role in mapping.project_roles]
        lines += ["      project_roles = {", *_aligned(roles, "        "), "      }"]
    return [*lines, "    }", "  }"]


def _aligned(fields: Sequence[tuple[str, str]], indent: str) -> list[str]:
    """Return attributes of one line each with their equals signs in one column."""
    width = max((_columns(name) for name, _ in fields), default=0)
    return [f"{indent}{name}{' ' * (width - _columns(name))} = {value}" for name, value in fields]


def _columns(text: str) -> int:
    """Return how many columns `terraform fmt` counts for a text: what a reader takes for one character is one."""
    from unicodedata import combining

    return sum(1 for character in text if not combining(character))


def _key(text: str) -> str:
    return text if _IDENTIFIER.fullmatch(text) and text not in _WORDS else quoted(text)


def quoted(text: str) -> str:
    """Return a text as an HCL string: nothing in it is a template or ends it."""
    written = "".join(
        _ESCAPES.get(character) or (character if character.isprintable() else _code(character)) for character in text
    )
    return '"' + _literal(written) + '"'


def _literal(text: str) -> str:
    """Return a text in which no template begins."""
    return re.sub(r"([$%])(?=\{)", r"\1\1", text)


def _code(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _header(source: str) -> str:
    return f"Written by `iamlint sync` from {_one_line(source)}: change that file, and run it again."


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def _labelled(bindings: Iterable[RenderedBinding]) -> list[tuple[str, RenderedBinding]]:
    """Return the bindings with the labels of their resources, which say role and project and are different."""
    taken: set[str] = set()
    found = []
    for binding in bindings:
        words = f"{binding.role} {binding.project}" if binding.project is not None else binding.role
        label = base = slug(words)
        number = 2
        while label in taken:
            label, number = f"{base}_{number}", number + 1
        taken.add(label)
        found.append((label, binding))
    return found


def slug(text: str) -> str:
    """Return a text as a label of a resource: lower-case letters, digits and underscores."""
    word = "_".join(re.findall(r"[a-z0-9]+", text.lower()))
    return word if word[:1].isalpha() else f"_{word}"


def tf_json(rendered: Rendered, source: str) -> str:
    """Return the same as a `.tf.json` file."""
    resources: dict[str, dict[str, Any]] = {}
    if rendered.mappings:
        mappings = [_json_mapping(mapping) for mapping in rendered.mappings]
        resources["lightstep_saml_group_mappings"] = {rendered.name: {"mapping": mappings}}
    for label, binding in _labelled(rendered.bindings):
        fields: dict[str, Any] = {"//": binding.note} if binding.note else {}
        if binding.project is not None:
            fields["project"] = _literal(binding.project)
        fields |= {"role": _literal(binding.role), "users": [_literal(user) for user in binding.users]}
        resources.setdefault("lightstep_user_role_binding", {})[label] = fields
    document: Mapping[str, Any] = {"//": _header(source), "resource": resources}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _json_mapping(mapping: RenderedMapping) -> dict[str, Any]:
    roles: dict[str, Any] = {"organization_role": _literal(mapping.organization_role)}
    if mapping.project_roles:
        roles["project_roles"] = {_literal(project): _literal(role) for project, role in mapping.project_roles}
    match = {"attribute_key": _literal(mapping.attribute), "attribute_value": _literal(mapping.value)}
    return {"match": [match], "roles": [roles]}

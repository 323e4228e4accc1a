"""What Lightstep's public API answers about role mappings, role bindings and projects, kept in files.

`GET /saml-group-mappings` answers all mappings of an organization, `GET /role-binding` who holds one role in one project or
in the organization, `GET /projects` the projects; of `GET /users` only that there is a list is known. A file may hold one
answer, or a list of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamlint.model.estate import Facts
from iamlint.model.telemetry import LIVE, RoleBinding, RoleGrant, ScopeMapping, TelemetryProject
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry, all_alike, entries_of
from iamlint.parse.telemetry.grants import role_grant
from iamlint.parse.telemetry.lightstep import VENDOR
from iamlint.source.place import Origin, Place
from iamlint.source.problem import Unresolved
from iamlint.source.regex import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

KIND = "lightstep-export"

_PROJECT = regex(r"/public/v[\d.]+/[^/?#]+/projects/[^/?#]+$")
_USER = regex(r"/public/v[\d.]+/[^/?#]+/users/[^/?#]+$")
_SELF = regex(r"/public/v[\d.]+/([^/?#]+)(?:/|$)")


def is_lightstep_export(value: Any) -> bool:
    """Return whether a document holds answers about role mappings, bindings or projects."""
    answers = value if isinstance(value, list) else [value]
    return all_alike(answers, lambda item: isinstance(item, dict) and any(_bodies(item)))


def parse_lightstep_export(value: Any, origin: Origin, context: Context) -> Facts:
    """Return the mappings, bindings and projects of a document."""
    facts = Facts(context.unit, KIND, (origin.path,))
    listed: Place | None = None
    for entry in entries_of(value, origin):
        for item, attributes in _objects(entry):
            organization = _organization(item) or _organization(entry)
            if "mappings" in attributes.value:
                for mapping in attributes.entries("mappings"):
                    _add_mapping(mapping, organization, facts)
            elif "role-name" in attributes.value:
                _add_binding(attributes, organization, facts)
            elif _is_link(item.value, _USER):
                listed = listed or item.place
            elif _is_link(item.value, _PROJECT) and (name := attributes.text("name")) is not None:
                facts.add(TelemetryProject(VENDOR, name, attributes.at("name"), facts.unit, organization=organization))
    if listed is not None:
        reason = "Lightstep's list of users says nothing of their roles; export the role bindings, too"
        facts.unresolved.append(Unresolved(reason, listed))
    facts.resolved += len(facts.items)
    return facts


def _bodies(answer: dict[Any, Any]) -> Iterator[bool]:
    data = answer.get("data")
    for item in data if isinstance(data, list) else [data]:
        attributes = item.get("attributes", item) if isinstance(item, dict) else None
        if not isinstance(item, dict) or not isinstance(attributes, dict):
            continue
        mappings = attributes.get("mappings")
        is_list = isinstance(mappings, list) and all(isinstance(one, dict) and "saml-attribute-key" in one for one in mappings)
        if (
            is_list
            or (isinstance(attributes.get("role-name"), str) and isinstance(attributes.get("users"), list))
            or (isinstance(attributes.get("name"), str) and _is_link(item, _PROJECT))
            or _is_link(item, _USER)
        ):
            yield True


def _is_link(item: dict[Any, Any], pattern: re.Pattern[str]) -> bool:
    links = item.get("links")
    link = links.get("self") if isinstance(links, dict) else None
    return isinstance(link, str) and pattern.search(link) is not None


def _answers(value: Any, origin: Origin) -> Iterator[Entry]:
    if isinstance(value, list):
        yield from (Entry(item, origin, (index,)) for index, item in enumerate(value) if isinstance(item, dict))
    elif isinstance(value, dict):
        yield Entry(value, origin)


def _objects(answer: Entry) -> Iterator[tuple[Entry, Entry]]:
    """Yield the objects of an answer with their attributes, which the answer to a `POST` holds directly."""
    data = answer.mapping("data")
    for item in [data] if data is not None else answer.entries("data"):
        yield item, item.mapping("attributes") or item


def _organization(entry: Entry) -> str | None:
    links = entry.mapping("links")
    found = _SELF.search(links.text("self") or "") if links is not None else None
    return found[1] if found else None


def _add_mapping(entry: Entry, organization: str | None, facts: Facts) -> None:
    attribute, value = entry.text("saml-attribute-key"), entry.text("saml-attribute-value")
    if attribute is None or value is None:
        return
    grants: list[RoleGrant] = []
    if (role := entry.text("organization-role")) is not None:
        grants.append(role_grant(VENDOR, role, entry.at("organization-role")))
    roles = entry.mapping("project-roles")
    for project in roles.value if roles is not None else ():
        if roles is not None and isinstance(project, str) and (role := roles.text(project)) is not None:
            grants.append(role_grant(VENDOR, role, roles.at(project), project, roles.at(project, part="key")))
    place = entry.at("saml-attribute-value")
    facts.add(
        ScopeMapping(VENDOR, organization, attribute, value, tuple(grants), entry.place, facts.unit, _resource(entry), place)
    )


def _add_binding(entry: Entry, organization: str | None, facts: Facts) -> None:
    role = entry.text("role-name")
    if role is None:
        return
    project = entry.text("project-name")
    grant = role_grant(VENDOR, role, entry.at("role-name"), project, entry.at("project-name") if project else None)
    users = tuple(entry.texts("users"))
    facts.add(RoleBinding(VENDOR, organization, grant, users, entry.at("role-name"), facts.unit, _resource(entry)))


def _resource(entry: Entry) -> str:
    return f"{LIVE}{entry.place.path}"

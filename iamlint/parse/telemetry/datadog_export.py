"""What Datadog's API answers about mappings and teams, kept in files.

`GET /api/v2/authn_mappings` answers all mappings with the roles that they name, `GET /api/v2/team` the teams, and
`GET /api/v2/team/{id}/memberships` the members of one. Which roles users have is not read: whether a mapping gave them is not
in the answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.estate import Facts
from iamlint.model.identity import Group, Membership
from iamlint.model.telemetry import LIVE, ScopeMapping
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry, all_alike
from iamlint.parse.telemetry.datadog import VENDOR
from iamlint.parse.telemetry.grants import role_grant
from iamlint.source.place import Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

KIND = "datadog-export"
_TYPES = frozenset({"authn_mappings", "team", "team_memberships"})


def is_datadog_export(value: Any) -> bool:
    """Return whether a document is an answer about mappings, teams or members of a team."""
    return isinstance(value, dict) and all_alike(value.get("data"), _is_known)


def _is_known(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("type"), str) and item["type"] in _TYPES


def parse_datadog_export(value: Any, origin: Origin, context: Context) -> Facts:
    """Return the mappings, teams and members of a document."""
    facts = Facts(context.unit, KIND, (origin.path,))
    answer = Entry(value, origin)
    beside = {(one.text("type"), one.text("id")): one.mapping("attributes") for one in answer.entries("included")}
    for item in answer.entries("data"):
        attributes = item.mapping("attributes")
        kind = item.text("type")
        if kind == "authn_mappings" and attributes is not None:
            _add_mapping(item, attributes, beside, facts)
        elif kind == "team" and attributes is not None:
            _add_team(item, attributes, facts)
        elif kind == "team_memberships":
            _add_member(item, beside, facts)
    for (kind, identifier), attributes in beside.items():
        if kind == "team" and attributes is not None and identifier is not None:
            _add_team(attributes, attributes, facts, identifier)
    facts.resolved += len(facts.items)
    return facts


_Beside = dict[tuple[str | None, str | None], Entry | None]


def _related(item: Entry, name: str) -> Iterator[str]:
    """Yield the id of what an object is related to."""
    relationships = item.mapping("relationships")
    related = relationships.mapping(name) if relationships is not None else None
    data = related.mapping("data") if related is not None else None
    if data is not None and (identifier := data.text("id")) is not None:
        yield identifier


def _add_mapping(item: Entry, attributes: Entry, beside: _Beside, facts: Facts) -> None:
    attribute, mapped = attributes.text("attribute_key"), attributes.text("attribute_value")
    if attribute is None or mapped is None:
        return
    place = attributes.at("attribute_value")
    grants = []
    for identifier in _related(item, "role"):
        role = beside.get(("roles", identifier))
        name = role.text("name") if role is not None else None
        if role is None or name is None:
            return  # which role it is stands in another answer
        grants.append(role_grant(VENDOR, name, role.at("name")))
    team = next(_related(item, "team"), None)
    resource = f"{LIVE}{item.place.path}"
    facts.add(ScopeMapping(VENDOR, None, attribute, mapped, tuple(grants), item.place, facts.unit, resource, place, team=team))


def _add_team(item: Entry, attributes: Entry, facts: Facts, identifier: str | None = None) -> None:
    handle = attributes.text("handle") or attributes.text("name")
    identifier = identifier or item.text("id")
    if handle is not None:
        ids = (identifier,) if identifier is not None else ()
        facts.add(Group(VENDOR, handle, attributes.at("handle"), facts.unit, ids=ids))


def _add_member(item: Entry, beside: _Beside, facts: Facts) -> None:
    for team in _related(item, "team"):
        for identifier in _related(item, "user"):
            user = beside.get(("users", identifier))
            email = user.text("email") if user is not None else None
            place = user.at("email") if user is not None and email is not None else item.place
            facts.add(Membership(VENDOR, team, email or identifier, "user", place, facts.unit, exclusive=True))

"""Keys and tokens: what they open, who holds them, and how old they are at the day of the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.elements import EdgeKind, Node, NodeKind
from iamlint.model.aws import AccessKey
from iamlint.model.identity import Person
from iamlint.model.sign_in import Credential, Rotation
from iamlint.model.telemetry import TelemetryCredential
from iamlint.parse.telemetry.lightstep import EXPIRES_AFTER_DAYS
from iamlint.report.answers import Answers
from iamlint.source.value import key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_OPENING = (EdgeKind.SCOPED_TO, EdgeKind.GRANTS, EdgeKind.MAY_BECOME, EdgeKind.HOLDS, EdgeKind.MAY_ASSUME)


def credentials(graph: AccessGraph, answers: Answers, as_of: str, limit: int) -> list[dict[str, Any]]:
    """Return every credential that the repository knows, with its age in days; `limit` is the oldest it may become."""
    today = _day(as_of)
    rotations = {key(item.secret): item.days for item in graph.estate.all(Rotation)}
    found = []
    for node in graph.nodes(NodeKind.CREDENTIAL):
        facts = [fact for fact in node.facts if isinstance(fact, (TelemetryCredential, AccessKey, Credential))]
        fact = facts[0] if facts else None
        file, line = answers.where(node.place)
        dates = _dates(fact, rotations)
        found.append(
            {
                "name": node.id,
                "kind": getattr(fact, "kind", None),
                "opens": sorted({edge.target.id for edge in graph.out_edges(node, *_OPENING)}),
                "held_by": sorted({edge.source.id for edge in graph.in_edges(node, EdgeKind.HOLDS)}),
                "readable_by": sorted({edge.source.id for edge in graph.in_edges(node, EdgeKind.MAY_READ_SECRET)}),
                "stored_in": sorted({edge.target.id for edge in graph.out_edges(node, EdgeKind.STORED_IN)}),
                "owner": node.team.value if node.team is not None else None,
                "environment": node.environment.value if node.environment is not None else None,
                **_age(dates, today, limit),
                "file": file,
                "line": line,
            }
        )
    return found


def _dates(fact: Any, rotations: Mapping[str, int | None]) -> dict[str, Any]:
    created, rotated, expires = (getattr(fact, name, None) for name in ("created", "last_rotated", "expires"))
    every = getattr(fact, "rotated_every", None)
    by_itself = every is not None
    if isinstance(fact, TelemetryCredential):
        stored = [key(where) for where, _ in fact.stored_in]
        rotating = [name for name in rotations if any(_is_same_secret(name, where) for where in stored)]
        by_itself = bool(rotating)
        every = rotations[rotating[0]] if rotating else None
        start = _day(rotated or created)
        if expires is None and start is not None and fact.kind in EXPIRES_AFTER_DAYS:
            expires = (start + timedelta(days=EXPIRES_AFTER_DAYS[fact.kind])).isoformat()
    return {
        "created": created[:10] if created else None,
        "last_rotated": rotated[:10] if rotated else None,
        "expires": expires[:10] if expires else None,
        "rotated_by_itself": by_itself,
        "rotated_every_days": every,
    }


def _is_same_secret(one: str, other: str) -> bool:
    """Return whether two names are of one secret: Secrets Manager ends its ARN with a dash and six characters of its own."""
    short, long = sorted((one, other), key=len)
    rest = long[len(short) :] if long.startswith(short) else None
    return rest is not None and (not rest or (rest[0] == "-" and (len(rest) == 7 or rest[1:2] == "⟨")))


def _age(dates: dict[str, Any], today: date | None, limit: int) -> dict[str, Any]:
    """Return the dates with the age and the state: `expired`, `over the limit`, `within the limit`, `rotated`, or `unknown`."""
    since = _day(dates["last_rotated"] or dates["created"])
    end = _day(dates["expires"])
    days = (today - since).days if today is not None and since is not None else None
    every = dates["rotated_every_days"]
    if today is not None and end is not None and end < today:
        state = "expired"
    elif days is not None:
        state = "over the limit" if days > limit else "within the limit"
    elif dates["rotated_by_itself"] and (every is None or every <= limit):
        state = "rotated by itself"
    else:
        state = "unknown"
    return dates | {"age_days": days, "limit_days": limit, "state": state}


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def people(graph: AccessGraph) -> Iterator[dict[str, Any]]:
    """Yield each person with the state of the account, and how much the person reaches: who has left must reach nothing."""
    reached_kinds = (NodeKind.PROJECT, NodeKind.ROLE)
    closure = graph.closure([node for kind in reached_kinds for node in graph.nodes(kind)])
    for node in graph.nodes(NodeKind.USER):
        states = sorted(
            {key(fact.status) if isinstance(fact.status, str) else "unknown" for fact in node.facts if isinstance(fact, Person)}
        )
        if states or (not node.declared and "@" in node.id and "⟨" not in node.id):
            reached = closure.reached(node)
            projects = [item.id for item in reached if item.kind is NodeKind.PROJECT]
            roles = [item.id for item in reached if item.kind is NodeKind.ROLE]
            yield {
                "id": node.id, "status": states[0] if len(states) == 1 else "unknown" if not states else "several",
                "in_identity_provider": node.declared, "groups": _groups(graph, node), "projects": projects, "roles": roles,
            }  # fmt: skip


def _groups(graph: AccessGraph, node: Node) -> list[str]:
    return sorted({group.id for group in graph.groups_of(node, unknown=True)})

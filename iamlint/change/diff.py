"""Two access graphs: who gained and who lost what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iamlint.change.aws_rows import State, document_rows, identity_rows
from iamlint.change.canonical import Canon
from iamlint.change.graph_rows import Reaches, changed_nodes, graph_rows
from iamlint.change.names import same_nodes
from iamlint.change.rows import AccessDiff, Row
from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.elements import EdgeKind
from iamlint.model.policy import Policy

_MOST_TOGETHER = 1_000


def access_diff(old: AccessGraph, new: AccessGraph, renamed: Mapping[str, str] | None = None) -> AccessDiff:
    """Return what changed from old to new. `renamed` leads from old paths of units to new ones."""
    pool: dict[tuple[object, ...], Policy] = {}
    old_canon, new_canon = Canon(renamed or {}, pool), Canon({}, pool)
    before = State(old, old_canon, same_nodes(old, new, old_canon))
    after = State(new, new_canon, None)
    gained, unknown = _beyond(after, before)
    lost, unsure = ([row._replace(is_old=True) for row in rows] for rows in _beyond(before, after))
    both = {row.about for row in unknown}
    unknown += [row for row in unsure if row.about not in both]
    return AccessDiff(
        tuple(_together(gained, after)), tuple(_together(lost, before)), tuple(sorted(unknown, key=lambda row: row.order))
    )


def _beyond(more: State, less: State) -> tuple[list[Row], list[Row]]:
    """Return what the first side has and the second has not, and what could not be decided."""
    names = changed_nodes(more, less)
    here, there = Reaches(more), Reaches(less)
    steps = list(graph_rows(here, there, names))
    policies = list(identity_rows(more, less))
    documents = list(document_rows(more, less))
    steps = [item for item in steps if not _is_said(item[1], policies)]
    links = {(row.principal, row.resource) for _, row in steps}
    documents = [item for item in documents if (item[1].principal, item[1].resource) not in links]
    sure: dict[tuple[str, ...], Row] = {}
    unsure: dict[tuple[str, ...], Row] = {}
    for is_sure, row in (*steps, *policies, *documents):
        (sure if is_sure else unsure).setdefault((*row.about, row.condition or ""), row)
    return list(sure.values()), list(unsure.values())


def _is_said(row: Row, policies: Iterable[tuple[bool, Row]]) -> bool:
    """Return whether a row of the graph only repeats that an identity's own policies changed: that it may read a secret."""
    edge = row.path[-1]
    if edge.kind is not EdgeKind.MAY_READ_SECRET or not row.resource.startswith("resource:") or len(row.path) > 1:
        return False
    return any(other.principal == row.principal for _, other in policies)


def _together(rows: list[Row], state: State) -> list[Row]:
    """Return the rows sorted, people with the same rows and the same groups as one class."""
    by_person: dict[str, list[Row]] = {}
    found: list[Row] = []
    for row in sorted(rows, key=lambda row: row.order):
        node = state.by_name.get(row.principal)
        if row.principal.startswith("user:") and "arn:" not in row.principal and node is not None and node.declared:
            by_person.setdefault(row.principal, []).append(row)
        else:
            found.append(row)
    classes: dict[tuple[object, ...], list[str]] = {}
    for person, own in by_person.items():
        said = tuple((row.action, row.resource, row.scope, row.condition) for row in own)
        groups = tuple(sorted(edge.target.id for edge in state.graph.out_edges(state.by_name[person], EdgeKind.MEMBER_OF)))
        classes.setdefault((said, groups), []).append(person)
    for people in classes.values():
        for at in range(0, len(people), _MOST_TOGETHER):
            names = people[at : at + _MOST_TOGETHER]
            found += [row._replace(principal=", ".join(names)) for row in by_person[names[0]]]
    return sorted(found, key=lambda row: row.order)

"""Lists of memberships: the graph is the one that their memberships make one by one."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from copy import copy

import pytest

from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.edge_list import Edges
from iamlint.graph.elements import Certainty, Edge, EdgeKind, Node, NodeKind
from iamlint.graph.link import build_graph
from iamlint.model.estate import Estate
from iamlint.model.identity import Membership, MembershipList
from iamlint.project.memory import memory_session
from iamlint.source.place import Place

SCIM = "urn:ietf:params:scim:schemas:core:2.0:"


def a_directory(dice: random.Random) -> dict[str, str]:
    """Return exports of a few people and groups, who name one another in both directions, and telemetry behind the groups."""
    people = [f"u{number}" for number in range(dice.randrange(1, 9))]
    groups = [f"g{number}" for number in range(dice.randrange(1, 6))]

    def some(names: list[str]) -> list[str]:
        return dice.sample(names, dice.randrange(len(names) + 1))

    def user(name: str) -> dict[str, object]:
        listed: list[object] = [{"value": group} for group in some([*groups, "ghost"])]
        if dice.random() < 0.3:
            listed.insert(0, {"display": "without a value"})
        if dice.random() < 0.2:
            listed += listed[-1:]
        known = {"emails": [{"value": f"{name}@acme.example"}]} if dice.random() < 0.8 else {}
        return {
            "schemas": [f"{SCIM}User"],
            "id": name,
            "userName": name,
            "active": dice.random() < 0.8,
            "groups": listed,
            **known,
        }

    def group(name: str) -> dict[str, object]:
        kinds: list[dict[str, str]] = [{}, {"type": "User"}, {"type": "Group"}]
        members = [{"value": member, **dice.choice(kinds)} for member in some([*people, *groups, "nobody"])]
        return {"schemas": [f"{SCIM}Group"], "id": name, "displayName": f"the-{name}", "members": members}

    mapped = "".join(
        f"  - {{attribute: member_of, value: the-{name}, project_roles: {{p: Project Viewer}}}}\n" for name in groups
    )
    files = {
        "acme.access.yaml": "apiVersion: iamlint/v1\nkind: Telemetry\nvendor: lightstep\norganization: acme\n"
        f"projects: [{{name: p}}]\nmappings:\n{mapped}",
        "okta/users.json": json.dumps([user(name) for name in people]),
        "okta/groups.json": json.dumps([group(name) for name in groups]),
    }
    if dice.random() < 0.5:
        declared = "".join(f"  - {{email: {name}@acme.example, status: active, groups: {some(groups)}}}\n" for name in people)
        files["people.access.yaml"] = f"apiVersion: iamlint/v1\nkind: Identities\nprovider: okta\nusers:\n{declared}"
    return files


def taken_apart(estate: Estate) -> Estate:
    """Return the same estate with every membership as a value of its own."""
    units = []
    for facts in estate.units:
        single = copy(facts)
        single.items = [one for item in facts.items for one in (item.singles() if isinstance(item, MembershipList) else (item,))]
        units.append(single)
    return Estate(units)


def answers(graph: AccessGraph) -> Iterator[str]:
    """Yield everything that can be asked of a graph, as text."""
    yield from (repr((node.number, node.id, node.place, node.declared)) for node in graph.nodes())
    yield from map(repr, graph.edges())
    yield from map(repr, graph.unresolved)
    closure = graph.closure(graph.nodes(NodeKind.PROJECT))
    for node in graph.nodes():
        yield repr((node.id, graph.out_edges(node), graph.in_edges(node), graph.out_edges(node, EdgeKind.MAPPED_TO)))
        yield repr((graph.reach(node), graph.reached_by(node), closure.bits(node)))


@pytest.mark.parametrize("seed", range(40))
def test_a_list_is_what_its_memberships_are(seed: int) -> None:
    estate = memory_session(a_directory(random.Random(seed))).estate
    single = taken_apart(estate)
    assert single.all(Membership) == estate.all(Membership)
    assert list(answers(build_graph(estate))) == list(answers(build_graph(single)))


def test_directories_are_kept_as_lists() -> None:
    """The test above compares something."""
    kept = [memory_session(a_directory(random.Random(seed))).estate.kept(Membership) for seed in range(40)]
    lists = [item for items in kept for item in items if isinstance(item, MembershipList)]
    assert {(item.group is None, bool(item.indices)) for item in lists} >= {(True, False), (True, True), (False, False)}
    assert any(isinstance(item, Membership) for items in kept for item in items)


def _nodes() -> tuple[Node, Node, Node, Node]:
    made = [
        Node(number, name, NodeKind.GROUP if name.startswith("group") else NodeKind.USER, name, None, True)
        for number, name in enumerate(("group:a", "group:b", "user:x", "user:y"))
    ]
    return made[0], made[1], made[2], made[3]


def test_edges_are_a_sequence() -> None:
    a, b, x, y = _nodes()
    held = Edge(x, b, EdgeKind.HOLDS, "holds it", None)
    listed = MembershipList("okta", None, "x", ("a", "b"), "user", Place("x.json", ("groups",)), "x.json", below=("value",))
    members = MembershipList("okta", "a", None, ("q", "x", "y"), "user", Place("a.json"), "a.json", indices=(1, 2, 5))
    edges = Edges()
    edges.append(held)
    edges.add_groups(x, edges.new_class((a, b)), listed)
    edges.new_class((y,))  # that has no member
    edges.add_members((x, y), a, members, (1, 2))
    edges.append(held)
    found = list(edges)
    assert [(edge.source.id, edge.target.id) for edge in found] == [
        ("user:x", "group:b"), ("user:x", "group:a"), ("user:x", "group:b"), ("user:x", "group:a"), ("user:y", "group:a"),
        ("user:x", "group:b"),
    ]  # fmt: skip
    assert [edge.place.route for edge in found if edge.place] == [("groups", 0, "value"), ("groups", 1, "value"), (2,), (5,)]
    assert {edge.certainty for edge in found} == {Certainty.CERTAIN}
    assert len(edges) == 6
    assert [edges[number] for number in range(-6, 6)] == found + found
    assert edges[1:6:2] == found[1:6:2]
    for wrong in (6, -7):
        with pytest.raises(IndexError):
            edges[wrong]
    assert list(edges.of(EdgeKind.HOLDS)) == [held, held]
    assert list(edges.of(EdgeKind.MEMBER_OF)) == found[1:5]
    assert list(edges.members_of({"group:b"})) == [found[2]]
    assert list(edges.members_of({"group:c"})) == []
    by_source, by_target = edges.by_source(), edges.by_target()
    assert by_source == {2: [held, -1, 3, held], 3: [4]}
    assert by_target == {1: [held, 2, held], 0: [1, 3, 4]}
    assert edges.made_of(by_source[2], ()) == [found[0], found[1], found[2], found[3], found[5]]
    assert edges.made_of(by_source[2], {EdgeKind.HOLDS}) == [held, held]
    assert edges.made_of(by_target[0], {EdgeKind.MEMBER_OF}) == [found[1], found[3], found[4]]
    assert [group.id for group in edges.groups_in(by_source[2])] == ["group:a", "group:b", "group:a"]
    assert edges.groups_in([-1]) is edges.groups_in([-1])
    assert edges.groups() == {"group:a", "group:b"}


def test_fans_are_edges_like_others() -> None:
    a, b, x, y = _nodes()
    held = Edge(x, b, EdgeKind.HOLDS, "holds it", None)
    read = Edge(y, a, EdgeKind.MAY_READ_SECRET, "may read it", None, certainty=Certainty.UNKNOWN)
    listed = MembershipList("okta", None, "x", ("a", "b"), "user", Place("x.json", ("groups",)), "x.json", below=("value",))
    edges = Edges()
    edges.append(held)
    edges.add_fan(read, (a, b, x))
    edges.add_groups(x, edges.new_class((a, b)), listed)
    edges.add_fan(read, (a, b))  # too few for a fan
    edges.append(held)
    found = list(edges)
    to = [read, read._replace(target=b), read._replace(target=x)]
    assert found == [held, *to, *found[4:6], *to[:2], held]
    assert [edge.kind for edge in found[4:6]] == [EdgeKind.MEMBER_OF] * 2
    assert [edges[number] for number in range(-9, 9)] == found + found
    assert (len(edges), edges.count_singles(), list(edges.singles())) == (9, 7, [held, *to, *to[:2], held])
    assert list(edges.of(EdgeKind.MAY_READ_SECRET)) == [*to, *to[:2]]
    assert list(edges.of(EdgeKind.MEMBER_OF, EdgeKind.MAY_READ_SECRET)) == found[1:8]
    assert edges.kinds() == {EdgeKind.HOLDS, EdgeKind.MAY_READ_SECRET, EdgeKind.MEMBER_OF}
    assert edges.sources_of(EdgeKind.MAY_READ_SECRET) == {"user:y": y}
    by_source, by_target = edges.by_source(), edges.by_target(rows=False)
    assert edges.made_of(by_source[y.number], ()) == [*to, *to[:2]]
    assert edges.made_of(by_source[y.number], {EdgeKind.HOLDS}) == []
    assert edges.made_of(by_target[b.number], (), b) == [held, to[1], to[1], held]
    assert edges.made_of(by_target[x.number], {EdgeKind.MAY_READ_SECRET}, x) == [to[2]]
    assert edges.groups_in(by_source[y.number], unknown=True) == ()

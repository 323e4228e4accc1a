"""Reach, paths and the compact inside (semantics D5)."""

from __future__ import annotations

import random

import networkx
import pytest
from graphs import graph_of

from iamlint.graph.adjacency import Backward, Forward, components, walk
from iamlint.graph.elements import Certainty, NodeKind
from iamlint.graph.find import AmbiguousNode, UnknownNode

ESTATE = """\
apiVersion: iamlint/v1
kind: Identities
provider: okta
users: [{email: alice@acme.example, status: active, groups: [a, b]}]
groups: [{name: a, groups: [b]}, {name: b, groups: [a]}, {name: c}]
agents: [{name: copilot, acts_for: ["group:okta/a"], groups: [c]}]
---
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
projects: [{name: checkout-prod}]
mappings: [{attribute: member_of, value: a, project_roles: {checkout-prod: Project Viewer},
            organization_role: Organization Restricted Member}]
"""


def test_groups_in_a_circle_reach_the_same() -> None:
    graph = graph_of({"x.access.yaml": ESTATE})
    closure = graph.closure([graph.find("project:lightstep/checkout-prod")])
    reaching = [node.id for node in graph.nodes() if closure.reached(node)]
    assert reaching == ["group:okta/a", "group:okta/b", "project:lightstep/*", "user:alice@acme.example"]
    assert reaching == sorted(item.node.id for item in graph.reached_by(graph.find("project:lightstep/checkout-prod")))


def test_an_agent_does_not_reach_what_those_reach_for_whom_it_acts() -> None:
    graph = graph_of({"x.access.yaml": ESTATE})
    assert [item.node.id for item in graph.reach(graph.find("bot:copilot"))] == ["group:okta/c"]


def test_the_surest_path_comes_before_a_shorter_one() -> None:
    text = ESTATE + "bindings: [{role: Project Admin, project: checkout-prod, users: [alice@acme.example]}]\n"
    graph = graph_of({"x.access.yaml": text})
    alice, project = graph.find("alice@acme.example"), graph.find("project:lightstep/checkout-prod")
    path = graph.shortest_path(alice, project)
    assert path is not None
    assert [edge.target.id for edge in path] == ["group:okta/a", "project:lightstep/checkout-prod"]
    paths = list(graph.all_paths(alice, project))
    assert [len(path) for path in paths] == [1, 2, 3]
    assert len(list(graph.all_paths(alice, project, 2))) == 2
    assert graph.shortest_path(project, alice) is None
    assert graph.shortest_path(alice, alice) == ()


def test_the_graph_does_not_depend_on_the_order_of_files() -> None:
    first, second, third = (
        ESTATE.split("---\n")[0],
        ESTATE.split("---\n")[1],
        "apiVersion: iamlint/v1\nkind: Teams\nteams: [{name: t}]\n",
    )
    one = graph_of({"a.access.yaml": first, "b.access.yaml": second, "c.access.yaml": third})
    two = graph_of({"c.access.yaml": first, "a.access.yaml": second, "b.access.yaml": third})
    assert [node.id for node in one.nodes()] == [node.id for node in two.nodes()]
    assert sorted((e.source.id, e.kind, e.target.id) for e in one.edges()) == sorted(
        (e.source.id, e.kind, e.target.id) for e in two.edges()
    )


def test_finding_a_node() -> None:
    graph = graph_of({"x.access.yaml": ESTATE})
    assert graph.find("Alice@acme.example").kind is NodeKind.USER
    assert graph.find("checkout-prod").id == "project:lightstep/checkout-prod"
    assert graph.find("okta/c").id == "group:okta/c"
    with pytest.raises(UnknownNode) as unknown:
        graph.find("chekout-prod")
    assert unknown.value.candidates == ("project:lightstep/checkout-prod",)
    other = ESTATE + "---\napiVersion: iamlint/v1\nkind: Identities\nprovider: entra\ngroups: [{name: c}]\n"
    with pytest.raises(AmbiguousNode) as ambiguous:
        graph_of({"x.access.yaml": other}).find("c")
    assert ambiguous.value.candidates == ("group:entra/c", "group:okta/c")


def test_the_view_for_networkx_holds_the_same() -> None:
    graph = graph_of({"x.access.yaml": ESTATE})
    assert graph.nx.number_of_nodes() == len(graph.nodes())
    assert graph.nx.number_of_edges() == len(graph.edges())
    assert graph.nx.nodes["group:okta/a"]["value"] is graph.find("group:okta/a")


@pytest.mark.parametrize("seed", range(30))
def test_walks_and_components_agree_with_networkx(seed: int) -> None:
    dice = random.Random(seed)
    size = dice.randrange(1, 40)
    edges = [(dice.randrange(size), dice.randrange(size), dice.randrange(3)) for _ in range(dice.randrange(0, 90))]
    # The first nodes have rows of certain edges that they share, as members of the same groups do.
    shared = [tuple(dice.randrange(size) for _ in range(dice.randrange(1, 5))) for _ in range(3)]
    sharing = {node: dice.choice(shared) for node in range(size // 3)}
    others = [edge for edge in edges if edge[0] not in sharing]
    adjacency = Forward(size, [e[0] for e in others], [e[1] for e in others], [e[2] for e in others], range(len(others)))
    bounds = {targets: adjacency.add_row(targets) for targets in shared}
    edges = others
    for node, targets in sharing.items():
        adjacency.begin[node], adjacency.end[node] = bounds[targets]
        adjacency.shift[node] = len(edges)
        edges = edges + [(node, target, 0) for target in targets]
    certain: dict[int, list[int]] = {}
    uncertain: dict[int, list[tuple[int, int]]] = {}
    for source, target, level in edges:
        if level:
            uncertain.setdefault(target, []).append((source, level))
        else:
            certain.setdefault(target, []).append(source)
    backward = Backward(size, certain, uncertain)
    for limit in range(3):
        reference = networkx.DiGraph()
        reference.add_nodes_from(range(size))
        reference.add_edges_from((source, target) for source, target, level in edges if level <= limit)
        for node in range(size):
            met = walk(adjacency, [node], limit)
            assert set(met) == networkx.descendants(reference, node) | {node}
            distances = networkx.single_source_shortest_path_length(reference, node)
            assert [distances[number] for number in met] == sorted(distances[number] for number in met)
            assert set(walk(backward, [node], limit)) == networkx.ancestors(reference, node) | {node}
        for source, target in reference.edges:
            first = next(n for n, edge in enumerate(edges) if edge[:2] == (source, target) and edge[2] <= limit)
            assert adjacency.edge_between(source, target, limit) == first
        found = components(adjacency, size, limit)
        assert {frozenset(part) for part in found} == {
            frozenset(part) for part in networkx.strongly_connected_components(reference)
        }
        place = {number: index for index, part in enumerate(found) for number in part}
        assert all(place[target] <= place[source] for source, target, level in edges if level <= limit)


@pytest.mark.parametrize("seed", range(6))
def test_a_closure_over_many_targets_is_what_each_node_reaches(seed: int) -> None:
    """Of 400 projects, groups lead to none, to a few (kept as numbers) or to most (kept as bits), some in circles."""
    dice = random.Random(seed)
    projects, groups = [f"p{number:03}" for number in range(400)], [f"g{number}" for number in range(12)]
    mappings = "".join(
        f"  - {{attribute: member_of, value: {group}, project_roles: {{{', '.join(f'{one}: Project Viewer' for one in some)}}}}}\n"
        for group in groups
        if (some := dice.sample(projects, dice.choice((0, 1, 2, 3, 5, 7, 250))))
    )
    files = {
        "t.access.yaml": "apiVersion: iamlint/v1\nkind: Telemetry\nvendor: lightstep\nprojects:\n"
        + "".join(f"  - {{name: {name}}}\n" for name in projects) + f"mappings:\n{mappings}",
        "i.access.yaml": "apiVersion: iamlint/v1\nkind: Identities\nprovider: okta\ngroups:\n"
        + "".join(f"  - {{name: {one}, groups: {dice.sample(groups, dice.randrange(3))}}}\n" for one in groups) + "users:\n"
        + "".join(
            f"  - {{email: u{number}@acme.example, status: active, groups: {dice.sample(groups, dice.randrange(4))}}}\n"
            for number in range(20)
        ),
    }  # fmt: skip
    graph = graph_of(files)
    targets = graph.nodes(NodeKind.PROJECT)
    dice.shuffle(targets)
    closure = graph.closure(targets)
    sizes = set()
    for node in graph.nodes():
        reached = {item.node for item in graph.reach(node)}
        expected = [target for target in targets if target in reached]
        assert closure.reached(node) == expected
        assert closure.bits(node) == sum(1 << targets.index(target) for target in expected)
        sizes.add(len(expected))
    assert any(0 < size < 7 for size in sizes)
    assert any(size > 7 for size in sizes)


def test_certainty_of_a_closure() -> None:
    graph = graph_of({"x.access.yaml": ESTATE})
    project = graph.find("project:lightstep/checkout-prod")
    assert graph.closure([project], Certainty.CERTAIN).reached(graph.find("alice@acme.example")) == []
    assert graph.closure([project], Certainty.ASSUMED).reached(graph.find("alice@acme.example")) == [project]

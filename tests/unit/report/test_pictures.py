"""The graph as a picture and as files for other programs: SVG, Mermaid, GraphML, and the layout under them."""

from __future__ import annotations

import io
import itertools
import re
from xml.etree import ElementTree

import networkx
import pytest
from generated_estate import write_estate
from graphs import graph_of
from hypothesis import given
from hypothesis import strategies as st

from iamlint.cli.graph import around
from iamlint.graph.access_graph import AccessGraph
from iamlint.project.options import Options
from iamlint.project.session import open_session
from iamlint.report.graphml import graphml
from iamlint.report.layers import apart, layered
from iamlint.report.naming import middle, without_labels
from iamlint.report.pictures import MOST_EDGES, MOST_NODES, MOST_TEXT, bounded_mermaid, dot
from iamlint.report.svg import svg

SMALL = {
    "a.access.yaml": """
        apiVersion: iamlint/v1
        kind: Identities
        provider: okta
        groups:
          - {name: eng, members: [alice@acme.example], groups: [leads]}
          - {name: leads, groups: [eng]}
          - {name: '<&">', members: [bob@acme.example]}
        """,
}

GRAPHS = st.integers(1, 12).flatmap(
    lambda count: st.tuples(
        st.just(count), st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=30, unique=True)
    )
)


@given(GRAPHS)
def test_nothing_lies_on_top_of_anything(graph: tuple[int, list[tuple[int, int]]]):
    count, links = graph
    layout = layered(count, links)
    columns: dict[int, list[float]] = {}
    for rank, row in zip(layout.rank, layout.y, strict=True):
        columns.setdefault(rank, []).append(row)
    for rows in columns.values():
        ordered = sorted(rows)
        assert all(below - above > 0.999 for above, below in itertools.pairwise(ordered))
    assert min(layout.y) >= 0
    for (source, target), route in zip(links, layout.routes, strict=True):
        assert route[0] == (layout.rank[source], layout.y[source])
        assert route[-1] == (layout.rank[target], layout.y[target])
        assert all(abs(one[0] - other[0]) == 1 for one, other in itertools.pairwise(route)) or source == target


def test_ranks_go_along_the_links_and_cycles_do_not_matter():
    assert layered(3, [(0, 1), (1, 2), (2, 0)]).rank == [0, 1, 2]
    assert layered(4, [(0, 1), (1, 2), (3, 2)]).rank == [0, 1, 2, 1], "what nothing leads to stands just before its target"


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=8))
def test_rows_keep_their_order_and_move_no_farther_than_they_must(wanted: list[float]):
    rows = apart(wanted, [1.0] * len(wanted))
    assert all(below - above > 1 - 1e-6 for above, below in itertools.pairwise(rows))
    if all(below - above >= 1 for above, below in itertools.pairwise(wanted)):
        assert rows == pytest.approx(wanted)
    assert sum(rows) == pytest.approx(sum(wanted), abs=1e-6), "as much up as down"


def picture(graph: AccessGraph) -> ElementTree.Element:
    nodes, edges = without_labels(graph.nodes(), graph.edges())
    return ElementTree.fromstring(svg(nodes, edges, "a test"))


NS = "{http://www.w3.org/2000/svg}"


def boxes(picture: ElementTree.Element) -> list[tuple[float, float, float, float]]:
    found = []
    for group in picture.iter(f"{NS}g"):
        x, y = (float(part) for part in group.get("transform", "")[len("translate(") : -1].split())
        rect = group.find(f"{NS}rect")
        assert rect is not None
        found.append((x, y, x + float(rect.get("width", "")), y + float(rect.get("height", ""))))
    return found


def test_an_svg_is_well_formed_and_its_boxes_do_not_touch(tmp_path):
    write_estate(tmp_path / "estate", 200)
    graph = open_session(Options(paths=(str(tmp_path / "estate"),))).graph
    drawn = picture(graph)
    found = boxes(drawn)
    assert len(found) > 150
    for number, one in enumerate(found):
        for other in found[number + 1 :]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    width, height = float(drawn.get("width", "")), float(drawn.get("height", ""))
    assert all(left >= 0 and top >= 0 and right <= width and bottom <= height for left, top, right, bottom in found)


def test_names_are_text_and_not_markup():
    graph = graph_of(SMALL)
    titles = [title.text for title in picture(graph).iter(f"{NS}title")]
    assert 'group:okta/<&">' in titles
    assert "&#60;" not in dot(graph.nodes(), graph.edges())
    assert "#60;#38;#34;#62;" in bounded_mermaid(graph.nodes(), graph.edges())


def test_a_long_name_is_cut_in_its_middle():
    assert middle("github/acme/checkout:environment:prod", 17) == "github/a…ent:prod"
    assert middle("short", 17) == "short"


def test_a_graph_without_nodes_is_an_empty_flowchart():
    assert bounded_mermaid([], []) == "flowchart LR\n"


def test_mermaid_fits_a_comment_and_says_what_it_left_out(tmp_path):
    write_estate(tmp_path / "estate", 600)
    graph = open_session(Options(paths=(str(tmp_path / "estate"),))).graph
    nodes, edges = without_labels(graph.nodes(), graph.edges())
    focus = graph.find("group:okta/eng-team00")
    for chosen in (None, focus):
        text = bounded_mermaid(nodes, edges, chosen)
        drawn = re.findall(r"^  n(\d+)\[", text, re.MULTILINE)
        arrows = re.findall(r"^  n\d+ -", text, re.MULTILINE)
        assert 0 < len(drawn) <= MOST_NODES
        assert 0 < len(arrows) <= MOST_EDGES
        assert len(text) < MOST_TEXT + 200
        assert f"left out: {len(nodes) - len(drawn)} nodes" in text
    assert str(focus.number) in drawn
    near, between = around(graph, focus, 1)
    small = bounded_mermaid(*without_labels(near, between), focus)
    assert "left out" not in small


def test_graphml_loads_in_networkx_with_everything():
    graph = graph_of(SMALL)
    nodes = [
        {
            "id": node.id,
            "kind": node.kind.value,
            "environment": None,
            "team": None,
            "file": "a",
            "line": 1,
            "declared": node.declared,
        }
        for node in graph.nodes()
    ]
    edges = [
        {
            "from": edge.source.id,
            "to": edge.target.id,
            "kind": edge.kind.value,
            "reason": edge.reason,
            "certainty": "certain",
            "line": 2,
        }
        for edge in graph.edges()
    ]
    loaded = networkx.read_graphml(io.BytesIO(graphml(nodes, edges).encode()), force_multigraph=True)
    assert set(loaded.nodes) == {node["id"] for node in nodes}
    assert loaded.number_of_edges() == len(edges)
    assert loaded.nodes["group:okta/eng"] == {
        "label": "group:okta/eng",
        "kind": "group",
        "file": "a",
        "line": 1,
        "declared": True,
    }
    (step,) = loaded.get_edge_data("user:alice@acme.example", "group:okta/eng").values()
    assert step["kind"] == "member_of"
    assert 'group:okta/<&">' in loaded.nodes


def test_graphml_holds_no_character_that_xml_forbids():
    odd = "a\x00b\ufffec\x1b\ud800"
    document = graphml([{"id": odd, "kind": "group", "declared": False}], [])
    assert ElementTree.fromstring(document).find(".//{*}node") is not None

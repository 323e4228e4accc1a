"""Graphs of small repositories in text, for the tests of the graph."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.elements import Edge, EdgeKind
from iamlint.project.memory import memory_session


def graph_of(files: Mapping[str, str]) -> AccessGraph:
    """Return the graph of a repository; a file that cannot be read fails the test."""
    session = memory_session({path: dedent(text) for path, text in files.items()})
    problems = [f"{problem.at.path}: {problem.message}" for problem in session.estate.problems()]
    assert not problems, problems
    return session.graph


def shown(edges: list[Edge]) -> list[str]:
    """Return edges as `source kind target`, marked `?` when unknown and `~` when assumed."""
    marks = {"certain": "", "assumed": " ~", "unknown": " ?"}
    return [f"{edge.source.id} {edge.kind} {edge.target.id}{marks[edge.certainty]}" for edge in edges]


def edges_to(graph: AccessGraph, name: str, *kinds: EdgeKind) -> list[str]:
    """Return who leads to a node, as `source` with the mark of its certainty."""
    marks = {"certain": "", "assumed": " ~", "unknown": " ?"}
    return sorted(edge.source.id + marks[edge.certainty] for edge in graph.in_edges(graph.find(name), *kinds))


def reached(graph: AccessGraph, name: str) -> dict[str, str]:
    """Return what a node reaches beside environments and teams: id → certainty."""
    found = {item.node.id: item.certainty.value for item in graph.reach(graph.find(name))}
    return {name: certainty for name, certainty in found.items() if not name.startswith(("env:", "team:"))}

"""The actions and resources that all statements name: a rule about single texts looks at each text once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iamlint.iam.action_lists import action_list
from iamlint.model.policy import Statement
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from iamlint.graph.access_graph import AccessGraph

    _Index: TypeAlias = "dict[str, list[tuple[int, Statement, int]]]"


class _Texts(NamedTuple):
    """Where each text stands: how far on in the repository, in which statement, and its number there."""

    patterns: _Index
    resources: _Index


def actions_that(graph: AccessGraph, holds: Callable[[str], object]) -> Iterator[tuple[Statement, int, str]]:
    """Yield the action patterns of which something holds: statement, number and text. Asked once of each text.

    Names of actions as the catalogue knows them, case aside, are not asked about: there is nothing to find in one.
    """
    return _that(graph.once(_texts).patterns, holds)


def resources_that(graph: AccessGraph, holds: Callable[[str], object]) -> Iterator[tuple[Statement, int, str]]:
    """Yield the resource patterns of which something holds: statement, number and text. Asked once of each text."""
    return _that(graph.once(_texts).resources, holds)


def _that(index: _Index, holds: Callable[[str], object]) -> Iterator[tuple[Statement, int, str]]:
    found = [(at, statement, number, text) for text in filter(holds, index) for at, statement, number in index[text]]
    found.sort(key=lambda entry: entry[0])
    return iter([entry[1:] for entry in found])


def _texts(graph: AccessGraph) -> _Texts:
    found = _Texts({}, {})
    at = 0
    for statement in graph.statements():
        listed = action_list(statement.actions)
        if listed.odd:
            odd = set(listed.odd)
            for number, pattern in enumerate(statement.actions):
                if pattern in odd and isinstance(pattern, str):
                    found.patterns.setdefault(pattern, []).append((at + number, statement, number))
            at += len(statement.actions)
        for number, resource in enumerate(statement.resources or ()):
            if isinstance(resource, str):
                found.resources.setdefault(resource, []).append((at + number, statement, number))
        at += len(statement.resources or ())
    return found

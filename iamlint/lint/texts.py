"""The actions and resources that all statements name: a rule about single texts looks at each text once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter

from iamlint.iam.action_lists import ActionList, action_list
from iamlint.model.policy import Statement
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from iamlint.graph.access_graph import AccessGraph
    from iamlint.source.value import Value

    _Group: TypeAlias = "list[tuple[int, Statement]]"
    _Index: TypeAlias = "dict[str, list[tuple[_Group, int]]]"


class _Texts(NamedTuple):
    """Where each text stands: in which statements, how far on in the repository these are, and its number there.

    Statements of equal lists are one group. `lists`: what the actions of each statement name.
    """

    patterns: _Index
    resources: _Index
    lists: dict[Statement, ActionList]


def action_lists(graph: AccessGraph) -> dict[Statement, ActionList]:
    """Return the statements of all policies in their order, with what the list of actions of each names."""
    return graph.once(_texts).lists


def actions_that(graph: AccessGraph, holds: Callable[[str], object]) -> Iterator[tuple[Statement, int, str]]:
    """Yield the action patterns of which something holds: statement, number and text. Asked once of each text.

    Names of actions as the catalogue knows them, case aside, are not asked about: there is nothing to find in one.
    """
    return _that(graph.once(_texts).patterns, holds)


def resources_that(graph: AccessGraph, holds: Callable[[str], object]) -> Iterator[tuple[Statement, int, str]]:
    """Yield the resource patterns of which something holds: statement, number and text. Asked once of each text."""
    return _that(graph.once(_texts).resources, holds)


def _that(index: _Index, holds: Callable[[str], object]) -> Iterator[tuple[Statement, int, str]]:
    found = [
        (at, number, statement, text) for text in filter(holds, index) for group, number in index[text] for at, statement in group
    ]
    found.sort(key=itemgetter(0, 1))
    return iter([(statement, number, text) for _, number, statement, text in found])


def _texts(graph: AccessGraph) -> _Texts:
    found = _Texts({}, {}, {})
    by_actions: dict[tuple[Value, ...], _Group] = {}
    by_resources: dict[tuple[Value, ...], _Group] = {}
    for here in enumerate(graph.statements()):
        statement = here[1]
        listed = found.lists[statement] = action_list(statement.actions)
        if listed.odd:
            group = by_actions.get(statement.actions)
            if group is None:
                group = by_actions[statement.actions] = []
                odd = set(listed.odd)
                _take_in(found.patterns, group, [(n, text) for n, text in enumerate(statement.actions) if text in odd])
            group.append(here)
        if statement.resources:
            group = by_resources.get(statement.resources)
            if group is None:
                group = by_resources[statement.resources] = []
                _take_in(found.resources, group, enumerate(statement.resources))
            group.append(here)
    return found


def _take_in(index: _Index, group: _Group, texts: Iterable[tuple[int, Value]]) -> None:
    for number, text in texts:
        if isinstance(text, str):
            index.setdefault(text, []).append((group, number))

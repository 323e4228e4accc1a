"""The actions and resources that all statements name: a rule about single texts looks at each text once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iamlint.iam.action_lists import action_list
from iamlint.model.policy import Statement
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph


class _Texts(NamedTuple):
    patterns: frozenset[str]
    resources: frozenset[str]


def actions_that(graph: AccessGraph, holds: Callable[[str], object]) -> Iterator[tuple[Statement, int, str]]:
    """Yield the action patterns of which something holds: statement, number and text. Asked once of each text.

    Names of actions as the catalogue spells them, case aside, are not asked about: there is nothing to find in one.
    """
    wanted = frozenset(filter(holds, graph.once(_texts).patterns))
    if wanted:
        for statement in graph.statements():
            if not wanted.isdisjoint(action_list(statement.actions).odd):
                for number, text in enumerate(statement.actions):
                    if isinstance(text, str) and text in wanted:
                        yield statement, number, text


def resources_that(graph: AccessGraph, holds: Callable[[str], object]) -> Iterator[tuple[Statement, int, str]]:
    """Yield the resource patterns of which something holds: statement, number and text. Asked once of each text."""
    wanted = frozenset(filter(holds, graph.once(_texts).resources))
    if wanted:
        for statement in graph.statements():
            if statement.resources and not wanted.isdisjoint(statement.resources):
                for number, text in enumerate(statement.resources):
                    if isinstance(text, str) and text in wanted:
                        yield statement, number, text


def _texts(graph: AccessGraph) -> _Texts:
    patterns: set[object] = set()
    resources: set[object] = set()
    for statement in graph.statements():
        patterns.update(action_list(statement.actions).odd)
        resources.update(statement.resources or ())
    return _Texts(
        frozenset(text for text in patterns if isinstance(text, str)),
        frozenset(text for text in resources if isinstance(text, str)),
    )

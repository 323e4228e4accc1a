"""An estate before its joins: what rules ask of documents and model values can be answered while the graph is still made."""

from __future__ import annotations

from iamlint.graph.access_graph import AccessGraph
from iamlint.model.estate import Estate
from iamlint.model.policy import Policy, PolicyKind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


class NotJoined(BaseException):
    """Somebody asked for what only the joins tell. No `Exception`: a rule that catches its own errors must not catch this."""


class Unjoined(AccessGraph):
    """The part of an access graph that an estate says by itself: its values, its policies and their statements.

    Whoever asks for nodes, edges, attachments or anything made of them gets `NotJoined` raised; every answer is that of the
    joined graph.
    """

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.as_of_source = None
        self._collected = {}
        self._statements = {}

    def __getattr__(self, name: str) -> NoReturn:
        if name in _JOINED:
            raise NotJoined
        raise AttributeError(name)

    def __repr__(self) -> str:
        return f"Unjoined({len(self.estate.units)} units)"

    def policies(self, *kinds: PolicyKind) -> list[Policy]:
        """Return every policy document of the repository, of some kinds if given, as the joined graph does."""
        return [policy for policy in self.estate.policies if not kinds or policy.kind in kinds]


_JOINED = frozenset({"_nodes", "_given", "policy_index", "settings", "unresolved"})
"""What `AccessGraph` is given by the joins."""

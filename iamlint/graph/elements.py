"""Nodes and edges of the access graph."""

from __future__ import annotations

from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.str_enum import StrEnum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class NodeKind(StrEnum):
    """What a node stands for; ids start with the word in `ID_PREFIX`."""

    USER = "user"
    BOT = "bot"
    GROUP = "group"
    ROLE = "role"
    POLICY = "policy"
    CREDENTIAL = "credential"
    PROVIDER = "provider"
    ACCOUNT = "account"
    PROJECT = "project"
    RESOURCE = "resource"
    ENVIRONMENT = "environment"
    TEAM = "team"


ID_PREFIX = {
    NodeKind.USER: "user:", NodeKind.BOT: "bot:", NodeKind.GROUP: "group:", NodeKind.ROLE: "role:",
    NodeKind.POLICY: "policy:", NodeKind.CREDENTIAL: "token:", NodeKind.PROVIDER: "provider:",
    NodeKind.ACCOUNT: "account:", NodeKind.PROJECT: "project:", NodeKind.RESOURCE: "resource:",
    NodeKind.ENVIRONMENT: "env:", NodeKind.TEAM: "team:",
}  # fmt: skip


class EdgeKind(StrEnum):
    """Why one node leads to another (semantics D), spelled as in JSON."""

    MEMBER_OF = "member_of"
    ASSIGNED_TO = "assigned_to"
    MAY_ASSUME = "may_assume"
    ATTACHED = "attached"
    GRANTS = "grants"
    HOLDS = "holds"
    STORED_IN = "stored_in"
    MAY_READ_SECRET = "may_read_secret"  # noqa: S105
    MAPPED_TO = "mapped_to"
    SCOPED_TO = "scoped_to"
    OWNS = "owns"
    IN_ENVIRONMENT = "in_environment"
    ACTS_FOR = "acts_for"
    MAY_BECOME = "may_become"
    MAY_ADMINISTER = "may_administer"


class Certainty(StrEnum):
    """`certain`: the files say so. `assumed`: what the files do not hold was taken as open. `unknown`: may or may not be."""

    CERTAIN = "certain"
    ASSUMED = "assumed"
    UNKNOWN = "unknown"


class Label(NamedTuple):
    """An environment or team, with what found it (semantics F1): ``tag `Environment` ``, ``path `infra/prod` ``."""

    value: str
    source: str
    place: Place | None


class Node:
    """A node. `facts` are the model values that declare it, the first gives `place`; none for a node that is only named."""

    __slots__ = ("declared", "environment", "facts", "id", "kind", "name", "number", "place", "team")

    def __init__(self, number: int, node_id: str, kind: NodeKind, name: str, place: Place | None, declared: bool) -> None:
        self.number = number
        self.id = node_id
        self.kind = kind
        self.name = name
        self.place = place
        self.declared = declared
        self.environment: Label | None = None
        self.team: Label | None = None
        self.facts: tuple[Any, ...] = ()

    def __repr__(self) -> str:
        return f"Node({self.id!r})"

    @property
    def unit(self) -> str | None:
        """The unit that declares it first, None for a node that is only named."""
        for fact in self.facts:
            unit: str | None = getattr(fact, "unit", None)
            if unit is not None:
                return unit
        return None


class Edge(NamedTuple):
    """One reason why `source` leads to `target`, readable as a sentence: source, reason, target.

    `capabilities` are what the edge grants on a telemetry scope (empty: it grants nothing by itself).
    `condition` says in words what must hold; `assumed` names the layers that the files do not hold.
    """

    source: Node
    target: Node
    kind: EdgeKind
    reason: str
    place: Place | None
    condition: str | None = None
    certainty: Certainty = Certainty.CERTAIN
    capabilities: frozenset[str] = frozenset()
    method: str | None = None
    assumed: tuple[str, ...] = ()
    detail: str = ""  # the role granted (`Project Viewer`), the action allowed


class Reached(NamedTuple):
    """A node that can be reached, by the shortest path; `capabilities` is the union over all paths to a telemetry scope."""

    node: Node
    path: tuple[Edge, ...]
    certainty: Certainty
    capabilities: frozenset[str]


UNCAPPED = "(without its boundary)"
"""How the id of a node ends that stands for an identity without its permissions boundary."""


def is_uncapped(node: Node) -> bool:
    """Return whether the node stands for an identity without its permissions boundary."""
    return node.id.endswith(UNCAPPED)

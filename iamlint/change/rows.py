"""What changed, row by row: who may do what on what, and by which path."""

from __future__ import annotations

from iamlint.graph.elements import Edge, Node
from iamlint.source.record import NamedTuple

Path = tuple[Edge, ...]


class Row(NamedTuple):
    """One class of access: everybody that `principal` names may do `action` on `resource`.

    `principal` is the id of a node, or of several people separated by commas; `action` and `resource` are patterns as the
    policies write them, or the id of a node. `scope` is the environment, else the account, of what is reached. `condition`
    says in words what must hold; in an unknown row, why it could not be decided. `path` is the access path, edge by edge,
    in the old state when `is_old`.
    """

    principal: str
    action: str
    resource: str
    scope: str | None
    condition: str | None
    path: Path
    is_old: bool = False

    @property
    def about(self) -> tuple[str, str, str]:
        """Return who, what and on what."""
        return (self.principal, self.action, self.resource)

    @property
    def order(self) -> tuple[str, ...]:
        """Return the key by which rows are sorted."""
        return (*self.about, self.condition or "", *(edge.reason for edge in self.path))


class AccessDiff(NamedTuple):
    """What was gained and lost between two states, and what could not be decided, each sorted."""

    gained: tuple[Row, ...] = ()
    lost: tuple[Row, ...] = ()
    unknown: tuple[Row, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Return whether nothing changed, and nothing is unknown that was not."""
        return not (self.gained or self.lost or self.unknown)


def scope_of(node: Node | None) -> str | None:
    """Return the scope of what is reached: its environment, else its account."""
    if node is None:
        return None
    if node.environment is not None:
        return f"env:{node.environment.value}"
    parts = node.id.split(":")
    account = parts[5] if len(parts) > 6 and parts[1] == "arn" else ""
    return f"account:{account}" if len(account) == 12 and account.isdigit() else None

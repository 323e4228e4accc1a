"""Access points for several regions: their ARN has an alias that AWS chooses, and only their policy says it."""

from __future__ import annotations

from collections.abc import Iterator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def own_arn(document: Any) -> str | None:
    """Return the ARN of the access point that a policy is about: S3 takes no statement about another one; None if unsaid."""
    for resource in _resources(document):
        head, _, rest = resource.partition(":accesspoint/") if isinstance(resource, str) else ("", "", "")
        alias = rest.partition("/")[0]
        if alias.endswith(".mrap") and "*" not in alias:
            return f"{head}:accesspoint/{alias}"
    return None


def _resources(document: Any) -> Iterator[Any]:
    statements = document.get("Statement") if isinstance(document, dict) else None
    for statement in statements if isinstance(statements, list) else [statements]:
        resources = statement.get("Resource") if isinstance(statement, dict) else None
        yield from resources if isinstance(resources, list) else [resources]

"""What applies to a request, at random: policies of every layer, context, and every request that may be asked of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from iamlint.testing.strategies import (
    BUCKET,
    CALLERS,
    CONTEXT,
    FEDERATED,
    HERE,
    KEY,
    OBJECT,
    OTHER,
    ROLE,
    SESSION,
    TARGETS,
    THERE,
    TRUSTED,
    USER,
    VALUES,
    contexts,
    policies,
)  # fmt: skip

documents = policies
__all__ = [
    "CALLERS", "CONTEXT", "FEDERATED", "HERE", "OBJECT", "OTHER", "ROLE", "SESSION", "THERE", "USER", "VALUES", "documents",
    "estates", "requests",
]  # fmt: skip


@st.composite
def estates(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """Known context, the policies that apply, and the resources that may be asked for."""
    trust = draw(st.integers(0, 3)) == 0
    context = draw(contexts())
    given: dict[str, Any] = {
        "identity": draw(st.one_of(st.none(), st.lists(policies("identity"), max_size=2))),
        "resource": draw(st.one_of(st.none(), policies("trust" if trust else "resource"))),
    }
    for layer in ("boundary", "session", "endpoint"):
        given[layer] = draw(st.one_of(st.none(), st.none(), st.lists(policies(layer), min_size=1, max_size=1)))
    for layer in ("scp", "rcp"):
        given[layer] = draw(st.one_of(st.just([]), st.lists(st.lists(policies(layer), min_size=1, max_size=2), max_size=2)))
    return context, given, [TRUSTED] if trust else [OBJECT, OTHER, BUCKET, KEY, "*"]


def requests(context: dict[str, Any], resources: list[str]) -> Iterator[dict[str, Any]]:
    """Every principal, every resource, every action on it, in both accounts."""
    for resource in resources:
        for action in TARGETS[resource]:
            for principal in CALLERS:
                request = {"principal": principal, "action": action, "resource": resource, "context": context}
                if resource.startswith("arn:aws:s3"):
                    yield {**request, "resource_account": THERE}
                    request["resource_account"] = HERE
                yield request

"""`compare` of whole policy sets is held against the obvious evaluator: witnesses are real, and what is empty is empty."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from differential.reference import decide
from differential.test_compare import as_json
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from semantics.documents import read_policies
from strategies_iam import FEDERATED, documents, estates, requests

from iamlint.iam.compare import Difference, beyond, compare
from iamlint.testing.strategies import LINKED, ROOT, contexts

QUIET: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}
Pair = tuple[dict[str, Any], dict[str, Any], list[str]]


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """Two sets that differ in one or two layers, and the resources that may be asked for."""
    _, old, resources = draw(estates())
    old = {**old, "identity": old["identity"] or draw(st.lists(documents("identity"), min_size=1, max_size=2))}
    new = copy.deepcopy(old)
    for layer in draw(st.lists(st.sampled_from(list(old)), min_size=1, max_size=2, unique=True)):
        kind = "trust" if layer == "resource" and len(resources) == 1 else layer
        if layer == "resource":
            new[layer] = draw(st.one_of(st.none(), documents(kind)))
        elif layer in ("scp", "rcp"):
            new[layer] = draw(st.lists(st.lists(documents(kind), min_size=1, max_size=1), max_size=2))
        else:
            new[layer] = draw(st.lists(documents(kind), min_size=1, max_size=2))
    return old, new, resources


def is_true(difference: Difference, more: dict[str, Any], less: dict[str, Any], resources: list[str], asked: list[Any]) -> None:
    if difference.found is None:
        assert difference.reason
        return
    if difference.found:
        assert difference.witness is not None
        request = as_json(difference.witness)
        assert decide(request, more) == "allow", request
        assert decide(request, less) != "allow", request
        return
    apart = [ROOT, LINKED]  # C1: whom policy sets do not concern alike
    if bool(more["session"]) is not bool(less["session"]):
        apart.append(FEDERATED)
    for context in asked:
        for request in requests(context, resources):
            if request["principal"] in apart:
                continue
            if decide(request, more) == "allow":
                assert decide(request, less) == "allow", request


def holds(pair: Pair, asked: list[Any]) -> None:
    """C1: exact. C2: Every reported difference carries a concrete witness request."""
    old, new, resources = pair
    found = compare(read_policies(old), read_policies(new))
    is_true(found.added, new, old, resources, asked)
    is_true(found.removed, old, new, resources, asked)


@settings(max_examples=30, **QUIET)
@given(pairs(), st.lists(contexts(), min_size=3, max_size=6))
def test_differences_of_sets_are_what_the_verdicts_say(pair: Pair, asked: list[Any]) -> None:
    holds(pair, asked)


@settings(max_examples=20, **QUIET)
@given(pairs())
def test_a_limit_more_adds_nothing(pair: Pair) -> None:
    """C1 and B2: a boundary, SCP, RCP or endpoint policy only narrows."""
    old, new, _ = pair
    less, more = read_policies(old), read_policies({**new, "resource": old["resource"], "identity": old["identity"]})
    for layer in ("boundary", "scp", "rcp", "endpoint"):
        narrowed = less._replace(**{layer: getattr(more, layer)}) if not getattr(less, layer) else less
        assert beyond(narrowed, less).found is not True


@pytest.mark.long
@settings(max_examples=3_000, **QUIET)
@given(pairs(), st.lists(contexts(), min_size=4, max_size=8))
def test_differences_of_sets_in_the_large(pair: Pair, asked: list[Any]) -> None:
    holds(pair, asked)

"""C1 to C3: pairs of documents, with what changed beside them; every difference has a witness, and the reverse is the reverse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from iamlint.iam.compare import Difference, alone, compare
from iamlint.iam.evaluate import evaluate
from iamlint.iam.request import PolicySet
from iamlint.model.policy import PolicyKind
from iamlint.parse.policy import parse_policy
from iamlint.source.place import Origin

DECIDED = {"true": True, "false": False, "null": None}
PAIRS = yaml.load(Path(__file__).with_name("comparisons.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)


def one(statements: list[Any], kind: str) -> PolicySet:
    document = {"Version": "2012-10-17", "Statement": statements}
    return alone(parse_policy(document, Origin("p.json"), kind=PolicyKind(kind), name="p", ref="p", unit="p"))


def shown(difference: Difference, more: PolicySet, less: PolicySet) -> bool | None:
    """Return what was found, once its witness is confirmed."""
    if difference.found:
        assert difference.witness is not None
        granting = more.identity is not None or more.resource is not None
        if granting:  # the others decide beside policies that grant everything
            assert evaluate(difference.witness, more).decision == "allow"
            assert evaluate(difference.witness, less).decision in ("implicit_deny", "explicit_deny")
    return difference.found


@pytest.mark.parametrize("pair", PAIRS, ids=[pair["name"] for pair in PAIRS])
def test_what_changed_is_what_stands_beside_it(pair: dict[str, Any]) -> None:
    old, new = (one(pair[side], pair.get("type", "identity")) for side in ("old", "new"))
    expected = (DECIDED[pair["added"]], DECIDED[pair["removed"]])
    found = compare(old, new)
    assert (shown(found.added, new, old), shown(found.removed, old, new)) == expected, found
    back = compare(new, old)
    assert (back.removed.found, back.added.found) == expected
    for side in (old, new):
        assert [difference.found for difference in compare(side, side)] == [False, False]

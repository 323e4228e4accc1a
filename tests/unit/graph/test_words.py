"""Words in names: what is spared a longer look shows nothing."""

from __future__ import annotations

import random

from iamlint.graph.words import patterns, shown_in

KNOWN = (*patterns("prod", ["prod", "production", "prd"]), *patterns("dev", ["dev", "develop"]), *patterns("pre", ["pre-prod"]))
NEVER = patterns("never", ["no name has this*"])
PIECES = [
    "prod",
    "Prod",
    "PROD",
    "dev",
    "Dev",
    "x",
    "checkout",
    "1",
    "-",
    "_",
    "/",
    "non",
    "pre",
    "Straße",
    "ǅ",
    "İ",
    "ment",
    "é",
    "oPro",
    "d",
]


def test_names_that_are_spared_the_longer_look_show_nothing() -> None:
    """A pattern over whole names takes every name the longer way; one that fits none changes no answer."""
    dice = random.Random(7)
    names = ["".join(dice.choices(PIECES, k=dice.randint(1, 6))) for _ in range(5_000)]
    answers = [shown_in(name, KNOWN) for name in names]
    assert answers == [shown_in(name, (*KNOWN, *NEVER)) for name in names]
    assert {None, "prod", "dev", "pre"} == set(answers)

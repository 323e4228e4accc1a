"""A plan may mark more texts as sensitive than anybody counts: each is kept out of reports."""

from __future__ import annotations

import json

from iamlint.parse.terraform_plan.sensitive import undisclosed
from iamlint.source.json_text import json_stretches
from iamlint.source.place import Origin

COUNT = 25_000
CHANGES = [
    {
        "address": f"random_password.p[{number}]",
        "change": {"after": {"result": f"secret-{number}"}, "after_sensitive": {"result": True}},
    }
    for number in range(COUNT)
]


def test_the_last_of_many_secrets_is_one_too() -> None:
    places = undisclosed({"format_version": "1.2", "resource_changes": CHANGES}, Origin("plan.json"))
    assert len(places) == COUNT
    assert places[-1].route == ("resource_changes", COUNT - 1, "change", "after", "result")


class Looked(str):
    """A text that counts how often somebody looks through all of it for a character."""

    times = 0
    __slots__ = ()

    def __contains__(self, part: object) -> bool:
        Looked.times += 1
        return super().__contains__(str(part))


def test_items_behind_what_is_wanted_are_passed_without_a_look_at_the_whole_text_for_each() -> None:
    """A key that is written with escapes may stand for one on the way, so reading goes on to the end."""
    text = Looked(json.dumps({"a": [{"b": number} for number in range(500)], "c": 'an "escape"'}))
    found = json_stretches(text, [(("a", number, "b"), "value") for number in range(10)])
    assert [text[start:end] for start, end in found.values()] == [str(number) for number in range(10)]
    assert Looked.times <= 1

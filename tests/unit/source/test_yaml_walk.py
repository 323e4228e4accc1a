"""The quick ways to a position in YAML lead where the whole document composed into nodes says."""

from __future__ import annotations

import random
from typing import Any

import pytest
import yaml

from iamlint.source import yaml_events
from iamlint.source.encoding import decode_leniently
from iamlint.source.locate import locate_all
from iamlint.source.place import Place, Route, Span
from iamlint.source.read_yaml import read_yaml
from iamlint.source.yaml_marks import marked_stretches
from iamlint.source.yaml_spans import _composed_stretches, yaml_stretches

TEXTS = [
    "a: 1\nb:\n  - x\n  - y: 2\n    z: [1, {q: 2}, 'three']\n# a comment\nc: >\n  folded\n  text\n\nd:\n",
    ("Resources:\n  Role: # why\n    Type: AWS::IAM::Role\n    Properties:\n      Name: !Sub 'a-${AWS::Region}'\n"
    "      Arn: !GetAtt Role.Arn\n      List: !Join\n        - ''\n        - - a\n          - !Ref B\n      Both: !If [A, {x: 1}, [y]]\n"),
    "- a\n-\n- b:\n-   c: d\n    e:\n  # trailing\n- []\n- {}\n",
    "? a\n: b\n'quoted key': \"with \\\" escapes\"\n\"c\": |-\n  one\n    two\n",
    "--- \na: 1\n---\n- b\n- c\n...\n---\nd: {e: [f, g]}\n",
    "a: &x {b: c}\nd: *x\n", "base: &b\n  k: v\nuse:\n  <<: *b\n  l: w\n", "a: 1\na: 2\nb: 3\n", "a: [b, c\n",
    "{a: , b: [ , ], c: ''}\n", "a: !t\nb: !u {c: d}\n", "!top\na: !Cidr [!GetAtt V.C, 2]\n", "just a text\n", "", "? [a]\n: b\n",
    "k: 'ä ö'\nü:\n  - '€'\n  - 𝔘: x\n",
    "a: !!str b\nc: !!map\n  d: e\nf: !<!g> h\n", "%TAG ! tag:acme.example,2026:\n---\na: !b c\nd: !e [f]\n", "a: ! b\nc: !d_e f\n",
    "a: &x !t b\nc: &y !u\n  d: e\n&z f: g\n", "a: [!t , !u b, ![c]]\n", "a: !very" + "Long" * 30 + " b\n", "!a\nb: !c\n  - !d e\n",
    "outer:\n  inner:\n    deep:\n      - one   # here\n\n\nnext: 1\n",
]  # fmt: skip


def routes_of(value: Any, route: Route = ()) -> list[Route]:
    found = [route]
    for step, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        found += routes_of(item, (*route, step))
    return found


def check(text: str, dice: random.Random | None = None) -> None:
    data = text.encode()
    decoded = decode_leniently(data)
    by_document: dict[int, dict[tuple[Route, str], None]] = {}
    marks = {}
    for number, reading in enumerate(read_yaml(data, "x.yaml")):
        routes = [*routes_of(reading.value), ("not", "there"), (0, "nor", 1)]
        if dice is not None:
            routes = dice.sample(routes, dice.randint(1, len(routes)))
        beyond = [(*route, "beyond") for route in routes[:3]]
        if reading.marks is not None:
            marks[number] = reading.marks
        by_document[number] = {(route, part): None for route in (*routes, *beyond) for part in ("key", "value")}
    if by_document:
        composed = _composed_stretches(decoded, "x.yaml", by_document)
        assert yaml_stretches(decoded, "x.yaml", by_document) == composed
        assert marked_stretches(decoded.text, by_document, marks) in (composed, None)


@pytest.mark.parametrize("text", TEXTS)
def test_every_route_of_a_text(text: str) -> None:
    check(text)


def value_of(dice: random.Random, depth: int) -> Any:
    kind = dice.random() if depth < 5 else 1.0
    if kind < 0.35:
        return {dice.choice(("a", "b b", "c:", "#d", "0", "long" * 9)) + str(n): value_of(dice, depth + 1) for n in range(3)}
    if kind < 0.6:
        return [value_of(dice, depth + 1) for _ in range(dice.randint(0, 4))]
    return dice.choice(("text", "", "with: colon", "two\nlines\n", 17, None, True, "ä" * 3, "a " * 60, "# no comment"))


def test_a_document_is_not_read_again_for_its_positions(monkeypatch: pytest.MonkeyPatch) -> None:
    data = TEXTS[1].encode()
    (reading,) = read_yaml(data, "x.yaml")
    assert reading.marks is not None
    monkeypatch.setattr(yaml_events, "_Parser", None)
    place = Place("x.yaml", ("Resources", "Role", "Properties", "List", "Fn::Join", 1, 1))
    assert locate_all([place], data, {0: reading.marks}) == [Span(10, 13, 10, 19)]


@pytest.mark.parametrize("seed", range(60))
def test_some_routes_of_a_random_document(seed: int) -> None:
    dice = random.Random(seed)
    style = dice.choice((None, True, False))
    text = yaml.safe_dump(
        value_of(dice, 0), default_flow_style=style, sort_keys=False, allow_unicode=True, indent=dice.randint(2, 5)
    )
    lines = [line + dice.choice(("", "", "  # a comment")) if line.endswith(":") else line for line in text.split("\n")]
    check("\n".join(lines), dice)

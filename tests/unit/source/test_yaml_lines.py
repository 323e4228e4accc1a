"""What is read line by line is what libyaml reads: the same values, and every node at the same place."""

from __future__ import annotations

import random
import sys

import pytest

from iamlint.source.encoding import decode_leniently
from iamlint.source.place import Route
from iamlint.source.read_yaml import _Builder, read_yaml
from iamlint.source.yaml_lines import read_lines
from iamlint.source.yaml_marks import marked_stretches
from iamlint.source.yaml_spans import _composed_stretches
from tests.unit.source.test_yaml_walk import routes_of

SIMPLE = [
    "a: b\n", "# c\n\n--- # d\na: b", "- a\n- b: c\n  d: e\n-  - f\n   - g\n", "a:\n- b\n- c\nd:\n  - e\n", "a:\n  b:\n    c:\nd:\ne: ''\n",
    "a: ~\nb: null\nc: True\nd: 'true'\ne: \"null\"\ntrue: f\n", "a: 'it''s'\nb: \"x\\n\\\"y\\\" \\\\\"\n'c d': e # f\n\"g\": h\n",
    "a: b c#d :e - f, [g] {h} # i\nj: k:l::m\nn: -o\n/p/q: r\n", "AWS::X:\n  Fn::Sub: a\n  aws:SourceArn: b\n",
    "a: !Ref b\nc: !GetAtt d.e.f\ng: !Sub 'h'\ni: !GetAZs\nj: !Sub\n  k\nl: !If\n  - m\n  - !Ref n\n  - !GetAZs\no: !If\n- p\nq: !M\n  r: s\n",
    "a: |\n  one\n    two\n\n  three  \n\nb: >-\n  x\n  y\n\n  z\nc: !Sub |-\n  #!/bin/sh\n  - d: e\nf:\n  - |\n    g\n  # h\n  - i\n",
    "a: [b, 'c', \"d\", [], {}, [e], {f: g, 'h': [i]}] # j\nk: !Join [':', [!Ref l, AWS::M, -1]]\nn: {o: !Sub p, q: null, r: [true, 'true']}\n",
    "a:\n  b\nc:\n  # d\n  'e'\nf:\n  [g]\n", "- !Ref a\n- !If [b, c]\n- - - d\n", "a: |\n  b\n\n\n", "a: |  # b\n   c\n",
    "# Größe – 大きさ\na: ü # é\nb: 'ß'\n\"ключ\": \"😀 \\\\ x\"\nc: [añ, 'é', {d: oø}]\n", "a: |\n  größer\n\n  日本 😀\nb: >-\n  ä\n  ö\nc: !Sub ${Ä}-é\nd:\n- é\n",
]  # fmt: skip
OTHER = [
    "", "# nothing\n", "a", "'a'\n", "a: &b c\n", "a: *b\n", "<<: {a: b}\n", "a: b\na: c\n", "? a\n: b\n", "a: b\n--- \nc: d\n", "a: b\n...\n", "a:\tb\n",
    "a: b\r\n", "ä: b\n", "a: b\u2028c\n", "a: b\x85c\n", "a: b\xa0c\n", "a: b\ufeff\n", "a: \u200db\n", "a: !Ä b\n", "a: b\u2029\n", "a: b\n  c\n", "a: 'b\n  c'\n", "a: [b,\n  c]\n", "a: b: c\n", "a: - b\n", "a: b\n c: d\n", "  a: b\n c: d\n", "- a\nb: c\n", "a: b\n- c\n",
    "a: \"\\x41\"\n", "a: |2\n   b\n", "a: |+\n  b\n", "a: |\n\n  b\n", "a: |\nb: c\n", "a: |\n  b", "a: |\n  b\n   \n", "a: >\n  b\n   c\n", "a: !!str b\n", "a: ! b\n", "a: [b, ]\n",
    "a: [b: c]\n", "a: {b, c}\n", "a: {b: c, b: d}\n", "a: {'b':c}\n", "a: [b] c\n", "a: {{ b }}\n", "a: @b\n", "-\n- a\n", "a: 'b'c\n", "a: !b !c d\n", "%YAML 1.1\n---\na: b\n",
    "a: 'b' #c\nd: e'f\n- g\n", "- " * 60 + "a\n", "a: " + "[" * 30 + "]" * 30 + "\n", "a" * 300 + ": b\n", "a:\n   b: c\n  d: e\n", "a: |", "a: ]\n", "a: [\n", "a: {b: }\n", "a:\n  - b\n c\n",
]  # fmt: skip


def same_as_libyaml(text: str) -> bool:
    """Return whether a text is read line by line; assert that it is then what libyaml reads."""
    found = read_lines(text)
    if found is None:
        return False
    value, marks = found
    decoded = decode_leniently(text.encode())
    (reading,) = _Builder(decoded, "x.yaml").documents()
    assert repr((value, ())) == repr((reading.value, reading.problems)), text
    wanted: dict[int, dict[tuple[Route, str], None]] = {
        0: {(route, part): None for route in routes_of(value) for part in ("key", "value")}
    }
    places = marked_stretches(text, wanted, {0: marks})
    assert places in (None, _composed_stretches(decoded, "x.yaml", wanted)), text
    return True


@pytest.mark.parametrize("text", SIMPLE)
def test_a_simple_text(text: str) -> None:
    assert same_as_libyaml(text)


@pytest.mark.parametrize("text", OTHER)
def test_a_text_that_is_left_to_libyaml(text: str) -> None:
    assert read_lines(text) is None


PIECES = [
    " ", "  ", "- ", ": ", ":", "#", " # c", "'", '"', "''", "[", "]", "{", "}", ", ", "|", "|-", ">", "&a ", "*a", "!", "!Ref ", "!GetAtt a.b", "%", "@", "~",
    "null", "<<: ", "---", "...", "\\", "\\n", "key: ", "key:", "\n", "\n  ", "\n- ", "[a, b]", "{a: b}", "!If [A, !Ref B, c]", "\t", "?", "=", "0", "ü", "日本", "😀", "\xa0", "\u2028", "\x85", "\ufeff", "é: ", "'é': ",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_a_text_with_mistakes(seed: int) -> None:
    dice = random.Random(seed)
    read = 0
    for _ in range(60):
        lines = "".join(dice.choices([*SIMPLE * 4, *OTHER[:44]], k=dice.choice((1, 1, 2)))).split("\n")
        for _ in range(dice.choice((0, 1, 1, 2, 4))):
            at = dice.randrange(len(lines))
            line, cut = lines[at], dice.randint(0, len(lines[at]))
            lines[at] = dice.choice((
                f" {line}", f"  {line}", line[1:], line[2:], line[:cut] + dice.choice(PIECES) + line[cut:], line[:cut] + line[cut + 1 :],
                line + dice.choice(PIECES), dice.choice(lines), "", "   ", "    # c",
            ))  # fmt: skip
        read += same_as_libyaml("\n".join(lines) + dice.choice(("", "\n", "\n\n", "\n # c")))
    assert read


def test_a_simple_text_needs_no_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    (reading,) = read_yaml(SIMPLE[2].encode(), "x.yaml")
    assert reading.value == ["a", {"b": "c", "d": "e"}, ["f", "g"]]

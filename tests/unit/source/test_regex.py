"""A late regular expression is one of `re`, compiled when it is first used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import iamlint
from iamlint.source.regex import mended, regex


@pytest.mark.parametrize(
    ("text", "flags", "subject"),
    [
        (r"a(b)?c", 0, "xabcxac"),
        (r"A.C", re.IGNORECASE | re.DOTALL, "a\nc"),
        (rb"(\w+)=(\w*)", 0, b"a=1, b="),
        (r"^x|y$", re.MULTILINE, "x\ny"),
    ],
)
def test_every_method_answers_as_that_of_re(text, flags, subject):
    late, early = regex(text, flags), re.compile(text, flags)
    filling = "-" if isinstance(subject, str) else b"-"
    for method in ("match", "fullmatch", "search"):
        one, other = getattr(late, method)(subject, 1), getattr(early, method)(subject, 1)
        assert (one and (one.span(), one.groups())) == (other and (other.span(), other.groups()))
    assert late.sub(filling, subject, count=1) == early.sub(filling, subject, count=1)
    assert late.subn(filling, subject) == early.subn(filling, subject)
    assert late.split(subject) == early.split(subject)
    assert late.findall(subject) == early.findall(subject)
    assert [found.span() for found in late.finditer(subject)] == [found.span() for found in early.finditer(subject)]
    assert (late.pattern, late.flags, late.groups) == (early.pattern, early.flags, early.groups)


def test_it_is_compiled_once_and_when_it_is_first_used(monkeypatch):
    compiled = []
    compile = re.compile
    monkeypatch.setattr(re, "compile", lambda *given: (compiled.append(given), compile(*given))[1])
    late = regex("a+")
    assert compiled == []
    assert (late.search("baa").span(), late.match("b"), late.sub("-", "aba")) == ((1, 3), None, "-b-")
    assert compiled == [("a+", 0)]


def test_what_re_does_not_have_is_an_attribute_error():
    with pytest.raises(AttributeError):
        _ = regex("a").nothing


# What a possessive group matches of a text: as many whole turns as there are (documentation of `re`, "x*+"). Python before
# 3.11.5 counts what a failed turn had matched, too (CPython issues 100061 and 106052).
POSSESSIVE = [
    (r"(?:ab?c)*+", "aca", 2),
    (r"(?:ab?c)++", "acac", 4),
    (r"(?:ab?c)?+", "aba", 0),
    (r"(?:.(?!D))++", "ABCDE", 2),
    (r"(?:x(?:a|b)*+\}|y)*+", "yxaby", 1),
    (r"(?:\{[^{}]*+\}|[^{}]++)*+", "a{b}{c{d}}", 4),
    (r"(?:\(\)*+|a)*+", "a())b", 4),
    (r"(?:\\(a|b)?+)*+", r"\a\\b", 5),
    (rb"(?:[)]*+(?:ab?c)*+;)*+", b"));acaa;", 3),
]


@pytest.mark.parametrize(("pattern", "text", "end"), POSSESSIVE)
def test_possessive_groups_match_the_same_in_every_python(pattern, text, end):
    assert regex(pattern).match(text).end() == end
    assert re.compile(mended(pattern)).match(text).end() == end


def test_possessive_groups_stand_in_patterns_of_regex_only():
    root = Path(iamlint.__file__).parent
    found = [
        f"{path.name}: {call}"
        for path in [*root.rglob("*.py"), *(root.parent / "rules").rglob("*.py")]
        for call in re.findall(r"\bre\.\w+\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)", path.read_text("utf-8"))
        if re.search(r"[^\\]\)[*+?]\+", call) and path.name != "regex.py"
    ]
    assert found == []

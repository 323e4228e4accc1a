"""Reading policy tests: what fits becomes a test, everything else a problem with its place."""

from __future__ import annotations

import pytest

from iamlint.policytest.case import is_test_file, read_tests
from iamlint.source.locate import locate

HEAD = "apiVersion: iamlint/v1\nkind: AccessTest\n"
PATH = "tests/a.iamtest.yaml"


def problems(text: str) -> list[tuple[int, str]]:
    data = text.encode()
    return [(locate(problem.at, data).line, problem.message) for problem in read_tests(data, PATH).problems]


def test_every_field_is_read():
    text = HEAD + (
        "given: {environment: prod, 'aws:SourceVpce': vpce-1}\n"
        "tests:\n"
        "  - name: one\n"
        "    as: group:okta/a\n"
        "    can: [{do: telemetry:read, on: project:lightstep/a}]\n"
        "    cannot: [{do: 's3:*', on: 'arn:aws:s3:::b'}]\n"
        "    reaches: [env:dev]\n"
        "    never_reaches: [env:prod]\n"
        "    given: {environment: dev}\n"
        "    unknown: ok\n"
        "    todo: not yet\n"
        "---\n" + HEAD + "tests:\n"
        "  - name: two\n"
        "    who_can: {do: telemetry:read, on: project:lightstep/a}\n"
        "    exactly: [user:a@b.example]\n"
        "    at_most: []\n"
        "    includes: [user:c@d.example]\n"
        "    disjoint: [env:dev, env:prod]\n"
    )
    read = read_tests(text.encode(), PATH)
    assert read.problems == ()
    one, two = read.tests
    assert (one.name, one.principal and one.principal.name, one.unknown_ok, one.todo) == ("one", "group:okta/a", True, "not yet")
    assert [(asked.action, asked.resource) for asked in (*one.can, *one.cannot)] == [
        ("telemetry:read", "project:lightstep/a"),
        ("s3:*", "arn:aws:s3:::b"),
    ]
    assert [named.name for named in (*one.reaches, *one.never_reaches)] == ["env:dev", "env:prod"]
    assert one.given == {"environment": "dev", "aws:SourceVpce": "vpce-1"}
    assert two.at_most == ()
    assert [named.name for named in (*(two.exactly or ()), *(two.includes or ()))] == ["user:a@b.example", "user:c@d.example"]
    assert [locate(named.place, text.encode()).line for named in two.disjoint] == [23, 23]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (HEAD + "tests:\n  - name: a\n    as: x\n    cann: []\n", 6, "unknown field `cann`"),
        (HEAD + "tests:\n  - as: x\n    can: [{do: a, on: b}]\n", 4, "has no `name`"),
        (HEAD + "tests:\n  - name: a\n    as: x\n    can: [{do: a}]\n", 6, "has no `on`"),
        (HEAD + "tests:\n  - name: a\n    disjoint: [env:dev]\n", 5, "at least 2"),
        (HEAD + "tests:\n  - name: a\n", 4, "asserts nothing"),
        (HEAD + "tests:\n  - name: a\n    can: [{do: a, on: b}]\n", 4, "has no `as`"),
        (HEAD + "tests:\n  - name: a\n    as: x\n", 4, "none of `can`"),
        (HEAD + "tests:\n  - name: a\n    who_can: {do: a, on: b}\n", 4, "none of `exactly`"),
        (HEAD + "tests:\n  - name: a\n    exactly: []\n", 4, "has no `who_can`"),
        ("apiVersion: iamlint/v2\nkind: AccessTest\ntests: []\n", 1, "must be `iamlint/v1`"),
        ("apiVersion: iamlint/v1\nkind: Accounts\n", 2, "must be `AccessTest`"),
        ("- a\n- b\n", 1, "must be a mapping"),
        ("tests: [\n", 1, "the file is not YAML"),
    ],
)
def test_what_does_not_fit_is_said_where_it_stands(text: str, line: int, words: str):
    found = problems(text)
    assert found
    assert any(at == line and words in message for at, message in found), found


def test_one_broken_test_does_not_lose_the_others():
    text = HEAD + "tests:\n  - name: a\n    oops: 1\n  - name: b\n    disjoint: [env:dev, env:prod]\n"
    read = read_tests(text.encode(), PATH)
    assert [test.name for test in read.tests] == ["b"]
    assert len(read.problems) == 1


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"\x00", b"&a [*a]", b"? ", b"{" * 5000, b"!!python/object:os.system x"])
def test_hostile_files_are_no_crash(data: bytes):
    assert read_tests(data, PATH).tests == ()


def test_names_of_test_files():
    assert is_test_file("a/b.iamtest.yaml")
    assert is_test_file("b.iamtest.yml")
    assert not is_test_file("iamtest.yaml")

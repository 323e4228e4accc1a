"""Tables, fixtures and `determined_by`: what they come to, and what is said of a wrong one."""

from __future__ import annotations

import pytest

from iamlint.policytest.case import PolicyTest, read_tests
from iamlint.source.locate import locate

HEAD = "apiVersion: iamlint/v1\nkind: AccessTest\n"


def cases_of(text: str) -> tuple[PolicyTest, ...]:
    read = read_tests((HEAD + text).encode(), "t.iamtest.yaml")
    assert read.problems == ()
    return read.tests


def test_a_test_runs_once_for_each_row():
    first, second = cases_of(
        "tests:\n"
        "  - name: <team> reads its <stage> traces\n"
        "    as: group:okta/eng-<team>\n"
        "    parameters: [{team: checkout, stage: prod}, {team: payments, stage: dev}]\n"
        "    can: [{do: telemetry:read, on: project:lightstep/<team>-<stage>}]\n"
        "    given: {'aws:PrincipalTag/team': <team>}\n"
    )
    assert (first.name, second.name) == ("checkout reads its prod traces", "payments reads its dev traces")
    assert [test.can[0].resource for test in (first, second)] == [
        "project:lightstep/checkout-prod",
        "project:lightstep/payments-dev",
    ]
    assert second.given == {"aws:PrincipalTag/team": "payments"}
    assert second.principal is not None
    assert second.principal.name == "group:okta/eng-payments"


def test_a_name_without_a_column_gets_the_row():
    tests = cases_of(
        "tests:\n  - {name: reads, as: <who>, reaches: [env:dev], parameters: [{who: a}, {who: b}]}\n"
    )  # fmt: skip
    assert [test.name for test in tests] == ["reads [who=a]", "reads [who=b]"]


def test_an_aws_variable_is_no_placeholder():
    (test,) = cases_of("tests:\n  - {name: n, as: a, can: [{do: 's3:Get*', on: 'arn:aws:s3:::${aws:username}/<x>'}]}\n")
    assert test.can[0].resource == "arn:aws:s3:::${aws:username}/<x>"


def test_fixtures_of_a_test_stand_in_place_of_those_of_its_file():
    one, two = cases_of(
        "fixtures: {a.json: {Version: '2012-10-17'}, b.yaml: |\n  kept\n}\n".replace("|\n  kept\n", "'kept'")
        + "tests:\n"
        + "  - {name: one, disjoint: [env:a, env:b]}\n"
        + "  - {name: two, disjoint: [env:a, env:b], fixtures: {a.json: null, c.yaml: 'x: 1'}}\n"
    )
    assert one.fixtures == (("a.json", b'{\n  "Version": "2012-10-17"\n}\n'), ("b.yaml", b"kept"))
    assert two.fixtures == (("a.json", None), ("b.yaml", b"kept"), ("c.yaml", b"x: 1"))


@pytest.mark.parametrize(
    ("entry", "line", "words"),
    [
        ("{name: n, as: <taem>, reaches: [x], parameters: [{team: a}]}", 4, "`<taem>` is no column of the table"),
        ("{name: n, as: a, reaches: [x], parameters: [{team: a}]}", 4, "no text of the test has `<team>`"),
        ("{name: n, as: <team>, reaches: [<x>], parameters: [{team: a, x: b}, {team: a}]}", 4, "row 2 has no `x`"),
        ("{name: n, as: <team>, reaches: [x], parameters: [{team: [a]}]}", 4, "`team` in row 1 is no text"),
        ("{name: n, as: a, reaches: [x], parameters: []}", 4, "`parameters` must not be empty"),
        ("{name: n, as: a, reaches: [x], parameters: [{}]}", 4, "the table has no columns"),
        (
            "{name: n, as: a, reaches: [x], fixtures: {../x.json: {}}}",
            4,
            "`../x.json` must be a path below the repository's root",
        ),
        ("{name: n, as: a, reaches: [x], fixtures: {/etc/x.json: {}}}", 4, "must be a path below"),
        ("{name: n, as: a, reaches: [x], fixtures: {x.yaml: {a: {{ b }}}}}", 4, "holds an expression of a template"),
        ("{name: n, as: a, can: [{do: a, on: b, determined_by: []}], determined_by: x}", 4, "unknown field `determined_by`"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(entry: str, line: int, words: str):
    data = f"{HEAD}tests:\n  - {entry}\n".encode()
    read = read_tests(data, "t.iamtest.yaml")
    assert read.tests == ()
    assert [(locate(problem.at, data).line, words in problem.message) for problem in read.problems][-1:] == [(line, True)]


def test_a_near_column_is_named():
    data = f"{HEAD}tests:\n  - {{name: n, as: <taem>, reaches: [x], parameters: [{{team: a}}]}}\n".encode()
    assert read_tests(data, "t").problems[0].help == "did you mean `<team>`?"

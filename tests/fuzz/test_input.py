"""Any bytes: no exception, every problem and every place inside its file, and JSON and YAML of one policy agree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iamlint.model.estate import Facts
from iamlint.model.policy import Policy, Statement
from iamlint.parse.context import Context, unknown_account
from iamlint.parse.units import Unit, parse_unit
from iamlint.source.comments import suppressions
from iamlint.source.encoding import decode_leniently
from iamlint.source.files import MemoryFiles
from iamlint.source.locate import locate_all
from iamlint.source.place import Place, Span
from iamlint.source.read_json import read_json
from iamlint.source.read_yaml import read_yaml

MODEST = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

WORDS = st.sampled_from([
    "Statement", "Effect", "Allow", "Action", "Resource", "Principal", "Condition", "AWS", "*", "Version", "2012-10-17",
    "Resources", "Type", "AWS::IAM::Role", "AWS::IAM::Policy", "Properties", "PolicyDocument", "Policies", "RoleName",
    "AWSTemplateFormatVersion", "Ref", "Fn::Sub", "Fn::If", "Fn::Join", "Fn::GetAtt", "${R.Arn}", "R", "Parameters", "Default",
    "apiVersion", "iamlint/v1", "kind", "Telemetry", "Identities", "Accounts", "Teams", "jobs", "on", "exporters", "receivers",
    "AssumeRolePolicyDocument", "NoEcho", "Conditions", "C", "Fn::Equals", "Mappings", "AWS::Serverless::Function", "{{resolve:x}}",
])  # fmt: skip
SCALARS = st.one_of(
    WORDS, st.text(max_size=8), st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(WORDS | st.text(max_size=4), inner, max_size=4)),
    max_leaves=25,
)
PIECES = st.lists(
    st.sampled_from([
        "{", "}", "[", "]", ":", ",", '"', "'", "\n", "\t", "  ", "- ", "# iamlint: ignore[X] y", "&a ", "*a", "<<: *a", "!Sub ", "!GetAtt a.b",
        "!If ", "---\n", "|\n", ">-\n", "? ", "{{ x }}", "//", "/*", "\\u00e9", "\\ud800", "é", "😀", "\ufeff", "\x85", "\u2028", "\r\n", "\0", "\x07",
        "Statement", "Resources", "apiVersion: iamlint/v1", "a", "1", "true", "null", "~", "AWS::IAM::Role",
    ]),
    max_size=40,
).map("".join)  # fmt: skip
ANY = st.one_of(
    st.binary(max_size=200),
    PIECES.map(lambda text: text.encode("utf-8")),
    PIECES.map(lambda text: text.encode("utf-16")),
    VALUES.map(lambda value: json.dumps(value).encode()),
    VALUES.map(lambda value: json.dumps(value, indent="\t", ensure_ascii=False).encode("utf-8", "surrogatepass")),
)
NAMES = st.sampled_from(["x.json", "x.yaml", "x.yml", "x.template", "x.txt", ".github/workflows/x.yml", "x.access.yaml"])


def is_inside(span: Span, data: bytes) -> bool:
    """Return whether a span lies inside the file."""
    lines = decode_leniently(data).text.split("\n")
    for line, column in ((span.line, span.column), (span.end_line, span.end_column)):
        if not (1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 1):
            return False
    return (span.line, span.column) <= (span.end_line, span.end_column)


def routes(value: Any, route: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield every route inside a value."""
    yield route
    if isinstance(value, (dict, list)):
        for step, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from routes(item, (*route, step))


@MODEST
@given(ANY, NAMES)
def test_any_bytes_make_facts_whose_places_lie_inside_the_file(data: bytes, path: str) -> None:
    facts = parse_unit(
        Unit("document", path, (path,), explicit=True), MemoryFiles({path: data}), Context(path, unknown_account(path))
    )
    places = [problem.at for problem in facts.problems] + [line.at for line in facts.unresolved]
    places += [place for problem in facts.problems for place, _ in problem.because]
    places += [place for item in facts.items for place in _places(item)]
    here = [place for place in places if place.path == path]
    assert here == places
    assert all(is_inside(span, data) for span in locate_all(here, data))


def _places(item: Any) -> Iterator[Place]:
    if isinstance(item, Policy):
        yield item.place
        for statement in item.statements:
            yield from _statement_places(statement)
    elif isinstance(item, tuple):
        yield from (field for field in item if isinstance(field, Place))


def _statement_places(statement: Statement) -> Iterator[Place]:
    yield statement.place()
    yield statement.place("Missing", part="key")
    yield from (statement.action_place(index) for index in range(len(statement.actions)))
    yield from (statement.place(*condition.route) for condition in statement.conditions)


@MODEST
@given(ANY)
def test_every_route_of_a_reading_can_be_located(data: bytes) -> None:
    json_reading = read_json(data, "x.json")
    yaml_readings = read_yaml(data, "x.yaml")
    for path, readings in (("x.json", [json_reading]), ("x.yaml", yaml_readings)):
        for reading in readings:
            places = [
                Place(path, route, part, None, reading.document)
                for route in list(routes(reading.value))[:200]
                for part in ("value", "key")
            ]
            assert all(is_inside(span, data) for span in locate_all(places, data))


@MODEST
@given(ANY, st.sampled_from(["x.tf", "x.yaml", "x.yml"]))
def test_comments_of_any_bytes(data: bytes, path: str) -> None:
    for found in suppressions(data, path):
        assert found.line <= found.first_line == found.last_line
        assert is_inside(locate_all([found.place], data)[0], data)


@MODEST
@given(ANY, st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=5))
def test_any_stretch_of_bytes_has_a_span_inside(data: bytes, stretches: list[tuple[int, int]]) -> None:
    places = [Place("x.tf", span=(min(pair), max(pair))) for pair in stretches]
    assert all(is_inside(span, data) for span in locate_all(places, data))


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff"), min_size=1, max_size=12)
ONE_OR_MORE = st.one_of(TEXT, st.lists(TEXT, min_size=1, max_size=3))
STATEMENT = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]), "Action": ONE_OR_MORE},
    optional={
        "Sid": TEXT,
        "Resource": ONE_OR_MORE,
        "Principal": st.one_of(st.just("*"), st.dictionaries(st.sampled_from(["AWS", "Service"]), ONE_OR_MORE, min_size=1)),
        "Condition": st.dictionaries(
            st.sampled_from(["StringEquals", "Bool"]),
            st.dictionaries(TEXT, ONE_OR_MORE | st.booleans() | st.integers(), min_size=1),
            min_size=1,
        ),
    },
)
POLICY = st.fixed_dictionaries({"Version": st.just("2012-10-17"), "Statement": st.lists(STATEMENT, min_size=1, max_size=3)})


@MODEST
@given(POLICY)
def test_json_and_yaml_of_the_same_policy_agree(document: dict[str, Any]) -> None:
    yaml = pytest.importorskip("yaml")
    files = {
        "p.json": json.dumps(document).encode(),
        "p.yaml": yaml.safe_dump(document, allow_unicode=True, sort_keys=False).encode(),
        "q.yaml": json.dumps(document, indent="\t").encode(),
    }
    readings = [_without_places(_facts(path, data)) for path, data in files.items()]
    assert readings[0] == readings[1] == readings[2]
    assert readings[0][0][0] is not None


def _facts(path: str, data: bytes) -> Facts:
    return parse_unit(Unit("document", path, (path,)), MemoryFiles({path: data}), Context(path, unknown_account(path)))


def _without_places(facts: Facts) -> list[Any]:
    (policy,) = facts.items
    return [
        [
            (statement.effect, statement.sid, statement.actions, statement.resources, statement.principals, statement.conditions)
            for statement in policy.statements
        ],
        policy.kind,
        policy.version,
    ]

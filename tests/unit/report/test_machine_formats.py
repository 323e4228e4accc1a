"""What programs read: JSON, SARIF, workflow commands, JUnit, Markdown."""

from __future__ import annotations

import json as stdlib_json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import estates
import pytest
from jsonschema import Draft4Validator

from iamlint.lint.finding import Severity
from iamlint.report import github, json, junit, markdown, sarif
from iamlint.report.run import RunReport

SCHEMA = Path(__file__).resolve().parents[2] / "data" / "sarif" / "sarif-2.1.0-rtm.5.json"
HOSTILE_PATH = "policies/50%,a:b <x>&\x1b[31m🙂.json"
HOSTILE = '{"Version": "2012-10-17", "Statement": [{"Sid": "::error::]]>", "Effect": "Allow", "Action": "*", "Resource": "*"}]}'


@pytest.fixture(scope="module")
def report() -> RunReport:
    return estates.report()


@pytest.fixture(scope="module")
def hostile() -> RunReport:
    made = estates.report({HOSTILE_PATH: HOSTILE})
    message = "`a\nb` ::error file=x::100% | <script> \x1b[31m ]]> \ud800 \ufffe @everyone ![x](y)"
    return made._replace(diagnostics=tuple(item._replace(message=message, help=message) for item in made.diagnostics))


def test_json_has_the_keys_of_the_contract(report: RunReport):
    value = stdlib_json.loads(json.render(report))
    assert list(value) == ["version", "diagnostics", "summary", "coverage"]
    assert value["version"] == 1
    assert list(value["diagnostics"][0]) == [
        "rule", "name", "severity", "confidence", "message", "file", "line", "column", "end_line", "end_column",
        "related", "help", "fingerprint", "suppressed",
    ]  # fmt: skip
    assert list(value["diagnostics"][0]["related"][0]) == ["message", "file", "line", "column"]
    assert list(value["summary"]) == ["files", "units", "error", "warning", "note", "suppressed"]
    assert list(value["coverage"]) == ["resolved", "unresolved", "switched_off", "resources", "reasons"]
    assert [list(line) for line in value["coverage"]["unresolved"]][:1] == [["reason", "file", "line"]]


def test_json_counts_the_suppressed_apart(report: RunReport):
    value = stdlib_json.loads(json.render(report))
    suppressed = [item for item in value["diagnostics"] if item["suppressed"] is not None]
    assert [item["suppressed"] for item in suppressed] == ["the break-glass policy, attached to nobody"]
    assert value["summary"]["suppressed"] == 1
    assert value["summary"]["error"] == len(value["diagnostics"]) - 1 - value["summary"]["note"]


def sarif_errors(report: RunReport) -> list[str]:
    validator = Draft4Validator(stdlib_json.loads(SCHEMA.read_text()))
    return [error.message for error in validator.iter_errors(stdlib_json.loads(sarif.render(report)))]


def test_sarif_fits_the_official_schema(report: RunReport, hostile: RunReport):
    assert sarif_errors(report) == []
    assert sarif_errors(hostile) == []
    assert sarif_errors(estates.report({})) == []


@pytest.fixture(scope="module")
def run(report: RunReport) -> dict[str, Any]:
    value: dict[str, Any] = stdlib_json.loads(sarif.render(report))["runs"][0]
    return value


def results(run: dict[str, Any], path: str) -> Iterator[dict[str, Any]]:
    for result in run["results"]:
        if result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == path:
            yield result


def test_sarif_counts_columns_in_utf16_code_units(run: dict[str, Any]):
    assert run["columnKind"] == "utf16CodeUnits"
    line = estates.OPS.splitlines()[3]
    first = next(results(run, "policies/ops.json"))
    region = first["locations"][0]["physicalLocation"]["region"]
    before = line[: line.index('"*"')]
    assert region["startColumn"] == len(before.encode("utf-16-le")) // 2 + 1 == len(before) + 2


def test_sarif_points_from_results_to_rules_and_artifacts(run: dict[str, Any]):
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        for place in (*result["locations"], *result.get("relatedLocations", ())):
            location = place["physicalLocation"]["artifactLocation"]
            assert run["artifacts"][location["index"]]["location"]["uri"] == location["uri"]
            assert location["uriBaseId"] == "%SRCROOT%"


def test_sarif_carries_the_path_of_reasons_in_order(run: dict[str, Any]):
    first = next(results(run, "policies/ops.json"))
    assert [item["message"]["text"] for item in first["relatedLocations"]] == ["it allows", "on `*` | <all> of 100%"]


def test_sarif_tells_a_suppression_in_the_file(run: dict[str, Any]):
    (result,) = results(run, "policies/everything.yaml")
    assert result["suppressions"] == [{"kind": "inSource", "justification": "the break-glass policy, attached to nobody"}]


def test_sarif_paths_are_relative_references(hostile: RunReport):
    run = stdlib_json.loads(sarif.render(hostile))["runs"][0]
    uri = run["artifacts"][0]["location"]["uri"]
    assert uri == "policies/50%25,a%3Ab%20%3Cx%3E&%1B%5B31m%F0%9F%99%82.json"


def test_a_workflow_command_cannot_be_broken_out_of(hostile: RunReport):
    lines = github.render(hostile).splitlines()
    assert len(lines) == len(hostile.diagnostics) + 1
    properties, _, data = lines[0].removeprefix("::error ").partition("::")
    assert properties.split(",")[0] == "file=policies/50%25%2Ca%3Ab <x>&\\x1b[31m🙂.json"
    assert data.startswith("`a\\nb` ::error file=x::100%25 | ")
    assert "\x1b" not in data


def test_annotations_stand_on_the_lines(report: RunReport):
    commands = [line for line in github.render(report).splitlines() if line.startswith("::")]
    assert len(commands) == len(report.reported())
    assert commands[-1].startswith("::error file=policies/ops.json,line=5,endLine=5,col=")
    assert any(command.startswith("::notice file=access/telemetry.access.yaml,") for command in commands)


def test_junit_is_well_formed_whatever_the_text(hostile: RunReport):
    root = ElementTree.fromstring(junit.render(hostile))
    (case,) = (case for case in root.iter("testcase") if case.find("failure") is not None)
    assert case.get("file") == "policies/50%,a:b <x>&\\x1b[31m🙂.json"
    assert case.get("line") == "1"


def test_junit_fails_what_fails_the_run(report: RunReport):
    def failures(fail_on: Severity) -> int:
        root = ElementTree.fromstring(junit.render(report, fail_on=fail_on))
        assert root.get("failures") == str(len(list(root.iter("failure"))))
        return len(list(root.iter("failure")))

    errors = report.summary.error
    assert (failures(Severity.ERROR), failures(Severity.NOTE)) == (errors, errors + report.summary.note)


def test_junit_has_a_passing_case_for_a_rule_that_found_nothing():
    clean = estates.report({})
    names = [case.get("name") for case in ElementTree.fromstring(junit.render(clean)).iter("testcase")]
    assert names == ["EX101 every-action", "EX102 reached-project"]


def test_markdown_keeps_users_text_from_being_markup(hostile: RunReport):
    rendered = markdown.render(hostile)
    row = next(line for line in rendered.splitlines() if line.startswith("| error"))
    assert "<script>" not in row.replace("\\<script\\>", "")
    assert row.replace("\\|", "").count("|") == 5
    assert "\x1b" not in rendered
    assert "@everyone" not in rendered.replace("\\@everyone", "")


def test_a_backtick_that_closes_nothing_is_no_code():
    assert markdown.text("a ` <b> `x`") == "a \\` \\<b\\> \\`x\\`"
    assert markdown.text("a `<b>` <c>") == "a `<b>` \\<c\\>"


@pytest.mark.parametrize("render", [json.render, sarif.render, github.render, junit.render, markdown.render])
def test_the_order_of_files_changes_nothing(render: object):
    files = dict(estates.FILES)
    backwards = dict(reversed(files.items()))
    assert render(estates.report(files)) == render(estates.report(backwards))  # type: ignore[operator]

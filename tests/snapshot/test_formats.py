"""How each format looks, for one small estate. `pytest tests/snapshot --update-snapshots` writes the files anew."""

from __future__ import annotations

import json as stdlib_json
from collections.abc import Callable
from pathlib import Path

import estates
import pytest

from iamlint.report import github, json, junit, markdown, sarif, text
from iamlint.report.run import RunReport

EXPECTED = Path(__file__).with_name("expected")

FORMATS: dict[str, Callable[[RunReport], str]] = {
    "text.txt": text.render,
    "text-verbose.txt": lambda report: text.render(report, verbosity=1),
    "text-quiet.txt": lambda report: text.render(report, verbosity=-1),
    "text-color.txt": lambda report: text.render(report, color=True),
    "report.json": json.render,
    "report.sarif": lambda report: json.dump(stdlib_json.loads(sarif.render(report))),
    "github.txt": github.render,
    "junit.xml": junit.render,
    "report.md": markdown.render,
}


@pytest.fixture(scope="module")
def report() -> RunReport:
    return estates.report()


@pytest.mark.parametrize("name", FORMATS)
def test_looks_as_recorded(name: str, report: RunReport, request: pytest.FixtureRequest):
    rendered = FORMATS[name](report)
    recorded = EXPECTED / name
    if request.config.getoption("--update-snapshots"):
        recorded.write_bytes(rendered.encode())
    assert rendered.encode() == recorded.read_bytes()

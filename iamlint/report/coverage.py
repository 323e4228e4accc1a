"""The coverage of policy tests as text, JSON, lcov and Cobertura XML."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.policytest.coverage import KINDS, Item, PolicyCoverage, by_file
from iamlint.report.answers import Answers
from iamlint.report.display import clean
from iamlint.report.junit import attribute
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PLURAL = {
    "statement": "statements",
    "trust entry": "trust entries",
    "mapping": "mappings",
    "binding": "bindings",
    "edge": "other edges",
}


def text(coverage: PolicyCoverage, answers: Answers, *, missing: bool = False) -> str:
    """Return the share by kind, and with `missing` every item that no test exercised, by file and line."""
    lines = [f"coverage: {percent_text(coverage.percent)} of what gives or takes access was exercised"]
    for kind in KINDS:
        exercised, total = coverage.of(kind)
        if total:
            lines.append(f"  {_PLURAL[kind] + ':':<15} {exercised} of {total}")
    if missing:
        left = [item for item in coverage.items if not item.tests]
        lines += ["", "not exercised:"] if left else []
        for item in left:
            file, line = answers.where(item.place)
            lines.append(f"  {file}:{line}: {item.kind}: {item.what}")
    return "".join(f"{clean(line)}\n" for line in lines)


def to_json(coverage: PolicyCoverage, answers: Answers) -> dict[str, Any]:
    """Return the coverage as plain values; `missing` lists what no test exercised."""
    kinds = {}
    for kind in KINDS:
        exercised, total = coverage.of(kind)
        kinds[kind.replace(" ", "_")] = {"exercised": exercised, "total": total}
    exercised, total = coverage.of()
    missing = []
    for item in coverage.items:
        if not item.tests:
            file, line = answers.where(item.place)
            missing.append({"kind": item.kind.replace(" ", "_"), "what": item.what, "file": file, "line": line})
    return {
        "percent": round(coverage.percent, 2), "exercised": exercised, "total": total, "kinds": kinds, "missing": missing,
    }  # fmt: skip


class _Line(NamedTuple):
    """A line on which items begin: how many there are, how many were exercised, and how often all of them were."""

    number: int
    items: tuple[Item, ...]

    @property
    def hits(self) -> int:
        """Return by how many tests: a line is as covered as the least covered item on it."""
        return min(len(item.tests) for item in self.items)

    @property
    def exercised(self) -> int:
        """Return how many of the items were exercised."""
        return sum(bool(item.tests) for item in self.items)


def lcov(coverage: PolicyCoverage, answers: Answers) -> str:
    """Return an lcov tracefile: a line where something begins counts the tests that exercised it, several on one are branches."""
    written = []
    for file, lines in _files(coverage, answers):
        written += ["TN:iamlint", f"SF:{clean(file)}"]
        branches = [line for line in lines if len(line.items) > 1]
        for line in branches:
            for number, item in enumerate(line.items):
                written.append(f"BRDA:{line.number},0,{number},{len(item.tests) if line.exercised else '-'}")
        if branches:
            written += [f"BRF:{sum(len(line.items) for line in branches)}", f"BRH:{sum(line.exercised for line in branches)}"]
        written += [f"DA:{line.number},{line.hits}" for line in lines]
        written += [f"LF:{len(lines)}", f"LH:{sum(line.hits > 0 for line in lines)}", "end_of_record"]
    return "".join(f"{line}\n" for line in written)


def cobertura(coverage: PolicyCoverage, answers: Answers) -> str:
    """Return Cobertura XML (coverage-04.dtd): a class for each file, without a time, so that equal runs give equal bytes."""
    classes = []
    lines_valid = lines_covered = branches_valid = branches_covered = 0
    for file, lines in _files(coverage, answers):
        covered = sum(line.hits > 0 for line in lines)
        several = [line for line in lines if len(line.items) > 1]
        valid, hit = sum(len(line.items) for line in several), sum(line.exercised for line in several)
        lines_valid, lines_covered = lines_valid + len(lines), lines_covered + covered
        branches_valid, branches_covered = branches_valid + valid, branches_covered + hit
        rates = f'line-rate="{_rate(covered, len(lines))}" branch-rate="{_rate(hit, valid)}" complexity="0"'
        classes += [f"        <class name={attribute(file)} filename={attribute(file)} {rates}>", "          <methods/>"]
        classes += ["          <lines>", *map(_cobertura_line, lines), "          </lines>", "        </class>"]
    rates = f'line-rate="{_rate(lines_covered, lines_valid)}" branch-rate="{_rate(branches_covered, branches_valid)}"'
    counts = (
        f'lines-covered="{lines_covered}" lines-valid="{lines_valid}" '
        f'branches-covered="{branches_covered}" branches-valid="{branches_valid}"'
    )
    written = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">',
        f'<coverage {rates} {counts} complexity="0" version="iamlint" timestamp="0">',
        "  <sources><source>.</source></sources>",
        "  <packages>",
        f'    <package name="access" {rates} complexity="0">',
        "      <classes>",
        *classes,
        "      </classes>",
        "    </package>",
        "  </packages>",
        "</coverage>",
    ]
    return "".join(f"{line}\n" for line in written)


def percent_text(percent: float) -> str:
    """Return a share with one decimal, never rounded up to a whole that it is not."""
    return f"{int(percent * 10) / 10:.1f} %"


def _files(coverage: PolicyCoverage, answers: Answers) -> Iterator[tuple[str, list[_Line]]]:
    answers.compute(item.place for item in coverage.items)
    for items in by_file(coverage.items).values():
        by_line: dict[int, list[Item]] = {}
        shown = ""
        for item in items:
            file, line = answers.where(item.place)
            shown = file or ""
            by_line.setdefault(line or 1, []).append(item)
        yield shown, [_Line(number, tuple(found)) for number, found in sorted(by_line.items())]


def _cobertura_line(line: _Line) -> str:
    opening = f'            <line number="{line.number}" hits="{line.hits}"'
    if len(line.items) == 1:
        return f'{opening} branch="false"/>'
    share = f"{100 * line.exercised // len(line.items)}% ({line.exercised}/{len(line.items)})"
    return f'{opening} branch="true" condition-coverage="{share}"/>'


def _rate(covered: int, valid: int) -> str:
    return f"{covered / valid:.4f}" if valid else "1"

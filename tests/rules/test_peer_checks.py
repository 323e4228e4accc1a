"""docs/peer-checks.md names rules that exist, and every validity rule stands in it."""

import re
from pathlib import Path

import iamlint_rules
from iamlint.lint.reserved import RESERVED
from iamlint.project.plugins import rules_in

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "peer-checks.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if re.match(r"\| [A-Za-z]", line)]
ENTRIES = [row for row in ROWS if row[1] != "here"]
RULES = {rule.id for rule in (*rules_in(iamlint_rules), *RESERVED.values())}


def test_every_row_names_rules_or_says_why_not() -> None:
    assert len(ENTRIES) > 200
    assert [row[0] for row in ENTRIES if len(row) != 3 or not row[1] or (row[1] == "–" and not row[2])] == []


def test_every_rule_it_names_exists() -> None:
    named = set(re.findall(r"\b[A-Z]{2,5}\d{3}\b", " ".join(row[1] for row in ENTRIES)))
    assert named - RULES == set()


def test_every_validity_rule_stands_in_it() -> None:
    assert {rule for rule in RULES if rule.startswith("IAM0")} - set(re.findall(r"\bIAM0\d\d\b", PAGE)) == set()


def test_no_code_of_a_tool_stands_there_twice() -> None:
    for section in PAGE.split("\n## ")[1:]:
        codes = re.findall(r"^\| ([A-Za-z][^|]*) \|", section, re.MULTILINE)
        assert len(codes) == len(set(codes)), section.partition("\n")[0]

"""Every code of another tool that docs/peer-checks.md maps: our rule points at the marked token, and is silent on the near miss.

`peer_codes/*.txt` hold the cases. After `CODE: RULES`, a line with `-` is wrong, one with `+` a near miss, and one with `?` says
what the finding before it suggests. `«…»` marks what the finding points at. What stands before the document says what it is.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

import iamlint_rules
from iamlint.lint.reserved import RESERVED
from iamlint.project.plugins import rules_in
from iamlint.source.place import Span
from iamlint.testing.examples import check_files

RULES = {rule.id: rule for rule in rules_in(iamlint_rules)}
FILES = sorted((Path(__file__).parent / "peer_codes").glob("*.txt"))
ROLE = 'resource "aws_iam_role" "a" {\n  name = "a"\n  assume_role_policy = jsonencode(%s)\n}\n'
POLICY = 'resource "aws_iam_policy" "a" {\n  name = "a"\n  policy = jsonencode(%s)\n}\n'
PLACES = {"": "policies/a.json", "scp": "scps/a.json", "rcp": "rcps/a.json", "trust": "trust/a.json"}


class Case(NamedTuple):
    """One document, the rules that are asked about it, and what they point at (none: they are silent)."""

    tool: str
    code: str
    rules: tuple[str, ...]
    kind: str
    text: str
    suggests: str = ""

    def __str__(self) -> str:
        return f"{self.code}-{','.join(self.rules)}-{'bad' if '«' in self.text else 'good'}"


def read_cases(path: Path) -> list[Case]:
    found: list[Case] = []
    code, rules = "", ()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(("- ", "+ ")):
            words = re.match(r"([A-Z]+\d+ )?([a-z-]+ )?(.*)", line[2:])
            assert words is not None
            chosen = (words[1].strip(),) if words[1] else rules
            found.append(Case(path.stem, code, chosen, (words[2] or "").strip(), words[3]))
            assert ("«" in line) == (line[0] == "-"), line
        elif line.startswith("? "):
            found[-1] = found[-1]._replace(suggests=line[2:])
        elif ":" in line and line[:1] not in "# ":
            code, _, listed = line.partition(": ")
            rules = tuple(listed.split(", "))
    return found


CASES = [case for path in FILES for case in read_cases(path)]


ACCOUNTS = """
apiVersion: iamlint/v1
kind: Accounts
accounts: [{id: "111111111111", name: acme-prod}]
"""


def laid_out(case: Case) -> tuple[str, str]:
    """Return path and text of the file that holds a case, marks included."""
    text = re.sub(r"a\*(\d+)", lambda found: "a" * int(found[1]), case.text)
    kind, _, extent = case.kind.partition("-")
    if kind == "whole":
        kind, extent = "", "whole"
    if kind in ("terraform", "estate"):
        return "infra/main.tf", text.replace(" ; ", "\n")
    if kind == "template":
        return "template.json", text
    if extent != "whole" and kind != "managed":
        statements = text if text.lstrip("«").startswith("[") else f"[{text}]"
        text = f'{{"Version": "2012-10-17", "Statement": {statements}}}'
    if kind == "role":
        return "infra/main.tf", ROLE % text
    if kind == "managed":
        return "infra/main.tf", POLICY % text
    return PLACES[kind], text


def _between(text: str, span: Span) -> str:
    lines = text.splitlines(keepends=True)
    before = sum(map(len, lines[: span.line - 1]))
    end = sum(map(len, lines[: span.end_line - 1])) + span.end_column - 1
    return text[before + span.column - 1 : end]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_rule_points_at_the_token(case: Case) -> None:
    path, marked = laid_out(case)
    before, _, rest = marked.partition("«")
    token, _, after = rest.partition("»")
    text = before + token + after
    more = {"accounts.access.yaml": ACCOUNTS} if case.kind == "estate" else {}
    made = check_files({path: text, **more}, [RULES[name] for name in case.rules if name not in RESERVED])
    made = [one for one in made if one.rule in case.rules]
    where = [_between(text, one.span) for one in made]
    if not token:
        assert made == [], [one.message for one in made]
        return
    assert where == [token], [one.message for one in made]
    if case.suggests:
        assert case.suggests in made[0].help, made[0].help


def mapped() -> list[tuple[str, str, tuple[str, ...]]]:
    """Return the rows of the page that name rules: tool, code and rules. A crash is no document's matter."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "peer-checks.md").read_text(encoding="utf-8")
    found = []
    for section in page.split("\n## ")[1:]:
        tool = {"IAM": "access_analyzer", "parliament": "parliament", "cfn-lint": "cfn_lint", "boogy": "boogy"}.get(
            re.split(r"[ \n]", section, maxsplit=1)[0], ""
        )
        for code, rules in re.findall(r"^\| ([A-Za-z][^|]*) \| ([A-Z]{2,5}\d[^|]*) \|", section, re.MULTILINE):
            if tool and rules != "IL010":
                found.append((tool, code, tuple(rules.split(", "))))
    return found


@pytest.mark.parametrize(("tool", "code", "rules"), mapped(), ids=lambda one: str(one))
def test_every_row_of_the_page_is_held(tool: str, code: str, rules: tuple[str, ...]) -> None:
    cases = [case for case in CASES if case.tool.startswith(tool) and case.code == code]
    assert sorted({rule for case in cases if "«" in case.text for rule in case.rules}) == sorted(rules)
    assert [case for case in cases if "«" not in case.text], "a near miss is missing"


def test_no_case_is_of_a_row_that_the_page_does_not_have() -> None:
    assert {(case.tool.partition("_")[0], case.code) for case in CASES} == {
        (tool.partition("_")[0], code) for tool, code, _ in mapped()
    }

"""The cases: request and documents beside the verdict that the clause demands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from semantics.documents import read_policies, read_request

from iamlint.iam.evaluate import evaluate

HERE = Path(__file__).parent
CLAUSES = HERE.parent.parent / "docs" / "semantics.md"


def _cases() -> list[Any]:
    found = []
    for path in sorted((HERE / "cases").rglob("*.yaml")):
        for case in yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader):  # every scalar stays text
            found.append(pytest.param(case, id=f"{path.stem}: {case['name']}"))
    return found


CASES = _cases()


@pytest.mark.parametrize("case", CASES)
def test_the_verdict_is_the_one_beside_the_request(case: dict[str, Any]) -> None:
    request = {**case["request"]}
    request.setdefault("principal", "arn:aws:iam::111111111111:user/ann")
    verdict = evaluate(read_request(request), read_policies(_versioned(case.get("policies") or {})))
    expected = case["expect"]
    assert str(verdict.decision) == expected["decision"], verdict
    if "blocked_by" in expected:
        assert [str(layer) for layer in verdict.blocked_by] == expected["blocked_by"]
    if "determining" in expected:
        assert [statement.sid for statement in verdict.determining] == expected["determining"]
    if "residual" in expected:
        assert (verdict.residual or "none") == expected["residual"]
    if "assumed" in expected:
        assert [str(layer) for layer in verdict.assumed] == expected["assumed"]


def test_every_clause_on_decisions_has_a_case() -> None:
    written = set(re.findall(r"^\*\*([AB]\d+)\*\*", CLAUSES.read_text(encoding="utf-8"), re.MULTILINE))
    cited = {clause for case in CASES for clause in case.values[0]["clause"].split()}
    laws = (HERE.parent / "property" / "test_iam_laws.py").read_text(encoding="utf-8")
    cited |= set(re.findall(r"\b([AB]\d+)\b", laws))
    assert written
    assert cited >= written, f"without a case or law: {sorted(written - cited)}"


def test_every_clause_on_comparison_is_cited() -> None:
    tests = HERE.parent
    text = "".join(
        path.read_text(encoding="utf-8")
        for path in (
            tests / "unit" / "iam" / "test_compare.py",
            tests / "differential" / "test_compare.py",
            tests / "e2e" / "test_compare_command.py",
        )
    )
    written = set(re.findall(r"^\*\*(C\d+)\*\*", CLAUSES.read_text(encoding="utf-8"), re.MULTILINE))
    assert written
    assert written <= set(re.findall(r"\b(C\d+)\b", text))


def test_every_other_clause_names_tests_that_are_there() -> None:
    written = set(re.findall(r"^\*\*([DEF]\d+a?)\*\*", CLAUSES.read_text(encoding="utf-8"), re.MULTILINE))
    cited = yaml.safe_load((HERE / "clauses.yaml").read_text(encoding="utf-8"))
    assert written == set(cited)
    for clause, files in cited.items():
        for file, functions in files.items():
            text = (HERE.parent / file).read_text(encoding="utf-8")
            assert functions, clause
            missing = [name for name in functions if f"def {name}(" not in text]
            assert not missing, f"{clause}: {file} has no {missing}"


def _versioned(value: Any) -> Any:
    """Return the documents with the version that a case leaves out."""
    if isinstance(value, list):
        return [_versioned(item) for item in value]
    if isinstance(value, dict) and "Statement" in value:
        return {"Version": "2012-10-17", **value}
    if isinstance(value, dict):
        return {key: _versioned(item) for key, item in value.items()}
    return None if value in ("", "null") else value

"""After an edit of documents that stand alone only these are checked, and the whole prints what a fresh run would print."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from iamlint.graph.link import build_graph
from iamlint.lint.engine import run_rules
from iamlint.lint.settings import RuleSettings
from iamlint.model.estate import Estate, Facts
from iamlint.model.policy import Policy
from iamlint.project.memory import memory_session
from iamlint.project.plugins import load_all
from tests.unit.project import test_recall
from tests.unit.project.test_recall import NARROW, OPEN, UNKNOWN, Runs

repository, run = test_recall.repository, test_recall.run

ESTATE = Path(__file__).resolve().parents[3] / "examples" / "estate"
WIDE = OPEN.replace("s3:*", "*")
BROKEN = OPEN[:-2]


@pytest.fixture
def amending(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the paths that are amended. Where only an amendment will do, a whole run fails."""
    from iamlint.project import amend

    done: list[str] = []
    amended = amend.amended

    def spy(words: list[str], held: tuple[object, ...], output: memoryview, seen: object) -> object:
        answer = amended(words, held, output, seen)  # type: ignore[arg-type]
        done.append("whole" if answer is None else "amended")
        return answer

    monkeypatch.setattr(amend, "amended", spy)
    return done


def edit(path: str, text: str) -> None:
    time.sleep(0.02)
    Path(path).write_text(text)


@pytest.mark.parametrize("words", [(), ("--fail-on", "error"), ("--strict",), ("--ignore", "IAM102")])
def test_an_edit_of_a_document(repository: Path, run: Runs, amending: list[str], words: tuple[str, ...]) -> None:
    before = run(*words)
    edit("policies/p07.json", UNKNOWN)
    assert run(*words) != before
    edit("policies/p07.json", WIDE)
    run(*words)
    edit("policies/p03.json", NARROW)
    edit("policies/p00.json", WIDE)
    edit("policies/p24.json", UNKNOWN + "\n\n")
    run(*words)
    edit("policies/p00.json", NARROW)
    edit("policies/p07.json", NARROW)
    edit("policies/p24.json", NARROW)
    edit("policies/p03.json", OPEN)
    assert run(*words) == before
    assert amending == ["amended"] * 4


def test_the_text_with_frames_and_counts(
    repository: Path,
    amending: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    from iamlint.cli.main import main

    def printed(*words: str) -> tuple[int, str]:
        time.sleep(0.02)
        code = main(["check", *words])
        return code, capsys.readouterr().out

    assert printed()[0] == 1
    dice = random.Random(7)
    for _ in range(6):
        for path in dice.sample(sorted(Path("policies").iterdir()), 3):
            path.write_text(dice.choice((OPEN, NARROW, UNKNOWN, WIDE)))
        assert printed() == printed("--no-cache")
    for path in Path("policies").iterdir():
        path.write_text(NARROW + "\n")
    assert printed() == printed("--no-cache")
    assert amending == ["amended"] * 6, "twenty-five edits are too many"


MORE_THAN_AN_EDIT = {
    "no policy any more": ("policies/p07.json", '{"Resources": {"R": {"Type": "AWS::SQS::Queue"}}}'),
    "no JSON any more": ("policies/p07.json", BROKEN),
    "a suppression": ("policies/q.yaml", "# iamlint: ignore[IAM102] a reason\n" + OPEN),
    "accounts": ("policies/q.yaml", "apiVersion: iamlint/v1\nkind: Accounts\naccounts: [{id: '111111111111', name: prod}]\n"),
    "a part that is not known": ("policies/p07.json", OPEN.replace("s3:*", "s3:${what}")),
    "Terraform": ("main.tf", 'resource "aws_iam_policy" "p" {\n  name = "q"\n  policy = file("policies/p07.json")\n}\n'),
    "read by Terraform": ("policies/p08.json", OPEN),
    "configuration": ("iamlint.yaml", "rules:\n  ignore: [IAM102, IAM013]\n"),
}


@pytest.mark.parametrize("name", MORE_THAN_AN_EDIT)
def test_more_than_an_edit_of_a_document_is_a_whole_run(
    repository: Path,
    run: Runs,
    amending: list[str],
    name: str,
) -> None:
    (repository / "main.tf").write_text(
        'resource "aws_iam_policy" "p" {\n  name = "p"\n  policy = file("policies/p08.json")\n}\n'
    )
    (repository / "policies/q.yaml").write_text(NARROW)
    run()
    edit(*MORE_THAN_AN_EDIT[name])
    run()
    assert "amended" not in amending


def test_a_folder_of_rules_is_not_trusted_to_keep_documents_apart(
    repository: Path,
    run: Runs,
    amending: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import iamlint_rules

    monkeypatch.setattr(iamlint_rules, "DOCUMENTS_STAND_ALONE", False)
    run()
    edit("policies/p07.json", OPEN)
    run()
    assert amending == ["whole"]


def findings(units: list[Facts]) -> dict[str, list[object]]:
    """Return what all rules find in the files of some units, by file."""
    graph = build_graph(Estate(units))
    graph.as_of_source = lambda: "2026-11-01"
    found, crashes = run_rules(graph, load_all(), RuleSettings())
    assert not crashes
    by_path: dict[str, list[object]] = {}
    for item in found:
        by_path.setdefault(item.finding.at.path, []).append((item.rule.id, item.finding))
    return by_path


def alone(facts: Facts) -> bool:
    return facts.kind == "policy" and all(type(item) is Policy and item.arn is None for item in facts.items)


def test_documents_that_nothing_refers_to_stand_alone() -> None:
    """Over the estate and every document of every rule's examples: together each rule finds what it finds in each alone."""
    files = {str(path.relative_to(ESTATE)): path.read_bytes() for path in ESTATE.rglob("*") if path.is_file()}
    number = 0
    for loaded in load_all():
        for example in (*loaded.rule.bad, *loaded.rule.good):
            for name, text in example.files.items():
                if name.endswith((".json", ".yaml")) and "Statement" in text and "Resources" not in text:
                    files[f"loose/{number}/{name}"] = text.encode()
                    number += 1
    session = memory_session(files)
    documents = [facts for facts in session.facts if alone(facts)]
    assert len(documents) > 100
    together = findings(session.facts)
    rest = findings([facts for facts in session.facts if not alone(facts)])
    paths = {path for facts in documents for path in facts.files}
    assert {path: found for path, found in together.items() if path not in paths} == rest
    for facts in documents:
        by_itself = findings([facts])
        assert by_itself == {path: found for path, found in together.items() if path in facts.files}

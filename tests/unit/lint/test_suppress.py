"""Suppressions: by comment and by configuration; the ones that are wrong are findings themselves."""

from __future__ import annotations

import pytest

from iamlint.project.memory import memory_session

ADMIN = """\
Version: "2012-10-17"
Statement:
  - Sid: All
    Effect: Allow
    {above}
    Action: "*"{behind}
    Resource: "*"
"""


def found(files: dict[str, str]) -> list[tuple[str, str | None]]:
    return [(made.rule, made.suppressed) for made in memory_session(files).check().diagnostics]


def policy(above: str = "# nothing", behind: str = "") -> dict[str, str]:
    return {"p.yaml": ADMIN.format(above=above, behind=behind)}


@pytest.mark.parametrize(
    "files",
    [
        policy(behind="  # iamlint: ignore[IAM101] for the night watch"),
        policy(above="# iamlint: ignore[IAM101] for the night watch"),
        policy(above="# iamlint: ignore[full-admin-statement] for the night watch"),
        policy() | {"iamlint.yaml": "ignores: [{rule: IAM101, reason: for the night watch}]\n"},
        policy() | {"iamlint.yaml": "ignores: [{rule: IAM101, path: p.yaml, sid: All, reason: for the night watch}]\n"},
        policy() | {"iamlint.yaml": "ignores: [{rule: IAM101, route: Statement/0, reason: for the night watch}]\n"},
        policy() | {"iamlint.yaml": "ignores: [{rule: IAM101, until: 2026-11-01, reason: for the night watch}]\n"},
    ],
)
def test_a_suppression_with_a_reason_holds(files: dict[str, str]) -> None:
    assert found(files) == [("IAM101", "for the night watch")]


def test_without_a_reason_it_does_not_count() -> None:
    assert found(policy(behind="  # iamlint: ignore[IAM101]")) == [("IAM101", None), ("IL021", None)]
    assert found(policy() | {"iamlint.yaml": "ignores: [{rule: IAM101}]\n"}) == [("IL021", None), ("IAM101", None)]


def test_past_its_date_it_does_not_count() -> None:
    files = policy() | {"iamlint.yaml": "ignores: [{rule: IAM101, until: 2026-10-31, reason: for the night watch}]\n"}
    assert found(files) == [("IL022", None), ("IAM101", None)]


@pytest.mark.parametrize(
    "entry",
    [
        "{rule: IAM101, path: q.yaml, reason: x}",
        "{rule: IAM101, sid: Other, reason: x}",
        "{rule: IAM101, route: Statement/1, reason: x}",
    ],
)
def test_one_that_names_something_else_is_useless(entry: str) -> None:
    assert found(policy() | {"iamlint.yaml": f"ignores: [{entry}]\n"}) == [("IL020", None), ("IAM101", None)]


def test_a_comment_that_suppresses_nothing_is_useless() -> None:
    assert found(policy(behind="  # iamlint: ignore[IAM101, IAM102] for the night watch")) == [
        ("IAM101", "for the night watch"),
        ("IL020", None),
    ]


def test_a_comment_for_a_rule_that_did_not_run_is_not_called_useless() -> None:
    files = policy(behind="  # iamlint: ignore[IAM102] some reason") | {"iamlint.yaml": "rules: {ignore: [IAM102]}\n"}
    assert found(files) == [("IAM101", None)]


def test_faults_of_suppressions_cannot_be_suppressed() -> None:
    files = policy(behind="  # iamlint: ignore[IAM102, IL020] some reason")
    assert ("IL020", None) in found(files)


def test_a_suppression_hides_only_what_it_names() -> None:
    files = policy(behind="  # iamlint: ignore[IAM101] some reason") | {"q.yaml": ADMIN.format(above="# x", behind="")}
    assert found(files) == [("IAM101", "some reason"), ("IAM101", None)]


@pytest.mark.parametrize(
    ("comment", "message", "help"),
    [
        ("iamlint: ignore some reason", "this suppression names no rule, so it does not count", "write `iamlint: ignore[RULE] reason`"),
        ("iamlint: ignore[] some reason", "this suppression names no rule, so it does not count", "write `iamlint: ignore[RULE] reason`"),
        ("iamlint: ignore[IAM1] some reason", "`IAM1` names no rule", "a suppression names single rules"),
        ("iamlint: ignore[iam101] some reason", "`iam101` names no rule", "did you mean `IAM101`?"),
        ("iamlint: ignore[IAM101x] some reason", "`IAM101x` names no rule", "did you mean `IAM101`?"),
        ("iamlint: ignore[full-admin-statment] x", "`full-admin-statment` names no rule", "did you mean `full-admin-statement`?"),
    ],
)  # fmt: skip
def test_one_that_names_no_rule_is_useless(comment: str, message: str, help: str) -> None:
    made = memory_session(policy(behind=f"  # {comment}")).check().diagnostics
    assert [(one.rule, one.suppressed) for one in made] == [("IAM101", None), ("IL020", None)]
    assert (made[1].message, made[1].help) == (message, help)
    rule = comment.partition("[")[2].partition("]")[0]
    if rule:
        entry = memory_session(policy() | {"iamlint.yaml": f"ignores: [{{rule: {rule}, reason: some reason}}]\n"}).check()
        assert [one.help for one in entry.diagnostics if one.rule == "IL020"] == [help]


@pytest.mark.parametrize(
    "text", ["iamlint: ignore[ACME101] ours", "see iamlint: ignored findings", "iamlint: ignore-all is no word"]
)
def test_the_rule_of_a_package_that_is_not_here_and_other_words_are_let_be(text: str) -> None:
    assert found(policy(behind=f"  # {text}")) == [("IAM101", None)]


def test_a_comment_needs_no_spaces() -> None:
    assert found(policy(behind="  #iamlint:ignore[IAM101] some reason")) == [("IAM101", "some reason")]


@pytest.mark.parametrize(
    ("entry", "holds"),
    [
        ("route: 'Statement[0].Action'", True),
        ("route: Statement.0", True),
        ("route: Statement/00", False),
        ("path: '**/p.yaml'", True),
        ("path: p.yaml", True),
        ("path: '**/q/*.yaml'", False),
    ],
)
def test_how_a_place_is_written(entry: str, holds: bool) -> None:
    files = policy() | {"iamlint.yaml": f"ignores: [{{rule: IAM101, {entry}, reason: some reason}}]\n"}
    assert (("IAM101", "some reason") in found(files)) is holds


def test_a_route_ends_at_a_key() -> None:
    statements = "".join(f"  - {{Sid: S{n}, Effect: Allow, Action: '*', Resource: '*'}}\n" for n in range(11))
    files = {"p.yaml": f"Version: '2012-10-17'\nStatement:\n{statements}"}
    files["iamlint.yaml"] = "rules: {select: [IAM101]}\nignores: [{rule: IAM101, route: Statement/1, reason: x}]\n"
    assert sum(suppressed is not None for _, suppressed in found(files)) == 1


def test_a_comment_away_from_the_finding_says_where_it_would_count() -> None:
    report = memory_session(
        {"p.yaml": "# iamlint: ignore[IAM101] for the night watch\n" + ADMIN.format(above="#", behind="")}
    ).check()
    [useless] = [made for made in report.diagnostics if made.rule == "IL020"]
    assert useless.message == "`IAM101` finds nothing here to suppress"
    assert useless.help.startswith("a comment counts for its own line and the one below")

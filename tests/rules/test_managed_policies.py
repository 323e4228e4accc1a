"""The validity rules on every policy that AWS manages: an error there is a false alarm, or a mistake of AWS's that is listed here."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

import iamlint_rules
from iamlint.lint.finding import Diagnostic, Severity
from iamlint.lint.settings import LoadedRule
from iamlint.project.memory import memory_session
from iamlint.project.options import Options
from iamlint.project.plugins import rules_in

POLICIES = json.loads(aws_managed_policies_data)
VALIDITY = [rule for rule in rules_in(iamlint_rules) if rule.id.startswith("IAM0")]

REALLY_WRONG = {
    ("AmazonDevOpsGuruOrganizationsAccess", "IAM021"): "`arn:aws:organizations::*:` ends where the resource should stand",
}
"""Errors that are right: policy and rule, with what is wrong in the policy."""

REVIEWED = {
    "IAM011": "actions that were renamed, retired or never published",
    "IAM013": "actions without resources in statements that list ARNs, and actions whose type is missing from the list",
    "IAM014": "types of resource left over from other statements",
    "IAM022": "ARNs that no reference documents: other letters (`statemachine`), other dividers, types that are gone",
    "IAM032": "keys of services that were retired",
    "IAM033": "keys put on all actions of a statement of which one does not carry them",
    "IAM034": "tags demanded where no action of the statement sets any",
    "IAM040": "`*` as a test for presence, the idiom of AWS's own teams",
    "IAM041": "`events:detail-type`, which is documented as a list",
    "IAM042": "`ForAllValues` on `codestar-connections:ProviderAction`, which is documented as one text",
    "IAM043": "`ForAllValues` alone, on keys that mostly come with every request",
    "IAM046": "`StringLike` on ARNs with an open region and account",
    "IAM053": "a variable for the account of an ARN",
    "IAM071": "lists that grew",
    "IAM072": "statements that grew",
}
"""Rules below an error that speak of these policies, with what they find: samples of each were reviewed by hand."""

MOST = {"IAM013": 1_300, "IAM071": 350, "IAM011": 200, "IAM014": 200, "IAM040": 180}
"""How many findings a rule may have at most, 60 where nothing is said: a rule that suddenly says more has gone wrong."""


@pytest.fixture(scope="module")
def found() -> list[Diagnostic]:
    files = {f"managed/{name}.json": json.dumps(policy["Document"], indent=1) for name, policy in POLICIES.items()}
    session = memory_session(files, Options(jobs=1, cache=False))
    session.rules = [LoadedRule(rule, "iamlint") for rule in VALIDITY]
    return list(session.check().diagnostics)


def by_policy(found: list[Diagnostic], severity: Severity) -> Iterator[tuple[str, str]]:
    """Yield policy and rule of each finding of a severity."""
    return ((Path(made.path).stem, made.rule) for made in found if made.severity is severity)


def test_all_of_them_are_read(found: list[Diagnostic]) -> None:
    assert len(POLICIES) > 1_400
    assert [made for made in found if made.rule.startswith("IL")] == []


def test_an_error_is_a_mistake_of_aws(found: list[Diagnostic]) -> None:
    assert set(by_policy(found, Severity.ERROR)) == set(REALLY_WRONG)


def test_what_else_is_found_was_reviewed(found: list[Diagnostic]) -> None:
    counts = Counter(made.rule for made in found if made.severity is not Severity.ERROR)
    assert set(counts) <= set(REVIEWED)
    assert {rule: count for rule, count in counts.items() if count > MOST.get(rule, 60)} == {}

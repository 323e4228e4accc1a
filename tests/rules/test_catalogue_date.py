"""What a finding knows from the catalogue of AWS's actions it says with the catalogue's date."""

from __future__ import annotations

import pytest

import iamlint_rules
from iamlint.iam.catalogue import catalogue
from iamlint.testing import ExampleCase, examples_of

RULES = (
    "IAM011", "IAM012", "IAM013", "IAM014", "IAM022", "IAM032", "IAM033", "IAM034", "IAM035", "IAM041", "IAM042", "IAM052", "IAM103",
)  # fmt: skip
BY_THE_GRAMMAR = {
    "a key without its prefix", "a tag key without the name of the tag", "a tag key whose name is empty",
    "a permission in a trust policy", "every action in a trust policy", "an action of STS that assumes nothing",
    "a resource control policy over everything",
}  # fmt: skip
"""Examples of these rules that are wrong whatever AWS's services know."""


@pytest.mark.parametrize("case", [case for case in examples_of(iamlint_rules) if case.rule.id in RULES and case.wrong], ids=str)
def test_the_date_is_said_where_the_catalogue_decides(case: ExampleCase) -> None:
    for finding in case.findings():
        said = f"catalogue of {catalogue().date}" in f"{finding.message} {finding.help}"
        assert said is (case.example.title not in BY_THE_GRAMMAR)

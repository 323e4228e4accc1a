"""Group rules in the static subset of Okta's expression language."""

from __future__ import annotations

import pytest

from iamlint.parse.identity.okta_expressions import holds
from iamlint.source.value import Unknown, Value

ALICE: dict[str, Value] = {"department": "Engineering", "title": "SRE lead", "squad": Unknown("the provider knows")}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('user.department == "Engineering"', True),
        ('user.department=="engineering"', False),
        ("user.department == 'Engineering'", True),
        ('user.department != "Sales"', True),
        ('user.department == "Sales" OR user.title == "SRE lead"', True),
        ('user.department == "Engineering" AND user.title == "CEO"', False),
        ('user.department == "Sales" || user.department == "Engineering"', True),
        ('!(user.department == "Sales")', True),
        ('user.title == "x" OR user.department == "Engineering" AND user.title == "SRE lead"', True),
        ('(user.title == "x" OR user.department == "Engineering") AND user.title == "y"', False),
        ('String.startsWith(user.title, "SRE")', True),
        ('String.startsWith(user.title,"lead")', False),
        ('String.stringContains(user.title, "lead")', True),
        ('user.city == "Rome"', False),
        ('user.city != "Rome"', None),
        ('String.startsWith(user.city, "R")', None),
        ('user.squad == "red"', None),
        ('user.squad == "red" OR user.department == "Engineering"', True),
        ('user.squad == "red" AND user.department == "Sales"', False),
        ('isMemberOfAnyGroup("00g1")', None),
        ('isMemberOfAnyGroup("00g1") OR user.department == "Engineering"', None),
        ('Arrays.contains(user.tags, "x")', None),
        ('user.department == "Engineering" user.title', None),
        ("user.department == user.title", None),
        ("user.department ==", None),
        ("", None),
        ("(" * 200, None),
        ("!" * 300 + 'user.department == "x"', None),
    ],
)
def test_what_a_rule_says_of_a_profile(expression: str, expected: bool | None) -> None:
    assert holds(expression, ALICE) is expected

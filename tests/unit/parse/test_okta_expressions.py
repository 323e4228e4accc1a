"""Group rules in the static subset of Okta's expression language."""

from __future__ import annotations

from typing import Any

import pytest

from iamlint.parse.identity.okta_expressions import groups_asked, holds
from iamlint.source.value import Unknown

ALICE: dict[str, Any] = {
    "department": "Engineering", "title": "SRE lead", "squad": Unknown("the provider knows"), "email": "alice@acme.example",
    "tags": ["team:red", "x"], "level": "7", "oncall": "true",
}  # fmt: skip


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
        ('Arrays.contains(user.tags, "x")', True),
        ('Arrays.contains(user.tags, "team")', False),
        ('Arrays.contains(user.teams, "x")', False),
        ("Arrays.isEmpty(user.tags)", False),
        ("user.level > 5", True),
        ("user.level >= 8", False),
        ("user.level == 7", True),
        ("user.city > 5", None),
        ("user.oncall == true", True),
        ("!user.oncall", None),
        ("user.department != null", True),
        ("user.city == null", True),
        ("user.city != null", False),
        ('String.toLowerCase(user.department) == "engineering"', True),
        ('String.toUpperCase(user.department) == "engineering"', False),
        ('String.substringAfter(user.email, "@") == "acme.example"', True),
        ('String.substringBefore(user.email, "#") == "alice"', None),
        ("String.len(user.department) == 11", True),
        ('String.removeSpaces(user.title) == "SRElead"', True),
        ('String.replace(user.title, "a", "b") == "x"', None),
        ("String.startsWith(user.title)", None),
        ('user.department == "Engineering" user.title', None),
        ("user.department == user.title", False),
        ("user.department == user.squad", None),
        ("user.department ==", None),
        ("", None),
        ("(" * 200, None),
        ("!" * 300 + 'user.department == "x"', None),
    ],
)
def test_what_a_rule_says_of_a_profile(expression: str, expected: bool | None) -> None:
    assert holds(expression, ALICE) is expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('isMemberOfAnyGroup("00g1", "00g2")', ("00g1", "00g2")),
        ('isMemberOfGroupName("eng") OR isMemberOfGroup("00g1")', ("eng", "00g1")),
        ('isMemberOfGroupName("eng") AND user.title == "x"', ()),
        ('isMemberOfGroupName("eng") OR user.title == "x"', ()),
        ('!isMemberOfGroupName("eng")', ()),
        ('isMemberOfGroupNameStartsWith("eng")', ()),
    ],
)
def test_a_rule_may_ask_for_other_groups_only(expression: str, expected: tuple[str, ...]) -> None:
    assert groups_asked(expression) == expected

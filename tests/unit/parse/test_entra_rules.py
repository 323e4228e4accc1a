"""Rules of dynamic membership in the static subset of Entra's language."""

from __future__ import annotations

import pytest

from iamlint.parse.identity.entra_rules import compiled
from iamlint.source.value import Unknown

ALICE = {"department": "Engineering", "jobTitle": "SRE lead", "accountEnabled": "true", "city": Unknown("nobody knows")}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ('user.department -eq "engineering"', True),
        ('user.department -ne "Sales"', True),
        ('(user.department -eq "Sales") -or (user.jobTitle -startsWith "sre")', True),
        ('(user.department -eq "Engineering") -and (user.jobTitle -contains "chief")', False),
        ('user.department -in ["Sales","Engineering"]', True),
        ('user.department -notIn ["Sales", "Finance"]', True),
        ('-not (user.department -eq "Engineering")', False),
        ("user.accountEnabled -eq true", True),
        ('user.jobTitle -endsWith "LEAD"', True),
        ('user.jobTitle -notContains "lead"', False),
        ('user.department eq "Engineering"', True),
        ('user.country -eq "DE"', False),
        ('user.country -ne "DE"', True),
        ('user.country -startsWith "D"', None),
        ("user.department -eq null", False),
        ("user.country -eq $null", None),
        ('user.city -eq "Rome"', None),
        ('user.department -match "Eng.*"', "opaque"),
        ('user.memberof -any (group.objectId -in ["1"])', "opaque"),
        ('device.deviceOSType -eq "iPad"', "opaque"),
        ("(" * 100, "opaque"),
        ("", "opaque"),
    ],
)
def test_what_a_rule_says_of_a_profile(rule: str, expected: bool | str | None) -> None:
    decide = compiled(rule)
    assert ("opaque" if decide is None else decide(ALICE)) == expected

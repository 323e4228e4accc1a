"""Rotation of secrets, and points in time that follow from what is written."""

from __future__ import annotations

import pytest
from unit.parse.terraform.roots import Root, shown

from iamlint.model.sign_in import Credential, Rotation


@pytest.mark.parametrize(
    ("rules", "days", "written"),
    [
        ("automatically_after_days = 30", 30, "30"),
        ('schedule_expression = "rate(10 days)"', 10, '"rate(10 days)"'),
        ("automatically_after_days = var.days", None, 'variable "days"'),
    ],
)
def test_a_secret_that_rotates(rules: str, days: int | None, written: str) -> None:
    root = Root(
        f"""
        variable "days" {{}}
        resource "aws_secretsmanager_secret" "x" {{ name = "x" }}
        resource "aws_secretsmanager_secret_rotation" "x" {{
          secret_id = aws_secretsmanager_secret.x.id
          rotation_rules {{
            {rules}
          }}
        }}
        """
    )
    found = root.one(Rotation)
    assert (found.days, root.written(found.place)) == (days, written)
    assert shown(found.secret).startswith("arn:aws:secretsmanager:eu-west-1:111111111111:secret:x-")


@pytest.mark.parametrize(
    ("resource", "reference", "expires"),
    [
        ('resource "time_static" "t" {\n  rfc3339 = "2026-03-01T00:00:00Z"\n}', 'timeadd(time_static.t.rfc3339, "240h")', "2026-03-11"),
        ('resource "time_offset" "t" {\n  base_rfc3339 = "2026-03-01T00:00:00Z"\n  offset_days = 90\n}', "time_offset.t.rfc3339", "2026-05-30"),
        ('resource "time_rotating" "t" {\n  rfc3339 = "2026-01-31T00:00:00Z"\n  rotation_months = 1\n}', "time_rotating.t.rotation_rfc3339", "2026-02-28"),
        ('resource "time_static" "t" {}', "time_static.t.rfc3339", None),
        ('resource "time_rotating" "t" {\n  rfc3339 = "soon"\n  rotation_days = 1\n}', "time_rotating.t.rotation_rfc3339", None),
    ],
)  # fmt: skip
def test_an_end_that_follows_from_a_point_in_time(resource: str, reference: str, expires: str | None) -> None:
    root = Root(
        f"""
{resource}
resource "azuread_application_password" "x" {{
  application_id = "/applications/1"
  end_date       = {reference}
}}
"""
    )
    assert root.one(Credential).expires == expires

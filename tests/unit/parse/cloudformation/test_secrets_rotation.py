"""`AWS::SecretsManager::RotationSchedule`."""

from __future__ import annotations

import pytest

from iamlint.model.sign_in import Rotation
from iamlint.project.memory import memory_session


@pytest.mark.parametrize(
    ("rules", "days", "route"),
    [
        ("{AutomaticallyAfterDays: 30}", 30, "AutomaticallyAfterDays"),
        ('{ScheduleExpression: "rate(10 days)"}', 10, "ScheduleExpression"),
        ('{ScheduleExpression: "cron(0 16 1,15 * ? *)"}', None, "ScheduleExpression"),
        ("{AutomaticallyAfterDays: !Ref Days}", None, "AutomaticallyAfterDays"),
    ],
)
def test_a_schedule_of_rotation(rules: str, days: int | None, route: str) -> None:
    template = f"""
AWSTemplateFormatVersion: "2010-09-09"
Parameters: {{Days: {{Type: Number}}}}
Resources:
  Secret: {{Type: AWS::SecretsManager::Secret, Properties: {{Name: x}}}}
  Rotation:
    Type: AWS::SecretsManager::RotationSchedule
    Properties:
      SecretId: !Ref Secret
      RotationRules: {rules}
"""
    (found,) = memory_session({"a.yaml": template}).estate.all(Rotation)
    assert (found.days, found.place.route[-1]) == (days, route)

"""`-v`: the coverage of a run by reason."""

from __future__ import annotations

from iamlint.project.memory import memory_session
from iamlint.report.text import render

TEMPLATE = """AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  One: {Type: String}
  Two: {Type: String}
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement:
          - {Effect: Allow, Action: s3:GetObject, Resource: !Ref One}
          - {Effect: Allow, Action: s3:PutObject, Resource: !Ref Two}
          - {Effect: Allow, Action: s3:GetObject, Resource: !ImportValue x}
"""


def test_the_coverage_is_grouped_by_reason() -> None:
    text = render(memory_session({"t.yaml": TEMPLATE}).check(), verbosity=1)
    groups = text[text.index("unresolved, by reason:\n") :].split("\n\n")[0].split("\n")
    assert groups == ["unresolved, by reason:", "  2  parameter `…` has no default", "  1  the export `…` is another stack's"]


def test_reasons_that_stand_alone_are_not_grouped() -> None:
    text = render(memory_session({"t.yaml": TEMPLATE.replace("!Ref Two", "x")}).check(), verbosity=1)
    assert "unresolved, by reason" not in text
    assert "parameter `One` has no default" in text

"""What messages about the grammar of policies show of a value that is no text."""

from __future__ import annotations

from textwrap import dedent

from iamlint.lint.grammar import grammar_faults
from iamlint.model.policy import Policy
from iamlint.project.memory import memory_session


def test_a_value_is_shown_as_json_writes_it() -> None:
    text = """
    AWSTemplateFormatVersion: '2010-09-09'
    Resources:
      P:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - {Effect: true, Action: s3:GetObject, Resource: [{Ref: B, More: [!ImportValue x]}, [arn:aws:s3:::ü]]}
    """
    session = memory_session({"stack.yaml": dedent(text)})
    (policy,) = session.estate.all(Policy)
    assert [fault.message for fault in grammar_faults(policy)] == [
        "`true` is no effect",
        '`Resource` holds `{"Ref": "B", "More": ["⟨export:x⟩"]}`, which is no text',
        '`Resource` holds `["arn:aws:s3:::ü"]`, which is no text',
    ]

"""A document in a file of its own that another file reads is one document."""

from __future__ import annotations

import pytest

from iamlint.project.memory import memory_session

DOCUMENT = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "*"}]}\n'
READER = 'resource "aws_iam_policy" "a" {\n  name   = "a"\n  policy = %s\n}\n'


@pytest.mark.parametrize(
    "expression",
    [
        'file("a.json")',
        'file("${path.module}/a.json")',
        'templatefile("a.json", {})',
        'jsonencode(jsondecode(file("a.json")))',
        'file("${path.module}/other.json")',
    ],
)
def test_findings_are_told_once(expression: str) -> None:
    files = {"infra/main.tf": READER % expression, "infra/a.json": DOCUMENT, "infra/other.json": DOCUMENT}
    report = memory_session(files).check()
    told = [(one.path, one.span.line) for one in report.diagnostics if one.rule == "IAM104"]
    assert told.count(("infra/a.json", 1)) == 1
    assert len(told) == 2
    assert len(memory_session(files).graph.policies()) == 2


def test_the_reader_says_what_a_document_is_for() -> None:
    scp = """
    resource "aws_organizations_policy" "a" {
      name    = "a"
      type    = "SERVICE_CONTROL_POLICY"
      content = file("deny.json")
    }
    """
    deny = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}\n'
    (policy,) = memory_session({"org/main.tf": scp, "org/deny.json": deny}).graph.policies()
    assert policy.kind == "scp"


def test_a_document_among_others_in_its_file_stays() -> None:
    listed = f"[{DOCUMENT.strip()}, {DOCUMENT.replace('PutRolePolicy', 'AttachRolePolicy').strip()}]"
    files = {"infra/main.tf": READER % 'jsonencode(jsondecode(file("a.json"))[0])', "infra/a.json": listed}
    assert len(memory_session(files).graph.policies()) >= 2

"""`data.template_file` renders what `templatefile` would, with the places of the file's lines."""

from __future__ import annotations

import pytest
from unit.parse.terraform.roots import Root, document, shown

from iamlint.model.policy import Policy

TEMPLATE = """\
    {
      "Version": "2012-10-17",
      "Statement": [{ "Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::${bucket}/*" }]
    }
    """
POLICY = """
    data "template_file" "it" {
      template = %s
      vars     = %s
    }
    resource "aws_iam_policy" "it" {
      name   = "it"
      policy = data.template_file.it.rendered
    }
    """


def resources(template: str, given: str, others: dict[str, str] | None = None) -> list[str]:
    policy = Root(POLICY % (template, given), others).one(Policy)
    return [shown(resource) for statement in policy.statements for resource in statement.resources or ()]


FILE = 'file("${path.module}/it.tpl")'
INLINE = r"""<<EOF
{ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::$${bucket}/*" }] }
EOF
"""


@pytest.mark.parametrize(
    ("template", "given", "expected"),
    [
        (FILE, '{ bucket = "logs" }', ["arn:aws:s3:::logs/*"]),
        (INLINE, '{ bucket = "logs" }', ["arn:aws:s3:::logs/*"]),
        (FILE, "{ bucket = 5 }", ["arn:aws:s3:::5/*"]),
        (FILE, "{ bucket = data.aws_ssm_parameter.b.value }", ["arn:aws:s3:::⟨`data.aws_ssm_parameter.b` is not declared⟩/*"]),
    ],
)
def test_a_template_is_rendered_with_its_variables(template: str, given: str, expected: list[str]) -> None:
    found = resources(template, given, {"infra/it.tpl": TEMPLATE})
    assert [text.partition("⟨")[0] for text in found] == [text.partition("⟨")[0] for text in expected]
    assert [text.rpartition("⟩")[2] for text in found] == [text.rpartition("⟩")[2] for text in expected]


def test_a_statement_of_a_template_file_stands_in_that_file() -> None:
    root = Root(POLICY % (FILE, '{ bucket = "logs" }'), {"infra/it.tpl": TEMPLATE})
    (statement,) = root.one(Policy).statements
    assert root.at(statement.action_place(0)) == 'infra/it.tpl:3:48 "s3:PutObject"'
    assert "infra/it.tpl" in root.facts.files


@pytest.mark.parametrize(
    ("template", "given", "reason"),
    [
        ('file("gone.tpl")', "{}", "the file `gone.tpl` is not in the repository"),
        ("var.text", "{}", "`var.text` is not declared"),
        (FILE, "var.given", "`var.given` is not declared"),
        (INLINE, '["a"]', "`vars` must be a map"),
        (INLINE, "{ bucket = [] }", "a string is required here, the value is a tuple"),
        ('"%%{ for a in b }"', "{}", "`for` has no end in this template"),
    ],
)
def test_what_cannot_be_rendered_says_why(template: str, given: str, reason: str) -> None:
    root = Root(POLICY % (template, given), {"infra/it.tpl": TEMPLATE})
    assert [document(policy) for policy in root.all(Policy)] == [{"unknown": reason}]


def test_a_template_that_is_not_given_is_known_to_the_provider_only() -> None:
    root = Root('data "template_file" "it" {\n  filename = "it.tpl"\n}\nresource "aws_iam_policy" "it" {\n  name = "it"\n  policy = data.template_file.it.rendered\n}\n')  # fmt: skip
    assert [document(policy) for policy in root.all(Policy)] == [
        {"unknown": "`data.template_file.it.rendered` is known to the provider only"}
    ]

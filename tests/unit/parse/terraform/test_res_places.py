"""A policy in HCL keeps the place of every token, however its JSON is written."""

from __future__ import annotations

import pickle

import pytest
from unit.parse.terraform.roots import Root, document

from iamlint.model.policy import Policy
from iamlint.source.value import Text, Unknown, key


def test_in_jsonencode() -> None:
    root = Root(
        """
        resource "aws_iam_policy" "it" {
          name = "it"
          policy = jsonencode({
            Version = "2012-10-17"
            Statement = [{
              Effect   = "Allow"
              Action   = ["s3:GetObject", "s3:Put*"]
              Resource = "*"
              Condition = { Bool = { "aws:SecureTransport" = "true" } }
            }]
          })
        }
        """
    )
    policy = root.one(Policy)
    (statement,) = policy.statements
    assert root.at(statement.action_place(1)) == 'infra/main.tf:7:35 "s3:Put*"'
    assert root.at(statement.resource_place(0)) == 'infra/main.tf:8:18 "*"'
    assert root.at(statement.place("Effect", part="key")) == "infra/main.tf:6:7 Effect"
    assert root.at(statement.place("Condition", "Bool", "aws:SecureTransport", part="key")) == (
        'infra/main.tf:9:30 "aws:SecureTransport"'
    )
    assert root.at(statement.place("Condition", "Bool", "aws:SecureTransport")) == 'infra/main.tf:9:54 "true"'


HEREDOC = """
resource "aws_iam_role" "it" {
  name               = "ü"
  assume_role_policy = <<EOF
{
  "Version": "2012-10-17", "Id": "größe",
  "Statement": [
    {
      "Effect": "Allow", "Sid": "ümlaut",
      "Principal": {"AWS": ["arn:aws:iam::${var.account}:root", "${var.account}"]},
      "Action": "sts:AssumeRole"
    }
  ]
}
EOF
}
variable "account" {}
"""


def test_in_a_heredoc_with_unknown_stretches() -> None:
    root = Root(HEREDOC)
    (statement,) = root.one(Policy).statements
    assert statement.principals is not None
    first, second = (principal.value for principal in statement.principals)
    assert isinstance(first, Text)
    assert isinstance(second, Unknown)
    assert first.parts == ("arn:aws:iam::", second, ":root")
    assert root.at(statement.action_place(0)) == 'infra/main.tf:10:17 "sts:AssumeRole"'
    assert root.at(statement.place("Principal", "AWS", 0)) == ('infra/main.tf:9:29 "arn:aws:iam::${var.account}:root"')
    assert root.at(statement.place("Principal", "AWS", 1)) == 'infra/main.tf:9:65 "${var.account}"'
    assert root.at(statement.place("Action", part="key")) == 'infra/main.tf:10:7 "Action"'
    assert root.at(statement.place("Sid")) == 'infra/main.tf:8:33 "ümlaut"'


def test_in_an_indented_heredoc() -> None:
    root = Root(
        """
        resource "aws_iam_policy" "it" {
          name   = "it"
          policy = <<-EOT
            {
              "Statement": {
                "Effect": "Allow",
                "Action": "${local.service}:*", "Resource": ["a", "*"]
              }
            }
          EOT
        }
        locals { service = "s3" }
        """
    )
    (statement,) = root.one(Policy).statements
    assert statement.actions == ("s3:*",)
    assert root.at(statement.action_place(0)) == 'infra/main.tf:7:19 "${local.service}:*"'
    assert root.at(statement.resource_place(1)) == 'infra/main.tf:7:59 "*"'
    assert root.at(statement.resource_place(0)) == 'infra/main.tf:7:54 "a"'


def test_in_a_heredoc_whose_policy_variables_are_escaped() -> None:
    root = Root(
        """
        resource "aws_iam_policy" "it" {
          name   = "it"
          policy = <<-EOT
            {
              "Statement": {
                "Effect": "Allow", "Action": "s3:*",
                "Resource": ["ü/$${aws:username}/${local.it}", "$${aws:username}", "%%{x}$${*}/$$ä", "a"]
              }
            }
          EOT
        }
        locals { it = "${1}" }
        """
    )
    (statement,) = root.one(Policy).statements
    assert statement.resources == ("ü/${aws:username}/1", "${aws:username}", "%{x}${*}/$$ä", "a")
    assert [root.at(statement.resource_place(number)) for number in range(4)] == [
        'infra/main.tf:7:22 "ü/$${aws:username}/${local.it}"',
        'infra/main.tf:7:56 "$${aws:username}"',
        'infra/main.tf:7:76 "%%{x}$${*}/$$ä"',
        'infra/main.tf:7:94 "a"',
    ]


def test_in_a_quoted_string() -> None:
    root = Root(
        r"""
        resource "aws_iam_policy" "it" {
          name   = "it"
          policy = "{\"Statement\": {\"Effect\": \"Allow\",\n\"Action\": [\"ü:x\", \"s3:*\"], \"Resource\": [\"${local.it}/$${a}\", \"*\"]}}"
        }
        resource "aws_iam_policy" "odd" {
          name   = "odd"
          policy = "{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"s\u0033:*\", \"Resource\": \"*\"}}"
        }
        locals { it = "arn" }
        """
    )
    it, odd = (policy.statements[0] for policy in root.all(Policy))
    assert root.at(it.action_place(0)) == r"infra/main.tf:3:67 \"ü:x\""
    assert root.at(it.action_place(1)) == r"infra/main.tf:3:76 \"s3:*\""
    assert root.at(it.resource_place(0)) == r"infra/main.tf:3:102 \"${local.it}/$${a}\""
    assert root.at(it.resource_place(1)) == r"infra/main.tf:3:125 \"*\""
    assert root.at(odd.action_place(0)).startswith("infra/main.tf:7:13 ")  # all of the string, whose escapes are not followed


def test_in_a_file() -> None:
    root = Root(
        """
        resource "aws_iam_policy" "it" {
          name   = "it"
          policy = file("${path.module}/it.json")
        }
        """,
        {"infra/it.json": '{\n  "Statement": [\n    {"Effect": "Allow", "Action": ["s3:*"], "Resource": "*"}\n  ]\n}\n'},
    )
    (statement,) = root.one(Policy).statements
    assert root.at(statement.action_place(0)) == 'infra/it.json:3:36 "s3:*"'
    assert root.at(statement.place("Resource", part="key")) == 'infra/it.json:3:45 "Resource"'


def test_in_a_template_file() -> None:
    root = Root(
        """
        resource "aws_iam_policy" "it" {
          name   = "it"
          policy = templatefile("${path.module}/it.tftpl", { bucket = "b" })
        }
        """,
        {"infra/it.tftpl": '{"Statement": {"Effect": "Allow",\n "Action": "s3:*", "Resource": "arn:aws:s3:::${bucket}/*"}}\n'},
    )
    (statement,) = root.one(Policy).statements
    assert statement.resources == ("arn:aws:s3:::b/*",)
    assert root.at(statement.action_place(0)) == 'infra/it.tftpl:2:12 "s3:*"'
    assert root.at(statement.resource_place(0)) == 'infra/it.tftpl:2:32 "arn:aws:s3:::${bucket}/*"'


def test_in_a_module_that_is_given_the_document() -> None:
    root = Root(
        """
        module "policy" {
          source = "../modules/policy"
          json = jsonencode({
            Statement = [{ Effect = "Allow", Action = "iam:*", Resource = "*" }]
          })
        }
        """,
        {
            "modules/policy/main.tf": """
            variable "json" { type = string }
            resource "aws_iam_policy" "this" {
              name   = "it"
              policy = var.json
            }
            """
        },
    )
    policy = root.one(Policy)
    assert policy.ref == "infra#module.policy.aws_iam_policy.this"
    assert root.at(policy.statements[0].action_place(0)) == 'infra/main.tf:4:47 "iam:*"'


def test_in_the_blocks_of_a_policy_document() -> None:
    root = Root(
        """
        data "aws_iam_policy_document" "it" {
          statement {
            actions   = concat(["s3:GetObject"], ["s3:PutObject"])
            resources = ["*"]
            principals {
              type        = "AWS"
              identifiers = ["111111111111"]
            }
            condition {
              test     = "StringEquals"
              variable = "aws:PrincipalOrgID"
              values   = ["o-1"]
            }
          }
        }
        resource "aws_s3_bucket_policy" "it" {
          bucket = "b"
          policy = data.aws_iam_policy_document.it.json
        }
        """
    )
    (statement,) = root.one(Policy).statements
    assert statement.actions == ("s3:PutObject", "s3:GetObject")
    assert root.at(statement.action_place(0)) == 'infra/main.tf:3:43 "s3:PutObject"'
    assert root.at(statement.place("Principal", "AWS")) == 'infra/main.tf:7:22 "111111111111"'
    assert root.at(statement.place("Principal", "AWS", part="key")) == 'infra/main.tf:6:21 "AWS"'
    assert root.at(statement.place("Condition", "StringEquals", part="key")) == 'infra/main.tf:10:18 "StringEquals"'
    assert root.at(statement.place("Condition", "StringEquals", "aws:PrincipalOrgID")) == 'infra/main.tf:12:19 "o-1"'
    assert root.at(statement.place()) == "infra/main.tf:2:3 statement"


def test_an_unknown_outside_of_a_string_is_an_unknown_value() -> None:
    root = Root(
        """
        variable "actions" {}
        resource "aws_iam_policy" "it" {
          name   = "it"
          policy = <<EOF
        {"Statement": {"Effect": "Allow", "Action": ${jsonencode(var.actions)}, "Resource": "*"}}
        EOF
        }
        """
    )
    (statement,) = root.one(Policy).statements
    assert isinstance(statement.actions[0], Unknown)
    assert statement.resources == ("*",)
    assert root.at(statement.action_place(0)) == "infra/main.tf:5:45 ${jsonencode(var.actions)}"


def test_json_that_an_unknown_may_complete_is_unknown_and_no_problem() -> None:
    root = Root(
        """
        variable "more" {}
        resource "aws_iam_policy" "it" {
          name   = "it"
          policy = "{\\"Statement\\": [${var.more}, ${var.more}]"
        }
        """
    )
    assert not root.facts.problems
    assert isinstance(root.one(Policy).document, Unknown)
    assert len(root.facts.unresolved) == 1


def test_what_is_no_json_is_a_problem_at_its_place() -> None:
    root = Root(
        """
        resource "aws_iam_policy" "heredoc" {
          name   = "it"
          policy = <<EOF
        {
          "Statement": [
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
          ]
        }
        EOF
        }
        resource "aws_iam_policy" "cut" {
          name   = "cut"
          policy = file("${path.module}/cut.json")
        }
        """,
        {"infra/cut.json": '{"Statement": [\n'},
    )
    cut, heredoc = root.facts.problems
    assert (heredoc.id, heredoc.message) == ("IL002", "not JSON: a comma before the closing bracket")
    assert root.at(heredoc.at) == "infra/main.tf:6:59 ,"
    assert (cut.id, cut.message) == ("IL002", "the file is not JSON: it ends too early")
    assert cut.at.path == "infra/cut.json"
    assert root.all(Policy) == []


def test_deep_json_is_a_problem_and_no_crash() -> None:
    root = Root(
        """
        resource "aws_iam_policy" "deep" {
          name   = "deep"
          policy = file("${path.module}/deep.json")
        }
        """,
        {"infra/deep.json": "[" * 100_000},
    )
    assert [problem.message for problem in root.facts.problems] == ["not JSON: JSON nested more than 100 levels deep"]


def test_escapes_of_json_and_of_hcl_are_undone() -> None:
    root = Root(
        """
        resource "aws_iam_policy" "it" {
          name   = "it"
          policy = "{\\"Statement\\": {\\"Effect\\": \\"Allow\\", \\"Action\\": \\"s3:\\\\u002a\\", \\"Resource\\": \\"*\\"}}"
        }
        """
    )
    (statement,) = root.one(Policy).statements
    assert statement.actions == ("s3:*",)
    assert root.at(statement.action_place(0)).startswith("infra/main.tf:3:")


def test_facts_travel_between_processes_with_their_places() -> None:
    root = Root(HEREDOC)
    root.one(Policy).statements[0].action_place(0)
    facts = pickle.loads(pickle.dumps(root.facts))
    (policy,) = (item for item in facts.items if isinstance(item, Policy))
    assert root.at(policy.statements[0].action_place(0)) == 'infra/main.tf:10:17 "sts:AssumeRole"'
    assert document(policy) == document(root.one(Policy))


@pytest.mark.parametrize(
    "expression",
    [
        "data.aws_iam_policy_document.it[0].json",
        'join("", data.aws_iam_policy_document.it.*.json)',
        '"${data.aws_iam_policy_document.it[0].json}"',
        'try(data.aws_iam_policy_document.it[0].json, "")',
        "coalesce(var.none, one(data.aws_iam_policy_document.it[*].json))",
        "var.none != null ? var.none : data.aws_iam_policy_document.it[0].json",
        "trimspace(data.aws_iam_policy_document.it[0].json)",
        'format("%s", data.aws_iam_policy_document.it[0].json)',
        "jsonencode(jsondecode(data.aws_iam_policy_document.it[0].json))",
        "<<EOF\n${data.aws_iam_policy_document.it[0].json}\nEOF\n",
        'concat(data.aws_iam_policy_document.it[*].json, [""])[0]',
        'lookup({ a = data.aws_iam_policy_document.it[0].json }, "a", "")',
    ],
)
def test_a_document_keeps_its_places_on_the_usual_ways(expression: str) -> None:
    root = Root(
        f"""data "aws_iam_policy_document" "it" {{
  count = 1
  statement {{
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }}
}}
variable "none" {{ default = null }}
resource "aws_iam_policy" "it" {{
  name   = "it"
  policy = {expression}
}}
"""
    )
    assert root.at(root.one(Policy).statements[0].action_place(0)) == 'infra/main.tf:4:18 "s3:GetObject"'


@pytest.mark.parametrize("call", ['replace({}, "/Get/", "Put")', "upper({})"])
def test_what_changes_the_text_is_the_place_of_all_of_it(call: str) -> None:
    document = "data.aws_iam_policy_document.it.json"
    root = Root(
        f"""data "aws_iam_policy_document" "it" {{
  statement {{
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }}
}}
resource "aws_iam_policy" "it" {{
  name   = "it"
  policy = {call.format(document)}
}}
"""
    )
    (policy,) = (policy for policy in root.all(Policy) if policy.ref == "infra#aws_iam_policy.it")
    assert root.written(policy.origin.at(("Statement", 0, "Action"))) == call.format(document)


PLACEHOLDERS = """
data "aws_iam_policy_document" "it" {
  statement {
    actions   = ["sns:Publish"]
    resources = ["MARK"]
    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_ssm_parameter.owner.value]
    }
  }
}
data "aws_ssm_parameter" "owner" { name = "/owner" }
resource "aws_sns_topic" "it" { name = "it" }
resource "aws_sns_topic_policy" "it" {
  arn    = aws_sns_topic.it.arn
  policy = CALL
}
"""


@pytest.mark.parametrize(
    ("mark", "call"),
    [
        ("%TOPIC_ARN%", 'replace(data.aws_iam_policy_document.it.json, "%TOPIC_ARN%", aws_sns_topic.it.arn)'),
        ("%s", "format(data.aws_iam_policy_document.it.json, aws_sns_topic.it.arn)"),
        ("%[1]s", "format(data.aws_iam_policy_document.it.json, aws_sns_topic.it.arn)"),
    ],
)
def test_a_placeholder_in_a_document_is_filled_in(mark: str, call: str) -> None:
    root = Root(PLACEHOLDERS.replace("MARK", mark).replace("CALL", call))
    (statement,) = root.one(Policy).statements
    assert key(statement.resources[0]) == "arn:aws:sns:eu-west-1:111111111111:it"  # type: ignore[index]
    assert root.at(statement.resource_place(0)) == f'infra/main.tf:4:18 "{mark}"'


@pytest.mark.parametrize(
    "call",
    [
        'replace(data.aws_iam_policy_document.it.json, "Action", "NotAction")',
        'replace(data.aws_iam_policy_document.it.json, "%TOPIC%", "a\\", \\"b")',
        'replace(data.aws_iam_policy_document.it.json, "/s3.*com/", "sns.amazonaws.com")',
        'format(data.aws_iam_policy_document.it.json, "a", "b")',
    ],
)
def test_what_may_change_the_structure_of_a_document_is_unknown(call: str) -> None:
    root = Root(PLACEHOLDERS.replace("MARK", "%TOPIC%").replace("CALL", call))
    attached = next(policy for policy in root.all(Policy) if policy.name != "it")
    assert isinstance(attached.document, Unknown)


CUT = """
resource "aws_iam_policy" "it" {
  name   = "it"
  policy = %s
}
variable "account" { default = "111111111111" }
"""
IN_FILE = """

{ "Statement": [{
  "Effect": "Allow", "Action": ["ü:x", "s3:*"],
  "Resource": ["arn:aws:iam::ACCOUNT:role/ACCOUNT", "ACCOUNT", "*"]
}] }

"""
IN_HEREDOC = (
    '<<-EOF\n    { "Statement": [{\n      "Effect": "Allow", "Action": ["ü:x", "s3:*"],\n'
    '      "Resource": ["arn:aws:iam::ACCOUNT:role/ACCOUNT", "ACCOUNT", "*"]\n    }] }\n  EOF\n  '
)


@pytest.mark.parametrize(
    ("source", "action", "resources"),
    [
        ('file("p.tpl")', "infra/p.tpl:2:40", "infra/p.tpl:3"),
        ('templatefile("p.tpl", {})', "infra/p.tpl:2:40", "infra/p.tpl:3"),
        (IN_HEREDOC, "infra/main.tf:5:44", "infra/main.tf:6"),
    ],
)
@pytest.mark.parametrize("cut", ["trimspace(%s)", "chomp(%s)", "indent(3, %s)", 'replace(%s, "ACCOUNT", var.account)'])
def test_in_a_text_that_is_cut_out_of_another(source: str, action: str, resources: str, cut: str) -> None:
    root = Root(CUT % (cut % source), {"infra/p.tpl": IN_FILE})
    (statement,) = root.one(Policy).statements
    account = "111111111111" if cut.startswith("replace") else "ACCOUNT"
    assert statement.resources == (f"arn:aws:iam::{account}:role/{account}", account, "*")
    assert root.at(statement.action_place(1)).endswith(' "s3:*"')
    assert root.at(statement.action_place(1)).partition(" ")[0].rpartition(":")[0] == action.rpartition(":")[0]
    assert [root.written(statement.resource_place(number)) for number in range(3)] == [
        '"arn:aws:iam::ACCOUNT:role/ACCOUNT"',
        '"ACCOUNT"',
        '"*"',
    ]
    assert root.at(statement.resource_place(2)).startswith(resources)


def test_a_secret_that_is_put_into_a_text_stands_where_it_is_written() -> None:
    from iamlint.model.telemetry import LiteralSecret

    root = Root(
        'resource "aws_secretsmanager_secret_version" "v" {\n  secret_id = "x"\n'
        '  secret_string = replace(file("s.tpl"), "PASSWORD", var.p)\n}\nvariable "p" {\n  default = "hunter2-hunter2"\n}\n',
        {"infra/s.tpl": '{"user": "u",\n "password": "PASSWORD"}\n'},
    )
    secret = root.one(LiteralSecret)
    assert root.at(secret.at) == 'infra/main.tf:6:13 "hunter2-hunter2"'
    assert secret.by is not None
    assert root.at(secret.by) == 'infra/s.tpl:2:14 "PASSWORD"'

"""Lists and maps that are known in part, and instances whose keys are not known: what is kept of them, and what is joined."""

from __future__ import annotations

import pytest
from unit.parse.terraform.roots import Root, document, shown

from iamlint.model.aws import AwsUser
from iamlint.model.policy import Attachment, Policy

HEAD = """
variable "more" { type = any }
resource "aws_organizations_account" "app" {
  name  = "app"
  email = "app@acme.example"
}
locals {
  teams = [
    { team = "eng", accounts = ["a", "b"] },
    { team = "ops", accounts = var.more },
    { team = "sre", accounts = ["c"] },
  ]
  pairs = flatten([for one in local.teams : [for account in one.accounts : { name = "${one.team}-${account}" }]])
}
"""


def users(expression: str, name: str = "each.value") -> list[str]:
    """Return the names of the users that a `for_each` makes, `*` for those that there may be besides."""
    root = Root(f'{HEAD}resource "aws_iam_user" "it" {{\n  for_each = {expression}\n  name = {name}\n}}\n')
    names = sorted("*" if ".each." in shown(user.name) else shown(user.name) for user in root.all(AwsUser))
    said = any(line.reason.startswith("how many instances `aws_iam_user.it` has is not known") for line in root.facts.unresolved)
    assert said == ("*" in names)
    return names


@pytest.mark.parametrize(
    ("expression", "name", "expected"),
    [
        ("toset([for one in local.pairs : one.name])", "each.key", ["*", "eng-a", "eng-b", "sre-c"]),
        ("{ for one in local.pairs : one.name => one }", "each.value.name", ["*", "eng-a", "eng-b", "sre-c"]),
        ("tomap({ for one in local.pairs : one.name => one })", "each.value.name", ["*", "eng-a", "eng-b", "sre-c"]),
        ("{ for number, one in local.pairs : one.name => number }", 'each.key == "sre-c" ? "x" : "y"', ["*", "x", "y", "y"]),
        ('toset(concat(["x"], var.more, ["y", "x"]))', "each.value", ["*", "x", "y"]),
        ('toset(distinct(compact(concat(["x", ""], var.more))))', "each.value", ["*", "x"]),
        ('merge(var.more, { x = "x" }, { y = "y" })', "each.value", ["*", "x", "y"]),
        ('merge({ x = "x" }, var.more, { y = "y" })', "each.value", ["*", "y"]),  # what stands before may be overridden
        ('{ for one in ["x", "y"] : one => one if one != "y" || var.more }', "each.value", ["*", "x"]),
        # A key that is known in part is one instance, and there are no others.
        (
            '{ for id in [aws_organizations_account.app.id, "1"] : "eng-${id}" => id }',
            "each.key",
            ["eng-1", "eng-⟨infra#aws_organizations_account.app.id⟩"],
        ),
        ("var.more", "each.value", ["*"]),
        ("toset(var.more)", "each.value", ["*"]),
        ("local.pairs", "each.value", ["*"]),  # a list is none of what `for_each` takes
    ],
)
def test_instances(expression: str, name: str, expected: list[str]) -> None:
    assert users(expression, name) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("length(local.pairs)", "⟨"),
        ("local.pairs[0].name", "⟨"),
        ("join(\",\", concat([\"x\"], var.more))", "⟨"),
        ("try(tolist(concat([\"x\"], var.more))[0], \"none\")", "⟨"),
        ("contains(concat([\"x\"], var.more), \"y\")", "⟨"),
        ("concat([\"x\"], var.more) == [\"x\"]", "⟨"),
    ],
)  # fmt: skip
def test_to_other_operations_it_is_unknown(expression: str, expected: str) -> None:
    (user,) = Root(f'{HEAD}resource "aws_iam_user" "it" {{\n  name = "${{{expression}}}"\n}}\n').all(AwsUser)
    assert expected in shown(user.name)


def test_an_instance_by_a_key_that_is_known_in_part() -> None:
    root = Root(f"""{HEAD}
resource "aws_iam_user" "it" {{
  for_each = {{ for id in [aws_organizations_account.app.id] : "eng-${{id}}" => "x" }}
  name     = each.value
}}
resource "aws_iam_user" "other" {{
  name = aws_iam_user.it["eng-${{aws_organizations_account.app.id}}"].name
}}
""")
    assert [shown(user.name) for user in root.all(AwsUser)] == ["x", "x"]


UNKNOWN = {"unknown": "the variable `more` has no default"}


def test_policies_keep_what_is_known() -> None:
    root = Root(
        HEAD
        + """
data "aws_iam_policy_document" "it" {
  statement {
    actions   = concat(["s3:GetObject"], var.more)
    resources = ["*"]
  }
  dynamic "statement" {
    for_each = concat(["sqs:SendMessage"], var.more)
    content {
      actions   = [statement.value]
      resources = ["*"]
    }
  }
}
resource "aws_iam_policy" "data" {
  name   = "data"
  policy = data.aws_iam_policy_document.it.json
}
resource "aws_iam_policy" "json" {
  name   = "json"
  policy = jsonencode({
    Statement = concat([{ Effect = "Allow", Action = flatten(["s3:PutObject", var.more]), Resource = "*" }], var.more)
  })
}
"""
    )
    documents = {shown(policy.name): document(policy)["Statement"] for policy in root.all(Policy)}
    assert documents["json"] == [{"Effect": "Allow", "Action": ["s3:PutObject", UNKNOWN], "Resource": "*"}, UNKNOWN]
    assert documents["data"] == [
        {"Effect": "Allow", "Action": ["s3:GetObject", UNKNOWN], "Resource": "*"},
        {"Effect": "Allow", "Action": UNKNOWN, "Resource": "*"},
        {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"},
    ]
    (policy,) = [policy for policy in root.all(Policy) if shown(policy.name) == "json"]
    assert root.written(policy.origin.at(("Statement", 0, "Action", 0))) == '"s3:PutObject"'


def test_documents_that_are_known_are_merged() -> None:
    root = Root(
        HEAD
        + """
data "aws_iam_policy_document" "one" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}
resource "aws_iam_policy" "it" {
  name   = "it"
  policy = data.aws_iam_policy_document.it.json
}
data "aws_iam_policy_document" "it" {
  source_policy_documents = concat([data.aws_iam_policy_document.one.json], var.more)
}
"""
    )
    (policy,) = [policy for policy in root.all(Policy) if shown(policy.name) == "it"]
    assert document(policy)["Statement"] == [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}, UNKNOWN]


CHAINED = """
variable "roles" {}
variable "amount" {}
resource "aws_iam_role" "this" {
  for_each           = var.roles
  name               = "app-${each.key}"
  assume_role_policy = "{}"
}
resource "aws_iam_policy" "this" {
  for_each = OF
  name     = "app-${each.key}"
  policy   = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}
resource "aws_iam_role_policy_attachment" "this" {
  for_each   = aws_iam_role.this
  role       = each.value.name
  policy_arn = aws_iam_policy.this[each.key].arn
}
module "policy" {
  source   = "./policy"
  for_each = var.roles
  role     = aws_iam_role.this[each.key].name
}
resource "aws_iam_user" "this" {
  count = var.amount
  name  = "bot-${count.index}"
}
resource "aws_iam_user_policy_attachment" "this" {
  count      = var.amount
  user       = aws_iam_user.this[count.index].name
  policy_arn = module.policy["x"].arn
}
resource "aws_iam_role_policy_attachment" "own" {
  for_each   = var.roles
  role       = aws_iam_role.this[each.key].name
  policy_arn = module.policy[each.key].arn
}
"""
OWN = """
variable "role" {}
resource "aws_iam_policy" "own" {
  name   = "own-${var.role}"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sqs:*", Resource = "*" }] })
}
output "arn" { value = aws_iam_policy.own.arn }
"""


@pytest.mark.parametrize(
    ("of", "is_the_same"),
    [
        ("var.roles", True),
        ("aws_iam_role.this", True),
        ("toset(keys(var.roles))", False),
        ("{ for k, v in var.roles : k => v }", False),
    ],
)
def test_what_one_unknown_for_each_makes_is_joined(of: str, is_the_same: bool) -> None:
    root = Root(CHAINED.replace("OF", of), {"infra/policy/main.tf": OWN})
    each = "⟨infra#var.roles.each.key⟩"
    policy = f"arn:aws:iam::111111111111:policy/app-{each}"
    own = f"arn:aws:iam::111111111111:policy/own-app-{each}"
    found = {(shown(item.target), shown(item.policy_arn)) for item in root.all(Attachment)}
    assert ((f"app-{each}", policy) in found) is is_the_same
    assert (f"app-{each}", own) in found
    assert ("bot-⟨infra#var.amount.count.index⟩", "⟨infra#module.policy.x.arn⟩") in found


KEPT = """
variable "more" {}
locals {
  all = setunion(toset(["a", "b"]), var.more)
}
resource "aws_iam_role" "this" {
  for_each           = local.all
  name               = "app-${each.value}"
  assume_role_policy = "{}"
}
resource "aws_iam_role_policy_attachment" "this" {
  for_each   = aws_iam_role.this
  role       = each.value.name
  policy_arn = "arn:aws:iam::aws:policy/${each.key}"
}
resource "aws_iam_role_policy_attachment" "by_key" {
  for_each   = aws_iam_role_policy_attachment.this
  role       = aws_iam_role.this[each.key].name
  policy_arn = module.own[each.key].arn
}
module "own" {
  source   = "./policy"
  for_each = aws_iam_role.this
  role     = each.value.name
}
resource "aws_iam_role_policy_attachment" "of_module" {
  for_each   = module.own
  role       = "of-module"
  policy_arn = each.value.arn
}
resource "aws_iam_role_policy_attachment" "one" {
  role       = aws_iam_role.this["a"].name
  policy_arn = module.own["b"].arn
}
resource "aws_iam_user_policy_attachment" "looped" {
  for_each   = { for key, role in aws_iam_role.this : "looped-${key}" => role.name }
  user       = each.key
  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
}
"""


def test_what_is_made_for_each_instance_keeps_those_that_are_known() -> None:
    root = Root(KEPT, {"infra/policy/main.tf": OWN})
    found = {(shown(item.target), shown(item.policy_arn).rpartition("/")[2]) for item in root.all(Attachment)}
    others = {pair for pair in found if "⟨" in pair[0] + pair[1]}
    assert found - others == {
        ("app-a", "a"),
        ("app-b", "b"),
        ("app-a", "own-app-a"),
        ("app-b", "own-app-b"),
        ("of-module", "own-app-a"),
        ("of-module", "own-app-b"),
        ("app-a", "own-app-b"),
        ("looped-a", "app-a"),
        ("looped-b", "app-b"),
    }
    each = next(target for target, _ in others if target.startswith("app-"))
    assert each.endswith((".each.key⟩", ".each.value⟩"))
    assert (each, f"own-{each}") in others


DECODED = """
variable "role" {}
variable "rules" {}
resource "aws_iam_policy" "it" {
  name   = "it"
  policy = jsonencode(DECODE)
}
output "it" { value = DECODE }
"""
IN_YAML = """yamldecode(<<EOF
Version: "2012-10-17"
Statement:
  - Effect: Allow
    Action: ["sts:AssumeRole", "${var.rules}"]
    Resource: arn:aws:iam::1:role/${var.role}
    %s
EOF
)"""
IN_JSON = """jsondecode(<<EOF
{"Version": "2012-10-17", "Statement":
  [{"Effect": "Allow", "Action": ["sts:AssumeRole", "${var.rules}"],
    "Resource": "arn:aws:iam::1:role/${var.role}" %s}]}
EOF
)"""


@pytest.mark.parametrize("decode", [IN_YAML % "# more", IN_JSON % ""])
def test_a_document_in_a_text_keeps_what_is_known(decode: str) -> None:
    root = Root(DECODED.replace("DECODE", decode))
    policy = root.one(Policy)
    assert document(policy) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["sts:AssumeRole", {"unknown": "the variable `rules` has no default"}],
                "Resource": "arn:aws:iam::1:role/${unknown: the variable `role` has no default}",
            }
        ],
    }
    (statement,) = policy.statements
    assert root.written(statement.action_place(0)).strip('"') == "sts:AssumeRole"
    assert root.written(statement.resource_place(0)).strip('"') == "arn:aws:iam::1:role/${var.role}"


@pytest.mark.parametrize(
    "decode",
    [
        IN_YAML % '"${var.rules}": x',  # a key
        IN_YAML % "${var.rules}",  # entries, or none
        IN_JSON % ', "${var.rules}": 1',
        IN_JSON % "${var.rules}",
        "yamldecode(var.rules)",
        'jsondecode("${var.rules}")',
    ],
)
def test_a_text_that_may_say_something_else_is_unknown(decode: str) -> None:
    root = Root(DECODED.replace("DECODE", decode))
    assert document(root.one(Policy)) == {"unknown": "the variable `rules` has no default"}


def test_to_expressions_such_a_document_is_unknown() -> None:
    decode = IN_YAML % "# more"
    root = Root(f'variable "role" {{}}\nvariable "rules" {{}}\nresource "aws_iam_user" "it" {{\n  name = {decode}.Version\n}}\n')
    (user,) = root.all(AwsUser)
    assert "⟨" in shown(user.name)

"""Statements of which nobody knows whether they are there: kept with what they say, and never taken for certain."""

from __future__ import annotations

import pytest
from unit.parse.terraform.roots import Root, document, shown

from iamlint.lint.grammar import grammar_faults
from iamlint.lint.policy_size import characters
from iamlint.model.policy import Policy
from iamlint.model.telemetry import LiteralSecret

HEAD = """
variable "on" { type = bool }
variable "more" { type = any }
locals {
  a = [{ Effect = "Allow", Action = "a:a", Resource = "*" }]
  b = { Effect = "Allow", Action = "b:b", Resource = "*" }
  c = { Effect = "Allow", Action = "c:c", Resource = "*" }
  of = { for action in ["a:a", "b:b", "c:c"] : action => { Effect = "Allow", Action = action, Resource = "*" } }
}
"""


def said(root: Root, name: str = "it") -> list[str]:
    """Return the actions of a policy's statements: those that may not be there with a question mark, `?` for what is unknown."""
    (policy,) = [policy for policy in root.all(Policy) if shown(policy.name) == name]
    found = []
    for statement in policy.statements:
        actions = "+".join(shown(action) if isinstance(action, str) else "⟨⟩" for action in statement.actions)
        found.append(f"{actions}?" if statement.opaque is not None else actions)
    return found


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("concat(local.a, var.on ? [local.b] : [])", ["a:a", "b:b?"]),
        ("var.on ? [local.b] : [local.c]", ["b:b?", "c:c?"]),
        ("var.on ? [local.b, local.a[0]] : concat(local.a, [local.c])", ["a:a", "b:b?", "c:c?"]),  # what is in both is there
        ("var.on ? local.a : local.a", ["a:a"]),
        ("flatten([local.a, var.on ? [local.b] : [], [[local.c]]])", ["a:a", "c:c", "b:b?"]),
        ("flatten([var.on ? [[local.b], var.more ? [local.c] : []] : []])", ["b:b?", "c:c?"]),
        ("concat(var.on ? [local.b] : [], var.more ? [local.c] : [])", ["b:b?", "c:c?"]),
        ("var.on ? concat(local.a, var.more ? [local.b] : []) : local.a", ["a:a", "b:b?"]),
        ("[for one in concat(local.a, var.on ? [local.b] : []) : merge(one, { Sid = one.Action })]", ["a:a", "b:b?"]),
        ('[for one in concat(local.a, var.on ? [local.b, local.c] : []) : one if one.Action != "b:b"]', ["a:a", "c:c?"]),
        ('[for one in ["a:a", "b:b"] : local.of[one] if one == "a:a" || var.on]', ["a:a", "b:b?"]),
        ("reverse(distinct(concat(local.a, local.a, var.on ? [local.b] : [])))", ["a:a", "b:b?"]),
        # One statement stands for all that a loop makes of what is not known.
        ('[for name in var.more : { Effect = "Allow", Action = "d:d", Resource = name }]', ["d:d?"]),
        (
            'flatten([local.a, [for x in var.more : [for y in x : { Effect = "Allow", Action = y, Resource = "r" }]]])',
            ["a:a", "⟨⟩?"],
        ),
        ('[for name in concat(["a:a"], var.more) : { Effect = "Allow", Action = name, Resource = "r" }]', ["a:a", "⟨⟩?"]),
        ('[for name in var.more : { Effect = "Allow", Action = "d:d", Resource = name } if false]', []),
        ("[for one in var.more : one]", ["?"]),
        ('[for name in var.more : name.x ? { Effect = "Allow", Action = "d:d", Resource = "r" } : local.b]', ["?"]),
        # Where anything may be there besides, nothing is told of it.
        ("concat(local.a, var.on ? [local.b] : [], var.more)", ["a:a", "?"]),
        ("concat(local.a, var.on ? [local.b] : var.more)", ["a:a", "?"]),
        ("concat(local.a, var.on ? concat([local.b], var.more) : [])", ["a:a", "?"]),
        ("flatten([local.a, var.on ? [var.more] : []])", ["a:a", "?"]),
        ("[for one in concat(local.a, var.on ? [{}] : []) : one if one.Action == 1]", ["?"]),
    ],
)
def test_a_list_of_statements(statements: str, expected: list[str]) -> None:
    root = Root(f"""{HEAD}
resource "aws_iam_policy" "it" {{
  name   = "it"
  policy = jsonencode({{ Version = "2012-10-17", Statement = {statements} }})
}}
""")
    assert said(root) == expected
    why = {line.reason for line in root.facts.unresolved}
    assert any("has no default" in reason for reason in why) is ("?" in "".join(expected))


BLOCKS = (
    HEAD
    + """
data "aws_iam_policy_document" "source" {
  statement {
    sid       = "A"
    actions   = ["a:a"]
    resources = ["*"]
  }
  dynamic "statement" {
    for_each = var.on ? [1] : []
    content {
      sid       = "B"
      actions   = ["b:b", "b:&{aws:username}"]
      resources = ["*"]
    }
  }
}
"""
)


def test_dynamic_blocks() -> None:
    root = Root(
        BLOCKS
        + """
resource "aws_iam_policy" "it" {
  name   = "it"
  policy = data.aws_iam_policy_document.source.json
}
data "aws_iam_policy_document" "loose" {
  dynamic "statement" {
    for_each = concat(["c:c"], var.on ? ["d:d"] : [])
    content {
      actions   = [statement.value]
      resources = concat(["arn:aws:s3:::a"], var.on ? ["arn:aws:s3:::b"] : [])
    }
  }
}
"""
    )
    assert said(root) == ["a:a", "b:b+b:&{aws:username}?"]
    assert said(root, "loose") == ["d:d?", "c:c"]
    (policy,) = [policy for policy in root.all(Policy) if shown(policy.name) == "it"]
    assert root.written(policy.statements[1].action_place(0)) == '"b:b"'
    assert (root.facts.resolved, len(root.facts.unresolved)) == (1, 1)
    # Of two lists of one statement, what may be there is not told: whether it comes with the other list's, nobody knows.
    (policy,) = [policy for policy in root.all(Policy) if shown(policy.name) == "loose"]
    unknown = {"unknown": "the variable `on` has no default"}
    assert [one["Resource"] for one in document(policy)["Statement"]] == [["arn:aws:s3:::a", unknown]] * 2


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("source_policy_documents = [data.aws_iam_policy_document.source.json]", ["a:a", "b:b+b:&{aws:username}?", "own:own"]),
        # What is added by a name that something has already takes its place: perhaps, or surely.
        ("override_policy_documents = [local.maybe_a]", ["own:own", "o:o?"]),
        (
            "source_policy_documents = [data.aws_iam_policy_document.source.json]\n  override_policy_documents = [local.maybe_a]",
            ["a:a?", "b:b+b:&{aws:username}?", "own:own", "o:o?"],
        ),
        (
            "source_policy_documents = [data.aws_iam_policy_document.source.json]\n  override_policy_documents = [local.b]",
            ["a:a", "o:o", "own:own"],
        ),
        (
            "source_policy_documents = var.on ? [data.aws_iam_policy_document.source.json] : []",
            ["a:a?", "b:b+b:&{aws:username}?", "own:own"],
        ),
        ("override_policy_documents = var.on ? [local.own] : []", ["own:own?", "o:o?"]),
        ("override_policy_documents = var.on ? [var.more] : []", ["?", "?"]),
    ],
)
def test_documents_are_merged(arguments: str, expected: list[str]) -> None:
    root = Root(
        BLOCKS.replace("  b = {", "  shadowed = {")
        + f"""
locals {{
  maybe_a = jsonencode({{ Statement = var.on ? [{{ Sid = "A", Effect = "Allow", Action = "o:o", Resource = "*" }}] : [] }})
  b       = jsonencode({{ Statement = [{{ Sid = "B", Effect = "Allow", Action = "o:o", Resource = "*" }}] }})
  own     = jsonencode({{ Statement = [{{ Sid = "Own", Effect = "Allow", Action = "o:o", Resource = "*" }}] }})
}}
data "aws_iam_policy_document" "it" {{
  {arguments}
  statement {{
    sid       = "Own"
    actions   = ["own:own"]
    resources = ["*"]
  }}
}}
resource "aws_iam_policy" "it" {{
  name   = "it"
  policy = data.aws_iam_policy_document.it.json
}}
"""
    )
    assert said(root) == expected


def test_of_two_statements_of_which_one_comes_about_neither_counts() -> None:
    root = Root(
        HEAD
        + """
resource "aws_iam_policy" "it" {
  name = "it"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.a, var.on ? [merge(local.b, { Sid = "X" })] : [merge(local.c, { Sid = "X" })])
  })
}
resource "aws_iam_policy" "short" {
  name   = "short"
  policy = jsonencode({ Version = "2012-10-17", Statement = local.a })
}
"""
    )
    assert said(root) == ["a:a", "b:b?", "c:c?"]
    policies = {shown(policy.name): policy for policy in root.all(Policy)}
    assert list(grammar_faults(policies["it"])) == []
    assert characters(policies["it"]) == characters(policies["short"])


@pytest.mark.parametrize(
    ("statements", "faults"),
    [
        ('[merge(local.a[0], { Sid = "X", Condition = var.open }), merge(local.b, { Sid = "X" })]', 1),
        ('concat([merge(local.a[0], { Sid = "X" })], var.on ? [merge(local.b, { Sid = "X", Condition = var.open })] : [])', 0),
    ],
)
def test_an_unknown_condition_does_not_keep_a_statement_away(statements: str, faults: int) -> None:
    text = f'jsonencode({{ Version = "2012-10-17", Statement = {statements} }})'
    root = Root(f'{HEAD}variable "open" {{}}\nresource "aws_iam_policy" "it" {{\n  name = "it"\n  policy = {text}\n}}\n')
    (policy,) = root.all(Policy)
    assert [fault.message for fault in grammar_faults(policy)] == ["`X` is the `Sid` of an earlier statement already"] * faults
    assert [one.may_be_absent for one in policy.statements] == [False, not faults]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('length(concat(["x"], var.on ? ["y"] : []))', "⟨"),
        ('join(",", var.on ? ["y"] : [])', "⟨"),
        ('(var.on ? ["y"] : ["x"])[0]', "⟨"),
        ('try((var.on ? ["y"] : [])[0], "none")', "⟨"),
        ('contains(var.on ? ["y"] : [], "y")', "⟨"),
        ('length(var.on ? ["y"] : ["y"])', "1"),
    ],
)
def test_to_other_operations_it_is_unknown(expression: str, expected: str) -> None:
    root = Root(f'{HEAD}resource "aws_iam_policy" "it" {{\n  name = "${{{expression}}}"\n  policy = jsonencode({{}})\n}}\n')
    (policy,) = root.all(Policy)
    assert expected in shown(policy.name)


def test_instances_that_may_be_there_keep_their_names() -> None:
    root = Root(
        HEAD
        + """
resource "aws_iam_policy" "it" {
  for_each = var.on ? toset(["x", "y"]) : toset([])
  name     = each.key
  policy   = jsonencode({})
}
resource "aws_iam_policy" "other" {
  for_each = aws_iam_policy.it
  name     = "other-${each.key}"
  policy   = jsonencode({})
}
"""
    )
    assert [shown(policy.name) for policy in root.all(Policy)] == ["x", "y", "other-x", "other-y"]


def test_one_block_stands_for_all_that_are_not_known() -> None:
    root = Root(
        HEAD
        + """
resource "aws_sqs_queue" "each" {
  for_each = toset(var.more)
  name     = each.key
}
data "aws_iam_policy_document" "it" {
  dynamic "statement" {
    for_each = aws_sqs_queue.each
    content {
      actions   = ["sqs:SendMessage"]
      resources = [statement.value.arn]
    }
  }
  dynamic "statement" {
    for_each = var.more
    iterator = one
    content {
      effect        = lookup(one.value, "effect", "Deny")
      actions       = ["d:d"]
      not_actions   = one.value.not_actions
      resources     = try(one.value.resources, null)
      not_resources = try(one.value.not_resources, null)
      dynamic "principals" {
        for_each = one.value.principals
        content {
          type        = "AWS"
          identifiers = [principals.value]
        }
      }
    }
  }
  dynamic "statement" {
    for_each = var.more
    content {
      actions   = statement.value.actions
      resources = statement.value.resources
    }
  }
}
resource "aws_iam_policy" "it" {
  name   = "it"
  policy = data.aws_iam_policy_document.it.json
}
"""
    )
    assert said(root) == ["sqs:SendMessage?", "d:d?", "?"]
    (policy,) = [policy for policy in root.all(Policy) if shown(policy.name) == "it"]
    assert "each.key" in shown(policy.statements[0].resources[0])
    assert policy.statements[1].effect not in ("Allow", "Deny")
    assert list(grammar_faults(policy)) == []  # what is not known at all may be null


DOCUMENTS = (
    HEAD
    + """
data "aws_iam_policy_document" "a" {
  statement {
    actions   = ["a:a"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "ab" {
  statement {
    actions   = ["a:a"]
    resources = ["*"]
  }
  statement {
    actions   = ["b:b"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "some" {
  count = var.on ? 1 : 0
  statement {
    actions   = ["c:c"]
    resources = ["*"]
  }
}
locals {
  doc    = data.aws_iam_policy_document.a.json
  docs   = data.aws_iam_policy_document.ab.json
  single = jsonencode({ Version = "2008-10-17", Id = "x", Statement = { Effect = "Allow", Action = "d:d", Resource = "*" } })
}
"""
)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("var.on ? local.doc : local.docs", ["a:a", "b:b?"]),
        ('var.on ? local.doc : ""', ["a:a?"]),
        ("var.on ? null : local.docs", ["a:a?", "b:b?"]),
        ("var.on ? local.single : local.doc", ["d:d?", "a:a?"]),
        ("var.on ? local.doc : var.more ? local.docs : null", ["a:a?", "a:a?", "b:b?"]),
        ("var.on ? local.doc : var.more", ["?"]),
        ("jsonencode(merge(jsondecode(var.on ? local.doc : local.docs), { Id = \"x\" }))", ["a:a", "b:b?"]),
        # What is made only together with the policy is there with it.
        ("data.aws_iam_policy_document.some[0].json", ["c:c"]),
        ('join("", data.aws_iam_policy_document.some[*].json)', ["c:c"]),
        ("one(data.aws_iam_policy_document.some[*].json)", ["c:c"]),
    ],
)  # fmt: skip
def test_one_of_two_documents(policy: str, expected: list[str]) -> None:
    root = Root(f'{DOCUMENTS}resource "aws_iam_policy" "it" {{\n  name   = "it"\n  policy = {policy}\n}}\n')
    assert said(root) == expected
    (found,) = [found for found in root.all(Policy) if shown(found.name) == "it"]
    if "single" in policy:
        assert found.version not in ("2008-10-17", "2012-10-17")


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ('[local.doc, var.on ? local.docs : ""]', ["a:a", "a:a?", "b:b?"]),
        ('compact([local.doc, var.on ? local.single : "", var.more])', ["a:a", "d:d?", "?"]),
        ("concat([local.doc], data.aws_iam_policy_document.some[*].json)", ["a:a", "c:c?"]),
        ("compact(flatten([local.doc, data.aws_iam_policy_document.some.*.json]))", ["a:a", "c:c?"]),
        ('[local.doc, one(data.aws_iam_policy_document.some[*].json)]', ["a:a", "c:c?"]),
        ('[local.doc, join("", data.aws_iam_policy_document.some[*].json)]', ["a:a", "c:c?"]),
        ('[local.doc, try(data.aws_iam_policy_document.some[0].json, "")]', ["a:a", "c:c?"]),
        ("var.on ? [data.aws_iam_policy_document.some[0].json] : [local.doc]", ["c:c?", "a:a?"]),
    ],
)  # fmt: skip
def test_documents_that_may_be_merged(documents: str, expected: list[str]) -> None:
    root = Root(f"""{DOCUMENTS}
data "aws_iam_policy_document" "it" {{
  source_policy_documents = {documents}
}}
resource "aws_iam_policy" "it" {{
  name   = "it"
  policy = data.aws_iam_policy_document.it.json
}}
""")
    assert said(root) == expected


def test_instances_of_an_unknown_count_are_as_before_to_everything_else() -> None:
    root = Root(
        DOCUMENTS
        + """
resource "aws_iam_role" "it" {
  count              = var.on ? 1 : 0
  name               = "it"
  assume_role_policy = jsonencode({})
}
resource "aws_iam_policy" "it" {
  name   = "${one(aws_iam_role.it[*].name)}-${join("", aws_iam_role.it[*].name)}-${try(aws_iam_role.it[0].name, "none")}"
  policy = jsonencode({})
}
"""
    )
    assert "it-it-it" in [shown(policy.name) for policy in root.all(Policy)]


def test_a_secret_of_an_unknown_count_is_no_literal() -> None:
    root = Root(
        HEAD
        + """
resource "aws_ssm_parameter" "from" {
  count = var.on ? 1 : 0
  name  = "/a"
  type  = "String"
  value = "hunter2hunter2"
}
resource "aws_secretsmanager_secret_version" "it" {
  secret_id     = "a"
  secret_string = one(aws_ssm_parameter.from[*].value)
}
"""
    )
    assert [found.what for found in root.all(LiteralSecret)] == []

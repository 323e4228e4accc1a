"""Parts of which stand-ins are put together: variables, outputs, and statements made of objects."""

from __future__ import annotations


def statements(
    for_each: str, conditions: str = "condition", sid: str = "coalesce(statement.value.sid, tostring(statement.key))"
) -> str:
    """Return the blocks that make statements of objects with optional attributes; the key of each is its Sid if it has none."""
    blocks = "".join(
        f"""
      dynamic "{block}" {{
        for_each = try(coalesce(statement.value.{given}, []), [])
        content {{{
            "".join(
                f'''
          {name} = {block}.value.{name}'''
                for name in names
            )
        }
        }}
      }}"""
        for block, given, names in (
            ("principals", "principals", ("type", "identifiers")),
            ("not_principals", "not_principals", ("type", "identifiers")),
            ("condition", conditions, ("test", "variable", "values")),
        )
    )
    return f"""
  dynamic "statement" {{
    for_each = {for_each}
    content {{
      sid           = try({sid}, null)
      effect        = try(statement.value.effect, null)
      actions       = try(statement.value.actions, null)
      not_actions   = try(statement.value.not_actions, null)
      resources     = try(statement.value.resources, null)
      not_resources = try(statement.value.not_resources, null)
{blocks}
    }}
  }}
"""


def given_conditions(name: str = "trust_policy_conditions") -> str:
    """Return the block that makes conditions of the objects that a variable holds."""
    return f"""
      dynamic "condition" {{
        for_each = var.{name}
        content {{
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }}
      }}"""


_PRINCIPALS = "optional(list(object({ type = string, identifiers = list(string) })))"
_STATEMENT = ", ".join((
    "sid = optional(string)",
    'effect = optional(string, "Allow")',
    *(f"{name} = optional(list(string))" for name in ("actions", "not_actions", "resources", "not_resources")),
    f"principals = {_PRINCIPALS}",
    f"not_principals = {_PRINCIPALS}",
    "condition = optional(list(object({ test = string, variable = string, values = list(string) })))",
))  # fmt: skip


def statements_variable(name: str) -> str:
    """Return a variable that holds statements by a key."""
    return f'variable "{name}" {{\n  type    = map(object({{ {_STATEMENT} }}))\n  default = null\n}}\n'


def variables(**defaults: str) -> str:
    """Return the variables of a module, with their defaults as HCL."""
    return "".join(f'variable "{name}" {{\n  default = {default}\n}}\n' for name, default in defaults.items())


def outputs(resource: str, *names: str, prefix: str = "") -> str:
    """Return outputs that are attributes of the one resource of a type."""
    return "".join(f'output "{prefix}{name}" {{\n  value = one({resource}[*].{name})\n}}\n' for name in names)


UNKNOWN_POLICIES = """
data "iamlint_unknown" "policies" {
  reason = "the policies that the inputs `attach_…` choose differ from version to version of the module"
}
"""
"""A text that nobody can tell from the inputs: `data.iamlint_unknown.policies.value`."""

HERE = """
data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
}
"""

"""Who may assume which role (semantics D3)."""

from __future__ import annotations

import pytest
from graphs import edges_to, graph_of

from iamlint.graph.elements import EdgeKind

PROVIDERS = """\
    provider "aws" {
      allowed_account_ids = ["111111111111"]
    }
    """
OTHER_ACCOUNT = """\
    provider "aws" {
      allowed_account_ids = ["222222222222"]
    }
    """


def role(name: str, principal: str, condition: str = "", extra: str = "") -> str:
    block = f"Condition = {condition}" if condition else ""
    return f"""
    resource "aws_iam_role" "{name}" {{
      name = "{name}"
      {extra}
      assume_role_policy = jsonencode({{
        Version   = "2012-10-17"
        Statement = [{{
          Effect    = "Allow"
          Action    = "sts:AssumeRole"
          Principal = {principal}
          {block}
        }}]
      }})
    }}
    """


SERVICE = '{ Service = "ecs-tasks.amazonaws.com" }'


def may_assume_policy(name: str, resource: str, effect: str = "Allow") -> str:
    return f"""
    resource "aws_iam_role_policy" "{name}_{effect.lower()}" {{
      name = "assume-{effect.lower()}"
      role = aws_iam_role.{name}.name
      policy = jsonencode({{
        Version   = "2012-10-17"
        Statement = [{{ Effect = "{effect}", Action = "sts:AssumeRole", Resource = {resource} }}]
      }})
    }}
    """


def assumers(files: dict[str, str], of: str) -> list[str]:
    graph = graph_of(files)
    found = edges_to(graph, of, EdgeKind.MAY_ASSUME)
    return [name.removeprefix("role:arn:aws:iam::") for name in found if not name.startswith("provider:")]


def test_a_role_named_in_its_own_account_needs_no_policy_of_its_own() -> None:
    text = PROVIDERS + role("app", SERVICE) + role("target", "{ AWS = aws_iam_role.app.arn }")
    assert assumers({"infra/main.tf": text}, "role/target") == ["111111111111:role/app"]


def test_a_role_named_by_another_account_needs_a_policy_of_its_own() -> None:
    one = PROVIDERS + role("target", '{ AWS = "arn:aws:iam::222222222222:role/app" }')
    two = OTHER_ACCOUNT + role("app", SERVICE)
    assert assumers({"one/main.tf": one, "two/main.tf": two}, "role/target") == []
    two += may_assume_policy("app", '"arn:aws:iam::111111111111:role/target"')
    assert assumers({"one/main.tf": one, "two/main.tf": two}, "role/target") == ["222222222222:role/app"]


def test_a_deny_takes_the_permission_back() -> None:
    one = PROVIDERS + role("target", '{ AWS = "arn:aws:iam::222222222222:role/app" }')
    two = OTHER_ACCOUNT + role("app", SERVICE) + may_assume_policy("app", '"*"') + may_assume_policy("app", '"*"', "Deny")
    assert assumers({"one/main.tf": one, "two/main.tf": two}, "role/target") == []


def test_a_boundary_narrows_the_caller() -> None:
    boundary = """
    resource "aws_iam_policy" "boundary" {
      name   = "boundary"
      policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
    }
    """
    one = PROVIDERS + role("target", '{ AWS = "arn:aws:iam::222222222222:role/app" }')
    two = (
        OTHER_ACCOUNT + boundary + role("app", SERVICE, extra="permissions_boundary = aws_iam_policy.boundary.arn")
        + may_assume_policy("app", '"*"')
    )  # fmt: skip
    assert assumers({"one/main.tf": one, "two/main.tf": two}, "role/target") == []


def test_an_scp_narrows_the_caller() -> None:
    scp = """
    resource "aws_organizations_policy" "no_hopping" {
      name    = "no-hopping"
      content = jsonencode({
        Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "sts:AssumeRole", Resource = "*" }]
      })
    }
    resource "aws_organizations_policy_attachment" "no_hopping" {
      policy_id = aws_organizations_policy.no_hopping.id
      target_id = "222222222222"
    }
    """
    one = PROVIDERS + role("target", '{ AWS = "arn:aws:iam::222222222222:role/app" }')
    two = OTHER_ACCOUNT + role("app", SERVICE) + may_assume_policy("app", '"*"')
    assert assumers({"one/main.tf": one, "two/main.tf": two}, "role/target") == ["222222222222:role/app"]
    assert assumers({"one/main.tf": one, "two/main.tf": two, "org/main.tf": scp}, "role/target") == []


@pytest.mark.parametrize(("target", "expected"), [("r-abcd", []), ("ou-abcd-12345678", ["222222222222:role/app"])])
def test_an_scp_of_the_root_governs_every_account_and_one_of_a_unit_those_in_it(target: str, expected: list[str]) -> None:
    scp = """
    resource "aws_organizations_policy" "no_hopping" {
      name    = "no-hopping"
      content = jsonencode({
        Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "sts:AssumeRole", Resource = "*" }]
      })
    }
    resource "aws_organizations_policy_attachment" "no_hopping" {
      policy_id = aws_organizations_policy.no_hopping.id
      target_id = "TARGET"
    }
    """.replace("TARGET", target)
    one = PROVIDERS + role("target", '{ AWS = "arn:aws:iam::222222222222:role/app" }')
    two = OTHER_ACCOUNT + role("app", SERVICE) + may_assume_policy("app", '"*"')
    files = {"one/main.tf": one, "two/main.tf": two, "org/main.tf": scp}
    assert assumers(files, "role/target") == expected
    noted = any("which accounts are in `ou-abcd-12345678`" in entry.reason for entry in graph_of(files).unresolved)
    assert noted is bool(expected)


def test_trusting_the_account_delegates_to_the_policies_of_its_identities() -> None:
    text = (
        PROVIDERS + role("allowed", SERVICE) + role("idle", SERVICE) + may_assume_policy("allowed", "aws_iam_role.target.arn")
        + role("target", '{ AWS = "arn:aws:iam::111111111111:root" }')
    )  # fmt: skip
    assert assumers({"infra/main.tf": text}, "role/target") == ["111111111111:role/allowed"]


def test_an_account_outside_the_repository_stands_for_whoever_is_in_it() -> None:
    text = PROVIDERS + role("target", '{ AWS = "arn:aws:iam::999999999999:root" }')
    graph = graph_of({"infra/main.tf": text})
    assert edges_to(graph, "role/target", EdgeKind.MAY_ASSUME) == ["account:999999999999 ~"]
    [edge] = graph.in_edges(graph.find("role/target"), EdgeKind.MAY_ASSUME)
    assert edge.assumed == ("policies of the caller",)
    assert edge.place is not None
    assert edge.place.path == "infra/main.tf"


def test_reaching_an_account_does_not_reach_what_trusts_it() -> None:
    one = PROVIDERS + role("target", '{ AWS = "arn:aws:iam::999999999999:root" }')
    two = OTHER_ACCOUNT.replace("222222222222", "999999999999") + role("app", SERVICE)
    assert assumers({"one/main.tf": one, "two/main.tf": two}, "role/target") == []
    graph = graph_of({"one/main.tf": one})
    account = graph.find("account:999999999999")
    assert [item.node.id for item in graph.reach(account)] == [
        "role:arn:aws:iam::111111111111:role/target",
        "account:111111111111",
    ]
    assert "account:999999999999" in [item.node.id for item in graph.reached_by(graph.find("role/target"))]


def test_a_condition_that_the_caller_can_meet_is_carried_in_words() -> None:
    text = PROVIDERS + role(
        "target", '{ AWS = "arn:aws:iam::999999999999:role/vendor" }', '{ StringEquals = { "sts:ExternalId" = "acme-7" } }'
    )
    graph = graph_of({"infra/main.tf": text})
    [edge] = graph.in_edges(graph.find("role/target"), EdgeKind.MAY_ASSUME)
    assert (edge.source.id, edge.certainty.value, edge.condition) == (
        "role:arn:aws:iam::999999999999:role/vendor", "assumed", "`sts:ExternalId` is `acme-7`",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ('{ team = "checkout" }', ["111111111111:role/app"]),
        ('{ team = "payments" }', []),
        ("{}", []),
    ],
)
def test_a_condition_on_the_callers_own_tags_is_decided_by_them(tags: str, expected: list[str]) -> None:
    condition = '{ StringEquals = { "aws:PrincipalTag/team" = "checkout" } }'
    text = (
        PROVIDERS + role("app", SERVICE, extra=f"tags = {tags}")
        + role("target", '{ AWS = aws_iam_role.app.arn }', condition)
    )  # fmt: skip
    assert assumers({"infra/main.tf": text}, "role/target") == expected


def test_everybody_is_a_node_of_its_own() -> None:
    text = PROVIDERS + role("target", '"*"') + role("app", SERVICE)
    found = assumers({"infra/main.tf": text}, "role/target")
    assert "user:*" in found
    condition = '{ StringEquals = { "aws:PrincipalAccount" = "111111111111" } }'
    text = PROVIDERS + role("target", '{ AWS = "*" }', condition)
    assert assumers({"infra/main.tf": text}, "role/target") == []


def test_an_organization_of_the_caller_is_assumed_for_declared_accounts_and_admits_no_stranger() -> None:
    one = PROVIDERS + role("target", '{ AWS = "*" }', '{ StringEquals = { "aws:PrincipalOrgID" = "o-acme" } }')
    two = OTHER_ACCOUNT + role("app", SERVICE) + may_assume_policy("app", '"*"') + role("idle", SERVICE)
    graph = graph_of({"one/main.tf": one, "two/main.tf": two})
    [edge] = graph.in_edges(graph.find("role/target"), EdgeKind.MAY_ASSUME)
    assert (edge.source.name, edge.certainty.value, edge.assumed) == ("app", "assumed", ("organization of the caller",))


def test_a_service_is_a_provider() -> None:
    graph = graph_of({"infra/main.tf": PROVIDERS + role("app", SERVICE)})
    assert edges_to(graph, "role/app", EdgeKind.MAY_ASSUME) == ["provider:ecs-tasks.amazonaws.com"]
    assert graph.who_can("s3:GetObject", "arn:aws:s3:::b/k") == []


def test_an_unknown_principal_is_no_edge_and_stands_in_the_coverage() -> None:
    text = PROVIDERS + 'variable "trusted" {}\n' + role("target", "{ AWS = var.trusted }")
    graph = graph_of({"infra/main.tf": text})
    assert graph.edges(EdgeKind.MAY_ASSUME) == []
    assert [entry.reason for entry in graph.unresolved] == [
        "who may assume `target` is not known: the variable `trusted` has no default"
    ]


def test_permission_sets_are_roles_that_groups_are_assigned_to() -> None:
    text = """
    data "aws_ssoadmin_instances" "this" {}
    data "aws_identitystore_group" "eng" {
      identity_store_id = "d-1"
      alternate_identifier {
        unique_attribute {
          attribute_path  = "DisplayName"
          attribute_value = "eng-checkout"
        }
      }
    }
    resource "aws_ssoadmin_permission_set" "debug" {
      name         = "Debug"
      instance_arn = "arn:aws:sso:::instance/i"
    }
    resource "aws_ssoadmin_permission_set_inline_policy" "debug" {
      instance_arn       = "arn:aws:sso:::instance/i"
      permission_set_arn = aws_ssoadmin_permission_set.debug.arn
      inline_policy      = jsonencode({
        Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }]
      })
    }
    resource "aws_ssoadmin_account_assignment" "debug" {
      instance_arn       = "arn:aws:sso:::instance/i"
      permission_set_arn = aws_ssoadmin_permission_set.debug.arn
      principal_id       = data.aws_identitystore_group.eng.group_id
      principal_type     = "GROUP"
      target_id          = "333333333333"
      target_type        = "AWS_ACCOUNT"
    }
    resource "okta_group" "eng" {
      name = "eng-checkout"
    }
    """
    graph = graph_of({"sso/main.tf": text})
    assert {item.source.id for item in graph.edges(EdgeKind.ASSIGNED_TO)} == {
        "group:okta/eng-checkout", "group:identity-center/eng-checkout",
    }  # fmt: skip
    okta = graph.find("group:okta/eng-checkout")
    reached = {item.node.kind.value: item for item in graph.reach(okta)}
    assert reached["role"].node.name.startswith("AWSReservedSSO_Debug_")
    assert reached["account"].node.id == "account:333333333333"
    assert reached["role"].path[0].assumed == ("provisioning of groups",)
    answer = graph.can(okta, "s3:GetObject", "arn:aws:s3:::anything/x")
    assert answer.decision.value == "allow"
    assert [edge.kind.value for edge in answer.path] == ["assigned_to", "assigned_to"]
    assert graph.can(okta, "s3:PutObject", "arn:aws:s3:::anything/x").decision.value == "implicit_deny"


LOOKED_UP = """
provider "aws" {
  allowed_account_ids = ["111111111111"]
}
data "aws_iam_role" "caller" {
  name = "NAME"
}
resource "aws_iam_role" "target" {
  name = "target"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = data.aws_iam_role.caller.arn } }]
  })
}
"""
CALLER = """
provider "aws" {
  allowed_account_ids = ["111111111111"]
}
resource "aws_iam_role" "caller" {
  name               = "caller"
  path               = "/team/"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
"""


@pytest.mark.parametrize(
    ("name", "callers"),
    [
        ("caller", {("role:arn:aws:iam::111111111111:role/team/caller", "certain")}),
        ("other", {("role:arn:aws:iam::111111111111:role⟨a#data.aws_iam_role.caller.path⟩other", "certain")}),
    ],
)
def test_a_role_that_is_looked_up_by_name_is_the_one_of_that_name(name: str, callers: set[tuple[str, str]]) -> None:
    graph = graph_of({"a/main.tf": LOOKED_UP.replace("NAME", name), "b/main.tf": CALLER})
    target = graph.node("role:arn:aws:iam::111111111111:role/target")
    found = {(edge.source.id, str(edge.certainty)) for edge in graph.edges() if edge.target is target}
    assert found == callers


HERE = """
provider "aws" {
  allowed_account_ids = ["111111111111"]
}
"""
TARGET = """
resource "aws_iam_role" "target" {
  name = "target"
  path = "/svc/"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111111111111:root" } }]
  })
}
resource "aws_iam_policy" "shared" {
  name   = "shared"
  path   = "/team/"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::111111111111:role/svc/target" }]
  })
}
"""


@pytest.mark.parametrize(
    ("allows", "is_found"),
    [
        ('data "aws_iam_role" "target" { name = "target" }\n', True),
        ('data "aws_iam_role" "target" { name = "other" }\n', False),
        ('data "aws_iam_policy" "shared" { name = "shared" }\n', True),
        ('data "aws_iam_policy" "shared" { name = "other" }\n', None),
    ],
)
def test_what_a_policy_names_is_looked_up_by_name(allows: str, is_found: bool | None) -> None:
    given = """
    resource "aws_iam_role_policy" "caller" {
      role   = aws_iam_role.caller.name
      policy = jsonencode({
        Version   = "2012-10-17"
        Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = data.aws_iam_role.target.arn }]
      })
    }
    """
    if "aws_iam_policy" in allows:
        given = """
        resource "aws_iam_role_policy_attachment" "caller" {
          role       = aws_iam_role.caller.name
          policy_arn = data.aws_iam_policy.shared.arn
        }
        """
    graph = graph_of({"a/main.tf": CALLER + allows + given, "b/main.tf": HERE + TARGET})
    target = graph.node("role:arn:aws:iam::111111111111:role/svc/target")
    callers = {edge.source.id: str(edge.certainty) for edge in graph.edges() if edge.target is target}
    wanted = {True: "certain", False: None, None: "unknown"}[is_found]
    assert callers.get("role:arn:aws:iam::111111111111:role/team/caller") == wanted

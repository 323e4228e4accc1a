"""`aws_iam_*` resources → roles, users, groups, policies, attachments, keys and providers."""

from __future__ import annotations

from unit.parse.terraform.roots import Root, shown

from iamlint.model.aws import (
    AccessKey,
    AwsGroup,
    AwsGroupMembership,
    AwsRole,
    AwsUser,
    FederationProvider,
    InstanceProfile,
)
from iamlint.model.policy import Attachment, Policy, PolicyKind
from iamlint.model.telemetry import LiteralSecret
from iamlint.source.value import Unknown

READ = 'jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:Get*", Resource = "*" }] })'
TRUST = 'jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" } }] })'


def bindings(root: Root) -> list[tuple[str, object, object, bool]]:
    """Return each attachment: what it is attached to, and the policy by ARN or reference."""
    return [
        (item.target_kind, shown(item.target), shown(item.policy_arn) or (item.policy and item.policy.ref), item.exclusive)
        for item in root.all(Attachment)
    ]


def test_a_role_has_trust_boundary_tags_and_path() -> None:
    root = Root(
        f"""
        resource "aws_iam_role" "app" {{
          name                 = "app"
          path                 = "/service/"
          assume_role_policy   = {TRUST}
          permissions_boundary = "arn:aws:iam::111111111111:policy/boundary"
          tags                 = {{ team = "checkout" }}
        }}
        """
    )
    role = root.one(AwsRole)
    assert (role.name, role.arn, role.account) == ("app", "arn:aws:iam::111111111111:role/service/app", "111111111111")
    assert role.boundary == "arn:aws:iam::111111111111:policy/boundary"
    assert (dict(role.tags), role.path, role.ref) == ({"team": "checkout"}, "/service/", "infra#aws_iam_role.app")
    assert role.trust is root.one(Policy)
    assert role.trust.kind is PolicyKind.TRUST
    assert root.written(role.place).startswith("resource")


def test_the_deprecated_attributes_attach_policies() -> None:
    root = Root(
        f"""
        resource "aws_iam_role" "app" {{
          name                = "app"
          assume_role_policy  = {TRUST}
          managed_policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess", aws_iam_policy.own.arn]
          inline_policy {{
            name   = "first"
            policy = {READ}
          }}
          inline_policy {{}}
        }}
        resource "aws_iam_policy" "own" {{
          name   = "own"
          policy = {READ}
        }}
        """
    )
    assert bindings(root) == [
        ("role", "app", "infra#aws_iam_role.app.inline_policy[0]", True),
        ("role", "app", "arn:aws:iam::aws:policy/ReadOnlyAccess", True),
        ("role", "app", "arn:aws:iam::111111111111:policy/own", True),
    ]
    assert {policy.ref: shown(policy.name) for policy in root.all(Policy)} == {
        "infra#aws_iam_policy.own": "own",
        "infra#aws_iam_role.app.assume_role_policy": "app",
        "infra#aws_iam_role.app.inline_policy[0]": "first",
    }


def test_attachments_join_by_the_name_of_the_role() -> None:
    root = Root(
        f"""
        resource "aws_iam_role" "app" {{
          name_prefix        = "app-"
          assume_role_policy = {TRUST}
        }}
        resource "aws_iam_role_policy" "by_id" {{
          role   = aws_iam_role.app.id
          policy = {READ}
        }}
        resource "aws_iam_role_policy_attachment" "by_name" {{
          role       = aws_iam_role.app.name
          policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
        }}
        """
    )
    role = root.one(AwsRole)
    assert shown(role.name) == "app-⟨infra#aws_iam_role.app.name⟩"
    assert shown(role.arn) == "arn:aws:iam::111111111111:role/app-⟨infra#aws_iam_role.app.name⟩"
    assert [item.target for item in root.all(Attachment)] == [role.name, role.name]
    assert root.facts.unresolved == []


def test_a_name_that_nobody_writes_is_one_unknown() -> None:
    root = Root(
        f"""
        resource "aws_iam_user" "one" {{ name = var.name }}
        resource "aws_iam_user_policy" "one" {{
          user   = aws_iam_user.one.name
          policy = {READ}
        }}
        variable "name" {{}}
        """
    )
    user = root.one(AwsUser)
    assert isinstance(user.name, Unknown)
    assert root.one(Attachment).target == user.name
    assert len(root.facts.unresolved) == 1


def test_users_groups_and_memberships() -> None:
    root = Root(
        """
        resource "aws_iam_group" "ops" { name = "ops" }
        resource "aws_iam_user" "bob" {
          name                 = "bob"
          permissions_boundary = "arn:aws:iam::111111111111:policy/b"
          tags                 = { kind = "bot" }
        }
        resource "aws_iam_group_membership" "ops" {
          name  = "ops"
          group = aws_iam_group.ops.name
          users = [aws_iam_user.bob.name, "alice"]
        }
        resource "aws_iam_user_group_membership" "bob" {
          user   = aws_iam_user.bob.name
          groups = [aws_iam_group.ops.name, "readers"]
        }
        """
    )
    assert root.one(AwsGroup).arn == "arn:aws:iam::111111111111:group/ops"
    assert (root.one(AwsUser).boundary, dict(root.one(AwsUser).tags)) == (
        "arn:aws:iam::111111111111:policy/b",
        {"kind": "bot"},
    )
    assert [(item.group, item.users, item.exclusive) for item in root.all(AwsGroupMembership)] == [
        ("ops", ("bob", "alice"), True),
        ("ops", ("bob",), False),
        ("readers", ("bob",), False),
    ]


def test_every_way_to_attach_a_policy() -> None:
    root = Root(
        f"""
        resource "aws_iam_policy" "p" {{
          name   = "p"
          path   = "/x/"
          policy = {READ}
        }}
        resource "aws_iam_group_policy" "g" {{
          group  = "ops"
          policy = {READ}
        }}
        resource "aws_iam_group_policy_attachment" "g" {{
          group      = "ops"
          policy_arn = aws_iam_policy.p.id
        }}
        resource "aws_iam_user_policy_attachment" "u" {{
          user       = "bob"
          policy_arn = aws_iam_policy.p.arn
        }}
        resource "aws_iam_policy_attachment" "all" {{
          name       = "all"
          policy_arn = aws_iam_policy.p.arn
          roles      = ["r"]
          users      = ["bob"]
          groups     = ["ops"]
        }}
        resource "aws_iam_role_policy_attachments_exclusive" "r" {{
          role_name   = "r"
          policy_arns = [aws_iam_policy.p.arn]
        }}
        """
    )
    arn = "arn:aws:iam::111111111111:policy/x/p"
    assert sorted(bindings(root), key=str) == sorted(
        [
            ("group", "ops", "infra#aws_iam_group_policy.g", False),
            ("group", "ops", arn, False),
            ("user", "bob", arn, False),
            ("role", "r", arn, True),
            ("user", "bob", arn, True),
            ("group", "ops", arn, True),
            ("role", "r", arn, True),
        ],
        key=str,
    )


def test_long_lived_credentials() -> None:
    root = Root(
        """
        resource "aws_iam_access_key" "ci" { user = "ci" }
        resource "aws_iam_access_key" "old" {
          user   = "ci"
          status = "Inactive"
        }
        resource "aws_iam_service_specific_credential" "git" {
          service_name = "codecommit.amazonaws.com"
          user_name    = "ci"
        }
        """
    )
    assert [(key.user, key.active, key.kind, key.ref) for key in root.all(AccessKey)] == [
        ("ci", True, "access-key", "infra#aws_iam_access_key.ci"),
        ("ci", False, "access-key", "infra#aws_iam_access_key.old"),
        ("ci", True, "service-specific", "infra#aws_iam_service_specific_credential.git"),
    ]


def test_providers_and_trust_in_them_join() -> None:
    root = Root(
        """
        resource "aws_iam_openid_connect_provider" "github" {
          url            = "https://token.actions.githubusercontent.com"
          client_id_list = ["sts.amazonaws.com"]
        }
        resource "aws_iam_saml_provider" "okta" {
          name                   = "okta"
          saml_metadata_document = file("${path.module}/missing.xml")
        }
        data "aws_iam_policy_document" "trust" {
          statement {
            actions = ["sts:AssumeRoleWithWebIdentity"]
            principals {
              type        = "Federated"
              identifiers = [aws_iam_openid_connect_provider.github.arn, aws_iam_saml_provider.okta.arn]
            }
          }
        }
        resource "aws_iam_role" "ci" {
          name               = "ci"
          assume_role_policy = data.aws_iam_policy_document.trust.json
        }
        """
    )
    oidc, saml = root.all(FederationProvider)
    assert (oidc.protocol, oidc.url, oidc.audiences) == (
        "oidc",
        "token.actions.githubusercontent.com",
        ("sts.amazonaws.com",),
    )
    assert oidc.arn == "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"
    assert (saml.protocol, saml.arn, saml.url) == ("saml", "arn:aws:iam::111111111111:saml-provider/okta", None)
    trust = root.one(AwsRole).trust
    assert trust is not None
    assert {principal.value for principal in trust.statements[0].principals or ()} == {oidc.arn, saml.arn}


def test_an_issuer_that_is_not_known_is_the_same_in_provider_and_condition() -> None:
    root = Root(
        """
        resource "aws_iam_openid_connect_provider" "eks" {
          url            = aws_eks_cluster.main.identity[0].oidc[0].issuer
          client_id_list = ["sts.amazonaws.com"]
        }
        resource "aws_eks_cluster" "main" { name = "main" }
        data "aws_iam_policy_document" "trust" {
          statement {
            actions = ["sts:AssumeRoleWithWebIdentity"]
            principals {
              type        = "Federated"
              identifiers = [aws_iam_openid_connect_provider.eks.arn]
            }
            condition {
              test     = "StringEquals"
              variable = "${replace(aws_iam_openid_connect_provider.eks.url, "https://", "")}:sub"
              values   = ["system:serviceaccount:shop:checkout"]
            }
          }
        }
        resource "aws_iam_role" "it" {
          name               = "it"
          assume_role_policy = data.aws_iam_policy_document.trust.json
        }
        """
    )
    provider = root.one(FederationProvider)
    trust = root.one(AwsRole).trust
    assert trust is not None
    (condition,) = trust.statements[0].conditions
    assert isinstance(provider.url, Unknown)
    assert condition.key == f"{shown(provider.url)}:sub"
    assert [principal.value for principal in trust.statements[0].principals or ()] == [provider.arn]


def test_instance_profiles_hand_out_roles() -> None:
    root = Root(
        f"""
        resource "aws_iam_role" "node" {{
          name               = "node"
          assume_role_policy = {TRUST}
        }}
        resource "aws_iam_instance_profile" "node" {{
          name = "node"
          role = aws_iam_role.node.name
        }}
        """
    )
    profile = root.one(InstanceProfile)
    assert (profile.name, profile.role) == ("node", "node")


def test_an_unknown_account_is_the_same_everywhere_and_one_line_of_coverage() -> None:
    unknown = Unknown("the AWS account of `infra` is not in the repository", None, "account:infra")
    root = Root(
        f"""
        resource "aws_iam_role" "a" {{
          name               = "a"
          assume_role_policy = {TRUST}
        }}
        resource "aws_iam_role" "b" {{
          name               = "b"
          assume_role_policy = {TRUST}
        }}
        """,
        account=unknown,
    )
    assert shown([role.arn for role in root.all(AwsRole)]) == [
        "arn:aws:iam::⟨account:infra⟩:role/a",
        "arn:aws:iam::⟨account:infra⟩:role/b",
    ]
    assert [line.reason for line in root.facts.unresolved] == [unknown.reason]
    assert root.facts.resolved == 4


def test_a_password_in_a_login_profile_is_a_literal_secret() -> None:
    root = Root(
        """
        resource "aws_iam_user_login_profile" "bob" {
          user     = "bob"
          password = "correct-horse-battery"
        }
        """
    )
    secret = root.one(LiteralSecret)
    assert root.at(secret.at) == 'infra/main.tf:3:14 "correct-horse-battery"'
    assert "correct-horse" not in repr(root.facts.items)


def test_a_role_for_each_key() -> None:
    root = Root(
        f"""
        locals {{ roles = {{ dev = "111111111111", prod = "222222222222" }} }}
        resource "aws_iam_role" "each" {{
          for_each           = local.roles
          name               = "app-${{each.key}}"
          assume_role_policy = {TRUST}
        }}
        """
    )
    assert [(role.name, role.ref) for role in root.all(AwsRole)] == [
        ("app-dev", 'infra#aws_iam_role.each["dev"]'),
        ("app-prod", 'infra#aws_iam_role.each["prod"]'),
    ]


def test_the_issuer_of_a_provider_reads_without_its_scheme() -> None:
    root = Root(
        """
        resource "aws_iam_openid_connect_provider" "gitlab" {
          url            = "https://gitlab.com"
          client_id_list = ["https://gitlab.com"]
        }
        data "aws_iam_policy_document" "trust" {
          statement {
            actions = ["sts:AssumeRoleWithWebIdentity"]
            principals {
              type        = "Federated"
              identifiers = [aws_iam_openid_connect_provider.gitlab.arn]
            }
            condition {
              test     = "StringEquals"
              variable = "${aws_iam_openid_connect_provider.gitlab.url}:sub"
              values   = ["project_path:acme/app:ref_type:branch:ref:main"]
            }
          }
        }
        resource "aws_iam_role" "it" {
          name               = "it"
          assume_role_policy = data.aws_iam_policy_document.trust.json
        }
        """
    )
    trust = root.one(AwsRole).trust
    assert trust is not None
    assert trust.statements[0].conditions[0].key == "gitlab.com:sub"
    assert root.at(trust.statements[0].place("Principal", "Federated")) == (
        "infra/main.tf:10:22 aws_iam_openid_connect_provider.gitlab.arn"
    )


def test_tags_of_the_provider_are_on_everything() -> None:
    root = Root(
        """
        provider "aws" {
          default_tags { tags = { environment = "prod", team = "platform" } }
        }
        resource "aws_iam_user" "u" {
          name = "u"
          tags = { team = "checkout" }
        }
        """
    )
    assert dict(root.one(AwsUser).tags) == {"environment": "prod", "team": "checkout"}


def test_tags_in_which_providers_differ_are_not_guessed() -> None:
    root = Root(
        """
        provider "aws" {
          default_tags { tags = { environment = "prod", team = "platform" } }
        }
        provider "aws" {
          alias = "dev"
          default_tags { tags = { environment = "dev", team = "platform" } }
        }
        resource "aws_iam_user" "u" { name = "u" }
        """
    )
    assert dict(root.one(AwsUser).tags) == {"team": "platform"}

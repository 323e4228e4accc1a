"""`terraform-aws-modules/iam`: what the inputs of its submodules declare."""

from __future__ import annotations

from typing import Any

import pytest
from unit.parse.terraform.roots import Root, shown

from iamlint.model.policy import Attachment, Policy
from iamlint.source.value import Unknown

PROVIDER = 'provider "aws" {\n  region              = "eu-west-1"\n  allowed_account_ids = ["111111111111"]\n}\n'
ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
ARN = f"arn:aws:iam::111111111111:oidc-provider/{ISSUER}"


def called(module: str, inputs: str) -> Root:
    return Root(f'{PROVIDER}module "m" {{\n  source = "terraform-aws-modules/iam/aws//modules/{module}"\n{inputs}\n}}\n')


def policies(root: Root, kind: str) -> list[Any]:
    return [plain(item.document) for item in root.facts.items if isinstance(item, Policy) and item.kind == kind]


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else shown(value)


def attached(root: Root) -> set[str]:
    found = (item.policy_arn for item in root.facts.items if isinstance(item, Attachment))
    return {shown(arn) for arn in found if arn is not None}


def of_issuer(actions: Any, issuer: str, condition: dict[str, Any], sid: str | None = None) -> dict[str, Any]:
    named = {} if sid is None else {"Sid": sid}
    federated = {"Federated": f"arn:aws:iam::111111111111:oidc-provider/{issuer}"}
    return {**named, "Effect": "Allow", "Action": actions, "Principal": federated, "Condition": condition}


WEB, BOTH = "sts:AssumeRoleWithWebIdentity", ["sts:TagSession", "sts:AssumeRoleWithWebIdentity"]
GITHUB = "token.actions.githubusercontent.com"


@pytest.mark.parametrize(
    ("module", "inputs", "statements"),
    [
        (
            "iam-role",
            'name = "a"\nenable_github_oidc = true\noidc_wildcard_subjects = ["acme/x:*", "repo:acme/y:*"]',
            [of_issuer(BOTH, GITHUB, {
                "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"},
                "StringLike": {f"{GITHUB}:sub": ["repo:acme/x:*", "repo:acme/y:*"]},
            }, "GithubOidcAuth")],
        ),
        (
            "iam-role",
            'name = "a"\nenable_oidc = true\noidc_provider_urls = ["https://gitlab.com"]\noidc_subjects = ["s"]\noidc_audiences = ["a"]',
            [of_issuer(BOTH, "gitlab.com", {"StringEquals": {"gitlab.com:sub": "s", "gitlab.com:aud": "a"}})],
        ),
        (
            "iam-role",
            """
            trust_policy_permissions = {
              Ec2   = { actions = ["sts:AssumeRole"], principals = [{ type = "Service", identifiers = ["ec2.amazonaws.com"] }] }
              Other = {
                sid        = "Partner"
                actions    = ["sts:AssumeRole", "sts:TagSession"]
                principals = [{ type = "AWS", identifiers = ["arn:aws:iam::222222222222:root"] }]
                condition  = [{ test = "StringEquals", variable = "sts:ExternalId", values = ["acme-7"] }]
              }
            }
            """,
            [
                {"Sid": "Ec2", "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}},
                {"Sid": "Partner", "Effect": "Allow", "Action": ["sts:TagSession", "sts:AssumeRole"],
                 "Principal": {"AWS": "arn:aws:iam::222222222222:root"}, "Condition": {"StringEquals": {"sts:ExternalId": "acme-7"}}},
            ],
        ),
        (
            "iam-role",
            'name = "a"\nenable_saml = true\nsaml_provider_ids = ["arn:aws:iam::111111111111:saml-provider/okta"]',
            [{"Effect": "Allow", "Action": ["sts:TagSession", "sts:AssumeRoleWithSAML"],
              "Principal": {"Federated": "arn:aws:iam::111111111111:saml-provider/okta"},
              "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}}],
        ),
        (
            "iam-assumable-role-with-oidc",
            f'create_role = true\nrole_name = "a"\nprovider_url = "https://{ISSUER}"\noidc_fully_qualified_subjects = ["s"]',
            [of_issuer(WEB, ISSUER, {"StringEquals": {f"{ISSUER}:sub": "s"}})],
        ),
        (
            "iam-assumable-role-with-saml",
            'create_role = true\nrole_name = "a"\nprovider_id = "arn:aws:iam::111111111111:saml-provider/okta"',
            [{"Effect": "Allow", "Action": "sts:AssumeRoleWithSAML",
              "Principal": {"Federated": "arn:aws:iam::111111111111:saml-provider/okta"},
              "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}}],
        ),
        *(
            (
                module,
                f'oidc_providers = {{ x = {{ provider_arn = "{ARN}", namespace_service_accounts = ["kube-system:a", "b:c"] }} }}',
                [of_issuer(WEB, ISSUER, {"StringEquals": {
                    f"{ISSUER}:sub": ["system:serviceaccount:kube-system:a", "system:serviceaccount:b:c"],
                    f"{ISSUER}:aud": "sts.amazonaws.com",
                }})],
            )
            for module in ("iam-role-for-service-accounts", "iam-role-for-service-accounts-eks")
        ),
    ],
)  # fmt: skip
def test_who_may_assume_the_role(module: str, inputs: str, statements: list[dict[str, Any]]) -> None:
    root = called(module, inputs)
    (found,) = policies(root, "trust")
    assert sorted(map(ordered, found["Statement"])) == sorted(map(ordered, statements))
    assert root.facts.problems == []


def ordered(value: Any) -> str:
    """Return a value as text; the order of keys and of listed names tells nothing apart."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {ordered(value[name])}" for name in sorted(value)) + "}"
    return "[" + ", ".join(sorted(map(ordered, value))) + "]" if isinstance(value, list) else str(value)


def test_a_cluster_is_looked_up_by_its_name() -> None:
    root = called("iam-eks-role", 'role_name = "a"\ncluster_service_accounts = { prod = ["default:app"] }')
    (found,) = policies(root, "trust")
    (statement,) = found["Statement"]
    (subjects,) = statement["Condition"]["StringEquals"].values()
    assert (statement["Action"], subjects) == (WEB, "system:serviceaccount:default:app")


@pytest.mark.parametrize("module", ["iam-role", "iam-role-for-service-accounts", "iam-user"])
def test_a_policy_inside_it(module: str) -> None:
    root = called(
        module,
        """
        name                 = "a"
        create_inline_policy = true
        inline_policy_permissions = {
          Read = { actions = ["s3:GetObject"], resources = ["arn:aws:s3:::b/*"] }
          Keep = { effect = "Deny", not_actions = ["s3:*"], resources = ["*"] }
        }
        policies = { wide = "arn:aws:iam::aws:policy/ReadOnlyAccess" }
        """,
    )
    (found,) = policies(root, "identity")
    assert sorted(map(ordered, found["Statement"])) == sorted(map(ordered, [
        {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"},
        {"Sid": "Keep", "Effect": "Deny", "NotAction": "s3:*", "Resource": "*"},
    ]))  # fmt: skip
    assert attached(root) == {"arn:aws:iam::aws:policy/ReadOnlyAccess"}


@pytest.mark.parametrize(
    ("module", "chosen"),
    [("iam-role-for-service-accounts", "attach_ebs_csi_policy"), ("iam-role-for-service-accounts-eks", "attach_karpenter_controller_policy")],
)  # fmt: skip
def test_policies_that_differ_between_versions_are_unknown(module: str, chosen: str) -> None:
    root = called(module, f"{chosen} = true")
    reasons = {line.reason for line in root.facts.unresolved}
    assert reasons == {"the policies that the inputs `attach_…` choose differ from version to version of the module"}
    assert called(module, f"{chosen} = false").facts.unresolved == []


def test_permissions_beside_unknown_policies_stay_known() -> None:
    root = called(
        "iam-role-for-service-accounts",
        """
        attach_vpc_cni_policy = true
        permissions           = { Read = { actions = ["s3:GetObject"], resources = ["*"] } }
        """,
    )
    (found,) = (item for item in root.facts.items if isinstance(item, Policy) and item.kind == "identity")
    assert [type(part) is Unknown for part in found.document["Statement"]] == [True, False]


def test_a_group_that_assumes_roles_and_providers_by_themselves() -> None:
    root = called(
        "iam-group-with-assumable-roles-policy",
        """
        name            = "readers"
        assumable_roles = ["arn:aws:iam::222222222222:role/read"]
        group_users     = ["bob"]
        """,
    )
    (found,) = policies(root, "identity")
    assert found["Statement"] == [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::222222222222:role/read"}
    ]
    for module in ("iam-oidc-provider", "iam-github-oidc-provider"):
        provider = called(module, "")
        assert provider.facts.unresolved == []
        assert [type(item).__name__ for item in provider.facts.items if "Provider" in type(item).__name__] != []


def test_three_roles_for_who_may_do_what() -> None:
    root = called(
        "iam-assumable-roles",
        """
        trusted_role_arns       = ["arn:aws:iam::222222222222:root"]
        create_admin_role       = true
        admin_role_name         = "boss"
        create_readonly_role    = true
        readonly_role_path      = "/read/"
        readonly_role_requires_mfa = false
        allow_self_assume_role  = true
        trust_policy_conditions = [{ test = "StringEquals", variable = "aws:PrincipalOrgID", values = ["o-1"] }]
        """,
    )
    admin, reader = policies(root, "trust")
    themselves = [
        {
            "Sid": f"ExplicitSelf{word}RoleAssumption",
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"AWS": "*"},
            "Condition": {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::111111111111:role{name}"}},
        }
        for word, name in (("Admin", "/boss"), ("ReadOnly", "/read/readonly"))
    ]
    other = {"AWS": "arn:aws:iam::222222222222:root", "Service": []}
    org = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}, "NumericLessThan": {"aws:MultiFactorAuthAge": "86400"}}
    known = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": other}
    assert admin["Statement"] == [*themselves, {**known, "Condition": {**mfa, **org}}]
    assert reader["Statement"] == [*themselves, {**known, "Condition": org}]
    assert attached(root) == {"arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    root = called("iam-assumable-roles-with-saml", f'create_poweruser_role = true\nprovider_id = "{ARN}"\nprovider_ids = ["b"]')
    (found,) = policies(root, "trust")
    assert found["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRoleWithSAML",
            "Principal": {"Federated": ["b", ARN]},
            "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
        }
    ]
    assert attached(root) == {"arn:aws:iam::aws:policy/PowerUserAccess"}


def test_a_policy_to_read_with_and_the_account() -> None:
    root = called(
        "iam-read-only-policy",
        """
        name                         = "look"
        allowed_services             = ["rds", "tag"]
        web_console_services         = ["tag", "resource-groups"]
        allow_predefined_sts_actions = false
        additional_policy_json       = jsonencode({ Statement = [{ Sid = "rds", Effect = "Deny", Action = "rds:*", Resource = "*" }] })
        """,
    )
    (found,) = policies(root, "identity")
    assert found["Statement"] == [
        {"Sid": "rds", "Effect": "Deny", "Action": "rds:*", "Resource": "*"},
        *(
            {
                "Sid": service.replace("-", ""),
                "Effect": "Allow",
                "Action": [f"{service}:{verb}*" for verb in ("View", "List", "Get", "Describe")],
                "Resource": "*",
            }
            for service in ("tag", "resource-groups")
        ),
        {
            "Sid": "AllowLogsQuery",
            "Effect": "Allow",
            "Action": ["logs:StopQuery", "logs:StartQuery", "logs:FilterLogEvents"],
            "Resource": "*",
        },
    ]
    (policy,) = (item for item in root.facts.items if isinstance(item, Policy))
    assert shown(policy.name).startswith("look⟨")  # version 6 adds something to it, unless it is told not to
    root = called("iam-read-only-policy", 'name = "look"\nuse_name_prefix = false')
    assert [shown(item.name) for item in root.facts.items if isinstance(item, Policy)] == ["look"]
    assert called("iam-account", 'account_alias = "acme"').facts.unresolved == []


def test_a_group_whose_users_manage_what_is_their_own() -> None:
    root = called(
        "iam-group",
        """
        name                   = "devs"
        users                  = ["ann"]
        policies               = { read = "arn:aws:iam::aws:policy/ReadOnlyAccess" }
        enable_mfa_enforcement = true
        permissions            = { Push = { actions = ["ecr:*"], resources = ["*"] } }
        """,
    )
    (found,) = policies(root, "identity")
    said = {statement["Sid"]: statement for statement in found["Statement"]}
    assert len(said) == 10
    assert said["ManageOwnPasswords"]["Resource"] == [
        "arn:aws:iam::111111111111:user/*/${aws:username}",
        "arn:aws:iam::111111111111:user/${aws:username}",
    ]
    assert said["ManageOwnVirtualMFADevice"]["Resource"] == "arn:aws:iam::111111111111:mfa/*"
    assert said["DenyAllExceptListedIfNoMFA"]["Condition"] == {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
    assert said["Push"]["Action"] == "ecr:*"
    assert len(attached(root)) == 2
    root = called("iam-group", 'name = "devs"\nenable_self_management_permissions = false')
    assert policies(root, "identity") == []


@pytest.mark.parametrize(
    ("inputs", "denies"),
    [
        ("", ["whether users of the group need MFA differs from version to version of the module"]),
        ("enable_mfa_enforcement = true", [None]),
        ("enable_mfa_enforcement = false", []),
    ],
)
def test_whether_users_of_a_group_need_mfa(inputs: str, denies: list[str | None]) -> None:
    root = called(
        "iam-group-with-policies",
        f'name = "devs"\ngroup_users = ["ann"]\npath = "/a/"\ncustom_group_policy_arns = ["{ARN}"]\n{inputs}\n'
        'custom_group_policies = [{ name = "own", policy = jsonencode({ Version = "2012-10-17", Statement = [] }) }]',
    )
    own = next(item for item in root.facts.items if isinstance(item, Policy) and "IAMSelf" in shown(item.name))
    assert [one.opaque.reason if one.opaque else None for one in own.statements if one.effect == "Deny"] == denies
    allowed = {action for one in own.statements if one.effect == "Allow" and one.opaque is None for action in one.actions}
    assert {"iam:CreateAccessKey", "iam:ChangePassword", "iam:ListVirtualMFADevices"} <= allowed
    assert len(attached(root)) == 3
    alone = called("iam-group-with-policies", 'name = "devs"\nattach_iam_self_management_policy = false')
    assert policies(alone, "identity") == []

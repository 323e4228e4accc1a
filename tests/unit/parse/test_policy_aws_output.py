"""What the AWS command line prints becomes the entities that it describes."""

import json
from typing import Any
from urllib.parse import quote

from iamlint.model.aws import AwsGroup, AwsGroupMembership, AwsRole, AwsUser, InstanceProfile
from iamlint.model.estate import Facts
from iamlint.model.policy import Attachment, Policy
from iamlint.parse.context import Context, unknown_account
from iamlint.parse.units import Unit, parse_unit
from iamlint.source.files import MemoryFiles

READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
TRUST = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


def parse(value: Any) -> Facts:
    files = MemoryFiles({"details.json": json.dumps(value)})
    return parse_unit(
        Unit("document", "details.json", ("details.json",)), files, Context("details.json", unknown_account("details.json"))
    )


def items(facts: Facts, kind: type) -> list[Any]:
    return [item for item in facts.items if isinstance(item, kind)]


def test_account_authorization_details() -> None:
    facts = parse({
        "UserDetailList": [
            {"UserName": "alice", "Path": "/", "Arn": "arn:aws:iam::111111111111:user/alice", "GroupList": ["devs"],
             "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": READ}], "Tags": [{"Key": "team", "Value": "a"}]},
        ],
        "GroupDetailList": [
            {"GroupName": "devs", "Arn": "arn:aws:iam::111111111111:group/devs", "AttachedManagedPolicies": [{"PolicyArn": "arn:aws:iam::aws:policy/X"}]},
        ],
        "RoleDetailList": [
            {"RoleName": "app", "Path": "/x/", "Arn": "arn:aws:iam::111111111111:role/x/app", "AssumeRolePolicyDocument": TRUST,
             "RolePolicyList": [{"PolicyName": "inline", "PolicyDocument": READ}], "InstanceProfileList": [{"InstanceProfileName": "p"}],
             "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:b"}},
        ],
        "Policies": [
            {"PolicyName": "m", "Arn": "arn:aws:iam::111111111111:policy/m", "DefaultVersionId": "v2", "PolicyVersionList": [
                {"VersionId": "v1", "IsDefaultVersion": False, "Document": TRUST}, {"VersionId": "v2", "IsDefaultVersion": True, "Document": READ}]},
        ],
    })  # fmt: skip
    assert facts.kind == "aws-output"
    (role,) = items(facts, AwsRole)
    assert (role.name, role.account, role.path, role.boundary) == ("app", "111111111111", "/x/", "arn:b")
    assert role.trust.statements[0].principals[0].value == "ec2.amazonaws.com"
    assert [(item.name, item.tags) for item in items(facts, AwsUser)] == [("alice", {"team": "a"})]
    assert [item.name for item in items(facts, AwsGroup)] == ["devs"]
    assert [(item.group, item.users) for item in items(facts, AwsGroupMembership)] == [("devs", ("alice",))]
    assert [(item.name, item.role) for item in items(facts, InstanceProfile)] == [("p", "app")]
    assert [
        (item.target_kind, item.target, item.policy.name if item.policy else item.policy_arn) for item in items(facts, Attachment)
    ] == [
        ("user", "alice", "own"),
        ("group", "devs", "arn:aws:iam::aws:policy/X"),
        ("role", "app", "inline"),
    ]
    managed = next(item for item in items(facts, Policy) if item.name == "m")
    assert managed.arn == "arn:aws:iam::111111111111:policy/m"
    assert managed.statements[0].actions == ("s3:Get*",)
    assert managed.statements[0].action_place(0).route == (
        "Policies",
        0,
        "PolicyVersionList",
        1,
        "Document",
        "Statement",
        0,
        "Action",
    )


def test_one_role_and_lists_of_roles() -> None:
    role = {"RoleName": "app", "Arn": "arn:aws:iam::111111111111:role/app", "AssumeRolePolicyDocument": TRUST}
    assert [item.name for item in items(parse({"Role": role}), AwsRole)] == ["app"]
    assert [item.name for item in items(parse({"Roles": [role, {}, 1, {"RoleName": "x"}]}), AwsRole)] == ["app"]
    encoded = {**role, "AssumeRolePolicyDocument": quote(json.dumps(TRUST))}
    assert items(parse({"Role": encoded}), AwsRole)[0].trust.statements[0].actions == ("sts:AssumeRole",)


def test_what_has_no_iam_arn_is_something_else() -> None:
    facts = parse({"Roles": [{"RoleName": "x", "Arn": "arn:aws:sts::111111111111:assumed-role/x"}], "PolicyDocument": READ})
    assert (facts.kind, [type(item) for item in facts.items]) == ("policy", [Policy])

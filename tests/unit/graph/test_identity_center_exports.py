"""Identity Center from what the AWS command line prints: one permission set told by several files."""

from __future__ import annotations

import json

from graphs import edges_to, graph_of, reached

from iamlint.graph.elements import EdgeKind
from iamlint.model.aws import AwsRole

ARN = "arn:aws:sso:::permissionSet/ssoins-722351ee7a6f0cb1/ps-5a3bd8f79aa9eb21"
STORE = "d-9067642ac7"
FILES = {
    "sso/users.json": json.dumps(
        {
            "Users": [
                {
                    "UserName": "alice",
                    "UserId": "u-1",
                    "Name": {"GivenName": "Alice", "FamilyName": "A"},
                    "DisplayName": "Alice A",
                    "Emails": [{"Value": "alice@acme.example", "Type": "work", "Primary": True}],
                    "IdentityStoreId": STORE,
                }
            ]
        },
        indent=4,
    ),
    "sso/groups.json": json.dumps(
        {
            "Groups": [
                {"GroupId": "g-1", "DisplayName": "readers", "IdentityStoreId": STORE},
                {
                    "GroupId": "g-2",
                    "DisplayName": "eng",
                    "ExternalIds": [{"Issuer": "https://scim.aws.com/x", "Id": "00g1"}],
                    "IdentityStoreId": STORE,
                },
            ]
        }
    ),
    "sso/members.json": json.dumps(
        {"GroupMemberships": [{"IdentityStoreId": STORE, "MembershipId": "m-1", "GroupId": "g-1", "MemberId": {"UserId": "u-1"}}]}
    ),
    "sso/assignments.json": json.dumps(
        {
            "AccountAssignments": [
                {"AccountId": "111111111111", "PermissionSetArn": ARN, "PrincipalType": "GROUP", "PrincipalId": "g-1"},
                {"AccountId": "111111111111", "PermissionSetArn": ARN, "PrincipalType": "GROUP", "PrincipalId": "g-2"},
            ]
        }
    ),
    "sso/read-only/describe.json": json.dumps(
        {"PermissionSet": {"Name": "ReadOnly", "PermissionSetArn": ARN, "CreatedDate": "2024-01-01T00:00:00+00:00"}}
    ),
    "sso/read-only/inline.json": json.dumps(
        {
            "InlinePolicy": json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"},
                    ],
                }
            )
        }
    ),
}
ROLE = "role/AWSReservedSSO_ReadOnly*"


def test_a_person_reaches_the_role_of_the_permission_set_in_the_account() -> None:
    graph = graph_of(FILES)
    assert len(graph.estate.all(AwsRole)) == 1
    node = next(edge.target for edge in graph.edges(EdgeKind.ASSIGNED_TO))
    assert edges_to(graph, node.id, EdgeKind.ASSIGNED_TO) == ["group:identity-center/eng", "group:identity-center/readers"]
    assert reached(graph, "user:alice@acme.example")[node.id] == "certain"
    assert len(list(graph.statements())) == 1
    assert [line.reason for line in graph.unresolved if "permission set" in line.reason] == []


def test_a_group_that_came_by_provisioning_is_joined_to_the_provider_that_has_it() -> None:
    okta = '[{"id": "00g1", "type": "OKTA_GROUP", "profile": {"name": "eng"}}]'
    graph = graph_of({**FILES, "okta/groups.json": okta})
    assert edges_to(graph, "group:identity-center/eng", EdgeKind.ASSIGNED_TO) == ["group:okta/eng ~"]


def test_a_set_whose_policies_are_in_no_file_is_unknown_and_not_harmless() -> None:
    files = {name: text for name, text in FILES.items() if "inline" not in name}
    graph = graph_of(files)
    lines = [line.reason for line in graph.estate.unresolved()]
    assert "which policies the permission set `ReadOnly` holds is in no file" in lines


def test_an_assignment_of_a_set_that_is_in_no_file_says_so() -> None:
    graph = graph_of({"sso/assignments.json": FILES["sso/assignments.json"]})
    lines = [line.reason for line in graph.estate.unresolved()]
    assert f"what the permission set `{ARN}` permits is in no file" in lines
    assert len(list(graph.edges(EdgeKind.ASSIGNED_TO))) == 2


def test_policies_are_told_apart_by_the_end_of_the_arn_in_their_paths() -> None:
    other = ARN[:-1] + "9"
    describe = {
        "sso/a.json": json.dumps({"PermissionSet": {"Name": "A", "PermissionSetArn": ARN}}),
        "sso/b.json": json.dumps({"PermissionSet": {"Name": "B", "PermissionSetArn": other}}),
        "sso/assignments.json": json.dumps(
            {
                "AccountAssignments": [
                    {"AccountId": "111111111111", "PermissionSetArn": arn, "PrincipalType": "GROUP", "PrincipalId": "g-1"}
                    for arn in (ARN, other)
                ]
            }
        ),
        "sso/managed/ps-5a3bd8f79aa9eb29.json": json.dumps(
            {"AttachedManagedPolicies": [{"Name": "ReadOnlyAccess", "Arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]}
        ),
        "sso/managed/ps-5a3bd8f79aa9eb21.json": json.dumps(
            {"CustomerManagedPolicyReferences": [{"Name": "team", "Path": "/x/"}]}
        ),
        "sso/loose.json": json.dumps({"AttachedManagedPolicies": [{"Name": "X", "Arn": "arn:aws:iam::aws:policy/X"}]}),
    }
    graph = graph_of(describe)
    from iamlint.model.policy import Attachment
    from iamlint.source.value import key

    attached = {key(item.target).split("_")[1]: key(item.policy_arn) for item in graph.estate.all(Attachment) if item.policy_arn}
    assert attached == {"A": "arn:aws:iam::111111111111:policy/x/team", "B": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    lines = [line for line in graph.estate.unresolved() if "belongs" in line.reason]
    assert [line.at.path for line in lines] == ["sso/loose.json"]

"""`iamlint.testing`: random estates can be read and asked, random policies are valid, a file-less access answers."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import iamlint.testing as kit
from iamlint.errors import UsageError
from iamlint.lint.reserved import INCOMPLETE
from iamlint.testing.strategies import KINDS


@settings(max_examples=30)
@given(kit.estates())
def test_a_random_estate_can_be_read_and_asked(files: dict[str, str]):
    access = kit.access_to(files)
    assert [problem.message for problem in access.session.estate.problems() if problem.id in INCOMPLETE] == []
    users = [node.id for node in access.graph.nodes() if node.id.startswith("user:") and node.declared]
    projects = [node.id for node in access.graph.nodes() if node.id.startswith("project:") and not node.id.endswith("/*")]
    assert users
    assert projects
    readers = access.who_can("telemetry:read", projects[0], unknown_ok=True)
    for user in users:
        assert (access.can(user, "telemetry:read", projects[0]).decision == "allow") == (user in readers)


@settings(max_examples=60)
@given(
    st.sampled_from([kind for kind in KINDS if kind in ("identity", "trust")]).flatmap(
        lambda kind: st.tuples(st.just(kind), kit.policies(kind))
    )
)
def test_a_random_policy_is_valid(drawn: tuple[str, dict[str, object]]):
    kind, document = drawn
    document.pop("kind", None)
    if kind == "identity":
        files = {"policies/a.json": json.dumps(document)}
    else:
        role = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r", "AssumeRolePolicyDocument": document}}
        files = {"a.json": json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"R": role}})}
    access = kit.access_to(files)
    kinds = {policy.kind.value for policy in access.graph.policies()}
    assert kinds == {kind}


@given(kit.requests())
def test_a_random_request_has_an_action_that_its_resource_has(request: dict[str, object]):
    assert {"principal", "action", "resource", "context"} <= request.keys()


def test_a_policy_has_a_kind():
    with pytest.raises(ValueError, match="a policy is one of identity"):
        kit.policies("identiy")


def test_a_name_of_no_node_is_an_error_and_no_answer():
    with pytest.raises(UsageError, match="no node is called `role/nobody`"):
        kit.access_to({"a.access.yaml": "apiVersion: iamlint/v1\nkind: Teams\nteams: []\n"}).can(
            "role/nobody", "s3:GetObject", "*"
        )


def test_what_is_not_offered_is_said():
    with pytest.raises(AttributeError, match="has no `estats`"):
        kit.estats  # noqa: B018

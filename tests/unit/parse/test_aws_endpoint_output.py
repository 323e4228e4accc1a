"""What the AWS command line prints about VPC endpoints becomes their policies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iamlint.model.estate import Facts
from iamlint.model.policy import Attachment, Layer, Policy, PolicyKind
from iamlint.parse.context import Context, unknown_account
from iamlint.parse.units import Unit, parse_unit
from iamlint.source.files import MemoryFiles
from iamlint.source.value import key

PASS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:Get*", "Resource": "*"}]}
GATEWAY = {
    "VpcEndpointId": "vpce-0a1", "VpcEndpointType": "Gateway", "VpcId": "vpc-1", "OwnerId": "111111111111", "DnsEntries": [],
    "ServiceName": "com.amazonaws.eu-west-1.s3", "State": "available", "PolicyDocument": json.dumps(PASS),
}  # fmt: skip
INTERFACE = {
    **GATEWAY, "VpcEndpointId": "vpce-0b2", "VpcEndpointType": "Interface", "ServiceName": "com.amazonaws.us-east-1.s3",
    "DnsEntries": [{"DnsName": "*.vpce-0b2-x.s3.eu-central-1.vpce.amazonaws.com", "HostedZoneId": "Z1"}],
}  # fmt: skip


def parse(value: Any, path: str = "endpoints.json") -> Facts:
    files = MemoryFiles({path: json.dumps(value)})
    return parse_unit(Unit("document", path, (path,)), files, Context(path, unknown_account(path)))


def attached(facts: Facts) -> list[tuple[str, str, str]]:
    return [(item.target_kind, key(item.target), key(item.account)) for item in facts.items if isinstance(item, Attachment)]


def test_each_endpoint_has_its_policy() -> None:
    facts = parse({"VpcEndpoints": [GATEWAY, INTERFACE]})
    assert (facts.kind, facts.full, facts.unresolved) == ("aws-output", 2, [])
    assert attached(facts) == [
        ("gateway", "arn:aws:ec2:eu-west-1:111111111111:vpc-endpoint/vpce-0a1", "111111111111"),
        # the service may be one of another region
        ("endpoint", "arn:aws:ec2:eu-central-1:111111111111:vpc-endpoint/vpce-0b2", "111111111111"),
    ]
    policies = [item for item in facts.items if isinstance(item, Policy)]
    assert [(policy.kind, policy.name) for policy in policies] == [
        (PolicyKind.ENDPOINT, "vpce-0a1"),
        (PolicyKind.ENDPOINT, "vpce-0b2"),
    ]
    assert {item.layer for item in facts.items if isinstance(item, Attachment)} == {Layer.ENDPOINT}
    assert policies[1].place.route == ("VpcEndpoints", 1, "PolicyDocument")


@pytest.mark.parametrize(
    "printed", [{"VpcEndpoint": GATEWAY}, [GATEWAY], GATEWAY], ids=["created", "picked out of the list", "one of the list"]
)
def test_other_forms_of_the_output(printed: Any) -> None:
    assert attached(parse(printed)) == attached(parse({"VpcEndpoints": [GATEWAY]}))


def test_the_text_is_not_percent_encoded_as_those_of_iam_are() -> None:
    resource = "arn:aws:s3:::reports/50%25/*"
    policy = {"Statement": {**PASS["Statement"][0], "Resource": resource}}  # type: ignore[dict-item]
    facts = parse({"VpcEndpoints": [{**GATEWAY, "PolicyDocument": json.dumps(policy)}]})
    assert [item.statements[0].resources for item in facts.items if isinstance(item, Policy)] == [(resource,)]


@pytest.mark.parametrize(
    ("service", "arn"),
    [
        ("cn.com.amazonaws.cn-north-1.s3", "arn:aws-cn:ec2:cn-north-1"),
        ("com.amazonaws.us-gov-west-1.s3", "arn:aws-us-gov:ec2:us-gov-west-1"),
    ],
)
def test_partitions(service: str, arn: str) -> None:
    ((_, target, _),) = attached(parse({"VpcEndpoints": [{**GATEWAY, "ServiceName": service}]}))
    assert target == f"{arn}:111111111111:vpc-endpoint/vpce-0a1"


def test_what_is_not_printed_is_unknown() -> None:
    facts = parse({"VpcEndpoints": [{"VpcEndpointId": "vpce-0a1", "PolicyDocument": json.dumps(PASS)}]})
    ((_, target, _),) = attached(facts)
    assert target.endswith(":vpc-endpoint/vpce-0a1")
    assert not target.startswith("arn:aws:")


def test_endpoints_without_a_policy_say_nothing_and_broken_ones_are_in_the_coverage() -> None:
    assert parse({"VpcEndpoints": [{**GATEWAY, "PolicyDocument": None}]}).items == []
    broken = parse({"VpcEndpoints": [{**GATEWAY, "PolicyDocument": '{"Statement": ['}, INTERFACE]})
    assert [line.reason for line in broken.unresolved] == ["the policy of this VPC endpoint is no policy document"]
    assert [kind for kind, *_ in attached(broken)] == ["endpoint"]


def test_what_only_looks_like_it_is_something_else() -> None:
    facts = parse({"VpcEndpoints": [{"Name": "x"}], "PolicyDocument": PASS})
    assert (facts.kind, [type(item) for item in facts.items]) == ("policy", [Policy])

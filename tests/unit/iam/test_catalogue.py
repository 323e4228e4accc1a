"""The shipped catalogue: what it says, that it is what the package gives, that it is cheap to read."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from iamlint.iam import catalogue as module
from iamlint.iam.catalogue import access_level, catalogue, resource_types, supports_resource

ROOT = Path(__file__).parent.parent.parent.parent
FILE = Path(module.__file__).with_name("catalogue.bin")
PACKAGE = os.environ.get("IAMLINT_IAM_DATA")


@pytest.mark.skipif(PACKAGE is None, reason="IAMLINT_IAM_DATA does not name the npm package")
def test_regenerating_gives_the_same_bytes() -> None:
    assert PACKAGE is not None
    done = subprocess.run([sys.executable, ROOT / "scripts" / "build_catalogue.py", "--check", PACKAGE], check=False)
    assert done.returncode == 0


def test_the_file_is_small_and_holds_what_its_digest_says() -> None:
    known = catalogue()
    assert FILE.stat().st_size < 1_500_000
    digest = hashlib.sha256()
    data = FILE.read_bytes()
    end = 16 + int(data[8:16])
    for line in data[16:end].decode().split("\n")[1:]:
        key, _, _, names_at, names_size, details_at, details_size, _ = line.split("\t")
        names = zlib.decompress(data[end + int(names_at) :][: int(names_size)]).decode()
        if key == "*":
            digest.update(names.encode())
        else:
            details = zlib.decompress(data[end + int(details_at) :][: int(details_size)]).decode()
            digest.update(f"{key}\n{names}\n\n{details}\n\n".encode())
    assert digest.hexdigest() == known.digest
    assert known.version.rpartition(".")[2].startswith(known.date.replace("-", ""))


def test_actions_are_numbered_without_gaps_and_every_line_can_be_read() -> None:
    known = catalogue()
    assert known.size > 20_000
    following = 0
    for key in known.services:
        service = known.service(key)
        assert service is not None
        assert service.first == following
        assert service.lower_names == sorted(service.lower_names)
        assert len(service.names) == service.count
        following += service.count
        for number in range(service.first, service.first + service.count):
            assert service.action(number).name == known.name_of(number)
            assert known.number_of(known.name_of(number).upper()) == number
    assert following == known.size


def test_details_of_an_action() -> None:
    assert access_level("s3:getobject") == "Read"
    assert access_level("iam:AttachRolePolicy") == "Permissions management"
    assert access_level("s3:NoSuchThing") is None
    assert [use.type.arn for use in resource_types("iam:PassRole")] == [
        "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}"
    ]
    assert supports_resource("s3:ListAllMyBuckets") is False
    assert supports_resource("s3:GetObject") is True
    assert supports_resource("nosuch:Action") is None
    action = catalogue().action("iam:PassRole")
    assert action is not None
    assert "iam:PassedToService" in action.condition_keys


@pytest.mark.parametrize(
    ("action", "types"),
    [
        # Service Authorization Reference: one page for classic load balancers, one for everything else, one prefix.
        ("elasticloadbalancing:AddTags", {"loadbalancer", "loadbalancer/app/", "listener-rule/net", "targetgroup", "truststore"}),
        ("elasticloadbalancing:DeleteLoadBalancer", {"loadbalancer", "loadbalancer/net/"}),
        ("apigateway:GET", {"RestApi", "Api", "Routes"}),
        ("apigateway:PUT", {"RestApi", "Api"}),
        ("greengrass:TagResource", {"group", "coreDevice"}),
        ("ses:TagResource", {"identity", "mailmanager-rule-set"}),
    ],
)
def test_resource_types_of_both_pages_of_a_service(action: str, types: set[str]) -> None:
    assert types <= {use.type.name for use in resource_types(action)}


def test_a_type_with_two_arn_formats_has_both() -> None:
    assert {use.type.arn for use in resource_types("lex:TagResource") if use.type.name == "bot"} == {
        "arn:${Partition}:lex:${Region}:${Account}:bot/${BotId}",
        "arn:${Partition}:lex:${Region}:${Account}:bot:${BotName}",
    }
    known = catalogue()
    services = [service for key in known.services if (service := known.service(key)) is not None]
    assert not [form for service in services for form in service.arn_formats if ", " in form]


@pytest.mark.parametrize(
    ("key", "name", "multivalued"),
    [
        ("AWS:sourceip", "aws:SourceIp", False),
        ("aws:TagKeys", "aws:TagKeys", True),
        ("aws:ResourceTag/team", "aws:ResourceTag/${TagKey}", False),
        ("s3:ExistingObjectTag/class", "s3:ExistingObjectTag/${key}", False),
        ("saml:aud", "saml:aud", False),
    ],
)
def test_condition_keys_are_found_with_the_users_own_part(key: str, name: str, multivalued: bool) -> None:
    found = catalogue().condition_key(key)
    assert found is not None
    assert (found.name, found.is_multivalued) == (name, multivalued)


@pytest.mark.parametrize("key", ["aws:SourceIpp", "aws:ResourceTag/", "s3:nope", "nope"])
def test_condition_keys_that_nobody_knows(key: str) -> None:
    assert catalogue().condition_key(key) is None


def test_services_that_resource_control_policies_reach() -> None:
    assert {"s3", "sts", "kms", "sqs", "secretsmanager"} <= catalogue().rcp_services
    assert "ec2" not in catalogue().rcp_services


def test_reading_one_service_unpacks_no_other() -> None:
    code = (
        "import zlib; real = zlib.decompress; sizes = []\n"
        "zlib.decompress = lambda data: sizes.append(len(data)) or real(data)\n"
        "from iamlint.iam.catalogue import catalogue\n"
        "catalogue().action('s3:GetObject'); print(len(sizes))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "2"

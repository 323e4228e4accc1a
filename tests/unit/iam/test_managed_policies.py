"""AWS's own policies, by content."""

from __future__ import annotations

import re

import pytest

from iamlint.iam.managed_policies import arn_of, arns, date, document, source


@pytest.mark.parametrize(
    ("arn", "action"),
    [
        ("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", "logs:PutLogEvents"),
        ("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", "s3:Get*"),
        ("arn:aws:iam::aws:policy/AdministratorAccess", "*"),
        ("arn:aws:iam::aws:policy/job-function/ViewOnlyAccess", "s3:ListAllMyBuckets"),
        ("arn:aws:iam::aws:policy/aws-service-role/AutoScalingServiceRolePolicy", "ec2:RunInstances"),
    ],
)
def test_a_policy_is_known_by_its_arn(arn: str, action: str) -> None:
    found = document(arn)
    assert found is not None
    assert action in repr(found)


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "arn:aws:iam::aws:policy/",
        "arn:aws:iam::aws:policy/NobodyKnowsIt",
        "arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole",  # it lies below service-role/
        "arn:aws:iam::aws:policy/S3ReadOnlyAccess",
        "arn:aws:iam::111111111111:policy/AdministratorAccess",
        "arn:aws-cn:iam::aws:policy/AdministratorAccess",
        "arn:aws:iam::aws:policy/AdministratorAccess\t0",
    ],
)
def test_what_is_not_in_the_catalogue_is_not_guessed(arn: str) -> None:
    assert document(arn) is None


def test_every_policy_of_the_catalogue_has_statements() -> None:
    listed = arns()
    assert len(listed) > 1_500
    assert listed == sorted(set(listed))
    assert [arn for arn in listed if "Statement" not in (document(arn) or {})] == []


def test_the_catalogue_says_of_when_and_where_from_it_is() -> None:
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", date())
    assert source().startswith("moto ")


def test_the_catalogue_is_what_moto_carries() -> None:
    data = pytest.importorskip("moto.iam.aws_managed_policies").aws_managed_policies_data
    import json
    from importlib.metadata import version

    if source() != f"moto {version('moto')}":
        pytest.skip("another version of moto is installed")
    for name, policy in json.loads(data).items():
        assert document(f"arn:aws:iam::aws:policy{policy['Path']}{name}") == policy["Document"]


def test_a_policy_is_found_by_its_name() -> None:
    assert all(arn_of(arn.rpartition("/")[2]) == arn for arn in arns())


@pytest.mark.parametrize(
    "name", ["", "Admin", "AccessAdministratorAccess", "job-function/Billing", "AdministratorAccess\t0", "ä"]
)
def test_another_name_is_none(name: str) -> None:
    assert arn_of(name) is None

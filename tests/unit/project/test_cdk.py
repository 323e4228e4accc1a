"""What the AWS CDK writes is read when it is named or configured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from iamlint.model.aws import AwsRole
from iamlint.project.options import Options
from iamlint.project.session import open_session
from iamlint.source.value import unknowns

TRUST = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]}
TEMPLATE = {
    "Resources": {
        "AppRole1A2B3C": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": TRUST},
            "Metadata": {"aws:cdk:path": "Shop/App/Role/Resource"},
        }
    }
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "cdk.out" / "assembly-Prod"
    folder.mkdir(parents=True)
    (folder.parent / "Shop.template.json").write_text(json.dumps(TEMPLATE))
    (folder / "Inner.template.json").write_text(json.dumps(TEMPLATE))
    (folder.parent / "tree.json").write_text(json.dumps({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}))
    return tmp_path


def roles(*paths: Path) -> list[AwsRole]:
    return open_session(Options(paths=tuple(map(str, paths)), cache=False)).estate.all(AwsRole)


def test_it_is_left_alone_in_a_run_over_the_repository(repository: Path) -> None:
    assert roles(repository) == []


def test_it_is_read_when_it_is_named_or_configured(repository: Path) -> None:
    read = ["cdk.out/Shop.template.json", "cdk.out/assembly-Prod/Inner.template.json"]
    assert [Path(role.place.path).name for role in roles(repository / "cdk.out")] == [Path(path).name for path in read]
    assert [role.unit for role in roles(repository / "cdk.out" / "Shop.template.json")] == ["cdk.out/Shop.template.json"]
    (repository / "iamlint.yaml").write_text("inputs:\n  cdk: [cdk.out]\n")
    assert [role.unit for role in roles(repository)] == read


def test_messages_name_the_construct(repository: Path) -> None:
    (role,) = roles(repository / "cdk.out" / "Shop.template.json")
    assert [unknown.reason for unknown in unknowns(role.name)] == ["CloudFormation makes up the name of `Shop/App/Role`"]

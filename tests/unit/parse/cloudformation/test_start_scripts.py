"""Secrets in the start scripts of a template's instances. The secret that is found stands between « and » in the input."""

import json
from textwrap import dedent, indent

import pytest
from unit_cloudformation import items, parse, written

from iamlint.model.telemetry import LiteralSecret

SECRET = "kx82-Zu1q-Wm-94"


def found(text: str, path: str = "stack.yaml") -> tuple[list[str], list[str]]:
    """Return what a template's secrets cover with the letter before it, and what they should cover."""
    plain = text.replace("«", "").replace("»", "")
    secrets = items(parse(plain, path=path), LiteralSecret)
    assert all(secret.what == "secret in the start script of an instance" for secret in secrets)
    marked = [part.partition("»")[0] for part in text.split("«")[1:]]
    return [written(plain, secret.at) for secret in secrets], marked


def instance(script: str, head: str = "Fn::Base64: !Sub |") -> str:
    body = indent(dedent(script).strip("\n"), " " * 10)
    return f"Resources:\n  A:\n    Type: AWS::EC2::Instance\n    Properties:\n      UserData:\n        {head}\n{body}\n"


@pytest.mark.parametrize(
    "script",
    [
        f"#!/bin/bash\nexport DB_PASSWORD='«{SECRET}»'\nexport AWS_REGION=${{AWS::Region}}",
        f'set API_TOKEN="«{SECRET}»"',
        f"${{Before}} x\nAPI_TOKEN=«{SECRET}»",
        f'$Password = "«{SECRET}»"',
        f'$env:DB_PASSWORD="«{SECRET}»"',
        f"docker run -e DB_PASSWORD=«{SECRET}» -e 'API_TOKEN=«{SECRET}5»' app",
        "DB_PASSWORD=$(aws ssm get-parameter --name /db --query Parameter.Value)",
        "DB_PASSWORD=${!FROM_ELSEWHERE}",
        "DB_PASSWORD=${Secret.Arn}",
        'DB_PASSWORD="abcdef${AWS::Region}ghijkl"',
        "TOKEN_FILE=/run/secrets/token-of-the-app",
        "$Secret = Get-SSMParameter -Name secret",
        "aws ec2 create-tags --tags Key=Environment,Value=production",
    ],
)
def test_a_line_gives_a_variable_a_literal_value(script: str) -> None:
    covered, marked = found(instance(script))
    assert covered == marked


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        ("AWS::EC2::LaunchTemplate", "LaunchTemplateData: {UserData: {Fn::Base64: 'DB_PASSWORD=«%s»'}}"),
        ("AWS::AutoScaling::LaunchConfiguration", "UserData: {Fn::Base64: 'DB_PASSWORD=«%s»'}"),
        ("AWS::EC2::SpotFleet", "SpotFleetRequestConfigData: {LaunchSpecifications: [{UserData: {Fn::Base64: 'DB_PASSWORD=«%s»'}}]}"),
        ("AWS::Lightsail::Instance", "UserData: 'DB_PASSWORD=«%s»'"),
        ("AWS::SageMaker::NotebookInstanceLifecycleConfig", "OnStart: [{Content: {Fn::Base64: 'DB_PASSWORD=«%s»'}}]"),
        ("AWS::EC2::Instance", "UserData: {Fn::Base64: {Fn::Join: ['', ['DB_PASSWORD=', '«%s»', \"\\nX=1\"]]}}"),
        ("AWS::EC2::Instance", 'UserData: {Fn::Base64: {Fn::Join: ["\\n", [!Ref X, "DB_PASSWORD=«%s»"]]}}'),
        ("AWS::EC2::Instance", "UserData: {Fn::Base64: !Sub ['DB_PASSWORD=${P}', {P: '«%s»'}]}"),
        ("AWS::EC2::Instance", "UserData: {Fn::Base64: !If [Nowhere, 'DB_PASSWORD=«%s»', !Ref 'AWS::NoValue']}"),
    ],
)  # fmt: skip
def test_scripts_are_searched_wherever_they_stand(type_: str, properties: str) -> None:
    text = f"Resources:\n  A:\n    Type: {type_}\n    Properties:\n      {properties % SECRET}\n"
    covered, marked = found(text)
    assert covered == marked == [SECRET]


def test_json_and_what_is_in_base64() -> None:
    join = {"Fn::Join": ["", ["#!/bin/sh\n", f'export DB_PASSWORD="{SECRET}"\n', {"Ref": "AWS::Region"}]]}
    template = {"Resources": {"A": {"Type": "AWS::EC2::Instance", "Properties": {"UserData": {"Fn::Base64": join}}}}}
    text = json.dumps(template, indent=1).replace(SECRET, f"«{SECRET}»")
    assert found(text, "stack.json") == ([SECRET], [SECRET])
    encoded = "IyEvYmluL3NoCkRCX1BBU1NXT1JEPWt4ODItWnUxcS1XbS05NAo="
    assert found(instance(f"«{encoded}»", "").replace("UserData:\n        \n          ", "UserData: ")) == ([encoded], [encoded])


def test_defaults_of_parameters_that_a_script_takes_in() -> None:
    parameters = f"Parameters:\n  P: {{Type: String, Default: «{SECRET}»}}\n  Q: {{Type: String}}\n  R: {{Type: 'AWS::SSM::Parameter::Value<String>', Default: /db/password}}\n"
    covered, marked = found(parameters + instance("A_PASSWORD=${P}\nB_PASSWORD=${Q}\nC_PASSWORD=${R}"))
    assert covered == marked


def test_what_cfn_init_writes() -> None:
    text = f"""\
Resources:
  G:
    Type: AWS::AutoScaling::AutoScalingGroup
    Metadata:
      AWS::CloudFormation::Init:
        configSets: {{all: [config]}}
        config:
          files:
            /etc/app.env:
              content: |
                REGION=eu-west-1
                DB_PASSWORD=«{SECRET}»
          commands: {{one: {{command: 'docker run -e API_TOKEN=«{SECRET}» app'}}}}
"""
    covered, marked = found(text)
    assert covered == marked

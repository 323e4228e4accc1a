"""Passwords, keys and tokens in the properties of a template's resources."""

import json
from typing import Any

import pytest
from unit_cloudformation import items, parse

from iamlint.model.telemetry import LiteralSecret
from iamlint.parse.cloudformation.passwords import PASSWORDS, VARIABLES
from iamlint.project.memory import memory_session

SECRET = "kx82-Zu1q-Wm-94"


def nested(route: list[str], value: Any) -> Any:
    """Return a value at the end of a route; `*` is an item of a list, `**` a mapping somewhere below."""
    for step in reversed([step.replace("**", "Below") for step in route]):
        value = [value] if step == "*" else {step: value}
    return value


def found(type_: str, properties: Any) -> list[tuple[str, tuple[str | int, ...]]]:
    """Return what each secret is, and where."""
    template = {
        "Parameters": {"Given": {"Type": "String", "NoEcho": "true"}},
        "Resources": {"A": {"Type": type_, "Properties": properties}},
    }
    secrets = items(parse(json.dumps(template), path="t.json"), LiteralSecret)
    return [(secret.what, secret.at.route[3:]) for secret in secrets]


@pytest.mark.parametrize(("type_", "route"), [(type_, route) for type_, (_, routes) in PASSWORDS.items() for route in routes])
def test_a_property_that_holds_a_secret(type_: str, route: str) -> None:
    steps = route.split(".")
    at = tuple(0 if step == "*" else step for step in steps)
    assert found(type_, nested(steps, SECRET)) == [(PASSWORDS[type_][0], at)]
    for reference in ({"Ref": "Given"}, "{{resolve:secretsmanager:db}}", {"Fn::Join": ["", ["{{resolve:", {"Ref": "X"}, "}}"]]}):
        assert found(type_, nested(steps, reference)) == []


@pytest.mark.parametrize(("type_", "route"), [(type_, route) for type_, (_, routes) in VARIABLES.items() for route in routes])
def test_variables_that_are_called_like_a_secret(type_: str, route: str) -> None:
    steps = route.split(".")
    at = tuple(0 if step == "*" else step.replace("**", "Below") for step in steps)
    what = VARIABLES[type_][0]
    listed = [
        {"Name": "REGION", "Value": "eu-west-1"},
        {"Name": "DB_PASSWORD", "Value": SECRET},
        {"Name": "API_TOKEN", "Value": {"Ref": "Given"}},
    ]
    if "**" not in steps:
        assert found(type_, nested(steps, listed)) == [(what, (*at, 1, "Value"))]
    mapping = {"REGION": "eu-west-1", "client_secret": SECRET, "API_TOKEN": {"Ref": "Given"}}
    assert found(type_, nested(steps, mapping)) == [(what, (*at, "client_secret"))]


def test_what_a_store_of_secrets_gives_to_a_build_is_a_name() -> None:
    variables = [{"Name": "DB_PASSWORD", "Type": "SECRETS_MANAGER", "Value": "prod/database"}]
    assert found("AWS::CodeBuild::Project", {"Environment": {"EnvironmentVariables": variables}}) == []


def test_an_option_of_beanstalk() -> None:
    option = {"Namespace": "aws:elasticbeanstalk:application:environment", "OptionName": "DB_PASSWORD", "Value": SECRET}
    assert found("AWS::ElasticBeanstalk::Environment", {"OptionSettings": [option]}) == [
        ("environment variable of an application", ("OptionSettings", 0, "Value"))
    ]


def test_the_default_of_a_parameter_is_pointed_at_once() -> None:
    parameter = f"Parameters: {{Password: {{Type: String, Default: {SECRET}}}}}\n"
    inner = (
        parameter.replace(SECRET, "Another-7-Secret")
        + "Resources: {A: {Type: AWS::RDS::DBInstance, Properties: {MasterUserPassword: !Ref Password}}}\n"
    )
    outer = f"{parameter}Resources: {{S: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: inner.yaml, Parameters: {{Password: !Ref Password}}}}}}}}\n"
    places = [(secret.what, secret.at.path, secret.at.route) for secret in items(parse(inner), LiteralSecret)]
    assert places == [("database password", "stack.yaml", ("Parameters", "Password", "Default"))]
    estate = memory_session({"outer.yaml": outer, "inner.yaml": inner}).estate
    assert [(secret.what, secret.at.path, secret.at.route) for secret in estate.all(LiteralSecret)] == [
        ("parameter of a nested stack", "outer.yaml", ("Parameters", "Password", "Default"))
    ]


@pytest.mark.parametrize(
    "text",
    ["MyAPIkey", "KeyValue", "Value", "api-key", "Bearer <<Enter your APIKeyValue>>", "xoxb-ENTER YOUR BOT'S ACCESS TOKEN HERE"],
)
def test_words_for_a_reader_are_no_secrets(text: str) -> None:
    assert found("AWS::Events::Connection", {"AuthParameters": {"ApiKeyAuthParameters": {"ApiKeyValue": text}}}) == []


def test_whether_a_resource_is_there_is_no_question_where_it_only_holds_a_secret() -> None:
    action = {"Name": "Source", "Configuration": {"Owner": "acme", "OAuthToken": SECRET}}
    template = {
        "Parameters": {"Source": {"Type": "String"}},
        "Conditions": {"IsGitHub": {"Fn::Equals": [{"Ref": "Source"}, "GitHub"]}},
        "Resources": {
            "Pipeline": {
                "Type": "AWS::CodePipeline::Pipeline",
                "Condition": "IsGitHub",
                "Properties": {"Stages": [{"Name": "Source", "Actions": [action]}]},
            }
        },
    }
    facts = parse(json.dumps(template), path="t.json")
    assert [secret.what for secret in items(facts, LiteralSecret)] == ["token of a pipeline"]
    assert facts.unresolved == []

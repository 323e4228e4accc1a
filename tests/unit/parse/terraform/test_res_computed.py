"""Attributes that follow from the configuration: ARNs and ids as AWS forms them."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cache

import pytest
from unit.parse.terraform.roots import Root, shown

from iamlint.iam.catalogue import catalogue
from iamlint.model.identity import Group
from iamlint.parse.context import unknown_account
from iamlint.parse.terraform.shapes import ONLY_REFERRED
from iamlint.source.value import Unknown


def value(expression: str, config: str, **context: object) -> str:
    """Return what an expression says in a root module."""
    root = Root(f'{config}\nresource "okta_group" "it" {{ name = {expression} }}\n', **context)
    text = shown(root.one(Group).name)
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize(
    ("type_", "body", "attribute", "expected"),
    [
        ("aws_iam_role", 'name = "x"', "arn", "arn:aws:iam::111111111111:role/x"),
        ("aws_iam_role", 'name = "x"\npath = "/p/"', "arn", "arn:aws:iam::111111111111:role/p/x"),
        ("aws_iam_role", 'name = "x"', "id", "x"),
        ("aws_iam_role", "", "id", "⟨infra#aws_iam_role.it.name⟩"),
        ("aws_iam_role", "", "name", "⟨infra#aws_iam_role.it.name⟩"),
        ("aws_iam_policy", 'name = "x"', "id", "arn:aws:iam::111111111111:policy/x"),
        ("aws_iam_user", 'name = "x"', "arn", "arn:aws:iam::111111111111:user/x"),
        ("aws_iam_instance_profile", 'name = "x"', "arn", "arn:aws:iam::111111111111:instance-profile/x"),
        (
            "aws_iam_service_linked_role",
            'aws_service_name = "ecs.amazonaws.com"',
            "arn",
            "arn:aws:iam::111111111111:role/aws-service-role/ecs.amazonaws.com/⟨infra#aws_iam_service_linked_role.it.name⟩",
        ),
        ("aws_iam_service_linked_role", 'aws_service_name = "ecs.amazonaws.com"', "path", "/aws-service-role/ecs.amazonaws.com/"),
        ("aws_s3_bucket", 'bucket = "b"', "arn", "arn:aws:s3:::b"),
        ("aws_s3_bucket", 'bucket = "b"', "id", "b"),
        ("aws_s3_bucket", "", "arn", "arn:aws:s3:::⟨infra#aws_s3_bucket.it.bucket⟩"),
        ("aws_sqs_queue", 'name = "q"', "arn", "arn:aws:sqs:eu-west-1:111111111111:q"),
        ("aws_sqs_queue", 'name = "q"', "id", "https://sqs.eu-west-1.amazonaws.com/111111111111/q"),
        ("aws_sqs_queue", 'name = "q"', "url", "https://sqs.eu-west-1.amazonaws.com/111111111111/q"),
        (
            "aws_s3_directory_bucket",
            'bucket = "b--euw1-az1--x-s3"',
            "arn",
            "arn:aws:s3express:eu-west-1:111111111111:bucket/b--euw1-az1--x-s3",
        ),
        ("aws_vpc_ipam_pool", "", "arn", "arn:aws:ec2::111111111111:ipam-pool/⟨infra#aws_vpc_ipam_pool.it.id⟩"),
        ("terraform_data", 'input = { arn = "arn:aws:s3:::b" }', "output.arn", "arn:aws:s3:::b"),
        ("terraform_data", 'input = "x"', "id", "⟨infra#terraform_data.it.id⟩"),
        ("aws_sns_topic", 'name = "t"', "id", "arn:aws:sns:eu-west-1:111111111111:t"),
        ("aws_kms_key", "", "arn", "arn:aws:kms:eu-west-1:111111111111:key/⟨infra#aws_kms_key.it.key_id⟩"),
        ("aws_kms_key", "", "id", "⟨infra#aws_kms_key.it.key_id⟩"),
        ("aws_ssm_parameter", 'name = "/a/b"', "arn", "arn:aws:ssm:eu-west-1:111111111111:parameter/a/b"),
        ("aws_ssm_parameter", 'name = "ab"', "arn", "arn:aws:ssm:eu-west-1:111111111111:parameter/ab"),
        ("aws_dynamodb_table", 'name = "t"', "arn", "arn:aws:dynamodb:eu-west-1:111111111111:table/t"),
        ("aws_lambda_function", 'function_name = "f"', "arn", "arn:aws:lambda:eu-west-1:111111111111:function:f"),
        ("aws_cloudwatch_log_group", 'name = "/l"', "arn", "arn:aws:logs:eu-west-1:111111111111:log-group:/l"),
        ("aws_ecr_repository", 'name = "r"', "arn", "arn:aws:ecr:eu-west-1:111111111111:repository/r"),
        ("aws_glue_catalog_database", 'name = "d"', "arn", "arn:aws:glue:eu-west-1:111111111111:database/d"),
        ("aws_glue_catalog_database", 'name = "d"', "id", "⟨infra#aws_glue_catalog_database.it.id⟩"),
        ("aws_glue_catalog_table", 'name = "t"\ndatabase_name = "d"', "arn", "arn:aws:glue:eu-west-1:111111111111:table/d/t"),
        (
            "aws_autoscaling_group",
            'name = "g"',
            "arn",
            "arn:aws:autoscaling:eu-west-1:111111111111:autoScalingGroup:⟨infra#aws_autoscaling_group.it.uuid⟩:autoScalingGroupName/g",
        ),
        (
            "aws_route53_resolver_rule",
            "",
            "arn",
            "arn:aws:route53resolver:eu-west-1:111111111111:resolver-rule/⟨infra#aws_route53_resolver_rule.it.id⟩",
        ),
        ("aws_kinesis_stream", 'name = "s"', "arn", "arn:aws:kinesis:eu-west-1:111111111111:stream/s"),
        (
            "aws_dynamodb_table",
            'name = "t"',
            "stream_arn",
            "arn:aws:dynamodb:eu-west-1:111111111111:table/t/stream/⟨infra#aws_dynamodb_table.it.stream_label⟩",
        ),
        (
            "aws_lb_listener",
            "",
            "arn",
            "arn:aws:elasticloadbalancing:eu-west-1:111111111111:listener/⟨infra#aws_lb_listener.it.arn suffix⟩",
        ),
        (
            "aws_apigatewayv2_api",
            "",
            "execution_arn",
            "arn:aws:execute-api:eu-west-1:111111111111:⟨infra#aws_apigatewayv2_api.it.id⟩",
        ),
        (
            "aws_api_gateway_stage",
            'rest_api_id = "a"\nstage_name = "live"',
            "execution_arn",
            "arn:aws:execute-api:eu-west-1:111111111111:a/live",
        ),
        (
            "aws_cloudfront_origin_access_identity",
            "",
            "iam_arn",
            "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ⟨infra#aws_cloudfront_origin_access_identity.it.id⟩",
        ),
    ],
)
def test_arns_and_ids_follow_from_names(type_: str, body: str, attribute: str, expected: str) -> None:
    assert value(f"{type_}.it.{attribute}", f'resource "{type_}" "it" {{\n{body}\n}}') == expected


def test_the_arn_of_a_secret_ends_in_characters_that_aws_chooses() -> None:
    config = 'resource "aws_secretsmanager_secret" "it" { name = "app/token" }'
    arn = value("aws_secretsmanager_secret.it.arn", config)
    assert arn == (
        "arn:aws:secretsmanager:eu-west-1:111111111111:secret:app/token-⟨infra#aws_secretsmanager_secret.it.arn suffix⟩"
    )
    assert value("aws_secretsmanager_secret.it.id", config) == arn


@pytest.mark.parametrize(
    ("data", "attribute", "expected"),
    [
        ('"aws_caller_identity" "it" {}', "account_id", "111111111111"),
        ('"aws_partition" "it" {}', "partition", "aws"),
        ('"aws_partition" "it" {}', "dns_suffix", "amazonaws.com"),
        ('"aws_region" "it" {}', "name", "eu-west-1"),
        ('"aws_region" "it" {}', "region", "eu-west-1"),
        ('"aws_iam_policy" "it" { arn = "arn:aws:iam::aws:policy/job-function/Billing" }', "name", "Billing"),
        ('"aws_iam_policy" "it" { arn = "arn:aws:iam::aws:policy/job-function/Billing" }', "path", "/job-function/"),
        # Whether AWS has a policy of that name is not known here, so neither is the account.
        (
            '"aws_iam_policy" "it" { name = "ReadOnlyAccess" }',
            "arn",
            "arn:aws:iam::⟨infra#data.aws_iam_policy.it.account⟩:policy⟨infra#data.aws_iam_policy.it.path⟩ReadOnlyAccess",
        ),
        # The path of a role is not known by its name.
        ('"aws_iam_role" "it" { name = "x" }', "arn", "arn:aws:iam::111111111111:role⟨infra#data.aws_iam_role.it.path⟩x"),
        ('"aws_iam_role" "it" { name = "x" }', "id", "x"),
        ('"aws_s3_bucket" "it" { bucket = "b" }', "arn", "arn:aws:s3:::b"),
        (
            '"aws_iam_openid_connect_provider" "it" { url = "https://gitlab.com" }',
            "arn",
            "arn:aws:iam::111111111111:oidc-provider/gitlab.com",
        ),
        (
            '"aws_iam_openid_connect_provider" "it" { arn = "arn:aws:iam::111111111111:oidc-provider/gitlab.com" }',
            "url",
            "gitlab.com",
        ),
    ],
)
def test_data_sources_say_what_follows_from_their_arguments(data: str, attribute: str, expected: str) -> None:
    type_ = data.split('"')[1]
    assert value(f"data.{type_}.it.{attribute}", f"data {data}") == expected


def test_the_partition_is_in_every_arn() -> None:
    config = 'resource "aws_iam_role" "it" { name = "x" }'
    assert value("aws_iam_role.it.arn", config, partition="aws-cn") == "arn:aws-cn:iam::111111111111:role/x"


def test_what_only_the_provider_knows_is_one_unknown_by_name() -> None:
    assert value("aws_iam_role.it.unique_id", 'resource "aws_iam_role" "it" { name = "x" }') == (
        "⟨infra#aws_iam_role.it.unique_id⟩"
    )


@pytest.mark.parametrize(
    ("resource", "reference", "arn"),
    [
        (
            'resource "aws_cloudfront_distribution" "x" {}',
            "aws_cloudfront_distribution.x.arn",
            "arn:aws:cloudfront::111111111111:distribution/⟨infra#aws_cloudfront_distribution.x.id⟩",
        ),
        (
            'data "aws_route53_zone" "x" { name = "acme.example" }',
            "data.aws_route53_zone.x.arn",
            "arn:aws:route53:::hostedzone/⟨infra#data.aws_route53_zone.x.zone_id⟩",
        ),
        (
            'resource "aws_ecs_service" "x" { name = "s" }',
            "aws_ecs_service.x.id",
            "arn:aws:ecs:eu-west-1:111111111111:service/⟨infra#aws_ecs_service.x.service⟩",
        ),
        (
            'resource "aws_athena_workgroup" "x" { name = "w" }',
            "aws_athena_workgroup.x.arn",
            "arn:aws:athena:eu-west-1:111111111111:workgroup/w",
        ),
        (
            'data "aws_kms_alias" "x" { name = "alias/k" }',
            "data.aws_kms_alias.x.target_key_arn",
            "arn:aws:kms:eu-west-1:111111111111:key/⟨infra#data.aws_kms_alias.x.target_key_id⟩",
        ),
        (
            'resource "aws_instance" "x" {}',
            "aws_instance.x.arn",
            "arn:aws:ec2:eu-west-1:111111111111:instance/⟨infra#aws_instance.x.id⟩",
        ),
    ],
)
def test_arns_of_types_that_have_no_reader_have_their_shape(resource: str, reference: str, arn: str) -> None:
    assert value(reference, resource) == arn


@pytest.mark.parametrize(
    ("key_id", "attribute", "expected"),
    [
        ("alias/app", "arn", "arn:aws:kms:eu-west-1:111111111111:key/⟨infra#data.aws_kms_key.it.id⟩"),
        ("alias/app", "id", "⟨infra#data.aws_kms_key.it.id⟩"),
        (
            "arn:aws:kms:eu-west-2:222222222222:alias/app",
            "arn",
            "arn:aws:kms:eu-west-2:222222222222:key/⟨infra#data.aws_kms_key.it.id⟩",
        ),
        (
            "arn:aws:kms:eu-west-2:${var.account}:alias/a",
            "arn",
            "arn:aws:kms:eu-west-2:⟨infra#var.account⟩:key/⟨infra#data.aws_kms_key.it.id⟩",
        ),
        ("arn:aws:kms:eu-west-2:222222222222:key/mrk-1", "arn", "arn:aws:kms:eu-west-2:222222222222:key/mrk-1"),
        ("arn:aws:kms:eu-west-2:222222222222:key/mrk-1", "id", "mrk-1"),
        (
            "1234abcd-12ab-34cd-56ef-1234567890ab",
            "arn",
            "arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        ),
        (
            "${var.key}",
            "arn",
            "arn:aws:kms:⟨infra#data.aws_kms_key.it.region⟩:⟨infra#data.aws_kms_key.it.account⟩:key/⟨infra#data.aws_kms_key.it.id⟩",
        ),
        ("alias/${var.name}", "arn", "arn:aws:kms:eu-west-1:111111111111:key/⟨infra#data.aws_kms_key.it.id⟩"),
    ],
)
def test_what_a_lookup_of_a_key_gives(key_id: str, attribute: str, expected: str) -> None:
    config = (
        'variable "account" {}\nvariable "key" {}\nvariable "name" {}\n' + f'data "aws_kms_key" "it" {{ key_id = "{key_id}" }}'
    )
    assert value(f"data.aws_kms_key.it.{attribute}", config) == expected


@pytest.mark.parametrize(
    ("type_", "body", "attribute", "expected"),
    [
        ("aws_ses_domain_identity", 'domain = "example.com"', "arn", "arn:aws:ses:eu-west-1:111111111111:identity/example.com"),
        ("aws_cloudwatch_log_stream", 'log_group_name = "/g"\nname = "s"', "arn",
         "arn:aws:logs:eu-west-1:111111111111:log-group:/g:log-stream:s"),
        ("aws_rds_cluster_instance", 'identifier = "i"', "arn", "arn:aws:rds:eu-west-1:111111111111:db:i"),
        ("aws_dms_replication_task", "", "replication_task_arn",
         "arn:aws:dms:eu-west-1:111111111111:task:⟨infra#aws_dms_replication_task.it.id⟩"),
        ("aws_codedeploy_deployment_group", 'app_name = "a"\ndeployment_group_name = "g"', "arn",
         "arn:aws:codedeploy:eu-west-1:111111111111:deploymentgroup:a/g"),
        ("aws_cloudwatch_event_api_destination", 'name = "d"', "arn",
         "arn:aws:events:eu-west-1:111111111111:api-destination/d/⟨infra#aws_cloudwatch_event_api_destination.it.uuid⟩"),
    ],
)  # fmt: skip
def test_arns_of_what_only_policies_name(type_: str, body: str, attribute: str, expected: str) -> None:
    assert value(f"{type_}.it.{attribute}", f'resource "{type_}" "it" {{\n{body}\n}}') == expected


@pytest.mark.parametrize("type_", sorted(ONLY_REFERRED))
def test_the_catalogue_knows_the_arn_of_every_shape(type_: str) -> None:
    arn = ONLY_REFERRED[type_].arn
    if "{?service}" in arn:
        return  # one of two services
    _, _, service, _, _, rest = re.sub(r"\{[^}]*\}", "*", arn).split(":", 5)
    forms = forms_of(service)
    assert any(
        fnmatchcase(rest, form)
        or rest == re.sub(r"\*(?:[/:]\*)+", "*", form)
        or ("{?arn suffix}" in arn and form.startswith(rest[:-1]))
        for form in forms
    ), arn


@cache
def forms_of(service: str) -> list[str]:
    """Return how the ARNs of a service go on after the account: what other services say of them counts, too."""
    kinds = (kind for name in catalogue().services for kind in catalogue().service(name).resource_types)
    forms = [re.sub(r"\$\{[^}]*\}", "*", kind.arn).split(":", 5) for kind in kinds]
    return [form[5] for form in forms if len(form) == 6 and form[2] == service]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('region = "us-west-2"', "arn:aws:sqs:us-west-2:111111111111:q"),
        ("region = var.where", "arn:aws:sqs:⟨infra#var.where⟩:111111111111:q"),
        ("region = null", "arn:aws:sqs:eu-west-1:111111111111:q"),
    ],
)
def test_a_resource_may_say_its_own_region(written: str, expected: str) -> None:
    """AWS provider 6: "region - (Optional) Region where this resource will be managed"."""
    config = f'variable "where" {{}}\nresource "aws_sqs_queue" "it" {{\n  name = "q"\n  {written}\n}}'
    assert value("aws_sqs_queue.it.arn", config) == expected


@pytest.mark.parametrize(
    ("type_", "body", "attribute", "expected"),
    [
        ("aws_ecs_cluster", 'cluster_name = "c"', "arn", "arn:aws:ecs:eu-west-1:111111111111:cluster/c"),
        ("aws_ecs_cluster", 'cluster_name = "c"', "id", "arn:aws:ecs:eu-west-1:111111111111:cluster/c"),
        ("aws_service_principal", 'service_name = "s3"', "name", "s3.amazonaws.com"),
    ],
)
def test_lookups_by_other_names(type_: str, body: str, attribute: str, expected: str) -> None:
    assert value(f"data.{type_}.it.{attribute}", f'data "{type_}" "it" {{\n{body}\n}}') == expected


NOWHERE = {"account": unknown_account("infra"), "region": Unknown("the region is not in the repository", None, "region")}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('split(":", ARN)[2]', "scheduler"),
        ('split(":", ARN)[4]', "⟨account:infra⟩"),
        ('element(split("/", ARN), 1)', "g"),
        ('replace(ARN, ":schedule-group/", ":schedule/")', "arn:aws:scheduler:⟨region⟩:⟨account:infra⟩:schedule/g"),
        ('[for arn in [ARN] : "found" if contains(["scheduler"], split(":", arn)[2])][0]', "found"),
        ('split("1", ARN)[0]', None),
        ('split("", ARN)[0]', None),
        ('split("scheduler:a", ARN)[0]', None),
        ('split("1:schedule", ARN)[0]', None),
    ],
)
def test_accounts_and_regions_hold_nothing_of_what_parts_an_arn(expression: str, expected: str | None) -> None:
    config = 'resource "aws_scheduler_schedule_group" "it" { name = "g" }'
    found = value(expression.replace("ARN", "aws_scheduler_schedule_group.it.arn"), config, **NOWHERE)
    assert found == expected if expected is not None else found.startswith("⟨split(")

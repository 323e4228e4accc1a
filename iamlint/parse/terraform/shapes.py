"""How the ARN and other computed attributes of each type of resource follow from what is written."""

from __future__ import annotations

from iamlint.parse.terraform.attributes import text
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.shapes_by_service import ARN_ATTRIBUTES, BY_SERVICE, LOOKED_UP
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Value


class Shape(NamedTuple):
    """How a type's computed attributes follow from its name.

    `arn` and `also` are templates over the type's own attributes, `{partition}`, `{region}`, `{account}`, and
    `{?x}` for a stretch that the provider chooses.
    """

    name: str
    arn: str
    also: tuple[tuple[str, str], ...] = ()


def _iam(kind: str, name: str = "name", *, id_is: str = "") -> Shape:
    arn = f"arn:{{partition}}:iam::{{account}}:{kind}{{path}}{{{name}}}"
    return Shape(name, arn, (("id", arn if id_is == "arn" else f"{{{name}}}"), ("path", "{path}")))


def _regional(service: str, rest: str, name: str = "name", *also: tuple[str, str], id_is_arn: bool = False) -> Shape:
    arn = f"arn:{{partition}}:{service}:{{region}}:{{account}}:{rest}"
    return Shape(name, arn, (("id", arn if id_is_arn else f"{{{name}}}"), *also))


_QUEUE_URL = "https://sqs.{region}.{dns_suffix}/{account}/{name}"  # Amazon SQS Developer Guide, "Queue and message identifiers"
SHAPES: dict[str, Shape] = {
    "aws_iam_role": _iam("role"),
    "aws_iam_policy": _iam("policy", id_is="arn"),
    "aws_iam_user": _iam("user"),
    "aws_iam_group": _iam("group"),
    "aws_iam_instance_profile": _iam("instance-profile"),
    "aws_iam_saml_provider": Shape(
        "name",
        "arn:{partition}:iam::{account}:saml-provider/{name}",
        (("id", "arn:{partition}:iam::{account}:saml-provider/{name}"),),
    ),
    "aws_iam_service_linked_role": Shape(
        "name",
        "arn:{partition}:iam::{account}:role/aws-service-role/{aws_service_name}/{?name}",
        (
            ("id", "arn:{partition}:iam::{account}:role/aws-service-role/{aws_service_name}/{?name}"),
            ("name", "{?name}"),
            ("path", "/aws-service-role/{aws_service_name}/"),
        ),
    ),
    "aws_s3_bucket": Shape(
        "bucket", "arn:{partition}:s3:::{bucket}", (("id", "{bucket}"), ("bucket_domain_name", "{bucket}.s3.amazonaws.com"))
    ),
    "aws_sqs_queue": _regional("sqs", "{name}", "name", ("id", _QUEUE_URL), ("url", _QUEUE_URL)),
    "aws_sns_topic": _regional("sns", "{name}", id_is_arn=True),
    "aws_kms_alias": _regional("kms", "{name}"),
    "aws_secretsmanager_secret": _regional("secretsmanager", "secret:{name}-{?arn suffix}", id_is_arn=True),
    "aws_ssm_parameter": _regional("ssm", "parameter{/name}"),
    "aws_dynamodb_table": _regional(
        "dynamodb",
        "table/{name}",
        "name",
        ("stream_arn", "arn:{partition}:dynamodb:{region}:{account}:table/{name}/stream/{?stream_label}"),
    ),
    "aws_lambda_function": _regional("lambda", "function:{function_name}", "function_name"),
    "aws_cloudwatch_log_group": _regional("logs", "log-group:{name}"),
    "aws_ecr_repository": _regional("ecr", "repository/{name}"),
    "aws_kinesis_stream": _regional("kinesis", "stream/{name}", id_is_arn=True),
    "aws_kinesis_firehose_delivery_stream": _regional("firehose", "deliverystream/{name}", id_is_arn=True),
    "aws_sfn_state_machine": _regional("states", "stateMachine:{name}", id_is_arn=True),
    "aws_cloudwatch_event_bus": _regional("events", "event-bus/{name}"),
    "aws_eks_cluster": _regional("eks", "cluster/{name}"),
    "aws_ecs_cluster": _regional("ecs", "cluster/{name}", id_is_arn=True),
    "aws_codebuild_project": _regional("codebuild", "project/{name}", id_is_arn=True),
    "aws_codecommit_repository": _regional("codecommit", "{repository_name}", "repository_name"),
    "aws_db_instance": _regional("rds", "db:{identifier}", "identifier", ("id", "{?id}")),
    "aws_rds_cluster": _regional("rds", "cluster:{cluster_identifier}", "cluster_identifier"),
    "aws_cloudtrail": _regional("cloudtrail", "trail/{name}", "name", ("id", "{?id}")),
    "aws_backup_vault": _regional("backup", "backup-vault:{name}"),
    "aws_kms_key": _regional("kms", "key/{?key_id}", "key_id", ("key_id", "{?key_id}"), ("id", "{?key_id}")),
}
"""Data sources of these types that look up by the same attribute have the same shape (see `shape_of`)."""

_DATA_NAMES = {
    "aws_iam_role": "name",
    "aws_iam_user": "user_name",
    "aws_iam_group": "group_name",
    "aws_iam_instance_profile": "name",
    "aws_ecs_cluster": "cluster_name",
}
_DATA_ONLY_BY_NAME = frozenset(SHAPES) - {
    "aws_iam_policy", "aws_iam_saml_provider", "aws_kms_key", "aws_codebuild_project", "aws_backup_vault",
}  # fmt: skip


def _chosen(service: str, rest: str, *also: tuple[str, str], id_is_arn: bool = False) -> Shape:
    """Return the shape of a type whose ARN ends in what the provider chooses."""
    arn = f"arn:{{partition}}:{service}:{{region}}:{{account}}:{rest}"
    return Shape("" if id_is_arn else "id", arn, (*((("id", arn),) if id_is_arn else ()), *also))


_KEY = _chosen("kms", "key/{?key_id}", ("key_id", "{?key_id}"), ("id", "{?key_id}"))
_EC2 = {
    "aws_instance": "instance", "aws_vpc": "vpc", "aws_subnet": "subnet", "aws_security_group": "security-group",
    "aws_ebs_volume": "volume", "aws_vpn_connection": "vpn-connection", "aws_internet_gateway": "internet-gateway",
    "aws_network_interface": "network-interface", "aws_launch_template": "launch-template", "aws_vpc_endpoint": "vpc-endpoint",
    "aws_ec2_transit_gateway": "transit-gateway", "aws_network_acl": "network-acl", "aws_route_table": "route-table",
    "aws_flow_log": "vpc-flow-log", "aws_ec2_managed_prefix_list": "prefix-list",
}  # fmt: skip
ONLY_REFERRED: dict[str, Shape] = {
    **{type_: _chosen("ec2", f"{kind}/{{?id}}") for type_, kind in _EC2.items()},
    "aws_vpc_ipam_pool": Shape("id", "arn:{partition}:ec2::{account}:ipam-pool/{?id}"),
    "aws_kms_replica_key": _KEY,
    "aws_kms_external_key": _KEY,
    "aws_kms_replica_external_key": _KEY,
    "aws_s3_directory_bucket": _regional("s3express", "bucket/{bucket}", "bucket"),
    "aws_s3_access_point": _regional("s3", "accesspoint/{name}", "name", ("id", "{?id}")),
    "aws_glacier_vault": _regional("glacier", "vaults/{name}"),
    "aws_athena_workgroup": _regional("athena", "workgroup/{name}"),
    "aws_cloudwatch_log_destination": _regional("logs", "destination:{name}"),
    "aws_cloudwatch_metric_alarm": _regional("cloudwatch", "alarm:{alarm_name}", "alarm_name"),
    "aws_codepipeline": _regional("codepipeline", "{name}"),
    "aws_ssm_document": _regional("ssm", "document/{name}"),
    "aws_glue_job": _regional("glue", "job/{name}"),
    "aws_glue_crawler": _regional("glue", "crawler/{name}"),
    "aws_glue_catalog_database": _regional("glue", "database/{name}", "name", ("id", "{?id}")),
    "aws_glue_catalog_table": _regional("glue", "table/{database_name}/{name}", "name", ("id", "{?id}")),
    "aws_autoscaling_group": _regional("autoscaling", "autoScalingGroup:{?uuid}:autoScalingGroupName/{name}"),
    "aws_route53profiles_profile": _chosen("route53profiles", "profile/{?id}"),
    "aws_route53_resolver_endpoint": _chosen("route53resolver", "resolver-endpoint/{?id}"),
    "aws_route53_resolver_firewall_rule_group": _chosen("route53resolver", "firewall-rule-group/{?id}"),
    "aws_route53_resolver_query_log_config": _chosen("route53resolver", "resolver-query-log-config/{?id}"),
    "aws_route53_resolver_rule": _chosen("route53resolver", "resolver-rule/{?id}"),
    "aws_batch_job_queue": _regional("batch", "job-queue/{name}", id_is_arn=True),
    "aws_opensearch_domain": _regional("es", "domain/{domain_name}", "domain_name", id_is_arn=True),
    "aws_elasticsearch_domain": _regional("es", "domain/{domain_name}", "domain_name", id_is_arn=True),
    "aws_msk_cluster": _regional("kafka", "cluster/{cluster_name}/{?uuid}", "cluster_name", id_is_arn=True),
    "aws_ecs_service": _chosen("ecs", "service/{?service}", id_is_arn=True),
    "aws_ecs_task_definition": _regional("ecs", "task-definition/{family}:{?revision}", "family"),
    "aws_lb": _chosen("elasticloadbalancing", "loadbalancer/{?arn suffix}", id_is_arn=True),
    "aws_alb": _chosen("elasticloadbalancing", "loadbalancer/{?arn suffix}", id_is_arn=True),
    "aws_lb_target_group": _chosen("elasticloadbalancing", "targetgroup/{?arn suffix}", id_is_arn=True),
    "aws_lb_listener": _chosen("elasticloadbalancing", "listener/{?arn suffix}", id_is_arn=True),
    "aws_alb_listener": _chosen("elasticloadbalancing", "listener/{?arn suffix}", id_is_arn=True),
    "aws_lb_listener_rule": _chosen("elasticloadbalancing", "listener-rule/{?arn suffix}", id_is_arn=True),
    "aws_acm_certificate": _chosen("acm", "certificate/{?certificate}", id_is_arn=True),
    "aws_efs_file_system": _chosen("elasticfilesystem", "file-system/{?id}"),
    "aws_efs_access_point": _chosen("elasticfilesystem", "access-point/{?id}"),
    "aws_cognito_user_pool": _chosen("cognito-idp", "userpool/{?id}"),
    "aws_transfer_server": _chosen("transfer", "server/{?id}"),
    "aws_cloudfront_distribution": Shape("id", "arn:{partition}:cloudfront::{account}:distribution/{?id}"),
    "aws_route53_zone": Shape("zone_id", "arn:{partition}:route53:::hostedzone/{?zone_id}", (("id", "{?zone_id}"),)),
    "aws_codestarconnections_connection": Shape(
        "name", "arn:{partition}:{?service}:{region}:{account}:connection/{?connection}",
        (("id", "arn:{partition}:{?service}:{region}:{account}:connection/{?connection}"),),
    ),
}  # fmt: skip
for _service, _types in BY_SERVICE.items():
    for _type, _rest in _types.items():
        _arn = f"arn:{{partition}}:{_service}:{{region}}:{{account}}:{_rest}"
        ONLY_REFERRED[_type] = Shape("", _arn, ((ARN_ATTRIBUTES[_type], _arn),) if _type in ARN_ATTRIBUTES else ())
ONLY_REFERRED["aws_codeconnections_connection"] = ONLY_REFERRED["aws_codestarconnections_connection"]
"""Types that have no reader; what policies say of them needs the shape of their ARN."""

_DATA_CHOSEN = {
    **{type_: ONLY_REFERRED[type_] for type_ in LOOKED_UP},
    "aws_cloudfront_distribution": ONLY_REFERRED["aws_cloudfront_distribution"],
    "aws_route53_zone": ONLY_REFERRED["aws_route53_zone"],
    "aws_kms_alias": Shape(
        "name", SHAPES["aws_kms_alias"].arn,
        (
            ("id", SHAPES["aws_kms_alias"].arn),
            ("target_key_id", "{?target_key_id}"),
            ("target_key_arn", "arn:{partition}:kms:{region}:{account}:key/{?target_key_id}"),
        ),
    ),
}  # fmt: skip
"""Data sources that find what belongs to the provider's own account."""


def _starts_as_arn(value: Value | None) -> bool:
    first = value.parts[0] if isinstance(value, Text) else value
    return isinstance(first, str) and first.startswith("arn:")


def shape_of(instance: Instance) -> Shape | None:
    """Return the shape of an instance's computed attributes, None when nothing is known of its type."""
    shape = SHAPES.get(instance.type)
    if instance.mode == "managed":
        if instance.type == "aws_s3_access_point" and _starts_as_arn(text(instance, "bucket")):
            return None  # on Outposts, or of a directory bucket: other forms
        return shape or ONLY_REFERRED.get(instance.type) or _of_cloud_control(instance)
    if instance.mode != "data":
        return None
    if instance.type.startswith("awscc_"):
        return _of_cloud_control(instance)
    if instance.type in _DATA_CHOSEN:
        return _DATA_CHOSEN[instance.type]
    if shape is None or instance.type not in _DATA_ONLY_BY_NAME:
        return None
    name = _DATA_NAMES.get(instance.type, shape.name)
    if text(instance, name) is None:
        return None
    if name == shape.name:
        return shape
    arn = shape.arn.replace("{name}", f"{{{name}}}")
    return Shape(name, arn, (("id", arn if ("id", shape.arn) in shape.also else f"{{{name}}}"),))


def _of_cloud_control(instance: Instance) -> Shape | None:
    if not instance.type.startswith("awscc_"):
        return None
    from iamlint.parse.terraform import cloud_control  # it knows this module

    if instance.mode == "managed":
        return cloud_control.shape(instance.type)
    return cloud_control.looked_up(instance.type) if text(instance, "id") is not None else None

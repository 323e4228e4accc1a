"""Attributes that the provider computes and that follow from the configuration: ARNs, ids, rendered documents."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from iamlint.parse.context import Context
from iamlint.parse.terraform.attributes import name_of, not_in_repository, text
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.json_render import render_json
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.policy_document import policy_document
from iamlint.parse.terraform.values import derived
from iamlint.source.place import Place
from iamlint.source.problem import Problem
from iamlint.source.value import Text, Unknown, Value, concat


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
    "aws_s3_bucket": Shape(
        "bucket", "arn:{partition}:s3:::{bucket}", (("id", "{bucket}"), ("bucket_domain_name", "{bucket}.s3.amazonaws.com"))
    ),
    "aws_sqs_queue": _regional("sqs", "{name}", "name", ("id", "{?id}")),
    "aws_sns_topic": _regional("sns", "{name}", id_is_arn=True),
    "aws_kms_alias": _regional("kms", "{name}"),
    "aws_secretsmanager_secret": _regional("secretsmanager", "secret:{name}-{?arn suffix}", id_is_arn=True),
    "aws_ssm_parameter": _regional("ssm", "parameter{/name}"),
    "aws_dynamodb_table": _regional("dynamodb", "table/{name}"),
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
"""Data sources of these types that look up by the same attribute have the same shape."""

_DATA_NAMES = {
    "aws_iam_role": "name",
    "aws_iam_user": "user_name",
    "aws_iam_group": "group_name",
    "aws_iam_instance_profile": "name",
}
_DATA_ONLY_BY_NAME = frozenset(SHAPES) - {
    "aws_iam_policy", "aws_iam_saml_provider", "aws_kms_key", "aws_codebuild_project", "aws_backup_vault",
}  # fmt: skip

_DNS_SUFFIX = {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}
_FIELD = re.compile(r"\{([^{}]+)\}")


class ComputedAttributes:
    """The computed attributes of one root module. Rendered documents are kept, so that each keeps one identity.

    `problems` are those of documents that policy documents merge; `used` the addresses of policy documents that
    something of interest reads.
    """

    replaces = frozenset({("aws_iam_openid_connect_provider", "url")})
    """Attributes that read otherwise than they are written: AWS keeps the issuer without its scheme."""

    def __init__(self, context: Context) -> None:
        self.unit = context.unit
        self.problems: list[Problem] = []
        self.used: set[str] = set()
        self._documents: dict[str, Located] = {}

    def __call__(self, instance: Instance, attribute: str) -> Located | None:
        """Return an attribute that is not written in the body, None when it does not follow from the configuration."""
        special = _SPECIAL.get((instance.mode, instance.type))
        if instance.mode == "data" and instance.type == "aws_iam_policy_document":
            return self.document_text(instance, attribute) if attribute in ("json", "minified_json") else None
        value = special(instance, attribute, self.unit) if special else None
        if value is None and (shape := _shape(instance)) is not None:
            value = self._from_shape(instance, shape, attribute)
        return None if value is None else Located(value, instance.place)

    def document(self, instance: Instance) -> Located:
        """Return the structure that a policy document renders."""
        tree = self._documents.get(instance.address)
        if tree is None:
            rendered = policy_document(instance.body, instance.place)
            tree = self._documents[instance.address] = rendered.tree
            self.problems.extend(rendered.problems)
        return tree

    def document_text(self, instance: Instance, attribute: str) -> Located:
        """Return the text that a policy document renders, with its structure."""
        self.used.add(instance.address)
        tree = self.document(instance)
        return Located(render_json(tree, 2 if attribute == "json" else None), instance.place, tree=tree)

    def _from_shape(self, instance: Instance, shape: Shape, attribute: str) -> Value | None:
        if attribute == "arn":
            return fill(shape.arn, instance, self.unit)
        if attribute == shape.name:
            return name_of(instance, self.unit, shape.name)
        for name, template in reversed(shape.also):
            if name == attribute:
                return fill(template, instance, self.unit)
        return None


def arn_of(instance: Instance, unit: str) -> Value:
    """Return the ARN of an instance; one symbol stands for what cannot be known of it."""
    special = _SPECIAL.get((instance.mode, instance.type))
    value = special(instance, "arn", unit) if special else None
    if value is not None:
        return value
    shape = _shape(instance)
    return fill(shape.arn, instance, unit) if shape is not None else not_in_repository(instance, unit, "arn")


def fill(template: str, instance: Instance, unit: str) -> Value:
    """Return the text of a template over an instance's attributes."""
    parts: list[str | Text | Unknown] = []
    for index, piece in enumerate(_FIELD.split(template)):
        parts.append(_field(piece, instance, unit) if index % 2 else piece)
    return concat(parts)


def _field(name: str, instance: Instance, unit: str) -> Value:
    if name == "partition":
        return instance.partition
    if name == "account":
        return instance.account
    if name == "region":
        return instance.region
    if name.startswith("?"):
        return not_in_repository(instance, unit, name[1:])
    if name == "/name":  # `/app/token` is written as it is, `token` after a slash (Systems Manager: "Specifying IAM policies")
        value = name_of(instance, unit)
        first = value if isinstance(value, str) else value.parts[0] if isinstance(value, Text) else value
        if isinstance(first, Unknown):
            return concat([Unknown(first.reason, first.place, f"{first.symbol} with its slash"), *_rest(value)])
        return value if first.startswith("/") else concat(["/", value])
    if name == "path":
        path = text(instance, "path")
        if path is None and instance.mode == "data":
            return not_in_repository(instance, unit, "path")
        return "/" if path is None or path == "" else path
    return name_of(instance, unit, name)


def _rest(value: Value) -> tuple[str | Unknown, ...]:
    return value.parts[1:] if isinstance(value, Text) else ()


def _shape(instance: Instance) -> Shape | None:
    shape = SHAPES.get(instance.type)
    if shape is None or instance.mode == "managed":
        return shape
    if instance.mode != "data" or instance.type not in _DATA_ONLY_BY_NAME:
        return None
    name = _DATA_NAMES.get(instance.type, shape.name)
    if text(instance, name) is None:
        return None
    return shape if name == shape.name else Shape(name, shape.arn.replace("{name}", f"{{{name}}}"), (("id", f"{{{name}}}"),))


def without_scheme(url: Value) -> Value:
    """Return an OIDC issuer without `https://`, as AWS names the provider."""
    if isinstance(url, str):
        return url.removeprefix("https://").rstrip("/")
    if isinstance(url, Text) and isinstance(url.parts[0], str):
        return concat([url.parts[0].removeprefix("https://"), *url.parts[1:]])
    # As configurations spell it for the keys of conditions: equal operations on equal unknowns are the same value.
    place = Place("")
    unknown: Value = derived("replace", place, *(Located(value, place) for value in (url, "https://", ""))).value
    return unknown


def _oidc_provider(instance: Instance, attribute: str, unit: str) -> Value | None:
    url = text(instance, "url")
    arn = text(instance, "arn")
    if attribute == "url" and isinstance(arn, str) and ":oidc-provider/" in arn:
        return arn.partition(":oidc-provider/")[2]
    if attribute == "url" and isinstance(url, (str, Text)):
        return without_scheme(url)
    if attribute == "url":
        return url
    if attribute not in ("arn", "id") or url is None:
        return arn if attribute == "id" else None
    return concat(["arn:", instance.partition, ":iam::", instance.account, ":oidc-provider/", without_scheme(url)])


def _managed_policy_lookup(instance: Instance, attribute: str, unit: str) -> Value | None:
    arn = text(instance, "arn")
    if attribute == "id":
        return arn
    if not isinstance(arn, str) or ":policy/" not in arn:
        return None
    path, _, name = arn.partition(":policy")[2].rpartition("/")
    return {"name": name, "path": f"{path}/"}.get(attribute)


def _caller_identity(instance: Instance, attribute: str, unit: str) -> Value | None:
    return instance.account if attribute in ("account_id", "id") else None


def _partition(instance: Instance, attribute: str, unit: str) -> Value | None:
    if attribute in ("partition", "id"):
        return instance.partition
    if attribute == "dns_suffix" and isinstance(instance.partition, str):
        return _DNS_SUFFIX.get(instance.partition)
    if attribute == "reverse_dns_prefix" and isinstance(instance.partition, str) and instance.partition in _DNS_SUFFIX:
        return ".".join(reversed(_DNS_SUFFIX[instance.partition].split(".")))
    return None


def _region(instance: Instance, attribute: str, unit: str) -> Value | None:
    return instance.region if attribute in ("name", "region", "id") else None


def _event_rule(instance: Instance, attribute: str, unit: str) -> Value | None:
    name = name_of(instance, unit)
    bus = text(instance, "event_bus_name")
    if attribute == "name":
        return name
    if attribute == "arn" and (bus is None or isinstance(bus, str)):
        middle = f"rule/{bus}/" if bus and bus != "default" else "rule/"
        return concat([fill("arn:{partition}:events:{region}:{account}:", instance, unit), middle, name])
    return None


_SPECIAL: dict[tuple[str, str], Callable[[Instance, str, str], Value | None]] = {
    ("managed", "aws_iam_openid_connect_provider"): _oidc_provider,
    ("data", "aws_iam_openid_connect_provider"): _oidc_provider,
    ("data", "aws_iam_policy"): _managed_policy_lookup,
    ("data", "aws_caller_identity"): _caller_identity,
    ("data", "aws_partition"): _partition,
    ("data", "aws_region"): _region,
    ("managed", "aws_cloudwatch_event_rule"): _event_rule,
}

"""Attributes that only repeat what other resources of the plan say: providers read them back from AWS."""

from __future__ import annotations

import json

from iamlint.parse.terraform_plan.configuration import Configuration
from iamlint.parse.terraform_plan.document import PlanResource
from iamlint.parse.terraform_plan.values import Kept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_READ_BACK = ("managed_policy_arns", "inline_policy", "policy", "tags_all")


def without_echoes(resources: dict[str, PlanResource], configuration: Configuration) -> dict[str, PlanResource]:
    """Return the resources without what a provider reads back of others: a role lists every policy that is attached to it.

    What stays of such a list nobody wrote, so it claims nothing; `…_read_back` says so.
    """
    attached = {
        _pair(resource.values.get("role"), resource.values.get("policy_arn"))
        for resource in resources.values()
        if resource.type in ("aws_iam_role_policy_attachment", "aws_iam_policy_attachment")
    }
    inline = {
        _pair(resource.values.get("role"), resource.values.get("name"))
        for resource in resources.values()
        if resource.type == "aws_iam_role_policy"
    }
    documents = {
        text
        for resource in resources.values()
        if resource.type.endswith("_policy") and (text := _normal(resource.values.get("policy"))) is not None
    }
    kept: dict[str, PlanResource] = {}
    for address, resource in resources.items():
        found = [name for name in _READ_BACK if name in resource.values]
        if resource.mode != "managed" or not found or not resource.type.startswith("aws_"):
            kept[address] = resource
            continue
        written = configuration.expressions(address)
        values = dict(resource.values)
        role = values.get("name")
        if "managed_policy_arns" in values and not (written and "managed_policy_arns" in written):
            listed = values["managed_policy_arns"]
            values["managed_policy_arns"] = Kept(listed, [_pair(role, arn) not in attached for arn in _list(listed)])
            values["managed_policy_arns_read_back"] = True
        if "inline_policy" in values and not (written and "inline_policy" in written):
            listed = values["inline_policy"]
            others = [not (isinstance(item, dict) and _pair(role, item.get("name")) in inline) for item in _list(listed)]
            values["inline_policy"] = Kept(listed, others)
            values["inline_policy_read_back"] = True
        if not resource.type.endswith("_policy") and "policy" in values:
            computed = written is not None and "policy" not in written
            if computed or _normal(values["policy"]) in documents:
                values.pop("policy")
        kept[address] = resource._replace(values=values)
    return kept


def _pair(one: Any, other: Any) -> str:
    return f"{one!r} {other!r}"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _normal(text: Any) -> str | None:
    """Return a JSON text in one spelling."""
    if not isinstance(text, str) or not text:
        return None
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except (ValueError, RecursionError):
        return text

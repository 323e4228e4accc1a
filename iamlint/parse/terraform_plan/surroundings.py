"""Account, region and partition of the resources of a plan: its ARNs say them, and its provider configurations."""

from __future__ import annotations

import re

from iamlint.parse.context import Context
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform_plan.configuration import Configuration
from iamlint.parse.terraform_plan.document import PlanResource
from iamlint.source.place import Origin
from iamlint.source.record import NamedTuple
from iamlint.source.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ARN = re.compile(r"^arn:([\w-]+):[\w-]+:([\w-]*):(\d{12})?:")
_ROLE = re.compile(r"^arn:[\w-]+:iam::(\d{12}):role/")


class Around(NamedTuple):
    """Where a resource is."""

    account: Value
    region: Value
    partition: Value


class Surroundings:
    """What is known of the account, region and partition of each provider configuration."""

    def __init__(self, resources: dict[str, PlanResource], configuration: Configuration, context: Context) -> None:
        self._configuration = configuration
        self._context = context
        self._seen: dict[str, tuple[set[str], set[str], set[str]]] = {}
        for resource in resources.values():
            values = resource.values
            partitions, regions, accounts = self._seen.setdefault(self._provider(resource), (set(), set(), set()))
            arn = values.get("arn")
            found = _ARN.match(arn) if isinstance(arn, str) and resource.mode == "managed" else None
            if found is not None:
                partitions.add(found[1])
                if found[3]:
                    accounts.add(found[3])
                if found[2]:
                    regions.add(found[2])
            identity = values.get("account_id") if resource.type == "aws_caller_identity" else None
            if isinstance(identity, str) and identity.isdecimal():
                accounts.add(identity)
        self._configured = {key: _configured(item) for key, item in configuration.providers().items()}

    def of(self, resource: PlanResource, static: Instance | None) -> Around:
        """Return where a resource is: by its own ARN, by its neighbors' ARNs, by its provider, by what the unit is told."""
        context = self._context
        told = (
            Around(static.account, static.region, static.partition)
            if static is not None
            else Around(context.account, context.region, context.partition)
        )
        key = self._provider(resource)
        partitions, regions, accounts = self._seen.get(key, (set(), set(), set()))
        account, region = self._configured.get(key, (None, None))
        made = Around(
            _only(accounts) or account or told.account,
            _only(regions) or region or told.region,
            _only(partitions) or told.partition,
        )
        arn = resource.values.get("arn")
        found = _ARN.match(arn) if isinstance(arn, str) and resource.mode == "managed" else None
        if found is None:
            return made
        return Around(found[3] or made.account, found[2] or made.region, found[1])

    def providers(self, origin: Origin) -> list[Instance]:
        """Return the provider configurations as instances, with what they write as constants."""
        found = []
        context = self._context
        for key, item in sorted(self._configuration.providers().items()):
            place = origin.at(("configuration", "provider_config", key))
            expressions = item.get("expressions")
            body = {
                name: Located(expression["constant_value"], origin.at((*place.route, "expressions", name)))
                for name, expression in (expressions.items() if isinstance(expressions, dict) else ())
                if isinstance(expression, dict) and isinstance(expression.get("constant_value"), (str, bool, int))
            }
            account, region = self._configured[key]
            found.append(
                Instance(
                    "provider", str(item.get("name", key)), str(item.get("alias", "")), f"provider.{key}", None,
                    Located(body, place), place, (), account or context.account, region or context.region, context.partition,
                )
            )  # fmt: skip
        return found

    def _provider(self, resource: PlanResource) -> str:
        return self._configuration.provider(resource.address) or resource.provider


def _configured(item: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return the account and region that a provider configuration writes as constants."""
    expressions = item.get("expressions")
    if not isinstance(expressions, dict):
        return None, None
    region = _constant(expressions.get("region"))
    allowed = expressions.get("allowed_account_ids")
    listed = allowed.get("constant_value") if isinstance(allowed, dict) else None
    account = listed[0] if isinstance(listed, list) and len(listed) == 1 and isinstance(listed[0], str) else None
    assumed = expressions.get("assume_role")
    if isinstance(assumed, dict) and isinstance(assumed.get("constant_value"), dict):  # an attribute, of Cloud Control's provider
        assumed = [{name: {"constant_value": value} for name, value in assumed["constant_value"].items()}]
    for block in assumed if isinstance(assumed, list) else ():
        role = _ROLE.match(_constant(block.get("role_arn")) or "") if isinstance(block, dict) else None
        account = role[1] if role is not None else account
    return account, region


def _constant(expression: Any) -> str | None:
    value = expression.get("constant_value") if isinstance(expression, dict) else None
    return value if isinstance(value, str) and value else None


def _only(found: set[str]) -> str | None:
    return next(iter(found)) if len(found) == 1 else None

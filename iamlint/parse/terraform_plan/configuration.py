"""The `configuration` of a plan: which expression wrote an attribute, and what a lone reference in it leads to."""

from __future__ import annotations

import re

from iamlint.parse.terraform_plan.document import without_indices
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DOCUMENTS = frozenset({"policy", "assume_role_policy", "inline_policy", "access_policies", "access_policy", "content"})
"""Attributes that hold a whole JSON document: one reference to a rendered document is that document."""

REFERENCES = frozenset((
    "role", "user", "group", "bucket", "policy_arn", "policy_id", "role_arn", "principal_arn", "permission_set_arn",
    "instance_arn", "principal_id", "group_id", "user_id", "member_id", "target_id", "app_id", "queue_url", "secret_id",
    "secret_arn", "key_id", "repository", "repository_name", "function_name", "permissions_boundary", "identity_store_id",
    "idp_id", "cluster_name", "managed_policy_arn", "parent_id",
))  # fmt: skip
"""Attributes that name another resource whole: one reference there is the value, never a part of a text."""

_RESOURCE = re.compile(r'^((?:data\.)?[\w-]+\.[\w-]+(?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?)\.([\w-]+)$')
_OUTPUT = re.compile(r'^(module\.[\w-]+(?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?)\.([\w-]+)$')
_MODULE = re.compile(r'^(module\.[\w-]+(?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?)\.')
MAX_STEPS = 30


class Target(NamedTuple):
    """What a reference leads to: an attribute of the resource at an address."""

    address: str
    attribute: str


class Configuration:
    """The configuration in a plan. A state has none: then nothing is found."""

    def __init__(self, document: dict[str, Any]) -> None:
        written = document.get("configuration")
        self._written = written if isinstance(written, dict) else {}
        self.is_there = isinstance(self._written.get("root_module"), dict)
        self._resources: dict[str, dict[str, Any]] = {}
        self._read: set[str] = set()

    def expressions(self, address: str) -> dict[str, Any] | None:
        """Return the expressions that write a resource's attributes, None when the configuration does not hold it."""
        found = self._resource(address)
        expressions = found.get("expressions") if found is not None else None
        return expressions if isinstance(expressions, dict) else ({} if found is not None else None)

    def provider(self, address: str) -> str | None:
        """Return the key of the provider configuration that a resource uses."""
        found = self._resource(address)
        key = found.get("provider_config_key") if found is not None else None
        return key if isinstance(key, str) else None

    def providers(self) -> dict[str, dict[str, Any]]:
        """Return the provider configurations of the root module by key."""
        written = self._written.get("provider_config")
        return {
            key: item
            for key, item in (written.items() if isinstance(written, dict) else ())
            if isinstance(item, dict) and "module_address" not in item
        }

    def is_sensitive(self, variable: str) -> bool:
        """Return whether a variable of the root module is declared as sensitive."""
        variables = _get(self._written, "root_module", "variables", variable)
        return isinstance(variables, dict) and variables.get("sensitive") is True

    def target(self, address: str, attribute: str) -> Target | None:
        """Return what an attribute is a lone reference to, None where it may be anything else."""
        expressions = self.expressions(address)
        if not expressions or not (attribute in DOCUMENTS or attribute in REFERENCES):
            return None
        module = _module_of(address)
        found = self._follow(module, expressions.get(attribute))
        if found is not None and attribute in DOCUMENTS and found.attribute not in ("json", "minified_json"):
            return None
        return found

    def _follow(self, module: str, expression: Any) -> Target | None:
        for _ in range(MAX_STEPS):
            reference = _lone(expression)
            if reference is None:
                return None
            resource = _RESOURCE.match(reference)
            if reference.startswith("var.") and reference.count(".") == 1:
                if not module:
                    return None
                outer, _, call = module.removesuffix(".").rpartition("module.")
                expression = _get(self._module(outer), "module_calls", without_indices(call), "expressions", reference[4:])
                module = outer
            elif (output := _OUTPUT.match(reference)) is not None:
                inner = f"{module}{output[1]}."
                called = _get(self._module(module), "module_calls", without_indices(output[1])[7:])
                if not isinstance(called, dict) or (output[1][-1:] != "]" and _is_repeated(called)):
                    return None
                expression = _get(called, "module", "outputs", output[2], "expression")
                module = inner
            elif resource is not None and not reference.startswith(("each.", "count.", "local.", "path.", "self.", "var.")):
                return Target(f"{module}{resource[1]}", resource[2])
            else:
                return None
        return None

    def _resource(self, address: str) -> dict[str, Any] | None:
        bare = without_indices(address)
        module = without_indices(_module_of(address))
        if module not in self._read:
            self._read.add(module)
            listed = _get(self._module(module), "resources")
            for item in listed if isinstance(listed, list) else ():
                if isinstance(item, dict) and isinstance(item.get("address"), str):
                    self._resources.setdefault(module + item["address"], item)
        return self._resources.get(bare)

    def _module(self, prefix: str) -> Any:
        here: Any = self._written.get("root_module")
        parts = without_indices(prefix).split(".")
        for name in parts[1::2]:
            here = _get(here, "module_calls", name, "module")
        return here


def _module_of(address: str) -> str:
    """Return the modules that an address begins with, each with its dot: `module.a["k"].module.b.`."""
    taken = ""
    while (found := _MODULE.match(address)) is not None:
        taken += found[0]
        address = address[found.end() :]
    return taken


def _lone(expression: Any) -> str | None:
    """Return the one reference of an expression: a reference is listed with each of its beginnings."""
    references = expression.get("references") if isinstance(expression, dict) else None
    if not isinstance(references, list) or not references or not all(isinstance(item, str) for item in references):
        return None
    longest: str = max(references, key=len)
    return longest if all(longest == item or longest.startswith((f"{item}.", f"{item}[")) for item in references) else None


def _is_repeated(call: dict[str, Any]) -> bool:
    return "count_expression" in call or "for_each_expression" in call


def _get(value: Any, *steps: str) -> Any:
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value

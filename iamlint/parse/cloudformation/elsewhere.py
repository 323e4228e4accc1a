"""What a template has another template make: nested stacks, modules, products. What is not at hand stands in the coverage."""

from __future__ import annotations

from iamlint.parse.cloudformation.conditions import is_off
from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.parse.cloudformation.stack_sets import stack_set, taken_for
from iamlint.parse.cloudformation.template import Template
from iamlint.source.place import Route
from iamlint.source.regex import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def nested(resource: Resource, declared: Declared) -> None:
    """Say that a nested stack is made of a template that is not in the repository."""
    stacks = resource.template.context.stacks
    if resource.logical in stacks.nested:
        taken_for(resource, declared)
        return
    name = "TemplateURL" if resource.type == "AWS::CloudFormation::Stack" else "Location"
    location = resource.get(name)
    if isinstance(location, dict):
        location = location.get("ApplicationId")
    shown = f" (`{location}`)" if isinstance(location, str) else ""
    stack = declared.template.shown(resource.logical)
    declared.note(f"the template{shown} of the nested stack `{stack}` is not a file of the repository", resource.place)


def made_elsewhere(resource: Resource, declared: Declared) -> None:
    """Say that what a resource makes stands in no file here: a module of CloudFormation's registry, a product."""
    what = "product" if resource.type in PRODUCTS else "module"
    shown = declared.template.shown(resource.logical)
    declared.note(f"what the {what} `{shown}` (`{resource.type}`) makes is not in the repository", resource.place)


def extension(resource: Resource, declared: Declared) -> None:
    """Say that a resource of another vendor's is not read in templates."""
    declared.note(f"what a resource of type `{resource.type}` declares is not read", resource.place)


def policy_within(properties: Any, below: Route = ()) -> Route | None:
    """Return where a resource whose type is not read writes a policy down, as custom resources may; None where it does not."""
    pending: list[tuple[Any, Route]] = [(properties, below)]
    while pending:
        value, route = pending.pop()
        if type(value) is dict:
            if "Statement" in value and _states(value["Statement"]):
                return route
            pending += [(item, (*route, name)) for name, item in value.items() if type(item) is not str or "Statement" in item]
        elif type(value) is list:
            pending += [
                (item, (*route, number)) for number, item in enumerate(value) if type(item) is not str or "Statement" in item
            ]
        elif type(value) is str and _EFFECT.search(value) is not None:
            return route
    return None


_EFFECT = regex(r"""(?<![\w-])["']?Effect["']?\s*:\s*["']?(?:Allow|Deny)\b""")
"""What a text has in which a policy stands, be it a whole template: as JSON, or as YAML."""


def _states(statements: Any) -> bool:
    listed = statements if isinstance(statements, list) else [statements]
    return any(isinstance(one, dict) and "Effect" in one for one in listed)


def with_policy(template: Template, logical: str, written: Any, declared: Declared) -> None:
    """Say that a resource whose type is not read has a policy in it, or read what it has AWS called with."""
    if written["Type"].startswith("Custom::") and not is_off(template, written):
        from iamlint.parse.cloudformation.sdk_calls import reads_calls

        if reads_calls(Resource(template, logical, written), declared):
            return
    route = policy_within(written.get("Properties"), ("Resources", logical, "Properties"))
    if route is None:
        return
    if is_off(template, written):
        from iamlint.parse.cloudformation.switched_off import by_condition

        declared.switched_off(
            f"`{template.shown(logical)}`", by_condition(template, written["Condition"]), template.at(route[:2], "key")
        )
    else:
        what = f"what `{template.shown(logical)}` (`{written['Type']}`) does with the policy that stands in it is not known"
        declared.note(what, template.at(route, "key" if isinstance(route[-1], str) else "value"))


def unread_type(type_: str) -> bool:
    """Return whether a type is a module's, one by which another vendor's access is declared, or one of SAM's nobody reads."""
    if type_.startswith("AWS::Serverless::"):
        return type_ not in SERVERLESS
    return type_.endswith("::MODULE") or type_.startswith(_VENDORS)


_VENDORS = (
    "Okta::", "GitHub::", "GitLab::", "Datadog::IAM::",
    "Community::Organizations::", "Community::SSO::", "Community::IAM::",
)  # fmt: skip
SERVERLESS = frozenset(
    f"AWS::Serverless::{name}"
    for name in (
        "Function", "StateMachine", "Api", "HttpApi", "WebSocketApi", "GraphQLApi", "Application", "Connector",
        "CapacityProvider", "LayerVersion", "SimpleTable",
    )
)  # fmt: skip
"""Types of SAM that are read, or make nothing that bears on access."""
PRODUCTS = ("AWS::ServiceCatalog::CloudFormationProvisionedProduct",)
READERS = {
    **dict.fromkeys(("AWS::CloudFormation::Stack", "AWS::Serverless::Application"), nested),
    **dict.fromkeys(PRODUCTS, made_elsewhere),
    "AWS::CloudFormation::StackSet": stack_set,
}

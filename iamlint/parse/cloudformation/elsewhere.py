"""What a template has another template make: nested stacks, modules, products. What is not at hand stands in the coverage."""

from __future__ import annotations

from iamlint.parse.cloudformation.declared import Declared, Resource
from iamlint.parse.cloudformation.stack_sets import stack_set, taken_for


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


def unread_type(type_: str) -> bool:
    """Return whether a type is a module's, one by which another vendor's access is declared, or one of SAM's nobody reads."""
    if type_.startswith("AWS::Serverless::"):
        return type_ not in SERVERLESS
    return type_.endswith("::MODULE") or type_.startswith(_VENDORS)


_VENDORS = ("Okta::", "GitHub::", "GitLab::", "Datadog::IAM::")
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

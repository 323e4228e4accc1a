"""Files of org-formation: templates that go into the accounts of an organization, and the organization itself.

Of the former everything is read but into which accounts which resource goes; of the latter the service control policies.
"""

from __future__ import annotations

from iamlint.model.estate import Facts
from iamlint.model.policy import PolicyKind
from iamlint.parse.context import Context
from iamlint.source.place import Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.parse.cloudformation.declared import Declared

_BINDINGS = ("OrganizationBinding", "OrganizationBindings", "DefaultOrganizationBinding", "Foreach")


def is_organization(value: dict[str, Any]) -> bool:
    """Return whether a document declares an organization: accounts, units and policies of types `OC::ORG::…`."""
    declared = value.get("Organization")
    return isinstance(declared, dict) and any(_type(one).startswith("OC::ORG::") for one in declared.values())


def parse_organization(value: dict[str, Any], origin: Origin, context: Context) -> Facts:
    """Return the service control policies of an organization; the rest stands in the coverage."""
    from iamlint.parse.cloudformation.declared import Declared
    from iamlint.parse.cloudformation.template import Template

    facts = Facts(context.unit, "cloudformation", (origin.path,))
    template = Template(value, origin, context)
    declared = Declared(template, facts)
    for logical, one in value["Organization"].items():
        properties = one.get("Properties") if _type(one) == "OC::ORG::ServiceControlPolicy" else None
        if isinstance(properties, dict) and "PolicyDocument" in properties:
            route = ("Organization", logical, "Properties", "PolicyDocument")
            name = properties.get("PolicyName")
            found = template.evaluate(properties["PolicyDocument"], route)
            declared.policy(found, PolicyKind.SCP, name if isinstance(name, str) else logical, f"{context.unit}#{logical}")
            declared.close()
    declared.note(
        "the accounts and units of `Organization`, and whom its policies govern, are not read",
        template.at(("Organization",), "key"),
    )
    declared.close()
    return facts


def bound_elsewhere(value: dict[str, Any], declared: Declared) -> None:
    """Say that org-formation decides into which accounts a template or a resource of it goes."""
    template = declared.template
    said = "into which accounts org-formation puts this is not read"
    for name in _BINDINGS[:3]:
        if name in value:
            declared.note(said, template.at((name,), "key"))
            return
    for logical, one in template.resources.items():
        for name in _BINDINGS if isinstance(one, dict) else ():
            if name in one:
                declared.note(said, template.at(("Resources", logical, name), "key"))
                return
    if str(value.get("AWSTemplateFormatVersion")).endswith("-OC"):
        declared.note(said, template.at(("AWSTemplateFormatVersion",), "key"))


def _type(one: Any) -> str:
    return str(one.get("Type")) if isinstance(one, dict) else ""

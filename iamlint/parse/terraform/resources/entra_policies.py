"""`azuread_conditional_access_policy`: policies that keep people out of applications."""

from __future__ import annotations

from iamlint.model.sign_in import SignOnRule
from iamlint.parse.terraform.attributes import nested, text, texts
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.entra import PROVIDER
from iamlint.source.value import Unknown, Value

_FURTHER = ("locations", "platforms", "devices")
_RISKS = ("sign_in_risk_levels", "user_risk_levels", "insider_risk_levels", "authentication_flow_transfer_methods")


def conditional_access(instance: Instance, declared: Declared) -> None:
    """Add a policy in force that blocks; one that only asks for more (a second factor, a device) keeps nobody out for good."""
    if text(instance, "state") != "enabled":
        return
    blocks = [
        control
        for controls in nested(instance, "grant_controls")
        if not isinstance(controls.value, Unknown)
        for control, _ in texts(controls, "built_in_controls")
    ]
    if "block" not in blocks:
        return
    name = text(instance, "display_name") or instance.address
    for conditions in nested(instance, "conditions"):
        if not isinstance(conditions.value, Unknown):
            _add(instance, conditions, name, declared)


def _add(instance: Instance, conditions: Located, name: Value, declared: Declared) -> None:
    applications, left_out = _listed(conditions, "applications", "included_applications", "excluded_applications")
    users = [block for block in nested(conditions, "users") if not isinstance(block.value, Unknown)]
    people = [value for block in users for value, _ in texts(block, "included_users")]
    groups = tuple(value for block in users for value, _ in texts(block, "included_groups"))
    excluded = tuple(value for block in users for value, _ in texts(block, "excluded_groups"))
    everybody = "All" in people
    single = [value for value in people if value not in ("All", "None")]
    narrowed = any(next(nested(conditions, field), None) is not None for field in _FURTHER)
    narrowed = narrowed or any(texts(conditions, field) for field in _RISKS)
    narrowed = narrowed or [value for value, _ in texts(conditions, "client_app_types")] not in ([], ["all"])
    narrowed = narrowed or bool(left_out) or (bool(single) and not everybody and not groups)
    spares = any(texts(block, field) for block in users for field in ("excluded_users", "excluded_roles"))
    if not everybody and not groups and not single:
        return
    declared.add(
        SignOnRule(
            PROVIDER, None if "All" in applications else applications, name, False, None if everybody else groups, excluded,
            narrowed, spares, False, 0, instance.place, declared.unit,
        )
    )  # fmt: skip


def _listed(conditions: Located, block: str, included: str, excluded: str) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
    blocks = [one for one in nested(conditions, block) if not isinstance(one.value, Unknown)]
    return (
        tuple(value for one in blocks for value, _ in texts(one, included)),
        tuple(value for one in blocks for value, _ in texts(one, excluded)),
    )


READERS = {("managed", "azuread_conditional_access_policy"): conditional_access}

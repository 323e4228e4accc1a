"""`okta_app_signon_policy*`: who may sign in to the applications that follow a policy."""

from __future__ import annotations

from iamlint.model.sign_in import SignOnRule
from iamlint.parse.terraform.attributes import is_true, nested, text, texts
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.okta import PROVIDER
from iamlint.parse.terraform.resources.references import id_of, identifiers
from iamlint.source.value import Value, key

_LAST = 1_000_000
_APPS = ("okta_app_saml", "okta_app_oauth")
_FURTHER = (
    "network_includes", "network_excludes", "device_assurances_included", "device_is_managed", "device_is_registered",
    "custom_expression", "user_types_included", "user_types_excluded", "users_included",
)  # fmt: skip


def policy_rule(instance: Instance, declared: Declared) -> None:
    """Add a rule of a policy that some application here follows."""
    policy = _policy_of(instance, declared)
    if policy is None or text(instance, "status") == "INACTIVE":
        return
    groups = texts(instance, "groups_included")
    narrowed = any(text(instance, name) is not None or texts(instance, name) for name in _FURTHER)
    narrowed = narrowed or next(nested(instance, "platform_include"), None) is not None
    narrowed = narrowed or text(instance, "risk_score") not in (None, "ANY", "")
    priority = text(instance, "priority")
    _add(
        declared, policy, instance, admits=text(instance, "access") != "DENY",
        groups=tuple(value for value, _ in groups) if groups else None,
        excluded=tuple(value for value, _ in texts(instance, "groups_excluded")),
        narrowed=narrowed, spares=bool(texts(instance, "users_excluded")),
        priority=int(priority) if isinstance(priority, str) and priority.isdigit() else _LAST - 1,
    )  # fmt: skip


def policy(instance: Instance, declared: Declared) -> None:
    """Add the last rule of a policy, which keeps everybody out where `catch_all` is off."""
    if text(instance, "catch_all") == "false":
        _add(declared, instance, instance, admits=False, groups=None, excluded=(), narrowed=False, spares=False, priority=_LAST)


def _add(
    declared: Declared, policy: Instance, rule: Instance, *, admits: bool, groups: tuple[Value, ...] | None,
    excluded: tuple[Value, ...], narrowed: bool, spares: bool, priority: int,
) -> None:  # fmt: skip
    applications = tuple(_followers(policy, declared))
    if applications:
        name = text(policy, "name") or id_of(policy, declared)
        declared.add(
            SignOnRule(
                PROVIDER,
                applications,
                name,
                admits,
                groups,
                excluded,
                narrowed,
                spares,
                True,
                priority,
                rule.place,
                declared.unit,
            )
        )


def _policy_of(rule: Instance, declared: Declared) -> Instance | None:
    wanted = text(rule, "policy_id")
    for one in declared.all("okta_app_signon_policy"):
        if wanted is not None and key(wanted) in {key(value) for value in identifiers(one, declared, "id")}:
            return one
    return None


def _followers(policy: Instance, declared: Declared) -> list[Value]:
    """Return the applications that follow a policy."""
    mine = {key(value) for value in identifiers(policy, declared, "id")}
    found: list[Value] = []
    for type_ in _APPS:
        for app in declared.all(type_):
            followed = text(app, "authentication_policy")
            if followed is not None and key(followed) in mine and not is_true(app, "skip_authentication_policy"):
                found.append(id_of(app, declared))
    for one in declared.all("okta_app_access_policy_assignment"):
        followed, app_id = text(one, "policy_id"), text(one, "app_id")
        if followed is not None and app_id is not None and key(followed) in mine:
            found.append(app_id)
    return found


def read_with_the_policy(instance: Instance, declared: Declared) -> None:
    """Leave the assignment of a policy to its rules."""


READERS = {
    ("managed", "okta_app_signon_policy"): policy,
    ("managed", "okta_app_signon_policy_rule"): policy_rule,
    ("managed", "okta_app_access_policy_assignment"): read_with_the_policy,
}

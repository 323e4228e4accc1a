"""`grafana_sso_settings`: which groups of the identity provider get which basic role."""

from __future__ import annotations

from iamlint.model.telemetry import ScopeMapping
from iamlint.parse.telemetry.grafana import VENDOR
from iamlint.parse.telemetry.grafana_sso import read_org_mapping, read_role_path, words
from iamlint.parse.telemetry.grants import role_grant
from iamlint.parse.terraform.attributes import is_true, nested, text, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.grafana import organization
from iamlint.source.place import Place
from iamlint.source.problem import Unresolved
from iamlint.source.value import Unknown, Value

_SAML_ROLES = {
    "role_values_grafana_admin": "Grafana Admin",
    "role_values_admin": "Admin",
    "role_values_editor": "Editor",
    "role_values_viewer": "Viewer",
    "role_values_none": "None",
}


def sso_settings(instance: Instance, declared: Declared) -> None:
    """Add what the settings give to whom."""
    for name in ("oauth2_settings", "saml_settings", "ldap_settings"):
        for block in nested(instance, name):
            if isinstance(block.value, Unknown):
                declared.facts.unresolved.append(
                    Unresolved(f"who gets which role is not known: {block.value.reason}", block.place)
                )
                continue
            for secret in ("client_secret", "private_key", "bind_password"):
                declared.secret_attribute("secret of Grafana's single sign-on", block, secret, instance.address)
            if text(block, "enabled") != "false" and not is_true(block, "skip_org_role_sync"):
                _Settings(instance, declared, block).read()


def groups_attribute(declared: Declared, place: Place) -> Value:
    """Return the attribute that carries a user's groups, as the settings of the root module say."""
    for instance in declared.all("grafana_sso_settings"):
        for block in nested(instance, "saml_settings"):
            if (attribute := text(block, "assertion_attribute_groups")) is not None:
                return attribute
        for block in nested(instance, "oauth2_settings"):
            path = text(block, "groups_attribute_path")
            if isinstance(path, str) and path.removesuffix("[*]").replace("_", "").isalnum():
                return path.removesuffix("[*]")
            if path is None and text(instance, "provider_name") in ("okta", "generic_oauth"):
                return "groups"
    return Unknown("the attribute that carries groups is set in Grafana", place, f"groups attribute of {VENDOR}")


class _Settings:
    def __init__(self, instance: Instance, declared: Declared, block: Located) -> None:
        self.instance = instance
        self.declared = declared
        self.block = block
        self.home = organization(instance, declared)

    def read(self) -> None:
        """Add every mapping."""
        self._role_path()
        self._organizations()
        attribute = text(self.block, "assertion_attribute_role")
        for name, role in _SAML_ROLES.items():
            found = written(self.block, name)
            if found is not None and attribute is not None:
                for value in words(found.value) if isinstance(found.value, str) else [found.value]:
                    self._add(attribute, value, role, found.place)
        for config in nested(self.block, "config"):
            for server in nested(config, "servers"):
                self._secrets(server)
                for group in nested(server, "group_mappings"):
                    self._directory_group(group)

    def _secrets(self, server: Located) -> None:
        for secret in ("bind_password", "client_key", "client_key_value"):
            self.declared.secret_attribute("secret of Grafana's single sign-on", server, secret, self.instance.address)

    def _role_path(self) -> None:
        path = written(self.block, "role_attribute_path")
        if path is None or path.value == "":
            return
        rules = read_role_path(path.value) if isinstance(path.value, str) else None
        if rules is None:
            reason = "which groups get which role by `role_attribute_path` is not evaluated"
            self.declared.facts.unresolved.append(Unresolved(reason, path.place))
            return
        for rule in rules:
            self._add(rule.attribute or "", rule.value or "", rule.role, path.place, rule.value is None, rule.condition)

    def _organizations(self) -> None:
        mapping = written(self.block, "org_mapping")
        if mapping is None or mapping.value == "":
            return
        rules = read_org_mapping(mapping.value) if isinstance(mapping.value, str) else None
        if rules is None:
            reason = "which groups get which role by `org_mapping` cannot be read"
            self.declared.facts.unresolved.append(Unresolved(reason, mapping.place))
            return
        attribute = groups_attribute(self.declared, mapping.place)
        host = (self.home or "").partition("/")[0]
        for rule in rules:
            home = self.home
            if rule.organization not in (None, "0", "1"):
                home = f"{host}/{rule.organization}".strip("/")
            self._add(attribute, rule.group or "", rule.role, mapping.place, rule.group is None, home=home)

    def _directory_group(self, group: Located) -> None:
        name, role = text(group, "group_dn"), text(group, "org_role")
        if name is None or not isinstance(role, str):
            return
        role = "Grafana Admin" if is_true(group, "grafana_admin") else role
        self._add("dn", name, role, group.place, name == "*")

    def _add(
        self, attribute: Value, value: Value, role: str, place: Place, everyone: bool = False, condition: str | None = None,
        home: str | None = None,
    ) -> None:  # fmt: skip
        self.declared.add(
            ScopeMapping(
                VENDOR, home or self.home, attribute, value, (role_grant(VENDOR, role, place),), place, self.declared.unit,
                self.declared.ref(self.instance), place, everyone=everyone, condition=condition,
            )
        )  # fmt: skip

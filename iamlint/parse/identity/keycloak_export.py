"""A realm as Keycloak exports it (`kc.sh export`): users, groups in groups, roles, clients with their protocol mappers."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.estate import Facts
from iamlint.model.identity import Administration, Application, AttributeStatement, Bot, Group, Membership, Person
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry, entries_of
from iamlint.parse.identity.keycloak_roles import CHANGING_ROLES, PROVIDER, REGISTERS, role_group, statements_of
from iamlint.parse.identity.targets import target_of
from iamlint.source.place import Origin, Place
from iamlint.source.value import Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_DEPTH = 40


def is_keycloak_export(value: Any) -> bool:
    """Return whether a document is a realm, or a file of a realm's users."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(item, dict) and _is_realm(item) for item in value)
    return isinstance(value, dict) and _is_realm(value)


_PARTS: tuple[tuple[str, type], ...] = (("users", list), ("groups", list), ("clients", list), ("roles", dict))


def _is_realm(value: dict[Any, Any]) -> bool:
    return isinstance(value.get("realm"), str) and any(isinstance(value.get(name), kind) for name, kind in _PARTS)


def parse_keycloak_export(value: Any, origin: Origin, context: Context) -> Facts:
    """Return what a realm declares."""
    facts = Facts(context.unit, "keycloak-export", (origin.path,))
    for realm in entries_of(value, origin):
        _Realm(realm, facts).read()
    facts.resolved += len(facts.items)
    return facts


class _Realm:
    def __init__(self, realm: Entry, facts: Facts) -> None:
        self.realm = realm
        self.facts = facts
        self.unit = facts.unit

    def read(self) -> None:
        roles = self.realm.mapping("roles")
        if roles is not None:
            for role in roles.entries("realm"):
                self._role(role, None)
            clients = roles.mapping("client")
            for name in clients.value if clients is not None else ():
                for role in clients.entries(name) if clients is not None and isinstance(name, str) else ():
                    self._role(role, name)
        for group in self.realm.entries("groups"):
            self._group(group, "", (), 0)
        for user in self.realm.entries("users"):
            self._user(user)
        for client in self.realm.entries("clients"):
            self._client(client)
        for path, place in self.realm.texts("defaultGroups"):
            unknown = Unknown("everybody who is new is a member", place, f"keycloak:{path}:members")
            is_open = self.realm.flag("registrationAllowed")
            dynamic, language = (REGISTERS, "open") if is_open else ("is new in the realm", None)
            self.facts.add(Membership(PROVIDER, path, unknown, "user", place, self.unit, dynamic=dynamic, language=language))

    def _member(self, group: Value, member: Value, kind: str, place: Place) -> None:
        self.facts.add(Membership(PROVIDER, group, member, kind, place, self.unit, exclusive=True))

    def _role(self, role: Entry, client: str | None) -> None:
        name = role.text("name")
        if name is None:
            return
        full = role_group(name, client)
        ids = tuple(text for text in (role.text("id"),) if text)
        self.facts.add(Group(PROVIDER, full, role.at("name"), self.unit, ids=ids, presents={"role": name}, kind="role"))
        parts = role.mapping("composites")
        if parts is not None:
            for part, place in parts.texts("realm"):
                self._member(role_group(part, None), full, "group", place)
            of_clients = parts.mapping("client")
            for other in of_clients.value if of_clients is not None else ():
                for part, place in of_clients.texts(other) if of_clients is not None and isinstance(other, str) else ():
                    self._member(role_group(part, other), full, "group", place)

    def _group(self, group: Entry, above: str, inherited: tuple[tuple[Value, str | None, str], ...], depth: int) -> None:
        name = group.text("name")
        if name is None or depth > _DEPTH:
            return
        path = group.text("path") or f"{above}/{name}"
        attributes = group.mapping("attributes")
        tags = {key: texts[0][0] for key in (attributes.value if attributes is not None else {})
                if attributes is not None and isinstance(key, str) and (texts := attributes.texts(key))}  # fmt: skip
        ids = (path, *(text for text in (group.text("id"),) if text))
        self.facts.add(
            Group(
                PROVIDER, name, group.at("name"), self.unit, ids=ids, team=tags.get("team") or tags.get("owner"),
                environment=tags.get("environment") or tags.get("env"), tags=tags, presents={"path": path},
            )
        )  # fmt: skip
        held = [*self._roles_of(group)]
        for role, place in held:
            self._member(role, path, "group", place)
        for role, _, _ in inherited:  # a group below has the roles of those above
            self._member(role, path, "group", group.at("name"))
        managing = self._managing(group)
        for word, place in managing:
            self.facts.add(Administration(PROVIDER, path, "group", word, None, place, self.unit))
        below = (*inherited, *((role, None, "") for role, _ in held))
        for child in group.entries("subGroups"):
            self._group(child, path, below, depth + 1)

    def _roles_of(self, holder: Entry) -> Iterator[tuple[Value, Place]]:
        for name, place in holder.texts("realmRoles"):
            yield role_group(name, None), place
        clients = holder.mapping("clientRoles")
        for client in clients.value if clients is not None else ():
            for name, place in clients.texts(client) if clients is not None and isinstance(client, str) else ():
                yield role_group(name, client), place

    def _managing(self, holder: Entry) -> list[tuple[str, Place]]:
        clients = holder.mapping("clientRoles")
        listed = clients.texts("realm-management") if clients is not None else []
        return [(name, place) for name, place in listed if name in CHANGING_ROLES]

    def _user(self, user: Entry) -> None:
        name, email = user.text("username"), user.text("email")
        text = email or name
        if text is None:
            return
        client = user.text("serviceAccountClientId")
        if client is not None:
            self._service_account(user, client)
            return
        enabled = user.value.get("enabled")
        place = user.at("email" if email is not None else "username")
        status: Value = "suspended" if enabled is False else "active"
        ids = tuple(one for one in (user.text("id"), name) if one)
        attributes = user.mapping("attributes")
        profile: dict[str, Value | tuple[str, ...]] = {}
        for key in attributes.value if attributes is not None else ():
            texts = [one for one, _ in attributes.texts(key)] if attributes is not None and isinstance(key, str) else []
            if texts:
                profile[key] = texts[0] if len(texts) == 1 else tuple(texts)
        self.facts.add(Person(PROVIDER, text, status, place, self.unit, ids=ids, profile=profile))
        for group, at in user.texts("groups"):
            self._member(group, ids[0] if ids else text, "user", at)
        for role, at in self._roles_of(user):
            self._member(role, ids[0] if ids else text, "user", at)
        for word, at in self._managing(user):
            self.facts.add(Administration(PROVIDER, text, "user", word, None, at, self.unit))

    def _service_account(self, user: Entry, client: str) -> None:
        bot = f"{PROVIDER}/{client}"
        self.facts.add(Bot(bot, "bot", user.at("username"), self.unit, ids=(client,)))
        for role, at in self._roles_of(user):
            self._member(role, bot, "bot", at)
        for word, at in self._managing(user):
            self.facts.add(Administration(PROVIDER, bot, "bot", word, None, at, self.unit))

    def _client(self, client: Entry) -> None:
        name = client.text("clientId")
        if name is None:
            return
        addresses = [text for text, _ in client.texts("redirectUris")]
        addresses += [text for field in ("rootUrl", "baseUrl", "adminUrl") if (text := client.text(field)) is not None]
        if client.text("protocol") == "saml":
            addresses.append(name)
        overrides = client.mapping("authenticationFlowBindingOverrides")
        target = target_of(addresses) if client.value.get("enabled") is not False else None
        self.facts.add(
            Application(
                PROVIDER, client.text("name") or name, target, tuple(self._statements(client)), client.at("clientId"), self.unit,
                ids=(name, *(text for text in (client.text("id"),) if text)),
                implicit_assignment=overrides is None or not overrides.value, open_words="",
            )
        )  # fmt: skip

    def _statements(self, client: Entry) -> Iterator[AttributeStatement]:
        asked = {text for field in ("defaultClientScopes", "optionalClientScopes") for text, _ in client.texts(field)}
        scopes = [scope for scope in self.realm.entries("clientScopes") if scope.text("name") in asked]
        for holder in (client, *scopes):
            for mapper in holder.entries("protocolMappers"):
                config = mapper.mapping("config")
                if config is None:
                    continue
                setting = config.text
                yield from statements_of(mapper.text("protocolMapper"), setting, config.at, config.place)

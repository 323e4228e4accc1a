"""Identity providers into the graph: people, groups, bots, agents and who is a member of what."""

from __future__ import annotations

from iamlint.graph.builder import GraphBuilder
from iamlint.graph.elements import EdgeKind, Node, NodeKind
from iamlint.model.estate import Estate
from iamlint.source.place import Place
from iamlint.source.value import Value, key, last_part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.model.identity import Bot, Group, Person

CANNOT_SIGN_IN = frozenset({"suspended", "deprovisioned", "inactive", "deleted"})
"""States of a person in which no group of theirs opens anything."""


class Identities:
    """Identities by every text under which something may name them."""

    def __init__(self, builder: GraphBuilder) -> None:
        self._builder = builder
        self._groups: dict[tuple[str, str], Node] = {}  # (provider, name or id)
        self._any_group: dict[str, list[Node]] = {}
        self._people = builder.nodes.people  # by e-mail (folded)
        self._called: dict[str, Node | None] = {}  # by what else they are called, before e-mails; None for an id of several
        self._accounts: dict[tuple[str, str], Node] = {}  # (provider, e-mail or id) of what several people are called
        self._presenting: dict[str, list[tuple[Node, str]]] = {}  # what a token says → groups, and which of their texts it is
        self._bots: dict[str, Node] = {}
        self.provider_of: dict[str, str] = {}  # group node id → provider
        self.name_of: dict[str, Value] = {}  # group node id → its name
        self.signed_out: set[str] = set()  # user node ids that cannot sign in

    # declaring

    def add_group(self, provider: str, name: Value, place: Place | None, fact: Group | None) -> Node:
        """Return the node of a group, declared or only named."""
        declared = fact is not None and fact.declared
        node = self._builder.node(NodeKind.GROUP, f"{provider}/{key(name)}", place, declared=declared, fact=fact, title=key(name))
        self.provider_of[node.id] = provider
        self.name_of[node.id] = name
        for text in (name, *(fact.ids if fact else ())):
            self._groups.setdefault((provider, key(text)), node)
            same = self._any_group.setdefault(key(text), [])
            if node not in same:
                same.append(node)
        for form, text in (fact.presents if fact else {}).items():
            presenting = self._presenting.setdefault(key(text), [])
            if (node, form) not in presenting:
                presenting.append((node, form))
        return node

    def add_person(self, email: Value, place: Place | None, fact: Person | None) -> Node:
        """Return the node of a person, by e-mail ignoring case."""
        if isinstance(email, str):
            name = email.strip().casefold()
            if name == email:
                name = email  # one text and not two
        else:
            name = key(email)
        node = self._builder.person(name, place, declared=fact is not None and fact.declared, fact=fact)
        if self._called:
            self._called.pop(name, None)
        if fact is not None and fact.ids and not _is_said(fact, node):
            for text in fact.ids:
                if text is name:
                    continue
                folded = text.strip().casefold() if isinstance(text, str) else key(text)
                other = self._person_called(folded)
                if other is None and folded not in self._called:
                    self._called[folded] = node
                elif other is not node:
                    self._shared(folded, other, node, fact.provider)
        return node

    def _shared(self, text: str, other: Node | None, node: Node, provider: str) -> None:
        """Note a text by which two people are called: each provider means its own, and elsewhere it is nobody in particular."""
        for fact in other.facts if other is not None else ():
            if type(fact).__name__ == "Person":
                self._accounts.setdefault((fact.provider, text), other or node)
        self._accounts.setdefault((provider, text), node)
        if "@" not in text:
            self._called[text] = None

    def add_bot(self, name: Value, place: Place | None, fact: Bot | None) -> Node:
        """Return the node of a bot or agent."""
        declared = fact is not None and fact.declared
        node = self._builder.node(NodeKind.BOT, key(name), place, declared=declared, fact=fact)
        for text in (name, *(fact.ids if fact else ())):
            self._bots.setdefault(key(text), node)
        return node

    # finding

    @property
    def known_groups(self) -> int:
        """How many names and ids of groups there are: what a name means may change only with it."""
        return len(self._groups)

    def group(self, name: Value, provider: str | None = None) -> Node | None:
        """Return the group of this name or id, in the provider if given, else in the only provider that has it."""
        if provider is not None and (found := self._groups.get((provider, name))) is not None:  # type: ignore[arg-type]
            return found  # as most are written
        text = key(name).removeprefix("group:")
        if provider is not None and (found := self._groups.get((provider, text))) is not None:
            return found
        head, _, tail = text.partition("/")
        if tail and (found := self._groups.get((head, tail))) is not None:
            return found
        same = self._any_group.get(text, ())
        return same[0] if len(same) == 1 else None

    def groups_named(self, name: Value) -> list[Node]:
        """Return the groups of this exact name in all providers, ordered by id."""
        return sorted(
            (node for node in self._any_group.get(key(name), ()) if key(self.name_of[node.id]) == key(name)),
            key=lambda node: node.id,
        )

    def presenting(self, value: Value) -> list[tuple[Node, str]]:
        """Return the groups for which a text in a token may stand, each with which of its texts that is, ordered by id."""
        named = [(node, "name") for node in self.groups_named(value)]
        return sorted([*named, *self._presenting.get(key(value), ())], key=lambda pair: (pair[0].id, pair[1]))

    def person(self, name: Value, provider: str | None = None) -> Node | None:
        """Return the person of this e-mail or id, in the provider if given and known there."""
        if not self._accounts and isinstance(name, str):  # written as it is kept, as most are
            found = self._people.get(name) if name not in self._called else self._called[name]
            if found is not None and not name.startswith("user:"):
                return found
        text = _folded(name).removeprefix("user:")
        if provider is not None and self._accounts:
            found = self._accounts.get((provider, name)) or self._accounts.get((provider, text))  # type: ignore[arg-type]
            if found is not None:
                return found
        return self._person_called(text)

    def _person_called(self, text: str) -> Node | None:
        return self._people.get(text) if text not in self._called else self._called[text]

    def bot(self, name: Value) -> Node | None:
        """Return the bot or agent of this name."""
        return self._bots.get(key(name).removeprefix("bot:"))

    def named(self, name: Value, place: Place | None) -> Node | None:
        """Return the node that a manifest names (`group:okta/eng`, `user:…`, `bot:…`, `role:…`, an ARN), made if it is new.

        None for a text that is no node's name.
        """
        text = key(name)
        prefix, _, rest = text.partition(":")
        if prefix == "user":
            return self.person(rest) or self.add_person(rest, place, None)
        if prefix == "group":
            found = self.group(rest)
            if found is not None:
                return found
            head, _, tail = rest.partition("/")
            return self.add_group(head if tail else "unknown", tail or rest, place, None)
        if prefix == "bot":
            return self.bot(rest) or self.add_bot(rest, place, None)
        if prefix == "team":
            return self._builder.node(NodeKind.TEAM, rest, place, declared=False)
        if prefix == "role":
            return self._builder.node(NodeKind.ROLE, rest, place, declared=False, title=last_part(rest))
        if prefix == "arn" and (":role/" in text or ":assumed-role/" in text):
            return self._builder.node(NodeKind.ROLE, text, place, declared=False, title=last_part(text))
        if prefix == "arn" and ":user/" in text:
            return self._builder.node(NodeKind.USER, text, place, declared=False, title=last_part(text))
        if not isinstance(name, str) and self._builder.get(f"role:{text}") is not None:
            return self._builder.get(f"role:{text}")
        return self.bot(name) or self.group(name) or self.person(name)


def _is_said(fact: Person, node: Node) -> bool:
    """Return whether the first fact of a person gives the same ids: an export repeats a person in each of their groups."""
    first = node.facts[0]
    return first is not fact and type(first) is type(fact) and first.provider == fact.provider and first.ids == fact.ids


def _cannot_sign_in(person: Person) -> bool:
    return isinstance(person.status, str) and person.status.casefold() in CANNOT_SIGN_IN


def _folded(value: Value) -> str:
    return value.strip().casefold() if isinstance(value, str) else key(value)


def link_identity(estate: Estate, builder: GraphBuilder) -> Identities:
    """Add people, groups, bots and memberships, and return the index by which the other joins find them."""
    identities = Identities(builder)
    if not estate.types() & {"Person", "Group", "Bot", "Membership"}:
        return identities
    from iamlint.graph.link_members import Members
    from iamlint.model.identity import Bot, Group, Membership, Person

    signed_out: list[Node] = []
    for person in estate.all(Person):
        node = identities.add_person(person.email, person.place, person)
        if person.status != "active" and _cannot_sign_in(person):
            signed_out.append(node)
    # Somebody whom another provider lets in may still sign in there.
    identities.signed_out = {node.id for node in signed_out if all(map(_cannot_sign_in, node.facts))}
    for group in estate.all(Group):
        identities.add_group(group.provider, group.name, group.place, group)
    bots = [(bot, identities.add_bot(bot.name, bot.place, bot)) for bot in estate.all(Bot)]
    if estate.kept(Membership):
        Members(builder, identities).link(estate)
    documents = _providers_of_documents(estate) if bots else {}
    for bot, node in bots:
        _link_bot(bot, node, builder, identities, documents.get((bot.place.path, bot.place.document)))
    return identities


def _link_bot(bot: Bot, node: Node, builder: GraphBuilder, identities: Identities, provider: str | None) -> None:
    for name in bot.acts_for:
        principal = identities.named(name, bot.place)
        if principal is None:
            builder.unknown(f"`{key(name)}`, for which `{key(bot.name)}` acts, is not in the repository", bot.place)
        else:
            builder.edge(node, principal, EdgeKind.ACTS_FOR, f"acts for `{principal.name}`", bot.place)
    for name in bot.groups:
        group = identities.group(name, provider) or _named_group(name, bot, identities, provider)
        builder.edge(node, group, EdgeKind.MEMBER_OF, f"is a member of `{group.name}`", bot.place)


def _named_group(name: Value, bot: Bot, identities: Identities, provider: str | None) -> Node:
    """Return the node of a group that only a bot names: in the provider of its document, or the only one that there is."""
    text = key(name).removeprefix("group:")
    head, slash, rest = text.partition("/")
    known = sorted(set(identities.provider_of.values()))
    if slash and head in known:
        return identities.add_group(head, rest, bot.place, None)
    return identities.add_group(provider or (known[0] if len(known) == 1 else "unknown"), text, bot.place, None)


def _providers_of_documents(estate: Estate) -> dict[tuple[str, int], str]:
    """Return the identity provider of which a document speaks, by path and number."""
    facts: list[Person | Group] = [*estate.named("Person"), *estate.named("Group")]
    return {(fact.place.path, fact.place.document): fact.provider for fact in reversed(facts)}

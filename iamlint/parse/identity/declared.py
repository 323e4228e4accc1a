"""People, groups, bots and agents as the manifest declares them (`kind: Identities`)."""

from __future__ import annotations

from iamlint.model.estate import Facts
from iamlint.model.identity import Bot, Group, Membership, Person
from iamlint.parse.entry import Entry
from iamlint.source.value import Unknown, Value

STATUSES = frozenset({"active", "suspended", "deprovisioned", "staged"})


def parse_identities(document: Entry, facts: Facts) -> None:
    """Add what a document of kind `Identities` declares."""
    provider = document.text("provider")
    if provider is None:
        return
    for entry in document.entries("users"):
        _add_person(entry, provider, facts)
    for entry in document.entries("groups"):
        _add_group(entry, provider, facts)
    for kind, field in (("bot", "bots"), ("agent", "agents")):
        for entry in document.entries(field):
            _add_bot(entry, kind, facts)


def _add_person(entry: Entry, provider: str, facts: Facts) -> None:
    email = entry.text("email")
    if email is None:
        return
    place = entry.at("email")
    status: Value | None = entry.text("status")
    if status not in STATUSES:
        status = Unknown(f"the manifest does not say whether `{email}` is active", place, f"status:{email.casefold()}")
    facts.add(Person(provider, email, status, place, facts.unit))
    for group, at in entry.texts("groups"):
        facts.add(Membership(provider, group, email, "user", at, facts.unit))


def _add_group(entry: Entry, provider: str, facts: Facts) -> None:
    name = entry.text("name")
    if name is None:
        return
    facts.add(Group(provider, name, entry.at("name"), facts.unit, team=entry.text("team"), environment=entry.text("environment")))
    for member, at in entry.texts("members"):
        facts.add(Membership(provider, name, member, "user", at, facts.unit))
    for member, at in entry.texts("groups"):
        facts.add(Membership(provider, name, member, "group", at, facts.unit))


def _add_bot(entry: Entry, kind: str, facts: Facts) -> None:
    name = entry.text("name")
    if name is None:
        return
    facts.add(
        Bot(
            name=name.removeprefix("bot:"),
            kind=kind,
            place=entry.at("name"),
            unit=facts.unit,
            team=entry.text("team"),
            environment=entry.text("environment"),
            acts_for=tuple(text for text, _ in entry.texts("acts_for")),
            groups=tuple(text for text, _ in entry.texts("groups")),
            group_places=tuple(at for _, at in entry.texts("groups")),
        )
    )

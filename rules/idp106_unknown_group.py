"""IDP106 unknown-group."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Bot,
    Confidence,
    Example,
    Finding,
    Group,
    Place,
    Severity,
    Team,
    key,
    memberships_elsewhere,
    nearest,
    rule,
)

_GROUPS = """
    apiVersion: iamlint/v1
    kind: Identities
    provider: okta
    users: [{{email: alice@acme.example, groups: [{member}]}}]
    groups: [{{name: eng-checkout}}, {{name: eng-payments}}]
    agents: [{{name: copilot, groups: [{agent}]}}]
    ---
    apiVersion: iamlint/v1
    kind: Teams
    teams:
      - name: checkout
        groups: [{team}]
        grants: [{{group: {grant}, project: checkout-prod, reason: "on call"}}]
    """


def _estate(
    member: str = "eng-checkout", agent: str = "eng-checkout", team: str = "eng-checkout", grant: str = "eng-payments"
) -> dict[str, str]:
    text = _GROUPS.format(member=member, agent=agent, team=team, grant=grant)
    lines = [line.replace("!", "") + ("  # <- IDP106" if "!" in line else "") for line in text.splitlines()]
    return {"access/all.access.yaml": "\n".join(lines)}


@rule(
    id="IDP106",
    name="unknown-group",
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    references=["Okta provider: okta_group"],
    bad=[
        Example("a user in a group that there is not", _estate(member="eng-chekout!")),
        Example("an agent in a group that there is not", _estate(agent="eng-agents!")),
        Example("a team made of a group that there is not", _estate(team="group:okta/eng-chekout!")),
        Example("a grant to a group that there is not", _estate(grant="eng-paymnts!")),
        Example("a realm's user in a group that there is not", {"keycloak/realm.json": """
            {"realm": "acme", "groups": [{"name": "eng", "path": "/eng", "realmRoles": []}],
             "users": [
               {"username": "alice", "groups": ["/eng"]},
               {"username": "bob", "groups": ["/engg"]}]}
            """}, expect=[("keycloak/realm.json", 4)]),
    ],
    good=[
        Example("every group is declared", _estate()),
        Example("a group with its provider", _estate(team="group:okta/eng-checkout")),
        Example("the repository declares no groups", {"access/all.access.yaml": """
            apiVersion: iamlint/v1
            kind: Identities
            provider: okta
            users: [{email: alice@acme.example, groups: [eng-chekout]}]
            """}),
        Example("a group that is looked up is made elsewhere, and so may others be", {
            **_estate(member="contractors"), "okta/main.tf": 'data "okta_group" "all" { name = "all-engineers" }'}),
    ],
)  # fmt: skip
def unknown_group(graph: AccessGraph) -> Iterator[Finding]:
    """A user, agent, team or grant names a group that the identity provider does not have.

    What hangs on the name does not happen: the team has no members, the exception covers nobody. And whoever makes a group
    of that name later has it all.

    ## What to do instead

    Write the group's exact name, or declare the group.

    ## What this rule does not see

    Groups of an identity provider of which the repository declares none. Where some groups are only looked up, others may be
    made elsewhere too: then only names that are nearly a known one are reported. Mapped values are the matter of TEL108.
    """
    groups = graph.estate.all(Group)
    if not any(group.declared for group in groups) or not all(isinstance(group.name, str) for group in groups):
        return
    names = {key(text) for group in groups for text in (group.name, *group.ids)}
    names |= {f"{group.provider}/{key(group.name)}" for group in groups}
    plain = sorted({key(group.name) for group in groups})
    some_elsewhere = not all(group.declared for group in groups)
    for text, place, words in _named(graph, names):
        name = text.removeprefix("group:")
        if name in names or _ID.match(name):
            continue
        near = nearest(name.rpartition("/")[2], plain, cutoff=0.8)
        if near is None and some_elsewhere:
            continue
        yield Finding(
            f"{words} `{name}`, and no such group is declared",
            at=place,
            help=f"did you mean `{near}`?" if near else "write the group's exact name, or declare it",
            subject=f"group:{name}",
        )


_ID = re.compile(r"00g|arn:|groups/|[0-9a-f]{8}-[0-9a-f]{4}-|0[0-9a-z]{14}$|[0-9]+$")
"""What identity providers give out as ids: a group that is named by one exists, wherever it was made."""


def _named(graph: AccessGraph, known: set[str]) -> Iterator[tuple[str, Place, str]]:
    """Yield every group that a manifest or export names by text, with its place; of memberships only those not known."""
    managed = {group.provider for group in graph.estate.all(Group) if group.declared}
    for membership in memberships_elsewhere(graph, known):
        if isinstance(membership.group, str) and membership.provider in managed:
            yield membership.group, membership.place, f"`{key(membership.member)}` is a member of"
    for bot in graph.estate.all(Bot):
        for name, place in zip(bot.groups, bot.group_places, strict=False):
            if isinstance(name, str):
                yield name, place, f"`{key(bot.name)}` is a member of"
    for team in graph.estate.all(Team):
        for name, place in zip(team.groups, team.group_places, strict=False):
            if isinstance(name, str):
                yield name, place, f"the team `{key(team.name)}` is made of"
        for grant in team.grants:
            if isinstance(grant.group, str):
                yield grant.group, grant.group_place or grant.place, f"`{key(team.name)}` grants to"

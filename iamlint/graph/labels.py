"""Environments and teams of nodes, each with what found it (semantics F1, F1a).

The sources, first that answers: an explicit label; tags; the account's entry; the name; the path; the Terraform
workspace; CODEOWNERS (teams). Descriptions and comments are never a source.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cached_property

from iamlint.graph.builder import GraphBuilder
from iamlint.graph.elements import EdgeKind, Label, Node, NodeKind
from iamlint.graph.label_settings import EnvironmentPattern, LabelSettings, Workspace
from iamlint.graph.label_texts import label_names, owns_path, team_slug
from iamlint.graph.words import WordPattern, patterns, shown_in
from iamlint.model.aws import Account
from iamlint.model.estate import Estate
from iamlint.model.identity import Person, Team
from iamlint.model.sign_in import RepositoryTeam
from iamlint.source.place import Place
from iamlint.source.value import key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ENVIRONMENT_TAGS = ("environment", "env", "stage")
TEAM_TAGS = ("team", "owner")


def label(estate: Estate, builder: GraphBuilder, settings: LabelSettings) -> None:
    """Label every node, and add the nodes and edges of environments and teams."""
    _Labels(estate, builder, settings).run()


class _Labels:
    def __init__(self, estate: Estate, builder: GraphBuilder, settings: LabelSettings) -> None:
        self.estate = estate
        self.builder = builder
        self.settings = settings
        self.environments = _compiled(settings.environments)
        self.teams = tuple(pattern for team in settings.teams for pattern in patterns(team.name, team.patterns))
        self.accounts: dict[str, Account] = {}
        for account in estate.all(Account):
            self.accounts.setdefault(key(account.id), account)
        self._paths: dict[tuple[str | None, str | None, bool], tuple[str, str] | None] = {}

    def run(self) -> None:
        unlabelled = {NodeKind.ENVIRONMENT, NodeKind.TEAM, NodeKind.POLICY}
        nodes = [node for node in self.builder.nodes.values() if node.kind not in unlabelled and not self._is_plain_person(node)]
        self._declared_teams(nodes)
        for node in nodes:
            node.environment = self._environment(node)
            if node.team is None:
                node.team = self._team(node)
        for node in nodes:
            if node.environment is not None and node.kind is not NodeKind.PROVIDER:
                target = self.builder.node(NodeKind.ENVIRONMENT, node.environment.value, node.environment.place, declared=False)
                reason = f"belongs to environment `{node.environment.value}` ({node.environment.source})"
                self.builder.edge(node, target, EdgeKind.IN_ENVIRONMENT, reason, node.environment.place or node.place)
            if node.team is not None:
                team = self.builder.node(NodeKind.TEAM, node.team.value, node.team.place, declared=False)
                self.builder.edge(team, node, EdgeKind.OWNS, f"owns it ({node.team.source})", node.team.place or node.place)

    def _is_plain_person(self, node: Node) -> bool:
        """Return whether nothing can label a node: a person of an identity provider, as most nodes of a directory are."""
        return (
            node.kind is NodeKind.USER
            and all(type(fact) is Person for fact in node.facts)
            and "arn:" not in node.id
            and node.id not in self.builder.accounts
        )

    # environments

    def _environment(self, node: Node) -> Label | None:
        return next(self._environment_sources(node), None)

    def _environment_sources(self, node: Node) -> Iterator[Label]:
        for fact in node.facts:
            if (value := _text(getattr(fact, "environment", None))) is not None and not isinstance(fact, Account):
                yield Label(self._canonical(value), f"label `{value}`", _label_place(fact, "environment"))
        if node.kind is NodeKind.USER and "arn:" not in node.id:
            return  # people belong to no environment, whatever their names or the folder in which they are declared
        for tag, value, place in _tagged(node, ENVIRONMENT_TAGS):
            yield Label(self._canonical(value), f"tag `{tag}`", place)
        account = self._account(node)
        if account is not None:
            if (value := _text(account.environment)) is not None:
                yield Label(self._canonical(value), f"account `{key(account.id)}`", account.place)
            elif isinstance(account.name, str) and (shown := shown_in(account.name, self.environments)):
                yield Label(shown, f"account name `{account.name}`", account.place)
        for name in () if self._is_foreign(node) else label_names(node):
            if shown := shown_in(name, self.environments):
                yield Label(shown, f"name `{name}`", node.place)
        if not node.declared:
            return  # where something is only mentioned says nothing of what it is
        if found := self._by_place(node, False):
            yield Label(found[0], found[1], node.place)
        workspace = self.settings.workspace
        if workspace and self._is_made_by(workspace, node) and (shown := shown_in(workspace.name, self.environments)):
            yield Label(shown, f"{workspace.kind} `{workspace.name}`", node.place)

    def _is_foreign(self, node: Node) -> bool:
        """Return whether it is a principal of an account that is not ours: what a vendor calls prod is the vendor's."""
        if node.declared or ":iam::" not in node.id:
            return False
        account = self.builder.accounts.get(node.id)
        return account is not None and bool(self._own_accounts) and key(account) not in self._own_accounts

    @cached_property
    def _own_accounts(self) -> frozenset[str]:
        """Return the accounts that are declared, and those in which something is."""
        held = self.builder.accounts
        return frozenset(
            (*self.accounts, *(key(held[node.id]) for node in self.builder.nodes.values() if node.declared and node.id in held))
        )

    def _is_made_by(self, workspace: Workspace, node: Node) -> bool:
        if workspace.units is not None and node.unit not in workspace.units:
            return False
        return any(_is_terraform(fact) for fact in node.facts)

    def _canonical(self, value: str) -> str:
        if any(known.name == value for known in self.settings.environments):
            return value
        return shown_in(value, self.environments) or value

    def _account(self, node: Node) -> Account | None:
        account = self.builder.accounts.get(node.id) if self.accounts else None
        return self.accounts.get(key(account)) if account is not None else None

    # teams

    def _declared_teams(self, nodes: list[Node]) -> None:
        """Give the groups and projects that a team lists to that team; the lists are explicit labels."""
        teams = [(team, key(team.name)) for team in self.estate.all(Team)]
        groups: dict[str, tuple[Team, str]] = {}
        exact: dict[str, tuple[Team, str]] = {}
        globs: list[tuple[str, Team, str]] = []
        for team, name in teams:
            self.builder.node(NodeKind.TEAM, name, team.place, fact=team)
            for group in team.groups:
                groups.setdefault(key(group).removeprefix("group:"), (team, name))
            for project in team.projects:
                text = key(project).removeprefix("project:")
                if any(mark in text for mark in "*?"):
                    globs.append((text, team, name))
                else:
                    exact.setdefault(text, (team, name))
        if not teams:
            return
        for node in nodes:
            if _explicit_team(node) is not None:
                continue
            rest = node.id.partition(":")[2]
            if node.kind is NodeKind.GROUP:
                found = groups.get(rest) or groups.get(node.name)
            elif node.kind is NodeKind.PROJECT and not rest.endswith("/*"):
                found = exact.get(rest) or exact.get(node.name)
                if found is None:
                    found = next(
                        ((team, name) for glob, team, name in globs if fnmatchcase(rest, glob) or fnmatchcase(node.name, glob)),
                        None,
                    )
            else:
                found = None
            if found is not None:
                node.team = Label(found[1], f"listed by team `{found[1]}`", found[0].place)

    def _team_name(self, value: str) -> str:
        """Return a free text as the team that it names: `Checkout: checkout@acme.example` is the declared team `checkout`."""
        name = team_slug(value)
        return self._team_names.get(name, name)

    @cached_property
    def _team_names(self) -> dict[str, str]:
        names = [key(team.name) for team in self.estate.all(Team)] + [team.name for team in self.settings.teams]
        return {team_slug(name): name for name in names}

    def _team(self, node: Node) -> Label | None:
        return next(self._team_sources(node), None)

    def _team_sources(self, node: Node) -> Iterator[Label]:
        explicit = _explicit_team(node)
        if explicit is not None:
            yield explicit
        for tag, value, place in _tagged(node, TEAM_TAGS):
            yield Label(self._team_name(value), f"tag `{tag}`", place)
        account = self._account(node)
        if account is not None and (team := _text(account.team)) is not None:
            yield Label(team, f"account `{key(account.id)}`", account.place)
        if node.kind is NodeKind.USER and "arn:" not in node.id:
            return  # a person's teams are those of their groups
        for name in label_names(node):
            if shown := shown_in(name, self.teams):
                yield Label(shown, f"name `{name}`", node.place)
        if node.kind is NodeKind.BOT and node.id.startswith("bot:github/"):
            yield from self._of_repository(node)
        if not node.declared:
            return
        if found := self._by_place(node, True):
            yield Label(found[0], found[1], node.place)
        for path in self._locations(node) if self.settings.codeowners else ():
            if owned := self._codeowner(path):
                yield owned

    def _of_repository(self, node: Node) -> Iterator[Label]:
        """Yield the team that runs the repository of a pipeline, where it is one."""
        repository = node.name.removeprefix("github/").partition(":")[0]
        running = [
            one
            for one in self.estate.all(RepositoryTeam)
            if one.permission in ("admin", "maintain") and key(one.repository) in (repository, repository.rpartition("/")[2])
        ]
        teams = {key(one.team) for one in running}
        if len(teams) == 1:
            yield Label(self._team_name(teams.pop()), f"runs the repository `{repository}`", running[0].place)

    # paths

    def _locations(self, node: Node) -> list[str]:
        found = [] if node.unit is None else [node.unit]
        if node.place is not None and node.place.path not in found:
            found.append(node.place.path)
        return [path for path in found if path]

    def _by_place(self, node: Node, team: bool) -> tuple[str, str] | None:
        """Return what the first path shows that shows anything; many nodes share the file and the unit."""
        at = (node.unit, node.place.path if node.place is not None else None, team)
        if at not in self._paths:
            found = (self._read_path(path, team) for path in self._locations(node))
            self._paths[at] = next((shown for shown in found if shown is not None), None)
        return self._paths[at]

    def _read_path(self, path: str, team: bool) -> tuple[str, str] | None:
        entries: tuple[Any, ...] = self.settings.teams if team else self.settings.environments
        for entry in entries:
            for glob in entry.paths:
                if fnmatchcase(path, glob) or fnmatchcase(path + "/", glob):
                    return entry.name, f"path `{glob}`"
        known = self.teams if team else self.environments
        folders = path.split("/")
        stem, _, extension = folders[-1].partition(".")
        for index in range(len(folders) - 1, -1, -1):
            part = folders[index]
            shown: str | None
            if index == len(folders) - 1 and extension:
                # Of a file's name, only one that is the environment and nothing else: `prod.tf`, not `test_roles.tf`.
                alone = any(pattern.words == (stem.casefold(),) for pattern in known)
                shown = shown_in(stem, known) if alone else None
                part = folders[-1]
            else:
                shown = shown_in(part, known)
            if shown is not None:
                return shown, f"path `{'/'.join(folders[: index + 1])}`"
        return None

    def _codeowner(self, path: str) -> Label | None:
        for rule in reversed(self.settings.codeowners):
            if owns_path(rule.pattern, path):
                teams = [owner.rpartition("/")[2] for owner in rule.owners if owner.startswith("@") and "/" in owner]
                return Label(self._team_name(teams[0]), f"CODEOWNERS `{rule.pattern}`", rule.place) if teams else None
        return None


def _compiled(environments: tuple[EnvironmentPattern, ...]) -> tuple[WordPattern, ...]:
    return tuple(pattern for entry in environments for pattern in patterns(entry.name, entry.patterns or (entry.name,)))


def _explicit_team(node: Node) -> Label | None:
    for fact in node.facts:
        for field in ("team", "owner"):
            if (value := _text(getattr(fact, field, None))) is not None and not isinstance(fact, Team):
                return Label(value, f"label `{value}`", _label_place(fact, field))
    return None


def _label_place(fact: Any, field: str) -> Place | None:
    find = getattr(fact, "field_place", None)
    place = find(field) if find is not None else getattr(fact, "place", None)
    return place if isinstance(place, Place) else None


def _tagged(node: Node, wanted: tuple[str, ...]) -> Iterator[tuple[str, str, Place | None]]:
    for fact in node.facts:
        tags = getattr(fact, "tags", None)
        if not tags:
            continue
        folded = {name.casefold(): (name, value) for name, value in tags.items()}
        for tag in wanted:
            name, value = folded.get(tag, ("", None))
            if (text := _text(value)) is not None:
                yield name, text, getattr(fact, "place", None)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _is_terraform(fact: Any) -> bool:
    place = getattr(fact, "place", None)
    return isinstance(place, Place) and place.path.endswith((".tf", ".tf.json", ".tofu", ".tofu.json"))

"""Environments and teams of nodes, each with what found it (semantics F1, F1a).

The sources, first that answers: an explicit label; tags; the account's entry; the name; the path; the Terraform
workspace; CODEOWNERS (teams). Descriptions and comments are never a source.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import cached_property

from iamlint.graph.builder import GraphBuilder
from iamlint.graph.elements import EdgeKind, Label, Node, NodeKind
from iamlint.graph.label_facts import explicit, labelling, tagged, tags_of, text_of
from iamlint.graph.label_settings import EnvironmentPattern, LabelSettings, Workspace
from iamlint.graph.label_texts import OwnerRules, label_names, team_slug
from iamlint.graph.words import WordPattern, patterns, shown_in
from iamlint.model.aws import Account
from iamlint.model.estate import Estate
from iamlint.source.place import Place
from iamlint.source.value import key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    _Shown: TypeAlias = tuple[str, str]  # a label, and what shows it

    from iamlint.graph.label_facts import Tags
    from iamlint.model.identity import Team

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
        self._paths: dict[tuple[str | None, str | None], tuple[_Shown | None, _Shown | None]] = {}
        self._folders: dict[tuple[str, bool], _Shown | None] = {}
        self._owners = OwnerRules(settings.codeowners)

    def run(self) -> None:
        unlabelled = {NodeKind.ENVIRONMENT, NodeKind.TEAM, NodeKind.POLICY}
        nodes = [node for node in self.builder.nodes.values() if node.kind not in unlabelled and not self._is_plain_person(node)]
        self._declared_teams(nodes)
        for node in nodes:
            facts = labelling(node.facts)
            tags = tags_of(facts) if facts else ()
            # Where something is only mentioned says nothing of what it is.
            by_place = self._by_place(node) if node.declared else (None, None)
            node.environment = self._environment(node, facts, tags, by_place[0])
            if node.team is None:
                node.team = self._team(node, facts, tags, by_place[1])
        for node_id, original in self.builder.stands_for.items():
            node = self.builder.nodes[node_id]
            node.environment, node.team = original.environment, original.team
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
        if node.kind is not NodeKind.USER:
            return False
        for fact in node.facts:
            if type(fact).__name__ != "Person":
                return False
        return "arn:" not in node.id and node.id not in self.builder.accounts

    # environments

    def _environment(self, node: Node, facts: Sequence[Any], tags: Sequence[Tags], by_place: _Shown | None) -> Label | None:
        if facts and (found := explicit(facts, _ENVIRONMENT, "Account")):
            return Label(self._canonical(found[0]), f"label `{found[0]}`", found[1])
        if node.kind is NodeKind.USER and "arn:" not in node.id:
            return None  # people belong to no environment, whatever their names or the folder in which they are declared
        if tags and (tag := tagged(tags, ENVIRONMENT_TAGS)):
            return Label(self._canonical(tag[1]), f"tag `{tag[0]}`", tag[2])
        account = self._account(node)
        if account is not None:
            if (value := text_of(account.environment)) is not None:
                return Label(self._canonical(value), f"account `{key(account.id)}`", account.place)
            if isinstance(account.name, str) and (shown := shown_in(account.name, self.environments)):
                return Label(shown, f"account name `{account.name}`", account.place)
        for name in label_names(node) if node.declared or not self._is_foreign(node) else ():
            if shown := shown_in(name, self.environments):
                return Label(shown, f"name `{name}`", node.place)
        if by_place:
            return Label(by_place[0], by_place[1], node.place)
        workspace = self.settings.workspace if node.declared else None
        if workspace and self._is_made_by(workspace, node) and (shown := shown_in(workspace.name, self.environments)):
            return Label(shown, f"{workspace.kind} `{workspace.name}`", node.place)
        return None

    def _is_foreign(self, node: Node) -> bool:
        """Return whether what is only named is a principal of another's account: what a vendor calls prod is the vendor's."""
        if ":iam::" not in node.id:
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
        teams = [(team, key(team.name)) for team in self.estate.named("Team")]
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
            if _explicit_team(node.facts) is not None:
                continue
            rest = node.id.partition(":")[2]
            if node.kind is NodeKind.GROUP:
                found = groups.get(rest) or groups.get(node.name)
            elif node.kind is NodeKind.PROJECT and not rest.endswith("/*"):
                forms = (rest, rest.partition("/")[2], node.name)  # `grafana/folder/shop`, `folder/shop`, `shop`
                found = next((exact[form] for form in forms if form in exact), None)
                if found is None:
                    found = next(
                        ((team, name) for glob, team, name in globs if any(fnmatchcase(form, glob) for form in forms)), None
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
        names = [key(team.name) for team in self.estate.named("Team")] + [team.name for team in self.settings.teams]
        return {team_slug(name): name for name in names}

    def _team(self, node: Node, facts: Sequence[Any], tags: Sequence[Tags], by_place: _Shown | None) -> Label | None:
        listed = _explicit_team(facts) if facts else None
        if listed is not None:
            return listed
        if tags and (tag := tagged(tags, TEAM_TAGS)):
            return Label(self._team_name(tag[1]), f"tag `{tag[0]}`", tag[2])
        account = self._account(node)
        if account is not None and (team := text_of(account.team)) is not None:
            return Label(team, f"account `{key(account.id)}`", account.place)
        if node.kind is NodeKind.USER and "arn:" not in node.id:
            return None  # a person's teams are those of their groups
        for name in label_names(node) if self.teams else ():
            if shown := shown_in(name, self.teams):
                return Label(shown, f"name `{name}`", node.place)
        if node.kind is NodeKind.BOT and node.id.startswith("bot:github/") and (runs := self._of_repository(node)):
            return runs
        if not node.declared:
            return None
        if by_place:
            return Label(by_place[0], by_place[1], node.place)
        for path in self._locations(node) if self.settings.codeowners else ():
            if owned := self._codeowner(path):
                return owned
        return None

    def _of_repository(self, node: Node) -> Label | None:
        """Return the team that runs the repository of a pipeline, where it is one."""
        repository = node.name.removeprefix("github/").partition(":")[0]
        running = [
            one
            for one in self.estate.named("RepositoryTeam")
            if one.permission in ("admin", "maintain") and key(one.repository) in (repository, repository.rpartition("/")[2])
        ]
        teams = {key(one.team) for one in running}
        if len(teams) == 1:
            return Label(self._team_name(teams.pop()), f"runs the repository `{repository}`", running[0].place)
        return None

    # paths

    def _locations(self, node: Node) -> list[str]:
        found = [] if node.unit is None else [node.unit]
        if node.place is not None and node.place.path not in found:
            found.append(node.place.path)
        return [path for path in found if path]

    def _by_place(self, node: Node) -> tuple[_Shown | None, _Shown | None]:
        """Return the environment and the team that the first path shows which shows any; many nodes share the file."""
        at = (node.unit, node.place.path if node.place is not None else None)
        found = self._paths.get(at)
        if found is None:
            paths = self._locations(node)
            found = self._paths[at] = (self._first(paths, False), self._first(paths, True))
        return found

    def _first(self, paths: list[str], team: bool) -> _Shown | None:
        found = (self._read_path(path, team) for path in paths)
        return next((shown for shown in found if shown is not None), None)

    def _read_path(self, path: str, team: bool) -> _Shown | None:
        entries: tuple[Any, ...] = self.settings.teams if team else self.settings.environments
        for entry in entries:
            for glob in entry.paths:
                if fnmatchcase(path, glob) or fnmatchcase(path + "/", glob):
                    return entry.name, f"path `{glob}`"
        known = self.teams if team else self.environments
        folder, _, name = path.rpartition("/")
        stem, _, extension = name.partition(".")
        if extension:
            # Of a file's name, only one that is the environment and nothing else: `prod.tf`, not `test_roles.tf`.
            alone = any(pattern.words == (stem.casefold(),) for pattern in known)
            shown = shown_in(stem, known) if alone else None
            return (shown, f"path `{path}`") if shown is not None else self._read_folder(folder, team)
        return self._read_folder(path, team)

    def _read_folder(self, path: str, team: bool) -> _Shown | None:
        """Return what the innermost folder shows that shows something."""
        found: _Shown | None = None
        asked: list[str] = []
        while path and (path, team) not in self._folders:
            asked.append(path)
            above, _, name = path.rpartition("/")
            shown = shown_in(name, self.teams if team else self.environments)
            if shown is not None:
                found = shown, f"path `{path}`"
                break
            path = above
        else:
            found = self._folders[path, team] if path else None
        for folder in asked:
            self._folders[folder, team] = found
        return found

    def _codeowner(self, path: str) -> Label | None:
        rule = self._owners.of(path)
        teams = [owner.rpartition("/")[2] for owner in rule.owners if owner.startswith("@") and "/" in owner] if rule else ()
        return Label(self._team_name(teams[0]), f"CODEOWNERS `{rule.pattern}`", rule.place) if rule and teams else None


def _compiled(environments: tuple[EnvironmentPattern, ...]) -> tuple[WordPattern, ...]:
    return tuple(pattern for entry in environments for pattern in patterns(entry.name, entry.patterns or (entry.name,)))


_ENVIRONMENT, _TEAM = ("environment",), ("team", "owner")


def _explicit_team(facts: Iterable[Any]) -> Label | None:
    found = explicit(facts, _TEAM, "Team")
    return None if found is None else Label(found[0], f"label `{found[0]}`", found[1])


def _is_terraform(fact: Any) -> bool:
    place = getattr(fact, "place", None)
    return isinstance(place, Place) and place.path.endswith((".tf", ".tf.json", ".tofu", ".tofu.json"))

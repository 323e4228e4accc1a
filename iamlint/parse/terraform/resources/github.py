"""`github_team*` and `github_membership`: teams, who is in them, and which repositories they run."""

from __future__ import annotations

from iamlint.model.identity import Administration, Group, Membership, Person
from iamlint.model.sign_in import RepositoryTeam
from iamlint.parse.identity.github_names import PROVIDER, account, slug_of
from iamlint.parse.terraform.attributes import nested, not_in_repository, place_of, text, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.references import identifiers
from iamlint.source.place import Place
from iamlint.source.value import Unknown, Value, key


def team(instance: Instance, declared: Declared) -> None:
    """Add a team, by its slug; whoever is in a team below is in the one above."""
    name = text(instance, "name") if instance.mode == "managed" else text(instance, "slug")
    slug = slug_of(name) if name is not None else not_in_repository(instance, declared.unit, "slug")
    ids = (*identifiers(instance, declared, "id", "node_id", "slug"), *((name,) if name is not None and name != slug else ()))
    label = slug if isinstance(slug, str) else None
    declared.add(Group(PROVIDER, slug, instance.place, declared.unit, ids=ids, team=label, declared=instance.mode == "managed"))
    parent = text(instance, "parent_team_id")
    if parent is not None and parent != "" and instance.mode == "managed":
        place = place_of(instance, "parent_team_id")
        declared.add(Membership(PROVIDER, parent, slug, "group", place, declared.unit))


def team_membership(instance: Instance, declared: Declared) -> None:
    """Add a member to a team."""
    team_id = text(instance, "team_id")
    if team_id is not None:
        _add_member(team_id, instance.body, place_of(instance, "username"), False, declared)


def team_members(instance: Instance, declared: Declared) -> None:
    """Add the members of a team, all of them."""
    team_id = text(instance, "team_id")
    for block in nested(instance, "members"):
        if team_id is not None and isinstance(block.value, Unknown):
            declared.add(Membership(PROVIDER, team_id, block.value, "user", block.place, declared.unit, exclusive=True))
        elif team_id is not None:
            found = written(block, "username")
            _add_member(team_id, block, block.place if found is None else found.place, True, declared)


def _add_member(team_id: Value, body: Located, place: Place, exclusive: bool, declared: Declared) -> None:
    name = text(body, "username")
    if name is None:
        return
    person = account(name)
    declared.add(Membership(PROVIDER, team_id, person, "user", place, declared.unit, exclusive))
    if text(body, "role") == "maintainer":
        declared.add(Administration(PROVIDER, person, "user", "maintainer", (team_id,), place, declared.unit))


def membership(instance: Instance, declared: Declared) -> None:
    """Add a member of the organization; an owner changes every team."""
    name = text(instance, "username")
    if name is None:
        return
    person = account(name)
    declared.add(Person(PROVIDER, person, "active", instance.place, declared.unit, ids=(name,)))
    if text(instance, "role") == "admin":
        declared.add(Administration(PROVIDER, person, "user", "admin", None, place_of(instance, "role"), declared.unit))


def team_repository(instance: Instance, declared: Declared) -> None:
    """Add which repository a team runs."""
    team_id, repository = text(instance, "team_id"), text(instance, "repository")
    if team_id is not None and repository is not None:
        permission = text(instance, "permission") or "pull"
        declared.add(RepositoryTeam(repository, _slug(team_id, declared), key(permission), instance.place, declared.unit))


def collaborators(instance: Instance, declared: Declared) -> None:
    """Add which teams run a repository, all of them."""
    repository = text(instance, "repository")
    for block in nested(instance, "team"):
        team_id = None if isinstance(block.value, Unknown) else text(block, "team_id")
        if repository is not None and team_id is not None:
            permission = key(text(block, "permission") or "push")
            declared.add(RepositoryTeam(repository, _slug(team_id, declared), permission, block.place, declared.unit))


def _slug(team_id: Value, declared: Declared) -> Value:
    """Return the slug of a team that is named by any of its ids."""
    for mode in ("managed", "data"):
        for instance in declared.all("github_team", mode):
            if key(team_id) in {key(value) for value in identifiers(instance, declared, "id", "node_id", "slug")}:
                name = text(instance, "name") if mode == "managed" else text(instance, "slug")
                return slug_of(name) if name is not None else team_id
    return team_id


def synchronized(instance: Instance, declared: Declared) -> None:
    """Add the groups of the identity provider that fill a team."""
    team_slug = text(instance, "team_slug")
    for block in nested(instance, "group"):
        name = None if isinstance(block.value, Unknown) else text(block, "group_name") or text(block, "group_id")
        if team_slug is not None and name is not None:
            declared.add(Membership(PROVIDER, team_slug, name, "group", block.place, declared.unit, exclusive=True))


READERS = {
    ("managed", "github_team"): team,
    ("data", "github_team"): team,
    ("managed", "github_team_membership"): team_membership,
    ("managed", "github_team_members"): team_members,
    ("managed", "github_membership"): membership,
    ("managed", "github_team_repository"): team_repository,
    ("managed", "github_repository_collaborators"): collaborators,
    ("managed", "github_team_sync_group_mapping"): synchronized,
}

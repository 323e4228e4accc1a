"""Estates of any size in text, for what must stay readable and fast when there is much of it."""

from __future__ import annotations

import random
from pathlib import Path

_ENVIRONMENTS = ("dev", "staging", "prod")


def write_estate(folder: Path, nodes: int, seed: int = 1) -> None:
    """Write a repository of about so many nodes: people in groups, groups mapped to projects, roles that read tokens."""
    dice = random.Random(seed)
    teams = [f"team{number:02}" for number in range(max(2, nodes // 60))]
    projects = [f"{team}-{environment}" for team in teams for environment in _ENVIRONMENTS]
    groups = [f"eng-{team}" for team in teams] + [f"oncall-{team}" for team in teams]
    roles = nodes // 8
    people = max(4, nodes - len(projects) - len(groups) - len(teams) - 2 * roles)
    (folder / "access").mkdir(parents=True)
    lines = ["apiVersion: iamlint/v1", "kind: Identities", "provider: okta", "groups:"]
    lines += [f"  - {{name: {name}, team: {name.split('-')[1]}}}" for name in groups]
    lines.append("users:")
    for number in range(people):
        team = dice.choice(teams)
        member = [f"eng-{team}", *([f"oncall-{team}"] if dice.random() < 0.2 else [])]
        if dice.random() < 0.02:
            member.append(f"eng-{dice.choice(teams)}")
        lines.append(f"  - {{email: person{number:05}@acme.example, status: active, groups: [{', '.join(member)}]}}")
    (folder / "access/identities.access.yaml").write_text("\n".join(lines) + "\n")
    lines = ["apiVersion: iamlint/v1", "kind: Teams", "teams:"]
    lines += [f'  - {{name: {team}, groups: [eng-{team}, oncall-{team}], projects: ["{team}-*"]}}' for team in teams]
    (folder / "access/teams.access.yaml").write_text("\n".join(lines) + "\n")
    lines = ["apiVersion: iamlint/v1", "kind: Telemetry", "vendor: lightstep", "organization: acme", "projects:"]
    lines += [
        f"  - {{name: {name}, environment: {name.rpartition('-')[2]}, owner: {name.rpartition('-')[0]}}}" for name in projects
    ]
    lines.append("mappings:")
    for team in teams:
        given = [f"{team}-dev: Project Editor", f"{team}-staging: Project Editor", f"{team}-prod: Project Viewer"]
        if dice.random() < 0.1:
            given.append(f"{dice.choice(teams)}-dev: Project Viewer")
        roles_given = ", ".join(dict.fromkeys(given))
        lines.append(
            f"  - {{attribute: groups, value: eng-{team}, organization_role: Organization Restricted Member, project_roles: {{{roles_given}}}}}"
        )
    lines.append("credentials:")
    for number in range(roles):
        project = dice.choice(projects)
        arn = f"arn:aws:iam::{_account(project)}:role/service-{number:05}"
        lines.append(
            f'  - {{name: ingest-{number:05}, kind: access-token, project: {project}, use: ingest, held_by: ["role:{arn}"], last_rotated: 2026-06-01}}'
        )
    (folder / "access/telemetry.access.yaml").write_text("\n".join(lines) + "\n")
    lines = ["apiVersion: iamlint/v1", "kind: Accounts", "accounts:"]
    lines += [f'  - {{id: "{_account("x-" + name)}", name: acme-{name}, environment: {name}}}' for name in _ENVIRONMENTS]
    (folder / "access/accounts.access.yaml").write_text("\n".join(lines) + "\n")


def _account(project: str) -> str:
    return str(_ENVIRONMENTS.index(project.rpartition("-")[2]) + 1) * 12

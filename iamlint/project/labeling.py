"""Configuration and CODEOWNERS become what the labels of the graph need."""

from __future__ import annotations

from iamlint.graph.label_settings import (
    DEFAULT_ENVIRONMENTS,
    CodeownersRule,
    EnvironmentPattern,
    LabelSettings,
    TeamPattern,
    Workspace,
)
from iamlint.lint.gate import Gate
from iamlint.project.config import Config
from iamlint.source.files import Files

CODEOWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where the forge looks for the file; the first one counts (GitHub Docs: About code owners)."""


def label_settings(config: Config, files: Files) -> LabelSettings:
    """Return how environments and teams are told: configured, else by the usual names."""
    environments = tuple(
        EnvironmentPattern(entry["name"], tuple(entry.get("patterns") or ()), tuple(entry.get("paths") or ()))
        for entry in config.environments
    )
    teams = tuple(
        TeamPattern(entry["name"], tuple(entry.get("patterns") or ()), tuple(entry.get("paths") or ())) for entry in config.teams
    )
    workspace = Workspace(config.workspace) if config.workspace else None
    return LabelSettings(environments or DEFAULT_ENVIRONMENTS, teams, _codeowners(files), workspace)


def _codeowners(files: Files) -> tuple[CodeownersRule, ...]:
    for path in CODEOWNERS:
        data = files.read(path)
        if data is not None:
            from iamlint.parse.identity.codeowners import parse_codeowners

            return tuple(CodeownersRule(entry.pattern, entry.owners, entry.place) for entry in parse_codeowners(data, path))
    return ()


def suppression_gate(config: Config, files: Files) -> Gate:
    """Return which suppressions count; an owner of suppressions must own the file that holds one."""
    entries = _codeowners(files)

    def owners_of(path: str) -> tuple[str, ...]:
        from iamlint.parse.identity.codeowners import covers

        return next((entry.owners for entry in reversed(entries) if covers(entry.pattern, path)), ())

    return Gate(config.inline_suppressions, config.suppression_owners, owners_of)

"""What the configuration says of environments and teams."""

from __future__ import annotations

from iamlint.source.place import Place
from iamlint.source.record import NamedTuple


class EnvironmentPattern(NamedTuple):
    """An environment: words that show it in names (empty: its own name), and globs of paths that belong to it."""

    name: str
    patterns: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


class TeamPattern(NamedTuple):
    """A team: words that show it in names, and globs of paths that it owns."""

    name: str
    patterns: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


class CodeownersRule(NamedTuple):
    """One line of a CODEOWNERS file; later lines win."""

    pattern: str
    owners: tuple[str, ...]
    place: Place


DEFAULT_ENVIRONMENTS = (
    EnvironmentPattern("dev", ("dev", "develop", "development", "devel", "sandbox", "sbx")),
    EnvironmentPattern("test", ("test", "testing", "qa")),
    EnvironmentPattern("staging", ("staging", "stage", "stg", "uat", "preprod", "pre-prod", "preproduction", "pre-production")),
    EnvironmentPattern("prod", ("prod", "production", "prd")),
)
"""From the laxest to the strictest."""


class Workspace(NamedTuple):
    """A Terraform workspace, or a variant by its name, and the units that it makes what they are (None: all of Terraform)."""

    name: str
    kind: str = "workspace"
    units: frozenset[str] | None = None


class LabelSettings(NamedTuple):
    """What the configuration says of environments (laxest first) and teams. `workspace` is that of the Terraform units."""

    environments: tuple[EnvironmentPattern, ...] = DEFAULT_ENVIRONMENTS
    teams: tuple[TeamPattern, ...] = ()
    codeowners: tuple[CodeownersRule, ...] = ()
    workspace: Workspace | None = None

    def strictness(self, environment: str) -> int | None:
        """Return how strict an environment is (0: the laxest), or None for one that is in no order."""
        return next((index for index, known in enumerate(self.environments) if known.name == environment), None)

"""A generated estate of any size: people in groups, groups mapped to projects, roles that trust roles and people."""

from __future__ import annotations

import random
import sys
import time
from resource import RUSAGE_SELF, getrusage
from typing import Any

from iamlint.graph.access_graph import AccessGraph
from iamlint.model.estate import Estate, Facts
from iamlint.model.identity import Group, Membership, Person
from iamlint.model.telemetry import RoleGrant, ScopeMapping, TelemetryProject
from iamlint.parse.telemetry.grants import known_roles
from iamlint.source.place import Place

GROUPS_EACH = 5


def estate(nodes: int, seed: int = 1) -> Estate:
    """Return an estate of about so many nodes: nine tenths people, five groups each, the rest groups and projects."""
    dice = random.Random(seed)
    users, groups, projects = nodes * 9 // 10, nodes * 8 // 100, nodes * 2 // 100
    facts = Facts("directory.json", "scim", ("directory.json",))
    for number in range(groups):
        facts.add(Group("okta", f"group-{number}", Place("directory.json", ("groups", number)), facts.unit))
    # Teams hire into the same sets of groups: people with the same groups are many.
    sets = [tuple(dice.randrange(groups) for _ in range(GROUPS_EACH)) for _ in range(max(1, users // 20))]
    for number in range(users):
        email = f"user-{number}@acme.example"
        facts.add(Person("okta", email, "active", Place("directory.json", ("users", number)), facts.unit))
        for position, group in enumerate(dice.choice(sets)):
            place = Place("directory.json", ("users", number, "groups", position))
            facts.add(Membership("okta", f"group-{group}", email, "user", place, facts.unit))
    telemetry = Facts("telemetry.access.yaml", "manifest", ("telemetry.access.yaml",))
    viewer = known_roles("lightstep")["Project Viewer"]
    for number in range(projects):
        telemetry.add(TelemetryProject("lightstep", f"project-{number}", Place("telemetry.access.yaml", ("projects", number)), telemetry.unit, organization="acme"))
    for number in range(groups):
        place = Place("telemetry.access.yaml", ("mappings", number))
        grants = tuple(
            RoleGrant("Project Viewer", viewer, f"project-{dice.randrange(projects)}", place, place) for _ in range(GROUPS_EACH)
        )
        telemetry.add(ScopeMapping("lightstep", "acme", "member_of", f"group-{number}", grants, place, telemetry.unit, "telemetry.access.yaml"))
    return Estate([facts, telemetry])


def main() -> int:
    """Build, close and ask once; print the seconds and the memory."""
    import gc

    gc.disable()
    size = int(sys.argv[1])
    started = time.process_time()
    made = estate(size)
    loaded, before = time.process_time(), _mebibytes()
    from iamlint.graph.link import build_graph

    graph = build_graph(made)
    built = time.process_time()
    projects = [node for node in graph.nodes() if node.id.startswith("project:")]
    graph.closure(projects)
    closed = time.process_time()
    graph.who_can("telemetry:read", projects[len(projects) // 2].id)
    asked = time.process_time()
    graph.reached_by(projects[len(projects) // 3])
    again = time.process_time()
    print(f"nodes {len(graph.nodes())} edges {len(graph.edges())} model {loaded - started:.2f} s {before:.0f} MiB; "
          f"build {built - loaded:.2f} s; closure {closed - built:.2f} s; who_can {asked - closed:.3f} s; reached_by {again - asked:.3f} s; {_mebibytes():.0f} MiB")
    return 0


def _mebibytes() -> float:
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())

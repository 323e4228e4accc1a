"""A generated estate of any size: people in groups, groups mapped to projects, roles that trust roles and people."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from resource import RUSAGE_SELF, getrusage
from typing import NamedTuple

from iamlint.model.estate import Estate, Facts
from iamlint.model.identity import Group, MembershipList, Person
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
    sets = [
        tuple(f"group-{dice.randrange(groups)}" for _ in range(GROUPS_EACH)) for _ in range(max(1, users // 20))
    ]  # the readers keep equal lists once, too
    for number in range(users):
        email = f"user-{number}@acme.example"
        facts.add(Person("okta", email, "active", Place("directory.json", ("users", number)), facts.unit))
        names = dice.choice(sets)
        place = Place("directory.json", ("users", number, "groups"))
        facts.add(MembershipList("okta", None, email, names, "user", place, facts.unit))
    telemetry = Facts("telemetry.access.yaml", "manifest", ("telemetry.access.yaml",))
    viewer = known_roles("lightstep")["Project Viewer"]
    for number in range(projects):
        telemetry.add(
            TelemetryProject(
                "lightstep",
                f"project-{number}",
                Place("telemetry.access.yaml", ("projects", number)),
                telemetry.unit,
                organization="acme",
            )
        )
    for number in range(groups):
        place = Place("telemetry.access.yaml", ("mappings", number))
        grants = tuple(
            RoleGrant("Project Viewer", viewer, f"project-{dice.randrange(projects)}", place, place) for _ in range(GROUPS_EACH)
        )
        telemetry.add(
            ScopeMapping(
                "lightstep", "acme", "member_of", f"group-{number}", grants, place, telemetry.unit, "telemetry.access.yaml"
            )
        )
    return Estate([facts, telemetry])


class Measured(NamedTuple):
    """CPU seconds of each step, and the memory in MiB after them; `model` is what the estate alone takes."""

    nodes: int
    edges: int
    model: float
    build: float
    closure: float
    networkx: float
    reach: float
    model_memory: float
    memory: float


def measure(nodes: int, *, networkx: bool = True) -> Measured:
    """Measure one size in a process of its own; networkx builds the same graph, with the same values on its edges."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.graph", str(nodes), *(["--networkx"] if networkx else [])],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return Measured(*json.loads(done.stdout))


def main() -> int:
    """Build, close and ask once; print what was measured."""
    import gc

    from iamlint.graph.link import build_graph

    gc.disable()  # as a run does
    small = build_graph(estate(100))  # imports are no node's cost
    small.closure(small.nodes()[-1:])
    small.reached_by(small.nodes()[0])
    clock = time.process_time
    started = clock()
    made = estate(int(sys.argv[1]))
    loaded, model_memory = clock(), _mebibytes()
    graph = build_graph(made)
    built = clock()
    projects = [node for node in graph.nodes() if node.id.startswith("project:")]
    graph.closure(projects)
    closed = clock()
    graph.reached_by(projects[len(projects) // 3])  # the first question builds what serves them all
    ready = clock()
    graph.reached_by(projects[len(projects) // 2])
    asked, memory = clock(), _mebibytes()
    viewed = 0.0
    if "--networkx" in sys.argv:
        import networkx  # noqa: F401  not its import

        from iamlint.graph.view import networkx_view

        nodes, edges = graph.nodes(), list(graph.edges())  # the values that hang on it are not its work
        before = clock()
        networkx_view(nodes, edges)
        viewed = clock() - before
    print(json.dumps([
        len(graph.nodes()), len(graph.edges()), loaded - started, built - loaded, closed - built, viewed, asked - ready,
        model_memory, memory,
    ]))  # fmt: skip
    return 0


def _mebibytes() -> float:
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())

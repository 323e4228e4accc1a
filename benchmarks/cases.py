"""The benchmarks. Each prints its ratios beside its targets and returns whether all were met."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import decisions, graph, inputs
from benchmarks import terraform as trees
from benchmarks.history import git_history
from benchmarks.peers import peer, without_breakers
from benchmarks.services import service_references
from benchmarks.timing import Contender, race, ratio

ROOT = Path(__file__).resolve().parent.parent
IAMLINT = [str(Path(sys.executable).with_name("iamlint"))]
DONE = (0, 1)


def start(rounds: int, peers: bool) -> bool:
    """Time `iamlint --version` against an interpreter that does nothing."""
    taken = race([Contender("python", [sys.executable, "-c", "pass"]), Contender("iamlint", [*IAMLINT, "--version"])], rounds)
    return _met("iamlint --version ÷ python -c pass", ratio(taken, "iamlint", "python"), 4.5)


def one_file(rounds: int, peers: bool) -> bool:
    """Time one policy in JSON, one .tf, one YAML, all rules, nothing cached."""
    estate = ROOT / "examples" / "estate"
    met = True
    for title, source, limit in (
        ("one JSON policy", estate / "policies" / "operations.json", 7),
        ("one .tf", estate / "infra" / "staging" / "users.tf", 8),
        ("one YAML policy", estate / "policies" / "export.yaml", 8),
    ):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(source, folder)
            taken = race(
                [
                    Contender("python", [sys.executable, "-c", "pass"]),
                    Contender("iamlint", [*IAMLINT, "check", "--no-cache", source.name], folder, (0, 1, 3)),
                ],
                rounds,
            )
        met &= _met(f"{title}: iamlint check ÷ python -c pass", ratio(taken, "iamlint", "python"), limit)
    return met


def managed(rounds: int, peers: bool) -> bool:
    """Time every AWS managed policy, all rules, cold, one core: against the floor, and with `--peers` against the peers."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "managed"
        count = inputs.managed_policies(folder)
        print(f"{count} AWS managed policies, {sum(path.stat().st_size for path in folder.iterdir()) / 1e6:.1f} MB")
        # Pinned to one core like the floor, so that workers cannot help.
        core = max(os.sched_getaffinity(0))
        iamlint = Contender("iamlint", [*IAMLINT, "check", "--no-cache", "--jobs", "1", "managed"], temporary, DONE, cpu=core)
        floor = Contender("floor", [sys.executable, str(ROOT / "benchmarks" / "floor.py"), "managed"], temporary, cpu=core)
        taken = race([floor, iamlint], rounds)
        print(f"iamlint {taken['iamlint'].middle:.2f} s, {count / taken['iamlint'].middle:.0f} files/s")
        met = _met("iamlint ÷ floor", ratio(taken, "iamlint", "floor"), 12)
        met &= _met("iamlint, peak MiB", taken["iamlint"].peak, 120)
        if peers:
            for contender, limit in _managed_peers(folder, core):
                taken = race([iamlint, contender], max(1, rounds // 5))
                title = f"iamlint ÷ {contender.name} ({taken[contender.name].middle:.1f} s)"
                met &= _met(title, ratio(taken, "iamlint", contender.name), limit)
    return met


def _managed_peers(folder: Path, core: int) -> list[tuple[Contender, float]]:
    where = str(folder.parent)
    found: list[tuple[Contender, float]] = []
    if program := peer("cloudsplaining", "cloudsplaining"):
        details = folder.parent / "account.json"
        details.write_text(json.dumps(_account(folder)))
        command = [program, "scan", "--input-file", str(details), "--output", where, "--skip-open-report"]
        found.append((Contender("cloudsplaining", command, where, (0, 1), cpu=core), 0.15))
    if program := peer("parliament", "parliament"):
        command = [program, "--directory", str(without_breakers(program, folder)), "--minimal"]
        found.append((Contender("parliament", command, where, (0, 1), cpu=core), 0.1))
    if program := peer("iam-policy-validator", "iam-validator"):
        services = folder.parent / "services"
        service_references(services)
        command = [program, "validate", "--path", str(folder), "-f", "json", "--aws-services-dir", str(services)]
        found.append((Contender("iam-policy-validator", command, where, (0, 1), cpu=core), 0.01))
    return found


def _account(folder: Path) -> dict[str, object]:
    """Return the policies as the authorization details of an account, which is what cloudsplaining scans."""
    policies = [
        {
            "PolicyName": path.stem, "PolicyId": f"ANPA{number:017}", "Path": "/",
            "Arn": f"arn:aws:iam::111111111111:policy/{path.stem}",
            "DefaultVersionId": "v1", "AttachmentCount": 1, "IsAttachable": True, "PermissionsBoundaryUsageCount": 0,
            "CreateDate": "2026-01-01T00:00:00+00:00", "UpdateDate": "2026-01-01T00:00:00+00:00",
            "PolicyVersionList": [{
                "Document": json.loads(path.read_text()), "VersionId": "v1", "IsDefaultVersion": True,
                "CreateDate": "2026-01-01T00:00:00+00:00",
            }],
        }
        for number, path in enumerate(sorted(folder.glob("*.json")))
    ]  # fmt: skip
    return {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": policies}


def terraform(rounds: int, peers: bool) -> bool:
    """Time a tree of 5,000 generated .tf files, or real ones, cold, against tree-sitter alone on those that bear on access."""
    return trees.terraform(IAMLINT, rounds, peers, _met)


def cloudformation(rounds: int, peers: bool) -> bool:
    """Time a thousand generated templates, or real ones, cold, against libyaml alone, and with `--peers` against cfn-lint."""
    real = [path for path in os.environ.get("IAMLINT_BENCH_TEMPLATES", "").split(os.pathsep) if path]
    met = True
    for folder in real:
        iamlint = Contender("iamlint", [*IAMLINT, "check", "--no-cache", "--exit-zero", "-q", "."], folder, (0, 3))
        taken = race([Contender("libyaml alone", [sys.executable, "-c", _PARSE_YAML], folder), iamlint], rounds)
        print(f"iamlint {taken['iamlint'].middle:.2f} s, {taken['iamlint'].peak:.0f} MiB")
        met &= _met(f"{Path(folder).name}: iamlint ÷ libyaml and json alone", ratio(taken, "iamlint", "libyaml alone"), 4)
    if real:
        return met
    with tempfile.TemporaryDirectory() as temporary:
        inputs.cloudformation_tree(Path(temporary), 1000)
        iamlint = Contender("iamlint", [*IAMLINT, "check", "--no-cache", "--exit-zero", "-q", "."], temporary)
        taken = race([Contender("libyaml alone", [sys.executable, "-c", _PARSE_YAML], temporary), iamlint], rounds)
        print(f"iamlint {taken['iamlint'].middle:.2f} s, {taken['iamlint'].peak:.0f} MiB")
        met = _met("cloudformation: iamlint ÷ libyaml alone", ratio(taken, "iamlint", "libyaml alone"), 4)
        if peers and (program := peer("cfn-lint", "cfn-lint")):
            names = sorted(os.listdir(temporary))
            lint = Contender("cfn-lint", [program, "-f", "quiet", *names], temporary, tuple(range(16)))
            taken = race([iamlint, lint], 1, warm=False)
            title = f"cloudformation: iamlint ÷ cfn-lint ({taken['cfn-lint'].processor[0]:.0f} s), processor time"
            met &= _met(title, ratio(taken, "iamlint", "cfn-lint", processor=True), 0.02)
    return met


def hook_warm(rounds: int, peers: bool) -> bool:
    """Time an unchanged repository of 10,000 files, against an idle interpreter and against the cold run."""
    with tempfile.TemporaryDirectory() as temporary:
        _policy_repository(Path(temporary))
        check = [*IAMLINT, "check", "--exit-zero", "-q"]
        taken = race(
            [
                Contender("python", [sys.executable, "-c", "pass"]),
                Contender("cold", [*check, "--no-cache"], temporary),
                Contender("warm", check, temporary),
            ],
            rounds,
        )
    met = _met("warm ÷ python -c pass", ratio(taken, "warm", "python"), 12)
    return met & _met("warm ÷ cold", ratio(taken, "warm", "cold"), 0.15)


_EDIT = """
import json, time
path = "policies/050/p05000.json"
with open(path) as file:
    policy = json.load(file)
policy["Statement"][0]["Sid"] = f"At{time.time_ns()}"
with open(path, "w") as file:
    json.dump(policy, file, indent=2)
"""


def hook_edit(rounds: int, peers: bool) -> bool:
    """Time the repository of hook-warm after an edit of one policy file, against an idle interpreter."""
    with tempfile.TemporaryDirectory() as temporary:
        _policy_repository(Path(temporary))
        taken = race(
            [
                Contender("python", [sys.executable, "-c", "pass"]),
                Contender("edit", [*IAMLINT, "check", "--exit-zero", "-q"], temporary, before=[sys.executable, "-c", _EDIT]),
            ],
            rounds,
        )
    return _met("after an edit ÷ python -c pass", ratio(taken, "edit", "python"), 16)


def _policy_repository(folder: Path) -> None:
    """Make a git repository of 10,000 policy files."""
    inputs.json_tree(folder, 10_000)
    identity = ["-c", "user.name=b", "-c", "user.email=b@acme.example"]
    for command in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-q", "-m", "b"]):
        subprocess.run(["git", *command], cwd=folder, check=True)


_PARSE_YAML = """
import json, os, yaml
for folder, folders, names in os.walk("."):
    folders[:] = [name for name in folders if not name.startswith(".")]
    for name in names:
        if not name.endswith((".json", ".yaml", ".yml", ".template")):
            continue
        data = open(os.path.join(folder, name), "rb").read()
        try:
            if name.endswith(".json") or data.lstrip()[:1] == b"{":
                json.loads(data)
            else:
                for event in yaml.parse(data, yaml.CBaseLoader):
                    pass
        except (ValueError, yaml.YAMLError):
            pass
"""


def simulate(rounds: int, peers: bool) -> bool:
    """Time simple requests through `simulate --batch`."""
    return _all_met(decisions.simulate(rounds))


def compare(rounds: int, peers: bool) -> bool:
    """Time pairs of policies of real size through `compare --batch`."""
    return _all_met(decisions.compare(rounds))


def globs(rounds: int, peers: bool) -> bool:
    """Time the expansion of action patterns, and a hostile pattern."""
    return _all_met(decisions.globs(rounds))


def history(rounds: int, peers: bool) -> bool:
    """Time `iamlint log` over 200 generated commits of a repository of 500 files."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "history"
        git_history(folder, 500, 200)
        taken = race([Contender("log", [*IAMLINT, "log"], str(folder), DONE)], max(1, rounds // 5))
    met = _met("iamlint log, seconds", taken["log"].middle, 60)
    return met & _met("iamlint log, peak MiB", taken["log"].peak, 250)


def graph_build(rounds: int, peers: bool) -> bool:
    """Build and close generated directories of 10,000, 100,000 and a million nodes, five edges each."""
    # Sizes take turns, and the least of each counts: what others do on the machine only adds to it, and to a run of a tenth
    # of a second otherwise than to one of ten seconds.
    runs: dict[int, list[graph.Measured]] = {10_000: [], 100_000: [], 1_000_000: []}
    for _ in range(2):
        for nodes, times in ((10_000, 3), (100_000, 1), (1_000_000, 1), (10_000, 3)):
            runs[nodes] += [graph.measure(nodes, networkx=nodes == 100_000) for _ in range(times)]
    small, middle, large = (min(several, key=lambda one: one.build + one.closure) for several in runs.values())
    for one in (small, middle, large):
        print(
            f"{one.nodes} nodes, {one.edges} edges: build {one.build:.1f} s, closure {one.closure:.1f} s, "
            f"{one.memory:.0f} MiB, of them {one.model_memory:.0f} for the estate"
        )
    met = _met(
        "100,000 nodes: build and closure ÷ networkx building the same", (middle.build + middle.closure) / middle.networkx, 1
    )
    met &= _met("1,000,000 nodes: build and closure, seconds", large.build + large.closure, 30)
    met &= _met("1,000,000 nodes: peak MiB", large.memory, 2048)
    each = [(one.build + one.closure) / one.nodes for one in (small, large)]
    met &= _met("cost of a node, 1,000,000 ÷ 10,000 nodes", each[1] / each[0], 1.5)
    return met & _met("1,000,000 nodes: who reaches a project, ms (`graph-reach`)", 1000 * large.reach, 100)


def _all_met(measures: list[decisions.Measure]) -> bool:
    met = True
    for measure in measures:
        met &= _met(*measure)
    return met


def _met(what: str, value: float, limit: float) -> bool:
    met = value <= limit
    print(f"{'ok  ' if met else 'MISS'} {what}: {value:.3g} (target ≤ {limit:g})")
    return met


CASES: dict[str, Callable[[int, bool], bool]] = {
    "start": start,
    "one-file": one_file,
    "managed": managed,
    "terraform": terraform,
    "cloudformation": cloudformation,
    "hook-warm": hook_warm,
    "hook-edit": hook_edit,
    "simulate": simulate,
    "compare": compare,
    "globs": globs,
    "history": history,
    "graph-build": graph_build,
}

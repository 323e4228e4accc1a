"""The benchmarks of the decision procedure: `simulate`, `compare`, `globs`. Each returns its measures with their targets."""

from __future__ import annotations

import copy
import json
import os
import random
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks import inputs
from benchmarks.timing import Contender, race, ratio

IAMLINT = [str(Path(sys.executable).with_name("iamlint"))]
REQUESTS = 20_000
PAIRS = 500
Measure = tuple[str, float, float]
"""What, how much, at most."""


def simulate(rounds: int) -> list[Measure]:
    """Twenty thousand simple requests through `simulate --batch` on one core, against reading and writing the JSON alone."""
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder, "requests.jsonl")
        lines.write_text("".join(json.dumps(line) + "\n" for line in requests(REQUESTS)))
        taken = _fed(lines, ["simulate", "--batch"], rounds)
    return [
        ("simulate ÷ reading and writing the JSON", ratio(taken, "iamlint", "floor"), 8),
        (f"simulate: seconds for {REQUESTS:,} requests", taken["iamlint"].middle, 1),
    ]


def compare(rounds: int) -> list[Measure]:
    """Five hundred pairs of AWS managed policies, one of each pair mutated, through `compare --batch` on one core."""
    with tempfile.TemporaryDirectory() as folder:
        inputs.managed_policies(Path(folder, "managed"))
        documents = [json.loads(path.read_text()) for path in sorted(Path(folder, "managed").iterdir())]
        lines = Path(folder, "pairs.jsonl")
        lines.write_text("".join(json.dumps(line) + "\n" for line in pairs(documents, PAIRS)))
        taken = _fed(lines, ["compare", "--batch"], rounds)
    return [
        ("compare ÷ reading and writing the JSON", ratio(taken, "iamlint", "floor"), 100),
        (f"compare: seconds for {PAIRS} pairs", taken["iamlint"].middle, 10),
    ]


def globs(rounds: int) -> list[Measure]:
    """Expanding every action pattern of all AWS managed policies against parsing them; a pattern of ten stars."""
    from iamlint.iam.actions import expand
    from iamlint.iam.patterns import compile_pattern, matches

    with tempfile.TemporaryDirectory() as folder:
        inputs.managed_policies(Path(folder, "managed"))
        texts = [path.read_text() for path in sorted(Path(folder, "managed").iterdir())]
    ratios = []
    for _ in range(max(3, rounds)):
        started = perf_counter()
        documents = [json.loads(text) for text in texts]
        parsed = perf_counter() - started
        actions = [action for document in documents for action in _actions(document)]
        expand.cache_clear()
        compile_pattern.cache_clear()
        started = perf_counter()
        for action in actions:
            expand(action)
        ratios.append((perf_counter() - started) / parsed)
    compile_pattern.cache_clear()
    started = perf_counter()
    matches("*a" * 10, "a" * 9 + "b" * 51)
    stars = perf_counter() - started
    return [
        ("globs: expanding every action ÷ parsing the policies", sorted(ratios)[len(ratios) // 2], 4),
        ("globs: ten stars on sixty characters, ms", stars * 1000, 1),
    ]


def requests(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Return requests as `simulate --batch` reads them: a few policies, many resources."""
    dice = random.Random(seed)
    allow = {"Sid": "Read", "Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::secret/*"}
    insecure = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    sets = [[allow], [allow, deny], [allow, insecure], [allow, deny, insecure]]
    return [
        {
            "id": number,
            "request": {
                "principal": f"arn:aws:iam::111111111111:role/app-{number % 7}",
                "action": dice.choice(("s3:GetObject", "s3:PutObject", "s3:ListBucket")),
                "resource": f"arn:aws:s3:::{dice.choice(('logs', 'secret', 'data'))}/{dice.randrange(5000)}",
                "resource_account": "111111111111",
                "context": {"aws:SecureTransport": dice.choice(("true", "false"))},
            },
            "policies": {
                "identity": [{"Version": "2012-10-17", "Statement": dice.choice(sets)}],
                "resource": None, "boundary": None, "session": None, "scp": [], "rcp": [], "endpoint": None,
            },
        }
        for number in range(count)
    ]  # fmt: skip


def pairs(documents: list[dict[str, Any]], count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Return pairs as `compare --batch` reads them: a policy and what became of it."""
    dice = random.Random(seed)
    chosen = [dice.choice(documents) for _ in range(count)]
    return [{"id": number, "old": old, "new": mutated(old, dice)} for number, old in enumerate(chosen)]


def mutated(document: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """Return a document with up to three changes, some of which change nothing that is allowed."""
    document = copy.deepcopy(document)
    if not isinstance(document["Statement"], list):
        document["Statement"] = [document["Statement"]]
    statements = document["Statement"]
    for _ in range(dice.randint(0, 3)):
        statement = dice.choice(statements)
        change = dice.randrange(9)
        actions = statement.get("Action", [])
        if isinstance(actions, str):
            actions = statement["Action"] = [actions]
        if change == 0 and len(actions) > 1:
            actions.pop(dice.randrange(len(actions)))
        elif change == 1 and actions:
            at = dice.randrange(len(actions))
            actions[at] = actions[at] if "*" in actions[at] else f"{actions[at][:-3]}*"
        elif change == 2:
            statement["Resource"] = "arn:aws:s3:::x*"
        elif change == 3:
            statement["Condition"] = {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
        elif change == 4:
            statement.pop("Condition", None)
        elif change == 5:
            statements.append({"Effect": "Deny", "Action": "iam:*", "Resource": "*"})
        elif change == 6 and actions:
            statements.append({"Effect": "Allow", "Action": actions[:1], "Resource": "*"})
        elif change == 7:
            dice.shuffle(statements)
        elif change == 8 and len(actions) > 1:
            half = len(actions) // 2
            statements.append({**copy.deepcopy(statement), "Sid": "Second", "Action": actions[half:]})
            statement["Action"] = actions[:half]
    return document


def _actions(document: dict[str, Any]) -> list[str]:
    statements = document["Statement"]
    found: list[str] = []
    for statement in statements if isinstance(statements, list) else [statements]:
        written = statement.get("Action", statement.get("NotAction", []))
        found += [written] if isinstance(written, str) else written
    return found


_FLOOR = "import json, sys\nfor line in sys.stdin.buffer:\n    json.dumps({'id': json.loads(line)['id']})\n"


def _fed(lines: Path, command: list[str], rounds: int) -> dict[str, Any]:
    """Time a command that reads these lines, and the floor, on one core."""
    core = max(os.sched_getaffinity(0))
    shell = ["sh", "-c", '"$@" < "$0"', str(lines)]
    return race(
        [
            Contender("floor", [*shell, sys.executable, "-c", _FLOOR], cpu=core),
            Contender("iamlint", [*shell, *IAMLINT, *command], cpu=core),
        ],
        rounds,
    )

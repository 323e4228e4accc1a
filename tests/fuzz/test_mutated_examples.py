"""The files of every rule's examples with a few values replaced by hostile ones: whatever stands there, no rule and no join crashes."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping

import pytest

import iamlint_rules
from iamlint.errors import ConfigError
from iamlint.lint.reserved import CRASHED
from iamlint.lint.settings import LoadedRule
from iamlint.project.memory import EXAMPLE_DAY, memory_session
from iamlint.project.options import Options
from iamlint.testing.examples import cases_of, dedented, rules_of

RULES = rules_of(iamlint_rules)
CASES = cases_of(RULES)
VALUE = re.compile(r'"(?:[^"\\\n]|\\.)*"|\b\d+\b|\btrue\b|\bfalse\b|(?<=: )[A-Za-z][\w./:@-]*$', re.MULTILINE)
HOSTILE = [
    '""', '"*"', '"a"', '"é\\u0000"', '"/"', '"@"', '"::"', '"-"', '"."', '".."', '"%"', '"#"', '"\\\\"', '"<a>"', '"[0]"', f'"{"A" * 300}"',
    '"arn:"', '"arn::role/x"', '"arn:aws:iam"', '"arn:aws:iam::1:role/"', '"arn:aws:sts::111111111111:assumed-role"', '"arn:aws:s3:::"',
    '"x:root"', '"a:b:c:d:e:root"', '"999999999999"', '"urn:x"', '"https://"', '"repo:"', '"user:"', '"project:"', '"group:okta/"',
    '"system:serviceaccount:"', '"2026-13-45"', '"0x"', '"$"', '"${"', '"${}"', '"${aws:"', '"${var.nope}"', '"${aws_iam_role.nope.arn}"',
    "null", "true", "0", "-1", "1e400", "[]", "[null]", "[[]]", '["", "*"]', "{}", '{"a":null}', "",
]  # fmt: skip


def mutated(files: Mapping[str, str], chance: random.Random) -> dict[str, str]:
    """Return the files with one to three values replaced: by something hostile, by half of themselves, by another file's value."""
    changed = dict(files)
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        path = chance.choice(sorted(changed))
        values = list(VALUE.finditer(changed[path]))
        if not values:
            continue
        value = chance.choice(values)
        others = [found.group() for found in VALUE.finditer(changed[chance.choice(sorted(changed))])]
        half = value.group()[: max(1, len(value.group()) // 2)] + ('"' if value.group().startswith('"') else "")
        new = chance.choice(
            [chance.choice(HOSTILE), chance.choice(HOSTILE), chance.choice(HOSTILE), half, chance.choice([*others, '""'])]
        )
        changed[path] = changed[path][: value.start()] + new + changed[path][value.end() :]
    return changed


def survives(seed: int) -> None:
    """Run every rule on the example and the mutation that a seed stands for."""
    chance = random.Random(seed)
    files = mutated(dedented(chance.choice(CASES).example.files), chance)
    try:
        session = memory_session(files, Options(as_of=EXAMPLE_DAY, jobs=1, cache=False))
        session.rules = [LoadedRule(rule, "example") for rule in RULES]
        diagnostics = session.check().diagnostics
    except ConfigError:
        return  # a configuration that cannot be read ends a run with a message
    crashed = [made.message for made in diagnostics if made.rule == CRASHED]
    assert not crashed, f"seed {seed}: {crashed}\n{files}"


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_hostile_values_in_real_files_crash_nothing(first: int) -> None:
    for seed in range(first, first + 50):
        survives(seed)


@pytest.mark.long
@pytest.mark.parametrize("first", range(10_000, 40_000, 1_000))
def test_hostile_values_by_the_thousand(first: int) -> None:
    for seed in range(first, first + 1_000):
        survives(seed)

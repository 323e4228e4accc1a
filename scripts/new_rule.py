#!/usr/bin/env python3
"""Scaffold a rule: `python scripts/new_rule.py ENV role-without-owner` takes the next free id of the prefix.

Writes one file with one failing example and prints what to do next. See CONTRIBUTING.md, "Add a rule in six steps".
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE = re.compile(r"([a-z]+)(\d{3})_[a-z0-9_]+\.py")
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+){1,4}")

SKELETON = '''"""{id}: {words}."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Effect, Example, Finding, Severity, rule


@rule(
    id="{id}",
    name="{name}",
    severity=Severity.WARNING,
    since="{since}",
    status="preview",
    bad=[
        Example(
            "say in a few words what is wrong here",
            {{
                "policies/app.yaml": """
                Version: "2012-10-17"
                Statement:
                  - Effect: Allow
                    Action: s3:GetObject  # <- {id}
                    Resource: "*"
                """,
            }},
        ),
    ],
    good=[
        Example(
            "say what makes this one right, though it looks alike",
            {{
                "policies/app.yaml": """
                Version: "2012-10-17"
                Statement:
                  - Effect: Deny
                    Action: s3:GetObject
                    Resource: "*"
                """,
            }},
        ),
    ],
)
def {function}(graph: AccessGraph) -> Iterator[Finding]:
    """Name the defect in one sentence, in the present tense.

    Say why it is bad, to a reader who knows IAM.

    ## What to do instead

    Say what the author should write.

    ## What this rule does not see

    Name what it misses, and where it may be wrong.
    """
    for statement in graph.statements(effect=Effect.ALLOW):
        if False:  # replace this by the question
            yield Finding("say what is, not what should be", statement.place())
'''


def main(argv: list[str] | None = None) -> int:
    """Write the skeleton and print the next steps."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("prefix", help="a prefix of this package: " + ", ".join(owned_prefixes()))
    parser.add_argument("name", help="two to five words in kebab-case that name the defect and read well after `allow`")
    parser.add_argument("--hundred", type=int, help="take the next free id of this hundred (2: IAM201 …)")
    parser.add_argument("--rules", type=Path, default=ROOT / "rules", help=argparse.SUPPRESS)
    given = parser.parse_args(argv)
    prefix = given.prefix.upper()
    if prefix not in owned_prefixes():
        parser.error(f"`{prefix}` is not a prefix of this package; pyproject.toml lists them under `iamlint.rules`")
    if not NAME.fullmatch(given.name):
        parser.error(f"`{given.name}` is not kebab-case of two to five words")
    if taken := name_taken(given.rules, given.name):
        parser.error(f"`{given.name}` is the name of {taken}")
    rule_id = next_id(given.rules, prefix, given.hundred)
    function = given.name.replace("-", "_")
    target = given.rules / f"{rule_id.lower()}_{function}.py"
    words = given.name.replace("-", " ")
    target.write_text(SKELETON.format(id=rule_id, name=given.name, words=words, function=function, since=version()))
    shown = target.relative_to(ROOT) if target.is_relative_to(ROOT) else target
    print(f"wrote {shown}")
    print("next:")
    print("  1. write the bad examples: one for each way of being wrong; the line to flag ends in the id")
    print("  2. write the good examples: one for each way of being nearly wrong")
    print(f"  3. see them fail:       python -m pytest tests/rules -q -k {rule_id}")
    print("  4. write the check and its docstring, until they pass; ask the graph, not the text")
    print("  5. plant the mistake:   examples/estate, and a line in its README.md")
    print("  6. write the pages:     python scripts/build_docs.py && python scripts/build_readme.py")
    return 0


def owned_prefixes() -> list[str]:
    """Return the prefixes that the built-in rules own."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return sorted(project["entry-points"]["iamlint.rules"])


def next_id(rules: Path, prefix: str, hundred: int | None) -> str:
    """Return the lowest id above all that were ever used in the prefix (or in one hundred of it)."""
    used = [number for found, number in numbers(rules) if found == prefix]
    if hundred is not None:
        used = [number for number in used if number // 100 == hundred] or [hundred * 100]
    number = max(used, default=100) + 1
    if hundred is not None and number // 100 != hundred:
        sys.exit(f"{prefix}{hundred}xx is full")
    return f"{prefix}{number:03}"


def numbers(rules: Path) -> list[tuple[str, int]]:
    """Return every id in use or retired; an id is never given twice."""
    ids = [match for path in rules.glob("*.py") if (match := FILE.fullmatch(path.name))]
    found = [(match[1].upper(), int(match[2])) for match in ids]
    retired = rules / "retired.txt"
    lines = retired.read_text().split() if retired.exists() else []
    found += [(match[1], int(match[2])) for line in lines if (match := re.fullmatch(r"([A-Z]+)(\d{3})", line))]
    return found


def name_taken(rules: Path, name: str) -> str | None:
    """Return the file of the rule that has this name already."""
    ending = "_" + name.replace("-", "_") + ".py"
    return next((path.name for path in sorted(rules.glob("*.py")) if path.name.endswith(ending)), None)


def version() -> str:
    """Return the version that the rule will first appear in."""
    match = re.search(r'__version__ = "([^"]+)"', (ROOT / "iamlint" / "__init__.py").read_text())
    assert match is not None
    return match[1]


if __name__ == "__main__":
    sys.exit(main())

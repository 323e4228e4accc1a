#!/usr/bin/env python3
"""Scaffold a built-in rule: `python scripts/new_rule.py ENV role-without-owner` takes the next free id of the prefix.

`iamlint rules new` does the same for rules of one's own. See CONTRIBUTING.md, "Add a rule in six steps".
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from pathlib import Path

from iamlint import __version__
from iamlint.errors import UsageError
from iamlint.project.scaffold import new_rule

ROOT = Path(__file__).resolve().parent.parent


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
    try:
        made = new_rule(str(given.rules), prefix, given.name, since=__version__, hundred=given.hundred)
    except UsageError as error:
        parser.error(error.message)
    target = Path(made.path)
    print(f"wrote {target.relative_to(ROOT) if target.is_relative_to(ROOT) else target}")
    print("next:")
    print("  1. write the bad examples: one for each way of being wrong; the line to flag ends in the id")
    print("  2. write the good examples: one for each way of being nearly wrong")
    print(f"  3. see them fail:       python -m pytest tests/rules -q -k {made.id}")
    print("  4. write the check and its docstring, until they pass; ask the graph, not the text")
    print("  5. plant the mistake:   examples/estate, and a line in its README.md")
    print("  6. write the pages:     python scripts/build_docs.py && python scripts/build_readme.py")
    return 0


def owned_prefixes() -> list[str]:
    """Return the prefixes that the built-in rules own."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return sorted(project["entry-points"]["iamlint.rules"])


if __name__ == "__main__":
    sys.exit(main())

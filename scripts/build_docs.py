#!/usr/bin/env python3
"""Write the generated pages under docs/. With `--check`, write nothing and fail when a page is not what it should be."""

from __future__ import annotations

import sys
from pathlib import Path

from docs_cli import cli_page
from docs_rules import all_rules, index_page, rule_page
from docs_schema import configuration_page, manifest_page

ROOT = Path(__file__).resolve().parent.parent


def pages() -> dict[str, str]:
    """Return every generated page by its path."""
    rules = all_rules()
    found = {f"docs/rules/{rule.id}.md": rule_page(rule) for rule in rules}
    found["docs/rules/index.md"] = index_page(rules)
    found["docs/configuration.md"] = configuration_page()
    found["docs/manifest.md"] = manifest_page()
    found["docs/cli.md"] = cli_page()
    return found


def main() -> int:
    """Write, or compare."""
    check = "--check" in sys.argv[1:]
    wanted = pages()
    stale = []
    for path, text in sorted(wanted.items()):
        target = ROOT / path
        if target.exists() and target.read_text() == text:
            continue
        stale.append(path)
        if not check:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
    for left in sorted((ROOT / "docs" / "rules").glob("*.md")):
        path = left.relative_to(ROOT).as_posix()
        if path not in wanted:
            stale.append(path)
            if not check:
                left.unlink()
    for path in stale:
        print(f"{'stale' if check else 'wrote'}: {path}")
    if check and stale:
        print("run: python scripts/build_docs.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

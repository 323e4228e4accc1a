"""Writes the pages of the rules into `docs/`; `--check` says which are not what it would write."""

import sys
from pathlib import Path

import acme_iamlint_rules

from iamlint.testing import index_page, rule_page, rules_of

DOCS = Path(__file__).resolve().parent.parent / "docs"


def pages() -> dict[str, str]:
    """Return every page by file name."""
    rules = rules_of(acme_iamlint_rules)
    return {"index.md": index_page(rules), **{f"{rule.id}.md": rule_page(rule) for rule in rules}}


def main() -> int:
    """Write the pages, or with `--check` compare them."""
    stale = [name for name, text in pages().items() if not (DOCS / name).exists() or (DOCS / name).read_text() != text]
    if "--check" in sys.argv:
        print("".join(f"stale: docs/{name}\n" for name in stale), end="")
        return 1 if stale else 0
    DOCS.mkdir(exist_ok=True)
    for name, text in pages().items():
        (DOCS / name).write_text(text)
    print("".join(f"wrote: docs/{name}\n" for name in stale), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())

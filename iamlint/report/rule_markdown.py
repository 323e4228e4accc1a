"""The pages of rules as Markdown, from the `Rule` values and nothing else: the documentation of a rule package."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from textwrap import dedent

from iamlint.lint.rule import Example, Rule
from iamlint.report.rule_page import body, facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DOMAINS = {
    "BOT": "Bots, credentials, agents",
    "ENV": "Environments",
    "IAM": "AWS policies",
    "IDP": "Identity providers",
    "IL": "The run itself",
    "SYNC": "Single sources of truth",
    "TEAM": "Teams",
    "TEL": "Telemetry scopes",
    "TRUST": "Trust policies and federation",
}
LANGUAGES = {".tf": "hcl", ".tfvars": "hcl", ".yaml": "yaml", ".yml": "yaml", ".json": "json"}


def rule_page(rule: Rule) -> str:
    """Return the page of one rule."""
    summary, why, sections = _parts(rule)
    lines = [f"# {rule.name} ({rule.id})", "", facts(rule), "", summary, ""]
    if rule.aliases:
        lines += ["Also known as " + ", ".join(f"`{alias}`" for alias in rule.aliases) + ".", ""]
    if why:
        lines += ["## Why this is bad", "", why, ""]
    for title, text in sections:
        if "not see" not in title:
            lines += [f"## {title}", "", text, ""]
    if rule.bad:
        lines += ["## Flagged", ""]
        if any(f"<- {rule.id}" in text for example in rule.bad for text in example.files.values()):
            lines += [f"The line that is reported ends in `<- {rule.id}`.", ""]
        for example in rule.bad:
            lines += _example(example, rule.id)
    if rule.good:
        lines += ["## Not flagged", ""]
        for example in rule.good:
            lines += _example(example, rule.id)
    lines += _options(rule)
    for title, text in sections:
        if "not see" in title:
            lines += [f"## {title}", "", text, ""]
    lines += _suppressing(rule)
    if rule.references:
        lines += ["## References", "", *(f"- {reference}" for reference in rule.references), ""]
    return "\n".join(lines).rstrip() + "\n"


def index_page(rules: Sequence[Rule]) -> str:
    """Return the tables of some rules, one for each prefix; each row links to the page `ID.md` beside it."""
    lines = ["# Rules", ""]
    for prefix in sorted({_prefix(rule) for rule in rules}):
        lines += [f"## {DOMAINS.get(prefix, prefix)}", "", "| id | name | severity | what it finds |", "|---|---|---|---|"]
        for rule in rules:
            if _prefix(rule) == prefix:
                summary = _parts(rule)[0].replace("|", "\\|")
                lines.append(f"| [{rule.id}]({rule.id}.md) | {rule.name} | {rule.severity.value} | {summary} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _prefix(rule: Rule) -> str:
    return rule.id.rstrip("0123456789")


def _parts(rule: Rule) -> tuple[str, str, list[tuple[str, str]]]:
    head, *rest = re.split(r"^## +", body(rule), flags=re.MULTILINE)
    summary, _, why = head.partition("\n\n")
    sections = []
    for section in rest:
        title, _, text = section.partition("\n")
        sections.append((title.strip(), text.strip()))
    return " ".join(summary.split()), why.strip(), sections


def _example(example: Example, rule_id: str) -> list[str]:
    lines = [f"**{example.title[:1].upper()}{example.title[1:]}**" + (" (a known miss)" if example.todo else ""), ""]
    for path, text in example.files.items():
        language = LANGUAGES.get(PurePosixPath(path).suffix, "text")
        lines += [f"`{path}`", "", f"```{language}", dedent(text).strip("\n").rstrip(), "```", ""]
    for path, line in example.expect:
        lines += [f"{rule_id} is reported at `{path}`, line {line}.", ""]
    return lines


def _options(rule: Rule) -> list[str]:
    if rule.options is None:
        return []
    lines = [
        "## Options",
        "",
        f"Under `rules: {rule.id}:` in `iamlint.yaml`.",
        "",
        "| option | default | meaning |",
        "|---|---|---|",
    ]
    meanings = _field_docs(type(rule.options))
    for name, value in _fields(rule.options):
        shown = list(value) if isinstance(value, tuple | frozenset | set) else value
        lines.append(f"| `{name}` | `{shown}` | {meanings.get(name, '')} |")
    return [*lines, ""]


def _fields(options: Any) -> list[tuple[str, Any]]:
    if dataclasses.is_dataclass(options):
        return [(field.name, getattr(options, field.name)) for field in dataclasses.fields(options)]
    return list(options._asdict().items())


def _field_docs(kind: type) -> dict[str, str]:
    """Return the docstring that stands under each field."""
    source = dedent(inspect.getsource(kind))
    found = re.findall(r"^    (\w+)\s*:[^\n]*\n    \"\"\"(.*?)\"\"\"", source, flags=re.MULTILINE | re.DOTALL)
    return {name: " ".join(text.split()) for name, text in found}


def _suppressing(rule: Rule) -> list[str]:
    if rule.id.startswith("IL02"):
        return ["## Suppressing", "", "A finding about a suppression cannot be suppressed: correct the suppression.", ""]
    return [
        "## Suppressing", "",
        "On the line or above it, in a format with comments:", "",
        "```yaml", f"# iamlint: ignore[{rule.id}] why this is accepted", "```", "",
        "In `iamlint.yaml`, for the others:", "",
        "```yaml", "ignores:", f"  - rule: {rule.id}", "    path: policies/app.json", "    reason: why this is accepted",
        "    until: 2030-12-31", "```", "",
    ]  # fmt: skip

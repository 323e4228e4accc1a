"""A rule's own page, from its docstring and fields: for `iamlint rules show` and for SARIF's help."""

from __future__ import annotations

import textwrap

from iamlint.lint.rule import Rule


def body(rule: Rule) -> str:
    """Return the rule's docstring without its common indentation."""
    first, _, rest = rule.doc.partition("\n")
    return f"{first.strip()}\n{textwrap.dedent(rest)}".strip()


def one_paragraph(rule: Rule) -> str:
    """Return the first paragraph after the summary, or the summary, on one line."""
    parts = [part for part in body(rule).split("\n\n") if not part.startswith("#")]
    return " ".join((parts[1] if len(parts) > 1 else rule.summary).split())


def facts(rule: Rule) -> str:
    """Return severity, confidence and age in one line."""
    status = "" if rule.status == "stable" else f" · {rule.status}"
    return f"{rule.severity} · confidence {rule.confidence} · since {rule.since}{status}"


def page_text(rule: Rule) -> str:
    """Return the page as plain text."""
    lines = [f"{rule.id} {rule.name}", facts(rule), "", body(rule)]
    for title, examples in (("Reported", rule.bad), ("Not reported", rule.good)):
        for example in examples:
            lines += ["", f"{title}: {example.title}"]
            for path, text in example.files.items():
                lines += ["", f"    {path}", textwrap.indent(textwrap.dedent(text).strip("\n"), "    ")]
    lines += _references(rule)
    return "\n".join(lines).rstrip() + "\n"


def page_markdown(rule: Rule) -> str:
    """Return the page as Markdown, for SARIF viewers."""
    lines = [f"# {rule.name} ({rule.id})", "", facts(rule), "", body(rule)]
    for title, examples in (("Reported", rule.bad[:1]), ("Not reported", rule.good[:1])):
        for example in examples:
            lines += ["", f"## {title}: {example.title}"]
            for path, text in example.files.items():
                language = path.rpartition(".")[2]
                lines += ["", f"`{path}`", "", f"````{language}", textwrap.dedent(text).strip("\n"), "````"]
    lines += _references(rule)
    return "\n".join(lines).rstrip() + "\n"


def _references(rule: Rule) -> list[str]:
    if not rule.references:
        return []
    return ["", "References:", "", *(f"- {reference}" for reference in rule.references)]

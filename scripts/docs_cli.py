"""The page of the command line, from what click would print."""

from __future__ import annotations

from collections.abc import Iterator

import click
from docs_rules import NOTICE

WIDTH = 100


def cli_page() -> str:
    """Return docs/cli.md."""
    from iamlint.cli.main import cli

    lines = [NOTICE, "# The command line", ""]
    for path, command in _commands(cli, ("iamlint",), None):
        lines += [f"{'#' * (len(path) + 1)} `{' '.join(path)}`", "", "```text", command.rstrip(), "```", ""]
    lines += ["## Exit codes", "", "| code | meaning |", "|--:|---|"]
    lines += [f"| {code} | {meaning} |" for code, meaning in EXIT_CODES]
    lines += ["", "If several apply: 4, then 2, then 3, then 1. `--exit-zero` turns 1 into 0 and nothing else."]
    return "\n".join(lines).rstrip() + "\n"


EXIT_CODES = (
    (0, "nothing at or above `--fail-on`"),
    (1, "findings, or failed policy tests"),
    (2, "wrong usage, bad configuration, a plugin missing or broken"),
    (3, "some input could not be understood: the answer is incomplete"),
    (4, "iamlint or a rule crashed"),
)


def _commands(
    command: click.Command, path: tuple[str, ...], parent: click.Context | None
) -> Iterator[tuple[tuple[str, ...], str]]:
    context = click.Context(command, info_name=path[-1], parent=parent, terminal_width=WIDTH, max_content_width=WIDTH)
    yield path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                yield from _commands(inner, (*path, name), context)

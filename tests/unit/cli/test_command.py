"""The plain reading of arguments, held against click's."""

from __future__ import annotations

from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.cli.command import Argument, Command, Option, read_plainly
from iamlint.cli.group import _click_command
from iamlint.cli.main import COMMANDS, load

COMMAND = Command(
    "An example.",
    lambda values: 0,
    (Argument("first"), Argument("rest", required=False, many=True)),
    (
        Option(("--format",), "", choices=("text", "json")),
        Option(("--output",), "", "FILE"),
        Option(("--select",), "", "IDS", many=True),
        Option(("-q", "--quiet"), ""),
        Option(("-k",), "", "TEXT"),
    ),
)
WORDS = [
    "a",
    "b c",
    "-",
    "--",
    "--format",
    "json",
    "text",
    "--format=json",
    "--output",
    "--output=",
    "x=y",
    "--select",
    "-q",
    "-k",
    "--quiet",
]


def as_click_reads(command: Command, arguments: list[str]) -> dict[str, Any] | None:
    seen: dict[str, Any] = {}
    made = _click_command("example", command._replace(run=lambda values: seen.update(values) or 0))
    try:
        made.main(list(arguments), standalone_mode=False)
    except click.ClickException:
        return None
    return seen


@given(st.lists(st.sampled_from(WORDS), max_size=6))
def test_what_is_read_plainly_is_read_as_click_reads_it(arguments: list[str]):
    plain = read_plainly(COMMAND, arguments)
    if plain is not None:
        assert plain == as_click_reads(COMMAND, arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["a", "--nope"],
        ["a", "-qk", "x"],
        ["a", "--format"],
        ["a", "--format", "xml"],
        ["a", "--quiet=yes"],
        [],
    ],
)
def test_what_needs_an_explanation_is_left_to_click(arguments: list[str]):
    assert read_plainly(COMMAND, arguments) is None


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_module_with_its_summary(name: str):
    command = load(name)
    assert command.summary.endswith(".")
    names = [option.name for option in command.options] + [argument.name for argument in command.arguments]
    assert len(set(names)) == len(names)
    assert all(option.help for option in command.options)

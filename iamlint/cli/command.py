"""What a command of the program is made of, and the plain reading of its arguments.

A command module holds one `COMMAND`. `iamlint.cli.group` makes a click command of it when help or a usage message is
needed; ordinary arguments are read here, since importing click costs as much as two interpreter starts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Values = Mapping[str, "Any"]


class Option(NamedTuple):
    """An option. Without a `metavar` and `choices` it is a switch; `many` options may be repeated and give a tuple."""

    flags: tuple[str, ...]
    help: str
    metavar: str = ""
    choices: tuple[str, ...] = ()
    many: bool = False
    hidden: bool = False

    @property
    def name(self) -> str:
        """Return the key of its value: `--fail-on` is `fail_on`."""
        long = next((flag for flag in self.flags if flag.startswith("--")), self.flags[0])
        return long.lstrip("-").replace("-", "_")

    @property
    def takes_value(self) -> bool:
        """Return whether it is followed by a value."""
        return bool(self.metavar or self.choices)


class Argument(NamedTuple):
    """A positional argument. `many`: all that are left, as a tuple. An optional one that is not given is None."""

    name: str
    required: bool = True
    many: bool = False


class Command(NamedTuple):
    """A command: `run` takes the values by name and returns the exit code."""

    summary: str
    run: Callable[[Values], int]
    arguments: tuple[Argument, ...] = ()
    options: tuple[Option, ...] = ()
    details: str = ""


def read_plainly(command: Command, arguments: Sequence[str]) -> dict[str, Any] | None:
    """Return the values for these arguments, or None where only click can say what is wrong or wanted."""
    by_flag = {flag: option for option in command.options for flag in option.flags}
    values: dict[str, Any] = {
        option.name: () if option.many else None if option.takes_value else False for option in command.options
    }
    positional: list[str] = []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word == "--":
            positional += rest
            break
        if word == "-" or not word.startswith("-"):
            positional.append(word)
            continue
        flag, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
        option = by_flag.get(flag)
        if option is None:
            return None
        if not option.takes_value:
            if equals:
                return None
            values[option.name] = True
            continue
        if not equals:
            if not rest:
                return None
            value = rest.pop(0)
        if option.choices and value not in option.choices:
            return None
        values[option.name] = (*values[option.name], value) if option.many else value
    return _with_positional(command, positional, values)


def _with_positional(command: Command, positional: list[str], values: dict[str, Any]) -> dict[str, Any] | None:
    for argument in command.arguments:
        if argument.many:
            if argument.required and not positional:
                return None
            values[argument.name] = tuple(positional)
            positional = []
        elif positional:
            values[argument.name] = positional.pop(0)
        elif argument.required:
            return None
        else:
            values[argument.name] = None
    return None if positional else values

"""YAML text → the facts that a parser makes of it, for the tests of parsers of documents."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent
from typing import Any, TypeVar

from iamlint.model.estate import Estate, Facts
from iamlint.parse.context import Context, unknown_account
from iamlint.source.place import Origin
from iamlint.source.read_yaml import read_yaml

T = TypeVar("T")


def documents(text: str, path: str) -> list[tuple[Any, Origin]]:
    """Return the values of a YAML stream, each with its origin."""
    readings = read_yaml(dedent(text).encode(), path)
    assert not [problem for reading in readings for problem in reading.problems]
    return [(reading.value, Origin(path, (), reading.document)) for reading in readings]


def parse(parser: Callable[[Any, Origin, Context], Facts], text: str, path: str = "a.yaml", **context: Any) -> Facts:
    """Return the facts of all documents of a text together."""
    facts = Facts(path)
    for value, origin in documents(text, path):
        one = parser(value, origin, Context(path, unknown_account(path), **context))
        facts.items += one.items
        facts.problems += one.problems
        facts.unresolved += one.unresolved
        facts.resolved += one.resolved
    return facts


def items(facts: Facts, kind: type[T]) -> list[T]:
    """Return the values of one type."""
    return Estate([facts]).all(kind)


def problems(facts: Facts) -> list[tuple[str, str, str, str]]:
    """Return each problem as (id, message, help, route as text)."""
    return [
        (
            problem.id,
            problem.message,
            problem.help,
            ".".join(map(str, problem.at.route)) + ("!" if problem.at.part == "key" else ""),
        )
        for problem in facts.problems
    ]

"""Policy tests as written in `*.iamtest.yaml`: what a user asserts about access, with its places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iamlint.policytest.fixtures import FixtureError, Fixtures, read_fixtures
from iamlint.policytest.table import TableError, rows_of
from iamlint.source.place import Origin, Place
from iamlint.source.problem import Problem
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SUFFIXES = (".iamtest.yaml", ".iamtest.yml")
KIND = "AccessTest"


class Asked(NamedTuple):
    """`do` on `on`, as one entry of `can`, `cannot` or `who_can` asks; `determined_by` names what must have decided."""

    action: str
    resource: str
    place: Place
    determined_by: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"`{self.action}` on `{self.resource}`"


class Named(NamedTuple):
    """A node as a test names it."""

    name: str
    place: Place


class PolicyTest(NamedTuple):
    """One test. Which of its lists are not empty says what it asserts; `exactly` … are None when not written."""

    name: str
    place: Place
    principal: Named | None
    can: tuple[Asked, ...]
    cannot: tuple[Asked, ...]
    reaches: tuple[Named, ...]
    never_reaches: tuple[Named, ...]
    who_can: Asked | None
    exactly: tuple[Named, ...] | None
    at_most: tuple[Named, ...] | None
    includes: tuple[Named, ...] | None
    disjoint: tuple[Named, ...]
    given: Mapping[str, Any]
    unknown_ok: bool
    todo: str | None
    fixtures: Fixtures = ()


class CaseFile(NamedTuple):
    """The tests of one file, and what in it does not fit the format."""

    tests: tuple[PolicyTest, ...]
    problems: tuple[Problem, ...]


def is_test_file(path: str) -> bool:
    """Return whether a path is that of a policy test file."""
    return path.endswith(SUFFIXES)


def read_tests(data: bytes, path: str) -> CaseFile:
    """Return the tests in a file. A test that does not fit the format is left out, and its problem says why."""
    from iamlint.parse.schemas.manifest import API_VERSION, KINDS
    from iamlint.source.read_yaml import read_yaml
    from iamlint.source.schema import check

    tests: list[PolicyTest] = []
    problems: list[Problem] = []
    for reading in read_yaml(data, path):
        problems += reading.problems
        value, origin = reading.value, Origin(path, (), reading.document)
        if value is None:
            continue
        found = check(value, KINDS[KIND], origin)
        problems += found
        if not isinstance(value, dict) or value.get("kind") != KIND or value.get("apiVersion") != API_VERSION:
            continue
        broken = {problem.at.route[:2] for problem in found}
        for number, entry in enumerate(_list(value.get("tests"))):
            route = ("tests", number)
            if route in broken or not isinstance(entry, dict):
                continue
            for test in _tests(entry, value, origin, route):
                if isinstance(test, Problem):
                    problems.append(test)
                else:
                    tests.append(test)
    return CaseFile(tuple(tests), tuple(problems))


def _tests(
    entry: Mapping[str, Any], document: Mapping[str, Any], origin: Origin, route: tuple[str | int, ...]
) -> Iterator[PolicyTest | Problem]:
    """Yield the tests that an entry comes to, one for each row of its table, or what keeps it from being one."""
    try:
        for row in rows_of(entry):
            fixtures = read_fixtures(_mapping(document.get("fixtures")), _mapping(row.get("fixtures")))
            test = _Entry(row, origin, route).test(_mapping(document.get("given")), fixtures)
            complaint = _complaint(test)
            yield Problem("IL003", complaint, test.place) if complaint else test
            if complaint:
                return
    except TableError as error:
        yield Problem("IL003", str(error), origin.at((*route, *error.route)), error.help)
    except FixtureError as error:
        own = error.path in _mapping(entry.get("fixtures"))
        place = origin.at((*(route if own else ()), "fixtures", error.path), "key")
        yield Problem("IL003", str(error), place)


class _Entry:
    """Reads one test that fits the schema."""

    def __init__(self, entry: Mapping[str, Any], origin: Origin, route: tuple[str | int, ...]) -> None:
        self.entry = entry
        self.origin = origin
        self.route = route

    def test(self, given: Mapping[str, Any], fixtures: Fixtures) -> PolicyTest:
        entry = self.entry
        who_can = entry.get("who_can")
        return PolicyTest(
            name=entry["name"],
            place=self.at("name"),
            principal=Named(entry["as"], self.at("as")) if "as" in entry else None,
            can=self.asked("can"),
            cannot=self.asked("cannot"),
            reaches=self.named("reaches") or (),
            never_reaches=self.named("never_reaches") or (),
            who_can=Asked(who_can["do"], who_can["on"], self.at("who_can")) if who_can else None,
            exactly=self.named("exactly"),
            at_most=self.named("at_most"),
            includes=self.named("includes"),
            disjoint=self.named("disjoint") or (),
            given={**given, **entry.get("given", {})},
            unknown_ok=entry.get("unknown") == "ok",
            todo=entry.get("todo"),
            fixtures=fixtures,
        )

    def at(self, *route: str | int) -> Place:
        return self.origin.at((*self.route, *route))

    def asked(self, field: str) -> tuple[Asked, ...]:
        return tuple(
            Asked(item["do"], item["on"], self.at(field, number), _texts(item.get("determined_by")))
            for number, item in enumerate(_list(self.entry.get(field)))
        )

    def named(self, field: str) -> tuple[Named, ...] | None:
        if field not in self.entry:
            return None
        return tuple(Named(name, self.at(field, number)) for number, name in enumerate(_list(self.entry[field])))


def _complaint(test: PolicyTest) -> str | None:
    """Return what keeps a test from asserting anything, or None."""
    about_one = test.can or test.cannot or test.reaches or test.never_reaches
    about_all = test.exactly is not None or test.at_most is not None or test.includes is not None
    if about_one and test.principal is None:
        return f"the test `{test.name}` has no `as`, so nobody is asked about"
    if test.principal is not None and not about_one:
        return f"the test `{test.name}` has `as` but none of `can`, `cannot`, `reaches`, `never_reaches`"
    if test.who_can is not None and not about_all:
        return f"the test `{test.name}` has `who_can` but none of `exactly`, `at_most`, `includes`"
    if about_all and test.who_can is None:
        return f"the test `{test.name}` lists principals but has no `who_can`"
    if not (about_one or about_all or test.disjoint):
        return f"the test `{test.name}` asserts nothing"
    return None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(_list(value))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []

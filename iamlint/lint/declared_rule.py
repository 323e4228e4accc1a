"""Rules declared in YAML: a document of kind `Rule` becomes a `Rule` like any other. It is data, and runs no code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from iamlint.lint.finding import Confidence, Finding, Severity
from iamlint.lint.rule import Example, Rule
from iamlint.source.place import Origin
from iamlint.source.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.graph.access_graph import AccessGraph

SHAPES = ("require", "never", "only")


def read_rules(data: bytes, path: str) -> tuple[list[Rule], list[Problem]]:
    """Return the rules in a file, and what in it does not fit the format; a rule that does not fit is left out."""
    from iamlint.parse.schemas.rule_file import RULE
    from iamlint.source.read_yaml import read_yaml
    from iamlint.source.schema import check

    rules: list[Rule] = []
    problems: list[Problem] = []
    for reading in read_yaml(data, path):
        problems += reading.problems
        if reading.value is None:
            continue
        origin = Origin(path, (), reading.document)
        found = check(reading.value, RULE, origin)
        found += [] if found else _complaints(reading.value, origin)
        problems += found
        if not found:
            rules.append(_rule(reading.value))
    return rules, problems


def _complaints(document: Mapping[str, Any], origin: Origin) -> list[Problem]:
    shapes = [name for name in SHAPES if name in document]
    if len(shapes) != 1:
        words = "none" if not shapes else " and ".join(f"`{name}`" for name in shapes)
        return [Problem("IL003", f"a rule has one of `require`, `never`, `only`; this one has {words}", origin.at(("id",)))]
    never = document.get("never")
    if never is not None and ("reaches" in never) == ("do" in never):
        return [Problem("IL003", "`never` has either `reaches`, or `do` with `on`", origin.at(("never",)))]
    if never is not None and ("do" in never) != ("on" in never):
        return [Problem("IL003", "`do` and `on` go together", origin.at(("never",)))]
    for kind in ("bad", "good"):
        for number, example in enumerate(document.get(kind) or ()):
            for index, text in enumerate(example.get("expect") or ()):
                if not text.rpartition(":")[2].isdigit():
                    place = origin.at((kind, number, "expect", index))
                    return [Problem("IL003", f"`expect` names lines as `path:line`, not `{text[:60]}`", place)]
    return []


def _rule(document: Mapping[str, Any]) -> Rule:
    summary = document["summary"].strip()
    return Rule(
        id=document["id"],
        name=document["name"],
        severity=Severity(document.get("severity") or "warning"),
        confidence=Confidence.HIGH,
        since="",
        check=_check(document),
        bad=_examples(document.get("bad")),
        good=_examples(document.get("good")),
        doc="\n\n".join([summary, document["why"].strip()] if document.get("why") else [summary]),
    )


def _check(document: Mapping[str, Any]) -> Callable[..., Iterator[Finding]]:
    shape = next(name for name in SHAPES if name in document)

    def check(graph: AccessGraph) -> Iterator[Finding]:
        from iamlint.lint import declared_checks

        for finding in getattr(declared_checks, shape)(graph, document[shape]):
            yield finding._replace(help=document.get("help") or "")

    return check


def _examples(written: Any) -> tuple[Example, ...]:
    return tuple(
        Example(
            entry["title"],
            entry["files"],
            tuple((text.rpartition(":")[0], int(text.rpartition(":")[2])) for text in entry.get("expect") or ()),
            bool(entry.get("todo")),
        )
        for entry in written or ()
    )

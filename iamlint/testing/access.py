"""Questions to a repository's access graph, with answers that explain themselves in an assertion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from iamlint.errors import UsageError
from iamlint.graph.asked_action import UnknownAction, check_action
from iamlint.graph.find import AmbiguousNode, UnknownNode
from iamlint.lint.assemble import Spans
from iamlint.policytest.case import Asked, Named
from iamlint.policytest.naming import find, request_context, scopes
from iamlint.project.options import Options
from iamlint.project.session import Session, open_session
from iamlint.report.answers import Answers
from iamlint.report.verdict import verdict_text
from iamlint.source.place import Place

_HERE = Place("")
_Said = TypeVar("_Said", bound="_Answer | Holders")


class UnknownAccessError(AssertionError):
    """The files do not decide the question, so it is neither true nor false; the text says what it depends on."""


class _Answer:
    """An answer whose `explanation` shows the decision, what determined it, and the path with files and lines."""

    def __init__(self, question: str, explanation: str) -> None:
        self.question = question
        self.explanation = explanation

    def __str__(self) -> str:
        return self.explanation


class Decided(_Answer):
    """The answer to `can`: true when allowed. `decision` is `allow`, `explicit_deny`, `implicit_deny` or `unknown`."""

    def __init__(self, question: str, explanation: str, decision: str, may_allow: bool = True) -> None:
        super().__init__(question, explanation)
        self.decision = decision
        self._may_allow = may_allow

    def __bool__(self) -> bool:
        """Return whether it is allowed. Raises `UnknownAccessError` where the files do not decide; ask `decision` to see that."""
        if self.decision == "unknown" and self._may_allow:
            raise UnknownAccessError(self.explanation)
        return self.decision == "allow"

    def __repr__(self) -> str:
        return f"<{self.question}: {self.decision}>"


class Way(_Answer):
    """The answer to `path`: true when there is one; iterates over the node ids on it."""

    def __init__(self, question: str, explanation: str, nodes: tuple[str, ...]) -> None:
        super().__init__(question, explanation)
        self.nodes = nodes

    def __bool__(self) -> bool:
        return bool(self.nodes)

    def __iter__(self) -> Any:
        return iter(self.nodes)

    def __repr__(self) -> str:
        return f"<{self.question}: {' → '.join(self.nodes) or 'none'}>"


class Holders(frozenset[str]):
    """The answer to `who_can` and `reach`: a set of node ids. `paths` says by which path each is in it."""

    question: str
    paths: Mapping[str, str]

    def of(self, *kinds: str) -> Holders:
        """Return those of some kinds: `of("user", "bot")`."""
        chosen = Holders(name for name in self if name.partition(":")[0] in kinds)
        chosen.question, chosen.paths = f"{self.question} ({', '.join(kinds)})", self.paths
        return chosen

    def __repr__(self) -> str:
        return f"<{self.question}: {{{', '.join(sorted(self))}}}>"

    @property
    def explanation(self) -> str:
        """Return each of them with its path."""
        lines = [f"{self.question}: {len(self)}"]
        for name in sorted(self):
            lines += [f"  {name}", *(f"    {line}" for line in self.paths[name].splitlines())]
        return "\n".join(lines) + "\n"


class Access:
    """The access graph of one repository, for assertions. Every answer given is also handed to `heard`, if there is one."""

    def __init__(self, session: Session, heard: Callable[[_Answer | Holders], None] | None = None) -> None:
        self.session = session
        self.graph = session.graph
        self.heard = heard
        self._answers = Answers(Spans(session.files.read), session.shown)

    def can(
        self, principal: str, do: str, on: str | None = None, *, given: Mapping[str, Any] | None = None, some: bool = False
    ) -> Decided:
        """Return whether a principal may do something. Of patterns everything that matches must be allowed, with `some` anything.

        `given` holds context keys of the request (a text, a list of texts, or ``{"unknown": True}``). Raises `UsageError` for a
        name that no node has.
        """
        node = _known(lambda: find(self.graph, Named(principal, _HERE)))
        on = _known(lambda: self._scope(do, on))
        answer = self.graph.can(node, do, on, request_context(given or {}), some=some)
        question = f"may {node.id} do {do} on {on}" if on is not None else f"may {node.id} do {do}"
        explanation = self._clean(verdict_text(answer, self._answers, question))
        return self._said(Decided(question, explanation, answer.decision.value, answer.may_allow))

    def who_can(
        self,
        do: str,
        on: str | None = None,
        *,
        given: Mapping[str, Any] | None = None,
        some: bool = False,
        unknown_ok: bool = False,
    ) -> Holders:
        """Return everybody who may: users, groups, bots, roles, credentials.

        Raises `UnknownAccessError` where the files leave it open whether somebody may; `unknown_ok` counts them out instead.
        """
        on = _known(lambda: self._scope(do, on))
        found = self.graph.who_can(do, on, request_context(given or {}), some=some)
        question = f"who may do {do}" + (f" on {on}" if on is not None else "")
        open_ones = [item for item in found if item.certainty.value == "unknown"]
        if open_ones and not unknown_ok:
            names = ", ".join(item.node.id for item in open_ones)
            paths = "\n".join(line for item in open_ones for line in self._answers.path_lines(item.path))
            raise UnknownAccessError(self._clean(f"{question}: it is unknown whether {names} may\n{paths}"))
        return self._holders(question, [item for item in found if item.certainty.value != "unknown"])

    def _scope(self, do: str, on: str | None) -> str | None:
        if on is None:
            check_action(do, None)
            return None
        return scopes(self.graph, Asked(do, on, _HERE), {})[0]

    def reach(self, principal: str, *, unknown_ok: bool = False) -> Holders:
        """Return everything that a principal reaches. What it may or may not reach is in it too, unless `unknown_ok`."""
        node = _known(lambda: find(self.graph, Named(principal, _HERE)))
        found = [item for item in self.graph.reach(node) if not (unknown_ok and item.certainty.value == "unknown")]
        return self._holders(f"what {node.id} reaches", found)

    def path(self, source: str, target: str) -> Way:
        """Return the surest, then shortest path between two nodes; false when there is none."""
        start = _known(lambda: find(self.graph, Named(source, _HERE)))
        end = _known(lambda: find(self.graph, Named(target, _HERE)))
        edges = self.graph.shortest_path(start, end) or ()
        question = f"path from {start.id} to {end.id}"
        lines = self._answers.path_lines(edges) or ["  none"]
        nodes = (start.id, *(edge.target.id for edge in edges)) if edges else ()
        return self._said(Way(question, self._clean("\n".join([f"{question}:", *lines]) + "\n"), nodes))

    def _holders(self, question: str, found: Iterable[Any]) -> Holders:
        listed = list(found)
        holders = Holders(item.node.id for item in listed)
        holders.question = question
        holders.paths = {item.node.id: self._clean("\n".join(self._answers.path_lines(item.path, indent=""))) for item in listed}
        return self._said(holders)

    def _said(self, answer: _Said) -> _Said:
        if self.heard is not None:
            self.heard(answer)
        return answer

    def _clean(self, text: str) -> str:
        from iamlint.project.disclosure import without_secrets

        return without_secrets(self.session, text)


def access_to(source: str | Mapping[str, str]) -> Access:
    """Return the access of a folder on disk, or of files in memory (`path → content`). Raises `UsageError`, `ConfigError`."""
    if isinstance(source, str):
        return Access(open_session(Options(paths=(source,))))
    from iamlint.project.memory import memory_session
    from iamlint.testing.examples import dedented

    return Access(memory_session(dedented(source)))


def _known(search: Callable[[], Any]) -> Any:
    try:
        return search()
    except (AmbiguousNode, UnknownNode) as error:
        raise UsageError(str(error), "`iamlint graph --format json` lists every node") from None
    except UnknownAction as error:
        raise UsageError(str(error), error.help) from None

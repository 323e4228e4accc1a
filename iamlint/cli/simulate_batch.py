"""`simulate --batch`: what the lines of a batch share is read, compiled and decided once.

Lines mostly repeat each other's policies, and ask for resources that these policies do not tell apart.
"""

from __future__ import annotations

import json
import re

from iamlint.cli.simulation import answer_of, answer_texts, parsed, read_policies, read_request
from iamlint.iam.arns import compile_arn
from iamlint.iam.evaluate import evaluate
from iamlint.iam.request import Decision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.iam.arns import ArnPattern
    from iamlint.iam.request import PolicySet

_MOST_TAILS = 64
_MOST_SEEN = 1_000
_MOST_ANSWERS = 1_000
_KEY = re.compile(r'"policies"[ \t\r\n]*:[ \t\r\n]*')
_SPACE = " \t\r\n"
_decoder = json.JSONDecoder()


def answer_batch() -> int:
    """Answer standard input line by line; return 3 when a line could not be read."""
    return answer_texts(_answer, _Reader().parsed)


class _Policies:
    """The policies of some lines as they stand there, and what was answered about them."""

    __slots__ = ("_answers", "_names", "_patterns", "_set", "ending", "given")

    def __init__(self, given: Any, ending: str) -> None:
        self.given = given
        self.ending = ending  # the rest of such a line, with a number for the policies
        self._set: PolicySet | None = None
        self._names: dict[int, str] = {}
        self._patterns: list[ArnPattern] | None = None
        self._answers: dict[tuple[Any, ...], str] = {}

    def answer(self, given: Any) -> str:
        """Return the answer to one request. Raises `UnreadableError`."""
        marked = self._marked(given)
        found = self._answers.get(marked) if marked is not None else None
        if found is None:
            request = read_request(given)
            if self._set is None:
                self._set, self._names = read_policies(self.given)
                self._patterns = _patterns(self._set)
                marked = self._marked(given)
            verdict = evaluate(request, self._set)
            found = answer_of(verdict, self._names)
            if marked is not None and verdict.decision is not Decision.UNKNOWN:
                if len(self._answers) >= _MOST_ANSWERS:
                    self._answers.clear()
                self._answers[marked] = found
        return found

    def _marked(self, given: Any) -> tuple[Any, ...] | None:
        """Return all of a request that decides it, or None where that cannot be told without deciding it.

        Of the resource, that is which patterns of the policies it fits, and the account; IAM, STS and KMS look at more of it.
        """
        if self._patterns is None or type(given) is not dict:
            return None
        principal, action, resource = given.get("principal"), given.get("action"), given.get("resource")
        account, context = given.get("resource_account"), given.get("context") or {}
        if (
            type(principal) is not str or type(action) is not str or type(resource) is not str or type(context) is not dict
            or not (account is None or type(account) is str) or action[:4].lower() in _LOOK_AT_RESOURCES
            or not resource.startswith("arn:") or resource.count(":") < 5
        ):  # fmt: skip
            return None
        for value in context.values():
            if type(value) is not str:
                return None
        owner: Any = account if account is not None else tuple(resource.split(":", 5)[:5])
        return principal, action, owner, *context.items(), *[pattern.matches(resource) for pattern in self._patterns]


_LOOK_AT_RESOURCES = ("iam:", "sts:", "kms:")


def _patterns(policies: PolicySet) -> list[ArnPattern] | None:
    """Return the resources that the policies name, or None where one is filled in from the request or not known."""
    layers = [policies.identity, policies.boundary, policies.session, policies.endpoint, *policies.scp, *policies.rcp]
    every = [policy for layer in layers for policy in layer or ()]
    every += [policies.resource] if policies.resource is not None else []
    found: dict[str, None] = {}
    for policy in every:
        for statement in policy.statements:
            for resource in statement.resources or ():
                if not isinstance(resource, str) or "${" in resource:
                    return None
                found[resource] = None
    return [compile_arn(text) for text in found if text.strip("*") or not text]


class _Reader:
    """Reads lines. Where one ends in the policies of an earlier line, letter by letter, only what stands before is parsed."""

    __slots__ = ("_seen", "_tails")

    def __init__(self) -> None:
        self._tails: dict[bytes, _Policies] = {}
        self._seen: set[int] = set()  # of the ends of lines that came once

    def parsed(self, raw: bytes) -> Any:
        """Return the value of a line, in which `_Policies` stand for policies that were seen before. Raises `UnreadableError`."""
        at = raw.rfind(b'"policies"') if raw[:1] == b"{" else -1
        if at < 0:
            return parsed(raw)
        tail = raw[at:]
        known = self._tails.get(tail)
        if known is not None:
            try:
                # Both endings are a key, a value and the end of the line: the one can stand where the other can.
                line = _decoder.decode(str(raw[:at], "utf-8") + known.ending)
            except (ValueError, RecursionError):
                return parsed(raw)
            line["policies"] = known
            return line
        line = parsed(raw)
        if hash(tail) in self._seen:
            self._learn(raw[:at], tail, line)
        else:
            if len(self._seen) >= _MOST_SEEN:
                self._seen.clear()
            self._seen.add(hash(tail))
        return line

    def _learn(self, head: bytes, tail: bytes, line: Any) -> None:
        """Keep the end of a line that came again, if all of it is the policies of the line."""
        text = str(tail, "utf-8")
        key = _KEY.match(text)
        if key is None or type(line) is not dict or type(line.get("policies")) is not dict:
            return
        try:
            _, end = _decoder.raw_decode(text, key.end())
            ending = f"{key[0]}0}}"
            without = _decoder.decode(str(head, "utf-8") + ending)
        except (ValueError, RecursionError):
            return
        if text[end:].strip(_SPACE) != "}" or type(without) is not dict or without.get("policies") != 0:
            return
        if len(self._tails) >= _MOST_TAILS:
            self._tails.clear()
        self._tails[tail] = line["policies"] = _Policies(line["policies"], ending)


def _answer(line: dict[str, Any]) -> str:
    given = line.get("policies")
    if type(given) is not _Policies:
        given = _Policies(given, "")
    return given.answer(line.get("request"))

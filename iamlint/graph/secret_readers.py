"""Which identities of the repository may read which stored secrets, found by one process or by several at once."""

from __future__ import annotations

from array import array

from iamlint.graph.ask import Granted
from iamlint.graph.aws_index import Aws, Principal
from iamlint.graph.grant_index import GrantIndex
from iamlint.graph.secret_questions import READING, SecretQuestions, Stored
from iamlint.source.place import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    Reading: TypeAlias = "tuple[int, Granted, Place | None]"
    """The number of a reader, how surely it may read, and where the statement stands that decides."""
    Spread: TypeAlias = "Callable[[int, Callable[[int], Any], Callable[[Any], Any], Callable[[Any], Any]], list[Any]]"
    """Returns `work(0)` to `work(count - 1)`, done by several processes: count, work, packing, unpacking."""

_MANY = 100_000
"""So many pairs of identities and secrets are worth other processes."""
_LISTED = -1


class SecretReaders:
    """The identities of the repository that have policies, by number (`readers`), and what they may read."""

    def __init__(self, aws: Aws, questions: SecretQuestions) -> None:
        self.readers: list[Principal] = [
            principal for node_id, principal in aws.principals.items() if principal.kind != "group" and node_id in aws.attached
        ]
        self._attached = [aws.attached[principal.node.id] for principal in self.readers]
        identities = [(number, attached.identity) for number, attached in enumerate(self._attached)]
        self._index = {service: GrantIndex(identities, actions) for service, actions in READING.items()}
        self._questions = questions
        self._places: dict[int, Place] = {}

    def candidates(self, stored: Stored) -> list[int]:
        """Return who may be allowed by some statement of its own, each once; most identities name other secrets."""
        index = self._index[stored.service]
        return list(dict.fromkeys(number for form in dict.fromkeys(stored.forms) for number in index.candidates(form)))

    def of(self, stored: Stored) -> list[Reading]:
        """Return who of the candidates may read a secret."""
        found: list[Reading] = []
        for number in self.candidates(stored):
            reader = self.readers[number]
            granted = self._questions.ask(reader, self._attached[number], stored)
            if granted is not None:
                found.append((number, granted, self._place(granted, reader)))
        return found

    def of_each(self, secrets: list[Stored], spread: Spread | None) -> list[list[Reading]]:
        """Return for each of some secrets who may read it; an answer that another process found names no statements."""
        if spread is None or len(secrets) * len(self.readers) < _MANY:
            return [self.of(stored) for stored in secrets]
        return spread(len(secrets), lambda number: self.of(secrets[number]), packed, unpacked)

    def _place(self, granted: Granted, reader: Principal) -> Place | None:
        """Return where the first statement stands that decides; the same one decides of many secrets."""
        if not granted.determining:
            return reader.node.place
        statement = granted.determining[0]
        place = self._places.get(id(statement))
        if place is None:
            place = self._places[id(statement)] = statement.place()
        return place


def packed(results: dict[int, list[Reading]]) -> dict[int, Any]:
    """Return results as they are sent: each answer once, without its statements, and numbers of answers for each secret."""
    listed: list[tuple[Any, ...]] = []
    numbers: dict[tuple[int, int], int] = {}
    sent: dict[int, Any] = {_LISTED: listed}
    for secret, found in results.items():
        row = array("I")
        for reader, granted, place in found:
            at = numbers.setdefault((id(granted), id(place)), len(listed))
            if at == len(listed):
                listed.append((granted._replace(determining=()), place))
            row.append(reader)
            row.append(at)
        sent[secret] = row
    return sent


def unpacked(sent: dict[int, Any]) -> dict[int, list[Reading]]:
    """Return the results that `packed` was given, but for the statements."""
    listed = sent.pop(_LISTED)
    return {
        secret: [(row[at], *listed[row[at + 1]]) for at in range(0, len(row), 2)]  # one after the other, as they were put
        for secret, row in sent.items()
    }

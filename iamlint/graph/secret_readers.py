"""Which identities of the repository may read which stored secrets, found by one process or by several at once."""

from __future__ import annotations

from iamlint.graph.ask import Granted
from iamlint.graph.aws_index import Aws, Principal
from iamlint.graph.grant_index import GrantIndex
from iamlint.graph.secret_heads import SecretHeads
from iamlint.graph.secret_questions import SecretQuestions
from iamlint.graph.secret_reader import READING, SecretReader, Stored
from iamlint.source.place import Place
from iamlint.source.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    Reading: TypeAlias = "tuple[Granted, Place | None, tuple[int, ...]]"
    """How surely somebody may read, where the statement stands that decides, and the numbers of the secrets."""
    Spread: TypeAlias = "Callable[[int, Callable[[int], Any], Callable[[Any], Any], Callable[[Any], Any]], list[Any]]"
    """Returns `work(0)` to `work(count - 1)`, done by several processes: count, work, packing, unpacking."""

_MANY = 100_000
"""So many pairs of identities and secrets are worth other processes."""


class SecretReaders:
    """The identities of the repository that have policies, by number (`readers`), and what they may read of some secrets."""

    def __init__(self, aws: Aws, questions: SecretQuestions, secrets: list[Stored]) -> None:
        self.readers: list[Principal] = [
            principal for node_id, principal in aws.principals.items() if principal.kind != "group" and node_id in aws.attached
        ]
        self._secrets = secrets
        self._attached = [aws.attached[principal.node.id] for principal in self.readers]
        identities = [(number, attached.identity) for number, attached in enumerate(self._attached)]
        self._index = {service: GrantIndex(identities, actions) for service, actions in READING.items()}
        self._questions = questions
        self._places: dict[int, Place] = {}
        self._named: dict[int, list[int]] = {}  # by reader: the secrets that its statements name, where none is about anything
        of_service: dict[str, list[int]] = {}
        for number, stored in enumerate(secrets):
            of_service.setdefault(stored.service, []).append(number)
            for reader in self._index[stored.service].named(stored.forms):
                self._named.setdefault(reader, []).append(number)
        self._groups = {service: _Groups(secrets, numbers) for service, numbers in of_service.items()}

    def candidates(self, stored: Stored) -> set[int]:
        """Return who may be allowed by some statement of its own; most identities name other secrets."""
        index = self._index[stored.service]
        return index.allowed_anything.union(index.named(stored.forms))

    def of_each(self, spread: Spread | None) -> list[list[Reading]]:
        """Return for each reader what it may read; an answer that another process found names no statements."""
        if spread is None or len(self._secrets) * len(self.readers) < _MANY:
            return [self.of(number) for number in range(len(self.readers))]
        return spread(len(self.readers), self.of, packed, unpacked)

    def of(self, reader: int) -> list[Reading]:
        """Return which secrets a reader may read, those together of which the same is said."""
        principal, attached = self.readers[reader], self._attached[reader]
        alike = [[number] for number in self._named.get(reader, ())]
        for service, groups in self._groups.items():
            if reader in self._index[service].allowed_anything:
                alike += groups.told_apart_by(self._questions.reader(principal, attached, service))
        found: dict[int, tuple[Granted, list[int]]] = {}
        for numbers in alike:
            granted = self._questions.ask(principal, attached, self._secrets[numbers[0]])
            if granted is not None:
                found.setdefault(id(granted), (granted, []))[1].extend(numbers)
        return [(granted, self._place(granted, principal), tuple(sorted(numbers))) for granted, numbers in found.values()]

    def _place(self, granted: Granted, reader: Principal) -> Place | None:
        """Return where the first statement stands that decides; the same one decides of many secrets."""
        if not granted.determining:
            return reader.node.place
        statement = granted.determining[0]
        place = self._places.get(id(statement))
        if place is None:
            place = self._places[id(statement)] = statement.place()
        return place


class _Groups:
    """The secrets of one service: those without a policy of their own in groups of which most readers are told the same."""

    def __init__(self, secrets: list[Stored], numbers: list[int]) -> None:
        self._numbers = numbers
        self._alone: list[int] = []
        self._alike: dict[tuple[Value, int], list[int]] = {}  # by account and kind
        for number in numbers:
            stored = secrets[number]
            if stored.is_alone or stored.own:
                self._alone.append(number)
            else:
                self._alike.setdefault((stored.resource.account, stored.kind), []).append(number)
        self._heads = SecretHeads((number, secrets[number].forms) for group in self._alike.values() for number in group)

    def told_apart_by(self, reader: SecretReader) -> list[list[int]]:
        """Return all secrets, those together of which a reader is told the same."""
        apart = reader.tells_by_name(self._heads)
        if apart is None:
            return [[number] for number in self._numbers]
        together: dict[tuple[object, ...], list[int]] = {}
        for (account, kind), group in self._alike.items():
            rest = [number for number in group if number not in apart] if apart else group
            if rest:
                together.setdefault((reader.is_in(account), kind), []).extend(rest)
        return [[number] for number in (*self._alone, *sorted(apart))] + list(together.values())


def packed(results: dict[int, list[Reading]]) -> dict[int, list[Reading]]:
    """Return results as they are sent: without the statements of the answers, which are there already."""
    return {
        reader: [(granted._replace(determining=()), place, numbers) for granted, place, numbers in found]
        for reader, found in results.items()
    }


def unpacked(sent: dict[int, list[Reading]]) -> dict[int, list[Reading]]:
    """Return what `packed` gave."""
    return sent

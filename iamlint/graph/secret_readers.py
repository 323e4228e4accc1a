"""Which identities of the repository may read which stored secrets, found by one process or by several at once."""

from __future__ import annotations

from collections.abc import Container
from functools import cached_property

from iamlint.graph.ask import Granted
from iamlint.graph.aws_index import Aws, Principal
from iamlint.graph.grant_index import GrantIndex
from iamlint.graph.policies import Attached
from iamlint.graph.secret_heads import SecretHeads
from iamlint.graph.secret_questions import SecretQuestions
from iamlint.graph.secret_reader import READING, SecretReader, Stored
from iamlint.model.estate import Estate
from iamlint.source.place import Place
from iamlint.source.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol, TypeAlias

    Reading: TypeAlias = "tuple[Granted, Place | None, tuple[int, ...]]"
    """How surely somebody may read, where the statement stands that decides (None: where no single one does), and the numbers
    of the secrets."""

    class Begun(Protocol):
        """Work that other processes have begun."""

        def finish(self) -> list[Any]:
            """Take part in it, and return the results in order."""

        def stop(self) -> None:
            """End it: nobody needs the results."""

    Spread: TypeAlias = "Callable[[int, Callable[[int], Any], Callable[[Any], Any]], Begun]"
    """Begins `work(0)` to `work(count - 1)` in other processes: count, work, and what becomes of results as they are sent."""

MANY = 100_000
"""So many pairs of identities and secrets are worth other processes."""


class SecretReaders:
    """The identities of the repository that have policies, by number (`readers`), and what they may read of some secrets."""

    def __init__(
        self, readers: list[Principal], attached: list[Attached], questions: SecretQuestions, secrets: list[Stored]
    ) -> None:
        self.readers = readers
        self.attached = attached
        self.questions = questions
        self.secrets = secrets
        self._places: dict[int, Place] = {}
        self._sets: dict[tuple[int, ...], tuple[int, ...]] = {}

    @classmethod
    def of_repository(cls, aws: Aws, questions: SecretQuestions, stored: Container[str]) -> SecretReaders:
        """Return all identities that have policies, with all secrets; objects of S3 where they are among those of `stored`."""
        readers = [
            principal for node_id, principal in aws.principals.items() if principal.kind != "group" and node_id in aws.attached
        ]
        secrets = [
            questions.about(resource, service) for node_id, resource in aws.resources.items()
            if (service := resource.kind.partition(":")[0]) in READING and (service != "s3" or node_id in stored)
        ]  # fmt: skip
        return cls(readers, [aws.attached[principal.node.id] for principal in readers], questions, secrets)

    def of_each(self, ahead: ReadAhead | None) -> list[list[Reading]]:
        """Return for each reader what it may read; an answer that another process found names no statements."""
        found = None if ahead is None else ahead.found(self)
        if found is None:
            return [self.of(number) for number in range(len(self.readers))]
        known, more = found
        if more:
            rest = SecretReaders(self.readers, self.attached, self.questions, [self.secrets[number] for number in more])
            for reader, readings in known.items():
                readings += [(granted, place, tuple([more[at] for at in numbers])) for granted, place, numbers in rest.of(reader)]
        late = [reader for reader in range(len(self.readers)) if reader not in known]
        others = SecretReaders(
            [self.readers[reader] for reader in late], [self.attached[reader] for reader in late], self.questions, self.secrets
        )
        known.update((reader, others.of(number)) for number, reader in enumerate(late))
        return [known[reader] for reader in range(len(self.readers))]

    @cached_property
    def _index(self) -> dict[str, GrantIndex[int]]:
        """Who is allowed to read something, by service; only made where somebody is asked for."""
        identities = [(number, attached.identity) for number, attached in enumerate(self.attached)]
        services = dict.fromkeys(stored.service for stored in self.secrets)
        return {service: GrantIndex(identities, READING[service]) for service in services}

    @cached_property
    def _named(self) -> dict[int, list[int]]:
        """By reader: the secrets that its statements name, where none is about anything."""
        named: dict[int, list[int]] = {}
        for number, stored in enumerate(self.secrets):
            for reader in self._index[stored.service].named(stored.forms):
                named.setdefault(reader, []).append(number)
        return named

    @cached_property
    def _groups(self) -> dict[str, _Groups]:
        of_service: dict[str, list[int]] = {}
        for number, stored in enumerate(self.secrets):
            of_service.setdefault(stored.service, []).append(number)
        return {service: _Groups(self.secrets, numbers) for service, numbers in of_service.items()}

    def of(self, reader: int) -> list[Reading]:
        """Return which secrets a reader may read, those together of which the same is said."""
        principal, attached = self.readers[reader], self.attached[reader]
        alike = [[number] for number in self._named.get(reader, ())]
        for service, groups in self._groups.items():
            if reader in self._index[service].allowed_anything:
                alike += groups.told_apart_by(self.questions.reader(principal, attached, service))
        found: dict[int, tuple[Granted, list[int]]] = {}
        for numbers in alike:
            granted = self.questions.ask(principal, attached, self.secrets[numbers[0]])
            if granted is not None:
                found.setdefault(id(granted), (granted, []))[1].extend(numbers)
        return [(granted, self._place(granted), self._together(numbers)) for granted, numbers in found.values()]

    def _together(self, numbers: list[int]) -> tuple[int, ...]:
        """Return numbers in order, the same value for the same ones: most readers read what others read."""
        ordered = tuple(sorted(numbers))
        return self._sets.setdefault(ordered, ordered)

    def _place(self, granted: Granted) -> Place | None:
        """Return where the first statement stands that decides; the same one decides of many secrets."""
        if not granted.determining:
            return None
        statement = granted.determining[0]
        place = self._places.get(id(statement))
        if place is None:
            place = self._places[id(statement)] = statement.place()
        return place


class ReadAhead:
    """What other processes find out about the secrets of a repository while this one still joins other things."""

    def __init__(self, readers: SecretReaders, begun: Begun) -> None:
        self._readers = readers
        self._begun = begun

    @classmethod
    def of(cls, estate: Estate, aws: Aws, spread: Spread) -> ReadAhead | None:
        """Let other processes begin with what is known of secrets by now; None where that is not worth it."""
        if len(aws.resources) * len(aws.attached) < MANY:
            return None
        readers = SecretReaders.of_repository(aws, SecretQuestions.of_repository(estate, aws), ())
        if len(readers.secrets) * len(readers.readers) < MANY:
            return None
        return cls(readers, spread(len(readers.readers), readers.of, packed))

    def questions(self, now: SecretQuestions) -> SecretQuestions:
        """Return the questions to go on with: those that were asked already, if the repository is what it was."""
        then = self._readers.questions
        return then if then.accounts == now.accounts and then.suffixes == now.suffixes else now

    def stop(self) -> None:
        """End it: nobody needs the answers."""
        self._begun.stop()

    def found(self, now: SecretReaders) -> tuple[dict[int, list[Reading]], list[int]] | None:
        """Return what the readers may read, by number, and the numbers of the secrets that nobody was asked for.

        Both are numbers of now. Left out is who was not asked, or has other policies by now; None where a secret is not what
        it was.
        """
        then = self._readers
        numbers = {id(stored.resource): number for number, stored in enumerate(now.secrets)}
        same = [numbers.pop(id(stored.resource), -1) for stored in then.secrets]
        if -1 in same or then.questions.suffixes != now.questions.suffixes:
            self.stop()
            return None
        was = {id(reader): number for number, reader in enumerate(then.readers)}
        are_numbered_alike = same == list(range(len(same)))
        results = self._begun.finish()
        known: dict[int, list[Reading]] = {}
        for reader, (principal, attached) in enumerate(zip(now.readers, now.attached, strict=True)):
            number = was.get(id(principal))
            if number is None or then.attached[number] is not attached:
                continue
            if then.questions.is_known(principal) == now.questions.is_known(principal):
                readings: list[Reading] = results[number]
                if not are_numbered_alike:
                    readings = [(granted, place, tuple([same[one] for one in asked])) for granted, place, asked in readings]
                known[reader] = readings
        return known, sorted(numbers.values())


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

"""The catalogue of AWS actions: names, access levels, resource types, condition keys. Read from `catalogue.bin`.

The file is made by `scripts/build_catalogue.py`, which documents its shape. Nothing is unpacked before it is asked for:
the names of one service, its details, one action's line.
"""

from __future__ import annotations

import os.path
import zlib
from bisect import bisect_right
from functools import cache
from typing import NamedTuple

LEVELS = {"R": "Read", "L": "List", "W": "Write", "T": "Tagging", "P": "Permissions management"}


class ConditionKey(NamedTuple):
    """A condition key. `name` as AWS spells it, with `${TagKey}` where the user's part stands; `type` may be empty."""

    name: str
    type: str

    @property
    def is_multivalued(self) -> bool:
        """Return whether a request may carry several values, so that a set operator is needed."""
        return self.type.startswith("ArrayOf")


class ResourceType(NamedTuple):
    """A type of resource of one service, with its ARN format (`arn:${Partition}:s3:::${BucketName}`)."""

    name: str
    arn: str
    condition_keys: tuple[str, ...]


class ResourceUse(NamedTuple):
    """One type of resource that an action works on."""

    type: ResourceType
    required: bool
    condition_keys: tuple[str, ...]
    dependent_actions: tuple[str, ...]


class Action(NamedTuple):
    """One action of AWS."""

    name: str
    access_level: str
    resources: tuple[ResourceUse, ...]
    condition_keys: tuple[str, ...]
    dependent_actions: tuple[str, ...]


class Service:
    """One service: its actions are numbered from `first`, in the order of their names ignoring case."""

    __slots__ = (
        "_actions",
        "_catalogue",
        "_details",
        "_lower",
        "_names",
        "_numbers",
        "_places",
        "_types",
        "count",
        "first",
        "key",
        "title",
    )

    def __init__(self, catalogue: Catalogue, line: str) -> None:
        key, first, count, names_at, names_size, details_at, details_size, title = line.split("\t")
        self.key = key
        self.title = title
        self.first = int(first)
        self.count = int(count)
        self._catalogue = catalogue
        self._places = (int(names_at), int(names_size), int(details_at), int(details_size))
        self._names: list[str] | None = None
        self._lower: list[str] | None = None
        self._numbers: dict[str, int] | None = None
        self._details: tuple[list[str], list[str], list[str]] | None = None
        self._types: tuple[ResourceType, ...] | None = None
        self._actions: dict[int, Action] = {}

    @property
    def names(self) -> list[str]:
        """Return the names of the actions, without the service, in the order of their numbers."""
        if self._names is None:
            text = self._catalogue.blob(self._places[0], self._places[1])
            self._names = text.split("\n") if text else []
            self._lower = text.lower().split("\n") if text else []
        return self._names

    @property
    def lower_names(self) -> list[str]:
        """Return the names in lower case, sorted."""
        if self._lower is None:
            assert self.names is not None
        return self._lower or []

    def number_of(self, name: str) -> int | None:
        """Return the number of the action with this name in lower case, or None."""
        if self._numbers is None:
            self._numbers = {lower: self.first + index for index, lower in enumerate(self.lower_names)}
        return self._numbers.get(name)

    @property
    def condition_keys(self) -> tuple[ConditionKey, ...]:
        """Return the condition keys that this service documents."""
        return tuple(ConditionKey(*line.split("\t")) for line in self._sections()[0])

    @property
    def resource_types(self) -> tuple[ResourceType, ...]:
        """Return the types of resource of this service."""
        if self._types is None:
            self._types = tuple(
                ResourceType(name, arn, self._keys(keys))
                for name, arn, keys in (line.split("\t") for line in self._sections()[1])
            )
        return self._types

    def action(self, number: int) -> Action:
        """Return all that is known of the action with this number."""
        found = self._actions.get(number)
        if found is None:
            level, uses, keys, dependent = self._sections()[2][number - self.first].split("\t")
            found = self._actions[number] = Action(
                f"{self.key}:{self.names[number - self.first]}",
                LEVELS[level],
                tuple(self._use(use) for use in uses.split()),
                self._keys(keys),
                tuple(dependent.split()),
            )
        return found

    def level(self, number: int) -> str:
        """Return the access level of the action with this number."""
        return LEVELS[self._sections()[2][number - self.first][0]]

    def _use(self, text: str) -> ResourceUse:
        head, _, dependent = text.partition(">")
        head, _, keys = head.partition(":")
        return ResourceUse(
            self.resource_types[int(head.rstrip("!"))], head.endswith("!"), self._keys(keys.replace(",", " ")),
            tuple(dependent.split(",")) if dependent else (),
        )  # fmt: skip

    def _keys(self, numbers: str) -> tuple[str, ...]:
        lines = self._sections()[0]
        return tuple(lines[int(number)].partition("\t")[0] for number in numbers.split())

    def _sections(self) -> tuple[list[str], list[str], list[str]]:
        if self._details is None:
            keys, types, actions = self._catalogue.blob(self._places[2], self._places[3]).split("\n\n")
            self._details = tuple(part.split("\n") if part else [] for part in (keys, types, actions))  # type: ignore[assignment]
        assert self._details is not None
        return self._details


class Catalogue:
    """All AWS actions, numbered from 0 by service and name. `version` and `date` say which release of the data it is."""

    __slots__ = (
        "_blobs",
        "_firsts",
        "_global_keys",
        "_lines",
        "_order",
        "_services",
        "_shared",
        "date",
        "digest",
        "rcp_services",
        "size",
        "version",
    )

    def __init__(self, data: bytes) -> None:
        if data[:8] != b"IAMCAT1\n":
            raise ValueError("not a catalogue of format 1")
        end = 16 + int(data[8:16])
        head, *lines = data[16:end].decode().split("\n")
        self.version, self.date, self.digest, size, rcp = head.split("\t")
        self.size = int(size)
        self.rcp_services = frozenset(rcp.split())
        self._blobs = data[end:]
        self._shared = lines.pop()
        self._order = [line[: line.index("\t")] for line in lines]
        self._lines = dict(zip(self._order, lines, strict=True))
        self._services: dict[str, Service] = {}
        self._firsts: list[int] | None = None
        self._global_keys: dict[str, ConditionKey] | None = None

    @property
    def everything(self) -> int:
        """Return the bit set of all actions."""
        return (1 << self.size) - 1

    @property
    def services(self) -> list[str]:
        """Return the keys of all services, sorted (`s3`, `ec2`)."""
        return self._order

    def service(self, key: str) -> Service | None:
        """Return the service with this key in lower case, or None."""
        found = self._services.get(key)
        if found is None:
            line = self._lines.get(key)
            if line is None:
                return None
            found = self._services[key] = Service(self, line)
        return found

    def number_of(self, action: str) -> int | None:
        """Return the number of `service:Name`, compared ignoring case, or None when the catalogue does not know it."""
        key, _, name = action.lower().partition(":")
        service = self.service(key)
        return None if service is None else service.number_of(name)

    def name_of(self, number: int) -> str:
        """Return `service:Name` of the action with this number."""
        service = self.service_at(number)
        return f"{service.key}:{service.names[number - service.first]}"

    def service_at(self, number: int) -> Service:
        """Return the service to which the action with this number belongs."""
        if self._firsts is None:
            self._firsts = [int(line.split("\t", 2)[1]) for line in self._lines.values()]
        service = self.service(self._order[bisect_right(self._firsts, number) - 1])
        assert service is not None
        return service

    def names(self, bits: int) -> list[str]:
        """Return the names of the actions in a bit set, in order."""
        found = []
        while bits:
            low = bits & -bits
            found.append(self.name_of(low.bit_length() - 1))
            bits ^= low
        return found

    def action(self, name: str) -> Action | None:
        """Return all that is known of `service:Name`, or None."""
        number = self.number_of(name)
        return None if number is None else self.service_at(number).action(number)

    def access_level(self, name: str) -> str | None:
        """Return `Read`, `List`, `Write`, `Tagging` or `Permissions management`, or None for an action that is not listed."""
        number = self.number_of(name)
        return None if number is None else self.service_at(number).level(number)

    def resource_types(self, name: str) -> tuple[ResourceUse, ...]:
        """Return the types of resource on which the action works; empty when it has none or is not listed."""
        action = self.action(name)
        return action.resources if action is not None else ()

    def supports_resource(self, name: str) -> bool | None:
        """Return whether the action can be limited to resources; None for an action that is not listed."""
        action = self.action(name)
        return None if action is None else bool(action.resources)

    @property
    def global_keys(self) -> dict[str, ConditionKey]:
        """Return the condition keys that every service knows, by their name in lower case."""
        if self._global_keys is None:
            fields = self._shared.split("\t")
            lines = self.blob(int(fields[3]), int(fields[4])).split("\n")
            keys = (ConditionKey(*line.split("\t")) for line in lines)
            self._global_keys = {key.name.lower(): key for key in keys}
        return self._global_keys

    def condition_key(self, name: str, service: str | None = None) -> ConditionKey | None:
        """Return what is known of a condition key as it stands in a policy, or None.

        Keys with a part of the user's own are found too: `aws:ResourceTag/team`, `s3:ExistingObjectTag/class`.
        `service` is where a key without a service of its own is looked for; by default `sts` (`accounts.google.com:aud`).
        """
        lower = name.lower()
        prefix = lower.partition(":")[0]
        if prefix == "aws":
            return _find(self.global_keys, lower)
        home = self.service(prefix) or self.service(service or "sts")
        return None if home is None else _find({key.name.lower(): key for key in home.condition_keys}, lower)

    def blob(self, offset: int, size: int) -> str:
        """Return the text packed at this place."""
        return zlib.decompress(self._blobs[offset : offset + size]).decode()


def _find(keys: dict[str, ConditionKey], lower: str) -> ConditionKey | None:
    found = keys.get(lower)
    if found is not None:
        return found
    for pattern, key in keys.items():
        head, variable, tail = pattern.partition("${")
        if variable and lower.startswith(head) and len(lower) > len(head):
            rest = tail.partition("}")[2]
            if "${" in rest or (lower.endswith(rest) and len(lower) > len(head) + len(rest)):
                return key
    return None


@cache
def catalogue() -> Catalogue:
    """Return the catalogue that is shipped."""
    with open(os.path.join(os.path.dirname(__file__), "catalogue.bin"), "rb") as file:
        return Catalogue(file.read())


def access_level(action: str) -> str | None:
    """Return the access level of `service:Name`, or None for an action that is not listed."""
    return catalogue().access_level(action)


def resource_types(action: str) -> tuple[ResourceUse, ...]:
    """Return the types of resource on which the action works; empty when it has none or is not listed."""
    return catalogue().resource_types(action)


def supports_resource(action: str) -> bool | None:
    """Return whether the action can be limited to resources; None for an action that is not listed."""
    return catalogue().supports_resource(action)

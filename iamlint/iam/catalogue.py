"""The catalogue of AWS actions: names, access levels, resource types, condition keys. Read from `catalogue.bin`.

The file is made by `scripts/build_catalogue.py`, which documents its shape. Nothing is unpacked before it is asked for:
the names of one service, its details, one action's line.
"""

from __future__ import annotations

import os.path
import zlib
from bisect import bisect_right
from functools import cache

from iamlint.iam.service import Action, ConditionKey, KeysByName, ResourceUse, Service


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
        self._global_keys: KeysByName | None = None

    @property
    def as_of(self) -> str:
        """Return when the catalogue was made, as a finding that rests on it says it."""
        return f"by the catalogue of {self.date}"

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
            found = self._services[key] = Service(self.blob, line)
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
        return [self.name_of(number) for number in numbers_in(bits)]

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
    def global_keys(self) -> KeysByName:
        """Return the condition keys that every service knows, by their name in lower case."""
        if self._global_keys is None:
            fields = self._shared.split("\t")
            lines = self.blob(int(fields[3]), int(fields[4])).split("\n")
            self._global_keys = KeysByName(ConditionKey(*line.split("\t")) for line in lines)
        return self._global_keys

    def condition_key(self, name: str, service: str | None = None) -> ConditionKey | None:
        """Return what is known of a condition key as it stands in a policy, or None.

        Keys with a part of the user's own are found too: `aws:ResourceTag/team`, `s3:ExistingObjectTag/class`.
        `service` is where a key without a service of its own is looked for; by default `sts` (`accounts.google.com:aud`).
        """
        lower = name.lower()
        prefix = lower.partition(":")[0]
        if prefix == "aws":
            return self.global_keys.find(lower)
        home = self.service(prefix) or self.service(service or "sts")
        return None if home is None else home.keys_by_name.find(lower)

    def blob(self, offset: int, size: int) -> str:
        """Return the text packed at this place."""
        return zlib.decompress(self._blobs[offset : offset + size]).decode()


def numbers_in(bits: int) -> list[int]:
    """Return the numbers in a bit set, in order. What was found is shifted away, so that the set shrinks on the way."""
    found = []
    number = -1
    while bits:
        step = (bits & -bits).bit_length()
        number += step
        found.append(number)
        bits >>= step
    return found


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

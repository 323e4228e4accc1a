"""One service of the catalogue: its actions, resource types and condition keys, unpacked when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from iamlint.source.record import NamedTuple

LEVELS = {"R": "Read", "L": "List", "W": "Write", "T": "Tagging", "P": "Permissions management"}


class ConditionKey(NamedTuple):
    """A condition key. `name` as AWS spells it, with `${TagKey}` where the user's part stands; `type` may be empty."""

    name: str
    type: str

    @property
    def is_multivalued(self) -> bool:
        """Return whether a request may carry several values, so that a set operator is needed."""
        return self.type.startswith("ArrayOf")


class KeysByName(dict[str, ConditionKey]):
    """Condition keys by their name in lower case."""

    def __init__(self, keys: Iterable[ConditionKey]) -> None:
        super().__init__((key.name.lower(), key) for key in keys)
        self._open: list[tuple[str, str, ConditionKey]] | None = None

    def find(self, lower: str) -> ConditionKey | None:
        """Return the key with this name, also where a part of it is the user's own, or None."""
        found = self.get(lower)
        if found is not None:
            return found
        if self._open is None:
            parts = ((pattern.partition("${"), key) for pattern, key in self.items() if "${" in pattern)
            self._open = [(head, tail.partition("}")[2], key) for (head, _, tail), key in parts]
        for head, rest, key in self._open:
            if (
                lower.startswith(head)
                and len(lower) > len(head)
                and ("${" in rest or (lower.endswith(rest) and len(lower) > len(head) + len(rest)))
            ):
                return key
        return None


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
        "_blob",
        "_details",
        "_formats",
        "_indexes",
        "_key_names",
        "_keys_by_name",
        "_keys_of_uses",
        "_limitable",
        "_lower",
        "_names",
        "_needed",
        "_places",
        "_text",
        "_types",
        "count",
        "first",
        "key",
        "title",
    )

    def __init__(self, blob: Callable[[int, int], str], line: str) -> None:
        key, first, count, names_at, names_size, details_at, details_size, title = line.split("\t")
        self.key = key
        self.title = title
        self.first = int(first)
        self.count = int(count)
        self._blob = blob
        self._places = (int(names_at), int(names_size), int(details_at), int(details_size))
        self._text: str | None = None
        self._names: list[str] | None = None
        self._lower: list[str] | None = None
        self._limitable: str | None = None
        self._indexes: dict[str, int] | None = None
        self._formats: list[str] | None = None
        self._keys_of_uses: dict[tuple[str, str, bool], frozenset[str]] = {}
        self._needed: dict[str, tuple[str, ...]] = {}
        self._key_names: list[str] | None = None
        self._keys_by_name: KeysByName | None = None
        self._details: tuple[list[str], list[str], list[str]] | None = None
        self._types: tuple[ResourceType, ...] | None = None
        self._actions: dict[int, Action] = {}

    @property
    def names(self) -> list[str]:
        """Return the names of the actions, without the service, in the order of their numbers."""
        if self._names is None:
            self._names = self.names_by_line.split("\n") if self.names_by_line else []
        return self._names

    @property
    def names_by_line(self) -> str:
        """Return the names of the actions as one text, a line each; less memory than `names`."""
        if self._text is None:
            self._text = self._blob(self._places[0], self._places[1])
        return self._text

    @property
    def lower_names(self) -> list[str]:
        """Return the names in lower case, sorted."""
        if self._lower is None:
            self._lower = self.names_by_line.lower().split("\n") if self.names_by_line else []
        return self._lower

    def index_of(self, name: str) -> int | None:
        """Return the place among the actions of this service of the one with this name in lower case, or None."""
        if self._indexes is None:
            self._indexes = dict(zip(self.lower_names, range(self.count), strict=True))
        return self._indexes.get(name)

    def number_of(self, name: str) -> int | None:
        """Return the number of the action with this name in lower case, or None."""
        index = self.index_of(name)
        return None if index is None else self.first + index

    @property
    def condition_keys(self) -> tuple[ConditionKey, ...]:
        """Return the condition keys that this service documents."""
        return tuple(ConditionKey(*line.split("\t")) for line in self._sections()[0])

    def foreign_keys(self) -> list[tuple[str, ConditionKey]]:
        """Return the condition keys under a prefix (in lower case) that is neither this service's own nor that of global keys."""
        own = (f"{self.key}:", "aws:")
        return [
            (line.partition(":")[0].lower(), ConditionKey(*line.split("\t")))
            for line in self._sections()[0]
            if not line.startswith(own) and not line.lower().startswith(own)
        ]

    @property
    def keys_by_name(self) -> KeysByName:
        """Return the condition keys that this service documents, by their name in lower case."""
        if self._keys_by_name is None:
            self._keys_by_name = KeysByName(self.condition_keys)
        return self._keys_by_name

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

    def uses(self, number: int) -> str:
        """Return what the catalogue writes of the resources on which the action with this number works; many share it."""
        return self._sections()[2][number - self.first].split("\t", 2)[1]

    def needed_formats(self, number: int) -> tuple[str, ...]:
        """Return the ARN formats of the resources that a request for this action must name, of all if it must name none."""
        uses = self.uses(number)
        found = self._needed.get(uses)
        if found is None:
            heads = _kinds_in(uses)
            kinds = [head for head in heads if head.endswith("!")] or heads
            found = self._needed[uses] = tuple([self.arn_formats[int(kind.rstrip("!"))] for kind in kinds])
        return found

    def kinds_of(self, uses: str) -> tuple[int, ...]:
        """Return the numbers of the types of resource in this."""
        return tuple([int(kind.rstrip("!")) for kind in _kinds_in(uses)])

    @property
    def arn_formats(self) -> list[str]:
        """Return the ARN formats of the types of resource; much less work than `resource_types`."""
        if self._formats is None:
            self._formats = [line.split("\t", 2)[1] for line in self._sections()[1]]
        return self._formats

    def keys_of(self, index: int, *, by_type: bool) -> frozenset[str]:
        """Return the condition keys that come with an action, with `by_type` those that its resources bring too."""
        _, uses, keys, _ = self._sections()[2][index].split("\t")
        found = self._keys_of_uses.get((uses, keys, by_type))
        if found is None:
            numbers = keys.split()
            for use in uses.split():
                kind, _, more = use.partition(">")[0].partition(":")
                numbers += more.split(",") if more else ()
                numbers += self._sections()[1][int(kind.rstrip("!"))].split("\t")[2].split() if by_type else ()
            if self._key_names is None:
                self._key_names = [line[: line.index("\t")] for line in self._sections()[0]]
            names = self._key_names
            found = self._keys_of_uses[uses, keys, by_type] = frozenset([names[int(number)] for number in numbers])
        return found

    def level(self, number: int) -> str:
        """Return the access level of the action with this number."""
        return LEVELS[self._sections()[2][number - self.first][0]]

    def limitable_bits(self, levels: str) -> int:
        """Return the actions of some access levels (`WP`) that can be limited to resources, counted from the first action."""
        if self._limitable is None:  # the level of each action that can be limited, the last one first
            self._limitable = "".join([line[0] if line[2:3] not in ("", "\t") else "0" for line in self._sections()[2]])[::-1]
        found = self._limitable
        for level in LEVELS:
            found = found.replace(level, "1" if level in levels else "0")
        return int(found or "0", 2)

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
            keys, types, actions = self._blob(self._places[2], self._places[3]).split("\n\n")
            self._details = tuple(part.split("\n") if part else [] for part in (keys, types, actions))  # type: ignore[assignment]
        assert self._details is not None
        return self._details


def _kinds_in(uses: str) -> list[str]:
    """Return the numbers of the types of resource in what the catalogue writes of an action, with `!` where one must be named."""
    return [use.partition(">")[0].partition(":")[0] for use in uses.split()]

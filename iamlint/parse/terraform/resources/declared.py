"""What the readers of resources add to: the facts of a root module, with its policies, secrets and coverage."""

from __future__ import annotations

from iamlint.model.estate import Facts
from iamlint.model.policy import Policy, PolicyKind
from iamlint.parse.context import Context
from iamlint.parse.policy import parse_policy
from iamlint.parse.terraform.attributes import nested, text, text_map, written
from iamlint.parse.terraform.computed import ComputedAttributes
from iamlint.parse.terraform.embedded import read_embedded
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.literals import literal_secrets
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.possible import read_policy
from iamlint.source.place import Place
from iamlint.source.problem import Unresolved
from iamlint.source.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    Reader = Callable[[Instance, "Declared"], None]


class Declared:
    """The facts of one root module in the making, with the instances that readers look up."""

    def __init__(self, context: Context, facts: Facts, computed: ComputedAttributes, instances: Iterable[Instance]) -> None:
        self.context = context
        self.unit = context.unit
        self.facts = facts
        self.computed = computed
        self.by_type: dict[str, list[Instance]] = {}
        self.references: dict[tuple[tuple[str, ...], tuple[str, ...]], dict[str, Instance]] = {}  # `references.found`
        self.memo: dict[str, Any] = {}  # what readers found and will ask again
        self.noted: list[str] = []  # why a part of the instance that is being read is not known, beside what its values say
        self._default_tags: dict[str, Value] | None = None
        for instance in instances:
            self.by_type.setdefault(instance.type, []).append(instance)

    def add(self, item: Any) -> None:
        """Add a model value."""
        self.facts.add(item)

    def all(self, type_: str, mode: str = "managed") -> list[Instance]:
        """Return the instances of a type, in order of address."""
        return [instance for instance in self.by_type.get(type_, ()) if instance.mode == mode]

    def ref(self, instance: Instance, part: str = "") -> str:
        """Return the name by which a declaration is unique in the estate."""
        return f"{self.unit}#{instance.address}" + (f".{part}" if part else "")

    def policy(
        self,
        instance: Instance,
        located: Located | None,
        kind: PolicyKind,
        name: Value,
        part: str = "",
        *,
        arn: Value | None = None,
        tags: Mapping[str, Value] | None = None,
    ) -> Policy | None:
        """Add the policy that an attribute holds and return it; None when it holds none."""
        if located is None:
            return None
        embedded, maybe = read_policy(located)
        if embedded.problem is not None:
            self.facts.problems.append(embedded.problem)
        if embedded.document is None:
            return None
        ref = self.ref(instance, part)
        policy = parse_policy(
            embedded.document, embedded.origin, kind=kind, name=name, ref=ref, unit=self.unit, arn=arn, tags=tags,
            maybe=maybe,
        )  # fmt: skip
        self.add(policy)
        return policy

    def note(self, reason: str, place: Place) -> None:
        """Add a line of coverage about the instance that is being read."""
        self.facts.unresolved.append(Unresolved(reason, place))
        self.noted.append(reason)

    def tags(self, instance: Instance) -> dict[str, Value]:
        """Return the tags of an AWS resource, with those that the provider puts on everything."""
        if instance.type.startswith("awscc_"):  # a list of keys and values; that provider has no default tags
            pairs = ((text(tag, "key"), text(tag, "value")) for tag in nested(instance, "tags") if isinstance(tag.value, dict))
            return {name: value for name, value in pairs if isinstance(name, str) and value is not None}
        if self._default_tags is None:
            self._default_tags = self._tags_of_every_provider()
        return {**self._default_tags, **text_map(instance, "tags")}

    def _tags_of_every_provider(self) -> dict[str, Value]:
        """Return the default tags in which all `aws` provider blocks agree: which of them an instance uses is not asked here."""
        found: list[dict[str, Value]] = []
        for provider in self.all("aws", "provider"):
            block = next((block for block in nested(provider, "default_tags") if isinstance(block.value, dict)), None)
            found.append({} if block is None else text_map(block, "tags"))
        first, *others = found or [{}]
        return {name: value for name, value in first.items() if all(other.get(name) == value for other in others)}

    def document(self, located: Located | None) -> Any:
        """Return the plain value of an attribute that holds JSON other than a policy."""
        if located is None:
            return None
        embedded = read_embedded(located)
        if embedded.problem is not None:
            self.facts.problems.append(embedded.problem)
        return embedded.document

    def secret(self, what: str, located: Located | None, holder: Value | None = None) -> None:
        """Add the literal secrets in a value: the text itself, or the fields of a structure that are named like secrets."""
        for literal in literal_secrets(located):
            from iamlint.model.telemetry import LiteralSecret

            self.add(LiteralSecret(what, literal.at, self.unit, holder, literal.by))

    def secret_attribute(self, what: str, body: Located | Instance, name: str, holder: Value | None = None) -> None:
        """Add the secret that an attribute holds literally, if it does, also where it is written and never read back (`…_wo`)."""
        for attribute in (name, f"{name}_wo"):
            self.secret(what, written(body, attribute), holder)

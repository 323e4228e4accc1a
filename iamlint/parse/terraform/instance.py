"""What the evaluator hands to the readers of resources: instances of resources and data sources."""

from __future__ import annotations

from iamlint.parse.terraform.located import Located
from iamlint.source.place import Place
from iamlint.source.problem import Problem, Unresolved
from iamlint.source.record import NamedTuple
from iamlint.source.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Instance(NamedTuple):
    """One instance of a resource or data source after `count`, `for_each` and module calls.

    `address` is Terraform's (`module.app["a"].aws_iam_role.this[0]`). `body` is an object: attributes by name, and nested
    blocks by type as a list of objects (dynamic blocks expanded). `key` is the `for_each` key or `count` index.
    `calls` are the places of the module calls that lead here, outermost first.
    `account` is the account of the provider that the instance uses (provider block, else context). `provider` is the
    address of that provider's block (`provider.lightstep.acme`), empty when no block is in the repository; of a provider
    block itself it is its own address.
    """

    mode: str  # `managed`, `data`, `provider` (a block: type `lightstep`, name its alias or ""), `settings` (type `backend.s3`)
    type: str
    name: str
    address: str
    key: str | int | None
    body: Located
    place: Place
    calls: tuple[Place, ...]
    account: Value
    region: Value
    partition: Value
    provider: str = ""

    def symbol(self, unit: str, attribute: str) -> str:
        """Return the symbol of an attribute that only the provider knows: `infra/prod#aws_iam_role.app.name`."""
        return f"{unit}#{self.address}.{attribute}"


class ProviderBlock(Instance):
    """A provider block of a root module. Whose account it works in is evaluated when somebody asks, which few blocks need.

    `surroundings` gives account, region and partition; it stands where other instances have their account.
    """

    __slots__ = ()

    @property
    def account(self) -> Value:
        """The account that the provider works in."""
        return self._surroundings()[0]

    @property
    def region(self) -> Value:
        """The region that the provider works in."""
        return self._surroundings()[1]

    @property
    def partition(self) -> Value:
        """The partition that the provider works in."""
        return self._surroundings()[2]

    def _surroundings(self) -> tuple[Value, Value, Value]:
        surroundings: Any = self[8]
        found: tuple[Value, Value, Value] = surroundings()
        return found


class Evaluation(NamedTuple):
    """A root module, evaluated: its instances in order of address, and what could not be read or known.

    `off`: what a variable's default keeps from being there.

    Provider blocks of the root module are among the instances (mode `provider`, address `provider.aws.prod`).
    """

    instances: tuple[Instance, ...]
    files: tuple[str, ...]
    problems: tuple[Problem, ...]
    unresolved: tuple[Unresolved, ...]
    off: tuple[Unresolved, ...] = ()

"""A plan becomes facts: its resources as instances, read by the readers of Terraform's resources."""

from __future__ import annotations

import re
from functools import cached_property

from iamlint.model.estate import Facts
from iamlint.model.telemetry import LiteralSecret, Undisclosed
from iamlint.parse.context import Context
from iamlint.parse.terraform.computed import ComputedAttributes
from iamlint.parse.terraform.evaluate import evaluate_root
from iamlint.parse.terraform.instance import Evaluation, Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.reader import read_evaluation
from iamlint.parse.terraform.resources import is_of_interest
from iamlint.parse.terraform_plan.configuration import Configuration
from iamlint.parse.terraform_plan.document import PlanResource, every_resource, resources, without_indices
from iamlint.parse.terraform_plan.echoes import without_echoes
from iamlint.parse.terraform_plan.sensitive import undisclosed
from iamlint.parse.terraform_plan.settle import settle, settled_tree
from iamlint.parse.terraform_plan.surroundings import Surroundings
from iamlint.parse.terraform_plan.values import Subject, build
from iamlint.source.files import Files
from iamlint.source.place import Origin
from iamlint.source.problem import Unresolved
from iamlint.source.value import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TERRAFORM_SUFFIXES = (".tf", ".tofu", ".tf.json", ".tofu.json")
_DOCUMENT = ("data", "aws_iam_policy_document")


def read_plan(document: dict[str, Any], origin: Origin, context: Context, files: Files, root: str | None) -> Facts:
    """Return what a plan of a known version declares."""
    plan = Plan(document, origin, context, files, root)
    evaluation = Evaluation(tuple(plan.instances()), (origin.path, *plan.files), tuple(plan.problems), tuple(plan.unresolved()))
    facts = read_evaluation(evaluation, context, plan.computed)
    facts.kind = "terraform_plan"
    # What is planned is computed: only the configuration says whether somebody wrote a secret down.
    facts.items = [item for item in facts.items if not (isinstance(item, LiteralSecret) and item.at.path == origin.path)]
    settle(facts, plan.known)
    facts.items += [Undisclosed(place, context.unit) for place in undisclosed(document, origin)]
    return facts


class Plan:
    """A plan with the configuration that it was made from, as far as that is there."""

    def __init__(self, document: dict[str, Any], origin: Origin, context: Context, files: Files, root: str | None) -> None:
        self.document = document
        self.origin = origin
        self.context = context
        self.computed = ComputedAttributes(context)
        self.configuration = Configuration(document)
        self.resources = without_echoes(resources(document), self.configuration)
        self.problems: tuple[Any, ...] = ()
        self.files: tuple[str, ...] = ()
        self.static: dict[str, Instance] = {}
        self._providers: list[Instance] = []
        self._left_out: list[Unresolved] = []
        self._instances: dict[str, Instance] = {}
        self._making: set[str] = set()
        if root is not None and any(path.endswith(TERRAFORM_SUFFIXES) for path in files.under(root)):
            self._evaluate(root, files)
        self.surroundings = Surroundings(self.resources, self.configuration, context)

    def _evaluate(self, root: str, files: Files) -> None:
        context = self.context._replace(variables={**self.context.variables, **self._variables()})
        evaluation = evaluate_root(root, files, context, self.computed, is_of_interest)
        self.problems, self.files = evaluation.problems, evaluation.files
        open_places = {line.at for line in evaluation.unresolved}
        known = {without_indices(resource.address) for resource in every_resource(self.document)}
        for instance in evaluation.instances:
            if instance.mode in ("provider", "settings"):
                self._providers.append(instance)
            self.static[instance.address] = instance
            self.static.setdefault(without_indices(instance.address), instance)
            counted = open_places.isdisjoint((instance.place, *instance.calls))
            if instance.mode == "managed" and counted and without_indices(instance.address) not in known:
                self._left_out.append(
                    Unresolved(f"`{instance.address}` is in the configuration and not in the plan", instance.place)
                )

    def _variables(self) -> dict[str, Any]:
        """Return the values that the plan was made with, without those that are not to be shown."""
        variables = self.document.get("variables")
        return {
            name: item["value"]
            for name, item in (variables.items() if isinstance(variables, dict) else ())
            if isinstance(item, dict) and "value" in item and not self.configuration.is_sensitive(name)
        }

    @cached_property
    def known(self) -> dict[str, str]:
        """Return what the plan knows of the attributes that only a provider knows, by symbol."""
        table: dict[str, str] = {}
        for address, resource in self.resources.items():
            for name, value in resource.values.items():
                if isinstance(value, str) and value and not _marked(resource.sensitive, name):
                    table[f"{self.context.unit}#{address}.{name}"] = value
            arn = resource.values.get("arn")
            if resource.type == "aws_secretsmanager_secret" and isinstance(arn, str):
                table[f"{self.context.unit}#{address}.arn suffix"] = arn.rpartition("-")[2]
        return table

    def instances(self) -> list[Instance]:
        """Return the instances that say anything about access, provider blocks first."""
        found = list(self._providers) or self.surroundings.providers(self.origin)
        for address, resource in self.resources.items():
            if (resource.mode, resource.type) != _DOCUMENT and is_of_interest(resource.mode, resource.type):
                found.append(self.instance(address))
        return found

    def instance(self, address: str) -> Instance:
        """Return the instance at an address of the plan."""
        made = self._instances.get(address)
        if made is None:
            made = self._instances[address] = self._make(self.resources[address])
        return made

    def _make(self, resource: PlanResource) -> Instance:
        static = self.static.get(resource.address)
        exact = static is not None
        if static is None:
            static = self.static.get(without_indices(resource.address))
        self._making.add(resource.address)
        body = self._body(resource, static, exact=exact)
        self._making.discard(resource.address)
        place = static.place if static is not None else self.origin.at(resource.named)
        around = self.surroundings.of(resource, static)
        own = body.get("region") if resource.type.startswith("aws_") else None  # AWS provider 6: outranks the provider's
        region = own.value if own is not None and isinstance(own.value, str) else around.region
        return Instance(
            resource.mode, resource.type, resource.name, resource.address, resource.key, body, place,
            static.calls if static is not None else (), around.account, region, around.partition,
        )  # fmt: skip

    def _body(self, resource: PlanResource, static: Instance | None, *, exact: bool) -> Located:
        subject = Subject(resource.address, self.context.unit, self.origin.path, resource.route)
        written = self.configuration.expressions(resource.address)
        values: dict[str, Located] = {}
        unknown = resource.unknown if isinstance(resource.unknown, dict) else {}
        for name in dict.fromkeys((*resource.values, *(name for name, mark in unknown.items() if mark))):
            mark = unknown.get(name)
            if mark is True and written is not None and name not in written:
                continue  # what only the provider computes has a name of its own already
            from_static = static.body.get(name) if static is not None else None
            if not exact and from_static is not None:
                from_static = Located(None, from_static.place)  # another instance of the block: its place counts, not its value
            if mark and from_static is not None:
                from_static = settled_tree(from_static, self.known)
            found = self._referred(resource.address, name) if mark is True and (from_static is None or not exact) else None
            values[name] = found or build(
                subject, resource.values.get(name), mark, _mark(resource.sensitive, name), (name,), from_static
            )
        return Located(values, static.place if static is not None else self.origin.at(resource.named))

    def _referred(self, address: str, attribute: str) -> Located | None:
        """Return what an attribute that is nothing but a reference refers to."""
        target = self.configuration.target(address, attribute)
        if target is None:
            return None
        resource = self.resources.get(target.address)
        if resource is None and "[" not in target.address.rpartition(".")[2]:
            same = [other for other in self.resources if without_indices(other) == without_indices(target.address)]
            resource = self.resources[same[0]] if len(same) == 1 else None
        if resource is None or resource.address in self._making:
            return None
        value = resource.values.get(target.attribute)
        place = self.origin.at((*self.resources[address].route, attribute))
        if isinstance(value, str) and not _marked(resource.sensitive, target.attribute):
            return Located(value, place)
        instance = self.instance(resource.address)
        found = self.computed(instance, target.attribute)
        if found is not None:
            return Located(found.value, place, tree=found.tree)
        symbol = instance.symbol(self.context.unit, target.attribute)
        reason = f"`{resource.address}.{target.attribute}` is known to the provider only"
        return Located(Unknown(reason, place, symbol), place)

    def unresolved(self) -> list[Unresolved]:
        """Return what the plan itself says that it leaves open."""
        lines = list(self._left_out)
        if self.document.get("errored") is True:
            lines.append(Unresolved("the plan ended with an error, so resources may be missing", self.origin.at(("errored",))))
        deferred = self.document.get("deferred_changes")
        for number, item in enumerate(deferred if isinstance(deferred, list) else ()):
            change = item.get("resource_change") if isinstance(item, dict) else None
            address = change.get("address") if isinstance(change, dict) else None
            if isinstance(address, str) and isinstance(change, dict) and is_of_interest("managed", str(change.get("type"))):
                place = self.origin.at(("deferred_changes", number))
                lines.append(Unresolved(f"the change of `{re.sub(chr(96), '', address)}` is deferred to a later plan", place))
        if "format_version" not in self.document:
            from iamlint.parse.terraform_plan.state import kept_flat

            lines += kept_flat(self.document, self.origin)
        return lines


def _mark(marks: Any, name: str) -> Any:
    return marks if marks is True else marks.get(name) if isinstance(marks, dict) else None


def _marked(marks: Any, name: str) -> bool:
    return bool(_mark(marks, name))

"""Resources of AWS Cloud Control as the readers of CloudFormation see them: a template that nobody wrote."""

from __future__ import annotations

from iamlint.parse.cloudformation.declared import Declared as TemplateDeclared
from iamlint.parse.cloudformation.declared import Resource
from iamlint.parse.cloudformation.rewritten import Evaluated
from iamlint.parse.cloudformation.said_by import SaidBy
from iamlint.parse.cloudformation.template import Template
from iamlint.parse.terraform.attributes import not_in_repository, text
from iamlint.parse.terraform.cloud_control import attribute_name, converted, shape, types
from iamlint.parse.terraform.computed import without_scheme
from iamlint.parse.terraform.embedded import read_tree
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located, is_partial_list, plain
from iamlint.parse.terraform.possible import read_policy
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.tree_origin import TreeOrigin
from iamlint.source.place import FixedOrigin, Origin, Place, Route
from iamlint.source.problem import Problem
from iamlint.source.regex import regex
from iamlint.source.value import Text, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from iamlint.model.policy import Policy, PolicyKind

_JSON_TEXTS = {"AWS::Events::EventBusPolicy": ("Statement",), "AWS::ApiGateway::RestApi": ("Body",)}
"""Properties that hold JSON and no policy: the provider takes them as texts (`type: object` without properties)."""


class CloudControl(Template):
    """The resources of Cloud Control that one provider makes. Their logical names are their addresses.

    All is evaluated already, so a value is what it is; places are those of the tokens in the configuration.
    """

    def __init__(self, instances: Iterable[Instance], declared: Declared) -> None:
        self.instances = {instance.address: instance for instance in instances}
        self.trees: dict[str, Located] = {}
        resources: dict[str, Any] = {}
        for address, instance in self.instances.items():
            type_ = types()[instance.type]
            tree = converted(instance.body, type_)
            for name in _JSON_TEXTS.get(type_, ()):
                tree = _with_structure(tree, name)
            self.trees[address] = tree
            resources[address] = {"Type": type_, "Properties": plain(tree)}
        one = next(iter(self.instances.values()))
        context = declared.context._replace(account=one.account, region=one.region, partition=one.partition)
        super().__init__({"Resources": resources}, Origin(one.place.path), context)
        for address, instance in self.instances.items():
            if instance.type == "awscc_iam_oidc_provider":
                url = text(instance, "url")
                self.names[address] = self.chosen(address, "name") if url is None else without_scheme(url)

    def at(self, route: Route, part: str = "value") -> Place:
        """Return the place of something in a resource, or of the resource itself."""
        instance = self.instances[str(route[1])]
        found = self._below(instance.address, route[3:])
        if found is None:
            return instance.place
        return TreeOrigin(self.trees[instance.address]).at(route[3:], part)

    def _below(self, address: str, steps: Route) -> Located | None:
        """Return what stands at a route of a resource's properties; None where that is not written, and for all of them."""
        here = self.trees[address]
        for step in steps:
            inside: Any = here.known.value if is_partial_list(here) else here.value
            is_item = isinstance(inside, list) and isinstance(step, int) and step < len(inside)
            if not is_item and not (isinstance(inside, dict) and step in inside):
                return None
            here = inside[step]
        return here if steps else None

    def evaluate(self, written: Any, route: Route) -> Evaluated:
        """Return a value with its places."""
        found = self._below(str(route[1]), route[3:])
        return Evaluated(written, FixedOrigin(self.at(route[:2])) if found is None else TreeOrigin(found), {})

    def value(self, written: Any, route: Route) -> Any:
        """Return a value, which is evaluated already."""
        return written

    def undecided(self, item: Any) -> list[str]:
        """Return no condition: there are none."""
        return []

    def chosen(self, logical: str, what: str) -> Unknown:
        """Return what only AWS knows of a resource, as a reference to the attribute gives it."""
        instance = self.instances[logical]
        name = attribute_name(what)
        if what == "name":
            known = shape(instance.type)
            name = known.name if known is not None and known.name else "key_id" if known is not None else "name"
        return not_in_repository(instance, self.unit, name)


def _with_structure(tree: Located, name: str) -> Located:
    """Return properties of which one that is a JSON text is the structure that it spells."""
    written = tree.get(name)
    read = read_tree(_innermost(written)) if written is not None and isinstance(written.value, (str, Text)) else None
    if read is None or isinstance(read, Problem):
        return tree
    return Located({**tree.value, name: read}, tree.place, keys=tree.keys)


def _innermost(located: Located) -> Located:
    """Return the JSON text that another one holds as a whole (`jsonencode(data.….json)`), which counts as the document."""
    while located.tree is not None and isinstance(located.tree.value, (str, Text)):
        located = located.tree
    return located


_QUOTED = regex(r"`(\w[\w:]*)`")


class Added(TemplateDeclared):
    """What the readers of CloudFormation add to for one resource: the facts of a root module, which counts its coverage."""

    def __init__(self, template: CloudControl, resource: Resource, instance: Instance, declared: Declared) -> None:
        super().__init__(template, declared.facts)
        self._resource = resource
        self._instance = instance
        self._declared = declared

    def add(self, item: Any) -> None:
        """Add a model value; secrets are looked for in what Terraform writes, where references are told from literals."""
        from iamlint.model.telemetry import LiteralSecret

        if not isinstance(item, LiteralSecret):
            self.facts.add(item)

    def note(self, reason: str, place: Place) -> None:
        """Add a line of coverage, in the words of Terraform."""
        names = {self._resource.type: self._instance.type, **{name: attribute_name(name) for name in self._resource.properties}}
        self._declared.note(_QUOTED.sub(lambda found: f"`{names.get(found[1], found[1])}`", reason), place)

    def possible(
        self, written: Any, texts: Callable[[], Iterable[tuple[Value, Place]]], said: str = ""
    ) -> list[tuple[Value, Place]]:
        """Return nothing: no condition is undecided."""
        return []

    def close(self) -> None:
        """Leave the counting to the root module."""

    def policy(
        self, found: Evaluated | None, kind: PolicyKind, name: Value, ref: str, arn: Value | None = None,
        tags: Mapping[str, Value] | None = None,
    ) -> Policy | None:  # fmt: skip
        """Add the policy that a property holds, as JSON text or as a structure, and return it; None when it holds none."""
        from iamlint.parse.policy import parse_policy

        if found is None or found.value is None:
            return None
        document, origin = found.value, found.origin
        maybe: dict[int, Unknown] = {}
        if isinstance(origin, SaidBy):
            origin = _SaidBy(self._instance.place, TreeOrigin(self._tree), origin.properties)
        elif isinstance(origin, TreeOrigin):
            embedded, maybe = read_policy(_innermost(origin.tree))
            if embedded.problem is not None:
                self.facts.problems.append(embedded.problem)
            document, origin = embedded.document, embedded.origin
        if document is None:
            return None
        policy = parse_policy(document, origin, kind=kind, name=name, ref=ref, unit=self.unit, arn=arn, tags=tags, maybe=maybe)
        self.facts.add(policy)
        return policy

    @property
    def _tree(self) -> Located:
        template = self.template
        assert isinstance(template, CloudControl)
        return template.trees[self._instance.address]


class _SaidBy(Origin):
    """Places in the document that a resource stands for: of the attribute that says each part of it."""

    __slots__ = ("properties", "whole", "written")

    def __init__(self, whole: Place, written: TreeOrigin, properties: Mapping[str, str]) -> None:
        super().__init__(whole.path)
        self.whole = whole
        self.written = written
        self.properties = properties

    def at(self, route: Route = (), part: str = "value") -> Place:
        """Return the place of the attribute that a part of the document comes from."""
        found = next((self.properties[str(step)] for step in reversed(route) if step in self.properties), None)
        return self.whole if found is None or self.written.tree.get(found) is None else self.written.at((found,))

    def below(self, route: Route) -> Origin:
        """Return the same origin: the document is not written as such."""
        return self


def template_of(instance: Instance, declared: Declared) -> CloudControl:
    """Return the template of all resources that are made where an instance is."""
    known: dict[tuple[Any, ...], CloudControl] = declared.memo.setdefault("cloud control", {})
    found = known.get(_where(instance))
    if found is None:
        alike = [
            one
            for type_ in declared.by_type
            if type_ in types()
            for one in declared.all(type_)
            if _where(one) == _where(instance)
        ]
        found = known[_where(instance)] = CloudControl(alike, declared)
    return found


def _where(instance: Instance) -> tuple[Any, ...]:
    from iamlint.source.value import key

    return key(instance.account), key(instance.region), key(instance.partition)

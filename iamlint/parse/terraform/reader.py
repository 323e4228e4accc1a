"""A Terraform root module becomes facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from iamlint.model.aws import PermissionSet, PermissionSetPolicy
from iamlint.model.estate import Facts
from iamlint.model.identity import Group
from iamlint.model.policy import Policy
from iamlint.parse.context import Context
from iamlint.parse.terraform.computed import ComputedAttributes
from iamlint.parse.terraform.evaluate import OpenRoot, open_root
from iamlint.parse.terraform.instance import Evaluation, Instance
from iamlint.parse.terraform.located import Located, plain
from iamlint.parse.terraform.resources import is_of_interest, reader_of
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.source.files import Files
from iamlint.source.place import Place
from iamlint.source.problem import Unresolved
from iamlint.source.regex import regex
from iamlint.source.value import Text, Unknown, unknowns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def parse_root_module(folder: str, files: Files, context: Context) -> Facts:
    """Return what a root module and the local modules it calls declare."""
    global _read_instances
    computed = ComputedAttributes(context)
    evaluation = open_root(folder, files, context, computed, is_of_interest)
    facts = read_evaluation(evaluation, context, computed)
    if any(_is_run_by_hcp(files.read(path) or b"") for path in files.under(folder) if _is_own(path, folder)):
        from iamlint.parse.terraform.hcp import add_runs

        add_runs(folder, files, evaluation.instances, facts)
    _read_instances += len(evaluation.instances)
    if _read_instances > MOST_KEPT:
        evaluation.root.let_go()
    return facts


MOST_KEPT = 20_000
"""So many instances may stay in memory when they have been read (some 100 MB): to take them apart is a thirtieth of a run."""
_read_instances = 0  # in this process


_CLOUD = regex(rb"cloud(?<!\wcloud)\s*\{")
_REMOTE = regex(rb'backend(?<!\wbackend)\s+"remote"')
"""Each begins with a word, which is searched for fast."""


def _is_run_by_hcp(source: bytes) -> bool:
    return _CLOUD.search(source) is not None or (b'"remote"' in source and _REMOTE.search(source) is not None)


def _is_own(path: str, folder: str) -> bool:
    return path.endswith((".tf", ".tofu")) and path.rpartition("/")[0] == folder


def read_evaluation(evaluation: Evaluation | OpenRoot, context: Context, computed: ComputedAttributes) -> Facts:
    """Return what the instances of a root module declare, with the coverage of the reading."""
    facts = Facts(context.unit, "terraform")
    declared = Declared(context, facts, computed, evaluation.instances)
    coverage = _Coverage(context, evaluation.instances)
    read: list[tuple[Place, list[str]]] = []
    for instance in evaluation.instances:
        reader = reader_of(instance.mode, instance.type)
        if reader is None:
            continue
        before = len(facts.items)
        reader(instance, declared)
        noted = declared.noted
        if noted:
            declared.noted = []
        if len(facts.items) > before:
            coverage.count_account(instance)
            coverage.count(facts.items[before:], instance.place)
            read.append((instance.place, [*coverage.reasons(), *noted]))
            if instance.calls:
                places = (getattr(item, "place", instance.place) for item in facts.items[before:])
                for place in dict.fromkeys((instance.place, *places)):
                    if place.path == instance.place.path:
                        facts.calls.append((declared.ref(instance), place, instance.calls))
        elif noted:
            facts.missed.append(noted[0])
    before = len(facts.items)
    if any(type_.startswith(("aws_ssoadmin_", "awscc_sso_")) for type_ in declared.by_type):
        from iamlint.parse.terraform.resources.identity_center import permission_sets

        permission_sets(declared)
    _loose_documents(declared)
    for item in facts.items[before:]:
        if isinstance(item, (PermissionSet, PermissionSetPolicy)):
            continue  # said again, for assignments that stand in other files
        coverage.count([item], getattr(item, "place", Place("")))
        read.append((getattr(item, "place", Place("")), coverage.reasons()))
    if isinstance(evaluation, OpenRoot) and any(isinstance(item, Group) for item in facts.items):
        from iamlint.parse.terraform.mentions import mark_mentioned

        mark_mentioned(facts, evaluation.instances, evaluation.root.files)
    closed = evaluation.close() if isinstance(evaluation, OpenRoot) else evaluation
    facts.files = closed.files
    # One file may be read for several policies.
    facts.problems[:] = dict.fromkeys([*closed.problems, *facts.problems, *computed.problems])
    facts.resolved = coverage.resolved
    facts.off.extend(closed.off)
    facts.unresolved.extend(dict.fromkeys([*closed.unresolved, *coverage.lines]))
    _tally(facts, read, closed.unresolved)
    return facts


def _tally(facts: Facts, read: list[tuple[Place, list[str]]], lines: tuple[Unresolved, ...]) -> None:
    """Count the resources that were read, and what the evaluation could not reach: a module that is not here, a broken block."""
    said: dict[Place, list[str]] = {}
    for line in lines:
        said.setdefault(line.at, []).append(line.reason)
    for place, reasons in read:
        facts.tally((*said.get(place, ()), *reasons))
    reached = {place for place, _ in read}
    facts.missed += [reasons[0] for place, reasons in said.items() if place not in reached]


def _loose_documents(declared: Declared) -> None:
    """Add the policy documents that no policy of the module holds: an output, or a module that is not here, may use them."""
    from iamlint.parse.policy import parse_policy
    from iamlint.parse.policy_kind import policy_kind_of
    from iamlint.parse.terraform.gaps import without_gaps
    from iamlint.parse.terraform.policy_document import policy_document
    from iamlint.parse.terraform.possible import with_possible
    from iamlint.parse.terraform.tree_origin import TreeOrigin

    policies = [item for item in declared.facts.items if isinstance(item, Policy)]
    held = {id(part) for policy in policies if isinstance(policy.origin, TreeOrigin) for part in _parts(policy.origin.tree)}
    as_text = [policy.document for policy in policies if not isinstance(policy.origin, TreeOrigin)]
    trees = [(instance, declared.computed.document(instance)) for instance in declared.all("aws_iam_policy_document", "data")]
    merged = Counter(id(part) for _, tree in trees for part in _parts(tree))
    for instance, tree in trees:
        read = instance.address in declared.computed.used
        if read and any(id(part) in held or merged[id(part)] > 1 for part in _parts(tree)):
            continue
        document = plain(tree)
        if read and document in as_text:
            continue
        ref = declared.ref(instance)
        body = without_gaps(instance.body, ref)
        if body is not instance.body and isinstance(document, dict):
            tree = policy_document(body, instance.place).tree
            document = plain(tree)
        kind = policy_kind_of(document, f"{instance.place.path}/{instance.name}.json", declared.context.policy_kinds)
        if kind is not None:
            tree, maybe = with_possible(tree)
            document = plain(tree) if maybe else document
            declared.add(
                parse_policy(document, TreeOrigin(tree), kind=kind, name=instance.name, ref=ref, unit=declared.unit, maybe=maybe)
            )
            if instance.calls:
                declared.facts.calls.append((ref, instance.place, instance.calls))


def _parts(tree: Located) -> list[Located]:
    """Return a document and its statements: a merged statement is the same object in both documents."""
    statements = tree.get("Statement")
    parts = [tree, *(statements.value if statements is not None and isinstance(statements.value, list) else ())]
    source: Located | None = getattr(tree, "source", None)
    return parts if source is None else [*parts, *_parts(source)]


class _Coverage:
    """How much of what bears on access was understood: a policy counts by statements, everything else as one."""

    def __init__(self, context: Context, instances: tuple[Instance, ...]) -> None:
        self.resolved = 0
        self.unit = context.unit
        self._context = context
        self._instances = instances
        self._accounts: set[str] = set()
        self._lines: dict[tuple[str, Place], Unresolved] = {}
        self._reasons: list[str] = []

    @cached_property
    def expected(self) -> set[str]:
        """The symbols of what surrounds the instances, accounts above all: that these are not known is said in other words."""
        return {
            unknown.symbol
            for value in (self._context.partition, self._context.region, *_surroundings(self._instances))
            if isinstance(value, (Unknown, Text))
            for unknown in unknowns(value)
        }

    def reasons(self) -> list[str]:
        """Return why something of the values counted since the last call is not known."""
        reasons, self._reasons = self._reasons, []
        return reasons

    @property
    def lines(self) -> list[Unresolved]:
        """Return one line for each thing that could not be known."""
        return list(self._lines.values())

    def count_account(self, instance: Instance) -> None:
        """Note, once, that the account of AWS resources is not known: what crosses accounts cannot be told then."""
        account = instance.account
        if isinstance(account, Unknown) and instance.type.startswith(("aws_", "awscc_")) and account.symbol not in self._accounts:
            self._accounts.add(account.symbol)
            at = account.place or instance.place
            self._lines.setdefault((account.reason, at), Unresolved(account.reason, at))

    def count(self, items: list[Any], place: Place) -> None:
        """Count values that one instance declared."""
        complete = True
        for item in items:
            if isinstance(item, Policy):
                self._count_policy(item)
            else:
                complete &= self._check(_fields(item), place)
        if complete and not all(isinstance(item, Policy) for item in items):
            self.resolved += 1

    def _count_policy(self, policy: Policy) -> None:
        statements = policy.document.get("Statement") if isinstance(policy.document, dict) else policy.document
        perhaps = {one.route: one.opaque for one in policy.statements if one.opaque is not None}
        for index, statement in enumerate(statements if isinstance(statements, list) else [statements]):
            route = ("Statement", index) if isinstance(statements, list) else ("Statement",)
            complete = self._check(statement, None, policy, route)
            unknown = perhaps.get(route)
            if unknown is not None:
                self._note(unknown, unknown.place or policy.origin.at(route))
            elif complete:
                self.resolved += 1

    def _check(self, value: Any, place: Place | None, policy: Policy | None = None, route: tuple[Any, ...] = ()) -> bool:
        """Return whether nothing in a value is unknown that could be known; note what is."""
        complete = True
        for unknown in unknowns(value):
            if self._is_identity(unknown):
                continue
            complete = False
            self._note(unknown, unknown.place or place or (policy.origin.at(route) if policy is not None else Place("")))
        return complete

    def _note(self, unknown: Unknown, at: Place) -> None:
        self._reasons.append(unknown.reason)
        self._lines.setdefault((unknown.reason, at), Unresolved(unknown.reason, at))

    def _is_identity(self, unknown: Unknown) -> bool:
        """Return whether an unknown only stands for what the provider chooses: references join on it, so nothing is lost."""
        if unknown.symbol in self.expected:
            return True
        if unknown.reason.startswith(("AWS chooses ", "AWS makes up ")):
            return True
        if not unknown.reason.endswith("is known to the provider only"):
            return False
        lookup = _LOOKUP.search(unknown.reason)
        return lookup is None or lookup[1].startswith(_JOINED)


_LOOKUP = regex(r"[`.]data\.(\w+)\.")
_JOINED = (
    "okta_", "aws_identitystore_", "aws_ssoadmin_", "aws_iam_", "azuread_", "googleworkspace_", "keycloak_", "github_",
    "grafana_", "datadog_", "honeycombio_", "tfe_",
)  # fmt: skip
"""Lookups of these types by name are references to what is declared elsewhere."""


def _fields(item: Any) -> list[Any]:
    """Return the fields of a model value without its places and policies."""
    return [field for field in item if not isinstance(field, (Place, Policy))] if isinstance(item, tuple) else []


def _surroundings(instances: tuple[Instance, ...]) -> Iterator[Any]:
    for instance in instances:
        yield instance.account
        yield instance.region
        yield instance.partition

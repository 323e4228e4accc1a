"""`kubernetes_manifest`, `kubectl_manifest`, `helm_release`: what Terraform declares in a cluster by documents of Kubernetes."""

from __future__ import annotations

from iamlint.model.identity import Bot
from iamlint.model.telemetry import LiteralSecret
from iamlint.model.workload import RoleAssumption
from iamlint.parse.terraform.attributes import as_text, nested, text, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.literals import interpolated, is_borrowed
from iamlint.parse.terraform.located import Keyed, Located, plain
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.tree_origin import TreeOrigin
from iamlint.source.place import FixedOrigin, Origin
from iamlint.source.problem import Unresolved
from iamlint.source.value import Text, Unknown, Value, concat, unknowns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BODIES = {"kubernetes_manifest": "manifest", "kubectl_manifest": "yaml_body", "k8s_manifest": "content"}
"""The attribute that holds the resource: as a structure, or as YAML."""
_END = "role-arn"
"""How the annotation ends that names a role: values of charts are long, and most name none."""


def manifest(instance: Instance, declared: Declared) -> None:
    """Add what a manifest declares, in its own words; one that is a file of the repository is read there."""
    body = written(instance, BODIES[instance.type])
    if body is None or _is_read_by_itself(body):
        return
    document, origin = _document(body)
    kind = document.get("kind") if isinstance(document, dict) else document
    if isinstance(kind, (Text, Unknown)):
        unknown = next(iter(unknowns(kind)))
        reason = f"what the manifest (`{instance.type}`) declares is not known: {unknown.reason}"
        declared.facts.unresolved.append(Unresolved(reason, instance.place))
        declared.facts.missed.append(reason)
        return
    from iamlint.parse.workloads.kubernetes import is_kubernetes

    if is_kubernetes(document):
        add_resources(document, origin, declared)


def add_resources(document: Any, origin: Origin, declared: Declared) -> None:
    """Add what a document of Kubernetes declares."""
    from iamlint.parse.workloads.kubernetes import parse_kubernetes

    found = parse_kubernetes(document, origin, declared.context)
    for item in found.items:
        if not isinstance(item, LiteralSecret):
            declared.add(item)
        elif (secret := _written(item, origin)) is not None:
            declared.add(secret)
    declared.facts.unresolved += found.unresolved


def _written(secret: LiteralSecret, origin: Origin) -> LiteralSecret | None:
    """Return a secret where it is written; None for what other resources say."""
    from iamlint.parse.terraform.text_places import interpolations

    segment = interpolations(origin).get(secret.at)
    if segment is None:
        return secret
    literal = interpolated(segment, secret.at)
    return None if is_borrowed(segment) else secret._replace(at=literal.at, by=literal.by)


def release(instance: Instance, declared: Declared) -> None:
    r"""Add the accounts that a Helm release makes AWS roles (IRSA), and the values that it sets as sensitive and literally.

    A value is set by its path (`serviceAccount.annotations.eks\.amazonaws\.com/role-arn`) or stands in a document of values.
    """
    from iamlint.parse.workloads.helm import mappings
    from iamlint.parse.workloads.kubernetes import ROLE_ANNOTATION

    for block in nested(instance, "set_sensitive"):
        declared.secret_attribute("sensitive value of a Helm release", block, "value", instance.address)
    given = {name: written(block, "value") for block in nested(instance, "set") if isinstance(name := text(block, "name"), str)}
    path = ".annotations." + ROLE_ANNOTATION.replace(".", "\\.")
    for name, value in given.items():
        if name.endswith(path) and value is not None:
            _account(instance, declared, name.removesuffix(path), as_text(given.get(name.removesuffix(path) + ".name")), value)
    documents = written(instance, "values")
    for body in documents.value if documents is not None and isinstance(documents.value, list) else ():
        if _is_read_by_itself(body) or (isinstance(body.value, str) and _END not in body.value):
            continue
        document, origin = _document(body)
        for entry in mappings(document, origin) if isinstance(document, dict) else ():
            annotations = entry.mapping("annotations")
            role = annotations.words(ROLE_ANNOTATION) if annotations is not None else None
            if annotations is not None and role is not None:
                where = ".".join(str(step) for step in entry.route)
                _account(instance, declared, where, entry.words("name"), Located(role, annotations.at(ROLE_ANNOTATION)))


def _account(instance: Instance, declared: Declared, where: str, name: Value | None, role: Located) -> None:
    arn = as_text(role)
    if arn is None:
        return
    symbol = declared.ref(instance, f"service account {where}")
    reason = f"the service account of `{instance.address}` is known to the provider only"
    account = name or Unknown(reason, instance.place, symbol)
    bot = concat(["k8s/", text(instance, "namespace") or "default", "/", account])
    declared.add(Bot(bot, "service-account", role.place, declared.unit, declared=False))
    declared.add(RoleAssumption(bot, arn, role.place, declared.unit, "irsa"))


def _is_read_by_itself(body: Located) -> bool:
    """Return whether a text is a file of the repository that is a unit of its own, as templates are not."""
    return body.file is not None and isinstance(body.value, str) and body.file.endswith((".yaml", ".yml", ".json"))


def _document(body: Located) -> tuple[Any, Origin]:
    tree = body if body.tree is None else body.tree
    if isinstance(tree, Keyed):
        tree = tree.structure
    if not isinstance(tree.value, (str, Text)):
        return plain(tree), TreeOrigin(tree)
    from iamlint.parse.filled_text import read_filled

    document = read_filled(tree.value)
    if not isinstance(document, dict):
        return tree.value, FixedOrigin(body.place)
    from iamlint.parse.terraform.text_places import origin_in

    return document, origin_in(tree)


READERS = {**{("managed", type_): manifest for type_ in BODIES}, ("managed", "helm_release"): release}

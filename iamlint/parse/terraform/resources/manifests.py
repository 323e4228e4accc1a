"""`kubernetes_manifest`, `kubectl_manifest`: what a Kubernetes resource declares that Terraform applies."""

from __future__ import annotations

from iamlint.parse.terraform.attributes import written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located, TreeOrigin, plain
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.source.place import FixedOrigin, Origin
from iamlint.source.problem import Unresolved
from iamlint.source.value import Text, Unknown, unknowns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BODIES = {"kubernetes_manifest": "manifest", "kubectl_manifest": "yaml_body", "k8s_manifest": "content"}
"""The attribute that holds the resource: as a structure, or as YAML."""


def manifest(instance: Instance, declared: Declared) -> None:
    """Add what a manifest declares, in its own words; one that is a file of the repository is read there."""
    body = written(instance, BODIES[instance.type])
    if body is None or (body.file is not None and isinstance(body.value, str)):
        return
    document, origin = _document(body)
    kind = document.get("kind") if isinstance(document, dict) else document
    if isinstance(kind, (Text, Unknown)):
        unknown = next(iter(unknowns(kind)))
        reason = f"what the manifest (`{instance.type}`) declares is not known: {unknown.reason}"
        declared.facts.unresolved.append(Unresolved(reason, instance.place))
        declared.facts.missed.append(reason)
        return
    from iamlint.parse.workloads.kubernetes import is_kubernetes, parse_kubernetes

    if not is_kubernetes(document):
        return
    found = parse_kubernetes(document, origin, declared.context)
    for item in found.items:
        declared.add(item)
    declared.facts.unresolved += found.unresolved


def _document(body: Located) -> tuple[Any, Origin]:
    tree = body if body.tree is None else body.tree
    if not isinstance(tree.value, (str, Text)):
        return plain(tree), TreeOrigin(tree)
    from iamlint.parse.filled_text import read_filled

    document = read_filled(tree.value)
    return document if isinstance(document, dict) else tree.value, FixedOrigin(body.place)


READERS = {("managed", type_): manifest for type_ in BODIES}

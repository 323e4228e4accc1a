"""`kubernetes_deployment` and its like: the workloads of Kubernetes in Terraform's words, read as manifests are."""

from __future__ import annotations

from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located, plain
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.manifests import add_resources
from iamlint.parse.terraform.tree_origin import TreeOrigin
from iamlint.parse.terraform.values import BlockBody, BlockList

_KINDS = {
    "kubernetes_pod": "Pod",
    "kubernetes_deployment": "Deployment",
    "kubernetes_stateful_set": "StatefulSet",
    "kubernetes_daemonset": "DaemonSet",
    "kubernetes_daemon_set": "DaemonSet",
    "kubernetes_replication_controller": "ReplicaSet",
    "kubernetes_job": "Job",
    "kubernetes_cron_job": "CronJob",
}
KINDS = {f"{name}{version}": kind for name, kind in _KINDS.items() for version in ("", "_v1")}
"""The kind of a manifest that says what a type says."""

_LISTS = {
    "container": "containers", "init_container": "initContainers", "volume": "volumes", "env": "env", "env_from": "envFrom",
}  # fmt: skip
"""How a manifest calls what Terraform writes as several blocks; every other block stands for one object."""


def workload(instance: Instance, declared: Declared) -> None:
    """Add who a workload runs as, the tokens that it presents, and the secrets that its variables hold literally."""
    body = _object(instance.body)
    if isinstance(body.value, dict):
        tree = Located({"kind": Located(KINDS[instance.type], instance.place), **body.value}, instance.place, keys=body.keys)
        add_resources(plain(tree), TreeOrigin(tree), declared)


def _object(body: Located) -> Located:
    """Return the content of a block in the words of a manifest; the keys of maps are the user's, and stay."""
    if not isinstance(body.value, BlockBody):
        return body
    held: dict[str, Located] = {}
    for name, value in body.value.items():
        if not isinstance(value.value, BlockList):
            held[_camel(name)] = value
            continue
        blocks = [_object(block) for block in value.value]
        if name in _LISTS:
            held[_LISTS[name]] = Located(blocks, value.place)
        elif blocks:
            held[_camel(name)] = blocks[0]
    keys = {_LISTS.get(name) or _camel(name): place for name, place in (body.keys or {}).items()}
    return Located(held, body.place, keys=keys)


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


READERS = {("managed", type_): workload for type_ in KINDS}

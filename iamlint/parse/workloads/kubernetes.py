"""Kubernetes resources: service accounts that are AWS roles (IRSA), and workloads that present telemetry tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamlint.model.estate import Facts
from iamlint.model.identity import Bot
from iamlint.model.telemetry import LiteralSecret, TokenUse
from iamlint.model.workload import RoleAssumption, SecretImport, SecretKey
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry
from iamlint.parse.secret_texts import is_secret_name, looks_secret
from iamlint.parse.workloads.secret_sources import SOURCES, add_source, imports_of, namespace_of
from iamlint.source.place import Origin, Place
from iamlint.source.record import NamedTuple
from iamlint.source.value import Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# aws/amazon-eks-pod-identity-webhook: the annotation by which a service account names its role.
ROLE_ANNOTATION = "eks.amazonaws.com/role-arn"

# Where the pod's template stands, by kind.
_PODS = {
    "Pod": (), "Deployment": ("spec", "template"), "StatefulSet": ("spec", "template"), "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"), "Job": ("spec", "template"), "CronJob": ("spec", "jobTemplate", "spec", "template"),
}  # fmt: skip


def is_kubernetes(value: Any) -> bool:
    """Return whether a document is a Kubernetes resource of a kind that bears on access, or a list of resources."""
    if not isinstance(value, dict) or not isinstance(value.get("apiVersion"), str):
        return False
    kind = value.get("kind")
    return isinstance(kind, str) and kind in _KINDS


_KINDS = frozenset({*_PODS, *SOURCES, "ServiceAccount", "Secret", "SealedSecret", "ConfigMap", "List"})


def parse_kubernetes(value: Any, origin: Origin, context: Context) -> Facts:
    """Return the bots, the roles that they assume and the tokens that they present."""
    facts = Facts(context.unit, "kubernetes", (origin.path,))
    for resource in _resources(Entry(value, origin)):
        kind = resource.text("kind") or ""
        if kind == "ServiceAccount":
            _add_service_account(resource, facts)
        elif kind in ("Secret", "ConfigMap"):
            _add_secret(resource, facts)
        elif kind == "SealedSecret":
            _add_sealed(resource, facts)
        elif kind in SOURCES:
            add_source(resource, kind, facts)
        elif kind in _PODS:
            _add_workload(resource, kind, facts)
    facts.resolved += len(facts.items)
    return facts


def _resources(document: Entry) -> Iterator[Entry]:
    if document.text("kind") == "List":
        yield from document.entries("items")
    else:
        yield document


class Identity(NamedTuple):
    """Who a workload is: `k8s/<namespace>/<name>`, and the place that says so."""

    name: Value
    place: Place


def _identity(resource: Entry, *path: str) -> Identity | None:
    """Return the identity that a resource's metadata names; None for one without a name."""
    metadata = resource.mapping("metadata")
    name = metadata.words("name") if metadata is not None else None
    if metadata is None or name is None:
        return None
    return Identity(concat(["k8s/", namespace_of(metadata), "/", *path, name]), metadata.at("name"))


def _add_service_account(resource: Entry, facts: Facts) -> None:
    identity = _identity(resource)
    metadata = resource.mapping("metadata")
    annotations = metadata.mapping("annotations") if metadata is not None else None
    role = annotations.words(ROLE_ANNOTATION) if annotations is not None else None
    if identity is None:
        return
    facts.add(Bot(identity.name, "service-account", identity.place, facts.unit))
    if role is not None and annotations is not None:
        facts.add(RoleAssumption(identity.name, role, annotations.at(ROLE_ANNOTATION), facts.unit, "irsa"))


def _add_secret(resource: Entry, facts: Facts) -> None:
    """Add the tokens that a secret's manifest holds as plain text; its `data` is the same in base64, a ConfigMap's is not."""
    from iamlint.parse.workloads.tokens import holds_token, literal_in

    metadata = resource.mapping("metadata")
    secret = metadata.text("name") if metadata is not None else None
    plain = resource.text("kind") == "ConfigMap"
    for field in ("stringData", "data"):
        held = resource.mapping(field)
        for name in held.value if held is not None else ():
            text = held.text(name) if held is not None and isinstance(name, str) else None
            if held is None or text is None:
                continue
            if not plain and secret is not None and holds_token(name):
                facts.add(SecretKey(f"secret/{secret}/{name}", held.at(name), facts.unit))
            clear = text if plain or field == "stringData" else _decoded(text)
            what = literal_in(name, clear)
            if what is None and not plain and _is_password(name, clear):
                what = "secret of Kubernetes"
            if what is not None:
                facts.add(LiteralSecret(what, held.at(name), facts.unit))


def _is_password(name: Any, text: str) -> bool:
    """Return whether a text of a secret stands under a name for passwords and keys and looks like one; SOPS encrypts in place."""
    return isinstance(name, str) and is_secret_name(name) and looks_secret(text) and not text.startswith("ENC[")


def _add_sealed(resource: Entry, facts: Facts) -> None:
    """Add the keys of a sealed secret: its controller alone can read them, but for what the template writes out in clear."""
    from iamlint.parse.workloads.tokens import holds_token, literal_in

    spec = resource.mapping("spec")
    template = spec.mapping("template") if spec is not None else None
    named = template.mapping("metadata") if template is not None else None
    metadata = resource.mapping("metadata")
    secret = (named.text("name") if named is not None else None) or (metadata.text("name") if metadata is not None else None)
    sealed = spec.mapping("encryptedData") if spec is not None else None
    clear = template.mapping("data") if template is not None else None
    for held in (sealed, clear):
        for name in held.value if held is not None else ():
            if held is None or not isinstance(name, str):
                continue
            if secret is not None and holds_token(name):
                facts.add(SecretKey(f"secret/{secret}/{name}", held.at(name), facts.unit))
            text = held.text(name) if held is clear else None
            if text is not None and "{{" not in text and (what := literal_in(name, text)) is not None:
                facts.add(LiteralSecret(what, held.at(name), facts.unit))


def _decoded(text: str) -> str:
    from base64 import b64decode

    try:
        return b64decode(text, validate=True).decode()
    except ValueError:
        return ""


def _add_workload(resource: Entry, kind: str, facts: Facts) -> None:
    pod: Entry | None = resource
    for step in _PODS[kind]:
        pod = pod.mapping(step) if pod is not None else None
    spec = pod.mapping("spec") if pod is not None else None
    metadata = resource.mapping("metadata")
    identity = _identity(resource, kind.lower(), "/")
    if spec is None or identity is None or metadata is None:
        return
    account = spec.words("serviceAccountName") or spec.words("serviceAccount")
    kind_of_bot = "workload"
    if account is not None:
        field = "serviceAccountName" if spec.words("serviceAccountName") else "serviceAccount"
        identity = Identity(concat(["k8s/", namespace_of(metadata), "/", account]), spec.at(field))
        kind_of_bot = "service-account"
    used: list[TokenUse | SecretImport] = [
        found for field in ("initContainers", "containers") for container in spec.entries(field)
        for found in tokens_of(container, identity, facts)
    ]  # fmt: skip
    template = pod.mapping("metadata") if pod is not None else None
    used += imports_of(spec, template, identity.name, facts.unit)
    if used:
        facts.add(Bot(identity.name, kind_of_bot, identity.place, facts.unit, declared=account is None))
        facts.items += used


def tokens_of(container: Entry, identity: Identity, facts: Facts) -> Iterator[TokenUse]:
    """Yield the telemetry tokens that a container presents; secrets written out are added to the facts."""
    if not container.value.get("env"):
        return
    from iamlint.parse.telemetry.vendors import VARIABLES
    from iamlint.parse.workloads.tokens import holds_token, literal_in, presented

    written = {variable.text("name") or "": variable.text("value") or "" for variable in container.entries("env")}
    for variable in container.entries("env"):
        name = variable.text("name") or ""
        value = variable.text("value")
        if value is not None and (what := literal_in(name, value)) is not None:
            facts.add(LiteralSecret(what, variable.at("value"), facts.unit, identity.name))
        if not holds_token(name):
            continue
        source = _token_name(variable)
        for vendor, _, text in presented(name, value if value is not None else "$(secret)", written):
            if value is None:
                if source is not None and name.upper() in VARIABLES:
                    yield TokenUse(vendor, identity.name, "workload", source, variable.at("valueFrom"), facts.unit)
                continue
            inner = _EXPANDED.search(text)
            beside = next((one for one in container.entries("env") if inner and one.text("name") == inner[1]), None)
            token = _token_name(beside) if beside is not None else None
            yield TokenUse(vendor, identity.name, "workload", token, variable.at("value"), facts.unit)


_EXPANDED = re.compile(r"\$\(([A-Za-z_]\w*)\)")
"""`$(NAME)`: the variable of that name, which stands before ("Define Dependent Environment Variables")."""


def _token_name(variable: Entry) -> Value | None:
    """Return the secret of this file's cluster from which the variable comes; another file's may be another token."""
    source = variable.mapping("valueFrom")
    secret = source.mapping("secretKeyRef") if source is not None else None
    if secret is None:
        return None
    return f"{variable.origin.path}:secret/{secret.text('name') or '?'}/{secret.text('key') or '?'}"

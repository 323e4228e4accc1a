"""From where the secrets of a cluster come, and which workloads take all of one: stores, their copies, volumes and injectors."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.estate import Facts
from iamlint.model.identity import Bot
from iamlint.model.workload import RoleAssumption, SecretCopy, SecretImport
from iamlint.parse.entry import Entry
from iamlint.source.place import Place
from iamlint.source.problem import Unresolved
from iamlint.source.value import Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_STORES = ("SecretStore", "ClusterSecretStore")
SOURCES = frozenset({*_STORES, "ExternalSecret", "SecretProviderClass"})
"""Kinds of the External Secrets Operator and of the secrets store CSI driver."""

_INJECTED = "vault.hashicorp.com/agent-inject-secret-"  # Vault docs, "Agent sidecar injector annotations"
_CSI = "secrets-store.csi.k8s.io"


def namespace_of(metadata: Entry) -> Value:
    """Return the namespace; where it is not written, whoever applies the file chooses it."""
    written = metadata.words("namespace")
    if written is not None:
        return written
    path = metadata.origin.path
    return Unknown("the namespace is chosen when the file is applied", metadata.place, f"namespace of {path}")


def add_source(resource: Entry, kind: str, facts: Facts) -> None:
    """Add what a store or a copy declares."""
    if kind in _STORES:
        _add_store(resource, facts)
    elif kind == "ExternalSecret":
        _add_external_secret(resource, facts)
    else:
        _add_provider_class(resource, facts)


def _add_external_secret(resource: Entry, facts: Facts) -> None:
    """Add from where each key of a secret is copied (External Secrets Operator)."""
    metadata, spec = resource.mapping("metadata"), resource.mapping("spec")
    if metadata is None or spec is None:
        return
    target = spec.mapping("target")
    name = (target.text("name") if target is not None else None) or metadata.text("name")
    for entry in spec.entries("data"):
        remote = entry.mapping("remoteRef")
        label, source = entry.text("secretKey"), remote.text("key") if remote is not None else None
        if name is not None and label is not None and source is not None and remote is not None:
            facts.add(SecretCopy(f"secret/{name}/{label}", source, remote.at("key"), facts.unit))
    for entry in spec.entries("dataFrom"):
        extract = entry.mapping("extract")
        source = extract.text("key") if extract is not None else None
        if name is not None and extract is not None and source is not None:
            facts.add(SecretCopy(f"secret/{name}/*", source, extract.at("key"), facts.unit))
        elif "find" in entry.value:
            facts.unresolved.append(
                Unresolved("which secrets of the store `find` copies is not in the repository", entry.at("find"))
            )


def _add_store(resource: Entry, facts: Facts) -> None:
    """Add the role as which a store reads secrets of AWS."""
    entry: Entry | None = resource
    for step in ("spec", "provider", "aws"):
        entry = entry.mapping(step) if entry is not None else None
    metadata = resource.mapping("metadata")
    role = entry.words("role") if entry is not None else None
    if entry is None or metadata is None or role is None:
        return
    account: Entry | None = entry
    for step in ("auth", "jwt", "serviceAccountRef"):
        account = account.mapping(step) if account is not None else None
    name = account.words("name") if account is not None else None
    namespace = (account.words("namespace") if account is not None else None) or namespace_of(metadata)
    bot = concat(["k8s/", namespace, "/", name or f"secret store {metadata.text('name') or '?'}"])
    facts.add(Bot(bot, "service-account", entry.at("role"), facts.unit, declared=False))
    facts.add(RoleAssumption(bot, role, entry.at("role"), facts.unit, "role-chaining" if name is not None else "irsa"))


def _add_provider_class(resource: Entry, facts: Facts) -> None:
    """Add what a class mounts from AWS, and which secrets are made of it ("AWS Secrets and Configuration Provider")."""
    metadata, spec = resource.mapping("metadata"), resource.mapping("spec")
    name = metadata.text("name") if metadata is not None else None
    parameters = spec.mapping("parameters") if spec is not None else None
    if spec is None or name is None or parameters is None:
        return
    if spec.text("provider") != "aws":
        shown = spec.text("provider") or "?"
        facts.unresolved.append(Unresolved(f"what the secrets store CSI driver mounts from `{shown}` is not read", spec.place))
        return
    at = parameters.at("objects")
    sources: dict[str, str] = {}
    for file, source in _objects(parameters.value.get("objects"), at):
        sources[file] = source
        facts.add(SecretCopy(f"class/{name}/{file.replace('/', '_')}", source, at, facts.unit))  # `pathTranslation`
    for made in spec.entries("secretObjects"):
        secret = made.text("secretName")
        for entry in made.entries("data"):
            mounted, label = entry.text("objectName") or "", entry.text("key")
            if secret is not None and label is not None and mounted in sources:
                facts.add(SecretCopy(f"secret/{secret}/{label}", sources[mounted], entry.at("objectName"), facts.unit))


def _objects(text: Any, at: Place) -> Iterator[tuple[str, str]]:
    """Yield the files that a class mounts, each with the secret or parameter that it holds."""
    from iamlint.source.read_yaml import read_yaml

    if not isinstance(text, str) or len(text) > 1_000_000:
        return
    for reading in read_yaml(text.encode(), at.path):
        for item in reading.value if isinstance(reading.value, list) else ():
            source = item.get("objectName") if isinstance(item, dict) else None
            if not isinstance(source, str) or not source:
                continue
            alias = item.get("objectAlias")
            yield (alias if isinstance(alias, str) else source), source
            parts = item.get("jmesPath")
            for part in parts if isinstance(parts, list) else ():
                inner = part.get("objectAlias") if isinstance(part, dict) else None
                if isinstance(inner, str):
                    yield inner, source


def imports_of(spec: Entry, template: Entry | None, workload: Value, unit: str) -> Iterator[SecretImport]:
    """Yield what a pod takes whole: `envFrom`, volumes of secrets and of classes, what Vault's injector writes into it."""
    for field in ("initContainers", "containers"):
        for container in spec.entries(field):
            for source in container.entries("envFrom"):
                yield from _named(source, "secretRef", "name", workload, unit)
    for volume in spec.entries("volumes"):
        yield from _named(volume, "secret", "secretName", workload, unit)
        projected = volume.mapping("projected")
        for source in projected.entries("sources") if projected is not None else ():
            yield from _named(source, "secret", "name", workload, unit)
        csi = volume.mapping("csi")
        attributes = csi.mapping("volumeAttributes") if csi is not None and csi.text("driver") == _CSI else None
        name = attributes.text("secretProviderClass") if attributes is not None else None
        if attributes is not None and name is not None:
            yield SecretImport(workload, f"class/{name}", attributes.at("secretProviderClass"), unit)
    annotations = template.mapping("annotations") if template is not None else None
    for label, path in annotations.texts_by_name().items() if annotations is not None else ():
        if annotations is not None and label.startswith(_INJECTED):
            yield SecretImport(workload, f"vault:{path}", annotations.at(label), unit)


def _named(source: Entry, field: str, label: str, workload: Value, unit: str) -> Iterator[SecretImport]:
    named = source.mapping(field)
    name = named.text(label) if named is not None else None
    if named is not None and name is not None:
        yield SecretImport(workload, f"secret/{name}", named.at(label), unit)

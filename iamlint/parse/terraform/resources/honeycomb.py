"""`honeycombio_*`: environments and datasets, and keys. The provider has no users, roles or mappings."""

from __future__ import annotations

from iamlint.model.telemetry import TelemetryCredential, TelemetryProject
from iamlint.parse.telemetry.honeycomb import VENDOR, scope_capabilities
from iamlint.parse.telemetry.vendors import VENDORS
from iamlint.parse.terraform.attributes import is_true, nested, not_in_repository, place_of, text
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.references import found, names, stored_in
from iamlint.source.value import Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.parse.terraform.resources.declared import Reader

ENVIRONMENTS = ("honeycombio_environment",)


def environment(instance: Instance, declared: Declared) -> None:
    """Add an environment."""
    name = text(instance, "name") or text(instance, "id") or not_in_repository(instance, declared.unit, "name")
    managed = instance.mode == "managed"
    declared.add(
        TelemetryProject(
            VENDOR, name, place_of(instance, "name"), declared.unit, declared=managed,
            used_by="" if managed else instance.address, ids=tuple(names(instance, declared, ("id", "slug"))),
        )
    )  # fmt: skip


def api_key(instance: Instance, declared: Declared) -> None:
    """Add a key of an environment and what it may do there."""
    if is_true(instance, "disabled"):
        return
    kind = text(instance, "type")
    if kind not in ("ingest", "configuration"):
        return
    environment_id = text(instance, "environment_id")
    known = found(declared, ENVIRONMENTS, environment_id)
    project: Value = (text(known, "name") if known is not None else None) or environment_id or Unknown(
        "the environment is not written", instance.place
    )  # fmt: skip
    permissions: list[str] = []
    for block in nested(instance, "permissions"):
        for name in block.value if isinstance(block.value, dict) else ():
            if is_true(block, name) and scope_capabilities(name) is not None:
                permissions.append(name)
    name = text(instance, "name") or not_in_repository(instance, declared.unit, "name")
    symbols = tuple(not_in_repository(instance, declared.unit, attribute) for attribute in ("key", "secret"))
    at = place_of(instance, "name")
    declared.add(
        TelemetryCredential(
            VENDOR, concat([declared.unit, "/", name]), f"{kind}-key", project, None, None,
            VENDORS[VENDOR].capabilities(f"{kind}-key", None, tuple(permissions)), None, (), stored_in(symbols, declared),
            None, None, None, at, declared.unit,
            route_places=(
                ("name", at), ("kind", place_of(instance, "type")), ("project", place_of(instance, "environment_id")),
                ("scopes", place_of(instance, "permissions")),
            ),
            ids=symbols,
        )
    )  # fmt: skip


READERS: dict[tuple[str, str], Reader] = {
    ("managed", "honeycombio_environment"): environment,
    ("data", "honeycombio_environment"): environment,
    ("managed", "honeycombio_api_key"): api_key,
}

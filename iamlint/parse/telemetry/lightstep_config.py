"""`.lightstep.yml`: the file by which Lightstep's actions learn their project. It never holds a key."""

from __future__ import annotations

from iamlint.model.estate import Facts
from iamlint.model.telemetry import TelemetryProject
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry
from iamlint.parse.telemetry.lightstep import VENDOR
from iamlint.source.place import Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NAMES = frozenset({".lightstep.yml", ".lightstep.yaml"})


def is_lightstep_config(value: Any, path: str) -> bool:
    """Return whether a document is the configuration of Lightstep's actions, which goes by its name."""
    return isinstance(value, dict) and path.rpartition("/")[2] in NAMES


def parse_lightstep_config(value: Any, origin: Origin, context: Context) -> Facts:
    """Return the project that the file names."""
    facts = Facts(context.unit, "lightstep-config", (origin.path,))
    entry = Entry(value, origin)
    project = entry.text("project")
    if project is not None:
        facts.add(
            TelemetryProject(
                VENDOR,
                project,
                entry.at("project"),
                facts.unit,
                declared=False,
                organization=entry.text("organization"),
                used_by=origin.path,
            )
        )
    facts.resolved += len(facts.items)
    return facts

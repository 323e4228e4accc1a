"""What a template exports, for those who import it under the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iamlint.source.value import Value, key

if TYPE_CHECKING:
    from iamlint.parse.cloudformation.template import Template

NOTHING = object()


def exported(template: Template, name: Value) -> Any:
    """Return the value that the template's own outputs export under a name, or `NOTHING`."""
    for output, written in template.outputs.items():
        export = written.get("Export") if isinstance(written, dict) else None
        if not isinstance(export, dict) or "Name" not in export or "Value" not in written:
            continue
        if output in template.exporting:  # an output that imports itself
            continue
        template.exporting.add(output)
        given = template.text(export["Name"], ("Outputs", output, "Export", "Name"))
        found = given is not None and key(given) == key(name)
        value = template.value(written["Value"], ("Outputs", output, "Value")) if found else NOTHING
        template.exporting.discard(output)
        if found:
            return value
    return NOTHING

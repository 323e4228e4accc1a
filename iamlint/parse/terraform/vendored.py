"""Modules from a registry or git that `terraform init` has brought."""

from __future__ import annotations

import json
import posixpath

from iamlint.source.place import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.parse.terraform.root import Root


def vendored(root: Root) -> dict[str, str]:
    """Return the folders of vendored modules by the key of their call (`app.db`), from `terraform init`'s own list."""
    path = posixpath.join(root.folder, ".terraform/modules/modules.json")
    found: dict[str, str] = {}
    content = root.files.read(path)
    if content is None:
        return found
    try:
        for entry in json.loads(content).get("Modules", []):
            where = root.locate(str(entry["Dir"]))
            if entry["Key"] and where:
                found[str(entry["Key"])] = where
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        root.problem("IL002", "the list of vendored modules cannot be read", Place(path))
    return found

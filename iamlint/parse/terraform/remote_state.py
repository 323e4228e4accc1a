"""`terraform_remote_state`: the outputs of another root module, when that is in the same repository."""

from __future__ import annotations

import posixpath
from functools import lru_cache

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.blocks import Block, read_file
from iamlint.parse.terraform.located import Located
from iamlint.source.files import Files, every_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.parse.terraform.module import Module
    from iamlint.parse.terraform.resource import ResourceInstance
    from iamlint.parse.terraform.root import Root

_NAMED_BY = {
    "s3": ("bucket", "key"),
    "gcs": ("bucket", "prefix"),
    "azurerm": ("storage_account_name", "container_name", "key"),
    "local": ("path",),
}
"""What tells the states of a backend apart."""


def outputs_of(instance: ResourceInstance) -> Located | None:
    """Return the outputs that a `terraform_remote_state` reads; None when they are not in the repository."""
    from iamlint.parse.terraform.module import Outputs

    found = _found(instance)
    return None if found is None else Located(Outputs(found), instance.block.place)


def _found(instance: ResourceInstance) -> Module | None:
    root = instance.module.root
    body = instance.body()
    backend, config = body.get("backend"), body.get("config")
    workspace = _text(body.get("workspace")) if body.get("workspace") else "default"
    if backend is None or config is None or not isinstance(config.value, dict) or workspace is None:
        return None
    names = _NAMED_BY.get(str(backend.value), ())
    wanted = {name: _text(config.get(name)) for name in names}
    if not names or None in wanted.values():
        return None
    if backend.value == "local":
        folder = _folder(root.folder, str(wanted["path"]))
        return None if folder is None or root.others is None else root.others.open(folder, workspace)
    states = [
        (folder, _workspace(str(backend.value), wanted, state, workspace)) for folder, state in _states(root, backend.value)
    ]
    matches = [(folder, name) for folder, name in states if name is not None and folder != root.folder]
    return root.others.open(*matches[0]) if len(matches) == 1 and root.others is not None else None


def _text(located: Located | None) -> str | None:
    return located.value if located is not None and isinstance(located.value, str) else None


def _folder(here: str, path: str) -> str | None:
    where = posixpath.normpath(posixpath.join(here, posixpath.dirname(path)))
    return None if where.startswith(("../", "/")) or where == ".." else "" if where == "." else where


def _workspace(backend: str, wanted: dict[str, str | None], state: dict[str, str], asked: str) -> str | None:
    """Return the workspace in which a module's state is the one that is wanted, None when it is another state."""
    if all(state.get(name) == value for name, value in wanted.items()):
        return asked
    key, own = wanted.get("key") or "", state.get("key")
    if backend != "s3" or asked != "default" or own is None or state.get("bucket") != wanted["bucket"]:
        return None
    # The state of a workspace is an object of its own: prefix, workspace, key (Terraform, "Backend Type: s3").
    prefix = f"{state.get('workspace_key_prefix', 'env:')}/"
    name = key[len(prefix) : -len(own) - 1]
    return name if key == f"{prefix}{name}/{own}" and name and "/" not in name else None


def _states(root: Root, backend: Any) -> list[tuple[str, dict[str, str]]]:
    """Return the folders of the repository that keep their state in a kind of backend, with its settings."""
    return _backends(root.files).get((backend,), [])  # type: ignore[arg-type]  # all files are found by identity


@lru_cache(maxsize=1)  # every remote state is looked for in all files of the run, of which there may be thousands
def _backends(files: Files) -> dict[tuple[str, ...], list[tuple[str, dict[str, str]]]]:
    """Return the folders that keep their state in a backend, with its settings, by kind."""
    found: dict[tuple[str, ...], list[tuple[str, dict[str, str]]]] = {}
    for path in every_path(files):
        if not path.endswith((".tf", ".tofu")) or "/.terraform/" in f"/{path}":
            continue
        content = files.read(path)
        if content is None or b"backend" not in content:
            continue
        blocks = (inner for block in read_file(content, path).blocks if block.type == "terraform" for inner in block.blocks)
        for inner in blocks:
            if inner.type == "backend":
                found.setdefault(inner.labels, []).append((posixpath.dirname(path), settings(inner)))
    return found


def settings(block: Block) -> dict[str, str]:
    """Return what a block sets in plain text."""
    found: dict[str, str] = {}
    for name, attribute in block.attributes.items():
        try:
            node = attribute.node()
        except s.SyntaxProblem:
            continue
        if isinstance(node, s.Const) and isinstance(node.located.value, str):
            found[name] = node.located.value
    return found

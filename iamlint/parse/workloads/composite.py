"""Composite actions that lie in the repository: their steps run as part of the job that uses them."""

from __future__ import annotations

from functools import lru_cache

from iamlint.parse.entry import Entry
from iamlint.parse.workloads.expressions import Scope
from iamlint.parse.workloads.steps import StepReader
from iamlint.source.files import Files
from iamlint.source.place import Origin
from iamlint.source.problem import Unresolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_DEPTH = 10  # "Creating a composite action": how deep actions may use each other
_NAMES = ("action.yml", "action.yaml")


def read_composite(step: Entry, scope: Scope, steps: StepReader, files: Files, root: str, depth: int = 0) -> None:
    """Read the steps of a local action as steps of the job. `root` is the repository's folder, with a slash at its end."""
    uses = step.text("uses") or ""
    if not uses.startswith("./") or depth >= MAX_DEPTH:
        return
    folder = root + uses.removeprefix("./").strip("/")
    found = next(((path, value) for name in _NAMES if (value := _read(path := f"{folder}/{name}".lstrip("/"), files))), None)
    if found is None:
        steps.facts.unresolved.append(Unresolved(f"the action `{uses}` is not among the files", step.at("uses")))
        return
    path, value = found
    if path not in steps.facts.files:
        steps.facts.files = (*steps.facts.files, path)
    action = Entry(value, Origin(path))
    runs = action.mapping("runs")
    if runs is None or runs.text("using") != "composite":
        return
    given = step.mapping("with")
    inputs = {**_defaults(action), **(given.value if given is not None else {})}
    inner = scope.plus("inputs", inputs)
    before = steps.actions.setdefault(path, [])
    if inner.known in before:  # its steps say nothing new; actions may use each other in circles
        return
    before.append(inner.known)
    for one in runs.entries("steps"):
        variables = one.mapping("env")
        below = inner.plus("env", variables.value if variables is not None else None)
        steps.read_step(one, below)
        read_composite(one, below, steps, files, root, depth + 1)


def _defaults(action: Entry) -> dict[str, Any]:
    inputs = action.mapping("inputs")
    found: dict[str, Any] = {}
    for name, about in inputs.named() if inputs is not None else ():
        if (default := about.text("default")) is not None:
            found[name] = default
    return found


def _read(path: str, files: Files) -> dict[Any, Any] | None:
    data = files.read(path)
    return _action(data, path) if data is not None else None


@lru_cache(maxsize=64)
def _action(data: bytes, path: str) -> dict[Any, Any] | None:
    """Return what a file says of an action, which many jobs use."""
    from iamlint.source.read_yaml import read_yaml

    readings = read_yaml(data, path)
    value = readings[0].value if readings else None
    return value if isinstance(value, dict) else None

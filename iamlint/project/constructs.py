"""Which construct of an AWS CDK application made what a finding is about, and where the application creates it.

A template says by which construct a resource was made (`aws:cdk:path`); beside it the CDK keeps through which lines of the
program that came about, by their absolute paths. The nearest of these that lies in the repository is where a reader wants to go.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence

from iamlint.parse.cloudformation.assemblies import CONSTRUCT, construct_of
from iamlint.source.place import Place
from iamlint.source.regex import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.lint.engine import RuleFinding

    Read = Callable[[str], bytes | None]

_FRAME = regex(r"(?:.*\()?(/[^()]*|[A-Za-z]:[\\/][^()]*):(\d+):(\d+)\)?")


class Constructs:
    """Says of findings by which constructs what they are about was made."""

    def __init__(self, read: Read, root: str) -> None:
        self._read = read
        self._root = root
        self._resources: dict[str, dict[str, Any]] = {}
        self._stacks: dict[str, list[dict[str, Any]]] = {}
        self._created: dict[tuple[str, str], tuple[Place, str] | None] = {}

    def told(self, findings: Sequence[RuleFinding]) -> Sequence[RuleFinding]:
        """Return the findings, each in a template of the CDK with the construct as its last reason."""
        return [self._with_construct(item) for item in findings]

    def _with_construct(self, item: RuleFinding) -> RuleFinding:
        at = item.finding.at
        if len(at.route) < 2 or at.route[0] != "Resources":
            return item
        resource = self._of(at.path).get(str(at.route[1]))
        if resource is None or (shown := construct_of(resource)) is None:
            return item
        created = self._place_of(at.path.rpartition("/")[0], resource["Metadata"][CONSTRUCT])
        if created is not None:
            place, whole = created
            inside = "" if whole == shown else f" inside of `{whole}`"
            words = (place, f"made by the construct `{shown}`{inside}, which is created here")
        else:
            words = (at._replace(route=(*at.route[:2], "Metadata", CONSTRUCT), part="value"), f"made by the construct `{shown}`")
        return item._replace(finding=item.finding._replace(because=(*item.finding.because, words)))

    def _of(self, path: str) -> dict[str, Any]:
        """Return the resources of a template that the CDK made."""
        if path not in self._resources:
            data = self._read(path)
            value = _template(data, path) if data is not None and CONSTRUCT.encode() in data else None
            resources = value.get("Resources") if isinstance(value, dict) else None
            self._resources[path] = resources if isinstance(resources, dict) else {}
        return self._resources[path]

    def _place_of(self, folder: str, path: str) -> tuple[Place, str] | None:
        """Return where in the repository a program creates what has this path in its tree of constructs, or what holds it.

        The path of that is with it. A policy that the CDK adds by itself, as its own code asks for it, is created nowhere.
        """
        if (folder, path) not in self._created:
            found = None
            for name in _enclosing(path) if self._root else ():
                entries = self._entries(folder, f"/{name}")
                if any(entry.get("type") == "aws:cdk:templateFile" for entry in entries):
                    break  # where the whole stack is created helps nobody
                places = (self._inside(frame) for entry in entries for frame in _frames(entry))
                place = next((place for place in places if place is not None), None)
                if place is not None:
                    found = place, name.removesuffix("/Resource")
                    break
            self._created[folder, path] = found
        return self._created[folder, path]

    def _entries(self, folder: str, path: str) -> list[dict[str, Any]]:
        if folder not in self._stacks:
            self._stacks[folder] = list(self._metadata(folder))
        listed = next((one[path] for one in self._stacks[folder] if path in one), None)
        return [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []

    def _metadata(self, folder: str) -> Iterator[dict[str, Any]]:
        """Yield what the CDK keeps of the constructs of the stacks in a folder: in files of its own, before in the manifest."""
        manifest = _json(self._read(_joined(folder, "manifest.json")))
        artifacts = manifest.get("artifacts") if isinstance(manifest, dict) else None
        for artifact in artifacts.values() if isinstance(artifacts, dict) else ():
            if isinstance(artifact, dict):
                file = artifact.get("additionalMetadataFile")
                beside = _json(self._read(_joined(folder, file))) if isinstance(file, str) else None
                yield from (one for one in (artifact.get("metadata"), beside) if isinstance(one, dict))

    def _inside(self, frame: str) -> Place | None:
        """Return the line of a file of the repository that a frame of a stack means; None for any other frame."""
        found = _FRAME.fullmatch(frame)
        if found is None or "/node_modules/" in frame:
            return None
        path = os.path.relpath(found[1], self._root).replace(os.sep, "/")
        data = None if path.startswith("../") else self._read(path)
        lines = data.splitlines(keepends=True) if data is not None else []
        number = int(found[2])
        if not 0 < number <= len(lines):
            return None
        line = lines[number - 1].rstrip()
        start = sum(map(len, lines[: number - 1]))
        return Place(path, (), "value", (start + len(line) - len(line.lstrip()), start + len(line)))


def _template(data: bytes, path: str) -> Any:
    """Return the template that a file holds: the CDK writes JSON, and YAML where `cdk synth` prints it."""
    if path.endswith(".json"):
        return _json(data)
    from iamlint.parse.readings import readings_of

    readings = readings_of(data, path)
    return readings[0].value if readings else None


def _enclosing(path: str) -> Iterator[str]:
    """Yield the paths of a construct and of those that hold it; what a construct is made of is called `Resource` in it."""
    yield path
    steps = path.removesuffix("/Resource").split("/")
    for length in range(len(steps) - 1, 0, -1):
        whole = "/".join(steps[:length])
        yield f"{whole}/Resource"
        yield whole


def _frames(entry: dict[str, Any]) -> Iterator[str]:
    listed = entry.get("data") if entry.get("type") == "aws:cdk:creationStack" else entry.get("trace")
    yield from (frame for frame in listed if isinstance(frame, str)) if isinstance(listed, list) else ()


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _json(data: bytes | None) -> Any:
    try:
        return None if data is None else json.loads(data)
    except (ValueError, RecursionError):
        return None

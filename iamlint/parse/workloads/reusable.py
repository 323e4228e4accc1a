"""What GitHub workflows say in every run of them: of each job, and of the reusable workflows that others call."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.parse.entry import Entry
from iamlint.parse.workloads.expressions import secrets_in
from iamlint.source.files import Files
from iamlint.source.place import Route
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Written(NamedTuple):
    """What a job says in every run of it, whoever calls its workflow."""

    texts: list[str]  # see `_identity_texts`
    secrets: list[tuple[str, Route]]  # which it uses, and where


def written_in(job: Entry) -> Written:
    """Return what a job says in every run of it."""
    return Written(_identity_texts(job), secrets_in(job.value))


def _identity_texts(job: Entry) -> list[str]:
    """Return the texts that decide who the job is and what it assumes; where they use the matrix, it is written out."""
    texts = [job.text("environment")]
    if (environment := job.mapping("environment")) is not None:
        texts.append(environment.text("name"))
    entries = [job, *job.entries("steps")]
    for entry in entries:
        for field in ("with", "env"):
            inputs = entry.mapping(field)
            for name in inputs.value if inputs is not None else ():
                if (
                    entry is job
                    or "role" in str(name).lower()
                    or "lightstep" in str(name).lower()
                    or "environment" in str(name).lower()
                ):
                    texts.append(inputs.text(name) if inputs is not None else None)
    return [text for text in texts if text is not None]


def inputs_of(callee: Entry, caller: Entry) -> Iterator[tuple[str, Any]]:
    """Yield the inputs of a called workflow: defaults first, then what the caller says."""
    on = callee.value.get("on")
    call = on.get("workflow_call") if isinstance(on, dict) else None
    declared = call.get("inputs") if isinstance(call, dict) else None
    for name, about in declared.items() if isinstance(declared, dict) else ():
        if isinstance(name, str) and isinstance(about, dict) and "default" in about:
            yield name, about["default"]
    given = caller.mapping("with")
    if given is not None:
        yield from given.value.items()


def root_of(path: str) -> str:
    """Return the folder of the repository in which a workflow lies, with a slash at its end; `./` in `uses` means it."""
    return path.partition(".github/workflows/")[0]


def is_called_locally(path: str, files: Files) -> bool:
    """Return whether another workflow beside a workflow calls it."""
    root = root_of(path)
    call = f"./{path.removeprefix(root)}".encode("utf-8", "surrogatepass")
    return any(call in (files.read(other) or b"") for other in files.under(path.rpartition("/")[0]) if other != path)


class Called(NamedTuple):
    """A workflow that others call. `written` grows as its jobs are read, by name."""

    value: dict[Any, Any]
    written: dict[str, Written]


_READ: dict[tuple[str, bytes], Called | None] = {}
_MOST_READ = 50
"""Some workflows are called by many: each is read once. Nobody changes what was read."""


def read_called(path: str, files: Files) -> Called | None:
    """Return a workflow of the repository, None when there is none at the path."""
    data = files.read(path)
    if data is None:
        return None
    if (path, data) not in _READ:
        from iamlint.source.read_yaml import read_yaml

        if len(_READ) >= _MOST_READ:
            _READ.clear()
        value = read_yaml(data, path)[0].value
        _READ[path, data] = Called(value, {}) if isinstance(value, dict) and isinstance(value.get("jobs"), dict) else None
    return _READ[path, data]

"""Which folders of a run are root modules."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable

from iamlint.source.files import Files
from iamlint.source.regex import regex

FILE = "terragrunt.hcl"
STACK = "terragrunt.stack.hcl"
DEPLOYED = (".tfdeploy.hcl", ".tfdeploy.json")
_SOURCE = regex(rb'source[ \t]*=[ \t]*"(\.{1,2}(?:/[^"\n]*)?)"')
"""It begins with a word, which `re` searches for ten times as fast as for the start of a line."""
_BEFORE = regex(rb'(?:module[ \t]+"[^"\n]*"[ \t]*\{)?[ \t]*')
"""What may stand before it on its line."""


def find_roots(paths: Iterable[str], files: Files) -> list[str]:
    """Return the folders that are root modules, sorted."""
    calls: dict[str, set[str]] = {}
    paths = sorted(paths)
    _add_stacks([path for path in paths if posixpath.basename(path) == STACK], files, calls)
    for path in paths:
        if "atmos.y" in path:
            _add_components(path, paths, files, calls)
        if path.endswith(DEPLOYED):
            from iamlint.parse.terraform.deployments import units_in

            for unit, modules in units_in(path, files):
                calls.setdefault(unit, set()).update(modules)
        if path.endswith(FILE):
            _configured(path, files, calls)
        if not path.endswith((".tf", ".tofu", ".tf.json", ".tofu.json")):
            continue
        folder, _, _ = path.rpartition("/")
        if ".terraform" in folder.split("/"):
            continue
        called = calls.setdefault(folder, set())
        content = files.read(path)
        if content and b"module" in content:
            called.update(_local_sources(content, path, folder))
    _follow_links(calls, files)
    everywhere = set().union(*calls.values()) if calls else set()
    roots = [folder for folder in calls if folder not in everywhere]
    reached: set[str] = set()
    _reach(roots, calls, reached)
    for folder in sorted(calls):
        if folder not in reached:  # a circle of folders that call each other
            roots.append(folder)
            _reach([folder], calls, reached)
    return sorted(roots)


def _follow_links(calls: dict[str, set[str]], files: Files) -> None:
    """Add the folders to which links lead that are called: git lists a link as one name, so its folder has no files here."""
    follow: Callable[[str], str | None] | None = getattr(files, "real_folder", None)
    if not callable(follow):
        return
    real = {where: follow(where) for where in sorted(set().union(*calls.values())) if where not in calls}
    for folder, called in calls.items():
        # A folder that calls itself through a link is one that nothing else calls.
        there = {linked for where in called if (linked := real.get(where)) is not None}
        called.update(there - {folder})


def _add_stacks(paths: list[str], files: Files, calls: dict[str, set[str]]) -> None:
    """Add the units of Terragrunt's stacks; a stack of which others are made is none itself."""
    if not paths:
        return
    from iamlint.parse.terraform.terragrunt import run_module
    from iamlint.parse.terraform.terragrunt_stack import Stack

    stacks = {posixpath.dirname(path): Stack(path, files) for path in paths}
    parts = set().union(*(stack.sources for stack in stacks.values()))
    for folder, stack in stacks.items():
        for unit in stack.units if folder not in parts else ():
            run = run_module(unit.folder, files)
            module = None if run is None else run.module
            calls.setdefault(unit.folder, set()).update({unit.source} if module is None else {unit.source, module})


def _add_components(path: str, paths: list[str], files: Files, calls: dict[str, set[str]]) -> None:
    """Add the components of the stacks that an `atmos.yaml` configures."""
    from iamlint.parse.terraform.atmos import is_atmos, units_in

    for folder, module in units_in(path, paths, files) if is_atmos(path) else ():
        calls.setdefault(folder, set()).add(module)


def _configured(path: str, files: Files, calls: dict[str, set[str]]) -> None:
    """Add the folder of a `terragrunt.hcl` that runs a module of another folder."""
    from iamlint.parse.terraform.terragrunt import run_module

    folder = posixpath.dirname(path)
    run = run_module(folder, files) if posixpath.basename(path) == FILE else None
    if run is not None and run.module != folder:
        calls.setdefault(folder, set()).update([run.module] if run.module is not None else [])


def _reach(start: list[str], calls: dict[str, set[str]], reached: set[str]) -> None:
    waiting = list(start)
    while waiting:
        folder = waiting.pop()
        if folder not in reached:
            reached.add(folder)
            waiting.extend(calls.get(folder, ()))


def _local_sources(content: bytes, path: str, folder: str) -> Iterable[str]:
    """Return the folders that a file calls as modules.

    The patterns find `source = "./…"` fast; only a file in which it may stand in a comment or text is really read.
    """
    if path.endswith(".json"):
        from iamlint.parse.terraform.json_syntax import read_json_file

        calls = [block.source() for block in read_json_file(content, path).blocks if block.type == "module"]
        yield from _folders((source for source in calls if source is not None), folder)
        return
    found = set()
    for match in _SOURCE.finditer(content):
        start = match.start()
        if _BEFORE.fullmatch(content, content.rfind(b"\n", 0, start) + 1, start):
            found.add(match[1])
    if found and (b"/*" in content or b"<<" in content):
        from iamlint.parse.terraform.blocks import read_file

        blocks = [block for block in read_file(content, path).blocks if block.type == "module" and not block.broken]
        found = {written.encode() for block in blocks if (written := block.source()) is not None}
    yield from _folders((source.decode("utf-8", "replace") for source in sorted(found)), folder)


def _folders(sources: Iterable[str], folder: str) -> Iterable[str]:
    for source in sources:
        if not source.startswith("."):
            continue
        where = posixpath.normpath(posixpath.join(folder, source))
        where = "" if where == "." else where
        if where != folder and not where.startswith("../") and where != "..":
            yield where

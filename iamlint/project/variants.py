"""Variants: the repository read with another workspace, other variable files and values, each an estate of its own."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy

from iamlint.errors import ConfigError, UsageError
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    from iamlint.graph.label_settings import Workspace
    from iamlint.model.estate import Facts
    from iamlint.parse.context import Context
    from iamlint.project.session import Session

    S = TypeVar("S", bound=Session)
    T = TypeVar("T")

_OF_ONE = (
    "facts",
    "estate",
    "graph",
    "today",
    "rules",
    "idle_rules",
    "commented",
    "rule_settings",
    "signature",
    "_prefix",
    "variants",
)
"""What a session computes and another variant computes anew."""


class Variant(NamedTuple):
    """One variant, as configured under `inputs.variants`. `roots` are globs of the root modules that it is about; none: all."""

    name: str
    workspace: str | None = None
    variable_files: tuple[str, ...] = ()
    variables: Mapping[str, Any] = {}
    roots: tuple[str, ...] = ()


def read_variants(entries: Iterable[Mapping[str, Any]], shown: str) -> tuple[Variant, ...]:
    """Return the configured variants. Raises `ConfigError` for one without a name, and for two of one name."""
    variants: dict[str, Variant] = {}
    for entry in entries:
        workspace, files = entry.get("workspace"), tuple(entry.get("variable-files") or ())
        name = entry.get("name") or workspace or (posixpath.basename(files[-1]).partition(".")[0] if files else "")
        if not name:
            raise ConfigError(f"`{shown}`: an entry of `variants` has no name", "give it a `name`")
        if name in variants:
            raise ConfigError(f"`{shown}`: two variants are called `{name}`", "give each a `name` of its own")
        variants[name] = Variant(name, workspace, files, entry.get("variables") or {}, tuple(entry.get("roots") or ()))
    return tuple(variants.values())


def chosen(variants: tuple[Variant, ...], names: Sequence[str]) -> tuple[Variant, ...]:
    """Return the variants of these names, all when none is named. Raises `UsageError` for a name that is not configured."""
    known = {variant.name for variant in variants}
    for name in names:
        if name not in known:
            there = ", ".join(f"`{variant.name}`" for variant in variants)
            raise UsageError(
                f"no variant is called `{name}`",
                f"the configuration has {there}" if there else "`variants` under `inputs` in `iamlint.yaml` configures them",
            )
    return tuple(variant for variant in variants if not names or variant.name in names)


def sessions_of(session: S, *, lenient: bool = False) -> list[S]:
    """Return a session for each variant that was asked for. What no variant touches is parsed once for all of them.

    Where none is configured it is the session itself; `lenient`: also where none of the names is (another revision).
    """
    names, known = session.options.variants, session.config.variants
    if lenient:
        names = tuple(name for name in names if any(variant.name == name for variant in known))
    if session.config.variant is not None or not (names or known):
        return [session]
    made: list[S] = []
    _ = session.units  # found once
    for variant in chosen(known, names):
        other = copy(session)
        for name in _OF_ONE:
            other.__dict__.pop(name, None)
        other.config = session.config._replace(variants=(), variant=variant)
        other.like = made[0] if made else None
        made.append(other)
    return made


def asks_workspace(facts: Facts, read: Callable[[str], bytes | None]) -> bool:
    """Return whether facts may be other ones in another workspace."""
    return any(b"terraform." in (data := read(path) or b"") and _asks(data) for path in facts.files)


def _asks(data: bytes) -> bool:
    return b"terraform.workspace" in data or b"terraform.env" in data


def is_touched(facts: Facts, context: Context, other: Context, read: Callable[[str], bytes | None]) -> bool:
    """Return whether a unit's facts, read in one context, may be other ones in another context."""
    if context == other:
        return False
    if context._replace(workspace=other.workspace, variable_files=other.variable_files) != other:
        return True
    folders = {posixpath.dirname(path) for path in facts.files} | {facts.unit}
    if any(
        [file.path for file in context.variable_files if file.counts_for(folder)]
        != [file.path for file in other.variable_files if file.counts_for(folder)]
        for folder in folders
    ):
        return True
    return context.workspace != other.workspace and asks_workspace(facts, read)


def in_scope(session: Session, variant: Variant) -> Workspace:
    """Return what labels the units that a variant makes what they are: those that would be other ones without it."""
    from iamlint.graph.label_settings import Workspace
    from iamlint.project.contexts import Contexts

    with_it = Contexts(session.config, session.root)
    without = Contexts(session.config._replace(variant=None), session.root)
    units = frozenset(
        facts.unit
        for facts in session.facts
        if facts.kind == "terraform" and is_touched(facts, without.of(facts.unit), with_it.of(facts.unit), session.files.read)
    )
    return Workspace(variant.workspace or variant.name, "workspace" if variant.workspace else "variant", units)


def variant_name(session: Session) -> str:
    """Return the name of the variant of a session, an empty text where no variants are configured."""
    return session.config.variant.name if session.config.variant is not None else ""


def in_variants(sessions: Sequence[Session], ask: Callable[[Session], T]) -> list[tuple[tuple[str, ...], T]]:
    """Return the answers of the variants, equal ones together under the names of their variants.

    A variant in which the question makes no sense (`UsageError`: what it names is not there) has no answer; when none has
    one, the first error is raised.
    """
    answers: list[tuple[tuple[str, ...], T]] = []
    failed: UsageError | None = None
    for session in sessions:
        name = variant_name(session)
        try:
            answer = ask(session)
        except UsageError as error:
            failed = failed or error
            continue
        for number, (names, known) in enumerate(answers):
            if known == answer:
                answers[number] = ((*names, name), known)
                break
        else:
            answers.append(((name,), answer))
    if failed is not None and not answers:
        raise failed
    return answers

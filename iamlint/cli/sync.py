"""`iamlint sync`: the Terraform of role mappings and bindings, rendered from the manifest."""

from __future__ import annotations

from collections.abc import Sequence

from iamlint.cli.command import Command, Option, Values
from iamlint.cli.session_options import SESSION
from iamlint.errors import UsageError
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.lint.drift import Side
    from iamlint.model.telemetry import RoleBinding, ScopeMapping, TelemetryRendering
    from iamlint.project.session import Session
    from iamlint.report.terraform import RenderedBinding, RenderedMapping


class _Target(NamedTuple):
    """One file to render: its path in the run, what stands in it now, what should, what was left out."""

    path: str
    old: str | None
    new: str
    about: str
    left_out: tuple[str, ...]


def run(values: Values) -> int:
    """Render every file that a manifest names; with `--check`, compare and write nothing."""
    import sys

    from iamlint.cli.graph_options import emit, open_graph, warn_incomplete
    from iamlint.report.display import clean, count

    session = open_graph(values)
    targets = [_target(session, rendering) for rendering in _renderings(session)]
    lines: list[str] = []
    for target in targets:
        for words in target.left_out:
            sys.stderr.write(f"iamlint: {clean(words)}\n")
        shown = session.shown(target.path)
        if target.old == target.new:
            lines.append(f"{shown}: up to date ({target.about})\n")
        elif values["check"]:
            lines += _difference(target, shown)
        else:
            _write(session, target)
            lines.append(f"{shown}: written ({target.about})\n")
    stale = sum(target.old != target.new for target in targets)
    if values["check"] and stale:
        lines.append(f"{count(stale, 'file')} {'differs' if stale == 1 else 'differ'} from the manifest: run `iamlint sync`\n")
    emit(session, "".join(lines))
    return warn_incomplete(session) or (1 if values["check"] and stale else 0)


def _renderings(session: Session) -> list[TelemetryRendering]:
    from iamlint.model.telemetry import TelemetryRendering

    found = session.estate.all(TelemetryRendering)
    if not found:
        help = "write `terraform: lightstep/access.tf` into the document of kind `Telemetry` that is its source"
        raise UsageError("no manifest names a Terraform file to render", help)
    by_target: dict[str, TelemetryRendering] = {}
    for rendering in found:
        where = _where(session, rendering.place)
        if rendering.vendor != "lightstep":
            raise UsageError(f"{where}: only the mappings and bindings of `lightstep` can be rendered, not `{rendering.vendor}`")
        if rendering.target.startswith(("/", "../")) or not rendering.target.endswith((".tf", ".tf.json")):
            raise UsageError(f"{where}: `{rendering.target}` is no `.tf` or `.tf.json` file inside the repository")
        if by_target.setdefault(rendering.target, rendering) is not rendering:
            raise UsageError(f"{where}: `{rendering.target}` is rendered from another document already")
    return found


def _where(session: Session, place: object) -> str:
    from iamlint.source.locate import locate
    from iamlint.source.place import Place

    assert isinstance(place, Place)
    return f"{session.shown(place.path)}:{locate(place, session.files.read(place.path) or b'').line}"


def _target(session: Session, rendering: TelemetryRendering) -> _Target:
    from iamlint.lint.drift import Side, is_rendered
    from iamlint.model.telemetry import RoleBinding, ScopeMapping
    from iamlint.report.display import count
    from iamlint.report.terraform import Rendered, hcl, slug, tf_json
    from iamlint.source.value import key

    mappings = [item for item in session.estate.all(ScopeMapping) if item.resource == rendering.resource]
    bindings = [item for item in session.estate.all(RoleBinding) if item.resource == rendering.resource]
    left_out = tuple(
        f"{_where(session, item.grant.place)}: left out: the Terraform provider knows no role `{key(item.grant.text)}`"
        for item in bindings
        if not is_rendered(item)
    )
    bindings = [item for item in bindings if is_rendered(item)]
    seen: set[tuple[str, str]] = set()
    for mapping in mappings:
        about = key(mapping.attribute), key(mapping.value)
        if about in seen:
            place = mapping.value_place or mapping.place
            raise UsageError(f"{_where(session, place)}: `{about[1]}` is mapped twice, which the Terraform provider refuses")
        seen.add(about)
    name = slug(rendering.organization) if isinstance(rendering.organization, str) else "organization"
    rendered = Rendered(name, tuple(_mapping(session, item) for item in mappings), _bindings(bindings))
    write = tf_json if rendering.target.endswith(".json") else hcl
    text = write(rendered, rendering.place.path)
    _back_check(session, rendering, text, Side(mappings, bindings))
    data = session.files.read(rendering.target)
    made = f"{count(len(rendered.mappings), 'mapping')}, {count(len(rendered.bindings), 'binding')}"
    old = None if data is None else data.decode("utf-8", "surrogateescape")
    return _Target(rendering.target, old, text, made, left_out)


def _mapping(session: Session, item: ScopeMapping) -> RenderedMapping:
    """Return a mapping as the provider takes it. Raises `UsageError` for one that it would refuse."""
    from iamlint.parse.telemetry.lightstep import MAPPED_ROLES, PROJECT_ROLES
    from iamlint.report.terraform import RenderedMapping
    from iamlint.source.value import key

    organization_role = None
    projects: dict[str, str] = {}
    for grant in item.grants:
        role = key(grant.text)
        known = MAPPED_ROLES if grant.project is None else PROJECT_ROLES
        if role not in known:
            named = ", ".join(f"`{name}`" for name in sorted(known))
            raise UsageError(
                f"{_where(session, grant.place)}: the Terraform provider refuses the role `{role}` here", f"it takes {named}"
            )
        if grant.project is None:
            organization_role = role
        else:
            projects[key(grant.project)] = role
    if organization_role is None:
        where = _where(session, item.value_place or item.place)
        raise UsageError(
            f"{where}: the mapping of `{key(item.value)}` has no `organization_role`, and the Terraform provider wants one"
        )
    return RenderedMapping(key(item.attribute), key(item.value), organization_role, tuple(projects.items()))


def _bindings(items: Sequence[RoleBinding]) -> tuple[RenderedBinding, ...]:
    """Return one binding for each role and project: two resources for one would undo each other."""
    from iamlint.report.terraform import RenderedBinding
    from iamlint.source.value import key

    users: dict[tuple[str, str | None], dict[str, str]] = {}
    notes: dict[tuple[str, str | None], list[str]] = {}
    for item in items:
        about = key(item.grant.text), key(item.grant.project) if item.grant.project is not None else None
        held = users.setdefault(about, {})
        for user, _ in item.users:
            held.setdefault(key(user).casefold(), key(user))
        if item.break_glass:
            until = f", until {item.until}" if item.until else ""
            notes.setdefault(about, []).append(f"break-glass: {item.break_glass}{until}")
    return tuple(
        RenderedBinding(role, project, tuple(held.values()), "; ".join(notes.get((role, project), ())))
        for (role, project), held in users.items()
    )


def _back_check(session: Session, rendering: TelemetryRendering, text: str, ours: Side) -> None:
    """Read the rendered text as Terraform and compare: what is written must say what its source says."""
    from iamlint.lint.drift import Side, Words, compare
    from iamlint.model.telemetry import RoleBinding, ScopeMapping
    from iamlint.project.memory import memory_session

    read = memory_session({rendering.target.rpartition("/")[2]: text}).estate
    theirs = Side(read.all(ScopeMapping), read.all(RoleBinding))
    for drift in compare(ours, theirs, Words("the manifest", "the rendered text"), complete=True):
        where = _where(session, rendering.place)
        raise UsageError(
            f"{where}: cannot be rendered faithfully: {drift.message}", "two entries say different things, or this is a bug"
        )


def _difference(target: _Target, shown: str) -> list[str]:
    from difflib import unified_diff

    from iamlint.report.display import clean

    if target.old is None:
        return [f"{shown}: is not there ({target.about})\n"]
    old, new = target.old.splitlines(), target.new.splitlines()
    diff = list(unified_diff(old, new, shown, f"{shown} (as the manifest has it)", lineterm=""))
    return [f"{clean(line)}\n" for line in diff] or [f"{shown}: differs in how its lines end\n"]


def _write(session: Session, target: _Target) -> None:
    """Write a file whole or not at all, inside the root of the run and nowhere else."""
    import os
    import tempfile

    path = os.path.join(session.root, *target.path.split("/"))
    folder = os.path.dirname(path)
    root = os.path.realpath(session.root)
    if os.path.commonpath([root, os.path.realpath(path)]) != root:
        raise UsageError(f"`{target.path}` leads out of the repository")
    try:
        os.makedirs(folder, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".iamlint-")
        with os.fdopen(handle, "wb") as file:
            file.write(target.new.encode("utf-8", "surrogateescape"))
        os.chmod(temporary, os.stat(path).st_mode & 0o777 if os.path.exists(path) else 0o644)
        os.replace(temporary, path)
    except OSError as error:
        raise UsageError(f"`{session.shown(target.path)}` cannot be written: {error.strerror}") from None


COMMAND = Command(
    "Render the Terraform of role mappings and bindings from the manifest.",
    run,
    (),
    (Option(("--check",), "Write nothing; show what differs, and exit with 1 if anything does."), *SESSION),
    "The source is every document of kind Telemetry that names its file under `terraform`.",
)

"""`iamlint diff`: who gained and who lost what between two revisions or folders."""

from __future__ import annotations

from iamlint.cli.command import Argument, Command, Option, Values
from iamlint.cli.session_options import SESSION
from iamlint.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.change.rows import AccessDiff
    from iamlint.project.session import Session
    from iamlint.report.diff_view import AnswersOf

FORMATS = ("text", "json", "markdown")
KINDS = ("gained", "lost", "unknown")


def run(values: Values) -> int:
    """Print what changed and return the exit code: 1 for what `--fail-on` names, 3 when input could not be understood."""
    from iamlint.cli.exit_code import of_run
    from iamlint.cli.graph_options import warn_incomplete
    from iamlint.cli.session_options import session_options
    from iamlint.cli.terminal import write
    from iamlint.project.changes import diff_sessions
    from iamlint.project.disclosure import without_secrets
    from iamlint.project.revisions import open_sides
    from iamlint.report.diff_view import selects
    from iamlint.source.value import shortened

    wanted = [_fail_on(text) for text in values["fail_on"]]
    move = _move(values["move"])
    with open_sides(values["base"], values["head"], session_options(values)) as sides:
        old, new = sides.old, sides.new
        diff = diff_sessions(old, new, move)
        text = _rendered(diff, answers_of(old, new, diff), values["format"], sides.names)
        if values["format"] != "json":
            text = shortened(text)
        write(without_secrets(old, without_secrets(new, text)), values["output"])
        incomplete = warn_incomplete(new) or warn_incomplete(old)
    fails = any(selects(selector, getattr(diff, kind)) for kind, selector in wanted)
    return of_run(crashed=False, incomplete=bool(incomplete), fails=fails)


def answers_of(old: Session, new: Session, diff: AccessDiff) -> AnswersOf:
    """Return what writes the places of a row, each in the files of its own state."""
    from iamlint.cli.graph_options import answers

    before, after = answers(old), answers(new)
    rows = (*diff.gained, *diff.lost, *diff.unknown)
    for found, is_old in ((before, True), (after, False)):
        found.prepare(edge for row in rows if row.is_old is is_old for edge in row.path)
    return lambda row: before if row.is_old else after


def _rendered(diff: AccessDiff, answers: AnswersOf, form: str, names: tuple[str, str]) -> str:
    if form == "json":
        from iamlint.report.diff_view import to_json
        from iamlint.report.json import dump

        return dump({"version": 1} | to_json(diff, answers))
    if form == "markdown":
        from iamlint.report import diff_markdown

        return diff_markdown.render(diff, answers, *names)
    from iamlint.report import diff_text

    return diff_text.render(diff, answers)


def _move(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    source, _, target = text.partition("=")
    if not source or not target:
        raise UsageError("`--move` takes two telemetry vendors", "`--move lightstep=grafana`")
    return source, target


def _fail_on(text: str) -> tuple[str, str]:
    kind, _, selector = text.partition(":")
    if kind not in KINDS:
        raise UsageError(f"`--fail-on` takes `gained`, `lost` or `unknown`, not `{kind}`", "`gained:env:prod` selects")
    return kind, selector


COMMAND = Command(
    "Compare two revisions or folders: who gained and who lost what.",
    run,
    (Argument("base"), Argument("head", required=False)),
    (
        Option(("--format",), "How to write the answer. Default: text.", choices=FORMATS),
        Option(("--output",), "Write the answer to a file.", "FILE"),
        Option(
            ("--fail-on",),
            "Exit with 1 when there is something gained (or lost, unknown); a selector after a colon is a glob of who, what, "
            "on what or scope: gained:env:prod. Repeatable.",
            "KIND[:SELECTOR]",
            many=True,
        ),
        Option(
            ("--move",),
            "Compare what the telemetry vendor OLD opens in BASE with what NEW opens in HEAD: who gains and who loses sight of "
            "what. Scopes correspond by `replaces` in the manifest, else by name.",
            "OLD=NEW",
        ),
        *SESSION,
    ),
    "BASE and HEAD are revisions of the repository, or two folders. HEAD defaults to the work tree; main... compares with the "
    "common ancestor of main and HEAD. Revisions are read from git's objects: nothing is checked out.",
)

"""`iamlint audit`: the evidence report."""

from __future__ import annotations

from iamlint.cli.command import Command, Option, Values
from iamlint.cli.session_options import SESSION, session_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from iamlint.lint.settings import Ignore
    from iamlint.project.config import Config
    from iamlint.project.session import Session
    from iamlint.report.audit.evidence import About

FORMATS = ("markdown", "html", "csv", "json")


def run(values: Values) -> int:
    """Write the report."""
    from iamlint.cli.check import day
    from iamlint.cli.graph_options import warn_incomplete
    from iamlint.cli.terminal import write
    from iamlint.lint.assemble import Spans
    from iamlint.project.disclosure import secret_hider
    from iamlint.project.session import open_session
    from iamlint.report.answers import Answers
    from iamlint.report.audit.evidence import evidence, hidden
    from iamlint.report.run import moved
    from iamlint.report.secrets import redact

    session = open_session(session_options(values, as_of=day(values["as_of"])))
    # Paths are those of the repository wherever the command runs: the same revision gives the same bytes.
    report = moved(redact(session.check()), session.shown("x")[:-1], "")
    found = evidence(session.graph, report, Answers(Spans(session.files.read), lambda path: path), _about(session))
    hide = secret_hider(session)
    if hide is not str:  # there are secrets in the files
        found = hidden(found, hide)
    write(_rendered(found, values["format"] or "markdown"), values["output"])
    return warn_incomplete(session)


def _rendered(found: object, kind: str) -> str:
    from importlib import import_module

    if kind == "json":
        from iamlint.report.json import dump

        return dump(found)
    module, name = {"markdown": ("markdown", "markdown"), "html": ("html", "html"), "csv": ("table", "table")}[kind]
    text: str = getattr(import_module(f"iamlint.report.audit.{module}"), name)(found)
    return text


def _about(session: Session) -> About:
    import os

    from iamlint import __version__
    from iamlint.project.baseline import baseline_path, load
    from iamlint.project.policy_tests import PolicyTests
    from iamlint.project.revision import described
    from iamlint.report.audit.evidence import About

    limit = session.rule_settings.options.get("BOT102", {}).get("days", 90)
    baseline = None
    if session.config.baseline:
        path = baseline_path(None, session.config.baseline, session.root)
        if path is not None and os.path.exists(path):
            entries, _ = load(path, session.config.baseline)
            baseline = (session.config.baseline, len(entries))
    config = session.config
    name = config.repository or "this repository"  # the folder's name is not the revision's
    tests = PolicyTests(session)
    return About(
        name, described(session.root), session.today, f"iamlint {__version__}", int(limit), config.ignores, baseline,
        (*config.switched_off, *_listed("ignore", config.ignore, config)), _listed("select", config.select, config),
        tests.read(tests.files()).tests,
    )  # fmt: skip


def _listed(field: str, names: Sequence[str], config: Config) -> list[Ignore]:
    """Return the rules that a list of the configuration names, each with its place; none where it names all."""
    from iamlint.lint.settings import Ignore
    from iamlint.source.place import Origin

    if field == "select" and "ALL" in names:
        return []
    origin = Origin(config.path or "")
    return [Ignore(name, "", "", "", "", "", origin.at(("rules", field, number))) for number, name in enumerate(names)]


COMMAND = Command(
    "Write the evidence report: who can see what and why, owners, ages of credentials, exceptions.",
    run,
    (),
    (
        Option(("--format",), "How to write it. Default: markdown.", choices=FORMATS),
        Option(("--output",), "Write to a file.", "FILE"),
        Option(
            ("--as-of",), "The day from which ages are counted. Default: the commit date of the revision, else today.", "DATE"
        ),
        *SESSION,
    ),
    "The same revision gives the same bytes. csv is one table for all sections.",
)

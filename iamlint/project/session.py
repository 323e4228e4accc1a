"""The one place that strings the floors together: files, units, facts, estate, graph, rules, report."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from time import perf_counter, time

from iamlint.errors import UsageError
from iamlint.model.estate import Estate, Facts
from iamlint.project.config import Config, find_config, load_config
from iamlint.project.contexts import Contexts, find_loose_files
from iamlint.project.discovery import DiskFiles, find_root, git_top, list_files, unlisted
from iamlint.project.options import Options
from iamlint.source.files import Files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from iamlint.graph.access_graph import AccessGraph
    from iamlint.lint.settings import IdleRule, LoadedRule, RuleSettings
    from iamlint.parse.cloudformation.stacks import Linking
    from iamlint.parse.units import Unit
    from iamlint.project.plugins import Idle
    from iamlint.report.run import RunReport
else:
    Protocol = object


COMMENT_MARK = b"iamlint:"

_STANDING_ALONE = frozenset({"", "policy", "workflow"})
"""Kinds of units of which none changes what another one declares."""

FEW_FILES = 20
"""Up to this many files a run costs less than asking the cache."""


def open_session(options: Options, meanwhile: Callable[[], None] | None = None) -> Session:
    """Return a session for the paths that the options name. Raises `UsageError` and `ConfigError`.

    `meanwhile` is done while git lists them, where git does.
    """
    started = time()
    paths = options.paths or (git_top(os.getcwd()) or os.getcwd(),)
    if options.stdin is None:
        common, top = find_root(paths)
    else:
        from iamlint.project.standard_input import name_of, place_of

        document = options.stdin_filename or name_of(options.stdin)
        common, top = place_of(document)
    config_file = os.path.abspath(options.config) if options.config else find_config(common, top)
    if options.config and not os.path.isfile(config_file or ""):
        raise UsageError(f"the configuration `{options.config}` does not exist")
    whole = not options.paths and (options.stdin is None or not config_file)
    root = _root(common, top, config_file, explicit=bool(options.config), whole=whole)
    config = load_config(config_file, os.path.relpath(config_file, root).replace(os.sep, "/")) if config_file else Config()
    files = DiskFiles(root, started)
    if options.stdin is None:
        listed, explicit = list_files(files, paths, config.include, config.exclude, config.cdk, meanwhile)
    else:
        listed = explicit = [files.stand_in(document, options.stdin, alone=not options.stdin_filename)]
    session = Session(options, config, files, listed, explicit)
    return session.variants[0] if len(options.variants) == 1 else session


class RootedFiles(Files, Protocol):
    """The files of a run, with the folder to which their paths are relative (empty: they are held in memory)."""

    root: str

    def asked(self) -> Mapping[str, bytes | None]:
        """Return every path that was asked for, with its content, or None where there was nothing."""

    def folders(self) -> Iterable[str]:
        """Return every folder that was listed."""


class Session:
    """One run over one set of files. Everything is computed once, when first asked for."""

    idle_rules: Sequence[IdleRule] = ()  # those that `rules` did not load
    while_parsing: Callable[[list[Facts]], None] | None = None  # done while forks parse, with the first facts

    def __init__(self, options: Options, config: Config, files: RootedFiles, paths: list[str], explicit: list[str]) -> None:
        self.options = options
        self.config = config
        self.files = files
        self.paths = paths
        self.explicit = explicit
        self.remembered: tuple[str, str] | None = None  # the entry of what the run looked at, and its id
        self.like: Session | None = None  # the session of another variant, whose facts hold here where nothing touches them

    @property
    def root(self) -> str:
        """Return the folder to which all paths of the run are relative."""
        return self.files.root

    @cached_property
    def units(self) -> list[Unit]:
        """Return the units of the run: what can be parsed alone."""
        from iamlint.parse.units import find_units

        return find_units(self.paths, self.files, frozenset(self.explicit), dict(self.config.plans))

    @cached_property
    def loose_files(self) -> Mapping[str, tuple[str, ...]]:
        """Return the variable files that belong to each root module and that Terraform does not load by itself."""
        roots = [unit.path for unit in self.units if unit.kind == "terraform"]
        is_part = bool(self.options.paths) and self.options.stdin is None
        return find_loose_files(self.paths, roots, self.files if is_part else None, self.config)

    @cached_property
    def facts(self) -> list[Facts]:
        """Return what each unit declares, what one says again of another taken out: a function of `parsed`."""
        if _STANDING_ALONE.issuperset([facts.kind for facts in self.parsed]):
            return self.parsed
        from iamlint.project.settling import settled

        return settled(self.parsed, dict(self.config.plans))

    @cached_property
    def parsed(self) -> list[Facts]:
        """Return the facts of each unit as it was read; manifests are read first, since they name accounts."""
        from iamlint.parse.readings import forget_readings

        contexts = Contexts(self.config, self.root, self.loose_files)
        early = [unit for unit in self.units if self._names_accounts(unit)]
        late = [unit for unit in self.units if unit not in early] if early else self.units
        first = self._parsed(early, contexts) if early else []
        contexts.learn(Estate(first))
        linking = contexts.linking([unit.path for unit in self.units if unit.kind == "document"], self.files)
        if self.like is None:
            rest = self._parsed(late, contexts, linking)
        else:
            contexts.link(linking)
            rest = self._parsed_like(late, contexts, self.like, Estate(first))
        forget_readings()
        declared = contexts.declared()
        if not self.options.paths and self.options.stdin is None:  # of a part of the repository, nobody can tell
            declared.unresolved += contexts.idle_files(unit.path for unit in self.units if unit.kind == "terraform")
        if any(path.endswith("cdk.json") for path in self.paths):
            from iamlint.project.cdk_apps import unread, unread_apps

            declared.unresolved += map(unread, unread_apps(self.paths, self.files))
        declared.problems += unlisted(self.files)
        return [*first, *rest, *([declared] if declared.items or declared.unresolved or declared.problems else [])]

    def _parsed(self, units: list[Unit], contexts: Contexts, linking: Linking | None = None) -> list[Facts]:
        """Return the facts of some units, in their order."""
        from iamlint.project.workers import parse_units

        return parse_units(units, self.files, contexts, self.options.jobs, self.options.progress, self.while_parsing, linking)

    def _parsed_like(self, units: list[Unit], contexts: Contexts, like: Session, manifests: Estate) -> list[Facts]:
        """Return the facts of some units; those of another variant where these cannot differ."""
        from iamlint.project.variants import is_touched

        before = Contexts(like.config, self.root, self.loose_files)
        before.learn(manifests)
        known = {(facts.unit, facts.kind == "terraform"): facts for facts in like.parsed}
        held: dict[Unit, Facts] = {}
        for unit in units:
            facts = known.get((unit.path, unit.kind == "terraform"))
            if facts is None or unit.kind == "plan" or facts.kind == "terraform_plan":
                continue
            if unit.kind == "document" or not is_touched(facts, before.of(unit.path), contexts.of(unit.path), self.files.read):
                held[unit] = facts
        parsed = iter(self._parsed([unit for unit in units if unit not in held], contexts))
        return [held[unit] if unit in held else next(parsed) for unit in units]

    @cached_property
    def variants(self) -> list[Session]:
        """Return a session for each configured variant that was asked for; this one alone when none is configured."""
        if not (self.config.variants or self.options.variants):
            return [self]
        from iamlint.project.variants import sessions_of

        return sessions_of(self)

    @cached_property
    def estate(self) -> Estate:
        """Return the facts of all units together."""
        return Estate(self.facts)

    @cached_property
    def graph(self) -> AccessGraph:
        """Return the access graph."""
        from iamlint.graph.link import build_graph
        from iamlint.project.labeling import label_settings

        if self.config.variants:
            there = ", ".join(f"`{variant.name}`" for variant in self.config.variants)
            raise UsageError(f"the configuration has the variants {there}", "choose one with `--variant`")
        settings = label_settings(self.config, self.files)
        if self.config.variant is not None:
            from iamlint.project.variants import in_scope

            settings = settings._replace(workspace=in_scope(self, self.config.variant))
        from iamlint.project.shares import processes, spread

        workers = processes(self.options.jobs)
        graph = build_graph(self.estate, settings, None if workers < 2 else spread(workers))
        graph.as_of_source = lambda: self.today
        return graph

    @cached_property
    def today(self) -> str:
        """Return the day from which ages are counted: `--as-of`, else the checked revision's commit date, else today."""
        if self.options.as_of:
            return self.options.as_of
        from iamlint.project.revision import commit_date

        return commit_date(self.root)

    @cached_property
    def rules(self) -> list[LoadedRule]:
        """Return the rules that can find something in this estate; the others are `idle_rules` then. Raises `PluginError`."""
        from iamlint.project.present import present_in

        rules, self.idle_rules = self.rules_for(present_in(self.graph))
        return rules

    def rules_for(self, present: Collection[str]) -> tuple[list[LoadedRule], Sequence[IdleRule]]:
        """Return the rules that can find something in what is present, and the others. Raises `PluginError`."""
        from iamlint.project.plugins import Idle

        idle = Idle(present, self.config.options)
        return self._load_rules(idle), idle.rules

    def all_rules(self) -> list[LoadedRule]:
        """Return every rule that is installed or lies in a configured folder. Raises `PluginError`."""
        return self._load_rules(None)

    def _load_rules(self, idle: Idle | None) -> list[LoadedRule]:
        from iamlint.project.plugins import load_all

        if self.options.untrusted and self.options.rule_dirs:
            raise UsageError("`--rules` runs code, which `--untrusted` forbids")
        folders = [os.path.abspath(folder) for folder in self.options.rule_dirs]
        folders += [os.path.join(self.root, folder) for folder in self.config.rule_paths]
        return load_all(folders, self.config.required_plugins, self.root if self.options.untrusted else None, idle)

    @cached_property
    def read_files(self) -> list[str]:
        """Return the files of which anything was read, sorted."""
        return sorted(set().union(*[facts.files for facts in self.facts]))

    @cached_property
    def commented(self) -> list[str]:
        """Return the files of the run that hold a suppression comment."""
        # JSON has no comments.
        return [path for path in self.read_files if not path.endswith(".json") and COMMENT_MARK in (self.files.read(path) or b"")]

    @cached_property
    def rule_settings(self) -> RuleSettings:
        """Return what configuration and command line say of the rules. Raises `ConfigError` for a rule that is not there."""
        rules = self.rules
        return self.settings_for(rules, self.idle_rules)

    def settings_for(self, rules: Sequence[LoadedRule], idle: Sequence[IdleRule]) -> RuleSettings:
        """Return the same, whichever of all rules are loaded and which idle."""
        from iamlint.project.rule_options import rule_settings

        gate = None
        if self.config.suppression_owners:
            from iamlint.project.labeling import suppression_gate

            gate = suppression_gate(self.config, self.files)
        return rule_settings(self.config, self.options, rules, lambda: self.today, gate, idle)

    def check(self) -> RunReport:
        """Run the rules and return the report."""
        started = perf_counter()
        report = self._remembered_check()
        return report._replace(elapsed=perf_counter() - started)

    def _remembered_check(self) -> RunReport:
        from iamlint.project.checking import check

        if not self._may_remember:
            return check(self)
        from iamlint.project.cache import load_report, store_report

        report = load_report(self)
        if report is None:
            report = check(self)
            if not report.crashed:
                baseline = (os.path.join(self.root, self.config.baseline),) if self.config.baseline else ()
                store_report(self, report, (*self.options.also, *baseline))
        return report

    @property
    def _may_remember(self) -> bool:
        """Return whether the run is worth remembering: a few files are checked faster than they are looked up."""
        return self.options.cache and bool(self.root) and self.options.stdin is None and len(self.paths) > FEW_FILES

    def shown(self, path: str) -> str:
        """Return a path as the user sees it: relative to the working directory when the root lies in or below it."""
        prefix = self._prefix
        return f"{prefix}{path}" if path else path

    @cached_property
    def _prefix(self) -> str:
        if not self.root:
            return ""
        relative = os.path.relpath(self.root, os.getcwd()).replace(os.sep, "/")
        return "" if relative == "." or relative.startswith("..") else f"{relative}/"

    def _names_accounts(self, unit: Unit) -> bool:
        if unit.kind != "document" or not unit.path.endswith((".yaml", ".yml", ".json")):
            return False
        data = self.files.read(unit.path)
        return data is not None and b"iamlint/v1" in data and b"Accounts" in data


def _root(common: str, top: str, config_file: str | None, *, explicit: bool, whole: bool) -> str:
    """Return the root: the folder of the configuration that governs the paths, else the repository, else the paths' folder."""
    if whole:
        return top
    if config_file and not explicit:
        folder = os.path.dirname(config_file)
        if common == folder or common.startswith(folder.rstrip("/") + "/"):
            return folder
    return top if explicit or os.path.exists(os.path.join(top, ".git")) else common

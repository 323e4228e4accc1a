"""GitLab CI: jobs, their refs and environments, the subjects of their id tokens, and the roles that they assume.

GitLab docs, "OpenID Connect (OIDC) Authentication Using ID Tokens": `project_path:GROUP/PROJECT:ref_type:branch:ref:NAME`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamlint.model.estate import Facts
from iamlint.model.workload import WorkflowJob
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry
from iamlint.parse.workloads.pipelines import JobReader, Pipeline, Variables, all_texts, named_texts
from iamlint.source.files import Files
from iamlint.source.place import Origin, Place
from iamlint.source.problem import Unresolved
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, Value, concat, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NAMES = (".gitlab-ci.yml", ".gitlab-ci.yaml")
MAX_FILES = 150  # "include": the default limit of includes of a pipeline
MAX_EXTENDS = 11  # "extends": the number of levels that are supported

_RESERVED = frozenset({
    "default", "include", "stages", "variables", "workflow", "image", "services", "cache", "before_script", "after_script",
    "spec",
})  # fmt: skip
_EQUALS = re.compile(r"\$(CI_COMMIT_BRANCH|CI_COMMIT_REF_NAME|CI_COMMIT_TAG)\s*==\s*(\"([^\"]*)\"|'([^']*)'|\$CI_DEFAULT_BRANCH)")
_ANY_BRANCH, _ANY_TAG = "ref_type:branch:ref:*", "ref_type:tag:ref:*"


def is_pipeline(value: Any, path: str) -> bool:
    """Return whether a document is the pipeline that GitLab runs, which goes by its name."""
    return isinstance(value, dict) and path.rpartition("/")[2] in NAMES


def parse_pipeline(value: Any, origin: Origin, context: Context, files: Files | None = None) -> Facts:
    """Return what a pipeline declares, with the local files that it includes."""
    facts = Facts(context.unit, "gitlab-ci", (origin.path,))
    reader = _Reader(facts, context.repository, origin.path, files)
    reader.read(Entry(value, origin))
    facts.resolved += len(facts.items)
    return facts


class _Reader:
    def __init__(self, facts: Facts, repository: Value, path: str, files: Files | None) -> None:
        self.facts = facts
        self.repository = repository
        self.root = path.rpartition("/")[0]
        self.path = path
        self.files = files
        self.read_files = {path}
        self.jobs: dict[str, list[Entry]] = {}  # what is written of a job, what counts first
        self.shared: list[Entry] = []
        keeper = concat(["gitlab/", repository])
        self.pipeline = Pipeline("gitlab", repository, path, facts, keeper)

    def read(self, document: Entry) -> None:
        """Read the pipeline and everything that it includes."""
        self._collect(document)
        for name in list(self.jobs):
            if not name.startswith("."):
                self._read_job(name)

    # includes

    def _collect(self, document: Entry) -> None:
        """Gather the jobs of a document; what it includes counts after it ("include": the file itself overrides)."""
        self.shared.append(document)
        for name, job in document.named():
            if name not in _RESERVED:
                self.jobs.setdefault(name, []).append(job)
        for target, place in self._includes(document):
            self._include(target, place)

    def _includes(self, document: Entry) -> Iterator[tuple[str, Place]]:
        value = document.value.get("include")
        if isinstance(value, str):
            yield value, document.at("include")
        elif isinstance(value, dict):
            yield from self._include_entry(Entry(value, document.origin, (*document.route, "include")))
        for index, item in enumerate(value if isinstance(value, list) else ()):
            if isinstance(item, str):
                yield item, document.at("include", index)
            elif isinstance(item, dict):
                yield from self._include_entry(Entry(item, document.origin, (*document.route, "include", index)))

    def _include_entry(self, entry: Entry) -> Iterator[tuple[str, Place]]:
        local = entry.text("local")
        if local is not None:
            yield local, entry.at("local")
            return
        for field in ("project", "remote", "template", "component"):
            if (other := entry.text(field)) is not None:
                if field != "template":  # GitLab's own templates assume no roles
                    reason = f"`{other}`, which the pipeline includes, is not in the repository"
                    self.facts.unresolved.append(Unresolved(reason, entry.at(field)))
                return

    def _include(self, target: str, place: Place) -> None:
        if "://" in target or self.files is None:
            self.facts.unresolved.append(Unresolved(f"`{target}`, which the pipeline includes, is not in the repository", place))
            return
        wanted = f"{self.root}/{target.lstrip('/')}".lstrip("/")
        for path in self._matching(wanted):
            if path in self.read_files or len(self.read_files) >= MAX_FILES:
                continue
            self.read_files.add(path)
            document = _read_file(path, self.files)
            if document is not None:
                self.facts.files = (*self.facts.files, path)
                self._collect(document)
                continue
            self.facts.unresolved.append(Unresolved(f"`{target}`, which the pipeline includes, cannot be read", place))

    def _matching(self, wanted: str) -> list[str]:
        if "*" not in wanted or self.files is None:
            return [wanted]
        from fnmatch import fnmatchcase

        folder = wanted.partition("*")[0].rpartition("/")[0]
        return sorted(path for path in self.files.under(folder) if fnmatchcase(path, wanted))

    # jobs

    def _read_job(self, name: str) -> None:
        chain = _Chain(list(self._chain(name, 0)))
        if chain.has("trigger"):
            self._child_pipeline(chain)
            return
        if not chain.has("script") and not chain.has("run"):
            return
        own = chain.entries[0]
        known = self._variables(chain)
        shown = Variables(known, key(self.pipeline.keeper), "GitLab")
        environment, at = _environment(chain, shown)
        token = chain.has("id_tokens") or any(document.mapping("default") is not None and "id_tokens" in (
            document.value.get("default") or {}) for document in self.shared)  # fmt: skip
        default = Unknown("the project's default branch is not in its files", None, f"gitlab:{key(self.repository)}:default")
        tails = list(dict.fromkeys(_tails(chain, default)))
        subjects = tuple(concat(["project_path:", self.repository, ":", tail]) for tail in tails)
        job = WorkflowJob(
            provider="gitlab", repository=self.repository, workflow=self.path, job=name, environment=environment,
            subjects=subjects, place=at or own.at(part="key"), unit=self.facts.unit, can_request_token=token,
            environment_place=at,
        )  # fmt: skip
        reader = JobReader(self.pipeline, job, shown)
        for document in self.shared:
            reader.environment(document.mapping("variables"))
        for entry in chain.entries:
            reader.environment(entry.mapping("variables"))
        sources = [*chain.entries, *(default_ for one in self.shared if (default_ := one.mapping("default")) is not None)]
        for entry in sources:
            for field in ("before_script", "script", "after_script"):
                reader.commands(all_texts(entry, field))

    def _chain(self, name: str, depth: int) -> Iterator[Entry]:
        """Yield what is written of a job and of what it extends, what counts first."""
        written = self.jobs.get(name, [])
        yield from written
        if depth >= MAX_EXTENDS:
            return
        for entry in written:
            for parent, _ in reversed(entry.texts("extends")):
                yield from self._chain(parent, depth + 1)

    def _variables(self, chain: _Chain) -> dict[str, Value]:
        known: dict[str, Value] = {}
        for document in reversed(self.shared):
            variables = document.mapping("variables")
            known.update((name, text) for name, text, _ in (named_texts(variables) if variables is not None else ()))
        for entry in reversed(chain.entries):
            variables = entry.mapping("variables")
            known.update((name, text) for name, text, _ in (named_texts(variables) if variables is not None else ()))
        known["CI_PROJECT_PATH"] = self.repository
        return known

    def _child_pipeline(self, chain: _Chain) -> None:
        """Read the jobs of a child pipeline that lies in the repository: they run as the same project."""
        entry = next(one for one in chain.entries if "trigger" in one.value)
        trigger = entry.mapping("trigger")
        if trigger is None or "include" not in trigger.value or self.files is None:
            return
        for target, place in self._includes(trigger):
            path = f"{self.root}/{target.lstrip('/')}".lstrip("/")
            if path in self.read_files or len(self.read_files) >= MAX_FILES:
                continue
            document = _read_file(path, self.files)
            if document is None:
                self.facts.unresolved.append(Unresolved(f"`{target}`, which the job triggers, is not in the repository", place))
                continue
            self.facts.files = (*self.facts.files, path)
            child = _Reader(self.facts, self.repository, path, self.files)
            child.root, child.read_files = self.root, self.read_files | {path}
            child.read(document)
            self.read_files |= child.read_files


class _Chain(NamedTuple):
    """What is written of a job, in it and in what it extends, what counts first."""

    entries: list[Entry]

    def has(self, field: str) -> bool:
        """Return whether a field is written somewhere."""
        return any(field in entry.value for entry in self.entries)

    def entry(self, field: str) -> Entry | None:
        """Return the entry whose field counts."""
        return next((entry for entry in self.entries if field in entry.value), None)


def _environment(chain: _Chain, variables: Variables) -> tuple[Value | None, Place | None]:
    entry = chain.entry("environment")
    if entry is None:
        return None, None
    text, place = entry.text("environment"), entry.at("environment")
    inner = entry.mapping("environment")
    if text is None and inner is not None:
        text, place = inner.text("name"), inner.at("name")
    return (variables.expand(text, place), place) if text else (None, None)


def _tails(chain: _Chain, default: Value) -> Iterator[Value]:
    """Yield what follows the project in the subjects of a job, by the refs for which it runs."""
    rules, only = chain.entry("rules"), chain.entry("only")
    if rules is not None and isinstance(rules.value["rules"], list):
        found = False
        for rule in rules.entries("rules"):
            if rule.text("when") == "never":
                continue
            found = True
            yield from _of_condition(rule.text("if"), default)
        if found:
            return
    elif only is not None:
        inner = only.mapping("only")
        refs = inner.texts("refs") if inner is not None else only.texts("only")
        if refs:
            for text, _ in refs:
                yield from _of_ref(text)
            return
    yield from (_ANY_BRANCH, _ANY_TAG)


def _of_condition(condition: str | None, default: Value) -> Iterator[Value]:
    if condition is None:
        yield from (_ANY_BRANCH, _ANY_TAG)
        return
    for part in condition.split("||"):
        match = _EQUALS.search(part)
        if match is not None:
            name = default if match[2].startswith("$") else match[3] if match[3] is not None else match[4]
            kind = "tag" if match[1] == "CI_COMMIT_TAG" else "branch"
            yield concat([f"ref_type:{kind}:ref:", name])
            if match[1] == "CI_COMMIT_REF_NAME":
                yield concat(["ref_type:tag:ref:", name])
        elif re.search(r"\$CI_COMMIT_TAG\b(?!\s*[!=]=\s*(null|\"\"))", part) and "!=" not in part:
            yield _ANY_TAG
        elif "CI_COMMIT_BRANCH" in part or "merge_request_event" in part:
            yield _ANY_BRANCH
        else:
            yield from (_ANY_BRANCH, _ANY_TAG)


def _of_ref(text: str) -> Iterator[Value]:
    if text == "tags":
        yield _ANY_TAG
    elif text in ("branches", "merge_requests", "external_pull_requests"):
        yield _ANY_BRANCH
    elif text.startswith("/") or text in ("api", "pipelines", "pushes", "schedules", "triggers", "web", "chat", "external"):
        yield from (_ANY_BRANCH, _ANY_TAG)
    else:
        name = text.partition("@")[0]
        yield f"ref_type:branch:ref:{name}"
        yield f"ref_type:tag:ref:{name}"


def _read_file(path: str, files: Files) -> Entry | None:
    from iamlint.source.read_yaml import read_yaml

    data = files.read(path)
    if data is None:
        return None
    for reading in reversed(read_yaml(data, path)):  # a `spec` document may stand before
        if isinstance(reading.value, dict):
            return Entry(reading.value, Origin(path, (), reading.document))
    return None

"""GitHub Actions workflows: their jobs, the OIDC subjects that each can present, and what each uses."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.model.estate import Facts
from iamlint.model.identity import Bot
from iamlint.model.telemetry import LiteralSecret
from iamlint.model.workload import WorkflowJob, bot_of_subject
from iamlint.parse.bearing import is_workflow_path
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry
from iamlint.parse.workloads import events
from iamlint.parse.workloads.expressions import Scope, only_reference, secrets_in
from iamlint.parse.workloads.matrix import combinations
from iamlint.parse.workloads.reusable import Written, inputs_of, is_called_locally, read_called, root_of, written_in
from iamlint.parse.workloads.steps import StepReader
from iamlint.source.files import Files
from iamlint.source.place import Origin, Place
from iamlint.source.problem import Unresolved
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, Value, concat, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_CALLS = 4  # "Reusing workflows": how deep workflows may call each other, within reason


def is_workflow(value: Any, path: str) -> bool:
    """Return whether a document is a workflow that GitHub runs; action metadata and templates elsewhere are none."""
    if not is_workflow_path(path) or not isinstance(value, dict):
        return False
    return isinstance(value.get("jobs"), dict) and "on" in value


def parse_workflow(value: Any, origin: Origin, context: Context, files: Files | None = None) -> Facts:
    """Return what a workflow declares. With `files`, local reusable workflows that it calls are read as part of it."""
    facts = Facts(context.unit, "workflow", (origin.path,))
    workflow = Entry(value, origin)
    on = events.triggers(value.get("on"))
    repository = context.repository
    tails: list[Value] = events.subject_tails(on, events.default_branch(repository))
    if events.is_only_called(on):
        reason = "the subject is that of the workflow that calls this one"
        repository = Unknown("the repository that calls this workflow is not known", None, f"github:caller of {origin.path}")
        tails = [Unknown(reason, None, f"github:subject of the caller of {origin.path}")]
    known: dict[str, Any] = {"github.repository": repository}
    if isinstance(repository, str):
        known["github.repository_owner"] = repository.partition("/")[0]
        known["github.event.repository.name"] = repository.partition("/")[2]
    scope = Scope(known, key(context.repository), origin.path)
    token = _may_request_token(workflow)
    fixed = events.fixed_claims(on)
    run = _Run(
        facts, repository, origin.path, *_presented(repository, tails), scope, token, {},
        files=files, called=events.is_only_called(on), fixed=fixed,
    )  # fmt: skip
    run.read(workflow)
    if events.is_only_called(on) and files is not None and is_called_locally(origin.path, files):
        # It is read as part of each workflow that calls it, which knows what is not known here.
        facts.items = [item for item in facts.items if isinstance(item, LiteralSecret)]
        facts.unresolved.clear()
    facts.resolved += len(facts.items)
    return facts


class _Run(NamedTuple):
    """A workflow as it runs: by itself, or as a part of the job that calls it."""

    facts: Facts
    repository: Value
    path: str
    subjects: tuple[Value, ...]  # of jobs without an environment
    bots: tuple[Value, ...]  # names of those who present them
    scope: Scope
    token: bool | None  # what `permissions` of the workflow (or of the calling job) say of `id-token`
    written: dict[str, Written]  # what was found out about the jobs of the file, whoever calls it
    caller: str = ""
    secrets: Mapping[str, str] | None = None  # what the caller hands over under which name; None: everything as it is
    files: Files | None = None
    depth: int = 0
    called: bool = False
    defined: str = ""  # the workflow that defines the jobs, where it is called
    fixed: Mapping[str, Value] = {}  # claims that every run has alike

    def read(self, workflow: Entry) -> None:
        """Add the facts of every job."""
        jobs = workflow.mapping("jobs")
        variables = workflow.mapping("env")
        scope = self.scope.plus("env", variables.value if variables else None)
        shared = [(name, workflow.at("env", *route)) for name, route in secrets_in(variables.value if variables else None)]
        for name, job in jobs.named() if jobs is not None else ():
            written = self.written.get(name)
            if written is None:
                written = self.written[name] = written_in(job)
            secrets = [*shared, *((used, job.at(*route)) for used, route in written.secrets)]
            found = combinations(job.value.get("strategy"), written.texts)
            for combination in found if found is not None else [{}]:
                suffix = f" ({', '.join(combination.values())})" if combination else ""
                self._read_job(name + suffix, job, scope.plus("matrix", combination), workflow, secrets)

    def _read_job(self, name: str, entry: Entry, scope: Scope, workflow: Entry, secrets: list[tuple[str, Place]]) -> None:
        variables = entry.mapping("env")
        scope = Scope(scope.known, scope.shared, f"{self.path}:{self.caller}{name}")
        scope = scope.plus("env", variables.value if variables else None)
        environment, at = _environment(entry, scope)
        if environment is not None:
            scope = Scope(scope.known, f"{scope.shared}@{key(environment)}", scope.within)
            subjects, bots = _presented(self.repository, [events.environment_tail(environment)])
        else:
            subjects, bots = self.subjects, self.bots
        called = entry.text("uses")
        job = WorkflowJob(
            provider="github",
            repository=self.repository,
            workflow=self.path,
            job=self.caller + name,
            environment=environment,
            subjects=subjects,
            place=at if at is not None else _key_place(entry),
            unit=self.facts.unit,
            can_request_token=self._may_request_token(entry),
            secrets=tuple(dict.fromkeys((self._secret(used), place) for used, place in secrets)),
            environment_place=at,
            named=bots,
            defined_in=self._defined_in(called),
            fixed=self.fixed,
        )
        if called is not None and self._read_called(called, entry, job, scope):
            return
        self.facts.add(job)
        if not self.called:
            self._add_bots(job)
        keeper = concat(["github/", self.repository]) if environment is None else bots[0]
        steps = StepReader(job.bot, bots or (job.bot,), keeper, self.facts, own=self.depth == 0, actions={})
        if called is not None:
            steps.read_call(entry.mapping("with"), scope)
            return
        steps.read_environment(workflow.mapping("env"), scope)
        steps.read_environment(variables, scope)
        for step in entry.entries("steps"):
            inner = step.mapping("env")
            below = scope.plus("env", inner.value if inner else None)
            steps.read_step(step, below)
            if self.files is not None and (step.text("uses") or "").startswith("./"):
                from iamlint.parse.workloads.composite import read_composite

                read_composite(step, below, steps, self.files, root_of(self.path))

    def _defined_in(self, called: str | None) -> Value:
        """Return the claim `job_workflow_ref`: the workflow that defines the job, at a ref that is not known."""
        ref: Value = self.fixed.get("ref") or Unknown("the ref is that of the run", None, f"github:ref of {key(self.repository)}")
        if called is not None and not called.startswith("./"):
            ref = Unknown("the ref is that of the called workflow", None, f"github:ref of {called}")
            return concat([called.partition("@")[0], "@", ref])
        return concat([self.repository, "/", self.defined or self.path.removeprefix(root_of(self.path)), "@", ref])

    def _add_bots(self, job: WorkflowJob) -> None:
        for subject, name in zip(job.subjects, job.bots, strict=True):
            bot = Bot(name, "workflow-job", job.place, self.facts.unit, environment=job.environment, claims={"sub": subject})
            if not any(isinstance(item, Bot) and item.name == name for item in self.facts.items):
                self.facts.add(bot)

    def _may_request_token(self, entry: Entry) -> bool:
        """Return whether the job may ask for an OIDC token; a called workflow gets no more than its caller has."""
        own = _may_request_token(entry)
        if self.depth:
            return bool(self.token) and own is not False
        if own is None and self.token is None:
            return self.called  # then its caller decides
        return bool(self.token if own is None else own)

    def _secret(self, name: str) -> str:
        return name if self.secrets is None else self.secrets.get(name, name)

    def _read_called(self, uses: str, entry: Entry, job: WorkflowJob, scope: Scope) -> bool:
        """Read a local reusable workflow as part of the calling job; return whether that was possible."""
        path = root_of(self.path) + uses.removeprefix("./")
        found = None
        if uses.startswith("./") and self.files is not None and self.depth < MAX_CALLS:
            found = read_called(path, self.files)
        if found is None:
            if job.can_request_token:
                reason = f"the reusable workflow `{uses}` is not among the files"
                self.facts.unresolved.append(Unresolved(reason, entry.at("uses")))
            return False
        if path not in self.facts.files:
            self.facts.files = (*self.facts.files, path)
        callee = Entry(found.value, Origin(path))
        known = {name: value for name, value in scope.known.items() if name.startswith("github.")}
        inputs = scope.plus("inputs", dict(inputs_of(callee, entry)))
        known.update((name, value) for name, value in inputs.known.items() if name.startswith("inputs."))
        scope = Scope(known, key(self.repository), scope.within)
        token = _may_request_token(callee)
        _Run(
            self.facts, self.repository, self.path, self.subjects, self.bots, scope,
            job.can_request_token and token is not False, found.written,
            caller=f"{job.job} / ", secrets=self._handed_over(entry), files=self.files, depth=self.depth + 1, called=self.called,
            defined=path.removeprefix(root_of(self.path)), fixed=self.fixed,
        ).read(callee)  # fmt: skip
        return True

    def _handed_over(self, entry: Entry) -> Mapping[str, str] | None:
        handed = entry.mapping("secrets")
        if handed is None:
            return self.secrets
        names = ((name, only_reference(handed.text(name) or "") or "") for name in handed.value if isinstance(name, str))
        return {name: self._secret(named.partition(".")[2]) for name, named in names if named.lower().startswith("secrets.")}


def _presented(repository: Value, tails: list[Value]) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
    """Return the subjects with these ends, and the names of the bots that present them."""
    subjects = tuple([concat(["repo:", repository, ":", tail]) for tail in tails])
    return subjects, tuple([bot_of_subject("github", subject) for subject in subjects])


def _may_request_token(entry: Entry) -> bool | None:
    """Return what `permissions` say of `id-token`, or None when nothing is written: then it is not granted."""
    permissions = entry.value.get("permissions")
    if permissions is None and "permissions" not in entry.value:
        return None
    if isinstance(permissions, dict):
        return bool(permissions.get("id-token") == "write")
    return permissions == "write-all"


def _environment(entry: Entry, scope: Scope) -> tuple[Value | None, Place | None]:
    place = entry.at("environment")
    text = entry.text("environment")
    if text is None and (mapping := entry.mapping("environment")) is not None:
        text, place = mapping.text("name"), mapping.at("name")
    if text is None:
        return None, None
    name = scope.resolve(text, place)
    return (name, place) if name != "" else (None, None)


def _key_place(entry: Entry) -> Place:
    return entry.at(part="key")

"""CircleCI: jobs of workflows, their contexts, and the roles that they assume.

CircleCI docs, "OpenID Connect tokens": `org/ORGANIZATION/project/PROJECT/user/USER`, all of them ids that stand in no file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamlint.model.estate import Facts
from iamlint.model.workload import WorkflowJob
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry
from iamlint.parse.workloads.pipelines import JobReader, Pipeline, Variables, all_texts, named_texts
from iamlint.source.place import Origin, Place
from iamlint.source.value import Unknown, Value, concat, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PARAMETER = re.compile(r"<<\s*parameters\.([\w-]+)\s*>>")
_ROLE_FIELDS = ("role_arn", "role-arn")
_MAX_DEPTH = 6


def is_config(value: Any, path: str) -> bool:
    """Return whether a document is the configuration of CircleCI, which goes by its folder."""
    return isinstance(value, dict) and "/.circleci/" in f"/{path}" and ("jobs" in value or "workflows" in value)


def parse_config(value: Any, origin: Origin, context: Context) -> Facts:
    """Return what a configuration declares."""
    facts = Facts(context.unit, "circleci", (origin.path,))
    document = Entry(value, origin)
    pipeline = Pipeline("circleci", context.repository, origin.path, facts, concat(["circleci/", context.repository]))
    workflows = document.mapping("workflows")
    used: set[str] = set()
    for flow, workflow in workflows.named() if workflows is not None else ():
        for name, call in _calls(workflow):
            used.add(name)
            _read_job(document, pipeline, name, call, flow)
    jobs = document.mapping("jobs")
    for name, _ in jobs.named() if jobs is not None else ():
        if name not in used and not used:
            _read_job(document, pipeline, name, None, "")
    facts.resolved += len(facts.items)
    return facts


def _calls(workflow: Entry) -> Iterator[tuple[str, Entry | None]]:
    """Yield the jobs that a workflow runs, with what it says of each."""
    value = workflow.value.get("jobs")
    for index, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, str):
            yield item, None
        elif isinstance(item, dict):
            yield from Entry(item, workflow.origin, (*workflow.route, "jobs", index)).named()


def _read_job(document: Entry, pipeline: Pipeline, name: str, call: Entry | None, flow: str) -> None:
    jobs, commands = document.mapping("jobs"), document.mapping("commands")
    body = jobs.mapping(name) if jobs is not None else None
    shown = (call.text("name") if call is not None else None) or name
    if call is not None and call.text("type") == "approval":
        return
    contexts = [text for text, _ in call.texts("context")] if call is not None else []
    repository = key(pipeline.repository)
    parts: list[Value] = []
    for label in ("org", "project", "user"):
        parts += [f"/{label}/" if parts else f"{label}/", Unknown(f"the {label}'s id is not in the files", None,
                                                                 f"circleci:{label} of {repository}")]  # fmt: skip
    bot = concat([pipeline.keeper, f":{flow}:{shown}" if flow else f":{shown}"])
    place = call.at(part="key") if call is not None else body.at(part="key") if body is not None else document.place
    job = WorkflowJob(
        provider="circleci", repository=pipeline.repository, workflow=pipeline.path, job=f"{flow}:{shown}" if flow else shown,
        environment=None, subjects=(concat(parts),), place=place, unit=pipeline.facts.unit, can_request_token=True,
        secrets=tuple((f"context.{text}", at) for text, at in (call.texts("context") if call is not None else ())),
        named=(bot,),
    )  # fmt: skip
    variables = body.mapping("environment") if body is not None else None
    texts: dict[str, Value] = {label: text for label, text, _ in (named_texts(variables) if variables is not None else ())}
    scope = key(pipeline.keeper) + (f"@{','.join(sorted(contexts))}" if contexts else "")
    reader = JobReader(pipeline, job, Variables(texts, scope, "CircleCI"))
    reader.environment(variables)
    given = _parameters(body, call)
    if body is not None:
        _read_steps(body, "steps", given, reader, commands, 0)
    if call is not None:
        for field in ("pre-steps", "post-steps"):
            _read_steps(call, field, given, reader, commands, 0)
        if body is None:  # a job of an orb: what is handed to it may be a role
            _read_roles(call, {}, reader, 0)


def _parameters(declared: Entry | None, call: Entry | None) -> dict[str, str]:
    given: dict[str, str] = {}
    parameters = declared.mapping("parameters") if declared is not None else None
    for name, parameter in parameters.named() if parameters is not None else ():
        if (default := parameter.text("default")) is not None:
            given[name] = default
    if call is not None:
        given.update(call.texts_by_name())
    return given


def _filled(text: str, given: dict[str, str]) -> str:
    """Return a text with its parameters replaced; one without value becomes a variable of that name, which is not known."""
    return _PARAMETER.sub(lambda match: given.get(match[1], "${PARAMETER_" + match[1].replace("-", "_") + "}"), text)


def _read_steps(entry: Entry, field: str, given: dict[str, str], reader: JobReader, commands: Entry | None, depth: int) -> None:
    for step in entry.entries(field):
        run = step.mapping("run")
        texts: list[tuple[str, Place]] = list(all_texts(step, "run"))
        if run is not None:
            texts += all_texts(run, "command")
            reader.environment(run.mapping("environment"))
        reader.commands((_filled(text, given), place) for text, place in texts)
        for name, inner in step.named():
            command = commands.mapping(name) if commands is not None else None
            if command is not None and depth < _MAX_DEPTH:
                handed = _parameters(command, None)
                handed.update({label: _filled(text, given) for label, text in inner.texts_by_name().items()})
                _read_steps(command, "steps", handed, reader, commands, depth + 1)
            elif name in ("when", "unless") and depth < _MAX_DEPTH:
                _read_steps(inner, "steps", given, reader, commands, depth + 1)
            elif name != "run":
                _read_roles(inner, given, reader, depth)
        for name in step.value:
            command = commands.mapping(name) if commands is not None and (step.value[name] is None) else None
            if command is not None and depth < _MAX_DEPTH:
                _read_steps(command, "steps", _parameters(command, None), reader, commands, depth + 1)
    value = entry.value.get(field)
    for item in value if isinstance(value, list) else ():
        command = commands.mapping(item) if commands is not None and isinstance(item, str) else None
        if command is not None and depth < _MAX_DEPTH:
            _read_steps(command, "steps", _parameters(command, None), reader, commands, depth + 1)


def _read_roles(entry: Entry, given: dict[str, str], reader: JobReader, depth: int) -> None:
    """Add the roles that a step of an orb is given (`aws-cli/setup: {role_arn: …}`), at any depth."""
    for field in _ROLE_FIELDS:
        if (text := entry.text(field)) is not None:
            reader.role(_filled(text, given), entry.at(field))
    if depth >= _MAX_DEPTH:
        return
    for name in entry.value:
        if not isinstance(name, str):
            continue
        inner = entry.mapping(name)
        if inner is not None:
            _read_roles(inner, given, reader, depth + 1)
        for item in entry.entries(name):
            _read_roles(item, given, reader, depth + 1)

"""Bitbucket Pipelines: steps, the subjects of their tokens, and the roles that they assume.

Atlassian Support, "Integrate Pipelines with resource servers using OIDC": `{REPOSITORY}[:{ENVIRONMENT}]:{STEP}`, ids in braces
that stand in no file; the environment's where the step has a `deployment`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamlint.model.estate import Facts
from iamlint.model.workload import WorkflowJob
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry
from iamlint.parse.workloads.pipelines import JobReader, Pipeline, Variables, all_texts
from iamlint.source.place import Origin
from iamlint.source.problem import Unresolved
from iamlint.source.value import Unknown, Value, concat, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ROLE_VARIABLE = "AWS_OIDC_ROLE_ARN"  # of Atlassian's pipes for AWS
_NAMED = ("branches", "tags", "bookmarks", "custom", "pull-requests")
_EXPORTED = re.compile(r"(?:^|[\s;&])AWS_ROLE_ARN=(\"[^\"]*\"|'[^']*'|[^\s;&]+)")


def is_pipeline(value: Any, path: str) -> bool:
    """Return whether a document is the pipeline of a Bitbucket repository, which goes by its name."""
    name = path.rpartition("/")[2]
    return isinstance(value, dict) and name in ("bitbucket-pipelines.yml", "bitbucket-pipelines.yaml") and "pipelines" in value


def parse_pipeline(value: Any, origin: Origin, context: Context) -> Facts:
    """Return what a pipeline declares."""
    facts = Facts(context.unit, "bitbucket", (origin.path,))
    pipelines = Entry(value, origin).mapping("pipelines")
    pipeline = Pipeline("bitbucket", context.repository, origin.path, facts, concat(["bitbucket/", context.repository]))
    for flow, holder, field in _flows(pipelines) if pipelines is not None else ():
        _note_import(holder, field, facts)
        for number, (step, environment) in enumerate(_steps(holder, field, None)):
            _read_step(step, environment, f"{flow}:{step.text('name') or f'step {number + 1}'}", pipeline)
    facts.resolved += len(facts.items)
    return facts


def _flows(pipelines: Entry) -> Iterator[tuple[str, Entry, str]]:
    """Yield the lists of steps with their names: `default`, `branches/main`."""
    yield "default", pipelines, "default"
    for kind in _NAMED:
        named = pipelines.mapping(kind)
        for name in named.value if named is not None else ():
            if named is not None and isinstance(name, str):
                yield f"{kind}/{name}", named, name


def _note_import(holder: Entry, field: str, facts: Facts) -> None:
    shared = holder.mapping(field)
    if shared is not None and "import" in shared.value:
        facts.unresolved.append(Unresolved("the pipeline is imported from another repository", shared.at("import")))


def _steps(holder: Entry, field: str, environment: str | None, depth: int = 0) -> Iterator[tuple[Entry, str | None]]:
    """Yield the steps of a list, those of stages and parallel ones among them, with the environment that a stage gives."""
    for item in holder.entries(field):
        step, stage = item.mapping("step"), item.mapping("stage")
        if step is not None:
            yield step, step.text("deployment") or environment
        elif depth > 3:
            return
        elif stage is not None:
            yield from _steps(stage, "steps", stage.text("deployment") or environment, depth + 1)
        elif (parallel := item.mapping("parallel")) is not None:
            yield from _steps(parallel, "steps", environment, depth + 1)
        else:
            yield from _steps(item, "parallel", environment, depth + 1)


def _read_step(step: Entry, environment: str | None, shown: str, pipeline: Pipeline) -> None:
    repository = key(pipeline.repository)
    parts: list[Value] = ["{", _id("repository", repository), "}"]
    if environment is not None:
        parts += [":{", _id(f"environment {environment}", repository), "}"]
    parts += [":{", _id(f"step {pipeline.path}:{shown}", repository), "}"]
    place = step.at("name") if step.text("name") else step.place
    job = WorkflowJob(
        provider="bitbucket", repository=pipeline.repository, workflow=pipeline.path, job=shown, environment=environment,
        subjects=(concat(parts),), place=place, unit=pipeline.facts.unit, can_request_token=step.flag("oidc"),
        environment_place=step.at("deployment") if step.text("deployment") else None,
        named=(concat([pipeline.keeper, f":{shown}", *([f":environment:{environment}"] if environment else [])]),),
    )  # fmt: skip
    reader = JobReader(pipeline, job, Variables({}, key(pipeline.keeper), "Bitbucket"))
    for field in ("script", "after-script"):
        texts = list(all_texts(step, field))
        reader.commands(texts)
        if any("AWS_WEB_IDENTITY_TOKEN_FILE" in text for text, _ in texts):
            for text, at in texts:
                for match in _EXPORTED.finditer(text):
                    reader.role(match[1].strip("\"'"), at)
        for pipe in step.entries(field):
            variables = pipe.mapping("variables")
            reader.environment(variables)
            role = variables.text(_ROLE_VARIABLE) if variables is not None else None
            if variables is not None and role is not None:
                reader.role(role, variables.at(_ROLE_VARIABLE))


def _id(what: str, repository: str) -> Unknown:
    return Unknown(f"the id of the {what.partition(' ')[0]} is not in the files", None, f"bitbucket:{what} of {repository}")

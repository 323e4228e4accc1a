"""Buildkite pipelines: steps, the subjects of their tokens, and the roles that they assume.

Buildkite docs, "OIDC with AWS": `organization:ORG:pipeline:PIPELINE:ref:refs/heads/BRANCH:commit:SHA:step:KEY`. Organization and
pipeline stand in no file of the repository; they are one unknown each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamlint.model.estate import Facts
from iamlint.model.workload import WorkflowJob
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry
from iamlint.parse.workloads.pipelines import JobReader, Pipeline, Variables, all_texts, named_texts
from iamlint.source.place import Origin
from iamlint.source.value import Unknown, Value, concat, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PLUGIN = re.compile(r"(?:^|/)(?:aws-assume-role-with-web-identity|aws-assume-role)(?:-buildkite-plugin)?(?:\.git)?(?:#|$)")
_ROLE_FIELDS = ("role-arn", "role_arn", "role")


def is_pipeline(value: Any, path: str) -> bool:
    """Return whether a document is a pipeline of Buildkite: by its folder or name, and its steps."""
    if not isinstance(value, dict) or not isinstance(value.get("steps"), list):
        return False
    folder, _, name = path.rpartition("/")
    return folder.rpartition("/")[2] in (".buildkite", "buildkite") or name in ("buildkite.yml", "buildkite.yaml")


def parse_pipeline(value: Any, origin: Origin, context: Context) -> Facts:
    """Return what a pipeline declares."""
    facts = Facts(context.unit, "buildkite", (origin.path,))
    document = Entry(value, origin)
    pipeline = Pipeline("buildkite", context.repository, origin.path, facts, concat(["buildkite/", context.repository]))
    for number, step in enumerate(_steps(document)):
        _read_step(step, number, document, pipeline)
    facts.resolved += len(facts.items)
    return facts


def _steps(document: Entry, depth: int = 0) -> Iterator[Entry]:
    for step in document.entries("steps"):
        if "steps" in step.value and depth < 4:
            yield from _steps(step, depth + 1)
        elif "command" in step.value or "commands" in step.value or "plugins" in step.value:
            yield step


def _read_step(step: Entry, number: int, document: Entry, pipeline: Pipeline) -> None:
    name = step.text("key") or step.text("id") or step.text("identifier")
    shown = name or step.text("label") or step.text("name") or f"step {number + 1}"
    repository = key(pipeline.repository)
    organization = Unknown("the organization is not in the files", None, f"buildkite:organization of {repository}")
    slug = Unknown("the pipeline's name is not in the files", None, f"buildkite:pipeline {pipeline.path} of {repository}")
    commit = Unknown("the commit is that of the build", None, f"buildkite:commit of {repository}")
    branches = [text for text in (step.text("branches") or "").split() if not text.startswith("!")]
    known = branches if branches and not any("*" in text for text in branches) else []
    refs: list[Value] = [f"refs/heads/{text}" for text in known]
    refs = refs or [Unknown("the ref is that of the build", None, f"buildkite:ref of {repository}")]
    subjects = tuple(
        concat(["organization:", organization, ":pipeline:", slug, ":ref:", ref, ":commit:", commit, f":step:{name or ''}"])
        for ref in refs
    )
    place = step.at("key") if name else step.at("label") if step.text("label") else step.place
    bots = tuple(concat([pipeline.keeper, f":{pipeline.path}:{shown}", *(["@", ref] if known else [])]) for ref in refs)
    job = WorkflowJob(
        provider="buildkite", repository=pipeline.repository, workflow=pipeline.path, job=shown, environment=None,
        subjects=subjects, place=place, unit=pipeline.facts.unit, can_request_token=True, named=bots,
    )  # fmt: skip
    texts: dict[str, Value] = {}
    environments = [found for entry in (document, step) if (found := entry.mapping("env")) is not None]
    for variables in environments:
        texts.update((label, text) for label, text, _ in named_texts(variables))
    reader = JobReader(pipeline, job, Variables(texts, key(pipeline.keeper), "Buildkite"))
    for variables in environments:
        reader.environment(variables)
    for field in ("command", "commands"):
        reader.commands(all_texts(step, field))
    for plugin, config in _plugins(step):
        if _PLUGIN.search(plugin) and config is not None:
            for field in _ROLE_FIELDS:
                if (text := config.text(field)) is not None:
                    chained = "web-identity" not in plugin
                    reader.role(text, config.at(field), "role-chaining" if chained else None)


def _plugins(step: Entry) -> Iterator[tuple[str, Entry | None]]:
    value = step.value.get("plugins")
    if isinstance(value, dict):
        plugins = step.mapping("plugins")
        yield from plugins.named() if plugins is not None else ()
    for index, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, str):
            yield item, None
        elif isinstance(item, dict):
            yield from Entry(item, step.origin, (*step.route, "plugins", index)).named()

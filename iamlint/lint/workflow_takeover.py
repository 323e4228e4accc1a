"""Workflows whose job becomes an administrator, and who may change them, as far as the repository shows it."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.elements import Certainty, Edge, EdgeKind, Node
from iamlint.graph.label_texts import owns_path
from iamlint.lint.escalation import administrator_ascents, administrators
from iamlint.model.workload import WorkflowJob
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, key


class UnguardedJob(NamedTuple):
    """A job that becomes an administrator, in a workflow that anybody with write access to the repository may change."""

    job: WorkflowJob
    bot: Node
    edge: Edge
    is_administrator: bool


def unguarded_jobs(graph: AccessGraph) -> Iterator[UnguardedJob]:
    """Yield each job once: without a deployment environment, and in a workflow that CODEOWNERS gives to nobody."""
    jobs = [
        job for job in graph.estate.all(WorkflowJob)
        if job.environment is None and job.can_request_token and not _is_owned(graph, job.workflow)
    ]  # fmt: skip
    if not jobs:
        return
    whole = administrators(graph)
    climbing = {node.number for ascent in administrator_ascents(graph) for node in ascent.who}
    for job in jobs:
        edges = [
            (bot, edge)
            for name in job.bots if not isinstance(name, Unknown) and (bot := graph.node(f"bot:{key(name)}")) is not None
            for edge in graph.out_edges(bot, EdgeKind.MAY_ASSUME)
            if edge.certainty is not Certainty.UNKNOWN and edge.target.number in whole | climbing
        ]  # fmt: skip
        if edges:
            bot, edge = edges[0]
            yield UnguardedJob(job, bot, edge, edge.target.number in whole)


def _is_owned(graph: AccessGraph, path: str) -> bool:
    """Return whether the last line of CODEOWNERS that fits names somebody."""
    for rule in reversed(graph.settings.codeowners):
        if owns_path(rule.pattern, path):
            return bool(rule.owners)
    return False

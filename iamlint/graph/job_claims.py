"""What a pipeline's token says beside its subject: claims that all jobs of a bot present, and those that the subject holds."""

from __future__ import annotations

from iamlint.graph.issuers import IDS, family_of
from iamlint.model.estate import Estate
from iamlint.model.workload import WorkflowJob
from iamlint.source.value import Value, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def claims_of_jobs(estate: Estate) -> dict[str, dict[str, Value]]:
    """Return the claims of each bot that all its jobs present alike: where they are defined, what starts them, on which ref."""
    found: dict[str, dict[str, dict[str, Value | None]]] = {}
    for job in estate.all(WorkflowJob):
        claims: dict[str, Value | None] = {"job_workflow_ref": job.defined_in}
        claims.update({name: job.fixed.get(name) for name in ("event_name", "ref")})
        for bot in job.bots:
            known = found.setdefault(key(bot), {})
            for name, value in claims.items():
                known.setdefault(name, {})[key(value) if value is not None else ""] = value
    return {
        bot: {
            name: value
            for name, values in known.items()
            if len(values) == 1 and (value := next(iter(values.values()))) is not None
        }
        for bot, known in found.items()
    }


def tokenless(estate: Estate) -> set[str]:
    """Return the bots of jobs none of which may ask for a token."""
    may: set[str] = set()
    jobs: set[str] = set()
    for job in estate.all(WorkflowJob):
        names = {key(name) for name in job.bots}
        jobs |= names
        if job.can_request_token:
            may |= names
    return jobs - may


def claims_of_subject(issuer: str, subject: Value) -> dict[str, Any]:
    """Return the other claims of GitHub's token that follow from the subject."""
    if family_of(issuer) != "github" or not isinstance(subject, str):
        return {}
    repository, _, rest = subject.removeprefix("repo:").partition(":")
    plain = IDS.sub("", repository)
    claims = {"repository": plain, "repository_owner": plain.partition("/")[0]}
    if rest.startswith("environment:"):
        claims["environment"] = rest.removeprefix("environment:")
    elif rest.startswith("ref:"):
        claims["ref"] = rest.removeprefix("ref:")
    return {f"{issuer}:{name}": (value,) for name, value in claims.items()}

"""What services of AWS get at for somebody from outside: the confused deputy, decided by evaluation."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.iam.request import RequestPrincipal
from iamlint.lint.exposure import Exposure, account_of_resource, actions_of, resources_of
from iamlint.lint.guarded import Guarded, guarded_resources
from iamlint.lint.outsiders import admits_service
from iamlint.model.policy import Effect, PolicyKind, Statement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph


def service_exposures(graph: AccessGraph) -> Iterator[Exposure]:
    """Yield the principals by which a service of AWS gets at a resource also for something in a stranger's account."""
    last: Exposure | None = None
    for guarded, statement, exposure in _of_services(graph):
        if last is not None and last.guarded is guarded and last.principal is exposure.principal:
            continue  # by another action
        if _admits(guarded, statement, exposure):
            last = exposure
            yield exposure


def nameless_sources(graph: AccessGraph) -> Iterator[tuple[Exposure, str]]:
    """Yield the principals by which a service gets at a resource for whoever has a bucket, by the bucket's ARN alone.

    A bucket's ARN holds no account: who takes the name after its owner has deleted it is let in. Buckets that the repository
    declares are its own.
    """
    own: set[object] | None = None
    for guarded, statement, exposure in _of_services(graph):
        for source in _buckets(statement):
            if own is None:
                own = {resource.arn for resource in graph.policy_index.aws.resources.values()}
            if source not in own and _admits(guarded, statement, exposure, source):
                yield exposure, source
                break


def _of_services(graph: AccessGraph) -> Iterator[tuple[Guarded, Statement, Exposure]]:
    for guarded in guarded_resources(graph, PolicyKind.RESOURCE):
        for statement in guarded.policy.statements:
            if statement.effect is not Effect.ALLOW or statement.principals_negated or statement.opaque is not None:
                continue
            for principal in statement.principals or ():
                if principal.kind == "Service" and isinstance(principal.value, str):
                    for action in actions_of(guarded, statement)[:2]:
                        yield guarded, statement, Exposure(guarded, statement, principal, action)


def _admits(guarded: Guarded, statement: Statement, exposure: Exposure, source: str = "") -> bool:
    who = RequestPrincipal("Service", exposure.principal.value)
    for resource in resources_of(guarded, statement, exposure.action):
        if admits_service(who, exposure.action, resource, account_of_resource(guarded), guarded.policy, statement, source):
            return True
    return False


def _buckets(statement: Statement) -> list[str]:
    """Return the buckets to whose events a statement is limited, if it is limited by nothing else."""
    if len(statement.conditions) != 1 or statement.conditions[0].key.lower() != "aws:sourcearn":
        return []
    return [
        value
        for value in statement.conditions[0].values
        if isinstance(value, str) and value.startswith("arn:") and ":s3:::" in value and "*" not in value and "?" not in value
    ]

"""The action and the resource of a question: whether they can mean anything, before an answer about nothing is taken for one."""

from __future__ import annotations

from iamlint.graph.decide import capabilities_of, is_telemetry
from iamlint.model.telemetry import CAPABILITIES
from iamlint.source.globs import is_glob
from iamlint.source.near import did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph


class UnknownAction(LookupError):  # noqa: N818  (a finding about the question, named by what it is)
    """What is asked about is no action, and can be none; `help` says what it may have been meant to be."""

    def __init__(self, message: str, help: str = "") -> None:
        self.help = help
        super().__init__(message)


def check_action(action: str, resource: str | None) -> None:
    """Raise `UnknownAction` for what is neither an action of AWS in form nor a telemetry capability, or a pattern of these."""
    if is_telemetry(action, resource):
        if not capabilities_of(action):
            near = did_you_mean(action, CAPABILITIES) or f"they are {', '.join(f'`{name}`' for name in CAPABILITIES)}"
            raise UnknownAction(f"no telemetry capability is called `{action}`", near)
    else:
        service, colon, name = action.partition(":")
        if action != "*" and not (service and colon and name):
            raise UnknownAction(f"`{action}` is no action", "write `service:Action`, such as `s3:GetObject`")


def asked_resource(action: str, resource: str | None) -> str | None:
    """Return on what a question is asked: of an action that acts on resources, on all of them where none is named."""
    if resource is not None or is_telemetry(action, None):
        return resource
    from iamlint.iam.catalogue import supports_resource

    return "*" if supports_resource(action) else None


def unlisted(action: str, resource: str | None) -> tuple[str, str] | None:
    """Return what to say of an action of AWS that the catalogue does not know, with the near match; None where it does.

    It may be newer than the catalogue, so that a question about it still has an answer.
    """
    if is_telemetry(action, resource):
        return None
    from iamlint.iam.actions import names_some, near_actions
    from iamlint.iam.catalogue import catalogue
    from iamlint.iam.patterns import has_wildcard

    if action == "*" or names_some(action):
        return None
    near = [] if has_wildcard(action) else near_actions(action, 1)
    what = "fits no action" if has_wildcard(action) else "is no action"
    return f"`{action}` {what} that the catalogue of {catalogue().date} knows", f"did you mean `{near[0]}`?" if near else ""


def means_nothing(graph: AccessGraph, resource: str) -> bool:
    """Return whether a resource's text is no ARN, no pattern, and names nothing of the graph: no policy can mean it."""
    if is_glob(resource) or resource.partition(":")[2].startswith("arn:") or resource.startswith("arn:"):
        return False
    aws = graph.policy_index.aws
    return aws.principal(resource) is None and aws.resource(resource) is None

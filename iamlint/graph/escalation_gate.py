"""Whether anything in an estate may raise rights at all: asked first, so that most estates pay nothing for the rest."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from iamlint.model.policy import Effect, Policy
from iamlint.source.value import Unknown

_FIRST = {
    "s3": "putbucketpolicy",
    "secretsmanager": "putresourcepolicy",
    "apprunner": "updateservice",
    "batch": "submitjob",
    "bedrock-agentcore": "invokeagentruntimecommand startcodeinterpretersession",
    "cloudformation": "createchangeset updatestack",
    "codebuild": "startbuild startbuildbatch",
    "codedeploy": "createdeployment",
    "ec2-instance-connect": "sendsshpublickey",
    "ec2": "createlaunchtemplateversion modifyinstanceattribute",
    "ecs": "executecommand",
    "glue": "updatedevendpoint updatejob",
    "iam": (
        "addusertogroup attachgrouppolicy attachrolepolicy attachuserpolicy createaccesskey "
        "createloginprofile createpolicyversion deleterolepermissionsboundary deleteuserpermissionsboundary "
        "passrole putgrouppolicy putrolepermissionsboundary putrolepolicy putuserpermissionsboundary "
        "putuserpolicy setdefaultpolicyversion updateassumerolepolicy updateloginprofile updatesamlprovider"
    ),
    "lambda": "updatefunctioncode updatefunctionconfiguration",
    "sagemaker": "createnotebookinstancelifecycleconfig createpresignednotebookinstanceurl",
    "ssm": "sendcommand startsession",
    "sso": "attachmanagedpolicytopermissionset createaccountassignment putinlinepolicytopermissionset",
    "states": "updatestatemachine",
}
FIRST_ACTIONS = sorted(f"{service}:{name}" for service, names in _FIRST.items() for name in names.split())
"""In lower case, the action without which a method does not begin, of every method (a test compares it with the methods)."""


def may_escalate(policies: Iterable[Policy]) -> bool:
    """Return whether some statement for sure allows an action with which a method begins."""
    seen: set[str] = set()
    for policy in policies:
        for statement in policy.statements:
            if statement.effect is not Effect.ALLOW or isinstance(statement.opaque, Unknown):
                continue
            if statement.actions_negated:
                return True
            for action in statement.actions:
                if isinstance(action, str) and action not in seen:
                    seen.add(action)
                    if _may_begin(action.lower()):
                        return True
    return False


def _may_begin(pattern: str) -> bool:
    head = pattern.partition("*")[0].partition("?")[0]
    at = bisect_left(FIRST_ACTIONS, head)
    if at == len(FIRST_ACTIONS):
        return False
    return FIRST_ACTIONS[at] == pattern if head == pattern else FIRST_ACTIONS[at].startswith(head)

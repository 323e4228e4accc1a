"""IAM064 incomplete-roles-anywhere-trust."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Effect, Example, Finding, PolicyKind, Severity, matches, rule, subject

_NEEDED = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")
_SERVICE = "rolesanywhere.amazonaws.com"


def _trust(action: str, service: str = _SERVICE) -> dict[str, str]:
    return {
        "trust/role.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {{Service: {service}}}
            Action: {action}
        """
    }


@rule(
    id="IAM064",
    name="incomplete-roles-anywhere-trust",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM Roles Anywhere User Guide: Trust model", "IAM Access Analyzer policy check reference: Missing action for Roles Anywhere trust policy"],
    bad=[
        Example("one of three actions", _trust("sts:AssumeRole  # <- IAM064")),
        Example("the source identity is missing", _trust("[sts:AssumeRole, sts:TagSession]  # <- IAM064")),
    ],
    good=[
        Example("all three", _trust("[sts:AssumeRole, sts:TagSession, sts:SetSourceIdentity]")),
        Example("another service", _trust("sts:AssumeRole", "lambda.amazonaws.com")),
    ],
)  # fmt: skip
def incomplete_roles_anywhere_trust(graph: AccessGraph) -> Iterator[Finding]:
    """A role trusts IAM Roles Anywhere without one of the three actions that it needs, so no session begins.

    The service sets tags and a source identity from the certificate in every session, and STS refuses what the trust policy does
    not allow.

    ## What to do instead

    Allow `sts:AssumeRole`, `sts:TagSession` and `sts:SetSourceIdentity`.

    ## What this rule does not see

    Actions that are only known at deployment.
    """
    for policy in graph.policies(PolicyKind.TRUST):
        allowed = [action for statement in policy.statements for action in statement.actions if statement.effect is Effect.ALLOW]
        if any(not isinstance(action, str) for action in allowed):
            continue
        for statement in policy.statements:
            if statement.effect is not Effect.ALLOW or not statement.actions:
                continue
            if not any(principal.value == _SERVICE for principal in statement.principals or ()):
                continue
            missing = [need for need in _NEEDED if not any(matches(str(action).lower(), need.lower()) for action in allowed)]
            if missing:
                yield Finding(
                    f"`{_SERVICE}` also needs {' and '.join(f'`{need}`' for need in missing)}",
                    at=statement.place("Action"),
                    help="allow it to the same principal",
                    subject=subject(statement),
                )

"""IAM063 action-not-for-principal."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Effect,
    Example,
    Finding,
    PolicyKind,
    PrincipalPattern,
    Severity,
    Statement,
    key,
    matches,
    provider_kind,
    rule,
    subject,
)  # fmt: skip

_OIDC = '{Federated: "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"}'
_SAML = '{Federated: "arn:aws:iam::111111111111:saml-provider/acme"}'
_ACTIONS = {"web": "sts:AssumeRoleWithWebIdentity", "saml": "sts:AssumeRoleWithSAML", "": "sts:AssumeRole"}


def _trust(principal: str, action: str) -> dict[str, str]:
    return {
        "trust/role.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {principal}
            Action: {action}
        """
    }


@rule(
    id="IAM063",
    name="action-not-for-principal",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["AWS STS API Reference: AssumeRole, AssumeRoleWithSAML, AssumeRoleWithWebIdentity", "IAM Access Analyzer policy check reference: Mismatched action for principal"],
    bad=[
        Example("an OIDC provider with the action of accounts", _trust(f"{_OIDC}  # <- IAM063", "sts:AssumeRole")),
        Example("a SAML provider with the action of OIDC", _trust(f"{_SAML}  # <- IAM063", "sts:AssumeRoleWithWebIdentity")),
        Example("an account with the action of OIDC", _trust('{AWS: "111111111111"}  # <- IAM063', "sts:AssumeRoleWithWebIdentity")),
        Example("a service with the action of SAML", _trust("{Service: lambda.amazonaws.com}  # <- IAM063", "[sts:AssumeRoleWithSAML, sts:TagSession]")),
    ],
    good=[
        Example("an OIDC provider with its action", _trust(_OIDC, "sts:AssumeRoleWithWebIdentity")),
        Example("a SAML provider with its action and tags", _trust(_SAML, "[sts:AssumeRoleWithSAML, sts:TagSession]")),
        Example("every way of assuming", _trust(_OIDC, '"sts:AssumeRole*"')),
        Example("tags only, in a statement of their own", _trust('{AWS: "111111111111"}', "sts:TagSession")),
    ],
)  # fmt: skip
def action_not_for_principal(graph: AccessGraph) -> Iterator[Finding]:
    """A trust policy lets a principal in by an action that principals of its kind do not use, so it lets nobody in.

    Identities of OIDC assume a role by `sts:AssumeRoleWithWebIdentity`, those of SAML by `sts:AssumeRoleWithSAML`, roles, users and
    services by `sts:AssumeRole`.

    ## What to do instead

    Name the action that the message names; give principals of different kinds a statement each.

    ## What this rule does not see

    Actions that are only known at deployment.
    """
    for policy in graph.policies(PolicyKind.TRUST):
        for statement in policy.statements:
            if statement.effect is Effect.ALLOW and not statement.actions_negated:
                for principal in statement.principals or ():
                    wanted = _wanted(principal)
                    if wanted and _assumes_otherwise(statement, wanted):
                        yield Finding(
                            f"`{key(principal.value)}` assumes a role by `{wanted}`, which this statement does not allow",
                            at=statement.place(*principal.route),
                            help=f"allow `{wanted}`",
                            subject=f"{subject(statement)} {key(principal.value)}",
                        )


def _wanted(principal: PrincipalPattern) -> str:
    if principal.kind in ("AWS", "Service"):
        return _ACTIONS[""] if principal.value != "*" else ""
    kind = provider_kind(key(principal.value)) if principal.kind == "Federated" else ""
    return _ACTIONS[kind] if kind else ""


def _assumes_otherwise(statement: Statement, wanted: str) -> bool:
    """Return whether the statement allows some way of assuming the role, and not this one."""
    known = [action.lower() for action in statement.actions if isinstance(action, str)]
    if len(known) < len(statement.actions) or any(matches(action, wanted.lower()) for action in known):
        return False
    return any(action.startswith("sts:assumerole") for action in known)

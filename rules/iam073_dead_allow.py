"""IAM073 dead-allow."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Effect, Example, Finding, Severity, Statement, dead_allows, rule, subject


def _policy(first: str, second: str) -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - {first}
          - {second}
        """
    }


_DENY = '{Effect: Deny, Action: "iam:*", Resource: "*"}'


@rule(
    id="IAM073",
    name="dead-allow",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: Policy evaluation logic, an explicit deny overrides"],
    bad=[
        Example("a deny of the same policy takes it back", _policy(
            '{Effect: Allow, Action: ["iam:GetRole", "iam:ListRoles"], Resource: "*"}  # <- IAM073', _DENY)),
        Example("with a condition, which changes nothing", _policy(
            '{Effect: Allow, Action: "iam:GetRole", Resource: "*", Condition: {Bool: {aws:SecureTransport: "true"}}}  # <- IAM073', _DENY)),
        Example("every resource but all of them", _policy('{Effect: Allow, Action: "s3:GetObject", NotResource: "*"}  # <- IAM073', _DENY)),
        Example("every action but all of them", _policy('{Effect: Allow, NotAction: "*", Resource: "*"}  # <- IAM073', _DENY)),
    ],
    good=[
        Example("the deny leaves an action", _policy('{Effect: Allow, Action: ["iam:GetRole", "s3:GetObject"], Resource: "*"}', _DENY)),
        Example("the deny leaves resources", _policy(
            '{Effect: Allow, Action: "iam:GetRole", Resource: "*"}',
            '{Effect: Deny, Action: "iam:*", Resource: "arn:aws:iam::111111111111:role/admin"}')),
        Example("the deny has a condition", _policy(
            '{Effect: Allow, Action: "iam:GetRole", Resource: "*"}',
            '{Effect: Deny, Action: "iam:*", Resource: "*", Condition: {Bool: {aws:SecureTransport: "false"}}}')),
    ],
)  # fmt: skip
def dead_allow(graph: AccessGraph) -> Iterator[Finding]:
    """An Allow allows nothing, since denies of the same policy take all of it back or its pattern leaves nothing.

    A deny wins over every allow. Whoever wrote the Allow expects access that is not there, and whoever removes the deny later opens
    what nobody had in mind.

    ## What to do instead

    Remove the Allow, or narrow the deny.

    ## What this rule does not see

    Denies with conditions and those of other policies. Actions are compared as far as the shipped catalogue knows them.
    """
    for policy in graph.policies():
        for statement, denies in dead_allows(policy):
            yield Finding(
                "this Allow allows nothing: the same policy denies all of it",
                at=statement.place(),
                because=[(deny.place(), "this Deny takes it back") for deny in denies],
                help="remove it, or narrow the deny",
                subject=subject(statement),
            )
    for statement in graph.statements(Effect.ALLOW):
        empty = _empty(statement)
        if empty:
            yield Finding(
                f"this Allow allows nothing: nothing is left beside `{empty}` of `*`",
                at=statement.place(empty),
                help=f"name what is meant by `{empty.removeprefix('Not')}`",
                subject=subject(statement),
            )


def _empty(statement: Statement) -> str:
    if statement.resources_negated and "*" in (statement.resources or ()):
        return "NotResource"
    return "NotAction" if statement.actions_negated and "*" in statement.actions else ""

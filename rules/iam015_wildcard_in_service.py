"""IAM015 wildcard-in-service."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Effect,
    Example,
    Finding,
    Severity,
    actions_that,
    has_wildcard,
    resources_that,
    rule,
    subject,
)


def _policy(action: str, effect: str = "Allow") -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: {effect}
            Action: {action}
            Resource: "*"
        """
    }


@rule(
    id="IAM015",
    name="wildcard-in-service",
    severity=Severity.NOTE,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM Access Analyzer policy check reference: Wildcard in service name"],
    bad=[
        Example("services that begin alike", _policy('["s3:GetObject", "code*:Get*"]  # <- IAM015')),
        Example("one character left open", _policy('"ec?:Describe*"  # <- IAM015')),
        Example("services of a resource", {"policies/a.yaml": """
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: "*", Resource: "arn:aws:*code*:*:111111111111:*"}  # <- IAM015
            """}),
    ],
    good=[
        Example("resources of every service", {"policies/a.yaml": """
            Version: "2012-10-17"
            Statement: {Effect: Allow, Action: "tag:GetResources", Resource: "arn:aws:*:*:111111111111:*"}
            """}),
        Example("everything, which is not meant as one service", _policy('"*"')),
        Example("every service, on purpose", _policy('"*:Describe*"')),
        Example("a wildcard in the name of the action", _policy('"s3:Get*"')),
        Example("in a deny, where more is safer", _policy('"code*:*"', "Deny")),
    ],
)  # fmt: skip
def wildcard_in_service(graph: AccessGraph) -> Iterator[Finding]:
    """An Allow names services by a pattern, so it also covers services that AWS adds later under a like name.

    ## What to do instead

    Name the services one by one.

    ## What this rule does not see

    `*` and `*:…`, which say openly that every service is meant.
    """
    for statement, number, action in actions_that(graph, _has_open_service):
        if statement.effect is Effect.ALLOW:
            yield Finding(
                f"`{action.partition(':')[0]}` stands for every service of a like name, those to come included",
                at=statement.action_place(number),
                help="name the services one by one",
                subject=f"{subject(statement)} {action}",
            )

    for statement, number, resource in resources_that(graph, _has_open_arn):
        if statement.effect is Effect.ALLOW:
            yield Finding(
                f"`{resource.split(':')[2]}` in `{resource}` stands for every service of a like name, those to come included",
                at=statement.resource_place(number),
                help="name the services one by one",
                subject=f"{subject(statement)} {resource}",
            )


def _has_open_arn(resource: str) -> bool:
    parts = resource.split(":", 5)
    return len(parts) == 6 and parts[2] != "*" and has_wildcard(parts[2])


def _has_open_service(action: str) -> bool:
    service, colon, _ = action.partition(":")
    return bool(colon) and service != "*" and has_wildcard(service)

"""TRUST104 service-principal-without-source."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    AwsRole,
    Confidence,
    Effect,
    Example,
    Finding,
    RequestPrincipal,
    Severity,
    decide_service,
    is_admitted,
    key,
    rule,
    subject,
)  # fmt: skip

_ROLE = """
provider "aws" {{
  allowed_account_ids = ["111111111111"]
}}
resource "aws_iam_role" "import" {{
  name = "import"
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = {principal}{mark}
      Condition = {{ {condition} }}
    }}]
  }})
}}
"""


def _role(principal: str, mark: str = "", condition: str = "") -> dict[str, str]:
    return {"infra/main.tf": _ROLE.format(principal=principal, mark=mark, condition=condition)}


@rule(
    id="TRUST104",
    name="service-principal-without-source",
    severity=Severity.NOTE,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    references=[
        "IAM User Guide: The confused deputy problem, Cross-service confused deputy prevention",
    ],
    bad=[
        Example("a scheduler acts for whoever asks", _role('{ Service = "scheduler.amazonaws.com" }', " # <- TRUST104")),
        Example("among others", _role('{ Service = ["lambda.amazonaws.com", "bedrock.amazonaws.com"] }', " # <- TRUST104")),
    ],
    good=[
        Example("for one account", _role(
            '{ Service = "scheduler.amazonaws.com" }', condition='StringEquals = { "aws:SourceAccount" = "111111111111" }')),
        Example("for one schedule", _role('{ Service = "scheduler.amazonaws.com" }', condition=(
            'ArnLike = { "aws:SourceArn" = "arn:aws:scheduler:eu-west-1:111111111111:schedule/*" }'))),
        Example("an account that nobody knows yet", {"infra/main.tf": 'data "aws_caller_identity" "current" {}\n' + _role(
            '{ Service = "scheduler.amazonaws.com" }',
            condition='StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id }')["infra/main.tf"]}),
        Example("a role that SAM makes", {"flow/template.yaml": """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              Flow:
                Type: AWS::Serverless::StateMachine
                Properties: {DefinitionUri: flow.json}
            """}),
        Example("an execution role", _role('{ Service = ["lambda.amazonaws.com", "ec2.amazonaws.com", "ecs-tasks.amazonaws.com"] }')),
    ],
)  # fmt: skip
def service_principal_without_source(graph: AccessGraph) -> Iterator[Finding]:
    """A role trusts a service that acts across accounts, whoever it acts for.

    Such a service takes the ARN of a role from its customer. Where it does not check that the role is the customer's own,
    another customer can make it use this one (the confused deputy); AWS advises for these services to say for whom.

    ## What to do instead

    Add `StringEquals` on `aws:SourceAccount`, or `ArnLike` on `aws:SourceArn`.

    ## What this rule does not see

    Services for which AWS does not advise it: those that run your own code with the role (Lambda, EC2, ECS); and trust
    policies that SAM writes by itself.
    """
    for role in graph.estate.all(AwsRole):
        if role.trust is None or role.trust.place == role.place:  # nobody wrote it
            continue
        for statement in role.trust.statements:
            if statement.effect is not Effect.ALLOW or statement.principals_negated or statement.opaque is not None:
                continue
            for principal in statement.principals or ():
                if principal.kind != "Service" or principal.value not in _ACROSS_ACCOUNTS:
                    continue
                who = RequestPrincipal("Service", principal.value)
                if is_admitted(decide_service(who, "sts:AssumeRole", role.arn, role.account, role.trust), statement):
                    yield Finding(
                        f"`{key(role.name)}` trusts `{key(principal.value)}` for whatever account that acts for",
                        at=statement.place(*principal.route),
                        because=[(role.place, "the role")],
                        help="add a condition on `aws:SourceAccount` or `aws:SourceArn`",
                        subject=f"{subject(statement)} {key(principal.value)}",
                    )


# User guides of these services, "Cross-service confused deputy prevention": trust policies with a source.
_ACROSS_ACCOUNTS = frozenset({
    "appflow.amazonaws.com", "appsync.amazonaws.com", "bedrock.amazonaws.com", "cloudtrail.amazonaws.com",
    "delivery.logs.amazonaws.com", "firehose.amazonaws.com", "imagebuilder.amazonaws.com", "iotevents.amazonaws.com",
    "pipes.amazonaws.com", "scheduler.amazonaws.com", "ses.amazonaws.com", "states.amazonaws.com", "transcribe.amazonaws.com",
    "transfer.amazonaws.com", "vpc-flow-logs.amazonaws.com", "wafv2.amazonaws.com", "cognito-idp.amazonaws.com",
})  # fmt: skip

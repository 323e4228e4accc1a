"""IAM051 invalid-policy-variable."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    Place,
    Severity,
    Statement,
    Value,
    resources_that,
    rule,
    subject,
    values_with_variables,
    variable_fault,
)


def _policy(resource: str, mark: str = "") -> dict[str, str]:
    escaped = resource.replace("${", "$${")
    return {
        "infra/main.tf": f"""
        resource "aws_iam_policy" "home" {{
          name = "home"
          policy = jsonencode({{
            Version = "2012-10-17"
            Statement = [{{
              Effect   = "Allow"
              Action   = "s3:GetObject"
              Resource = "{escaped}"{mark}
            }}]
          }})
        }}
        """
    }


@rule(
    id="IAM051",
    name="invalid-policy-variable",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: IAM policy elements: Variables and tags", "IAM Access Analyzer policy check reference: Missing brace in variable"],
    bad=[
        Example("not closed", _policy("arn:aws:s3:::acme-home/${aws:username/*", " # <- IAM051")),
        Example("no name", _policy("arn:aws:s3:::acme-home/${}/*", " # <- IAM051")),
        Example("a space in the name", _policy("arn:aws:s3:::acme-home/${ aws:username }/*", " # <- IAM051")),
        Example("a default without quotes", _policy("arn:aws:s3:::acme-home/${aws:PrincipalTag/team, none}/*", " # <- IAM051")),
        Example("in a condition", {"policies/a.yaml": """
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: "s3:ListBucket"
                Resource: "*"
                Condition: {StringLike: {s3:prefix: ["home", "${aws:username/*"]}}  # <- IAM051
            """}),
    ],
    good=[
        Example("a variable", _policy("arn:aws:s3:::acme-home/${aws:username}/*")),
        Example("with a default", _policy("arn:aws:s3:::acme-home/${aws:PrincipalTag/team, 'none'}/*")),
        Example("a star that is meant", _policy("arn:aws:s3:::acme-home/${*}")),
        Example("a tag with a space in its name", _policy("arn:aws:s3:::acme-home/${aws:PrincipalTag/cost center}/*")),
        Example("in a policy of 2008 it is plain text", {"policies/a.yaml": """
            Version: "2008-10-17"
            Statement: {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::acme-home/${aws:username/*"}
            """}),
    ],
)  # fmt: skip
def invalid_policy_variable(graph: AccessGraph) -> Iterator[Finding]:
    """A policy variable is not written as AWS reads it, so AWS refuses the policy or takes it for plain text.

    ## What to do instead

    Write `${key}`, or `${key, 'default'}` with the default in single quotes; `${*}`, `${?}` and `${$}` are the signs themselves.

    ## What this rule does not see

    Whether the key exists (`unknown-policy-variable`), and whether variables work in this place (`policy-variable-without-effect`).
    """
    for statement, number, resource in resources_that(graph, variable_fault):
        if statement.policy.version == "2012-10-17":
            yield from _faults(statement, statement.resource_place(number), resource)
    for tested, number, value in values_with_variables(graph):
        if (
            variable_fault(value) is not None
            and tested.operator.family in ("String", "ARN")
            and tested.statement.policy.version == "2012-10-17"
        ):
            yield from _faults(tested.statement, tested.value_place(number), value)


def _faults(statement: Statement, place: Place, text: Value) -> Iterator[Finding]:
    fault = variable_fault(text) if isinstance(text, str) else None
    if fault is not None:
        yield Finding(fault.message, at=place, help=fault.help, subject=f"{subject(statement)} {text}")

"""IAM053 policy-variable-without-effect."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    Place,
    Severity,
    Statement,
    Tested,
    actions_that,
    resources_that,
    rule,
    subject,
    takes_in,
    values_with_variables,
    variable_keys,
)


def _policy(version: str, action: str, resource: str, condition: str = "{}") -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "{version}"
        Statement:
          - Effect: Allow
            Action: {action}
            Resource: {resource}
            Condition: {condition}
        """
    }


_NEW = "2012-10-17"


@rule(
    id="IAM053",
    name="policy-variable-without-effect",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "IAM User Guide: IAM policy elements: Variables and tags, Where you can use policy variables",
        "IAM Access Analyzer policy check reference: Unsupported policy variable in element, in version, for operator",
    ],
    bad=[
        Example("in a policy of 2008", _policy("2008-10-17", "'s3:GetObject'", "'arn:aws:s3:::acme-home/${aws:username}/*'  # <- IAM053")),
        Example("without a version", {"policies/a.yaml": """
            Statement:
              - Effect: Allow
                Action: "s3:GetObject"
                Resource: "arn:aws:s3:::acme-home/${aws:username}/*"  # <- IAM053
            """}),
        Example("in an action", _policy(_NEW, "'s3:${aws:PrincipalTag/verb}Object'  # <- IAM053", "'*'")),
        Example("before the resource part of an ARN", _policy(_NEW, "'sqs:*'", "'arn:aws:sqs:eu-west-1:${aws:PrincipalAccount}:orders'  # <- IAM053")),
        Example("under an operator that takes none", _policy(
            _NEW, "'s3:GetObject'", "'*'", "{NumericLessThan: {s3:max-keys: '${aws:PrincipalTag/limit}'}}  # <- IAM053")),
        Example("in a principal", {"policies/bucket.yaml": """
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {AWS: "arn:aws:iam::111111111111:user/${aws:username}"}  # <- IAM053
                Action: "s3:GetObject"
                Resource: "arn:aws:s3:::acme-home/*"
            """}),
    ],
    good=[
        Example("in the resource part and under an operator of texts", _policy(
            _NEW, "'s3:*'", "'arn:aws:s3:::acme-home/${aws:username}/*'", "{StringEquals: {s3:prefix: '${aws:username}'}}")),
        Example("what a template fills in", _policy("2008-10-17", "'s3:GetObject'", "'arn:aws:s3:::${bucket}/*'")),
        Example("a version that nobody knows yet", {"infra/main.tf": """
            variable "language" {}
            resource "aws_iam_policy" "app" {
              name = "app"
              policy = jsonencode({
                Version   = var.language
                Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::acme-home/$${aws:username}/*" }]
              })
            }
            """}),
    ],
)  # fmt: skip
def policy_variable_without_effect(graph: AccessGraph) -> Iterator[Finding]:
    """A policy variable stands where AWS does not replace it, so it is plain text that matches nothing.

    Variables work in policies of version `2012-10-17`, in the resource part of ARNs and in conditions on texts and ARNs. In an older
    policy, in actions, principals and the other parts of an ARN, `${aws:username}` is fourteen characters.

    ## What to do instead

    Write `"Version": "2012-10-17"`; in other places name what is meant.

    ## What this rule does not see

    `Bool` conditions, of which AWS's pages contradict each other.
    """
    for statement, number, action in actions_that(graph, takes_in):
        yield _finding(statement, statement.action_place(number), action, "an action")
    for statement in graph.statements():
        for principal in statement.principals or ():
            if isinstance(principal.value, str) and takes_in(principal.value):
                yield _finding(statement, statement.place(*principal.route), principal.value, "a principal")
    for statement, number, resource in resources_that(graph, takes_in):
        yield from _resource(statement, number, resource)
    for tested, number, value in values_with_variables(graph):
        if takes_in(value):
            yield from _value(tested, number, value)


def _resource(statement: Statement, number: int, resource: str) -> Iterator[Finding]:
    if _is_old(statement):
        yield _finding(statement, statement.resource_place(number), resource, "a policy of the version of 2008")
    elif resource.partition("${")[0].count(":") < 5 and variable_keys(resource.partition("}")[0] + "}"):
        yield _finding(statement, statement.resource_place(number), resource, "the parts of an ARN before the resource")


def _value(tested: Tested, number: int, value: str) -> Iterator[Finding]:
    if _is_old(tested.statement):
        yield _finding(tested.statement, tested.value_place(number), value, "a policy of the version of 2008")
    elif tested.operator.family not in ("String", "ARN", "Bool"):
        yield _finding(tested.statement, tested.value_place(number), value, f"`{tested.condition.operator}`")


def _is_old(statement: Statement) -> bool:
    version = statement.policy.version
    return version == "2008-10-17" or (
        version is None and isinstance(statement.policy.document, dict) and "Version" not in statement.policy.document
    )


def _finding(statement: Statement, place: Place, text: str, where: str) -> Finding:
    return Finding(
        f"`{text}` is plain text: AWS replaces no variables in {where}",
        at=place,
        help="write `2012-10-17` as the version" if "2008" in where else "name what is meant",
        subject=f"{subject(statement)} {text}",
    )

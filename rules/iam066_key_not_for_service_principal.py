"""IAM066 key-not-for-service-principal."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Effect, Example, Finding, Severity, Statement, each_condition, rule, subject

_NEVER = (
    "aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "aws:principaltag/", "aws:principaltype",
    "aws:userid", "aws:username", "aws:multifactorauthpresent", "aws:multifactorauthage", "aws:federatedprovider", "aws:sourceidentity",
    "aws:tokenissuetime", "aws:sourceip", "aws:vpcsourceip", "aws:sourcevpc", "aws:sourcevpce",
)  # fmt: skip

_OF_CERTIFICATES = "aws:principaltag/"


def _topic(principal: str, condition: str) -> dict[str, str]:
    return {
        "policies/topic.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {principal}
            Action: "sns:Publish"
            Resource: "arn:aws:sns:eu-west-1:111111111111:orders"
            Condition:
              {condition}
        """
    }


@rule(
    id="IAM066",
    name="key-not-for-service-principal",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "IAM User Guide: AWS global condition context keys, Properties of the principal",
        "IAM Roles Anywhere User Guide: Attribute mapping and trust policy",
        "IAM Access Analyzer policy check reference: Unsupported condition key for service principal",
    ],
    bad=[
        Example("the organization of a service", _topic(
            "{Service: s3.amazonaws.com}", "StringEquals: {aws:PrincipalOrgID: o-abcdefghij}  # <- IAM066")),
        Example("the ARN of a service", _topic(
            "{Service: [s3.amazonaws.com, events.amazonaws.com]}", 'ArnLike: {aws:PrincipalArn: "arn:aws:iam::111111111111:role/*"}  # <- IAM066')),
        Example("the network of a service", _topic(
            "{Service: s3.amazonaws.com}", "IpAddress: {aws:SourceIp: 203.0.113.0/24}  # <- IAM066")),
    ],
    good=[
        Example("the resource for which the service calls", _topic(
            "{Service: s3.amazonaws.com}", "StringEquals: {aws:SourceOrgID: o-abcdefghij}")),
        Example("a role carries its organization", _topic(
            '{AWS: "*"}', "StringEquals: {aws:PrincipalOrgID: o-abcdefghij}")),
        Example("beside a role, the key is carried by that", _topic(
            '{Service: s3.amazonaws.com, AWS: "111111111111"}', "StringEquals: {aws:PrincipalOrgID: o-abcdefghij}")),
        Example("what IAM Roles Anywhere takes from a certificate", _topic(
            "{Service: rolesanywhere.amazonaws.com}", "StringEquals: {aws:PrincipalTag/x509Subject/CN: build-1}")),
        Example("a test that a missing key passes", _topic(
            "{Service: s3.amazonaws.com}", "StringEqualsIfExists: {aws:PrincipalOrgID: o-abcdefghij}")),
    ],
)  # fmt: skip
def key_not_for_service_principal(graph: AccessGraph) -> Iterator[Finding]:
    """A statement lets an AWS service in under a condition on a key that requests of services do not carry.

    A service is in no account and no organization and has no tags, so the condition never holds and the service is not let in.

    ## What to do instead

    Test the resource for which the service calls: `aws:SourceArn`, `aws:SourceAccount`, `aws:SourceOrgID`.

    ## What this rule does not see

    Statements that also let in others, who may carry the key.
    """
    for tested in each_condition(graph, Effect.ALLOW):
        if tested.lets_absent_pass or tested.operator.name == "Null" or not tested.key.startswith(_NEVER):
            continue
        if _services_only(tested.statement) and not (
            tested.key.startswith(_OF_CERTIFICATES) and _with_certificate(tested.statement)
        ):
            yield Finding(
                f"a service does not carry `{tested.condition.key}`, so this statement lets none in",
                at=tested.place("key"),
                help="test `aws:SourceArn`, `aws:SourceAccount` or `aws:SourceOrgID`",
                subject=f"{subject(tested.statement)} {tested.condition.key}",
            )


def _with_certificate(statement: Statement) -> bool:
    """Return whether one of the services is IAM Roles Anywhere, which tags the session that it asks for ("Trust model")."""
    return any(item.value == "rolesanywhere.amazonaws.com" for item in statement.principals or ())


def _services_only(statement: Statement) -> bool:
    principals = statement.principals
    return bool(principals) and not statement.principals_negated and all(item.kind == "Service" for item in principals or ())

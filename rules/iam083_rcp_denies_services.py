"""IAM083 rcp-denies-services."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Effect, Example, Finding, PolicyKind, Severity, Statement, rule, subject

_PRINCIPAL = ("aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn")
_SOURCE = ("aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceaccount", "aws:sourcearn")
_IS_SERVICE = ("aws:principalisawsservice", "aws:principalservicename", "aws:principalservicenameslist")


def _rcp(condition: str, mark: str = "") -> dict[str, str]:
    return {
        "rcp/perimeter.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: Deny{mark}
            Principal: "*"
            Action: "s3:*"
            Resource: "*"
            Condition: {condition}
        """
    }


@rule(
    id="IAM083",
    name="rcp-denies-services",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "AWS Organizations User Guide: Resource control policies, examples",
        "IAM Access Analyzer policy check reference: RCP missing related principal condition key, service principal condition key, null check",
    ],
    bad=[
        Example("whoever is not of the organization, services among them", _rcp(
            "{StringNotEqualsIfExists: {aws:PrincipalOrgID: o-abcdefghij}}", "  # <- IAM083")),
        Example("requests for others, by people too", _rcp(
            "{StringNotEquals: {aws:SourceOrgID: o-abcdefghij}}", "  # <- IAM083")),
        Example("services, also those that name no source", _rcp(
            '{StringNotEqualsIfExists: {aws:SourceOrgID: o-abcdefghij}, Bool: {aws:PrincipalIsAWSService: "true"}}', "  # <- IAM083")),
        Example("whoever names no source, but a few roles", _rcp(
            '{StringNotEqualsIfExists: {aws:SourceOrgID: o-abcdefghij}, ArnNotLike: {aws:PrincipalArn: "arn:aws:iam::*:role/ops"}}',
            "  # <- IAM083")),
        Example("no condition at all", {"rcp/perimeter.yaml": """
            Version: "2012-10-17"
            Statement:
              - Effect: Deny  # <- IAM083
                Principal: "*"
                Action: "s3:*"
                Resource: "*"
            """}),
    ],
    good=[
        Example("services are let pass", _rcp(
            '{StringNotEqualsIfExists: {aws:PrincipalOrgID: o-abcdefghij}, BoolIfExists: {aws:PrincipalIsAWSService: "false"}}')),
        Example("only services are meant, for a known source", _rcp(
            '{StringNotEqualsIfExists: {aws:SourceOrgID: o-abcdefghij}, Bool: {aws:PrincipalIsAWSService: "true"}, "Null": {aws:SourceAccount: "false"}}')),
        Example("neither of the organization nor for it", _rcp(
            '{StringNotEqualsIfExists: {aws:PrincipalOrgID: o-abcdefghij, aws:SourceOrgID: o-abcdefghij}, "Null": {aws:SourceAccount: "false"}}')),
        Example("a deny of unsafe transport concerns everybody", _rcp('{BoolIfExists: {aws:SecureTransport: "false"}}')),
    ],
)  # fmt: skip
def rcp_denies_services(graph: AccessGraph) -> Iterator[Finding]:
    """A resource control policy that should keep strangers out also denies the services of AWS that work for you.

    Services are in no organization and no account, so a negated test of the principal's organization holds for them: log delivery,
    replication and encryption stop. The reverse holds for tests of the source, which requests of people do not carry.

    ## What to do instead

    Add `BoolIfExists` on `aws:PrincipalIsAWSService` with `false` to tests of the principal; `Bool` with `true`, and `Null` on
    `aws:SourceAccount` with `false`, to tests of the source.

    ## What this rule does not see

    Exemptions by other keys that happen to let the services pass.
    """
    for policy in graph.policies(PolicyKind.RCP):
        for statement in policy.statements:
            words = _fault(statement) if statement.effect is Effect.DENY and statement.opaque is None else None
            if words is not None:
                yield Finding(words[0], at=statement.place("Effect"), help=words[1], subject=subject(statement))


def _fault(statement: Statement) -> tuple[str, str] | None:
    if not statement.conditions:
        return (
            "this Deny has no condition, so it shuts everybody out, services of AWS too",
            "add a condition that says who is meant",
        )
    keys = {condition.key.lower() for condition in statement.conditions}
    negated = {condition.key.lower() for condition in statement.conditions if "not" in condition.operator.lower()}
    if keys & set(_IS_SERVICE):
        return _SOURCELESS if negated & set(_SOURCE) and _is_about_services(statement) else None
    source, principal = negated & set(_SOURCE), negated & set(_PRINCIPAL)
    if source and principal - {"aws:principalarn"}:  # both together spare people and what services do for the organization
        return None if _asks_for_source(statement) else _SOURCELESS
    if principal and not source:
        return (
            "this Deny also hits services of AWS, which are of no organization",
            'add `BoolIfExists` on `aws:PrincipalIsAWSService` with `"false"`',
        )
    if source:
        return (
            "this Deny also hits people, whose requests have no source",
            'add `Bool` on `aws:PrincipalIsAWSService` with `"true"`',
        )
    return None


_SOURCELESS = (
    "this Deny also hits services whose requests name no source",
    'add `Null` on `aws:SourceAccount` with `"false"`',
)


def _is_about_services(statement: Statement) -> bool:
    """Return whether a Deny asks for services alone, and not for a source."""
    about = any(
        one.operator.lower() == "bool" and one.key.lower() == "aws:principalisawsservice" and one.values == ("true",)
        for one in statement.conditions
    )
    return about and not _asks_for_source(statement)


def _asks_for_source(statement: Statement) -> bool:
    return any(
        one.operator.lower() == "null" and one.key.lower() in _SOURCE and one.values == ("false",) for one in statement.conditions
    )

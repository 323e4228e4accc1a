"""IAM072 redundant-statement."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, Severity, Statement, redundant_statements, rule, subject


def _policy(first: str, second: str) -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - {first}
          - {second}
        """
    }


_READ = '{Effect: Allow, Action: "s3:Get*", Resource: "*"}'


@rule(
    id="IAM072",
    name="redundant-statement",
    severity=Severity.NOTE,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM Access Analyzer policy check reference: Redundant statement"],
    bad=[
        Example("a narrower statement beside a wider one", _policy(
            _READ, '{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::acme-reports/*"}  # <- IAM072')),
        Example("the condition is left out beside it", _policy(
            '{Effect: Allow, Action: "s3:GetObject", Resource: "*", Condition: {Bool: {aws:SecureTransport: "true"}}}  # <- IAM072', _READ)),
        Example("one statement twice", _policy(_READ, _READ + "  # <- IAM072")),
        Example("a narrower deny beside a wider one", _policy(
            '{Effect: Deny, Action: "*", Resource: "*"}', '{Effect: Deny, Action: "s3:GetObject", Resource: "*"}  # <- IAM072')),
    ],
    good=[
        Example("another effect", _policy(_READ, '{Effect: Deny, Action: "s3:GetObject", Resource: "*"}')),
        Example("another action", _policy(_READ, '{Effect: Allow, Action: "s3:PutObject", Resource: "*"}')),
        Example("the wider one has a condition", _policy(
            '{Effect: Allow, Action: "s3:*", Resource: "*", Condition: {Bool: {aws:SecureTransport: "true"}}}',
            '{Effect: Allow, Action: "s3:GetObject", Resource: "*"}')),
        Example("an Allow that SAM writes for a Deny", {"api/template.yaml": """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              Api:
                Type: AWS::Serverless::Api
                Properties:
                  StageName: prod
                  DefinitionBody: {openapi: 3.0.1, paths: {/: {get: {}}}}
                  Auth:
                    ResourcePolicy:
                      IpRangeBlacklist: [203.0.113.0/24]
                      CustomStatements: [{Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: "execute-api:/*"}]
            """}),
        Example("resources that only overlap", _policy(
            '{Effect: Allow, Action: "s3:*", Resource: "arn:aws:s3:::acme-*"}', '{Effect: Allow, Action: "s3:*", Resource: "arn:aws:s3:::*-reports"}')),
    ],
)  # fmt: skip
def redundant_statement(graph: AccessGraph) -> Iterator[Finding]:
    """A statement allows or denies nothing that another statement of the same policy does not allow or deny already.

    ## What to do instead

    Remove it; or the wider one, if the narrow one is what was meant.

    ## What this rule does not see

    Statements that only several others cover together, and those of other policies.
    """
    for policy in graph.policies():
        for narrow, wide in redundant_statements(policy):
            if any(other.place() == narrow.place() and other.effect is not narrow.effect for other in policy.statements):
                continue  # one word of SAM's writes an Allow with a Deny, and cannot go without both
            yield Finding(
                f"{_name(wide)} covers this statement",
                at=narrow.place(),
                because=[(wide.place(), "this one covers it")],
                help="remove it, or the wider one",
                subject=f"{subject(narrow)} {subject(wide)}",
            )


def _name(statement: Statement) -> str:
    return f"`{statement.sid}`" if isinstance(statement.sid, str) and statement.sid else "another statement of this policy"

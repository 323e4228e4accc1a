"""IAM038 duplicate-condition-key."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, Severity, Statement, rule, subject


def _policy(condition: str) -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: "s3:GetObject"
            Resource: "*"
            Condition:
              {condition}
        """
    }


@rule(
    id="IAM038",
    name="duplicate-condition-key",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM Access Analyzer policy check reference: Duplicate keys with different case"],
    bad=[
        Example("one key in two spellings", _policy(
            "StringEquals:\n                aws:PrincipalOrgID: o-abcdefghij\n                aws:principalOrgId: o-klmnopqrst  # <- IAM038")),
        Example("one operator in two spellings", _policy(
            "StringEquals: {aws:SourceAccount: '111111111111'}\n              stringEquals: {aws:SourceAccount: '222222222222'}  # <- IAM038")),
    ],
    good=[
        Example("two keys", _policy("StringEquals: {aws:PrincipalOrgID: o-abcdefghij, aws:SourceAccount: '111111111111'}")),
        Example("one key under two operators", _policy(
            "{StringEquals: {aws:PrincipalOrgID: o-abcdefghij}, StringNotEquals: {aws:PrincipalOrgID: o-klmnopqrst}}")),
        Example("several values of one key", _policy("StringEquals: {aws:SourceAccount: ['111111111111', '222222222222']}")),
    ],
)  # fmt: skip
def duplicate_condition_key(graph: AccessGraph) -> Iterator[Finding]:
    """A condition names one key twice under one operator, in different spellings.

    Keys and operators ignore case, so AWS either refuses the policy or takes one of the two.

    ## What to do instead

    Write the key once, with all values in one list if any of them may fit.

    ## What this rule does not see

    A key that stands twice in the same spelling, which the file's own format reports.
    """
    for statement in graph.statements():
        if len(statement.conditions) > 1:
            yield from _duplicates(statement)


def _duplicates(statement: Statement) -> Iterator[Finding]:
    seen: dict[tuple[str, str], str] = {}
    for condition in statement.conditions:
        folded = (condition.operator.lower(), condition.key.lower())
        first = seen.setdefault(folded, condition.key)
        if first is not condition.key:
            yield Finding(
                f"`{condition.key}` under `{condition.operator}` is the same key as `{first}` above",
                at=statement.place(*condition.route, part="key"),
                help="write it once, with all values in one list",
                subject=f"{subject(statement)} {condition.operator} {condition.key}",
            )

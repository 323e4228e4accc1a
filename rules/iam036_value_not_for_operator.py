"""IAM036 value-not-for-operator."""

from collections.abc import Callable, Iterator
from functools import lru_cache

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    Severity,
    each_condition,
    is_placeholder,
    moment_of,
    network,
    rule,
    subject,
)  # fmt: skip


def _policy(condition: str) -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: "s3:ListBucket"
            Resource: "*"
            Condition:
              {condition}
        """
    }


@rule(
    id="IAM036",
    name="value-not-for-operator",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "IAM User Guide: IAM JSON policy elements: Condition operators",
        "IAM Access Analyzer policy check reference: Type mismatch boolean, date, number, IP range",
    ],
    bad=[
        Example("a flag that is neither true nor false", _policy("Bool: {aws:SecureTransport: 'yes'}  # <- IAM036")),
        Example("absence that is neither true nor false", _policy("'Null': {aws:TokenIssueTime: 'no'}  # <- IAM036")),
        Example("a number that is none", _policy("NumericLessThan: {s3:max-keys: ten}  # <- IAM036")),
        Example("a day that does not exist", _policy("DateLessThan: {aws:CurrentTime: '2026-13-40T00:00:00Z'}  # <- IAM036")),
        Example("a day in the order of another country", _policy("DateLessThan: {aws:CurrentTime: '31.12.2026'}  # <- IAM036")),
        Example("an address block that is too long", _policy("IpAddress: {aws:SourceIp: 203.0.113.0/33}  # <- IAM036")),
        Example("an address with a wildcard", _policy("IpAddress: {aws:SourceIp: '203.0.113.*'}  # <- IAM036")),
        Example("a name where an ARN is compared", _policy("ArnLike: {aws:PrincipalArn: acme-deploy}  # <- IAM036")),
    ],
    good=[
        Example("each in the form of its operator", _policy(
            "{Bool: {aws:SecureTransport: true}, NumericLessThan: {s3:max-keys: 10}, DateLessThan: {aws:CurrentTime: '2026-12-31T00:00:00Z'}}")),
        Example("a time in seconds, a block of IPv6", _policy(
            "{DateLessThan: {aws:EpochTime: 1798675200}, IpAddress: {aws:SourceIp: '2001:db8::/32'}}")),
        Example("any ARN", _policy("ArnLike: {aws:PrincipalArn: '*'}")),
        Example("a policy variable", _policy("ArnLike: {aws:PrincipalArn: '${aws:PrincipalTag/owner}'}")),
    ],
)  # fmt: skip
def value_not_for_operator(graph: AccessGraph) -> Iterator[Finding]:
    """A condition compares with a value that its operator cannot read.

    AWS refuses some of these, and takes the others for a value that never fits.

    ## What to do instead

    Write `true` or `false`, a number, an instant as `2026-12-31T00:00:00Z`, an address or a CIDR block, an ARN.

    ## What this rule does not see

    Whether the value is one that the key can have. Values with policy variables are left alone.
    """
    for tested in each_condition(graph):
        read = _READ.get(tested.operator.family)
        if read is None:
            continue
        for number, value in tested.values():
            if "${" not in value and not read(value):
                shown = f"the placeholder `{value}`" if is_placeholder(value) else f"`{value}`"
                yield Finding(
                    f"`{tested.condition.operator}` cannot read {shown} as {_WORDS[tested.operator.family]}",
                    at=tested.value_place(number),
                    help=_HELP[tested.operator.family],
                    subject=f"{subject(tested.statement)} {tested.condition.key} {value}",
                )


def _is_flag(text: str) -> bool:
    return text.lower() in ("true", "false")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=5_000)
def _is_arn(text: str) -> bool:
    return not text.strip("*") or text.startswith(("arn:", "*", "ar*", "arn*")) or text == ""


_READ: dict[str, Callable[[str], bool]] = {
    "Bool": _is_flag, "Null": _is_flag, "Numeric": _is_number, "Date": lambda text: moment_of(text) is not None,
    "IP": lambda text: network(text) is not None, "ARN": _is_arn,
}  # fmt: skip
_WORDS = {
    "Bool": "a flag",
    "Null": "a flag",
    "Numeric": "a number",
    "Date": "a point in time",
    "IP": "an address",
    "ARN": "an ARN",
}
_HELP = {
    "Bool": "write `true` or `false`", "Null": "write `true` or `false`", "Numeric": "write a number",
    "Date": "write it as `2026-12-31T00:00:00Z`", "IP": "write an address or a CIDR block such as `203.0.113.0/24`",
    "ARN": "write an ARN, or compare by `StringEquals`",
}  # fmt: skip

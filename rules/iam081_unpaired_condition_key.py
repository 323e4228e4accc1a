"""IAM081 unpaired-condition-key."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Effect, Example, Finding, Severity, each_condition, rule, subject

_NETWORKS = ("aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths")
_PAIRS = {
    "aws:vpcsourceip": (_NETWORKS, "`aws:SourceVpc` or `aws:SourceVpce`", "every VPC may have this address"),
    "aws:ec2instancesourceprivateipv4": (
        ("aws:ec2instancesourcevpc",), "`aws:Ec2InstanceSourceVpc`", "instances of every VPC may have this address"),
}  # fmt: skip


def _policy(condition: str, effect: str = "Allow") -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: {effect}
            Action: "s3:GetObject"
            Resource: "*"
            Condition:
              {condition}
        """
    }


@rule(
    id="IAM081",
    name="unpaired-condition-key",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: AWS global condition context keys, aws:VpcSourceIp", "IAM Access Analyzer policy check reference: Missing paired condition keys"],
    bad=[
        Example("a private address without its VPC", _policy("IpAddress: {aws:VpcSourceIp: 10.0.0.0/16}  # <- IAM081")),
        Example("the address of an instance without its VPC", _policy("IpAddress: {aws:Ec2InstanceSourcePrivateIPv4: 10.0.0.7}  # <- IAM081")),
    ],
    good=[
        Example("with its VPC", _policy("{IpAddress: {aws:VpcSourceIp: 10.0.0.0/16}, StringEquals: {aws:SourceVpc: vpc-1a2b3c4d}}")),
        Example("with its endpoint", _policy("{IpAddress: {aws:VpcSourceIp: 10.0.0.0/16}, StringEquals: {aws:SourceVpce: vpce-1a2b3c4d}}")),
        Example("compared with what the instance says of its own network", _policy(
            "{StringEquals: {aws:Ec2InstanceSourceVpc: '${aws:SourceVpc}', aws:Ec2InstanceSourcePrivateIPv4: '${aws:VpcSourceIp}'}}")),
    ],
)  # fmt: skip
def unpaired_condition_key(graph: AccessGraph) -> Iterator[Finding]:
    """An Allow tests a private address and not the network that it belongs to.

    Private addresses are the same everywhere: anybody can make a VPC in which his instance has the address.

    ## What to do instead

    Test the VPC or the endpoint in the same statement.

    ## What this rule does not see

    Networks that another policy demands.
    """
    for tested in each_condition(graph, Effect.ALLOW):
        pair = _PAIRS.get(tested.key)
        if pair is None or tested.operator.negated or tested.operator.name == "Null":
            continue
        partners, names, reason = pair
        if not any(condition.key.lower() in partners for condition in tested.statement.conditions):
            yield Finding(
                f"`{tested.condition.key}` means little without {names}: {reason}",
                at=tested.place("key"),
                help=f"add a condition on {names}",
                subject=f"{subject(tested.statement)} {tested.condition.key}",
            )

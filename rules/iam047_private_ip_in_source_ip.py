"""IAM047 private-ip-in-source-ip."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, Severity, each_condition, network, rule, subject

_PRIVATE = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
)


def _policy(operator: str, values: str, effect: str = "Allow") -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: {effect}
            Action: "s3:GetObject"
            Resource: "*"
            Condition:
              {operator}:
                aws:SourceIp: {values}
        """
    }


@rule(
    id="IAM047",
    name="private-ip-in-source-ip",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: AWS global condition context keys, aws:SourceIp", "IAM Access Analyzer policy check reference: Private IP address"],
    bad=[
        Example("a private block", _policy("IpAddress", "10.0.0.0/16  # <- IAM047")),
        Example("a private block beside a public one", _policy("IpAddress", "[203.0.113.0/24, 192.168.1.0/24]  # <- IAM047")),
        Example("a deny of all but a private block denies everybody", _policy("NotIpAddress", "172.16.0.0/12  # <- IAM047", "Deny")),
        Example("a private block of IPv6", _policy("IpAddress", '"fd00:1234::/32"  # <- IAM047')),
    ],
    good=[
        Example("public blocks", _policy("IpAddress", '[203.0.113.0/24, "2001:db8::/32"]')),
        Example("private addresses behind an endpoint", {"policies/a.yaml": """
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: "s3:GetObject"
                Resource: "*"
                Condition:
                  IpAddress: {aws:VpcSourceIp: 10.0.0.0/16}
                  StringEquals: {aws:SourceVpc: vpc-1a2b3c4d}
            """}),
    ],
)  # fmt: skip
def private_ip_in_source_ip(graph: AccessGraph) -> Iterator[Finding]:
    """A condition compares `aws:SourceIp` with a private address, which it never is.

    `aws:SourceIp` is the public address of the caller, and missing where the request comes through a VPC endpoint. An Allow on a
    private block allows nothing; a Deny of all others denies everybody.

    ## What to do instead

    For requests through an endpoint use `aws:VpcSourceIp` together with `aws:SourceVpc` or `aws:SourceVpce`, else the public
    addresses of your network.

    ## What this rule does not see

    Blocks that hold private and public addresses alike.
    """
    for tested in each_condition(graph):
        if tested.key != "aws:sourceip" or tested.operator.family != "IP":
            continue
        for number, value in tested.values():
            if _is_private(value):
                yield Finding(
                    f"`aws:SourceIp` is a public address, and `{value}` is private",
                    at=tested.value_place(number),
                    help="use `aws:VpcSourceIp` with `aws:SourceVpc`, or public addresses",
                    subject=f"{subject(tested.statement)} {value}",
                )


def _is_private(text: str) -> bool:
    block = network(text)
    return block is not None and any(_lies_in(block, outer) for outer in map(network, _PRIVATE) if outer is not None)


def _lies_in(block: tuple[int, int, int], outer: tuple[int, int, int]) -> bool:
    size = 32 if outer[0] == 4 else 128
    return block[0] == outer[0] and block[2] >= outer[2] and block[1] >> size - outer[2] == outer[1] >> size - outer[2]

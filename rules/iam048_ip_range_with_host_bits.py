"""IAM048 ip-range-with-host-bits."""

from collections.abc import Iterator
from functools import lru_cache

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, Severity, each_condition, rule, subject


def _policy(values: str) -> dict[str, str]:
    return {
        "policies/a.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: "s3:GetObject"
            Resource: "*"
            Condition:
              IpAddress:
                aws:SourceIp: {values}
        """
    }


@rule(
    id="IAM048",
    name="ip-range-with-host-bits",
    severity=Severity.NOTE,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM Access Analyzer policy check reference: Improve IP range"],
    bad=[
        Example("an address inside the block", _policy("203.0.113.7/24  # <- IAM048")),
        Example("in IPv6", _policy('"2001:db8::1/32"  # <- IAM048')),
        Example("everything, written as an address", _policy("203.0.113.7/0  # <- IAM048")),
    ],
    good=[
        Example("the first address of the block", _policy("203.0.113.0/24")),
        Example("one address", _policy("[203.0.113.7, 203.0.113.7/32]")),
    ],
)  # fmt: skip
def ip_range_with_host_bits(graph: AccessGraph) -> Iterator[Finding]:
    """An address block is written with an address inside of it, so it covers more than a reader sees.

    `203.0.113.7/24` is all of `203.0.113.0/24`. Somebody who meant the one address has opened 256.

    ## What to do instead

    Write the first address of the block, or `/32` if one address is meant.

    ## What this rule does not see

    Blocks that are wide on purpose.
    """
    for tested in each_condition(graph):
        if tested.operator.family != "IP":
            continue
        for number, value in tested.values():
            block = _block_of(value) if "/" in value else ""
            if block:
                yield Finding(
                    f"`{value}` is all of `{block}`",
                    at=tested.value_place(number),
                    help=f"write `{block}`, or the address alone",
                    subject=f"{subject(tested.statement)} {value}",
                )


@lru_cache(maxsize=1_000)
def _block_of(text: str) -> str:
    """Return the block in its plain form when the text is not in it, else nothing."""
    import ipaddress  # met only where somebody limits addresses

    try:
        whole = ipaddress.ip_network(text, strict=False)
        return "" if ipaddress.ip_address(text.partition("/")[0]) == whole.network_address else str(whole)
    except ValueError:
        return ""

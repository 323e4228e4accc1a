"""What the AWS command line prints about the endpoints of VPCs: `describe-vpc-endpoints`, `create-vpc-endpoint`."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.estate import Facts
from iamlint.model.policy import Attachment, Layer, PolicyKind
from iamlint.parse.context import Context
from iamlint.parse.entry import Entry, entries_of
from iamlint.parse.policy import parse_policy
from iamlint.source.place import Origin, Route
from iamlint.source.problem import Unresolved
from iamlint.source.regex import regex
from iamlint.source.value import Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NOT_READ = "the policy of this VPC endpoint is no policy document"
_PARTITIONS = {"cn": "aws-cn", "us-gov": "aws-us-gov"}
_OF_A_GATEWAY = regex(r"(?:cn\.)?com\.amazonaws\.([a-z]{2}(?:-[a-z]+)+-\d+)\.")
_OF_AN_INTERFACE = regex(r"\.([a-z]{2}(?:-[a-z]+)+-\d+)\.vpce\.amazonaws\.")


def is_endpoint_listing(value: Any) -> bool:
    """Return whether a value describes endpoints of VPCs."""
    return any(True for _ in _endpoints(value, Origin("")))


def parse_endpoint_listing(value: Any, origin: Origin, context: Context) -> Facts:
    """Return the policies of the endpoints that the output lists, each attached to its endpoint."""
    facts = Facts(context.unit, "aws-output", (origin.path,))
    for endpoint in _endpoints(value, origin):
        _read(endpoint, facts)
    return facts


def _endpoints(value: Any, origin: Origin) -> Iterator[Entry]:
    """Yield the endpoints that are listed, printed alone, or picked out of the list (`--query 'VpcEndpoints[]'`)."""
    for root in entries_of(value, origin):
        alone = root.mapping("VpcEndpoint")
        for endpoint in (*root.entries("VpcEndpoints"), root if alone is None else alone):
            if (endpoint.text("VpcEndpointId") or "").startswith("vpce-"):
                yield endpoint


def _read(endpoint: Entry, facts: Facts) -> None:
    """Add the policy of an endpoint. Those of the kinds that take none are printed without."""
    written = endpoint.value.get("PolicyDocument")
    if written is None or written == "":
        return
    place = endpoint.at("PolicyDocument")
    document = _document(written, endpoint.origin.path)
    if document is None:
        facts.unresolved.append(Unresolved(_NOT_READ, place))
        facts.tally((_NOT_READ,))
        return
    id = endpoint.text("VpcEndpointId") or ""
    route: Route = (*endpoint.route, "PolicyDocument")
    origin = endpoint.origin.below(route)
    policy = parse_policy(document, origin, kind=PolicyKind.ENDPOINT, name=id, ref=f"{facts.unit}#{id}", unit=facts.unit)
    facts.add(policy)
    facts.resolved += len(policy.statements) + 1
    kind = "gateway" if (endpoint.text("VpcEndpointType") or "Gateway") == "Gateway" else "endpoint"
    account = endpoint.text("OwnerId") or Unknown("the output does not say whose endpoint this is", endpoint.place)
    arn = concat([*_prefix(endpoint, kind), account, f":vpc-endpoint/{id}"])
    serves = (endpoint.text("ServiceName") or "", endpoint.text("VpcId") or "")
    facts.add(Attachment(Layer.ENDPOINT, kind, arn, account, endpoint.place, facts.unit, policy, serves=serves))
    facts.full += 1


def _document(written: Any, path: str) -> dict[str, Any] | None:
    """Return a policy, which is printed as the text that it was given as, and not percent-encoded as those of IAM are."""
    if isinstance(written, str):
        from iamlint.source.read_json import read_json

        written = read_json(written.encode("utf-8", "replace"), path).value
    return written if isinstance(written, dict) else None


def _prefix(endpoint: Entry, kind: str) -> tuple[Value, ...]:
    """Return how the endpoint's ARN begins: its region is that of its own names, a gateway's that of the service as well."""
    names = [endpoint.text("ServiceName") or ""] if kind == "gateway" else []
    names += [entry.text("DnsName") or "" for entry in endpoint.entries("DnsEntries")]
    pattern = _OF_A_GATEWAY if kind == "gateway" else _OF_AN_INTERFACE
    region = next((found[1] for name in names if (found := pattern.search(name)) is not None), None)
    if region is None:
        unknown = Unknown("the output does not say in which region this endpoint is", endpoint.place)
        return ("arn:", Unknown(unknown.reason, endpoint.place), ":ec2:", unknown, ":")
    partition = next((named for start, named in _PARTITIONS.items() if region.startswith(f"{start}-")), "aws")
    return (f"arn:{partition}:ec2:{region}:",)

"""Declared things that a written ARN may mean: their region or account is not in the repository."""

from __future__ import annotations

from iamlint.graph.secret_names import SECRET_SUFFIX, same_secret
from iamlint.iam.arns import split_arn
from iamlint.source.value import Text, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.aws_index import Aws, Principal, Resource

RESOURCE_ACCOUNT = "account of the resource"
RESOURCE_REGION = "region of the resource"


def perhaps_declared(aws: Aws, text: str) -> Resource | Principal | None:
    """Return the declared resource, role or user that an ARN may mean; None where it can be none, or one of several."""
    fitting = all_perhaps_declared(aws, text)
    return fitting[0] if len(fitting) == 1 else None


def all_perhaps_declared(aws: Aws, text: str) -> list[Resource | Principal]:
    """Return the declared resources, roles and users of which an ARN may be each."""
    parts = text.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return []
    if aws.half_known is None:
        aws.half_known = {}
        things: list[Resource | Principal] = [*aws.resources.values(), *aws.principals.values()]
        for thing in things:
            if thing.fact is not None and (inside := _inside(thing)) is not None:
                aws.half_known.setdefault(inside, []).append(thing)
    listed = aws.half_known.get((parts[2], parts[5]), [])
    if not listed and parts[2] == "secretsmanager":
        listed = aws.half_known.get((parts[2], SECRET_SUFFIX.sub("", parts[5])), [])
    return [thing for thing in listed if same_secret(text, thing.arn) is None]


def not_told(thing: Resource | Principal) -> tuple[str, ...]:
    """Return what of a declared thing's ARN is taken to be as it was asked for."""
    parts = split_arn(thing.arn) or ()
    return tuple(
        what for what, part in zip((RESOURCE_REGION, RESOURCE_ACCOUNT), parts[3:5], strict=False) if not isinstance(part, str)
    )


def _inside(thing: Resource | Principal) -> tuple[str, str] | None:
    """Return the service and what stands behind region and account, where these are not known and all else is."""
    parts = split_arn(thing.arn) if isinstance(thing.arn, Text) else None
    if parts is None or not isinstance(parts[2], str):
        return None
    inside = parts[5]
    if isinstance(inside, Text) and parts[2] == "secretsmanager" and isinstance(inside.parts[-1], Unknown):
        inside = str(inside.parts[0]).removesuffix("-") if len(inside.parts) == 2 else inside
    return (parts[2], inside) if isinstance(inside, str) else None

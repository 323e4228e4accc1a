"""`awscc_*`: resources of AWS Cloud Control, which are those of CloudFormation by other names; they are not read."""

from __future__ import annotations

from functools import cache

from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.source.problem import Unresolved


def unread(instance: Instance, declared: Declared) -> None:
    """Say that a resource bears on access that would be read if it were declared otherwise."""
    if instance.type in _bearing():
        reason = f"what a resource of AWS Cloud Control (`{instance.type}`) declares is not read"
        declared.facts.unresolved.append(Unresolved(reason, instance.place))
        declared.facts.missed.append(reason)


@cache
def _bearing() -> frozenset[str]:
    """Return the types that bear on access, as CloudFormation's do ("Resource names" of the provider's documentation)."""
    from iamlint.parse.cloudformation.readers import types

    return frozenset(_name(type_) for type_ in types() if type_.startswith("AWS::") and type_.count("::") == 2)


def _name(type_: str) -> str:
    """Return the name of the provider for a type: `AWS::S3::BucketPolicy` is `awscc_s3_bucket_policy`."""
    _, service, kind = type_.split("::")
    words = ""
    for at, letter in enumerate(kind):
        before, after = kind[at - 1 : at] if at else "", kind[at + 1 : at + 2]
        starts = letter.isupper() and before and (not before.isupper() or after.islower())
        words += f"_{letter}" if starts else letter
    return f"awscc_{service}_{words}".lower()


READERS = {("managed", "*"): unread}

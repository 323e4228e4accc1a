"""One file for each family of resources: instances → model values."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iamlint.parse.terraform.resources.declared import Reader

FAMILIES = {
    "aws_iam_": "aws_iam",
    "aws_lambda_permission": "aws_lambda",
    "aws_secretsmanager_": "aws_secrets",
    "aws_ssm_": "aws_secrets",
    "aws_ssoadmin_": "identity_center",
    "aws_identitystore_": "identity_center",
    "aws_organizations_": "organizations",
    "okta_app": "okta_apps",
    "okta_": "okta",
    "lightstep_": "lightstep",
}
"""Which module reads the types that begin so; every other `aws_` type is for `aws_resources`, the rest for `vendors`."""


@cache
def reader_of(mode: str, type_: str) -> Reader | None:
    """Return the reader for instances of a type, None when the type says nothing about access."""
    if mode == "provider":
        from iamlint.parse.terraform.resources.providers import provider

        return provider
    beside = "aws_resources" if type_.startswith("aws_") else "vendors"
    module = next((module for prefix, module in FAMILIES.items() if type_.startswith(prefix)), beside)
    readers = import_module(f"{__name__}.{module}").READERS
    found: Reader | None = readers.get((mode, type_)) or readers.get((mode, "*"))
    return found


def is_of_interest(mode: str, type_: str) -> bool:
    """Return whether instances of a type say anything about access."""
    return (mode == "data" and type_ == "aws_iam_policy_document") or reader_of(mode, type_) is not None

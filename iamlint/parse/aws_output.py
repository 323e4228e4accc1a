"""What the AWS command line prints about roles and policies: `get-role`, `get-account-authorization-details`."""

from __future__ import annotations

from typing import Any

from iamlint.model.estate import Facts
from iamlint.parse.context import Context
from iamlint.source.place import Origin


def is_role_listing(value: dict[str, Any]) -> bool:
    """Return whether a value describes IAM entities, and not only documents."""
    return False


def parse_role_listing(value: dict[str, Any], origin: Origin, context: Context) -> Facts:
    """Return the roles, users, groups and policies that the output lists."""
    return Facts(context.unit, "", (origin.path,))

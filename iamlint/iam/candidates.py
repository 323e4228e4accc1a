"""Callers who can tell statements apart: one for everything that their principals distinguish."""

from __future__ import annotations

from collections.abc import Iterable

from iamlint.iam.arns import split_arn
from iamlint.iam.caller import read_caller
from iamlint.iam.guesses import OWN
from iamlint.iam.key_values import Who
from iamlint.iam.request import RequestPrincipal
from iamlint.model.policy import Statement

OTHER = "999999999999"
STRANGER = "arn:aws:iam::888888888888:user/zz"
ANN = f"arn:aws:iam::{OWN}:user/zz"


def callers_of(statements: list[Statement]) -> list[RequestPrincipal]:
    """Return callers for everything that principals of statements tell apart."""
    found: dict[tuple[str, str], None] = {("Anonymous", ""): None, ("Service", "zz.amazonaws.com"): None}
    with_sessions: set[tuple[str, str]] = set()
    for statement in statements:
        for pattern in statement.principals or ():
            value = pattern.value
            if not isinstance(value, str) or value == "*" or pattern.kind == "*":
                continue
            parts = split_arn(value)
            if pattern.kind != "AWS":
                found[pattern.kind, value] = None
            elif value.isdigit() or (parts is not None and parts[5] == "root"):
                found["AWS", f"arn:aws:iam::{value if parts is None else parts[4]}:user/zz"] = None
            elif parts is not None:
                found["AWS", value] = None
                kind, _, name = str(parts[5]).partition("/")
                if parts[2] == "iam" and kind == "role":
                    found["AWS", f"arn:{parts[1]}:sts::{parts[4]}:assumed-role/{name.rpartition('/')[2]}/zz"] = None
                elif parts[2] == "sts" and kind == "assumed-role":
                    with_sessions.add((str(parts[4]), name.partition("/")[0]))
                found["AWS", f"arn:aws:iam::{parts[4]}:user/zz"] = None
    found["AWS", ANN] = found["AWS", STRANGER] = None
    callers = [RequestPrincipal(kind, value) for kind, value in found]
    # Where sessions are named, it is sessions who ask: which one it is would not be known of a role.
    return [one for one in callers if not (_is_role(one) and (read_caller(one).account, read_caller(one).name) in with_sessions)]


def accounts_of(statements: Iterable[Statement]) -> list[str]:
    """Return the accounts that stand in ARNs of resources."""
    found: dict[str, None] = {}
    for statement in statements:
        for resource in statement.resources or ():
            parts = split_arn(resource)
            account = parts[4] if parts is not None else None
            if isinstance(account, str) and len(account) == 12 and account.isdigit():
                found[account] = None
    return list(found)


def with_accounts(callers: list[RequestPrincipal], accounts: list[str]) -> list[Who]:
    """Return the callers with the account of the resource: their own, one of these, and some other."""
    everybody = dict.fromkeys([*callers, *(RequestPrincipal("AWS", f"arn:aws:iam::{account}:user/zz") for account in accounts)])
    found: list[Who] = []
    for caller in everybody:
        own = read_caller(caller).account
        if isinstance(own, str):
            found.append((caller, own))
        found += [(caller, account) for account in (OTHER, *accounts) if account != own]
    return found


def _is_role(principal: RequestPrincipal) -> bool:
    return principal.kind == "AWS" and read_caller(principal).kind == "role"

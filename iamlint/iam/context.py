"""The context of a request: keys that are given, keys that follow from the request, and all others, which are absent."""

from __future__ import annotations

from iamlint.iam.arns import account_of
from iamlint.iam.caller import Caller
from iamlint.iam.request import Request
from iamlint.source.value import Unknown, Value, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Given: TypeAlias = "tuple[Value, ...] | Unknown | None"
"""The values of a key; Unknown when it may be absent or hold anything; None when it is absent."""

PRINCIPAL_TYPES = {
    "root": "Account", "user": "User", "role": "AssumedRole", "session": "AssumedRole", "federated_user": "FederatedUser",
    "anonymous": "Anonymous",
}  # fmt: skip


class RequestContext:
    """The context keys of one request, by name in lower case."""

    __slots__ = ("_given", "_request", "caller", "resource_account")

    def __init__(self, request: Request, caller: Caller) -> None:
        self._request = request
        self.caller = caller
        self._given: dict[str, tuple[Value, ...] | Unknown] = {}
        for name, values in request.context.items():
            if isinstance(values, Unknown):
                lower = name.lower()
                values = Unknown(values.reason, values.place, f"context key {lower}")
            self._given[name.lower()] = values
        self.resource_account = _resource_account(request, caller)

    def get(self, name: str) -> Given:
        """Return the values of a key (in lower case)."""
        found = self._given.get(name)
        if found is not None:
            return found or None  # a key with no values is as good as absent
        fill = _FILLS.get(name)
        return None if fill is None else fill(self)

    def given_unknown(self) -> list[str]:
        """Return the keys that are given as unknown."""
        return [name for name, values in self._given.items() if isinstance(values, Unknown)]

    def principal_arn(self) -> Given:
        """`aws:PrincipalArn`: for a session, the ARN of its role."""
        return (self.caller.role_arn,) if self.caller.is_aws else None

    def principal_account(self) -> Given:
        """`aws:PrincipalAccount`: in every request; who does not sign has the account `anonymous`."""
        return ("anonymous",) if self.caller.kind == "anonymous" else self.caller_account()

    def caller_account(self) -> Given:
        """`kms:CallerAccount`."""
        return None if self.caller.account is None else (self.caller.account,)

    def in_resource_account(self) -> Given:
        """`aws:ResourceAccount`."""
        return None if self.resource_account is None else (self.resource_account,)

    def principal_type(self) -> Given:
        """`aws:PrincipalType`."""
        kind = PRINCIPAL_TYPES.get(self.caller.kind)
        return (kind,) if kind is not None else Unknown("AWS does not say", symbol="aws:principaltype")

    def user_id(self) -> Given:
        """`aws:userid`: unique ids are not in ARNs, so a part of it stays unknown."""
        caller = self.caller
        if caller.kind == "root" and caller.account is not None:
            return (caller.account,)
        if caller.kind == "federated_user" and caller.account is not None and caller.name is not None:
            return (concat([caller.account, ":", caller.name]),)
        if caller.kind == "user":
            return (Unknown("the user's unique id is not known", symbol="unique id"),)
        if caller.kind in ("role", "session"):
            unknown = Unknown("the role's unique id is not known", symbol="unique id")
            session = caller.session if caller.session is not None else Unknown("the session is not known", symbol="session")
            return (concat([unknown, ":", session]),)
        if caller.kind == "anonymous":
            return ("anonymous",)
        return Unknown("AWS does not say", symbol="aws:userid")

    def username(self) -> Given:
        """`aws:username`: IAM users only."""
        if self.caller.kind == "other":
            return Unknown("the caller is not known", symbol="aws:username")
        return (self.caller.name,) if self.caller.kind == "user" and self.caller.name is not None else None

    def is_aws_service(self) -> Given:
        """`aws:PrincipalIsAWSService`: in every signed request."""
        return ("true",) if self.caller.kind == "service" else ("false",) if self.caller.is_aws else None

    def service_name(self) -> Given:
        """`aws:PrincipalServiceName`."""
        return (self.caller.arn,) if self.caller.kind == "service" else None


_FILLS = {
    "aws:principalarn": RequestContext.principal_arn,
    "aws:principalaccount": RequestContext.principal_account,
    "aws:resourceaccount": RequestContext.in_resource_account,
    "aws:principaltype": RequestContext.principal_type,
    "aws:userid": RequestContext.user_id,
    "aws:username": RequestContext.username,
    "aws:principalisawsservice": RequestContext.is_aws_service,
    "aws:principalservicename": RequestContext.service_name,
    "s3:resourceaccount": RequestContext.in_resource_account,
    "kms:calleraccount": RequestContext.caller_account,
}


def follows_from_request(name: str) -> bool:
    """Return whether a key (in lower case) that is not given is filled in from the rest of the request."""
    return name in _FILLS


def _is_shared(arn: str) -> bool:
    """Return whether no account stands in ARNs of this kind because the call is judged in the caller's own (public images)."""
    return arn.split(":", 3)[2:3] in (["ec2"], ["ssm"], ["apigateway"])


def _resource_account(request: Request, caller: Caller) -> Value | None:
    """Return the account that owns the resource; an action without a resource acts in the caller's own."""
    if request.resource_account is not None:
        return request.resource_account
    if request.resource is None or request.resource == "*":
        return caller.account
    account = account_of(request.resource)
    if account == "aws" or (account is None and isinstance(request.resource, str) and _is_shared(request.resource)):
        return caller.account
    if account is not None:
        return account
    return Unknown("the resource's account is not given", symbol="account of the resource")

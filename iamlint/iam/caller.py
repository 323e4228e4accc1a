"""Who asks, taken apart: kind, account, name of the role, name of the session."""

from __future__ import annotations

from functools import lru_cache

from iamlint.iam.arns import split_arn, split_value
from iamlint.iam.request import RequestPrincipal
from iamlint.source.value import Unknown, Value, concat, key

AWS_KINDS = frozenset(("user", "role", "session", "federated_user", "root", "other"))


class Caller:
    """A request's principal.

    `kind`: `user`, `role` (some session of the role), `session`, `federated_user`, `root`, `other` (an AWS principal that is
    not understood, or unknown), `service`, `federated`, `anonymous`, `canonical_user`. `account` is None for the last four.
    `name`: of the user, the role (without path), the federated user. `session`: the name of the session.
    """

    __slots__ = ("account", "arn", "is_aws", "is_service_linked", "kind", "name", "partition", "path", "session")

    def __init__(self, principal: RequestPrincipal) -> None:
        self.arn: Value = principal.value
        self.account: Value | None = None
        self.partition: Value = "aws"
        self.name: Value | None = None
        self.path: Value = "/"
        self.session: Value | None = None
        self.is_service_linked = False
        self.kind = {
            "Service": "service",
            "Federated": "federated",
            "Anonymous": "anonymous",
            "CanonicalUser": "canonical_user",
        }.get(principal.kind, "other")
        self.is_aws = self.kind == "other"
        if self.is_aws:
            self._read()

    def _read(self) -> None:
        if isinstance(self.arn, str) and len(self.arn) == 12 and self.arn.isdigit():
            self.arn = f"arn:aws:iam::{self.arn}:root"
        parts = split_arn(self.arn)
        if parts is None:
            self.account = Unknown("the caller's account is not known", symbol=f"account of {key(self.arn)}")
            return
        _, self.partition, service, _, self.account, resource = parts
        kind, *names = split_value(resource, "/")
        if service == "sts" and kind == "assumed-role" and len(names) == 2:
            self.kind = "session"
            self.name, self.session = names
            if isinstance(self.name, str) and self.name.startswith("AWSServiceRoleFor"):
                self.is_service_linked = True
                self.path = concat(["/aws-service-role/", Unknown("the service is not in the session's ARN"), "/"])
            elif isinstance(self.name, str) and self.name.startswith("AWSReservedSSO_"):
                self.path = concat(["/aws-reserved/sso.amazonaws.com/", Unknown("the region is not in the session's ARN")])
        elif service == "sts" and kind == "federated-user" and len(names) == 1:
            self.kind = "federated_user"
            self.name = names[0]
        elif resource == "root":
            self.kind = "root"
        elif service == "iam" and kind in ("user", "role") and names:
            self.kind = str(kind)
            self.name = names[-1]
            self.path = concat([piece for name in names[:-1] for piece in ("/", name)] + ["/"])
            self.is_service_linked = kind == "role" and names[0] == "aws-service-role"

    @property
    def role_arn(self) -> Value:
        """Return the ARN of the role behind a session; a session's ARN does not hold the path, which is taken as `/`."""
        if self.kind != "session" or self.account is None or self.name is None:
            return self.arn
        return concat(["arn:", self.partition, ":iam::", self.account, ":role", self.path, self.name])


@lru_cache(maxsize=10_000)
def read_caller(principal: RequestPrincipal) -> Caller:
    """Return the caller, remembered: the same object for the same principal."""
    return Caller(principal)

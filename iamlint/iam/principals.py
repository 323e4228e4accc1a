"""Principals of statements: whom they name, and how directly."""

from __future__ import annotations

from enum import IntEnum

from iamlint.iam.arns import LookedUp, looked_up, split_arn, split_value
from iamlint.iam.caller import Caller
from iamlint.iam.logic import Ternary, both, either
from iamlint.iam.patterns import equal_value, intersects, relax
from iamlint.model.policy import PrincipalPattern
from iamlint.source.record import NamedTuple
from iamlint.source.value import Text, Unknown, Value


class Grade(IntEnum):
    """How directly a resource policy names the caller: it decides which other layers still bind (semantics B)."""

    ACCOUNT = 0  # only the caller's account: it delegates
    ROLE = 1  # the role of a session: the boundary and the session policy still bind
    DIRECT = 2  # the caller itself


class Named(NamedTuple):
    """Whether a statement names the caller, by grade."""

    direct: Ternary
    role: Ternary
    account: Ternary

    @property
    def at_all(self) -> Ternary:
        """Return whether the caller is named in any way."""
        return either(self.direct, self.role, self.account)


NOBODY = Named(False, False, False)
EVERYBODY = Named(True, False, False)


def names(patterns: tuple[PrincipalPattern, ...], caller: Caller, trust: bool) -> Named:
    """Return how the `Principal` element names the caller."""
    grades: list[Ternary] = [False, False, False]
    for pattern in patterns:
        grade, answer = _grade(pattern, caller, trust)
        if answer is not False:
            grades[grade] = either(grades[grade], answer)
    return Named(grades[Grade.DIRECT], grades[Grade.ROLE], grades[Grade.ACCOUNT])


def tells_accounts_alone(patterns: tuple[PrincipalPattern, ...]) -> bool:
    """Return whether the patterns name AWS principals by no more than their account: those of one kind in it are alike."""
    return all(pattern.kind != "AWS" or pattern.value == "*" or _is_whole_account(pattern.value) for pattern in patterns)


def _is_whole_account(value: Value) -> bool:
    if isinstance(value, Text):
        return (
            len(value.parts) == 3 and isinstance(value.parts[1], Unknown) and value.parts[2] == ":root"
            and value.parts[0] in ("arn:aws:iam::", "arn:aws-cn:iam::", "arn:aws-us-gov:iam::")
        )  # fmt: skip
    if not isinstance(value, str):
        return False
    parts = value.split(":")
    account = parts[4] if len(parts) == 6 and parts[2] == "iam" and parts[5] == "root" and "/" not in value else value
    return len(account) == 12 and account.isdigit()


def is_exempt(patterns: tuple[PrincipalPattern, ...], caller: Caller) -> Ternary:
    """Return whether `NotPrincipal` lists the caller: itself, the role of a session, and the account, all of them.

    AWS JSON policy elements: NotPrincipal, "you must also specify the account ARN of the not-denied principal".
    """
    if any(pattern.value == "*" and pattern.kind in ("*", "AWS") for pattern in patterns):
        return True
    if caller.kind == "service":
        return either(*(equal_value(pattern.value, caller.arn) for pattern in patterns if pattern.kind == "Service"))
    if caller.kind == "federated":
        return either(*(_same_provider(pattern.value, caller.arn) for pattern in patterns if pattern.kind == "Federated"))
    if caller.kind == "canonical_user":
        return either(*(equal_value(pattern.value, caller.arn) for pattern in patterns if pattern.kind == "CanonicalUser"))
    if not caller.is_aws:
        return False
    values = [pattern.value for pattern in patterns if pattern.kind == "AWS"]
    account = either(*(_is_account(value, caller) for value in values))
    if caller.kind == "root":
        return account
    itself = either(*(equal_value(value, caller.arn) for value in values))
    if caller.kind != "session":
        return both(account, itself)
    return both(account, itself, either(*(_is_role_of(value, caller) for value in values)))


def _grade(pattern: PrincipalPattern, caller: Caller, trust: bool) -> tuple[Grade, Ternary]:
    kind, value = pattern.kind, pattern.value
    if kind == "*":
        return Grade.DIRECT, True
    if kind == "AWS" and value == "*":
        # In a trust policy it is everybody with credentials of an AWS account, elsewhere the same as a bare star.
        return Grade.DIRECT, caller.is_aws if trust else True
    if caller.kind == "service":
        return Grade.DIRECT, kind == "Service" and (value == "*" or equal_value(value, caller.arn))
    if caller.kind == "federated":
        return Grade.DIRECT, kind == "Federated" and (value == "*" or _same_provider(value, caller.arn))
    if caller.kind == "canonical_user":
        if kind == "CanonicalUser":
            return Grade.DIRECT, equal_value(value, caller.arn)
        # The canonical user of an account stands for that account; which one is not in the request.
        return Grade.DIRECT, None if kind == "AWS" and isinstance(value, str) and value.endswith(":root") else False
    if kind == "CanonicalUser" and caller.is_aws:
        return Grade.ACCOUNT, None
    if kind != "AWS" or not caller.is_aws:
        return Grade.DIRECT, False
    return _aws_grade(value, caller)


def _aws_grade(value: Value, caller: Caller) -> tuple[Grade, Ternary]:
    if not isinstance(value, str) and value == caller.arn:  # whatever it is; a role is the narrower reading
        return (Grade.ROLE if caller.kind in ("role", "other") else Grade.DIRECT), True
    account = _is_account(value, caller)
    if account is not False:
        unclear = account is None and split_arn(value) is None and not isinstance(value, str)
        return (Grade.DIRECT if caller.kind == "root" or unclear else Grade.ACCOUNT), account
    if caller.kind == "session" or (caller.kind == "role" and looked_up(value) is None):
        is_role = _is_role_of(value, caller)
        if is_role is not False:
            return Grade.ROLE, is_role
    named = looked_up(value) if caller.kind in ("role", "user") else None
    if named is not None and named.kind == caller.kind:
        grade = Grade.ROLE if caller.kind == "role" else Grade.DIRECT
        return grade, _same_identity(named, caller)
    same = equal_value(value, caller.arn)
    if same is False and caller.kind == "role" and _is_session_of(value, caller) is not False:
        return Grade.DIRECT, None  # which session of the role asks is not in the request
    if same is False and caller.kind == "federated_user" and _is_user_near(value, caller) is not False:
        return Grade.ROLE, None  # which user made the session is not in its ARN
    return Grade.DIRECT, same


def _is_account(value: Value, caller: Caller) -> Ternary:
    """Return whether the value is the caller's account: twelve digits or the ARN of its root."""
    account = caller.account
    if account is None:
        return False
    if isinstance(value, str) and value.isdigit():
        return equal_value(value, account)
    parts = split_arn(value)
    if parts is None:
        if isinstance(value, str):
            return False
        return True if value == account else None if intersects(relax(value), _account_shape(caller)) else False
    if parts[2] != "iam" or equal_value(parts[5], "root") is False:
        return False
    return both(equal_value(parts[5], "root"), equal_value(parts[1], caller.partition), equal_value(parts[4], account))


def _account_shape(caller: Caller) -> str:
    account = relax(caller.account) if caller.account is not None else "*"
    return "*" if account == "*" else f"*{account}*"


def _is_role_of(value: Value, caller: Caller) -> Ternary:
    """Return whether the value is the ARN of the caller's role; names of roles are unique in an account, whatever the path."""
    if caller.kind == "role":
        return equal_value(value, caller.arn)
    parts = split_arn(value)
    if parts is None or caller.name is None or caller.account is None:
        return None if not isinstance(value, str) and intersects(relax(value), "arn:*:iam::*:role/*") else False
    kind, *path = split_value(parts[5], "/")
    if parts[2] != "iam" or kind != "role" or not path:
        return None if parts[2] == "iam" and isinstance(parts[5], Unknown) else False
    return both(equal_value(parts[4], caller.account), _same_name(path[-1], caller.name), equal_value(parts[1], caller.partition))


def _same_identity(named: LookedUp, caller: Caller) -> Ternary:
    if caller.name is None or caller.account is None:
        return None
    return both(
        equal_value(named.name, caller.name),
        equal_value(named.account, caller.account),
        equal_value(named.partition, caller.partition),
    )


def _same_name(written: Value, name: Value) -> Ternary:
    """Return whether an unknown stretch, which may hold a path, ends in this name."""
    same = equal_value(written, name)
    if same is False and not isinstance(written, str) and intersects(relax(written), f"*/{relax(name)}"):
        return None
    return same


def _is_session_of(value: Value, caller: Caller) -> Ternary:
    parts = split_arn(value)
    if parts is None or parts[2] != "sts" or caller.name is None or caller.account is None:
        return False
    kind, *rest = split_value(parts[5], "/")
    if kind != "assumed-role" or not rest:
        return False
    return both(equal_value(parts[4], caller.account), equal_value(rest[0], caller.name))


def _is_user_near(value: Value, caller: Caller) -> Ternary:
    parts = split_arn(value)
    if parts is None or parts[2] != "iam" or caller.account is None or split_value(parts[5], "/")[0] != "user":
        return False
    return equal_value(parts[4], caller.account)


def _same_provider(value: Value, provider: Value) -> Ternary:
    """Return whether both are the same provider; the caller may be given by its host (`accounts.google.com`) or its ARN."""
    if isinstance(value, str) and isinstance(provider, str):
        ends = ("", "")
        if value.startswith("arn:") != provider.startswith("arn:"):
            ends = (value.partition(":oidc-provider/")[2], provider.partition(":oidc-provider/")[2])
        return (ends[0] or value) == (ends[1] or provider)
    return equal_value(value, provider)

"""Whether a caller can come with a value of a key that follows from who asks: nobody brings another's account."""

from __future__ import annotations

from iamlint.iam.arns import split_arn
from iamlint.iam.caller import Caller, read_caller
from iamlint.iam.candidates import Nobody
from iamlint.iam.key_values import ACCOUNTS, KeyValues, Who

_OF_AWS = (*ACCOUNTS, "aws:principalarn", "aws:username")


def plausible_values(values: KeyValues, who: Who, nobody: Nobody) -> int:
    """Return the values that a caller can come with; not given, a key has the value that follows from the request.

    A caller who stands for others (`nobody`) has whatever they have.
    """
    caller = read_caller(who[0])
    return sum(
        1 << index for index, held in enumerate(values.held) if held is None or _is_plausible(values.name, held, caller, nobody)
    )


def _is_plausible(name: str, held: tuple[str, ...], caller: Caller, nobody: Nobody) -> bool:
    value = held[0] if len(held) == 1 else ""
    if name in ("aws:resourceaccount", "s3:resourceaccount") or caller.kind in ("other", "canonical_user"):
        return True
    if name == "aws:principalisawsservice":
        return value.lower() == ("true" if caller.kind == "service" else "false") and caller.kind != "anonymous"
    if name == "aws:principalservicename":
        return caller.kind == "service" and caller.arn == f"{nobody.name}.amazonaws.com"
    if not caller.is_aws:
        return name not in (*_OF_AWS, "aws:principaltype") and caller.kind != "anonymous"
    if name in ACCOUNTS:
        return value == caller.account if caller.account in nobody.named else value not in nobody.named
    # Somebody of an account is a user, with a user's name, or a session, which stands for all that are no users.
    stands_for_others = caller.name == nobody.name
    if name in ("aws:principaltype", "aws:username"):
        return stands_for_others and (caller.kind == "user") is (name == "aws:username")
    if name == "aws:principalarn":
        return stands_for_others and _may_be_of(value, caller, nobody)
    return stands_for_others or name == "aws:userid"


def _may_be_of(arn: str, caller: Caller, nobody: Nobody) -> bool:
    """Return whether an ARN may be that of somebody for whom a caller stands; what a pattern left open is anybody's."""
    parts = split_arn(arn)
    account, entity = (parts[4], str(parts[5])) if parts is not None else ("", "")
    is_anothers = account != caller.account if caller.account in nobody.named else account in nobody.named
    if is_anothers and isinstance(account, str) and len(account) == 12 and account.isdigit():
        return False
    return not entity.startswith("role/" if caller.kind == "user" else "user/")

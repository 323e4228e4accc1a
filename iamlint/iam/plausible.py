"""Whether a caller can come with a value of a key that follows from who asks: nobody brings another's account."""

from __future__ import annotations

from iamlint.iam.caller import Caller, read_caller
from iamlint.iam.candidates import Nobody
from iamlint.iam.key_values import KeyValues, Who

_ACCOUNTS = ("aws:principalaccount", "kms:calleraccount")
_OF_AWS = (*_ACCOUNTS, "aws:principalarn", "aws:username")


def plausible_values(values: KeyValues, who: Who, nobody: Nobody) -> int:
    """Return the values that a caller can come with; not given, a key has the value that follows from the request.

    A caller who stands for others (`nobody`) has whatever they have. Of ARNs and ids of these nothing is ruled out.
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
        return name not in _OF_AWS and caller.kind != "anonymous"
    stands_for_others = caller.kind == "user" and caller.name == nobody.name
    if name in _ACCOUNTS:
        return value == caller.account if caller.account in nobody.named else value not in nobody.named
    if name == "aws:principaltype":
        return stands_for_others and value != "Anonymous"
    return stands_for_others or name == "aws:userid"

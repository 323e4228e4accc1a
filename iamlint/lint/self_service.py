"""How people get into a group by themselves: by an attribute that is theirs to change, as a guest, or because all may join."""

from __future__ import annotations

import re

from iamlint.lint.sharing import in_words
from iamlint.model.identity import Membership, ProfileAttribute
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex


class WayIn(NamedTuple):
    """How people get into a group by themselves. `how` has a place for the group's name, `by` names the attributes."""

    how: str
    because: list[tuple[Place, str]]
    instead: str
    by: str


def way_in(membership: Membership, written: dict[str, ProfileAttribute]) -> WayIn | None:
    """Return how people get into a group without anybody's decision, None where they do not, or nobody can tell."""
    rule_text = membership.dynamic or ""
    if membership.language == "open":
        return WayIn(f"people get into `{{}}` by themselves ({rule_text})", [], "let somebody decide who becomes a member", "")
    if membership.language == "entra":
        fields = _guest_fields(rule_text)
        how = f"whoever is invited as a guest gets into `{{}}` by {in_words(fields)} of their own choice"
        because = [(membership.place, 'the rule does not ask for `user.userType -eq "Member"`')]
        instead = 'ask for `user.userType -eq "Member"`, or decide by an attribute that guests do not have'
        return WayIn(how.replace(" gets", " may get"), because, instead, " ".join(fields)) if fields else None
    fields = _self_service(rule_text, written) if membership.language == "okta" else []
    because = [(written[field].place, f"people may change `{field}`") for field in fields if field in written]
    because = because or [(membership.place, f"Okta lets people change {in_words(fields)} by default")]
    instead = "decide by an attribute that only administrators or the personnel system change"
    how = f"people join `{{}}` by changing their own {in_words(fields)}"
    return WayIn(how, because, instead, " ".join(fields)) if fields else None


_DEFAULT = frozenset(
    {"firstName", "lastName", "middleName", "nickName", "secondEmail", "mobilePhone", "primaryPhone", "profileUrl"}
)
"""Attributes that people may change unless an administrator forbids it ("User profile attributes", default permissions)."""


def _self_service(expression: str, written: dict[str, ProfileAttribute]) -> list[str]:
    """Return the attributes by which alone the expression can be made true; empty where that takes another one."""
    if "!" in expression.replace("!=", "") or len(expression) > 5000:
        return []
    found: list[str] = []
    for alternative in re.split(r"\s+OR\s+|\|\|", expression):
        fields = list(dict.fromkeys(re.findall(r"\buser\.(\w+)", alternative)))
        if fields and "isMemberOf" not in alternative and all(_editable(field, written) for field in fields):
            found += [field for field in fields if field not in found]
    return found


def _editable(field: str, written: dict[str, ProfileAttribute]) -> bool:
    return written[field].self_editable if field in written else field in _DEFAULT


_CLAUSE = regex(r"""user\.(\w+)\s+-(\w+)\s+("[^"]*"|'[^']*'|true|false)""", re.IGNORECASE)
_ADDRESSES = frozenset({"mail", "userprincipalname", "mailnickname"})
_INSIDE = frozenset({"contains", "startswith", "match"})  # the end of an address is the domain, which is not free


def _guest_fields(rule: str) -> list[str]:
    """Return the properties by which alone a guest can meet a rule; empty where something else must hold, or nobody can tell.

    A guest's display name is what the inviter writes, the address what the guest's own directory says. Read are alternatives
    of clauses joined by `-and`; a rule with `-not` or nested groups of alternatives is not judged.
    """
    if len(rule) > 5000 or re.search(r"-not\b", rule, re.IGNORECASE):
        return []
    found: list[str] = []
    for alternative in re.split(r"\s-or\s", rule, flags=re.IGNORECASE):
        if alternative.count("(") != alternative.count(")"):
            return []
        fields: list[str] = []
        for clause in re.split(r"\s-and\s", alternative, flags=re.IGNORECASE):
            match = _CLAUSE.fullmatch(clause.strip().strip("()").strip())
            verdict = _verdict(match[1].lower(), match[2].lower(), match[3]) if match is not None else False
            if verdict is False:
                break
            fields += [match[1]] if match is not None and verdict and match[1] not in fields else []
        else:
            found += [field for field in fields if field not in found]
    return found


def _verdict(field: str, test: str, value: str) -> bool | None:
    """Return whether a guest chooses what a clause asks for; None where every guest meets it."""
    if field == "accountenabled":
        return None if test == "eq" and value.lower() == "true" else False
    if field == "usertype":
        return None if test == "eq" and value.strip("\"'").lower() == "guest" else False
    if field == "displayname":
        return test in ("eq", "endswith", *_INSIDE)
    return field in _ADDRESSES and test in _INSIDE and not (test == "match" and value.rstrip("\"'").endswith("$"))

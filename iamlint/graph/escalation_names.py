"""Names that an identity can give to something it makes itself, so that its policies allow an action on it."""

from __future__ import annotations

import re

from iamlint.graph.aws_index import Principal
from iamlint.graph.globs import glob_matches
from iamlint.iam.catalogue import catalogue
from iamlint.model.policy import Effect, Statement
from iamlint.source.value import Text, Value, concat, key

_VARIABLE = re.compile(r"\$\{[^}]*\}")
_REGION = "us-east-1"
_TYPES = {"ec2:RunInstances": "instance", "ec2:AssociateIamInstanceProfile": "instance", "batch:SubmitJob": "job-definition"}
"""Which of its resources an action must be allowed on, where it needs several."""

_MADE = {"shell-document": f"arn:aws:ssm:{_REGION}::document/AWS-RunShellScript"}
"""What is there in every account under one name."""


def names_for(action: str, what: str, principal: Principal, statements: list[Statement]) -> list[Value | None]:
    """Return resources on which some statement may allow the action; one None for an action without resources."""
    if what in _MADE:
        return [_MADE[what]]
    form = _format(action)
    if form is None:
        return [None]
    prefix, tail = form
    account = principal.account if prefix[4] == "${Account}" else ""
    found: dict[Value | None, None] = {}
    for statement in statements:
        if statement.effect is Effect.DENY or statement.resources_negated:
            continue
        for pattern in statement.resources or ():
            if isinstance(pattern, str) and pattern != "*":
                met = _meet(pattern, prefix, tail, account)
                if met is not None:
                    found[met] = None
            elif isinstance(pattern, Text) and f":{prefix[2]}:" in key(pattern):
                parts = [part.replace("*", "x").replace("?", "x") if isinstance(part, str) else part for part in pattern.parts]
                found[concat(parts)] = None
    region = _REGION if prefix[3] else ""
    found[concat(["arn:aws:", prefix[2], ":", region, ":", account, ":", tail.replace("*", "x")])] = None
    return list(found)


def fits(action: str, what: str, name: Value | None) -> bool:
    """Return whether an action works on what a name is of."""
    if what in _MADE:
        return name == _MADE[what]
    form = _format(action)
    if form is None or name is None:
        return form is None and name is None
    parts = key(name).split(":", 5)
    return len(parts) == 6 and parts[2] == form[0][2] and glob_matches(form[1], parts[5])


def _format(action: str) -> tuple[list[str], str] | None:
    """Return the ARN format of what an action works on: the five fields before the name, and the name with stars."""
    uses = catalogue().resource_types(action)
    if not uses:
        return None
    wanted = _TYPES.get(action)
    chosen = next((use for use in uses if use.type.name == wanted), None) or next((use for use in uses if use.required), uses[0])
    parts = chosen.type.arn.split(":", 5)
    return (parts[:5], _VARIABLE.sub("*", parts[5])) if len(parts) == 6 else None


def _meet(pattern: str, prefix: list[str], tail: str, account: Value) -> Value | None:
    """Return a resource that both a pattern of a statement and the format of the action match."""
    parts = pattern.split(":", 5)
    if len(parts) != 6 or not glob_matches(parts[2], prefix[2]):
        return None
    if isinstance(account, str) and not glob_matches(parts[4], account):
        return None
    region = parts[3] if parts[3] and not any(mark in parts[3] for mark in "*?$") else _REGION if prefix[3] else ""
    written = _VARIABLE.sub("*", parts[5])
    head = max(tail.partition("*")[0], written.partition("*")[0], key=len)
    end = max(_end(tail), _end(written), key=len)
    both = [head + "x" + end, written.replace("*", "x").replace("?", "x"), tail.replace("*", "x"), head]
    for text in both:
        if glob_matches(tail, text) and glob_matches(written, text):
            return concat(["arn:aws:", prefix[2], ":", region, ":", account, ":", text])
    return None


def _end(pattern: str) -> str:
    return pattern.rpartition("*")[2] if "*" in pattern else ""

"""Fields of ARNs that are empty because a parameter or variable is: nobody names an account by leaving it out."""

from __future__ import annotations

from collections.abc import Sequence

from iamlint.source.value import Value


def is_empty_field(parts: Sequence[Value], number: int) -> bool:
    """Return whether an empty part of a text stands alone where an ARN has a field: `arn:aws:iam::${var.account}:root`.

    A name in which something precedes or follows is none, since prefixes may be empty; but for a bucket's, before a slash.
    Alone is also what stands between quotes, as a whole string of JSON: `"Resource": "${var.arn}"`.
    """
    if parts[number] != "":
        return False
    left, right = _text(parts[:number]), _text(parts[number + 1 :])
    if left.endswith('"') and right.startswith('"'):
        return True
    before, after = left.rpartition('"')[2], right.partition('"')[0]
    if not before.startswith("arn:") or not before.endswith(":"):
        return False
    return after == "" or after[0] == ":" or (after[0] == "/" and before.endswith(":::"))


def _text(parts: Sequence[Value]) -> str:
    """Return a text with a sign in place of what is not known."""
    return "".join(part if isinstance(part, str) else "?" for part in parts)

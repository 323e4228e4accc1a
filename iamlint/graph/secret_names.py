"""Names of secrets and parameters: the texts by which a stored credential may be asked for, and which of them mean the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iamlint.source.regex import regex
from iamlint.source.value import Text, Unknown, Value, concat, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.aws_index import Aws

SECRET_SUFFIX = regex(r"-[A-Za-z0-9]{6}\Z")
_SAMPLE = "-x9Zq4T"


def secret_forms(arn: Value, declared: bool, suffixes: Mapping[str, tuple[str, ...]]) -> Iterator[list[Value]]:
    """Yield the ARNs under which a secret may be asked for, those of one list from the exact one to one that says more.

    AWS adds six characters to a secret's name, which files rarely hold: those that some policy of the repository writes for
    it are taken, else any others.
    """
    if (
        isinstance(arn, Text)
        and isinstance(arn.parts[-1], Unknown)
        and isinstance(arn.parts[-2], str)
        and arn.parts[-2].endswith("-")
    ):
        bare = concat([*arn.parts[:-2], arn.parts[-2][:-1]])
        for suffix in suffixes.get(key(bare).partition(":secret:")[2], (_SAMPLE,)):
            yield [arn, concat([bare, suffix])]
    elif isinstance(arn, str) and not SECRET_SUFFIX.search(arn):
        for suffix in suffixes.get(arn.partition(":secret:")[2], (_SAMPLE,)):
            yield [arn + suffix]
    else:
        yield [arn]
        if isinstance(arn, str) and not declared:
            # `…:secret:lightstep-prod01`: the end may be the six characters or a part of the name.
            yield [arn + _SAMPLE]


def written_suffixes(aws: Aws) -> dict[str, tuple[str, ...]]:
    """Return the six characters that policies write behind the names of secrets, by name."""
    found: dict[str, dict[str, None]] = {}
    for attached in aws.attached.values():
        for policy in attached.identity:
            for statement in policy.statements:
                for pattern in statement.resources or ():
                    if isinstance(pattern, str) and ":secret:" in pattern and (match := SECRET_SUFFIX.search(pattern)):
                        found.setdefault(pattern[: match.start()].partition(":secret:")[2], {})[match[0]] = None
    return {name: tuple(suffixes) for name, suffixes in found.items()}


def same_secret(written: str, declared: Value) -> bool | None:
    """Return whether a written ARN means a declared resource; None when unknown parts of the declared one decide."""
    wanted = written.split(":", 6)
    if len(wanted) < 6:
        return False
    if isinstance(declared, Unknown):
        return False
    have: list[list[str | Unknown]] = [[]]
    for part in declared.parts if isinstance(declared, Text) else (declared,):
        if isinstance(part, Unknown):
            have[-1].append(part)
            continue
        first, *rest = part.split(":")
        have[-1].append(first)
        have.extend([piece] for piece in rest)
    if len(have) < 6 or have[2] != [wanted[2]]:
        return False
    if wanted[2] == "secretsmanager":
        if len(have) != 7 or len(wanted) != 7:
            return False
        tail = "".join(piece if isinstance(piece, str) else "\0" for piece in have[6])
        name = SECRET_SUFFIX.sub("", tail) if "\0" not in tail else tail.removesuffix("-\0")
        if name not in (wanted[6], SECRET_SUFFIX.sub("", wanted[6])):
            return False
    elif ["".join(piece if isinstance(piece, str) else "\0" for piece in field) for field in have[5:]] != wanted[5:]:
        return False
    fits: bool | None = True
    for at in (3, 4):
        field = [piece for piece in have[at] if piece != ""]
        if any(isinstance(piece, Unknown) for piece in field):
            fits = None
        elif "".join(str(piece) for piece in field) != wanted[at]:
            return False
    return fits


def folders_of(arn: Value) -> list[Value]:
    """Return the paths by which `GetParametersByPath` finds a parameter, as ARNs."""
    if not isinstance(arn, str):
        return []
    head, found, name = arn.partition(":parameter")
    parts = name.strip("/").split("/")[:-1]
    return [f"{head}{found}/{'/'.join(parts[: count + 1])}" for count in range(len(parts))]

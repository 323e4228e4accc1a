"""Suppressions written as comments: `# iamlint: ignore[TEL101] reason`, behind the code they speak of or above it."""

from __future__ import annotations

import re
from itertools import islice

from iamlint.source.encoding import decode_leniently
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex


class InlineSuppression(NamedTuple):
    """One comment. It covers its own line when code stands before it, else the next line of code (both inclusive).

    Where it names no rule, `ids` is empty.
    """

    line: int
    first_line: int
    last_line: int
    ids: tuple[str, ...]
    reason: str
    place: Place


def suppressions(data: bytes, path: str) -> list[InlineSuppression]:
    """Return the suppression comments of a file, in order. JSON has no comments, so none."""
    if path.endswith(".json") or (b"iamlint:" not in data and b"i\0a\0m\0l\0i\0n\0t" not in data):
        return []
    decoded = decode_leniently(data)
    is_hcl = path.endswith((".tf", ".tofu", ".tfvars"))
    lines = decoded.text.split("\n")
    within = _hcl_texts(lines) if is_hcl else _block_scalars(lines)
    following = _next_code(lines, is_hcl)
    found: list[InlineSuppression] = []
    done = decoded.mark  # bytes before this line
    feed = len("\n".encode(decoded.encoding))

    def size(text: str) -> int:
        return len(text) if text.isascii() and feed == 1 else len(text.encode(decoded.encoding))

    for number, line in enumerate(lines):
        match = _comment(line, is_hcl) if "iamlint:" in line and not within[number] else None
        if match is not None:
            ids = tuple(part for part in re.split(r"[\s,]+", match["ids"] or "") if part)
            reason = line[match.end() :].strip()
            if match["mark"] == "/*":
                reason = reason.partition("*/")[0].strip()
            before = line[: match.start()].strip()
            after = line[match.start() :].partition("*/")[2].strip() if match["mark"] == "/*" else ""
            target = number if before or after else following[number]
            first = done + size(line[: match.start()])
            last = first + size(line[match.start() : max(len(line.rstrip()), match.end())])
            found.append(InlineSuppression(number + 1, target + 1, target + 1, ids, reason, Place(path, span=(first, last))))
        done += size(line) + feed
    return found


_COMMENT = regex(r"(?P<mark>/\*|[#/]+)\s*iamlint:\s*ignore(?:\[(?P<ids>[^\]]*)\]|(?![\w\[-]))")


def _comment(line: str, is_hcl: bool) -> re.Match[str] | None:
    """Return the first suppression on a line that is a comment; a few tries are enough for any line that people write."""
    for match in islice(_COMMENT.finditer(line), 8):
        if _is_comment(line, match.start(), is_hcl):
            return match
    return None


def _is_comment(line: str, at: int, is_hcl: bool) -> bool:
    """Return whether the mark at this column opens a comment: it does not inside quotes, nor in YAML inside a word."""
    if not is_hcl and (line[at] != "#" or (at > 0 and line[at - 1] not in " \t")):
        return False
    quote = ""
    last = ""  # the last character outside quotes that is neither a space nor the dash of a list
    column = 0
    while column < at:
        letter = line[column]
        if quote:
            if letter == "\\" and quote == '"':
                column += 1
            elif letter == quote:
                quote = ""
        elif letter == '"' or (letter == "'" and not is_hcl and last in ("", ":", "[", "{", ",")):
            quote = letter
        elif letter == "#" and (is_hcl or column == 0 or line[column - 1] in " \t"):
            return True  # inside a comment that began earlier
        if letter not in " -":
            last = letter
        column += 1
    return not quote


def _next_code(lines: list[str], is_hcl: bool) -> list[int]:
    """Return for each line the next one that holds code, or itself when there is none."""
    marks = ("#", "//", "/*") if is_hcl else ("#",)
    following = list(range(len(lines)))
    code: int | None = None
    for number in range(len(lines) - 1, -1, -1):
        following[number] = number if code is None else code
        text = lines[number].strip()
        if text and not text.startswith(marks) and (is_hcl or text != "---"):
            code = number
    return following


_BLOCK_SCALAR = regex(r"(?:^|[:\-\s])[|>][+\-0-9]{0,2}\s*(?:\s#.*)?$")


def _block_scalars(lines: list[str]) -> list[bool]:
    """Return for each line of YAML whether it is text of a block scalar (`run: |`)."""
    within = [False] * len(lines)
    indent: int | None = None
    for number, line in enumerate(lines):
        text = line.strip()
        depth = len(line) - len(line.lstrip(" "))
        if indent is not None:
            if not text or depth > indent:
                within[number] = True
                continue
            indent = None
        if text and not text.startswith("#") and _BLOCK_SCALAR.search(line.rstrip()):
            indent = depth
            while text.startswith("- "):  # `- run: |` is as deep as `run`
                following = text[2:].lstrip()
                if ":" not in following:
                    break
                indent += len(text) - len(following)
                text = following
    return within


_HEREDOC = regex(r"<<-?\s*([A-Za-z_][\w-]*)\s*$")


def _hcl_texts(lines: list[str]) -> list[bool]:
    """Return for each line of HCL whether it is text of a heredoc."""
    within = [False] * len(lines)
    end: str | None = None
    for number, line in enumerate(lines):
        if end is not None:
            if line.strip() == end:
                end = None
            else:
                within[number] = True
        else:
            opened = _HEREDOC.search(line.rstrip())
            end = opened.group(1) if opened is not None and not line.lstrip().startswith(("#", "//")) else None
    return within

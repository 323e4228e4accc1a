"""JSON: the standard library's fast path for values, and a precise word about what is wrong when it refuses."""

from __future__ import annotations

import json

from iamlint.source.encoding import Decoded, decode
from iamlint.source.json_text import HALF_SURROGATE, depth_at_least, duplicate_keys
from iamlint.source.place import Place
from iamlint.source.problem import Problem
from iamlint.source.reading import MAX_DEPTH, MAX_JSON_BYTES, TOO_DEEP, Reading
from iamlint.source.regex import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def read_json(data: bytes, path: str, *, numbers_as_text: bool = False) -> Reading:
    """Return the value of a JSON file. Never raises: what cannot be read is None and a problem with its place."""
    decoded = decode(data, path, MAX_JSON_BYTES)
    if isinstance(decoded, Problem):
        return Reading(None, 0, (decoded,))
    return read_json_text(decoded, path, numbers_as_text=numbers_as_text)


def read_json_text(decoded: Decoded, path: str, *, numbers_as_text: bool = False) -> Reading:
    """Return the value of a JSON text that was decoded already."""
    text = decoded.text
    try:
        value = (_TEXT_DECODER if numbers_as_text else _DECODER).decode(text)
        problems: tuple[Problem, ...] = ()
    except _DuplicateKeyError:
        value = (_LAST_WINS_TEXT if numbers_as_text else _LAST_WINS).decode(text)
        problems = _duplicates(decoded, path)
    except json.JSONDecodeError as error:
        return Reading(None, 0, (_explain(decoded, path, error),))
    except RecursionError:
        return Reading(None, 0, (_too_deep(decoded, path, depth_at_least(text, MAX_DEPTH) or 0),))
    except _NotJsonError as error:
        at = text.find(str(error))
        return Reading(None, 0, (_problem(decoded, path, at, at + len(str(error)), f"`{error}` is no JSON value"),))
    except ValueError:  # more digits than Python converts
        return Reading(None, 0, (Problem("IL002", "the file holds a number of thousands of digits", Place(path)),))
    deep = depth_at_least(text, MAX_DEPTH)
    if deep is not None:
        return Reading(None, 0, (_too_deep(decoded, path, deep),))
    if "\\" in text and "\\u" in text and _SURROGATE.search(text):
        value = mended(value)
    return Reading(value, 0, problems)


def mended(value: Any) -> Any:
    """Return the value with every half of a surrogate pair replaced: alone it is no text that can be written out."""
    if isinstance(value, str):
        return HALF_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [mended(item) for item in value]
    if isinstance(value, dict):
        return {mended(key): mended(item) for key, item in value.items()}
    return value


class _DuplicateKeyError(Exception):
    pass


class _NotJsonError(Exception):
    pass


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _DuplicateKeyError
    return made


def _constant(name: str) -> Any:
    raise _NotJsonError(name)


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)
_LAST_WINS = json.JSONDecoder(parse_constant=_constant)
_TEXT_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_int=str, parse_float=str)
_LAST_WINS_TEXT = json.JSONDecoder(parse_constant=_constant, parse_int=str, parse_float=str)
_SURROGATE = regex(r"\\u[dD][89a-fA-F]")


def _problem(decoded: Decoded, path: str, start: int, end: int, message: str, help: str = "", id: str = "IL002") -> Problem:
    return Problem(id, message, Place(path, span=(decoded.byte(start), decoded.byte(max(start, end)))), help)


def _duplicates(decoded: Decoded, path: str) -> tuple[Problem, ...]:
    found = []
    for double in duplicate_keys(decoded.text):
        first = Place(path, span=(decoded.byte(double.first[0]), decoded.byte(double.first[1])))
        again = Place(path, span=(decoded.byte(double.again[0]), decoded.byte(double.again[1])))
        message = f"key `{shown(double.key)}` stands twice in one object; only the last one counts"
        found.append(Problem("IL004", message, again, "keep one of them", ((first, "first written here"),)))
    return tuple(found)


def shown(text: str) -> str:
    """Return a text of the user fit for a message: one line, no control characters, not long."""
    clean = "".join(letter if letter.isprintable() else "�" for letter in text[:80])
    return clean + ("…" if len(text) > 80 else "")


def _too_deep(decoded: Decoded, path: str, at: int) -> Problem:
    return _problem(decoded, path, at, at + 1, TOO_DEEP, id="IL007")


def _explain(decoded: Decoded, path: str, error: json.JSONDecodeError) -> Problem:
    """Return what is wrong at the place where the decoder stopped, in the reader's words."""
    text = decoded.text
    at = error.pos
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    before = text[:at].rstrip(" \t\r\n")
    here = text[at : at + 1]

    def say(message: str, help: str = "", start: int = at, length: int = 1) -> Problem:
        return _problem(decoded, path, start, min(start + length, len(text)), f"the file is not JSON: {message}", help)

    if not text.strip():
        return Problem("IL002", "the file is empty", Place(path))
    comma = len(before) - 1 if here and here in "]}" and before.endswith(",") else None
    if error.msg.startswith("Illegal trailing comma"):  # from Python 3.13 on, where the comma stands
        comma = error.pos
    if comma is not None:
        return say("a comma before the closing bracket", "JSON has no trailing commas: remove it", comma)
    if text.startswith(("//", "/*"), at) or here == "#":
        end = text.find("\n", at)
        line = text[at : end if end >= 0 else len(text)].rstrip()
        return say("a comment", "JSON has no comments: remove it, or keep the document as YAML", at, len(line))
    if text.startswith(("${", "%{", "{{", "{%", "<%"), at) or text[max(at - 1, 0) : at + 1] in ("{{", "{%"):
        message = "the file is a template, not JSON"
        return _problem(decoded, path, at, at + 1, message, "render it first, or exclude it under `inputs`")
    if error.msg.startswith("Unterminated string"):
        return say("a text that does not end", 'close it with `"`', error.pos)
    if error.msg.startswith("Invalid control character"):
        return say("a line break or control character inside a text", "write it as `\\n` or `\\u00xx`", error.pos)
    if error.msg.startswith("Invalid \\"):
        return say("an unknown escape in a text", "a backslash itself is written `\\\\`", error.pos)
    if here == "":
        return say("it ends too early", "an object or list is not closed", max(len(before) - 1, 0))
    if error.msg == "Extra data":
        return say(f"{_kind(here)} after the end of the document", "a JSON file holds one document")
    if here == "'":
        return say("text in single quotes", 'JSON writes text in double quotes: `"`')
    if error.msg == "Expecting ',' delimiter":
        return say(f"{_kind(here)} where `,` or a closing bracket is expected")
    if error.msg == "Expecting ':' delimiter":
        return say(f"{_kind(here)} where `:` is expected")
    if error.msg.startswith("Expecting property name"):
        return say(f"{_kind(here)} where a key in double quotes is expected")
    return say(f"{_kind(here)} where a value is expected")


def _kind(here: str) -> str:
    """Return what stands here without quoting it: a bare word may be somebody's password."""
    if here == '"':
        return "a text"
    if here.isalnum() or not here.isprintable():
        return "a bare word"
    return f"`{here}`"

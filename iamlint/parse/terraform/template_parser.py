"""HCL templates: literal text, `${…}`, `%{…}`, strip markers, and the indentation of heredocs.

As in HCL's own scanner, the literal text of heredocs and template files comes in one piece a line. A strip marker
trims one piece, so `~}` at the end of a line takes the line end but not the next line's indentation. A lone `$` or `%`
and the one character after it are a piece by themselves when the line ends right there (`TemplateNotInterp` in HCL's
scan_tokens.rl), so that a blank in that place survives a `${~` at the start of the next line.
"""

from __future__ import annotations

import re

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.expression_parser import DEEPEST
from iamlint.parse.terraform.shortcuts import WORDS, reference
from iamlint.source.place import Place
from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from iamlint.parse.terraform.expression_parser import ExpressionParser

_QUOTED = regex(rb'(?:[^"\\$%\n]+|\\[^\n]|\$\$\{|%%\{|\$(?!\{)|%(?!\{))+')
_LINE = regex(rb"(?:[^$%\n]+|\$\$\{|%%\{|\$(?!\{)|%(?!\{))*\n?")
_REFERENCE = regex(rb"\$\{([A-Za-z_][A-Za-z0-9_-]*+(?:\.[A-Za-z_][A-Za-z0-9_-]*+)*+)\}")
_ESCAPE = regex(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))|\$\$\{|%%\{", re.DOTALL)
_ESCAPED = regex(rb"\$\$\{|%%\{")
_SIGN_BEFORE_END = regex(rb"[$%][^{\n](?=\r?\n\Z)")
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_SPACES = " \t\n\r\v\f\x85\xa0"


class _Directive(NamedTuple):
    """`%{ word … }`; `value` holds what stands after the word."""

    word: str
    value: Any
    place: Place


def read_quoted(parser: ExpressionParser) -> list[Any]:
    """Read a quoted template with its quotes."""
    parser.position += 1
    tokens: list[Any] = []
    trim_next = False
    while True:
        start = parser.position
        match = _QUOTED.match(parser.source, start, parser.end)
        if match:
            parser.position = match.end()
            text = _unescape(parser, match.group(), start)
            _literal(tokens, text, parser, start, trim_next)
            trim_next = False
        elif parser.source.startswith(b'"', start, parser.end):
            parser.position += 1
            return tokens
        elif parser.source[start : start + 2] in (b"${", b"%{"):
            trim_next = _sequence(parser, tokens)
        else:
            raise parser.fail("the string is not closed on its line", start)


def read_heredoc(parser: ExpressionParser, marker: bytes, flush: bool, start: int) -> list[Any]:
    """Read the lines of a heredoc up to its marker."""
    closing = re.compile(rb"[ \t]*" + re.escape(marker) + rb"[ \t\r]*(?=\n|\Z)")
    opened = parser.position
    parser.position = start
    tokens: list[Any] = []
    trim_next = False
    fresh = True
    while True:
        start = parser.position
        if fresh:
            end = closing.match(parser.source, start)
            if end and end.end() <= parser.end:
                parser.position = start + parser.source[start : end.end()].rstrip().__len__()
                break
        if start >= parser.end:
            raise parser.fail(f"the heredoc `{marker.decode('utf-8', 'replace')}` is not closed", opened, opened + 2)
        if parser.source[start : start + 2] in (b"${", b"%{"):
            trim_next = _sequence(parser, tokens)
            fresh = False
            continue
        fresh = _line(parser, tokens, trim_next)
        trim_next = False
    return _flush(tokens) if flush else tokens


def parse_template(source: bytes, path: str) -> s.Node:
    """Return the template that a whole file is (`templatefile`)."""
    from iamlint.parse.terraform.expression_parser import ExpressionParser

    parser = ExpressionParser(source, path)
    tokens: list[Any] = []
    trim_next = False
    while parser.position < parser.end:
        if source[parser.position : parser.position + 2] in (b"${", b"%{"):
            trim_next = _sequence(parser, tokens)
        else:
            _line(parser, tokens, trim_next)
            trim_next = False
    parts = build(tokens, parser)
    return s.Template(parts, len(parts) == 1 and isinstance(parts[0], s.Interpolation), parser.place(0))


def _line(parser: ExpressionParser, tokens: list[Any], trim: bool) -> bool:
    """Read literal text up to the line's end; return whether it reached it."""
    start = parser.position
    match = _LINE.match(parser.source, start, parser.end)
    if match is None or match.end() == start:
        raise parser.fail("the template cannot be read")
    parser.position = match.end()
    raw = match.group()
    if b"$${" in raw or b"%%{" in raw:
        # The sign that escapes stands between two pieces, so that each is in the text as it is in the file.
        for escape in _ESCAPED.finditer(raw):
            parser.position = match.start() + escape.end() - 2
            _literal(tokens, parser.source[start : parser.position].decode("utf-8", "replace"), parser, start, trim)
            parser.position += 1
            start, trim = parser.position, False
        parser.position = match.end()
    if b"$" in raw or b"%" in raw:
        sign = _SIGN_BEFORE_END.search(raw)
        if sign is not None and sign.group()[1:].isspace():
            parser.position = match.start() + sign.end()
            _literal(tokens, parser.source[start : parser.position].decode("utf-8", "replace"), parser, start, trim)
            start, trim, parser.position = parser.position, False, match.end()
    _literal(tokens, parser.source[start : parser.position].decode("utf-8", "replace"), parser, start, trim)
    return raw.endswith(b"\n")


def _literal(tokens: list[Any], text: str, parser: ExpressionParser, start: int, trim: bool) -> None:
    escaped = len(text.encode("utf-8", "replace")) != parser.position - start
    if trim:
        kept = text.lstrip(_SPACES)
        start += len(text) - len(kept)  # blanks are one byte each, but for two that nobody writes
        text = kept
    tokens.append(s.Chunk(text, parser.place(start), escaped))


def _sequence(parser: ExpressionParser, tokens: list[Any]) -> bool:
    """Read `${…}` or `%{…}`; return whether its end trims what follows."""
    start = parser.position
    plain = _REFERENCE.match(parser.source, start, parser.end)
    if plain is not None and (names := plain[1].split(b"."))[0] not in WORDS and parser.depth < DEEPEST:
        parser.position = plain.end()
        tokens.append(s.Interpolation(reference(names, parser.path, start + 2), parser.place(start)))
        return False
    directive = parser.source[start : start + 1] == b"%"
    parser.position += 2
    if parser.source.startswith(b"~", parser.position, parser.end):
        parser.position += 1
        if tokens and isinstance(tokens[-1], s.Chunk):
            tokens[-1] = tokens[-1]._replace(text=tokens[-1].text.rstrip(_SPACES))
    outer, parser.lines = parser.lines, True
    if directive:
        word = parser.name()
        value: Any = None
        if word in ("if", "for"):
            value = parser.expression() if word == "if" else parser.for_intro()
        elif word not in ("else", "endif", "endfor"):
            raise parser.fail("expected `if`, `else`, `endif`, `for` or `endfor` in a template directive", start)
    else:
        word = ""
        value = parser.expression()
    trim = parser.take(b"~")
    parser.expect(b"}", "a template")
    parser.lines = outer
    place = parser.place(start)
    tokens.append(_Directive(word or "", value, place) if directive else s.Interpolation(value, place))
    return trim


def _unescape(parser: ExpressionParser, raw: bytes, start: int) -> str:
    text = raw.decode("utf-8", "replace")
    if "\\" not in text and "{" not in text:
        return text

    def replaced(match: re.Match[str]) -> str:
        if match.group(1) or match.group(2):
            code = int(match.group(1) or match.group(2), 16)
            return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "�"
        if match.group(3) is None:
            return match.group()[1:]
        simple = _SIMPLE.get(match.group(3))
        if simple is None:
            at = start + len(text[: match.start()].encode())
            raise parser.fail(f"`\\{match.group(3)}` is no escape sequence of HCL", at, at + 2)
        return simple

    return _ESCAPE.sub(replaced, text)


def _flush(tokens: list[Any]) -> list[Any]:
    """Take the common indentation away, as HCL does for `<<-`."""
    fewest: int | None = None
    adjust: list[int] = []
    fresh = True
    for position, token in enumerate(tokens):
        literal = isinstance(token, s.Chunk)
        if fresh:
            fresh = False
            spaces: int | None = 0
            if literal:
                kept = token.text.lstrip(_SPACES)
                if not kept and token.text.endswith("\n"):
                    spaces = None
                else:
                    spaces = len(token.text) - len(kept)
                    adjust.append(position)
            if spaces is not None:
                fewest = spaces if fewest is None else min(fewest, spaces)
        if literal and token.text.endswith("\n"):
            fresh = True
    if not fewest:
        return tokens
    flushed = list(tokens)
    for position in adjust:
        token = flushed[position]
        first, last = token.place.span
        place = token.place._replace(span=(first + fewest, last))
        flushed[position] = token._replace(text=token.text[fewest:], place=place)
    return flushed


class _Open:
    """A directive that waits for its end; `into` is the side that is being filled."""

    __slots__ = ("directive", "into", "no", "parts")

    def __init__(self, directive: _Directive) -> None:
        self.directive = directive
        self.parts: list[Any] = []
        self.no: list[Any] = []
        self.into = self.parts


def build(tokens: list[Any], parser: ExpressionParser) -> tuple[s.Part, ...]:
    """Return the parts of a template with its directives nested."""
    done: list[Any] = []
    opened: list[_Open] = []
    into = done
    for token in tokens:
        if not isinstance(token, _Directive):
            if not (isinstance(token, s.Chunk) and not token.text):
                into.append(token)
            continue
        if token.word in ("if", "for"):
            if len(opened) >= DEEPEST:
                raise s.SyntaxProblem(f"expressions are nested more than {DEEPEST} deep", token.place)
            opened.append(_Open(token))
            into = opened[-1].into
            continue
        wanted = "for" if token.word == "endfor" else "if"
        if not opened or opened[-1].directive.word != wanted:
            raise s.SyntaxProblem(f"`{token.word}` without `{wanted}` before it", token.place)
        if token.word == "else":
            if into is opened[-1].no:
                raise s.SyntaxProblem("a second `else` for one `if`", token.place)
            into = opened[-1].into = opened[-1].no
            continue
        last = opened.pop()
        place = Place(parser.path, (), "value", ((last.directive.place.span or (0, 0))[0], (token.place.span or (0, 0))[1]))
        part: Any
        if last.directive.word == "if":
            part = s.IfPart(last.directive.value, tuple(last.parts), tuple(last.no), place)
        else:
            key_name, value_name, collection = last.directive.value
            part = s.ForPart(key_name, value_name, collection, tuple(last.parts), place)
        into = opened[-1].into if opened else done
        into.append(part)
    if opened:
        raise s.SyntaxProblem(f"`{opened[-1].directive.word}` has no end in this template", opened[-1].directive.place)
    return tuple(done)

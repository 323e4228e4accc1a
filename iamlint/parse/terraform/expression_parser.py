"""HCL expressions: bytes become syntax, with the place of every token.

An expression is read when its attribute is first asked for (`blocks`), or when only reading it tells where it ends. Not
tree-sitter reads it: its grammar drops the white space of templates and cannot read the bare templates of `templatefile`.
"""

from __future__ import annotations

import re

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.located import Located, Quoted, Segment
from iamlint.parse.terraform.shortcuts import (
    CONSTANTS,
    WORDS,
    new_const,
    new_ref,
    read_items,
    read_literal_heredoc,
    read_mixed,
    read_texts,
    reference,
    step,
)
from iamlint.source.place import Place, new_place
from iamlint.source.regex import regex

DEEPEST = 100
"""How deep expressions may be nested; real ones stay under twenty."""

_BLANK = regex(rb"(?:[ \t\r]+|#[^\n]*|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_BLANK_LINES = regex(rb"(?:[ \t\r\n]+|#[^\n]*|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_BLANKS = frozenset(b" \t\r\n#/")
_PLAIN_STARTS = frozenset(b'"_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ')
_TERMS = frozenset(b'{["abcdefghijklmnopqrstuvwxyz')
_ENDS = frozenset(b",)]}")
_ENDS_OF_LINE = frozenset(b",)]}\n")
"""What begins most terms, and with what no expression goes on."""
_NAME = regex(rb"(?:[A-Za-z_]|[\xc2-\xf4][\x80-\xbf]+)(?:[A-Za-z0-9_-]|[\xc2-\xf4][\x80-\xbf]+)*")
_NUMBER = regex(rb"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_DIGITS = regex(rb"[0-9]+")
_STEP = regex(rb"\.([A-Za-z_][A-Za-z0-9_-]*+)(?![\x80-\xff])")
_OPERATOR = regex(rb"\|\||&&|==|!=|>=|<=|[><+\-*/%]")
_HEREDOC = regex(rb"<<(-?)((?:[A-Za-z_]|[\xc2-\xf4][\x80-\xbf]+)(?:[A-Za-z0-9_-]|[\xc2-\xf4][\x80-\xbf]+)*)[ \t]*\r?\n")
_PLAIN = regex(
    rb'(?:"([ !#&-\[\]-~]*+)"(?=[ \t]*+(,|\)|\]|\}|:|=(?!=)|\r?\n|\#|\Z))'
    rb"|(0|[1-9][0-9]{0,14})(?=[ \t]*+(,|\)|\]|\}|\r?\n|\#|\Z))"
    rb"|([A-Za-z_][A-Za-z0-9_-]*+)((?:\.[A-Za-z_][A-Za-z0-9_-]*+)*+)(?=[ \t]*+(,|\)|\]|\}|=(?!=)|\r?\n|\#|\Z)))"
)
"""What most expressions are: a text, number or reference, and a token after it with which no expression goes on."""
_KEY = regex(
    rb'(?:[ \t\r\n]++|(?:#|//)[^\n]*+)*+(?:([A-Za-z_][A-Za-z0-9_-]*+)|("[ !#&-\[\]-~]*+"))[ \t]*+(?:=(?![=>])|:(?!:))[ \t]*+'
)
"""A plain key of an object, with the blanks before it, the sign after it and the blanks after that."""
_OPERATORS = frozenset(b"|&=!><+-*/%")
_PRECEDENCE = {
    b"||": 1, b"&&": 2, b"==": 3, b"!=": 3, b">": 4, b"<": 4, b">=": 4, b"<=": 4,
    b"+": 5, b"-": 5, b"*": 6, b"/": 6, b"%": 6,
}  # fmt: skip
_LONGEST_NUMBER = 400


class ExpressionParser:
    """Reads expressions of one file from a position on. Raises `SyntaxProblem`; the caller turns that into a value."""

    def __init__(self, source: bytes, path: str, position: int = 0, end: int | None = None) -> None:
        self.source = source
        self.path = path
        self.position = position
        self.end = len(source) if end is None else end
        self.lines = False  # whether line ends are blank here (inside brackets)
        self.depth = 0

    # Tokens

    def place(self, start: int, end: int | None = None) -> Place:
        """Return the place of a span of this file."""
        return new_place((self.path, (), "value", (start, self.position if end is None else end), 0))

    def fail(self, message: str, start: int | None = None, end: int | None = None) -> s.SyntaxProblem:
        """Return the problem at a span (by default: the next character)."""
        first = min(self.position if start is None else start, max(self.end - 1, 0))
        return s.SyntaxProblem(message, self.place(first, end if end is not None else min(first + 1, self.end)))

    def skip(self) -> None:
        """Go past blanks and comments."""
        if self.position < self.end and self.source[self.position] not in _BLANKS:
            return
        match = (_BLANK_LINES if self.lines else _BLANK).match(self.source, self.position, self.end)
        if match:
            self.position = match.end()

    def looking_at(self, token: bytes) -> bool:
        """Return whether the next token starts like this; goes past blanks."""
        if self.source.startswith(token, self.position, self.end):
            return True
        self.skip()
        return self.source.startswith(token, self.position, self.end)

    def take(self, token: bytes) -> bool:
        """Go past the token if it comes next, and return whether it did."""
        if not self.source.startswith(token, self.position, self.end):
            self.skip()
            if not self.source.startswith(token, self.position, self.end):
                return False
        self.position += len(token)
        return True

    def ended_by(self, bracket: int) -> bool:
        """Go past a bracket if it comes next, and return whether it did; goes past blanks."""
        if self.position < self.end and self.source[self.position] in _BLANKS:
            self.skip()
        if self.position < self.end and self.source[self.position] == bracket:
            self.position += 1
            return True
        return False

    def expect(self, token: bytes, within: str) -> None:
        """Go past the token, which must come next."""
        if not self.take(token):
            raise self.fail(f"expected `{token.decode()}` in {within}")

    def name(self) -> str | None:
        """Go past a name, if one comes next."""
        self.skip()
        match = _NAME.match(self.source, self.position, self.end)
        if match is None:
            return None
        self.position = match.end()
        return match.group().decode("utf-8", "replace")

    def keyword(self, word: str) -> bool:
        """Go past a word of the grammar, if it comes next."""
        self.skip()
        match = _NAME.match(self.source, self.position, self.end)
        if match is None or match.group() != word.encode():
            return False
        self.position = match.end()
        return True

    # Expressions

    def expression(self) -> s.Node:
        """Return the expression that starts here."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail(f"expressions are nested more than {DEEPEST} deep")
        source, end, start = self.source, self.end, self.position
        first = source[start] if start < end else -1
        if first in _BLANKS:
            self.skip()
            start = self.position
            first = source[start] if start < end else -1
        if first in _PLAIN_STARTS and (plain := self._plain()) is not None:
            self.depth -= 1
            return plain
        if first in _TERMS:
            node = self._term()
            if self.position < end and source[self.position] in (_ENDS if self.lines else _ENDS_OF_LINE):
                self.depth -= 1
                return node
            node = self._binary(self._steps(node), start)
        else:
            node = self._binary(self._unary(), start)
        if self.position < end and source[self.position] == 0x3F:  # the blanks before it are skipped
            self.position += 1
            yes = self.expression()
            self.expect(b":", "a conditional expression")
            no = self.expression()
            node = s.Conditional(node, yes, no, self.place(start))
        self.depth -= 1
        return node

    def _plain(self) -> s.Node | None:
        """Return the expression that starts here, when it is of the plainest kind."""
        match = _PLAIN.match(self.source, self.position, self.end)
        if match is None:
            return None
        if self.lines and match.group(match.lastindex or 0) in (b"\n", b"\r\n", b"#"):
            return None  # inside brackets the next line may go on with it
        node = _plain_node(match, self.path)
        if node is not None:
            self.position = match.end()
        return node

    def _binary(self, node: s.Node, start: int) -> s.Node:
        """Read the operators and operands after the first operand, with a stack of what waits for its right side."""
        waiting: list[tuple[s.Node, bytes, int]] = []
        while True:
            self.skip()
            operator = b""
            if self.position < self.end and self.source[self.position] in _OPERATORS:
                match = _OPERATOR.match(self.source, self.position, self.end)
                operator = match.group() if match else b""
            if not operator and not waiting:  # most operands stand alone
                return node
            level = _PRECEDENCE.get(operator, 0)
            while waiting and _PRECEDENCE[waiting[-1][1]] >= level:
                left, before, first = waiting.pop()
                node = s.Binary(before.decode(), left, node, self.place(first, node.place.span[1]))
                start = first
            if not level:
                return node
            waiting.append((node, operator, start))
            self.position += len(operator)
            self.skip()
            start = self.position
            node = self._unary()

    def _unary(self) -> s.Node:
        self.skip()
        start = self.position
        operators: list[tuple[str, int]] = []
        while self.source[self.position : self.position + 1] in (b"-", b"!") and self.position < self.end:
            operators.append((chr(self.source[self.position]), self.position))
            self.position += 1
            self.skip()
            if len(operators) > DEEPEST:
                raise self.fail(f"expressions are nested more than {DEEPEST} deep", start)
        node = self._steps(self._term())
        for operator, start in reversed(operators):
            node = s.Unary(operator, node, self.place(start))
        return node

    def _steps(self, node: s.Node) -> s.Node:
        """Read the `.name`, `[index]` and splats after a term."""
        start: int = node.place.span[0]
        steps, end = self._step_list(full=True)
        return s.Access(node, tuple(steps), self.place(start, end)) if steps else node

    def _step_list(self, full: bool) -> tuple[list[s.Attr | s.Index | s.Splat], int]:
        steps: list[s.Attr | s.Index | s.Splat] = []
        end = self.position
        while True:
            start = self.position
            if start < self.end and self.source[start] in _BLANKS:
                self.skip()
                start = self.position
            first = self.source[start] if start < self.end else -1
            if first == 0x2E and not self.source.startswith(b"...", start, self.end):
                named = _STEP.match(self.source, start, self.end)
                if named is not None:
                    steps.append(step(named[1]))
                    self.position = end = named.end()
                    continue
                self.position += 1
                self.skip()
                if self.source.startswith(b"*", self.position, self.end):
                    if not full:
                        self.position = end
                        return steps, end
                    self.position += 1
                    inner, end = self._step_list(full=False)
                    steps.append(s.Splat(tuple(inner), self.place(start, end)))
                    continue
                digits = _DIGITS.match(self.source, self.position, self.end)
                if digits:
                    key_start = self.position
                    self.position = end = digits.end()
                    place = self.place(key_start)
                    steps.append(s.Index(s.Const(Located(int(digits.group()[:9]), place), place), place))
                    continue
                name = self.name()
                if name is None:
                    raise self.fail("expected an attribute's name after `.`")
                steps.append(s.Attr(name))
                end = self.position
            elif full and first == 0x5B:
                self.position += 1
                outer, self.lines = self.lines, True
                if self.take(b"*"):
                    self.expect(b"]", "a splat expression")
                    self.lines = outer
                    self.depth += 1
                    if self.depth > DEEPEST:
                        raise self.fail(f"expressions are nested more than {DEEPEST} deep", start)
                    inner, end = self._step_list(full=True)
                    self.depth -= 1
                    steps.append(s.Splat(tuple(inner), self.place(start, end)))
                    continue
                key = self.expression()
                self.expect(b"]", "an index")
                self.lines = outer
                steps.append(s.Index(key, self.place(start)))
                end = self.position
            else:
                self.position = end
                return steps, end

    def _term(self) -> s.Node:
        start = self.position
        first = self.source[start : start + 1] if start < self.end else b""
        if first == b'"':
            return self.quoted()
        if first == b"(":
            return self._bracketed(self._parenthesis)
        if first == b"[":
            return self._bracketed(self._tuple)
        if first == b"{":
            return self._object()
        if first == b"<":
            match = _HEREDOC.match(self.source, start, self.end)
            if match:
                return self._heredoc(match)
        number = _NUMBER.match(self.source, start, self.end) if first.isdigit() else None
        if number:
            self.position = number.end()
            place = self.place(start)
            return s.Const(Located(self._number(number.group(), start), place), place)
        name = self.name()
        if name is None:
            raise self.fail("expected an expression")
        end = self.position
        following = self.source[end : end + 1] if end < self.end else b""
        if following == b"(":
            return self._call(name, start)
        if following == b":" and self.source.startswith(b"::", end, self.end):
            while self.take(b"::"):
                name = f"{name}::{self.name() or ''}"
            end = self.position
        if following != b"." and self.looking_at(b"("):
            return self._call(name, start)
        self.position = end
        place = self.place(start, end)
        if name in CONSTANTS:
            return s.Const(Located(CONSTANTS[name], place), place)
        return s.Ref(name, place)

    def _number(self, text: bytes, start: int) -> int | float:
        from iamlint.parse.terraform.numbers import parse_number

        value = parse_number(text.decode()) if len(text) <= _LONGEST_NUMBER else None
        if value is None:
            raise self.fail("the number is too long", start, self.position)
        return value

    def _bracketed(self, read: object) -> s.Node:
        """Read something in which line ends are blank."""
        outer, self.lines = self.lines, True
        node = read()  # type: ignore[operator]
        self.lines = outer
        return node

    def _parenthesis(self) -> s.Node:
        start = self.position
        self.position += 1
        node = self.expression()
        self.expect(b")", "parentheses")
        # A name in parentheses is an expression even as an object's key.
        return s.Access(node, (), self.place(start)) if isinstance(node, s.Ref) else node._replace(place=self.place(start))

    def _tuple(self) -> s.Node:
        start = self.position
        self.position += 1
        if self.keyword("for"):
            return self._for(start, b"]")
        if self.depth < DEEPEST:
            self.position = start
            texts = read_texts(self)
            if texts is not None:
                return texts
            self.position = start + 1
        items: list[s.Node] = []
        while not self.ended_by(0x5D):
            items.append(self.expression())
            if self.ended_by(0x5D):
                break
            if not self.take(b","):
                self.expect(b"]", "a list")
        return s.TupleExpr(tuple(items), self.place(start))

    def _object(self) -> s.Node:
        start = self.position
        self.position += 1
        outer, self.lines = self.lines, True
        self.skip()
        first = self.position
        if self.source.startswith(b"for", first) and self.keyword("for"):
            if not (self.looking_at(b"=") or self.looking_at(b":")):
                node = self._for(start, b"}")
                self.lines = outer
                return node
            self.position = first
        items: list[tuple[s.Node, s.Node]] = []
        source, end, path, is_deep = self.source, self.end, self.path, self.depth >= DEEPEST
        while True:
            if not is_deep:
                read_items(self, items)
            self.lines = True
            plain = None if is_deep else _KEY.match(source, self.position, end)
            if plain is not None:
                self.position = plain.end()
                name, text = plain.groups()
                place = new_place((path, (), "value", plain.span(plain.lastindex or 0), 0))
                key: s.Node = new_const((Located((name or text[1:-1]).decode(), place), place))
            else:
                if self.take(b"}"):
                    break
                key = self._key()
                self.lines = False
                if not self.take(b"="):
                    self.expect(b":", "an object")
                self.lines = True
            self.skip()  # HCL lets the value start on the next line
            self.lines = False
            items.append((key, self.expression()))
            after = source[self.position] if self.position < end else -1
            if after == 0x2C:
                self.position += 1
                continue
            if after == 0x0A or after == 0x7D or self.take(b","):
                continue
            self.skip()
            if not (source.startswith(b"\n", self.position) or self.looking_at(b"}")):
                raise self.fail("expected a comma or the end of the line after the value of an object's attribute")
        self.lines = outer
        return s.ObjectExpr(tuple(items), self.place(start))

    def _key(self) -> s.Node:
        key = self.expression()
        if isinstance(key, s.Ref):
            return s.Const(Located(key.name, key.place), key.place)
        if isinstance(key, s.Const) and (key.located.value is None or isinstance(key.located.value, bool)):
            word = {True: "true", False: "false", None: "null"}[key.located.value]
            return s.Const(Located(word, key.place), key.place)
        return key

    def _for(self, start: int, close: bytes) -> s.Node:
        key_name, value_name, collection = self.for_intro()
        self.expect(b":", "a `for` expression")
        value = self.expression()
        key = None
        grouping = False
        if close == b"}":
            self.expect(b"=>", "a `for` expression in braces")
            key, value = value, self.expression()
            grouping = self.take(b"...")
        condition = self.expression() if self.keyword("if") else None
        self.expect(close, "a `for` expression")
        return s.ForExpr(key_name, value_name, collection, key, value, condition, grouping, self.place(start))

    def for_intro(self) -> tuple[str | None, str, s.Node]:
        """Read `k, v in collection` after the word `for`."""
        key_name = None
        value_name = self.name()
        if self.take(b","):
            key_name, value_name = value_name, self.name()
        if value_name is None or not self.keyword("in"):
            raise self.fail("expected `in` after the names of a `for`")
        return key_name, value_name, self.expression()

    def _call(self, name: str, start: int) -> s.Node:
        self.position += 1
        outer, self.lines = self.lines, True
        arguments: list[s.Node] = []
        expand = False
        while not self.ended_by(0x29):
            arguments.append(self.expression())
            if self.source.startswith(b",", self.position, self.end):
                self.position += 1
                continue
            if self.ended_by(0x29):
                break
            if self.take(b"..."):
                expand = True
                self.take(b",")
                self.expect(b")", f"the call of `{name}`")
                break
            if not self.take(b","):
                self.expect(b")", f"the call of `{name}`")
                break
        self.lines = outer
        return s.Call(name.removeprefix("core::"), tuple(arguments), expand, self.place(start))

    # Templates: the pieces are read by `template_parser`

    def quoted(self) -> s.Node:
        """Return the quoted string that starts here."""
        mixed = read_mixed(self) if self.depth < DEEPEST else None
        if mixed is not None:
            return mixed
        from iamlint.parse.terraform.template_parser import build, read_quoted

        start = self.position
        tokens = read_quoted(self)
        place = self.place(start)
        if not tokens:
            return s.Const(Located("", place), place)
        if len(tokens) == 1 and isinstance(tokens[0], s.Chunk):
            chunk = tokens[0]
            if not chunk.escaped:
                return s.Const(Quoted(chunk.text, place), place)
            return s.Const(Located(chunk.text, place, segments=(Segment(0, len(chunk.text), chunk.place, True, True),)), place)
        parts = build(tokens, self)
        return s.Template(parts, len(parts) == 1 and isinstance(parts[0], s.Interpolation), place)

    def _heredoc(self, opening: re.Match[bytes]) -> s.Node:
        literal = read_literal_heredoc(self, opening)
        if literal is not None:
            return literal
        from iamlint.parse.terraform.template_parser import build, read_heredoc

        start = self.position
        tokens = read_heredoc(self, opening.group(2), flush=bool(opening.group(1)), start=opening.end())
        return s.Template(build(tokens, self), False, self.place(start))


def _plain_node(match: re.Match[bytes], path: str) -> s.Node | None:
    text, _, digits, _, name, steps, _ = match.groups()
    span = match.span()
    if name is None:
        place = new_place((path, (), "value", span, 0))
        return new_const((Located(int(digits), place) if text is None else Quoted(text.decode(), place), place))
    if steps:
        return None if name in WORDS else reference((name + steps).split(b"."), path, span[0])
    place = new_place((path, (), "value", span, 0))
    first = name.decode()
    return new_const((Located(CONSTANTS[first], place), place)) if name in WORDS else new_ref((first, place))


def plain_expression(source: bytes, path: str, start: int) -> s.Node | None:
    """Return the expression at `start` of an attribute, when it is of the plainest kind and ends with its line."""
    match = _PLAIN.match(source, start)
    if match is None or match.group(match.lastindex or 0) not in (b"\n", b"\r\n"):
        return None
    return _plain_node(match, path)


def parse_expression(source: bytes, path: str, start: int = 0, end: int | None = None) -> s.Node:
    """Return the expression at `start`, which must go on to the end of its line (or to `end`)."""
    parser = ExpressionParser(source, path, start, end)
    node = parser.expression()
    parser.skip()
    if parser.position < parser.end and parser.source[parser.position : parser.position + 1] not in (b"\n", b"}"):
        raise parser.fail("expected the end of the line after the expression")
    return node

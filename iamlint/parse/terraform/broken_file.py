"""Files of HCL that cannot be read as a whole: block by block, and before the first mistake."""

from __future__ import annotations

import re
from itertools import pairwise

from iamlint.parse.terraform import syntax as s
from iamlint.parse.terraform.blocks import Attribute, Block, FileSyntax
from iamlint.parse.terraform.body_parser import BodyParser
from iamlint.parse.terraform.no_hcl import not_hcl
from iamlint.source.place import Place
from iamlint.source.regex import regex

_HEADER = regex(
    rb"^(?:resource|data|module|variable|locals|output|provider|terraform|moved|import|removed|check|ephemeral"
    rb"|include|dependency|dependencies|generate|remote_state|feature|exclude|errors|unit|stack|component|deployment)\b"  # stacks
    rb'(?:[ \t]+(?:"[^"\n]*"|[A-Za-z_][\w-]*))*[ \t]*\{',
    re.MULTILINE,
)
_ATTRIBUTE = regex(rb"^[A-Za-z_][\w-]*[ \t]*=(?!=)", re.MULTILINE)
_LABEL = regex(rb'"([^"\n]*)"|([A-Za-z_][\w-]*)')


def recover(source: bytes, path: str, result: FileSyntax) -> None:
    """Read a broken file block by block: one problem for each that is broken."""
    starts = [match.start() for match in _HEADER.finditer(source)]
    if not starts or source[: starts[0]].strip():
        starts.insert(0, 0)
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(source)
        try:
            attributes, blocks = BodyParser(source, path, start, end).body(0)
        except s.SyntaxProblem as problem:
            result.problems.append(not_hcl(problem, source))
            if _before_attributes(source, path, start, end, result):
                continue
            header = _HEADER.match(source, start)
            if header:
                words = [
                    found.group(found.lastindex or 0).decode("utf-8", "replace") for found in _LABEL.finditer(header.group())
                ]
                span = (start, start + len(header.group().rstrip(b"{ \t")))
                block = Block(words[0], tuple(words[1:]), Place(path, (), "value", span), source)
                block.broken = True
                result.blocks.append(block)
            continue
        _take(result, attributes, blocks)


def _before_attributes(source: bytes, path: str, start: int, end: int, result: FileSyntax) -> bool:
    """Take what a stretch holds before its first attribute that cannot be read; return whether that is anything.

    Files of variables and of Terragrunt have attributes outside of blocks.
    """
    cuts = sorted({start, end, *(match.start() for match in _ATTRIBUTE.finditer(source, start, end))})
    for number, (first, last) in enumerate(pairwise(cuts)):
        try:
            attributes, blocks = BodyParser(source, path, first, last).body(0)
        except s.SyntaxProblem:
            return number > 0
        _take(result, attributes, blocks)
    return True


def _take(result: FileSyntax, attributes: dict[str, Attribute], blocks: list[Block]) -> None:
    result.blocks.extend(blocks)
    for name, attribute in attributes.items():
        result.attributes.setdefault(name, attribute)

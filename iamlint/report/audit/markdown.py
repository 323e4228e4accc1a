"""The evidence report as Markdown."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.report.audit.blocks import Block, Heading, Sentence, blocks
from iamlint.report.markdown import text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def markdown(evidence: Mapping[str, Any]) -> str:
    """Return the report as GitHub-flavored Markdown."""
    parts = [f"# Access evidence: {text(evidence['repository'])}", *(_block(block) for block in blocks(evidence))]
    return "\n\n".join(part for part in parts if part) + "\n"


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {text(block.text)}"
    if isinstance(block, Sentence):
        return _message(block.text[:1].upper() + block.text[1:])
    if not block.rows:
        return "None."
    lines = [f"| {' | '.join(block.head)} |", "|" + "---|" * len(block.head)]
    for number, row in enumerate(block.rows):
        cells = [_cell(cell) for cell in row]
        if number in block.marked:
            cells[0] = f"⚠ {cells[0]}"
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(cell: str | list[str]) -> str:
    return "<br>".join(map(_message, cell)) if isinstance(cell, list) else _message(cell)


def _message(message: str) -> str:
    """Return a message with its own bold words kept: only this report's own sentences have any."""
    return text(message).replace("\\*\\*no owner\\*\\*", "**no owner**").replace("\\*\\*none\\*\\*", "**none**")

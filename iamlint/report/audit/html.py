"""The evidence report as one HTML file: to read, to print, to hand over."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.report.audit.blocks import TITLES, Block, Heading, Sentence, blocks
from iamlint.report.display import clean
from iamlint.report.graphml import escape
from iamlint.report.page import content_policy
from iamlint.report.web import asset

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def html(evidence: Mapping[str, Any]) -> str:
    """Return the report as one file that loads nothing and runs nothing."""
    style = asset("audit.css")
    title = escape(f"Access evidence: {evidence['repository']}")
    links = "".join(f'<li><a href="#{name}">{escape(words)}</a></li>' for name, words in TITLES.items())
    body = "\n".join(_block(block) for block in blocks(evidence))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{content_policy(style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header><h1>{title}</h1></header>
<nav aria-label="Contents"><ul>{links}</ul></nav>
<main>
{body}
</main>
</body>
</html>
"""


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        name = f' id="{block.name}"' if block.name else ""
        return f"<h{block.level}{name}>{_message(block.text)}</h{block.level}>"
    if isinstance(block, Sentence):
        return f"<p>{_message(block.text[:1].upper() + block.text[1:])}</p>"
    if not block.rows:
        return "<p>None.</p>"
    head = "".join(f'<th scope="col">{escape(words)}</th>' for words in block.head)
    rows = []
    for number, row in enumerate(block.rows):
        marked = ' class="marked"' if number in block.marked else ""
        rows.append(f"<tr{marked}>{''.join(f'<td>{_cell(cell)}</td>' for cell in row)}</tr>")
    return f'<div class="table"><table><thead><tr>{head}</tr></thead>\n<tbody>\n' + "\n".join(rows) + "\n</tbody></table></div>"


def _cell(cell: str | list[str]) -> str:
    if isinstance(cell, list):
        return f"<ol>{''.join(f'<li>{_message(line)}</li>' for line in cell)}</ol>" if cell else ""
    if len(cell) == 10 and cell[4] == cell[7] == "-":
        return f'<span class="day">{escape(cell)}</span>'
    return _message(cell)


def _message(message: str) -> str:
    """Return a message as HTML: stretches in backticks are code, everything else is text."""
    pieces = clean(message).split("`")
    if len(pieces) % 2 == 0:
        return escape(message)
    made = "".join(f"<code>{_breakable(piece)}</code>" if number % 2 else escape(piece) for number, piece in enumerate(pieces))
    return made.replace("**no owner**", "<strong>no owner</strong>").replace("**none**", "<strong>none</strong>")


def _breakable(piece: str) -> str:
    """Return code that may break after a slash or a colon, as long paths and ARNs must."""
    return escape(piece).replace("/", "/<wbr>").replace(":", ":<wbr>")

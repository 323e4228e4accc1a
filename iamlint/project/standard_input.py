"""A document from standard input: what it is called, and where it would lie."""

from __future__ import annotations

import os

from iamlint.project.discovery import git_top
from iamlint.source.regex import regex

_HCL = regex(
    r"""(?m)^[ \t]*(?:(?:terraform|locals|moved|import|removed)|(?:provider|variable|output|module)[ \t]+"[^"\n]*"|"""
    r"""(?:resource|data|ephemeral)[ \t]+"[^"\n]*"[ \t]+"[^"\n]*")[ \t]*\{"""
)
"""The head of a block at the beginning of a line, as no JSON and no YAML of ours has it."""


def name_of(data: bytes) -> str:
    """Return a file name for a document that was given none, after the format that it looks like."""
    text = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text or text[:1] in b"{[":
        return "stdin.json"
    return "stdin.tf" if _HCL.search(text.decode("utf-8", "replace")) else "stdin.yaml"


def place_of(name: str) -> tuple[str, str]:
    """Return the folder in which a file of this name lies, and the highest one whose configuration may govern it.

    That is the top of the repository around it, else the working directory where it lies below, else its folder.
    """
    folder, here = os.path.dirname(os.path.abspath(name)), os.getcwd()
    below = folder == here or folder.startswith(here.rstrip(os.sep) + os.sep)
    return folder, git_top(folder) or (here if below else folder)

"""The style and the code of the HTML pages: written by hand, and nothing from anywhere else."""

from __future__ import annotations

import os


def asset(name: str) -> str:
    """Return a file of this folder."""
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
        return file.read()

"""Regular expressions that are compiled when they are first used.

A check of one file imports modules with a hundred of them, and uses few; compiling one takes 0.05 to 4 ms.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import compile as regex
    from typing import Any
else:

    class _Pattern:
        """What `re.compile` returns, made when a method or attribute of it is first asked for."""

        def __init__(self, text: str | bytes, flags: int = 0) -> None:
            self.pattern = text
            self._flags = flags

        def __getattr__(self, name: str) -> Any:
            compiled = re.compile(self.pattern, self._flags)
            # Found here from now on, without a way through this method.
            for method in _METHODS:
                setattr(self, method, getattr(compiled, method))
            return getattr(compiled, name)

    _METHODS = ("match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer")
    regex = _Pattern

__all__ = ["regex"]

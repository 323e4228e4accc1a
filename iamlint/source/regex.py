"""Regular expressions that are compiled when they are first used.

A check of one file imports modules with a hundred of them, and uses few; compiling one takes 0.05 to 4 ms.

Python before 3.11.5 (that of Debian 12 is 3.11.2) takes possessive groups for longer than they are: what a turn that failed had
matched already counts as matched, so that `(?:ab?c)*+` matches all of `aca` (CPython issue 106052). There, patterns are
written in the way that it reads rightly; so a possessive group stands in patterns of `regex` only.
"""

from __future__ import annotations

import re
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import compile as regex
    from typing import Any, AnyStr
else:

    class _Pattern:
        """What `re.compile` returns, made when a method or attribute of it is first asked for."""

        def __init__(self, text: str | bytes, flags: int = 0) -> None:
            self.pattern = text
            self._flags = flags

        def __getattr__(self, name: str) -> Any:
            compiled = re.compile(self.pattern if _IS_SOUND else mended(self.pattern), self._flags)
            # Found here from now on, without a way through this method.
            for method in _METHODS:
                setattr(self, method, getattr(compiled, method))
            return getattr(compiled, name)

    _METHODS = ("match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer")
    regex = _Pattern

_IS_SOUND = sys.version_info >= (3, 11, 5)


def mended(pattern: AnyStr) -> AnyStr:
    """Return a pattern that matches the same, and does so before Python 3.11.5 as well.

    An alternative that never matches is tried last in each turn of a possessive group: trying one sets the position back.
    """
    if isinstance(pattern, str):
        return re.sub(_GROUP_ENDS, r"\1|(?!))", pattern)
    return re.sub(_GROUP_ENDS.encode(), rb"\1|(?!))", pattern)


_GROUP_ENDS = r"(?<!\\)((?:\\\\)*)\)(?=[*+?]\+)"
"""The bracket, and no written one, before a possessive quantifier."""

__all__ = ["mended", "regex"]

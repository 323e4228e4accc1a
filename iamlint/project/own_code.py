"""Files of code that lie in the user's repository, loaded as modules."""

from __future__ import annotations

import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def load(name: str, path: str) -> ModuleType:
    """Return a file as a module of this name. Raises whatever its code raises."""
    loader = _Uncached(name, path)
    spec = spec_from_loader(name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up there
    try:
        loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


class _Uncached(SourceFileLoader):
    """Neither reads nor writes bytecode: that would lie in the user's folder, and tells edits by second and size alone."""

    def path_stats(self, path: str) -> Mapping[str, Any]:
        """Return nothing by which bytecode could be held against its source."""
        raise OSError

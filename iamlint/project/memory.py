"""Sessions over files held in memory: the examples of rules, the fixtures of tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iamlint.project.config import FILE_NAMES, Config, parse_config
from iamlint.project.discovery import is_read
from iamlint.project.options import Options
from iamlint.project.session import Session
from iamlint.source.files import MemoryFiles

EXAMPLE_DAY = "2026-11-01"
"""The day from which ages are counted in examples, so that they stay true."""


class RootlessFiles(MemoryFiles):
    """Files in memory, with the empty root that a session expects."""

    root = ""

    def asked(self) -> Mapping[str, bytes | None]:
        """Return nothing: what is held in memory is never remembered."""
        return {}

    def folders(self) -> Iterable[str]:
        """Return nothing, for the same reason."""
        return ()


def memory_session(files: Mapping[str, str | bytes], options: Options | None = None) -> Session:
    """Return a session over these files; an `iamlint.yaml` among them configures it. Raises `ConfigError`."""
    held = RootlessFiles(files)
    config = Config()
    for name in FILE_NAMES:
        data = held.read(name)
        if data is not None:
            config = parse_config(data, name)
    paths = [path for path in held.paths() if is_read(path) and path not in FILE_NAMES]
    options = options or Options(as_of=EXAMPLE_DAY, jobs=1, cache=False)
    return Session(options, config, held, paths, [])

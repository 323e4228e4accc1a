"""What runs keep for later ones, entry by entry, in one folder: written whole or not at all, and read whole or not at all."""

from __future__ import annotations

import marshal
import os
from time import time, time_ns
from zlib import crc32

from iamlint.project.cache_folder import cache_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, TypeAlias

    Piece: TypeAlias = bytes | memoryview

_A_DAY = 86_400.0


def new_id() -> str:
    """Return a text that no other entry has."""
    return f"{time_ns():x}-{os.getpid():x}"


def name_of(question: bytes, ending: str) -> str:
    """Return the name of an entry. The question stands in the entry too, so two of one name only push each other out."""
    return f"{crc32(question):08x}{crc32(question[::-1]):08x}.{ending}"


def load(name: str) -> Any:
    """Return what an entry holds, or None: one that is not there or not whole is no entry.

    Its time says when it was last asked for, to the day: what nobody asks for is removed (`cache_pruning.py`).
    """
    held = load_with_text(name)
    return None if held is None else held[0]


def load_with_text(name: str) -> tuple[Any, memoryview] | None:
    """Return what an entry holds, and the text stored with it: a text of megabytes is read once, and copied nowhere."""
    path = os.path.join(cache_folder(), name)
    try:
        with open(path, "rb", buffering=0) as file:
            data = memoryview(file.readall())
            if time() - os.fstat(file.fileno()).st_mtime > _A_DAY:
                os.utime(path)
        if int.from_bytes(data[:4], "little") == crc32(data[4:]):
            text = 12 + int.from_bytes(data[4:12], "little")
            held = marshal.loads(data[12:text])  # noqa: S302  our own, as the interpreter's bytecode is
            return (held, data[text:]) if isinstance(held, (tuple, list)) else None  # another version's entry is none
    except (OSError, ValueError, EOFError, TypeError):
        pass
    return None


def store(name: str, value: Any, text: Iterable[Piece] = ()) -> bool:
    """Write an entry whole or not at all, with a text in pieces. A cache that cannot be written is no cache, and no error."""
    data = marshal.dumps(value)
    pieces = [len(data).to_bytes(8, "little"), data, *text]
    check = 0
    for piece in pieces:
        check = crc32(piece, check)
    folder = cache_folder()
    path = os.path.join(folder, name)
    temporary = f"{path}.{os.getpid()}"
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        with open(temporary, "wb") as file:
            file.write(check.to_bytes(4, "little"))
            file.writelines(pieces)
        os.replace(temporary, path)
    except OSError:
        return False
    return True

"""Digests of a few short texts, without loading OpenSSL as `hashlib` does: that costs a sixth of an interpreter's start."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        from _sha2 import sha256
    except ImportError:
        try:
            from _sha256 import sha256  # before Python 3.12
        except ImportError:  # an interpreter that was built without it, or not CPython
            from hashlib import sha256


def digest(algorithm: str, content: bytes) -> bytes:
    """Return a digest by an algorithm that `hashlib` names: MD5 or of the SHA family."""
    from importlib import import_module

    for home in (f"_{algorithm}", "_sha2"):  # since Python 3.12 the larger ones of SHA share a module
        try:
            made: bytes = getattr(import_module(home), algorithm)(content).digest()
        except (ImportError, AttributeError):
            continue
        return made
    from hashlib import new

    return new(algorithm, content, usedforsecurity=False).digest()


__all__ = ["digest", "sha256"]

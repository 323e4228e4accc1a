"""SHA-256 for a few short texts, without loading OpenSSL as `hashlib` does: that costs a sixth of an interpreter's start."""

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

__all__ = ["sha256"]

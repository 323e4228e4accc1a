"""The digest is that of `hashlib`."""

from __future__ import annotations

import hashlib

import pytest

from iamlint.source.digest import sha256


@pytest.mark.parametrize("data", [b"", b"abc", "zwölf\0".encode() * 1000])
def test_it_gives_what_hashlib_gives(data):
    made = sha256(data)
    made.update(b"more")
    assert (sha256(data).hexdigest(), made.digest()) == (
        hashlib.sha256(data).hexdigest(),
        hashlib.sha256(data + b"more").digest(),
    )

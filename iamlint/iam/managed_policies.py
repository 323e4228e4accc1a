"""The policies that AWS itself keeps (`arn:aws:iam::aws:policy/…`), by content, as of a date.

The file beside this module is built by scripts/build_managed_policies.py. It holds a dictionary that all documents share,
an index, and each document compressed by itself: looking one up reads the index and that one document.
"""

from __future__ import annotations

import os
from functools import cache, lru_cache
from struct import Struct

from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAGIC = b"iamlint managed policies 1\n"
HEADER = Struct("<III")
"""The sizes of what comes next: what the file says of itself (JSON), the dictionary, the index."""

_PREFIX = ":iam::aws:policy/"


class _Catalogue(NamedTuple):
    about: dict[str, Any]
    dictionary: bytes
    listing: bytes  # `\npath\toffset` for each policy, sorted, then the end
    start: int  # where the first document begins


def document(arn: str) -> dict[str, Any] | None:
    """Return the document of an AWS managed policy, None when the catalogue has no such policy. It is shared: do not change it.

    Partitions other than `aws` have the same policies for the most part, yet with other texts: they are not in the catalogue.
    """
    partition, found, path = arn.partition(_PREFIX)
    return _document(path) if found and partition == "arn:aws" else None


def date() -> str:
    """Return the day on which the newest text of the catalogue was written."""
    return str(_catalogue().about["date"])


def source() -> str:
    """Return where the texts come from: `moto 5.2.5`."""
    about = _catalogue().about
    return f"{about['source']} {about['version']}"


def arns() -> list[str]:
    """Return the ARNs of the catalogue, sorted."""
    lines = _catalogue().listing.decode().split("\n")
    return [f"arn:aws:iam::aws:policy/{path}" for path in (line.partition("\t")[0] for line in lines) if path]


def arn_of(name: str) -> str | None:
    """Return the ARN of the policy of this name, whatever its path; None when the catalogue has none."""
    listing = _catalogue().listing
    for start in (b"\n", b"/"):
        at = listing.find(start + name.encode() + b"\t")
        if name and at >= 0 and "/" not in name:
            path = listing[listing.rfind(b"\n", 0, at + 1) + 1 : listing.index(b"\t", at)]
            return f"arn:aws:iam::aws:policy/{path.decode()}"
    return None


def compressor(dictionary: bytes) -> Any:
    """Return what compresses one document."""
    import zlib

    return zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=dictionary)


@lru_cache(maxsize=2048)
def _document(path: str) -> dict[str, Any] | None:
    import json
    import zlib

    found = _catalogue()
    at = found.listing.find(f"\n{path}\t".encode())
    if at < 0 or not path:
        return None
    line, following = found.listing[at + 1 :].split(b"\n", 2)[:2]
    start, end = (int(entry.rpartition(b"\t")[2]) for entry in (line, following))
    with open(_FILE, "rb") as file:
        file.seek(found.start + start)
        data = file.read(end - start)
    value: dict[str, Any] = json.loads(zlib.decompressobj(-15, zdict=found.dictionary).decompress(data))
    return value


@cache
def _catalogue() -> _Catalogue:
    import json
    import zlib

    with open(_FILE, "rb") as file:
        sizes = HEADER.unpack(file.read(len(MAGIC) + HEADER.size)[len(MAGIC) :])
        about, dictionary, index = (file.read(size) for size in sizes)
        return _Catalogue(json.loads(about), zlib.decompress(dictionary), zlib.decompress(index), file.tell())


_FILE = os.path.join(os.path.dirname(__file__), "managed_policies.bin")

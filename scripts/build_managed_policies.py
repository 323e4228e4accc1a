#!/usr/bin/env python3
"""Build iamlint/iam/managed_policies.bin from the AWS managed policies that the PyPI package moto carries as data.

Usage: python scripts/build_managed_policies.py

Each document is compressed by itself, over a dictionary of words that many documents share, so that one is read without the
others. Layout: `iamlint/iam/managed_policies.py`.
"""

from __future__ import annotations

import json
import sys
import zlib
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from iamlint.iam.managed_policies import HEADER, MAGIC, compressor

TARGET = Path(__file__).resolve().parent.parent / "iamlint" / "iam" / "managed_policies.bin"
DICTIONARY_BYTES = 32_000


def main() -> None:
    """Write the file."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    policies: dict[str, Any] = json.loads(aws_managed_policies_data)
    texts = {
        f"{policy['Path']}{name}"[1:]: json.dumps(policy["Document"], separators=(",", ":"), ensure_ascii=False).encode()
        for name, policy in policies.items()
    }
    newest = max(policy.get("UpdateDate") or policy["CreateDate"] for policy in policies.values())[:10]
    dictionary = _dictionary(texts)
    names: list[str] = []
    offsets: list[int] = []
    body = bytearray()
    for name in sorted(texts):
        deflate = compressor(dictionary)
        names.append(name)
        offsets.append(len(body))
        body += deflate.compress(texts[name]) + deflate.flush()
    index = "\n".join(f"{name}\t{offset}" for name, offset in zip(names, offsets, strict=True))
    head = zlib.compress(f"\n{index}\n\t{len(body)}\n".encode(), 9)
    about = json.dumps({"source": "moto", "version": version("moto"), "date": newest, "policies": len(names)}).encode()
    packed = zlib.compress(dictionary, 9)
    TARGET.write_bytes(MAGIC + HEADER.pack(len(about), len(packed), len(head)) + about + packed + head + bytes(body))
    print(f"{TARGET.name}: {len(names)} policies as of {newest} (moto {version('moto')}), {TARGET.stat().st_size:,} bytes")


def _dictionary(texts: dict[str, bytes]) -> bytes:
    """Return the words that stand in most documents, the most frequent last: deflate reaches them with the least bits."""
    counts: Counter[bytes] = Counter()
    for text in texts.values():
        counts.update(set(text.split(b",")))
    useful = [(count * len(word), word) for word, count in counts.items() if count > 2]
    chosen: list[bytes] = []
    size = 0
    for _, word in sorted(useful, reverse=True):
        if size + len(word) + 1 > DICTIONARY_BYTES:
            break
        chosen.append(word)
        size += len(word) + 1
    return b",".join(reversed(chosen))


if __name__ == "__main__":
    main()

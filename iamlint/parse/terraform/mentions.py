"""Which groups of a root module something refers to that is not read: an output, a local value, a role of another system.

It makes no edge, so a group of which nothing is known but its members may be in use all the same.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Iterator

from iamlint.model.estate import Facts
from iamlint.model.identity import Group
from iamlint.parse.terraform.folder_syntax import is_module_file
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources import reader_of
from iamlint.source.files import Files
from iamlint.source.regex import regex

_BLOCK = regex(rb'^(\w+)(?:[ \t]+"?([\w-]+)"?)?(?:[ \t]+"?[\w-]+"?)?[ \t]*\{', re.MULTILINE)
_MOVES = (b"moved", b"import", b"removed")


def mark_mentioned(facts: Facts, instances: Iterable[Instance], files: Files) -> None:
    """Put into the groups of a root module whether something in their module refers to them that is not read."""
    places = {item.place for item in facts.items if isinstance(item, Group)}
    named = {instance.place: instance for instance in instances if instance.place in places}
    types = b"|".join(sorted({instance.type.encode() for instance in named.values()}))
    pattern = re.compile(rb"(?<![\w.-])((?:data\.)?(?:%s)\.[\w-]+)" % types)
    mentions: dict[str, set[bytes]] = {}
    mentioned = set()
    for place, instance in named.items():
        folder = place.path.rpartition("/")[0]
        if folder not in mentions:
            paths = filter(is_module_file, files.under(folder))
            mentions[folder] = {name for path in paths for name in _mentions(files.read(path) or b"", pattern)}
        if f"{'data.' if instance.mode == 'data' else ''}{instance.type}.{instance.name}".encode() in mentions[folder]:
            mentioned.add(place)
    if mentioned:
        facts.items[:] = [
            item._replace(mentioned=True) if isinstance(item, Group) and item.place in mentioned else item for item in facts.items
        ]


def _mentions(text: bytes, pattern: re.Pattern[bytes]) -> Iterator[bytes]:
    """Yield what is referred to in a file, outside of comments and of blocks that are read."""
    blocks = list(_BLOCK.finditer(text))
    starts = [block.start() for block in blocks]
    for found in pattern.finditer(text):
        line = text[text.rfind(b"\n", 0, found.start()) + 1 : found.start()].lstrip()
        at = bisect(starts, found.start()) - 1
        kind, type_ = (blocks[at][1], blocks[at][2] or b"") if at >= 0 else (b"", b"")
        if not (kind in _MOVES or _is_read(kind, type_.decode()) or line.startswith((b"#", b"//"))):
            yield found[1]


def _is_read(kind: bytes, type_: str) -> bool:
    """Return whether all that a block says of groups is in the model."""
    if kind not in (b"resource", b"data") or type_.startswith("azuread_directory_role"):  # roles over groups are
        return False
    reader = reader_of("managed" if kind == b"resource" else "data", type_)
    return reader is not None and not reader.__module__.endswith(".other_systems")

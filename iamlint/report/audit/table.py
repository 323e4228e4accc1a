"""The evidence as one long CSV table: one row a fact, filtered by its section."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

COLUMNS = (
    "section",
    "controls",
    "subject",
    "who",
    "what",
    "state",
    "reason",
    "since",
    "until",
    "certainty",
    "file",
    "line",
)
"""Every section fills the same columns; what it has no word for stays empty."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def table(evidence: Mapping[str, Any]) -> str:
    """Return the table, with CRLF at the ends of lines (RFC 4180) and no cell that a spreadsheet takes for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    controls = {
        section: " ".join(control["id"] for control in evidence["controls"] if section in control["sections"])
        for section in ("access", "administrators", "owners", "people", "credentials", "exceptions", "findings")
    }
    head = {
        "section": "report",
        "subject": evidence["repository"],
        "what": evidence["tool"],
        "state": evidence["revision"] or "",
        "since": evidence["as_of"],
    }
    for row in (head, *_rows(evidence)):
        row = {"controls": controls.get(row["section"], ""), **row}
        writer.writerow([safe("" if row.get(name) is None else str(row.get(name, ""))) for name in COLUMNS])
    return out.getvalue()


def safe(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: one that looks like it begins with an apostrophe."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _rows(evidence: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for project in evidence["access"]:
        for row in project["access"]:
            common = {
                "section": "access",
                "subject": project["id"],
                "what": " ".join(row["capabilities"]),
                "certainty": row["certainty"],
                "reason": _path(row),
                "file": _last(row, "file"),
                "line": _last(row, "line"),
            }
            if row["people"]:
                for person in row["people"]:
                    yield {**common, "who": person["id"], "state": f"in {row['who']}"}
            else:
                yield {**common, "who": row["who"], "state": "nobody is named" if row["kind"] == "group" else ""}
    for row in evidence["administrators"]:
        yield {
            "section": "administrators",
            "subject": row["scope"],
            "who": row["who"],
            "what": row["of"],
            "reason": row["reason"],
            "state": " ".join(row["reached_by"]),
            "certainty": row["certainty"],
            "file": row["file"],
            "line": row["line"],
        }
    for row in evidence["owners"]:
        yield {
            "section": "owners",
            "subject": row["node"],
            "who": row["owner"],
            "state": "" if row["owner"] else "no owner",
            "reason": row["found_by"],
            "file": row["file"],
            "line": row["line"],
        }
    for row in evidence["people"]:
        yield {
            "section": "people",
            "subject": row["id"],
            "state": row["status"],
            "who": " ".join(row["groups"]),
            "what": " ".join([*row["projects"], *row["roles"]]),
        }
    for row in evidence["credentials"]:
        yield {
            "section": "credentials",
            "subject": row["name"],
            "who": " ".join(row["held_by"]),
            "what": " ".join(row["opens"]),
            "state": row["state"],
            "since": row["last_rotated"] or row["created"],
            "until": row["expires"],
            "reason": row["kind"],
            "file": row["file"],
            "line": row["line"],
        }
    for row in evidence["exceptions"]:
        yield {
            "section": "exceptions",
            "subject": row["about"],
            "what": row["kind"],
            "reason": row["reason"],
            "until": row["until"],
            "state": "ended" if row["ended"] else "no end" if not row["until"] else "open",
            "file": row["file"],
            "line": row["line"],
        }
    for row in evidence["findings"]["by_rule"]:
        yield {
            "section": "findings",
            "subject": row["rule"],
            "what": row["name"],
            "state": row["severity"],
            "reason": row["count"],
        }
    for row in evidence["assumed"]:
        yield {"section": "assumed", "subject": row["layer"], "what": row["edges"]}
    for row in evidence["unknown"]:
        yield {"section": "unknown", "subject": row["reason"], "file": row["file"], "line": row["line"]}


def _path(row: Mapping[str, Any]) -> str:
    return "; ".join(f"{edge['from']} {edge['reason']} -> {edge['to']} ({edge['file']}:{edge['line']})" for edge in row["path"])


def _last(row: Mapping[str, Any], name: str) -> Any:
    return row["path"][-1][name] if row["path"] else None

#!/usr/bin/env python3
"""Count, for checked-out repositories, the IAM statements in Terraform whose actions and resources are understood.

usage: terraform_coverage.py [--reasons N] FOLDER…
A statement counts as known when every action is known and every resource has a shape: a text, or a text of which parts
are unknown (`arn:aws:s3:::logs-⟨var.env⟩/*`). A policy of which nothing is known counts as one statement.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from typing import Any

from iamlint.model.policy import Policy
from iamlint.parse.units import parse_unit
from iamlint.project.contexts import Contexts
from iamlint.project.options import Options
from iamlint.project.session import open_session
from iamlint.source.value import Text, Unknown, unknowns


def statements(policy: Policy) -> list[Any]:
    """Return the statements of a policy; what is unknown as a whole counts as one."""
    document = policy.document
    if not isinstance(document, dict):
        return [document]
    found = document.get("Statement", [])
    return found if isinstance(found, list) else [found]


def why_not(statement: Any) -> Unknown | None:
    """Return what keeps a statement from being known, None when it is known."""
    if not isinstance(statement, dict):
        return next(iter(unknowns(statement)), Unknown("the statement is no object"))
    for name in ("Action", "NotAction"):
        for unknown in unknowns(statement.get(name)):
            return unknown
    for name in ("Resource", "NotResource"):
        value = statement.get(name)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Unknown):
                return item
            if not isinstance(item, (str, Text, type(None))):
                return Unknown("the resource is no text")
    return None


def main(arguments: list[str]) -> int:
    """Print a line for each folder, and the most frequent reasons."""
    most = 0
    if arguments[:1] == ["--reasons"]:
        most = int(arguments[1])
        arguments = arguments[2:]
    total_known = total = 0
    for folder in arguments:
        session = open_session(Options(paths=(os.path.abspath(folder),), cache=False))
        contexts = Contexts(session.config, session.root)
        known = count = resolved = unresolved = 0
        reasons: Counter[str] = Counter()
        for unit in session.units:
            if unit.kind != "terraform":
                continue
            facts = parse_unit(unit, session.files, contexts.of(unit.path))
            resolved += facts.resolved
            unresolved += len(facts.unresolved)
            for policy in facts.items:
                if not isinstance(policy, Policy):
                    continue
                for statement in statements(policy):
                    count += 1
                    reason = why_not(statement)
                    known += reason is None
                    if reason is not None:
                        where = reason.place or policy.origin.at()
                        reasons[f"{reason.reason}  ({where.path})"] += 1
        total_known, total = total_known + known, total + count
        share = 100 * known / count if count else 100.0
        print(
            f"{folder}: {known} of {count} statements known ({share:.1f} %); {resolved} resolved, {unresolved} lines unresolved"
        )
        for reason, times in reasons.most_common(most):
            print(f"  {times:5} {reason}")
    print(f"all: {total_known} of {total} ({100 * total_known / total if total else 100:.1f} %)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Who reaches what, for people: the members of a large group are counted, whoever has it by another way is shown."""

from __future__ import annotations

import pytest

from iamlint.graph.link import build_graph
from iamlint.lint.assemble import Spans
from iamlint.project.memory import memory_session
from iamlint.report.answers import Answers
from iamlint.report.reached import reached_text


def who_reads(people: int) -> str:
    """Return who may read a project: a group of so many people, one of whom is bound to it, and a group of one."""
    files = {
        "i.access.yaml": "apiVersion: iamlint/v1\nkind: Identities\nprovider: okta\nusers:\n"
        + "".join(f"  - {{email: u{number:02}@acme.example, status: active, groups: [eng]}}\n" for number in range(people))
        + "  - {email: zoe@acme.example, status: active, groups: [eng]}\n"
        + "  - {email: kim@acme.example, status: active, groups: [ops]}\n",
        "t.access.yaml": "apiVersion: iamlint/v1\nkind: Telemetry\nvendor: lightstep\nprojects: [{name: p}]\nmappings:\n"
        "  - {attribute: member_of, value: eng, project_roles: {p: Project Viewer}}\n"
        "  - {attribute: member_of, value: ops, project_roles: {p: Project Viewer}}\n"
        "bindings: [{role: Project Viewer, project: p, users: [zoe@acme.example]}]\n",
    }
    session = memory_session(files)
    found = build_graph(session.estate).who_can("telemetry:read", "project:lightstep/p")
    return reached_text(found, Answers(Spans(session.files.read), lambda path: path), none="nobody")


ENG = """\
group:okta/eng  telemetry:read  (assumed)
  group:okta/eng → project:lightstep/p: is mapped to `Project Viewer` by `member_of` = `eng`  (t.access.yaml:6)
      not in the repository, taken as open: application release
"""
OPS = """\
group:okta/ops  telemetry:read  (assumed)
  group:okta/ops → project:lightstep/p: is mapped to `Project Viewer` by `member_of` = `ops`  (t.access.yaml:7)
      not in the repository, taken as open: application release
user:kim@acme.example  telemetry:read  (assumed)
  user:kim@acme.example → group:okta/ops: is a member of `ops`  (i.access.yaml:{line})
  group:okta/ops → project:lightstep/p: is mapped to `Project Viewer` by `member_of` = `ops`  (t.access.yaml:7)
      not in the repository, taken as open: application release
"""
ZOE = """\
user:zoe@acme.example  telemetry:read
  user:zoe@acme.example → project:lightstep/p: is bound to `Project Viewer` by hand  (t.access.yaml:8)
"""


def test_the_members_of_a_large_group_are_counted() -> None:
    named = ", ".join(f"user:u{number:02}@acme.example" for number in range(12))
    counted = f"  21 people by being members of it: {named} and 9 more\n      `--format json` lists each of them with the path\n"
    assert who_reads(21) == ENG + counted + OPS.format(line=27) + ZOE


@pytest.mark.parametrize("people", [1, 20])
def test_those_of_a_small_one_are_listed(people: int) -> None:
    text = who_reads(people)
    assert text.count("user:u") == 2 * people
    assert "people by being" not in text
    assert text.startswith(ENG)
    assert text.endswith(ZOE)

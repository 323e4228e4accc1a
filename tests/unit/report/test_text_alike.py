"""Of very many findings that one rule has at one place, reports for people show a few and count the rest; JSON has every one."""

from __future__ import annotations

from pathlib import Path

import pytest
from repositories import Repository

TEAMS = """\
apiVersion: iamlint/v1
kind: Telemetry
vendor: lightstep
projects: [{name: pay, owner: payments}]
mappings:
  - {attribute: member_of, value: readers, project_roles: {pay: Project Viewer}}
---
apiVersion: iamlint/v1
kind: Teams
teams: [{name: search, groups: [search], projects: []}, {name: payments, groups: [payments], projects: [pay]}]
---
apiVersion: iamlint/v1
kind: Identities
provider: okta
groups: [{name: search}, {name: payments}, {name: readers}]
users:
"""
AT = "t.access.yaml:6:65:"


@pytest.mark.parametrize(("people", "shown"), [(20, 20), (21, 3), (300, 3)])
def test_many_findings_at_one_place(
    people: int, shown: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    repository = Repository(tmp_path / "repository", monkeypatch, capsys)
    names = [f"u{number:03}" for number in range(people)]
    users = "".join(f"  - {{email: {name}@acme.example, status: active, groups: [search, readers]}}\n" for name in names)
    repository.write({"t.access.yaml": TEAMS + users})
    command = ("check", "--select", "TEAM101", "--no-cache")
    message = "error[TEAM101] cross-team-reach: `user:{}@acme.example` of `search` reaches `project:lightstep/pay` of `payments`"
    heads = [f"{AT} {message.format(name)}" for name in names]

    def lines(*words: str) -> list[str]:
        code, out, err = repository.run(*command, *words, "--format", "text")
        assert (code, err) == (1, "")
        return [line for line in out.splitlines() if line.startswith((AT, "found"))]

    more = [f"{AT} and {people - shown} more of TEAM101 at this place: `-v` shows them, `-q` lists them"]
    found = f"found {people} errors, 0 warnings, 0 notes in 1 file, 1 unit"
    assert lines() == heads[:shown] + (more if people > shown else []) + [found]
    assert lines("-v") == [*heads, found]
    assert lines("-q") == heads
    for form, head in (("github", "::error "), ("markdown", "| error |"), ("markdown", "### TEAM101")):
        code, out, err = repository.run(*command, "--format", form)
        told_of = [line for line in out.splitlines() if line.startswith(head)]
        rest = [line for line in out.splitlines() if f"and {people - shown} more" in line]
        assert (code, err, len(rest)) == (1, "", 1 if people > shown else 0)
        assert len(told_of) == shown + (1 if rest and head == "| error |" else 0)
    told = repository.json(*command)
    assert [one["message"] for one in told["diagnostics"]] == [head.partition("reach: ")[2] for head in heads]
    assert told["summary"]["error"] == people


def test_whoever_joins_many_is_told_and_whoever_leaves_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    repository = Repository(tmp_path / "repository", monkeypatch, capsys)

    def write(*names: str) -> None:
        users = "".join(f"  - {{email: {name}@acme.example, status: active, groups: [search, readers]}}\n" for name in names)
        repository.write({"t.access.yaml": TEAMS + users})

    def said() -> list[str]:
        told = repository.json("check", "--select", "TEAM101", "--no-cache", "--baseline", "known.json")
        return [
            one["message"].split("`")[1] for one in told["diagnostics"] if one["rule"] == "TEAM101" and not one.get("suppressed")
        ]

    many = [f"u{number:03}" for number in range(30)]
    write(*many)
    assert repository.run("baseline", "--select", "TEAM101", "--output", "known.json")[0] == 0
    assert said() == []
    write(*many[1:], "newcomer")
    assert said() == ["user:newcomer@acme.example"]

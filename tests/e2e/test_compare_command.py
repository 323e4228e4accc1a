"""`iamlint compare` as its users run it; what it shows is fed back to `iamlint simulate`."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from iamlint.cli.main import main

A = "arn:aws:s3:::a/"


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: Any, resource: Any = "*", **rest: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **rest}


def run(arguments: list[str], capsys: pytest.CaptureFixture[str], lines: list[Any] | None = None) -> tuple[int, str]:
    given = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines or ())
    kept, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(given.encode()))
    try:
        code = main(arguments)
    finally:
        sys.stdin = kept
    return code, capsys.readouterr().out


def batch(command: str, lines: list[Any], capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, list[dict[str, Any]]]:
    code, out = run([command, "--batch", *more], capsys, lines)
    return code, [json.loads(line) for line in out.splitlines()]


PAIRS: list[tuple[str, dict[str, Any], dict[str, Any], bool, bool]] = [
    ("a wider action", document(allow("s3:Get*")), document(allow("s3:*")), True, False),
    ("a narrower resource", document(allow("s3:*", A + "*")), document(allow("s3:*", A + "x*")), False, True),
    (
        "a new condition",
        document(allow("s3:*")),
        document(allow("s3:*", Condition={"StringEquals": {"aws:SourceVpce": ["v", "w"]}})),
        False,
        True,
    ),
    (
        "many keys that only together cover",
        document(allow("ec2:RunInstances")),
        document(
            *(allow("ec2:RunInstances", Condition={"StringEquals": {f"aws:RequestTag/k{n}": "v"}}) for n in range(8)),
            allow("ec2:RunInstances", Condition={"StringNotEquals": {f"aws:RequestTag/k{n}": "v" for n in range(8)}}),
        ),
        False,
        False,
    ),
    (
        "a bucket that everybody reads",
        document(allow("s3:GetObject", Principal={"AWS": "111111111111"})),
        document(allow("s3:GetObject", Principal="*")),
        True,
        False,
    ),
]


@pytest.mark.parametrize(("old", "new", "added", "removed"), [pair[1:] for pair in PAIRS], ids=[pair[0] for pair in PAIRS])
def test_simulate_confirms_what_compare_shows(
    old: dict[str, Any], new: dict[str, Any], added: bool, removed: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """C2: every reported difference carries a concrete witness request, which `evaluate` confirms."""
    code, (answer,) = batch("compare", [{"id": 7, "old": old, "new": new}], capsys)
    assert code == 0
    assert list(answer) == ["id", "added", "removed", "added_witness", "removed_witness", "reason"]
    assert (answer["id"], answer["added"], answer["removed"], answer["reason"]) == (7, added, removed, None)
    for side, more, less in (("added_witness", new, old), ("removed_witness", old, new)):
        request = answer[side]
        if request is None:
            continue
        layer = "resource" if "Principal" in new["Statement"][0] else "identity"
        lines = [
            {"id": 1, "request": request, "policies": {layer: one if layer == "resource" else [one]}} for one in (more, less)
        ]
        decisions = [answer["decision"] for answer in batch("simulate", lines, capsys)[1]]
        assert decisions[0] == "allow", request
        assert decisions[1] in ("implicit_deny", "explicit_deny"), request


def test_a_line_that_cannot_be_read_is_answered_on_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    same = document(allow("s3:*"))
    lines: list[Any] = [
        {"id": "a", "old": same, "new": same}, "{", {"id": "b", "old": 5, "new": same}, {"id": "c", "new": same},
        {"id": "d", "old": {"Version": "2012-10-17"}, "new": same}, {"id": "e", "old": same, "new": same},
    ]  # fmt: skip
    code, answers = batch("compare", lines, capsys)
    assert code == 3
    assert [answer["id"] for answer in answers] == ["a", None, "b", "c", "d", "e"]
    assert ["error" in answer for answer in answers] == [False, True, True, True, True, False]
    assert answers[2]["error"] == "`old` must be a policy document"


def test_an_unknown_answer_is_null_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    old = document(allow("sts:AssumeRole", "arn:aws:iam::111111111111:role/a"))
    new = document(allow("sts:AssumeRole", "arn:aws:iam::111111111111:role/*"))
    _, (answer,) = batch("compare", [{"id": 1, "old": old, "new": new}], capsys)
    assert (answer["added"], answer["added_witness"], answer["removed"]) == (None, None, False)
    assert "trust policy" in answer["reason"]


def test_files_and_folders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for side, text in (("old", document(allow("s3:Get*"))), ("new", document(allow("s3:*")))):
        (tmp_path / side).mkdir()
        (tmp_path / side / "app.json").write_text(json.dumps(text))
        (tmp_path / side / "notes.yaml").write_text("just: text\n")
    (tmp_path / "new" / "more.yaml").write_text(
        "Version: '2012-10-17'\nStatement: [{Effect: Allow, Action: 'ec2:*', Resource: '*'}]\n"
    )
    old, new = str(tmp_path / "old"), str(tmp_path / "new")
    code, out = run(["compare", f"{old}/app.json", f"{new}/app.json"], capsys)
    assert code == 0
    assert out.startswith("added: yes\n  for example s3:")
    assert out.endswith("removed: nothing\n")
    assert run(["compare", f"{old}/app.json", f"{new}/app.json", "--fail-on", "removed"], capsys)[0] == 0
    assert run(["compare", f"{old}/app.json", f"{new}/app.json", "--fail-on", "added"], capsys)[0] == 1
    code, out = run(["compare", old, new, "--format", "json"], capsys)
    found = json.loads(out)["policies"]
    assert [(one["file"], one["added"], one["removed"]) for one in found] == [
        ("app.json", True, False),
        ("more.yaml", True, False),
    ]
    assert run(["compare", old, f"{new}/app.json"], capsys)[0] == 2


def test_whole_policy_sets(capsys: pytest.CaptureFixture[str]) -> None:
    everything = document(allow("*"))
    old = {"identity": [everything], "boundary": [document(allow("s3:*"))]}
    new = {"identity": [everything], "boundary": [document(allow(["s3:*", "ec2:*"]))]}
    _, (answer,) = batch("compare", [{"id": 1, "old": old, "new": new}], capsys)
    assert (answer["added"], answer["removed"]) == (True, False)
    assert answer["added_witness"]["action"].startswith("ec2:")


@pytest.mark.parametrize("kind", ["identity", "resource", "trust", "boundary", "scp", "rcp", "session", "endpoint"])
def test_every_type_of_policy(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    principal = {"Principal": "*"} if kind in ("resource", "trust", "rcp", "endpoint") else {}
    action = "sts:AssumeRole" if kind == "trust" else "s3:GetObject"
    effect = "Deny" if kind == "rcp" else "Allow"
    old = document(
        {
            "Effect": effect,
            "Action": action,
            "Resource": A + "*",
            **principal,
            **({} if kind != "trust" else {"Principal": {"AWS": "111111111111"}}),
        }
    )
    new = document({"Effect": effect, "Action": "*" if kind != "trust" else action, "Resource": "*", **principal})
    _, (answer,) = batch("compare", [{"id": 1, "old": old, "new": new}], capsys, "--type", kind)
    assert (answer["added"], answer["removed"]) == ((False, True) if kind == "rcp" else (True, False)), answer


HOSTILE: dict[str, dict[str, Any]] = {
    "10,000 statements": document(*(allow("s3:GetObject", f"arn:aws:s3:::b{number}/*") for number in range(10_000))),
    "a pattern of 100 kB": document(allow("s3:GetObject", "arn:aws:s3:::" + "*a" * 50_000)),
    "an action of 100 kB": document(allow("s3:" + "*a" * 50_000)),
    "a condition of 100 kB": document(allow("s3:*", Condition={"StringLike": {"aws:PrincipalTag/x": "*a" * 50_000}})),
    "100,000 values": document(allow("s3:*", Condition={"StringEquals": {"aws:PrincipalTag/x": [f"v{n}" for n in range(100_000)]}})),
    "20,000 blocks": document(allow("s3:*", Condition={"IpAddress": {"aws:SourceIp": [f"10.{n % 250}.{n // 250}.0/24" for n in range(20_000)]}})),
}  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_hostile_documents_are_answered_in_bounded_time(hostile: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    from time import process_time

    small = document(allow("s3:GetObject", "arn:aws:s3:::b1*"))
    request = {
        "principal": "arn:aws:iam::111111111111:user/a", "action": "s3:GetObject", "resource": "arn:aws:s3:::" + "a" * 2_000,
        "resource_account": "111111111111", "context": {"aws:PrincipalTag/x": "a" * 500},
    }  # fmt: skip
    started = process_time()
    code, answers = batch("compare", [{"id": 1, "old": hostile, "new": small}, {"id": 2, "old": hostile, "new": hostile}], capsys)
    assert code == 0
    assert answers[0]["removed"] is not False
    assert (answers[1]["added"], answers[1]["removed"]) == (False, False)
    code, (decided,) = batch("simulate", [{"id": 1, "request": request, "policies": {"identity": [hostile]}}], capsys)
    assert (code, decided["decision"]) == (0, "implicit_deny")
    assert process_time() - started < 60


def test_deep_nesting_is_an_error_of_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    deep = '{"id": 1, "old": ' + "[" * 10_000 + "]" * 10_000 + ', "new": {}}'
    for command in ("compare", "simulate"):
        code, (answer,) = batch(command, [deep], capsys)
        assert code == 3
        assert "error" in answer


@pytest.mark.parametrize("folders", [True, False])
def test_a_malformed_policy_is_named_by_its_path(tmp_path: Path, capsys: pytest.CaptureFixture[str], folders: bool) -> None:
    good, bad = (
        document(allow("s3:GetObject")),
        document({"Effect": "Allow", "Action": "a:b", "NotAction": "a:c", "Resource": "*"}),
    )
    for side, found in {"old": good, "new": bad}.items():
        (tmp_path / side / "deep").mkdir(parents=True)
        (tmp_path / side / "a.json").write_text(json.dumps(good))
        (tmp_path / side / "deep/b.json").write_text(json.dumps(found))
    sides = [str(tmp_path / side) if folders else str(tmp_path / side / "deep/b.json") for side in ("old", "new")]
    assert main(["compare", *sides]) == 2
    assert f"error: `{tmp_path / 'new/deep/b.json'}` is malformed at `Statement[0]" in capsys.readouterr().err

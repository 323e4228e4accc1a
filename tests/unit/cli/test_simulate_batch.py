"""`simulate --batch` keeps what lines share: each answer is the one that the line gets alone."""

from __future__ import annotations

import io
import json
import random
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from iamlint.cli import simulate_batch
from iamlint.cli.policy_layers import UnreadableError
from iamlint.cli.simulation import parsed, simulate


def _batch(lines: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    data = "".join(f"{line}\n" for line in lines).encode()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BufferedReader(io.BytesIO(data))))
    simulate_batch.answer_batch()
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def _alone(line: str) -> dict[str, Any]:
    """Return the answer of a line by itself, by the way on which nothing is kept."""
    value: Any = None
    try:
        value = parsed(line.encode())
        if not isinstance(value, dict):
            raise UnreadableError("the line must be an object")
        return {"id": value.get("id"), **simulate(value)}
    except UnreadableError as error:
        return {"id": value.get("id") if isinstance(value, dict) else None, "error": str(error)}


_ROLE = "arn:aws:iam::111111111111:role/app"
_READ = {"Effect": "Allow", "Action": ["s3:Get*", "sts:AssumeRole", "kms:Decrypt", "iam:*"], "Resource": "*"}
_DENY = {"Effect": "Deny", "Action": "s3:*", "Resource": ["arn:aws:s3:::secret/*", "arn:aws:s3:::*/private"]}
_OWN = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::home/${aws:PrincipalTag/team}/*"}
_TLS = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
_MINE = {
    "Effect": "Deny",
    "Action": "*",
    "Resource": "*",
    "Condition": {"StringNotEquals": {"aws:ResourceAccount": "111111111111"}},
}
_BUCKET = {"Effect": "Allow", "Principal": {"AWS": _ROLE}, "Action": "s3:*", "Resource": "arn:aws:s3:::data/*"}


def _line(dice: random.Random) -> str:
    policies: dict[str, Any] = {
        "identity": [{"Version": "2012-10-17", "Statement": dice.sample([_READ, _DENY, _OWN, _TLS, _MINE], dice.randint(1, 3))}]
    }
    if dice.random() < 0.3:
        policies["resource"] = {"Version": "2012-10-17", "Statement": [_BUCKET]}
    bucket, name = dice.choice(["secret", "data", "home", "logs"]), dice.choice(["private", "a/b", "red/x"])
    resource = dice.choice([
        f"arn:aws:s3:::{bucket}/{name}", f"arn:aws:s3:::{bucket}/{name}", "arn:aws:iam::222222222222:role/x",
        "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:kms:eu-west-1:111111111111:key/1", "*", None, "nothing",
    ])  # fmt: skip
    request = {
        "principal": dice.choice([_ROLE, _ROLE, {"type": "Anonymous"}, {"type": "Service", "service": "s3.amazonaws.com"}, 7]),
        "action": dice.choice(["s3:GetObject", "S3:getobject", "s3:PutObject", "sts:AssumeRole", "kms:Decrypt", "iam:PutRolePolicy"]),
        "resource": resource,
        "resource_account": dice.choice([None, "111111111111", "222222222222", 111111111111]),
        "context": dice.choice([
            {}, {"aws:SecureTransport": "false"}, {"aws:securetransport": False}, {"aws:SecureTransport": "true"},
            {"aws:PrincipalTag/team": "red"}, {"aws:PrincipalTag/team": {"unknown": True}}, {"aws:SecureTransport": 0},
            {"aws:PrincipalTag/team": ["red", "blue"]}, None, [],
        ]),
    }  # fmt: skip
    return json.dumps({"id": dice.randint(0, 9), "request": request, "policies": policies})


def test_each_answer_is_that_of_the_line_alone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    dice = random.Random(20261129)
    lines = [_line(dice) for _ in range(3_000)]
    found = _batch(lines, monkeypatch, capsys)
    assert [answer for answer in found if "error" not in answer], "the lines must say something"
    assert found == [_alone(line) for line in lines]


_POLICIES = (
    '"policies": {"identity": [{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}]}'
)
_REQUEST = f'"request": {{"principal": "{_ROLE}", "action": "s3:GetObject", "resource": "arn:aws:s3:::data/1"}}'


@pytest.mark.parametrize(
    "odd",
    [
        f'{{"id": "{_POLICIES[:10]}, {_REQUEST}, {_POLICIES}}}',
        f'{{"id": 1, {_REQUEST}, {_POLICIES}',
        f'{{"id": 1, {_REQUEST} {_POLICIES}}}',
        f'{{"id": 1, "policies": 3, {_REQUEST}, {_POLICIES}}}',
        f'{{"id": 1, "more": {{{_POLICIES}}}}}',
        f'{{"id": 1, {_REQUEST}, "more": [{_POLICIES}}}]}}',
        f'[{{"id": 1, {_REQUEST}, {_POLICIES}}}',
        f'{{"id": "ü", {_REQUEST}, {_POLICIES}}}',
        f'{{{_POLICIES}}}',
        f'{{{_POLICIES}, "id": 1, {_REQUEST}}}',
        f'{{"id": 1, {_REQUEST}, "policies": {{"identity": [{{"Id": "\\"policies\\": {{}}", "Statement": []}}]}}}}',
        f'{{"id": 1, {_REQUEST}, "policies": null}}',
    ],
)  # fmt: skip
def test_the_end_of_a_line_counts_only_where_it_is_the_policies(
    odd: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = f'{{"id": 1, {_REQUEST}, {_POLICIES}}}'
    lines = [plain, plain, plain, odd, odd, odd, plain]
    assert _batch(lines, monkeypatch, capsys) == [_alone(line) for line in lines]


def test_resources_that_the_policies_do_not_tell_apart_are_decided_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Any] = []
    evaluate = simulate_batch.evaluate
    monkeypatch.setattr(simulate_batch, "evaluate", lambda *given: asked.append(given) or evaluate(*given))
    policies = {"identity": [{"Version": "2012-10-17", "Statement": [_READ, _DENY]}]}
    lines = [
        json.dumps({"id": n, "request": {"principal": _ROLE, "action": "s3:GetObject", "resource": f"arn:aws:s3:::{bucket}/{n}",
                                         "resource_account": "111111111111"}, "policies": policies})
        for n in range(50) for bucket in ("data", "secret")
    ]  # fmt: skip
    found = _batch(lines, monkeypatch, capsys)
    assert [answer["decision"] for answer in found] == ["allow", "explicit_deny"] * 50
    assert len(asked) <= 4  # the first line is not known to come again


_OPEN = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
_ASKED = {"principal": _ROLE, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "resource_account": "111111111111"}


@pytest.mark.parametrize(
    ("statement", "at"),
    [
        ("Allow", "Statement"),
        ([{"Action": "s3:*", "Resource": "*"}], "Statement[0]"),
        ([_OPEN, {**_OPEN, "Effect": "Deni"}], "Statement[1].Effect"),
        ({**_OPEN, "Effect": "allow"}, "Statement.Effect"),
        ([{"Effect": "Allow", "Resource": "*"}], "Statement[0]"),
        ([{"Effect": "Allow", "Action": "s3:*"}], "Statement[0]"),
        ([{**_OPEN, "NotAction": "iam:*"}], "Statement[0].NotAction"),
        ([{**_OPEN, "Action": 5}], "Statement[0].Action"),
        ([{**_OPEN, "Resource": [{"Ref": "Bucket"}]}], "Statement[0].Resource[0]"),
        ([{**_OPEN, "Conditions": {}}], "Statement[0].Conditions"),
        ([{**_OPEN, "Condition": "MultiFactorAuth"}], "Statement[0].Condition"),
        ([{**_OPEN, "Condition": {"Bool": "aws:SecureTransport"}}], "Statement[0].Condition.Bool"),
        ([{**_OPEN, "Condition": {"Bool": {"aws:SecureTransport": {"is": "true"}}}}], "Statement[0].Condition.Bool.aws:SecureTransport"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("layer", ["identity", "boundary", "session", "rcp"])
def test_a_document_of_which_a_part_would_be_left_out_is_not_decided(layer, statement, at, monkeypatch, capsys):
    document = {"Version": "2012-10-17", "Statement": statement}
    policies = {"identity": [{"Version": "2012-10-17", "Statement": _OPEN}], layer: [[document]] if layer == "rcp" else document}
    line = json.dumps({"id": 1, "request": _ASKED, "policies": policies})
    (found,) = _batch([line], monkeypatch, capsys)
    name = "policies.rcp[0][0]" if layer == "rcp" else f"policies.{layer}[0]"
    assert found["error"].startswith(f"`{name}` is malformed at `{at}`: ")
    assert found == _alone(line)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ({"id": 1, "request": _ASKED}, "`policies` must be an object"),
        ({"id": 1, "request": _ASKED, "polices": {"identity": []}}, "`policies` must be an object"),
        (
            {"id": 1, "request": _ASKED, "policies": {"identty": []}},
            "`policies` has no layer `identty`: did you mean `identity`?",
        ),
        (
            {"id": 1, "request": {**_ASKED, "contxt": {"aws:SecureTransport": "true"}}, "policies": {"identity": []}},
            "`request` has no field `contxt`: did you mean `context`?",
        ),
    ],
)
def test_a_mistyped_name_is_said(line, error, monkeypatch, capsys):
    found = _batch([json.dumps(line)], monkeypatch, capsys)
    assert found == [{"id": 1, "error": error}] == [_alone(json.dumps(line))]

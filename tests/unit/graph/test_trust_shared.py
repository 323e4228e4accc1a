"""Who may assume a role is asked once for callers and roles alike: every edge is the one that asking each by itself gives (D3)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from graphs import graph_of
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.graph.ask import Granted, granted
from iamlint.graph.elements import EdgeKind
from iamlint.graph.trust_answers import ASSUME, CallerAnswers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iamlint.graph.policies import Attached
    from iamlint.iam.request import RequestPrincipal
    from iamlint.source.value import Unknown, Value

ACCOUNTS = ["111111111111", "222222222222", None]  # None: the file does not say which
TAGS = [{}, {"team": "app", "env": "0"}, {"team": "ops", "env": "1"}]
TRUSTED = [
    "arn:aws:iam::111111111111:root", "222222222222", "arn:aws:iam::OTHER:root", "arn:aws:iam::THIRD:root", "*",
    "arn:aws:iam::111111111111:role/r0-0", "arn:aws:iam::OTHER:role/r1-0", "arn:aws:iam::333333333333:root",
]  # fmt: skip
CONDITIONS: list[dict[str, Any]] = [
    {}, {}, {}, {"StringEquals": {"aws:PrincipalTag/team": "app"}}, {"StringEquals": {"iam:ResourceTag/team": "${aws:PrincipalTag/team}"}},
    {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, {"StringEquals": {"sts:ExternalId": "OTHER"}}, {"StringEquals": {"sts:ExternalId": "x"}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/r0-*"}}, {"StringEquals": {"aws:PrincipalAccount": "111111111111"}},
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}}, {"StringNotEquals": {"aws:PrincipalTag/team": "ops"}},
    {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}},
]  # fmt: skip
ROLES = [
    "*", "arn:aws:iam::*:role/*", "arn:aws:iam::111111111111:role/r*-0", "arn:aws:iam::*:role/r1-1", "arn:aws:iam::*:role/${aws:PrincipalTag/team}-*",
    "arn:aws:iam::*:role/r*-${aws:PrincipalTag/env}", "arn:aws:iam::*:role/r${aws:PrincipalTag/env}-*",
]  # fmt: skip


def document(*written: dict[str, Any]) -> str:
    """A policy document, in which Terraform leaves variables of AWS alone and has two of its own."""
    text = json.dumps({"Version": "2012-10-17", "Statement": list(written)}).replace("${", "$${")
    return text.replace("OTHER", "${var.other}").replace("THIRD", "${var.third}")


@st.composite
def statements(draw: st.DrawFn, fixed: dict[str, Any]) -> dict[str, Any]:
    """One statement, denying now and then."""
    effect, sid = draw(st.sampled_from(["Allow", "Allow", "Allow", "Allow", "Deny"])), draw(st.sampled_from([None, "One", "Two"]))
    condition = draw(st.sampled_from(CONDITIONS))
    made = {"Effect": effect, "Action": ASSUME, **fixed}
    return {**({"Sid": sid} if sid else {}), **made, **({"Condition": condition} if condition else {})}


@st.composite
def roots(draw: st.DrawFn) -> dict[str, str]:
    """Root modules in JSON syntax with a few roles each, that trust accounts and roles and may assume some."""
    files = {}
    trusts = [
        document(
            *[draw(statements({"Principal": {"AWS": draw(st.sampled_from(TRUSTED))}})) for _ in range(draw(st.integers(1, 2)))]
        )
        for _ in range(2)
    ]
    for number, account in enumerate(draw(st.lists(st.sampled_from(ACCOUNTS), min_size=1, max_size=3))):
        provider: dict[str, Any] = {"region": "eu-west-1", **({"allowed_account_ids": [account]} if account else {})}
        roles, attached = {}, {}
        for index in range(draw(st.integers(1, 3))):
            name, trust, tags = f"r{number}-{index}", draw(st.sampled_from(trusts)), draw(st.sampled_from(TAGS))
            roles[f"r{index}"] = {"name": name, "assume_role_policy": trust, "tags": tags}
            if draw(st.booleans()):
                written = [draw(statements({"Resource": draw(st.sampled_from(ROLES))})) for _ in range(draw(st.integers(1, 2)))]
                attached[f"r{index}"] = {"name": "p", "role": f"${{aws_iam_role.r{index}.id}}", "policy": document(*written)}
        policies = {"aws_iam_role_policy": attached} if attached else {}
        whole = {
            "provider": {"aws": provider},
            "variable": {"other": {}, "third": {}},
            "resource": {"aws_iam_role": roles, **policies},
        }
        files[f"r{number}/main.tf.json"] = json.dumps(whole)
    return files


def by_itself(
    self: CallerAnswers, who: RequestPrincipal, attached: Attached, given: Mapping[str, tuple[Value, ...] | Unknown], known: bool
) -> Granted | None:
    """Ask about one role and one caller, remembering nothing."""
    return granted(who, self._action, self._arn, self._account, attached, self._own, given, known)


def edges(files: dict[str, str]) -> list[tuple[Any, ...]]:
    """All edges by which somebody may assume a role, with what is said of them."""
    found = [edge for edge in graph_of(files).edges() if edge.kind is EdgeKind.MAY_ASSUME]
    return [(e.source.id, e.target.id, e.certainty, e.condition, e.assumed, e.place) for e in found]


@settings(max_examples=120, deadline=None)
@given(roots())
def test_every_caller_by_itself_gives_the_same(files: dict[str, str]) -> None:
    """D3: `may assume` needs what AWS needs; that does not hang on who else was asked for."""
    shared = edges(files)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CallerAnswers, "granted", by_itself)
        assert edges(files) == shared


def test_roles_that_trust_alike_are_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    trust = document({"Effect": "Allow", "Action": ASSUME, "Principal": {"AWS": "arn:aws:iam::111111111111:root"}})
    roles = {f"r{number}": {"name": f"r{number}", "assume_role_policy": trust} for number in range(20)}
    able = document({"Effect": "Allow", "Action": "sts:*", "Resource": "*"})
    whole = {
        "provider": {"aws": {"region": "eu-west-1", "allowed_account_ids": ["111111111111"]}},
        "resource": {
            "aws_iam_role": roles,
            "aws_iam_role_policy": {"r0": {"name": "p", "role": "${aws_iam_role.r0.id}", "policy": able}},
        },
    }
    asked = []
    decide = "iamlint.graph.ask._granted"
    inner = __import__("iamlint.graph.ask", fromlist=["_granted"])._granted
    monkeypatch.setattr(decide, lambda *given: asked.append(given[0]) or inner(*given))
    assert len(edges({"main.tf.json": json.dumps(whole)})) == 19
    assert len(asked) == 1


def test_trust_policies_alike_keep_their_own_words() -> None:
    """Policies that differ in the name of a statement or in the unknown account that they trust are not alike."""
    roles = {}
    for name, sid, account in [("a", "One", "OTHER"), ("b", "One", "OTHER"), ("c", "Two", "OTHER"), ("d", "One", "THIRD")]:
        trusting = {"Sid": sid, "Effect": "Allow", "Action": ASSUME, "Principal": {"AWS": f"arn:aws:iam::{account}:root"}}
        roles[name] = {"name": name, "assume_role_policy": document(trusting)}
    able = document({"Effect": "Allow", "Action": "sts:*", "Resource": "*"})
    trust = document({"Effect": "Allow", "Action": ASSUME, "Principal": {"Service": "ec2.amazonaws.com"}})
    there = {
        "provider": {"aws": {"region": "eu-west-1", "allowed_account_ids": ["111111111111"]}},
        "variable": {"other": {}, "third": {}},
        "resource": {"aws_iam_role": roles},
    }
    here = {
        "resource": {
            "aws_iam_role": {"app": {"name": "app", "assume_role_policy": trust}},
            "aws_iam_role_policy": {"app": {"name": "p", "role": "${aws_iam_role.app.id}", "policy": able}},
        }
    }
    found = edges({"there/main.tf.json": json.dumps(there), "here/main.tf.json": json.dumps(here)})
    words = {target[-1]: condition for source, target, _, condition, _, _ in found if source.endswith("/app")}
    assert words["a"] == words["b"]
    assert "`One`" in words["a"]
    assert "other" in words["a"]
    assert "`Two`" in words["c"]
    assert "third" in words["d"]


def test_callers_alike_keep_their_own_resources() -> None:
    """Policies that differ in the resources that a variable fills in are not alike."""
    trust = document({"Effect": "Allow", "Action": ASSUME, "Principal": {"AWS": "arn:aws:iam::111111111111:root"}})
    nobody = document({"Effect": "Allow", "Action": ASSUME, "Principal": {"Service": "ec2.amazonaws.com"}})
    roles: dict[str, Any] = {"x0": {"name": "x0", "assume_role_policy": trust}}
    policies = {}
    for name, first, second in [("x", "env", "team"), ("y", "team", "env")]:
        roles[name] = {"name": name, "assume_role_policy": nobody, "tags": {"env": "0", "team": "1"}}
        named = [f"arn:aws:iam::*:role/*${{aws:PrincipalTag/{first}}}", f"arn:aws:iam::*:role/q${{aws:PrincipalTag/{second}}}"]
        able = document({"Effect": "Allow", "Action": ASSUME, "Resource": named})
        policies[name] = {"name": "p", "role": f"${{aws_iam_role.{name}.id}}", "policy": able}
    whole = {
        "provider": {"aws": {"region": "eu-west-1", "allowed_account_ids": ["111111111111"]}},
        "resource": {"aws_iam_role": roles, "aws_iam_role_policy": policies},
    }
    found = [source for source, target, *_ in edges({"main.tf.json": json.dumps(whole)}) if target.endswith("/x0")]
    assert found == ["role:arn:aws:iam::111111111111:role/x"]

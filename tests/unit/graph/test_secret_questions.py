"""Who may read a stored secret is asked once for secrets alike: every edge is the one that asking each by itself gives (D4)."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from graphs import graph_of
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.graph.ask import Granted, granted
from iamlint.graph.aws_index import Principal
from iamlint.graph.builder import LEVEL
from iamlint.graph.elements import Certainty, EdgeKind, NodeKind
from iamlint.graph.link import build_graph
from iamlint.graph.policies import Attached
from iamlint.graph.secret_questions import SecretQuestions
from iamlint.graph.secret_reader import SecretReader, Stored
from iamlint.graph.secret_readers import ReadAhead, SecretReaders
from iamlint.iam.request import RequestPrincipal
from iamlint.source.value import key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iamlint.graph.access_graph import AccessGraph
    from iamlint.graph.secret_readers import Spread

ACCOUNTS = ["111111111111", "111111111111", "222222222222", None]  # None: the file does not say which
NAMES = ["app/prod/token", "app/dev/token", "ops/token"]
TAGS = [{}, {"team": "app"}, {"team": "ops", "env": "prod"}]
RESOURCES = [
    "*", "*", "arn:aws:secretsmanager:*:*:secret:app/*", "arn:aws:ssm:*:*:parameter/app/prod/*", "arn:aws:ssm:*:111111111111:parameter/*",
    "arn:aws:secretsmanager:eu-west-1:222222222222:secret:ops/token-??????", "arn:aws:ssm:*:*:parameter/${aws:PrincipalTag/team}/*",
    "arn:aws:ssm:*:*:parameter/app", "arn:aws:secretsmanager:*:*:secret:${aws:username}*",
]  # fmt: skip
ACTIONS = ["secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:GetParameter*", "ssm:GetParametersByPath", "*"]
NAMED = [
    "111111111111", "*", "arn:aws:iam::222222222222:role/r0-0", "arn:aws:iam::OTHER:role/r0-0", "arn:aws:iam::OTHER:role/r0-1",
]  # fmt: skip
CONDITIONS: list[dict[str, Any]] = [
    {}, {}, {"StringEquals": {"aws:ResourceTag/team": "app"}}, {"StringNotEquals": {"aws:ResourceTag/team": "ops"}}, {"StringEquals": {"ssm:ResourceTag/team": "${aws:PrincipalTag/team}"}},
    {"StringNotEquals": {"secretsmanager:ResourceTag/env": "prod"}}, {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}},
    {"StringEquals": {"aws:ResourceAccount": "111111111111"}}, {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}}, {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
    {"StringEquals": {"aws:ResourceOrgID": "o-1"}},
]  # fmt: skip


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    """One statement of an identity policy, denying now and then."""
    made = {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Allow", "Deny"])), "Action": draw(st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=3)),
        "Resource": draw(st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=3)),
    }  # fmt: skip
    condition = draw(st.sampled_from(CONDITIONS))
    return {**made, "Condition": condition} if condition else made


def document(*written: dict[str, Any]) -> str:
    """A policy document, in which Terraform leaves variables of AWS alone."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(written)}).replace("${", "$${")


@st.composite
def roots(draw: st.DrawFn) -> dict[str, str]:
    """Root modules in JSON syntax: secrets and parameters with tags, some with a policy, and roles that may read some of them."""
    files = {}
    for number, account in enumerate(draw(st.lists(st.sampled_from(ACCOUNTS), min_size=1, max_size=2))):
        provider: dict[str, Any] = {"region": "eu-west-1", **({"allowed_account_ids": [account]} if account else {})}
        stored: dict[str, Any] = {
            "aws_secretsmanager_secret": {},
            "aws_ssm_parameter": {},
            "aws_secretsmanager_secret_policy": {},
        }
        for index in range(draw(st.integers(4, 7))):
            kind = draw(st.sampled_from(["aws_secretsmanager_secret", "aws_ssm_parameter"]))
            name, tags = draw(st.sampled_from(NAMES)), draw(st.sampled_from(TAGS))
            shown = f"/{name}" if kind == "aws_ssm_parameter" else name
            stored[kind][f"s{index}"] = {"name": shown, "type": "SecureString", "tags": tags}
            if kind == "aws_secretsmanager_secret" and draw(st.booleans()):
                who, sid = draw(st.sampled_from(NAMED)), draw(st.sampled_from(["Read", "Team"]))
                reading = {"Sid": sid, "Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
                condition = draw(st.sampled_from(CONDITIONS)) if draw(st.booleans()) else {}
                named = {"Principal": {"AWS": who}, **({"Condition": condition} if condition else {})}
                own = document({**reading, **named}).replace("OTHER", "${var.other}")
                policy = {"secret_arn": f"${{aws_secretsmanager_secret.s{index}.arn}}", "policy": own}
                stored["aws_secretsmanager_secret_policy"][f"s{index}"] = policy
        trust = document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}})
        roles, attached = {}, {}
        for index in range(draw(st.integers(1, 2))):
            roles[f"r{index}"] = {"name": f"r{number}-{index}", "assume_role_policy": trust, "tags": draw(st.sampled_from(TAGS))}
            written = draw(st.lists(statements(), min_size=1, max_size=3))
            attached[f"r{index}"] = {"name": "p", "role": f"${{aws_iam_role.r{index}.id}}", "policy": document(*written)}
        resources = {kind: each for kind, each in stored.items() if each}
        whole = {
            "provider": {"aws": provider},
            "variable": {"other": {}},
            "resource": {**resources, "aws_iam_role": roles, "aws_iam_role_policy": attached},
        }
        files[f"r{number}/main.tf.json"] = json.dumps(whole)
    return files


def by_itself(self: SecretQuestions, principal: Principal, attached: Attached, stored: Stored) -> Granted | None:
    """Ask about one secret and one principal, remembering nothing."""
    resource, who = stored.resource, RequestPrincipal("AWS", principal.arn)
    context: dict[str, Any] = {
        f"aws:principaltag/{name.lower()}": (value,) for name, value in (getattr(principal.fact, "tags", None) or {}).items()
    }
    for name, value in (resource.fact.tags if resource.fact is not None else {}).items():
        context[f"aws:resourcetag/{name.lower()}"] = context[f"{stored.service}:resourcetag/{name.lower()}"] = (value,)
    found = []
    for action, forms in stored.requests:
        for form in forms:
            known = key(principal.account) in self.accounts
            answer = granted(who, action, form, resource.account or None, attached, resource.policy, context, known)
            if answer is None or answer.certainty is not Certainty.UNKNOWN:
                break
        found.append(answer)
    return min(filter(None, found), key=lambda each: (LEVEL[each.certainty], each.condition is not None), default=None)


def secret_edges(files: dict[str, str], spread: Spread | None = None) -> list[tuple[Any, ...]]:
    """All edges by which somebody may read something, with what is said of them."""
    graph = graph_of(files)
    if spread is not None:
        graph = build_graph(graph.estate, graph.settings, spread)
    found = [edge for edge in graph.edges() if edge.kind is EdgeKind.MAY_READ_SECRET]
    return sorted(((e.source.id, e.target.id, e.certainty, e.condition, e.assumed, e.place) for e in found), key=repr)


@settings(max_examples=60, deadline=None)
@given(roots())
def test_every_secret_by_itself_gives_the_same(files: dict[str, str]) -> None:
    """D4: whoever may read the secret may do what the token may; to whom that applies does not hang on what else was asked."""
    shared = secret_edges(files)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SecretQuestions, "ask", by_itself)
        patch.setattr(SecretReader, "tells_by_name", lambda *_: None)
        assert secret_edges(files) == shared


@settings(max_examples=40, deadline=None)
@given(roots())
def test_edges_kept_together_are_the_same_edges(files: dict[str, str]) -> None:
    """A graph with fans answers whatever is asked as one of single edges does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("iamlint.graph.edge_list._MANY", 1)
        together = list(map(repr, whole(graph_of(files))))
        patch.setattr("iamlint.graph.edge_list._MANY", 10**9)
        assert together == list(map(repr, whole(graph_of(files))))


def whole(graph: AccessGraph) -> Iterator[Any]:
    """Everything that can be asked of edges and reach."""
    yield from (
        list(graph.edges()),
        list(graph.single_edges()),
        graph.count_single_edges(),
        sorted(graph.edge_kinds()),
        len(graph.edges()),
    )
    yield [graph.edges()[number] for number in range(len(graph.edges()))]
    yield from (graph.edges(kind) for kind in EdgeKind)
    closure = graph.closure(graph.nodes(NodeKind.RESOURCE))
    for node in graph.nodes():
        yield (node.id, graph.out_edges(node), graph.in_edges(node), graph.in_edges(node, EdgeKind.MAY_READ_SECRET))
        yield (graph.out_edges(node, EdgeKind.MAY_ASSUME), graph.groups_of(node), graph.leads_on(node))
        yield (graph.reach(node), graph.reached_by(node), closure.bits(node))


def test_fans_are_made() -> None:
    """The test above compares something."""
    parameters = {f"s{number}": {"name": f"/app/{number}", "type": "SecureString"} for number in range(30)}
    graph = graph_of({"main.tf.json": json.dumps(one_reader(parameters, "*"))})
    assert len(graph.edges(EdgeKind.MAY_READ_SECRET)) == 30
    assert [len(fan.targets) for fan in graph._edges.fans] == [30]


def one_reader(parameters: dict[str, Any], resource: str) -> dict[str, Any]:
    """A root module of parameters and one role that may read some of them."""
    reading = {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": [resource]}
    trust = document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}})
    return {
        "provider": {"aws": {"region": "eu-west-1", "allowed_account_ids": ["111111111111"]}},
        "resource": {
            "aws_ssm_parameter": parameters,
            "aws_iam_role": {"app": {"name": "app", "assume_role_policy": trust}},
            "aws_iam_role_policy": {"app": {"name": "p", "role": "${aws_iam_role.app.id}", "policy": document(reading)}},
        },
    }


class Sent:
    """Does work here, and sends the results of every other number as another process would."""

    def __init__(self, count: int, work: Callable[[int], Any], packing: Callable[..., Any]) -> None:
        here = {number: work(number) for number in range(count)}
        there = pickle.loads(pickle.dumps(packing({number: here[number] for number in range(0, count, 2)})))
        here.update(there)
        self._results = [here[number] for number in range(count)]

    def finish(self) -> list[Any]:
        """Return the results."""
        return self._results

    def stop(self) -> None:
        """Nothing runs."""


@settings(max_examples=60, deadline=None)
@given(roots())
def test_what_other_processes_find_ahead_is_the_same(files: dict[str, str]) -> None:
    """The graph does not depend on workers, and not on when they begin."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("iamlint.graph.secret_readers.MANY", 0)
        patch.setattr("iamlint.graph.joins._FEW", 0)
        assert secret_edges(files, Sent) == secret_edges(files)


def test_policies_alike_keep_their_own_words_and_places() -> None:
    """Two secrets with policies that differ in names alone: an answer of one says nothing of the other's policy."""
    trust = document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}})
    secrets, policies = {}, {}
    for name, sid, variable in [("a", "Read", "one"), ("b", "Read", "one"), ("c", "Team", "one"), ("d", "Read", "two")]:
        reading = {"Sid": sid, "Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
        own = document({**reading, "Principal": {"AWS": "arn:aws:iam::OTHER:role/app"}}).replace("OTHER", f"${{var.{variable}}}")
        secrets[name] = {"name": name}
        policies[name] = {"secret_arn": f"${{aws_secretsmanager_secret.{name}.arn}}", "policy": own}
    reading = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}
    stored = {
        "provider": {"aws": {"region": "eu-west-1", "allowed_account_ids": ["111111111111"]}},
        "variable": {"one": {}, "two": {}},
        "resource": {"aws_secretsmanager_secret": secrets, "aws_secretsmanager_secret_policy": policies},
    }
    elsewhere = {
        "resource": {
            "aws_iam_role": {"app": {"name": "app", "assume_role_policy": trust}},
            "aws_iam_role_policy": {"app": {"name": "p", "role": "${aws_iam_role.app.id}", "policy": document(reading)}},
        }
    }
    files = {"secrets/main.tf.json": json.dumps(stored), "roles/main.tf.json": json.dumps(elsewhere)}
    edges = secret_edges(files)
    assert len({place for *_, place in edges}) == len(edges) == 4
    conditions = {target[-1]: condition for _, target, _, condition, _, _ in edges}
    assert "`Read`" in conditions["a"]
    assert conditions["a"] == conditions["b"]
    assert "`Team`" in conditions["c"]
    assert "two" in conditions["d"]


def test_secrets_alike_are_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parameters = {f"s{number}": {"name": f"/app/{number}", "type": "SecureString"} for number in range(30)}
    asked = []
    monkeypatch.setattr("iamlint.graph.secret_questions.granted", lambda *given: asked.append(given[2]) or granted(*given))
    files = {"main.tf.json": json.dumps(one_reader(parameters, "arn:aws:ssm:*:*:parameter/app/*"))}
    assert len(secret_edges(files)) == 30
    assert len(asked) <= 8  # one name each for the four actions, not thirty


def test_what_the_joins_add_meanwhile_is_asked_for_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Permission sets become roles, and credentials lie in buckets, after others have begun to ask who reads what."""
    estate = Path(__file__).parents[3] / "examples" / "estate"
    paths = [path for path in estate.rglob("*") if path.is_file() and path.suffix in (".tf", ".yaml", ".yml", ".json", ".tfvars")]
    files = {path.relative_to(estate).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    where = "access/telemetry.access.yaml"
    files[where] = files[where].replace(
        "arn:aws:secretsmanager:eu-west-1:333333333333:secret:lightstep/search-prod", "arn:aws:s3:::keys/search"
    )
    alone = secret_edges(files)
    asked: list[tuple[int, int]] = []

    def of_each(readers: SecretReaders, ahead: ReadAhead | None) -> Any:
        if ahead is not None:
            known, more = ahead.found(readers) or ({}, [])
            asked.append((len(readers.readers) - len(known), len(more)))
        return each(readers, ahead)

    each = SecretReaders.of_each
    monkeypatch.setattr("iamlint.graph.secret_readers.MANY", 0)
    monkeypatch.setattr("iamlint.graph.joins._FEW", 0)
    monkeypatch.setattr(SecretReaders, "of_each", of_each)
    assert secret_edges(files, Sent) == alone
    assert asked[-1][0] > 0
    assert asked[-1][1] > 0

"""What an estate says before its joins is what the joined graph says; everything else is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import iamlint_rules
from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.elements import EdgeKind
from iamlint.graph.unjoined import NotJoined, Unjoined
from iamlint.lint.engine import call_rule
from iamlint.lint.finding import Finding
from iamlint.lint.rule import Rule
from iamlint.lint.settings import RuleSettings
from iamlint.model.policy import Effect, PolicyKind
from iamlint.project.memory import EXAMPLE_DAY, memory_session
from iamlint.testing.examples import dedented, rules_of

TREE = {
    "main.tf": """
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = jsonencode({
    Statement = { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }
  })
}
resource "aws_iam_role_policy" "app" {
  name   = "app"
  role   = aws_iam_role.app.name
  policy = jsonencode({ Statement = { Effect = "Allow", Action = "s3:*", Resource = "*" } })
}
""",
}

ASKING: dict[str, Callable[[AccessGraph], object]] = {
    "nodes": lambda graph: graph.nodes(),
    "one node": lambda graph: graph.node("role:app"),
    "a name": lambda graph: graph.find("app"),
    "edges": lambda graph: list(graph.edges()),
    "edges of a kind": lambda graph: graph.edges(EdgeKind.MAY_ASSUME),
    "kinds of edges": lambda graph: graph.edge_kinds(),
    "groups": lambda graph: graph.groups_with_members,
    "walks": lambda graph: graph.walks,
    "attachments": lambda graph: graph.attached_to(graph.policies()[0]),
    "who can": lambda graph: graph.who_can("s3:GetObject"),
    "labels": lambda graph: graph.settings,
    "what could not be joined": lambda graph: graph.unresolved,
    "networkx": lambda graph: graph.nx,
    "what is collected of nodes": lambda graph: graph.once(AccessGraph.nodes),
}


@pytest.mark.parametrize("question", ASKING)
def test_what_only_the_joins_tell_is_refused(question: str) -> None:
    session = memory_session(TREE)
    ASKING[question](session.graph)
    with pytest.raises(NotJoined):
        ASKING[question](Unjoined(session.estate))


def test_documents_are_those_of_the_joined_graph() -> None:
    session = memory_session(TREE)
    unjoined = Unjoined(session.estate)
    assert unjoined.policies() == session.graph.policies()
    assert [policy.kind for policy in unjoined.policies()] == [PolicyKind.TRUST, PolicyKind.IDENTITY]
    assert unjoined.policies(PolicyKind.TRUST) == session.graph.policies(PolicyKind.TRUST)
    assert [statement.actions for statement in unjoined.statements(Effect.ALLOW)] == [("sts:AssumeRole",), ("s3:*",)]
    assert not hasattr(unjoined, "no_such_thing")


def outcome(rule: Rule, graph: AccessGraph) -> list[Finding] | None:
    graph.as_of_source = lambda: EXAMPLE_DAY
    try:
        return list(call_rule(rule, graph, RuleSettings()))
    except NotJoined:
        return None


@pytest.mark.parametrize("rule", rules_of(iamlint_rules), ids=lambda rule: rule.id)
def test_a_rule_that_answers_without_the_joins_answers_the_same(rule: Rule) -> None:
    for example in (*rule.bad, *rule.good):
        session = memory_session(dedented(example.files))
        early = outcome(rule, Unjoined(session.estate))
        assert early is None or early == outcome(rule, session.graph)


def test_most_rules_on_documents_need_no_joins() -> None:
    early = set()
    for rule in rules_of(iamlint_rules):
        for example in rule.bad:
            if outcome(rule, Unjoined(memory_session(dedented(example.files)).estate)):
                early.add(rule.id)
    assert {"IAM001", "IAM011", "IAM013", "IAM032", "IAM071", "IAM072"} <= early
    assert not early & {"IAM115", "BOT110", "ENV102"}

"""All that a rule may import: the shapes of rules and findings, the access graph, and the words of the model.

Stable and typed: names here change only with a major version. A rule is a module attribute made by `rule(...)`.
"""

from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.elements import Certainty, Edge, EdgeKind, Label, Node, NodeKind, Reached
from iamlint.iam.request import Decision, Verdict
from iamlint.lint.finding import Confidence, Finding, Severity
from iamlint.lint.rule import Example, Rule, rule
from iamlint.model.policy import Effect, Layer, Policy, PolicyKind, Statement
from iamlint.source.place import Place
from iamlint.source.value import Text, Unknown, Value, key

RULEKIT_VERSION = 1
"""Raised when a rule written for an older kit would no longer load."""

__all__ = [
    "RULEKIT_VERSION", "AccessGraph", "Certainty", "Confidence", "Decision", "Edge", "EdgeKind", "Effect", "Example",
    "Finding", "Label", "Layer", "Node", "NodeKind", "Place", "Policy", "PolicyKind", "Reached", "Rule", "Severity",
    "Statement", "Text", "Unknown", "Value", "Verdict", "key", "rule",
]  # fmt: skip

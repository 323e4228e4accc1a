"""All that a rule may import: the shapes of rules and findings, the access graph, and the words of the model.

Stable and typed: names here change only with a major version. A rule is a module attribute made by `rule(...)`.
"""

from iamlint.graph.access_graph import AccessGraph
from iamlint.graph.elements import Certainty, Edge, EdgeKind, Label, Node, NodeKind, Reached
from iamlint.graph.queries import Crossing
from iamlint.iam.actions import expand, near_actions, near_services, statement_bits
from iamlint.iam.catalogue import catalogue
from iamlint.iam.evaluate import evaluate
from iamlint.iam.operators import FAMILY_OF as CONDITION_OPERATORS
from iamlint.iam.operators import read_operator
from iamlint.iam.patterns import has_wildcard, matches
from iamlint.iam.request import Decision, PolicySet, Request, RequestPrincipal, Verdict
from iamlint.lint.crossings import Border, borders
from iamlint.lint.finding import Confidence, Finding, Severity
from iamlint.lint.grammar import grammar_faults
from iamlint.lint.paths import path_because
from iamlint.lint.rule import Example, Rule, rule
from iamlint.lint.statements import every_action_index, every_resource_index, governed, is_unconditional, subject, taken_back
from iamlint.lint.trust import OidcTrust, account_trusts, admits_strangers, oidc_trusts, text_of
from iamlint.model.aws import AccessKey, Account, AwsResource, AwsRole, AwsUser
from iamlint.model.identity import Application, ApplicationAssignment, Bot, Group, Membership, Person, Team
from iamlint.model.policy import Condition, Effect, Layer, Policy, PolicyKind, Statement
from iamlint.model.telemetry import (
    ADMINISTER,
    CAPABILITIES,
    EDIT,
    INGEST,
    MANAGE_CREDENTIALS,
    READ,
    SHARE,
    LiteralSecret,
    RoleBinding,
    RoleGrant,
    ScopeMapping,
    TelemetryCredential,
    TelemetryProject,
    TelemetryRole,
    TokenUse,
)  # fmt: skip
from iamlint.model.workload import RoleAssumption, StaticKeyUse, WorkflowJob
from iamlint.parse.telemetry.grants import known_roles
from iamlint.source.near import did_you_mean, nearest
from iamlint.source.place import Place
from iamlint.source.value import Text, Unknown, Value, is_known, key

RULEKIT_VERSION = 1
"""Raised when a rule written for an older kit would no longer load."""

__all__ = [
    "ADMINISTER", "CAPABILITIES", "CONDITION_OPERATORS", "EDIT", "INGEST", "MANAGE_CREDENTIALS", "READ",
    "RULEKIT_VERSION", "SHARE", "AccessGraph", "AccessKey", "Account", "Application", "ApplicationAssignment",
    "AwsResource", "AwsRole", "AwsUser", "Border", "Bot", "Certainty", "Condition", "Confidence", "Crossing",
    "Decision", "Edge", "EdgeKind", "Effect", "Example", "Finding", "Group", "Label", "Layer", "LiteralSecret",
    "Membership", "Node", "NodeKind", "OidcTrust", "Person", "Place", "Policy", "PolicyKind", "PolicySet", "Reached",
    "Request", "RequestPrincipal", "RoleAssumption", "RoleBinding", "RoleGrant", "Rule", "ScopeMapping", "Severity",
    "Statement", "StaticKeyUse", "Team", "TelemetryCredential", "TelemetryProject", "TelemetryRole", "Text", "TokenUse",
    "Unknown", "Value", "Verdict", "WorkflowJob", "account_trusts", "admits_strangers", "borders", "catalogue",
    "did_you_mean", "evaluate", "every_action_index", "every_resource_index", "expand", "governed", "grammar_faults",
    "has_wildcard", "is_known", "is_unconditional", "key", "known_roles", "matches", "near_actions", "near_services",
    "nearest", "oidc_trusts", "path_because", "read_operator", "rule", "statement_bits", "subject", "taken_back",
    "text_of",
]  # fmt: skip

"""The steps of a GitHub job: the roles they assume, and the keys and tokens that they present."""

from __future__ import annotations

import re

from iamlint.model.estate import Facts
from iamlint.model.telemetry import LiteralSecret, TelemetryProject, TokenUse
from iamlint.model.workload import RoleAssumption, StaticKeyUse
from iamlint.parse.entry import Entry
from iamlint.parse.secrets import ACCESS_KEY_ID
from iamlint.parse.telemetry import lightstep
from iamlint.parse.workloads.expressions import EXPRESSION, Scope, only_reference, reference
from iamlint.parse.workloads.tokens import holds_token, literal_in, presented
from iamlint.source.place import Place
from iamlint.source.problem import Unresolved
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, Value, concat, key, unknowns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_LIGHTSTEP_ACTION = re.compile(r"lightstep/(?:lightstep-action-[a-z-]+|action-[a-z-]+)", re.IGNORECASE)
_ACTION_OWNERS = {"datadog": "datadog", "honeycombio": "honeycomb", "grafana": "grafana"}
_KEY_INPUT = re.compile(r"(api[-_]?key|app[-_]?key|^apikey|token)$", re.IGNORECASE)
"""Actions of the vendors, and the inputs in which they take a key."""
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\S*:role/")


class StepReader(NamedTuple):
    """Reads the steps of one job into facts. `own` is False where a caller reads a file that is also read by itself.

    `actions` are the local actions whose steps were read, by path, each with what was known there.
    """

    bot: str
    holders: tuple[Value, ...]
    keeper: Value  # whose secrets they are: the repository's, or its environment's (`github/acme/checkout:environment:prod`)
    facts: Facts
    own: bool
    actions: dict[str, list[Mapping[str, Any]]]

    def read_environment(self, variables: Entry | None, scope: Scope) -> None:
        """Add what the environment variables of a workflow, job or step say."""
        if variables is None:
            return
        for name in variables.value:
            text = variables.text(name) if isinstance(name, str) else None
            if text is None:
                continue
            at = variables.at(name)
            if name == "AWS_ACCESS_KEY_ID" and "AWS_SESSION_TOKEN" not in variables.value:
                self._static_key(name, text, at)
            if self._literal(name, text, at):
                continue
            for token in presented(name, text, variables.texts_by_name()) if holds_token(name) else ():
                project = variables.text("LIGHTSTEP_PROJECT") if token.vendor == lightstep.VENDOR else None
                found = (scope.resolve(project, at), variables.at("LIGHTSTEP_PROJECT")) if project else None
                self._token(token.vendor, token.text, at, scope, project=found)

    def read_step(self, step: Entry, scope: Scope) -> None:
        """Add what one step says."""
        self.read_environment(step.mapping("env"), scope)
        inputs = step.mapping("with")
        if inputs is None:
            return
        for name in inputs.value:
            if isinstance(name, str) and (text := inputs.text(name)) is not None:
                self._literal(name, text, inputs.at(name))
        uses = (step.text("uses") or "").partition("@")[0]
        if "role-to-assume" in inputs.value or uses.lower() == "aws-actions/configure-aws-credentials":
            self._read_aws(inputs, scope)
        elif _LIGHTSTEP_ACTION.fullmatch(uses):
            self._read_lightstep(uses, inputs, step.mapping("env"), scope)
        elif (vendor := _ACTION_OWNERS.get(uses.lower().partition("/")[0])) is not None:
            for name in inputs.value:
                if isinstance(name, str) and _KEY_INPUT.search(name) and (text := inputs.text(name)) is not None:
                    self._token(vendor, text, inputs.at(name), scope, project=None)

    def read_call(self, inputs: Entry | None, scope: Scope) -> None:
        """Add the roles that are handed to a reusable workflow which is not in the repository."""
        for name in inputs.value if inputs is not None else ():
            text = inputs.text(name) if inputs is not None and isinstance(name, str) else None
            if text is None or inputs is None:
                continue
            value = scope.resolve(text, inputs.at(name))
            if _ROLE_ARN.match(key(value)):
                self.facts.add(RoleAssumption(self.bot, value, inputs.at(name), self.facts.unit, "github-oidc"))

    def _read_aws(self, inputs: Entry, scope: Scope) -> None:
        access_key = inputs.text("aws-access-key-id")
        static = (
            access_key is not None
            and not inputs.text("aws-session-token")
            and self._static_key("aws-access-key-id", access_key, inputs.at("aws-access-key-id"))
        )
        role = inputs.text("role-to-assume")
        if role is None:
            return
        at = inputs.at("role-to-assume")
        arn = scope.resolve(role, at)
        for unknown in unknowns(arn):
            self.facts.unresolved.append(Unresolved(f"the role that the job assumes: {unknown.reason}", at))
        chained = inputs.flag("role-chaining") or inputs.text("role-chaining") == "true"
        mechanism = "access-key" if static else "role-chaining" if chained or access_key else "github-oidc"
        self.facts.add(RoleAssumption(self.bot, arn, at, self.facts.unit, mechanism))

    def _static_key(self, name: str, text: str, at: Place) -> bool:
        """Note a long-lived key; return whether it is one. What an earlier step gives out is short-lived."""
        named = only_reference(text)
        if named is not None and named.partition(".")[0].lower() in ("steps", "needs", "env", "inputs"):
            return False
        if named is None and not ACCESS_KEY_ID.fullmatch(text) and EXPRESSION.search(text) is None:
            return False  # an emulator's `test`, a placeholder
        self.facts.add(StaticKeyUse(self.bot, named if named is not None else name, at, self.facts.unit))
        return True

    def _read_lightstep(self, uses: str, inputs: Entry, variables: Entry | None, scope: Scope) -> None:
        project = self._either(inputs, "lightstep_project", variables, "LIGHTSTEP_PROJECT")
        organization = self._either(inputs, "lightstep_organization", variables, "LIGHTSTEP_ORGANIZATION")
        name = None
        if project is not None:
            name = scope.resolve(*project)
            self.facts.add(
                TelemetryProject(
                    lightstep.VENDOR, name, project[1], self.facts.unit, declared=False, used_by=uses,
                    organization=scope.resolve(*organization) if organization is not None else None,
                )
            )  # fmt: skip
        token = self._either(inputs, "lightstep_api_key", None, "")
        if token is not None:
            self._token(
                lightstep.VENDOR,
                token[0],
                token[1],
                scope,
                project=None if project is None or name is None else (name, project[1]),
            )

    @staticmethod
    def _either(inputs: Entry, name: str, variables: Entry | None, variable: str) -> tuple[str, Place] | None:
        if (text := inputs.text(name)) is not None:
            return text, inputs.at(name)
        if variables is not None and (text := variables.text(variable)) is not None:
            return text, variables.at(variable)
        return None

    def _token(self, vendor: str, text: str, at: Place, scope: Scope, project: tuple[Value, Place] | None) -> None:
        if EXPRESSION.search(text) is None:
            return  # `developer`, a placeholder; a real one is a literal secret
        named = only_reference(text)
        token: Value | None = named
        if named is None and (inner := EXPRESSION.search(text)) is not None and "secrets" in inner[1]:
            named = token = reference(inner[1])
        if named is None:
            value = scope.resolve(text, at)
            token = value if isinstance(value, Unknown) else None
            if token is None or isinstance(token, Unknown):
                self.facts.unresolved.append(Unresolved("which token the job presents is known only to GitHub", at))
        self._use(vendor, token, at, project)

    def _use(self, vendor: str, token: Value | None, at: Place, project: tuple[Value, Place] | None) -> None:
        if isinstance(token, str):
            token = concat([self.keeper, ":", token])  # elsewhere a secret of this name may be another one
        for holder in self.holders:
            self.facts.add(TokenUse(vendor, holder, "workflow-job", token, at, self.facts.unit, *(project or (None, None))))

    def _literal(self, name: str, text: str, at: Place) -> bool:
        what = literal_in(name, text)
        if what is not None and self.own:
            self.facts.add(LiteralSecret(what, at, self.facts.unit, self.bot))
        return what is not None

"""What pipelines of every CI service have in common: jobs and their bots, shell commands that assume roles, variables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from iamlint.model.estate import Facts
from iamlint.model.identity import Bot
from iamlint.model.telemetry import LiteralSecret, TokenUse
from iamlint.model.workload import RoleAssumption, StaticKeyUse, WorkflowJob
from iamlint.parse.entry import Entry
from iamlint.parse.secrets import ACCESS_KEY_ID
from iamlint.parse.workloads.tokens import holds_token, literal_in, presented
from iamlint.source.place import Place
from iamlint.source.problem import Unresolved
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, Value, concat, unknowns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_VARIABLE = re.compile(r"\$\{([A-Za-z_]\w*)(?::-[^}]*)?\}|\$([A-Za-z_]\w*)")
_ASSUME = re.compile(r"assume-role(-with-web-identity)?\b")
_ROLE = re.compile(r"--role-arn[=\s]+(\"[^\"]*\"|'[^']*'|[^\s\\|;&)]+)")
_MAX_COMMAND = 100_000


class Variables:
    """The variables of a job: what is written, and unknowns of one symbol within the repository for the rest."""

    def __init__(self, known: Mapping[str, Value], scope: str, service: str) -> None:
        self.known = dict(known)
        self.scope = scope
        self.service = service

    def expand(self, text: str, place: Place | None, depth: int = 0) -> Value:
        """Return a text with its variables replaced by what they hold."""
        if "$" not in text or depth > 4:
            return text
        parts: list[Value] = []
        end = 0
        for match in _VARIABLE.finditer(text):
            name = match[1] or match[2]
            parts.append(text[end : match.start()])
            value = self.known.get(name)
            if isinstance(value, str):
                value = self.expand(value, place, depth + 1) if value != match[0] else None
            if value is None:
                value = Unknown(f"`{name}` is known only to {self.service}", place, f"{self.scope}:{name}")
            parts.append(value)
            end = match.end()
        return concat([*parts, text[end:]])


class Pipeline(NamedTuple):
    """A pipeline as its jobs are read. `keeper` says whose variables and secrets they are."""

    provider: str
    repository: Value
    path: str
    facts: Facts
    keeper: Value


class JobReader:
    """Reads what one job presents and assumes."""

    def __init__(self, pipeline: Pipeline, job: WorkflowJob, variables: Variables) -> None:
        self.pipeline = pipeline
        self.facts = pipeline.facts
        self.job = job
        self.variables = variables
        self.facts.add(job)
        for name, subject in zip(job.bots, job.subjects, strict=True):
            if not any(isinstance(item, Bot) and item.name == name for item in self.facts.items):
                claims = {"sub": subject}
                self.facts.add(Bot(name, "workflow-job", job.place, self.facts.unit, environment=job.environment, claims=claims))

    def role(self, text: str, place: Place, mechanism: str | None = None) -> None:
        """Add a role that the job assumes."""
        arn = self.variables.expand(text, place)
        for unknown in unknowns(arn):
            self.facts.unresolved.append(Unresolved(f"the role that the job assumes: {unknown.reason}", place))
        self.facts.add(RoleAssumption(self.job.bot, arn, place, self.facts.unit, mechanism or f"{self.pipeline.provider}-oidc"))

    def commands(self, commands: Iterable[tuple[str, Place]]) -> None:
        """Add the roles that shell commands assume, and the literal keys in them."""
        for text, place in commands:
            if len(text) > _MAX_COMMAND or "role-arn" not in text:
                continue
            joined = text.replace("\\\n", " ")
            starts = list(_ASSUME.finditer(joined))
            for match in _ROLE.finditer(joined):
                before = [start for start in starts if start.start() < match.start()]
                if before:
                    chained = before[-1][1] is None
                    self.role(match[1].strip("\"'"), place, "role-chaining" if chained else None)

    def environment(self, variables: Entry | None) -> None:
        """Add what the variables say: tokens, keys, and secrets written out."""
        if variables is None:
            return
        texts = {name: text for name, text, _ in named_texts(variables)}
        for name, text, at in named_texts(variables):
            what = literal_in(name, text)
            if what is not None:
                self.facts.add(LiteralSecret(what, at, self.facts.unit, self.job.bot))
                continue
            if name == "AWS_ACCESS_KEY_ID" and (ACCESS_KEY_ID.fullmatch(text) or "$" in text):
                self.facts.add(StaticKeyUse(self.job.bot, text.strip("${}") if "$" in text else name, at, self.facts.unit))
            for token in presented(name, text, texts) if holds_token(name) else ():
                self.present(token.vendor, token.text, at)
        if "AWS_ROLE_ARN" in texts and "AWS_WEB_IDENTITY_TOKEN_FILE" in texts:
            self.role(texts["AWS_ROLE_ARN"], next(at for name, _, at in named_texts(variables) if name == "AWS_ROLE_ARN"))

    def present(self, vendor: str, text: str, at: Place) -> None:
        """Add a telemetry token that the job presents; a variable goes by its name."""
        match = _VARIABLE.search(text)
        if match is None:
            return
        token = concat([self.pipeline.keeper, ":", match[1] or match[2]])
        for bot in self.job.bots:
            self.facts.add(TokenUse(vendor, bot, "workflow-job", token, at, self.facts.unit))


def named_texts(variables: Entry) -> Iterator[tuple[str, str, Place]]:
    """Yield the variables of a mapping with their places; GitLab writes some as `{value, description}`."""
    for name in variables.value:
        if not isinstance(name, str):
            continue
        text = variables.text(name)
        if text is not None:
            yield name, text, variables.at(name)
            continue
        inner = variables.mapping(name)
        if inner is not None and (text := inner.text("value")) is not None:
            yield name, text, inner.at("value")


def all_texts(entry: Entry, name: str) -> Iterator[tuple[str, Place]]:
    """Yield the texts of a field that is a text, a list of texts, or lists inside lists."""
    stack: list[tuple[Any, tuple[str | int, ...]]] = [(entry.value.get(name), (name,))]
    while stack:
        item, route = stack.pop()
        if isinstance(item, str):
            yield item, entry.at(*route)
        elif isinstance(item, list) and len(route) < 8:
            stack += [(item[index], (*route, index)) for index in range(len(item) - 1, -1, -1)]

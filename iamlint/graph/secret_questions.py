"""Whether somebody may read a stored secret, asked once for all secrets that the same statements are about in the same way."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.graph.ask import Granted, granted
from iamlint.graph.aws_index import Aws, Principal, Resource
from iamlint.graph.builder import LEVEL
from iamlint.graph.elements import Certainty
from iamlint.graph.policies import Attached
from iamlint.graph.secret_names import folders_of, secret_forms, written_suffixes
from iamlint.graph.secret_reader import READING, SecretReader, Stored, own_statements, said_by, tags_of
from iamlint.graph.trust_answers import AlikePolicies, CallerAnswers
from iamlint.iam.request import RequestPrincipal
from iamlint.model.aws import Account
from iamlint.model.estate import Estate
from iamlint.source.value import Value, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.secret_reader import Given


class SecretQuestions:
    """The questions about all secrets, each answered once.

    `accounts`: the accounts of the repository. `suffixes`: see `secret_names.written_suffixes`.
    """

    def __init__(self, accounts: set[str], suffixes: Mapping[str, tuple[str, ...]]) -> None:
        self.accounts = accounts
        self.suffixes = suffixes
        self._readers: dict[str, dict[str, SecretReader]] = {service: {} for service in READING}
        self._stored: dict[int, Stored] = {}
        self._kinds: dict[tuple[object, ...], int] = {}
        self._own_answers: dict[tuple[object, ...], CallerAnswers] = {}
        self._others = AlikePolicies()

    @classmethod
    def of_repository(cls, estate: Estate, aws: Aws) -> SecretQuestions:
        """Return the questions with what is known of the repository by now."""
        accounts = {key(account.id) for account in estate.all(Account)}
        accounts |= {key(principal.account) for principal in aws.principals.values() if principal.fact is not None}
        return cls(accounts, written_suffixes(aws))

    def is_known(self, principal: Principal) -> bool:
        """Return whether the principal's account is one of the repository."""
        return key(principal.account) in self.accounts

    def about(self, resource: Resource, service: str) -> Stored:
        """Return the requests that read a resource."""
        stored = self._stored.get(id(resource))
        if stored is None:
            stored = self._stored[id(resource)] = self._about(resource, service)
        return stored

    def _about(self, resource: Resource, service: str) -> Stored:
        requests: list[tuple[str, list[Value]]] = []
        for action in READING[service]:
            if action == "ssm:GetParametersByPath":
                requests += [(action, [folder]) for folder in folders_of(resource.arn)]
            elif service == "secretsmanager":
                requests += [(action, forms) for forms in secret_forms(resource.arn, resource.fact is not None, self.suffixes)]
            else:
                requests.append((action, [resource.arn]))
        forms = tuple([form for _, each in requests for form in each])
        own = own_statements(resource, service, forms)
        actions = tuple([(action, len(each)) for action, each in requests])
        varies = any(statement.conditions or statement.resources_vary for statement in own)
        kind = (actions, resource.policy is None, None if varies else said_by(own, service, forms))
        like = self._kinds.setdefault(kind, len(self._kinds))
        return Stored(resource, service, tuple(requests), forms, tuple(own), varies or not resource.account, like)

    def reader(self, principal: Principal, attached: Attached, service: str) -> SecretReader:
        """Return a principal of these policies as who asks for the secrets of one service."""
        reader = self._readers[service].get(principal.node.id)
        if reader is None or reader.attached is not attached:
            reader = self._readers[service][principal.node.id] = SecretReader(principal, attached, service)
        return reader

    def ask(self, principal: Principal, attached: Attached, asked: Stored) -> Granted | None:
        """Return how surely a principal of these policies may read the secret, or None when it may not."""
        reader = self.reader(principal, attached, asked.service)
        if asked.is_alone or not reader.shares:
            return self._decide(principal, reader, asked)
        alike = reader.told_apart(asked)
        if alike not in reader.answers:
            reader.answers[alike] = (self._decide(principal, reader, asked), asked.own)
        answer, theirs = reader.answers[alike]
        if answer is None or not theirs or theirs is asked.own:
            return answer
        instead = {id(other.statement): mine.statement for other, mine in zip(theirs, asked.own, strict=True)}
        return answer._replace(determining=tuple([instead.get(id(each), each) for each in answer.determining]))

    def _decide(self, principal: Principal, reader: SecretReader, asked: Stored) -> Granted | None:
        resource, attached = asked.resource, reader.attached
        best: Granted | None = None
        given: Given = {
            f"aws:principaltag/{name.lower()}": (value,) for name, value in (getattr(principal.fact, "tags", None) or {}).items()
        }
        given.update(tags_of(resource, asked.service))
        known = self.is_known(principal)
        who = RequestPrincipal("AWS", principal.arn)
        answered: dict[tuple[object, ...], Granted | None] = {}
        for action, forms in asked.requests:
            for form in forms:
                alike = reader.naming(action, form, asked)
                if alike not in answered:
                    by_own = None if reader.has_a_say else self._by_own_policy(asked, action, form)
                    answered[alike] = (
                        by_own.granted(who, attached, given, known) if by_own is not None
                        else granted(who, action, form, resource.account or None, attached, resource.policy, given, known)
                    )  # fmt: skip
                found = answered[alike]
                if found is None or found.certainty is not Certainty.UNKNOWN:
                    break  # decided; else the next form says more of the name
            if found is not None and (best is None or _rank(found) < _rank(best)):
                best = found
            if best is not None and _rank(best) == (0, False):
                break
        return best

    def _by_own_policy(self, asked: Stored, action: str, form: Value) -> CallerAnswers | None:
        """Return what the policy of a secret answers those of whom no policy of theirs says anything; None where it has none."""
        resource = asked.resource
        if resource.policy is None or not resource.account:
            return None
        at = (resource.node.id, action, form)
        if at not in self._own_answers:
            self._own_answers[at] = CallerAnswers(form, resource.account, resource.policy, self._others, action)
        return self._own_answers[at]


def _rank(found: Granted) -> tuple[int, bool]:
    return LEVEL[found.certainty], found.condition is not None

"""Questions about trust policies that more than one rule asks."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.iam.actions import statement_bits
from iamlint.iam.arns import STRANGER
from iamlint.iam.catalogue import catalogue
from iamlint.iam.evaluate import evaluate
from iamlint.iam.patterns import intersects
from iamlint.iam.request import Decision, PolicySet, Request, RequestPrincipal
from iamlint.model.aws import AwsRole, iam_arn, partition_of
from iamlint.model.policy import Condition, Effect, Policy, PolicyKind, PrincipalPattern, Statement
from iamlint.parse.policy import parse_policy
from iamlint.source.place import Origin, Place
from iamlint.source.record import NamedTuple
from iamlint.source.regex import regex
from iamlint.source.value import Text, Unknown, Value, key

_UNKNOWN_KEYS = (
    "aws:SourceIp", "aws:VpcSourceIp", "aws:SourceVpc", "aws:SourceVpce", "aws:CurrentTime", "aws:EpochTime",
    "aws:UserAgent", "aws:Referer", "aws:RequestedRegion",
)  # fmt: skip
"""What a stranger may or may not be able to present: a condition on it keeps the answer open."""


class OidcTrust(NamedTuple):
    """A statement that lets in identities of an OIDC issuer; `issuer` has no scheme (`token.actions.githubusercontent.com`)."""

    role: AwsRole
    statement: Statement
    issuer: str
    principal_place: Place

    def claims(self, *names: str) -> Iterator[tuple[Condition, str]]:
        """Yield the positive conditions on claims of the issuer, each with the claim's name (`sub`).

        So are those on claims of an issuer that is not known, or known in part, and may be this one.
        """
        issuer = self.issuer.lower()
        for condition in self.statement.conditions:
            of, _, claim = condition.key.lower().rpartition(":")
            if (not names or claim in names) and _may_be(of, issuer) and _narrows(condition.operator, claim):
                yield condition, claim


_NOT_KNOWN = regex("⟨[^⟨⟩]*⟩")


def _may_be(issuer: str, other: str) -> bool:
    if issuer == other or ("⟨" not in issuer and "⟨" not in other):
        return issuer == other
    return intersects(_NOT_KNOWN.sub("*", issuer), _NOT_KNOWN.sub("*", other))


def oidc_trusts(roles: list[AwsRole]) -> Iterator[OidcTrust]:
    """Yield every statement of the roles' trust policies that allows `sts:AssumeRoleWithWebIdentity` to an OIDC issuer."""
    web_identity = catalogue().number_of("sts:AssumeRoleWithWebIdentity")
    for role in roles:
        for statement in role.trust.statements if role.trust else ():
            if statement.effect is not Effect.ALLOW or statement.principals_negated or statement.opaque is not None:
                continue
            if web_identity is not None and not statement_bits(statement) >> web_identity & 1:
                continue
            for principal in statement.principals or ():
                if principal.kind == "Federated" and "oidc-provider/" in key(principal.value):
                    issuer = key(principal.value).partition("oidc-provider/")[2]
                    yield OidcTrust(role, statement, issuer, statement.place(*principal.route))


def admits_strangers(role: AwsRole) -> Decision:
    """Return whether the trust policy lets in a principal of an account that nobody named."""
    return admits_somebody(role, STRANGER)


def admits_somebody(role: AwsRole, account: str) -> Decision:
    """Return whether the trust policy lets in a principal of an account of which nothing but the account is known.

    That principal is taken to hold every permission at home, and to present what anybody can: TLS and MFA.
    """
    if role.trust is None:
        return Decision.IMPLICIT_DENY
    principal = RequestPrincipal("AWS", iam_arn("role", "stranger", account, partition=partition_of(role.arn)))
    open_question = Unknown("nobody knows what a stranger presents")
    context: dict[str, tuple[Value, ...] | Unknown] = dict.fromkeys(_UNKNOWN_KEYS, open_question)
    context |= {"aws:SecureTransport": ("true",), "aws:MultiFactorAuthPresent": ("true",)}
    request = Request(principal, "sts:AssumeRole", role.arn, role.account, context)
    return evaluate(request, PolicySet(identity=(_EVERYTHING,), resource=role.trust)).decision


class AccountTrust(NamedTuple):
    """A statement that lets in a whole account: whoever is allowed to in there."""

    role: AwsRole
    statement: Statement
    account: str
    place: Place


def account_trusts(roles: list[AwsRole]) -> Iterator[AccountTrust]:
    """Yield every whole account that a trust policy names and really lets in: no condition or deny keeps its people out."""
    for role in roles:
        for statement in role.trust.statements if role.trust else ():
            if statement.effect is not Effect.ALLOW or statement.principals_negated:
                continue
            for principal in statement.principals or ():
                account = _whole_account(principal)
                if account and admits_somebody(role, account) is Decision.ALLOW:
                    yield AccountTrust(role, statement, account, statement.place(*principal.route))


def _whole_account(principal: PrincipalPattern) -> str:
    """Return the account that a principal names as a whole (`arn:aws:iam::111111111111:root`, the digits), or nothing."""
    value = principal.value
    if principal.kind != "AWS" or not isinstance(value, str):
        return ""
    account = value.split(":")[4] if value.startswith("arn:") and value.endswith(":root") and value.count(":") == 5 else value
    return account if len(account) == 12 and account.isdigit() else ""


def text_of(value: Value) -> str | None:
    """Return a value that is wholly known, else None."""
    return None if isinstance(value, Text | Unknown) else value


_ALWAYS_THERE = frozenset({"sub", "aud"})
"""Claims that every token has (OpenID Connect Core: "ID Token")."""


def _narrows(operator: str, claim: str) -> bool:
    """Return whether an operator can only let in what it names: positive, and false when the claim is missing, if it can be."""
    base = operator.rpartition(":")[2]
    if claim not in _ALWAYS_THERE and (operator.lower().startswith("forallvalues:") or base.lower().endswith("ifexists")):
        return False
    return "not" not in base.lower() and base.lower() != "null"


def _everything() -> Policy:
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    return parse_policy(document, Origin(""), kind=PolicyKind.IDENTITY, name="everything", ref="everything", unit="")


_EVERYTHING = _everything()

"""Whose accounts the repository knows, and requests as somebody from outside would make them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from iamlint.graph.favorable import FILLED, favorable_context
from iamlint.iam.arns import STRANGER, account_in
from iamlint.iam.request import Decision, PolicySet, Request, RequestPrincipal, Verdict
from iamlint.model.aws import Account, AwsResource, AwsRole, AwsUser, iam_arn, partition_of
from iamlint.model.policy import Policy, PrincipalPattern, Statement
from iamlint.source.record import NamedTuple
from iamlint.source.value import Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.access_graph import AccessGraph
    from iamlint.graph.favorable import Context

ANONYMOUS = RequestPrincipal("Anonymous", "*")

MOST_STATEMENTS = 250
"""A policy with more is larger than AWS accepts; it is not judged, so that no document makes a run endless."""

_NOT_JUDGED = Verdict(Decision.UNKNOWN, (), (), None, (), ())

_ABSENT = (
    "aws:sourcearn", "aws:sourceaccount", "aws:sourceowner", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourcevpc",
    "aws:vpcsourceip", "aws:vpce", "aws:calledvia", "aws:principalorg", "aws:principaltag/", "aws:principalservicename",
    "aws:federatedprovider", "aws:sourceidentity", "saml:", "lambda:sourcefunctionarn", "aws:ec2instance",
    "s3:dataaccesspoint", "s3:x-amz-server-side-encryption-aws-kms-key-id", "elasticfilesystem:accessedviamounttarget",
)  # fmt: skip
"""Beginnings of keys that a request from outside does not carry, or not with the value that a policy tests.

Access points, keys of KMS and mount targets have policies and networks of their own (S3 and EFS User Guides, "The meaning of
public").
"""

_GIVEN: Context = {
    "aws:securetransport": ("true",), "aws:multifactorauthpresent": ("true",), "aws:viaawsservice": ("false",),
    "aws:sourceip": ("198.51.100.77",),  # of a network that RFC 5737 keeps for documentation
}  # fmt: skip

_UNSIGNED: Context = {"lambda:functionurlauthtype": ("NONE",)}
"""What is so of a request without a signature: a function's URL that wants one never takes it."""

# Elastic Load Balancing User Guide, "Enable access logs": the accounts of AWS that write them, by region.
AWS_ACCOUNTS = frozenset({
    "127311923021", "033677994240", "027434742980", "797873946194", "098369216593", "754344448648", "589379963580",
    "718504428378", "383597477331", "600734575887", "114774131450", "783225319266", "582318560864", "985666609251",
    "054676820928", "156460612806", "652711504416", "635631232127", "009996457667", "897822967062", "076674570225",
    "507241528517", "048591011584", "190560391635", "638102146993", "037604701340",
})  # fmt: skip


class Insiders(NamedTuple):
    """The accounts that belong to the repository. `is_complete`: it declares its accounts, and all their numbers are known."""

    accounts: frozenset[str]
    is_complete: bool


def insiders(graph: AccessGraph) -> Insiders:
    """Return the accounts that are declared, and those in which something is declared."""
    declared = [account.id for account in graph.estate.all(Account)]
    used: list[Value] = [role.account for role in graph.estate.all(AwsRole)]
    used += [user.account for user in graph.estate.all(AwsUser)]
    used += [resource.account for resource in graph.estate.all(AwsResource)]
    complete = bool(declared) and all(isinstance(account, str) for account in declared)
    return Insiders(frozenset(account for account in (*declared, *used) if isinstance(account, str)), complete)


def account_of(principal: PrincipalPattern) -> str:
    """Return the account of an AWS principal that is named in full, or nothing."""
    value = principal.value
    if principal.kind != "AWS" or not isinstance(value, str):
        return ""
    account = account_in(value) if value.startswith("arn:") else value
    return account if len(account) == 12 and account.isdigit() and account != STRANGER else ""


def is_whole_account(principal: PrincipalPattern) -> bool:
    """Return whether a principal names an account as a whole (`arn:aws:iam::111111111111:root`, the digits)."""
    value = principal.value
    return bool(account_of(principal)) and isinstance(value, str) and (value.endswith(":root") or value.isdigit())


def as_requester(principal: PrincipalPattern) -> RequestPrincipal:
    """Return who asks for a principal that is named: of a whole account, somebody in it."""
    if is_whole_account(principal):
        somebody = iam_arn("role", "somebody-in-the-account", account_of(principal), partition=partition_of(principal.value))
        return RequestPrincipal("AWS", somebody)
    return RequestPrincipal("AWS", principal.value)


def stranger_to(resource: Value | None) -> RequestPrincipal:
    """Return somebody of an account that nobody named, in the partition of a resource."""
    return RequestPrincipal("AWS", iam_arn("role", "stranger", STRANGER, partition=partition_of(resource or "")))


def decide_outside(
    who: RequestPrincipal,
    action: str,
    resource: Value | None,
    account: Value | None,
    policy: Policy,
    statement: Statement,
    given: Context | None = None,
) -> Verdict:
    """Decide a request from outside: whoever asks holds every permission at home and presents what it can choose itself."""
    from iamlint.iam.evaluate import evaluate

    if len(policy.statements) > MOST_STATEMENTS:
        return _NOT_JUDGED
    return evaluate(*_from_outside(who, action, resource, account, policy, statement, given))


def admits_outside(
    who: RequestPrincipal,
    action: str,
    resource: Value | None,
    account: Value | None,
    policy: Policy,
    statement: Statement,
    given: Context | None = None,
) -> bool:
    """Return whether a request from outside is allowed (`decide_outside`), and by this statement."""
    if len(policy.statements) > MOST_STATEMENTS:
        return False
    return _is_allowed_by(statement, *_from_outside(who, action, resource, account, policy, statement, given))


def is_kept_out(
    who: RequestPrincipal,
    action: str,
    resource: Value | None,
    account: Value | None,
    policy: Policy,
    statement: Statement,
    given: Context | None,
    controls: Sequence[Policy],
) -> bool:
    """Return whether resource control policies deny a request from outside for sure."""
    if not controls:
        return False
    from iamlint.iam.evaluate import evaluate

    request, policies = _from_outside(who, action, resource, account, policy, statement, given)
    opened = _context([one for control in controls for one in control.statements], dict(request.context))
    request = request._replace(context={**opened, **request.context})
    return evaluate(request, policies._replace(rcp=(tuple(controls),))).decision is Decision.EXPLICIT_DENY


def decide_service(
    who: RequestPrincipal, action: str, resource: Value | None, account: Value | None, policy: Policy, source: str = ""
) -> Verdict:
    """Decide a request that a service of AWS makes for something in a stranger's account, be it of this ARN."""
    from iamlint.iam.evaluate import evaluate

    if len(policy.statements) > MOST_STATEMENTS:
        return _NOT_JUDGED
    return evaluate(*_by_service(who, action, resource, account, policy, source))


def admits_service(
    who: RequestPrincipal,
    action: str,
    resource: Value | None,
    account: Value | None,
    policy: Policy,
    statement: Statement,
    source: str = "",
) -> bool:
    """Return whether a request of a service for a stranger is allowed (`decide_service`), and by this statement."""
    if len(policy.statements) > MOST_STATEMENTS:
        return False
    return _is_allowed_by(statement, *_by_service(who, action, resource, account, policy, source))


def _from_outside(
    who: RequestPrincipal,
    action: str,
    resource: Value | None,
    account: Value | None,
    policy: Policy,
    statement: Statement,
    given: Context | None,
) -> tuple[Request, PolicySet]:
    from iamlint.graph.aws_managed import allow_everything

    context = _context(policy.statements, given or {})
    times: Context = {name: context[name] for name in ("aws:currenttime", "aws:epochtime") if name in context}
    unsigned = _UNSIGNED if who.kind == ANONYMOUS.kind else {}
    context = {**favorable_context(statement, context), **times, **unsigned}  # nobody chooses the time
    identity = (allow_everything(),) if who.kind == "AWS" else None
    return Request(who, action, resource, account, context), PolicySet(identity=identity, resource=policy)


def _by_service(
    who: RequestPrincipal, action: str, resource: Value | None, account: Value | None, policy: Policy, source: str
) -> tuple[Request, PolicySet]:
    service = str(who.value).partition(".")[0]
    given: Context = {
        "aws:sourceaccount": (STRANGER,), "aws:sourceowner": (STRANGER,),
        "aws:sourcearn": (source or f"arn:aws:{service}:eu-west-1:{STRANGER}:stranger",),
        "aws:sourceorgid": ("o-stranger00",),
        "aws:viaawsservice": ("true",),
    }  # fmt: skip
    return Request(who, action, resource, account, _context(policy.statements, given)), PolicySet(resource=policy)


def _is_allowed_by(statement: Statement, request: Request, policies: PolicySet) -> bool:
    """Return whether a request is allowed, and by this statement; without an answer in full, which few requests need."""
    from iamlint.iam.caller import read_caller
    from iamlint.iam.context import RequestContext
    from iamlint.iam.evaluate import Case, decide
    from iamlint.iam.statements import Asked, compile_policy

    caller = read_caller(request.principal)
    resource = "*" if request.resource is None else request.resource
    asked = Asked(request.action.lower(), resource, caller, RequestContext(request, caller), False)
    written = compile_policy(policies.resource) if policies.resource is not None else ()
    compiled = next((one for one in written if one.statement is statement), None)
    if compiled is None or compiled.match(asked) is False or compiled.named(asked).at_all is False:
        return False
    case = Case(request, policies)
    decision = decide(case)
    return decision is Decision.ALLOW and is_admitted(case.verdict(decision), statement)


def is_admitted(verdict: Verdict, statement: Statement) -> bool:
    """Return whether a request is allowed, and by this statement."""
    return verdict.decision is Decision.ALLOW and any(one is statement for one in verdict.determining)


def _context(statements: Iterable[Statement], given: Context) -> Context:
    context = {**_GIVEN, **given}
    for statement in statements:
        for condition in statement.conditions:
            name = condition.key.lower()
            if name in context or name in FILLED or name.startswith(_ABSENT):
                continue
            context[name] = Unknown(f"`{name}` is not known", None, f"context key {name}")
    return context

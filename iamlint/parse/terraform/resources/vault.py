"""`vault_*`: roles as which workloads sign in to Vault, its policies, and the AWS roles that its secrets engine assumes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamlint.model.identity import Bot
from iamlint.model.policy import PolicyKind
from iamlint.model.sign_in import FederatedCredential
from iamlint.model.vault import VaultAwsRole, VaultRole
from iamlint.parse.terraform.attributes import not_in_repository, place_of, text, text_map, texts, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.parse.terraform.resources.references import found, looked_up
from iamlint.parse.terraform.resources.vault_policies import rules_of
from iamlint.source.place import Place
from iamlint.source.problem import Unresolved
from iamlint.source.value import Unknown, Value, concat, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.parse.terraform.resources.declared import Reader

PROVIDER = "vault"
KUBERNETES = "https://kubernetes.default.svc"
"""The issuer of service accounts' tokens where a cluster names no other."""


def _bot(instance: Instance, declared: Declared, method: str, attribute: str = "role_name") -> Value:
    """Return the name of the bot that a role is: `vault/jwt/deploy`, by the path of its auth method."""
    mounted = text(instance, "backend") or method
    name = text(instance, attribute) or not_in_repository(instance, declared.unit, attribute)
    known = found(declared, ("vault_jwt_auth_backend", "vault_auth_backend"), mounted, ("path", "id", "accessor"))
    path = (text(known, "path") or text(known, "type") if known is not None else None) or mounted
    return concat([f"{PROVIDER}/", path, "/", name])


def _role(
    instance: Instance,
    declared: Declared,
    bot: Value,
    principals: tuple[tuple[Value, Place], ...] = (),
    people: Iterable[tuple[str, Value, Place]] = (),
) -> None:
    """Add a role with the rules of its policies."""
    declared.add(Bot(bot, "bot", instance.place, declared.unit))
    rules, whole = rules_of((*texts(instance, "token_policies"), *texts(instance, "policies")), declared)
    declared.add(VaultRole(bot, rules, whole, principals, instance.place, declared.unit, tuple(people)))


def jwt_role(instance: Instance, declared: Declared) -> None:
    """Add a role for tokens of pipelines, with the subjects that may sign in as it."""
    bot = _bot(instance, declared, "jwt")
    kind = text(instance, "role_type")
    if kind == "oidc" or (kind is None and written(instance, "allowed_redirect_uris") is not None):
        _role(instance, declared, bot, people=_people(instance, declared))  # they sign in with a browser
        return
    _role(instance, declared, bot)
    if kind not in (None, "jwt"):
        return
    backend = found(declared, ("vault_jwt_auth_backend",), text(instance, "backend"), ("path", "id"))
    issuer: Value | None = None
    if backend is not None:
        issuer = text(backend, "bound_issuer") or text(backend, "oidc_discovery_url")
    issuer = issuer or Unknown("the issuer of the tokens is not in the repository", instance.place)
    for subject, place in _subjects(instance):
        declared.add(FederatedCredential(PROVIDER, bot, issuer, subject, place, declared.unit))


def _people(instance: Instance, declared: Declared) -> Iterator[tuple[str, Value, Place]]:
    """Yield the groups and people whom a role lets sign in with a browser, by the claims that it tests."""
    claims = text_map(instance, "bound_claims")
    at = place_of(instance, "bound_claims")
    group_claim = text(instance, "groups_claim") or "groups"
    kinds = {key(group_claim): "group", "groups": "group", "email": "user", "preferred_username": "user", "sub": "user"}
    if len(claims) != 1 or next(iter(claims)).strip("/") not in kinds or text(instance, "bound_claims_type") == "glob":
        declared.facts.unresolved.append(Unresolved("which people sign in to Vault by a role is not in the repository", at))
        return
    ((name, listed),) = claims.items()
    for one in listed.split(",") if isinstance(listed, str) else [listed]:
        yield kinds[name.strip("/")], one.strip() if isinstance(one, str) else one, at


def unseen_role(method: str, attribute: str) -> Reader:
    """Return the reader of a role of an auth method that says nothing about who signs in."""

    def read(instance: Instance, declared: Declared) -> None:
        _role(instance, declared, _bot(instance, declared, method, attribute))

    return read


def _subjects(instance: Instance) -> Iterator[tuple[Value, Place]]:
    """Yield the subjects that a role admits; one that is not known where other claims decide."""
    claims = text_map(instance, "bound_claims")
    at = place_of(instance, "bound_claims")
    subject = text(instance, "bound_subject")
    is_glob = text(instance, "bound_claims_type") == "glob"
    others = sorted(set(claims) - {"sub", "repository"})
    if (others and subject is None) or isinstance(claims.get("sub", ""), Unknown):
        shown = ", ".join(f"`{name}`" for name in others) or "`sub`"
        yield Unknown(f"the role tests {shown}", at), at
    elif subject:
        yield subject, place_of(instance, "bound_subject")
    elif "sub" in claims:
        for one in str(claims["sub"]).split(",") if isinstance(claims["sub"], str) else [claims["sub"]]:
            literal = isinstance(one, str) and not is_glob and "*" in one  # without `glob` a star is a star
            yield (Unknown("the subject holds a star, which no token does", at) if literal else one), at
    elif isinstance(claims.get("repository"), str):
        for name in str(claims["repository"]).split(","):
            yield f"repo:{name.strip()}:*", at
    elif not claims and written(instance, "bound_claims") is None:
        yield "*", instance.place
    else:
        yield Unknown("which claims the role tests is not known", at), at


def kubernetes_role(instance: Instance, declared: Declared) -> None:
    """Add a role for service accounts of a cluster."""
    bot = _bot(instance, declared, "kubernetes")
    _role(instance, declared, bot)
    for namespace, _ in texts(instance, "bound_service_account_namespaces"):
        for name, place in texts(instance, "bound_service_account_names"):
            subject = concat(["system:serviceaccount:", namespace, ":", name])
            declared.add(FederatedCredential(PROVIDER, bot, KUBERNETES, subject, place, declared.unit))


def aws_login_role(instance: Instance, declared: Declared) -> None:
    """Add a role for principals of AWS, which sign in with a signed request."""
    _role(instance, declared, _bot(instance, declared, "aws", "role"), texts(instance, "bound_iam_principal_arns"))


def engine_role(instance: Instance, declared: Declared) -> None:
    """Add a role of the AWS secrets engine; a document that it holds is a policy of the session, or of the user that is made."""
    kind = text(instance, "credential_type")
    mounted = text(instance, "backend") or "aws"
    backend = found(declared, ("vault_aws_secret_backend",), mounted, ("path", "id"))
    path = (text(backend, "path") or "aws" if backend is not None else None) or mounted
    name = text(instance, "name") or not_in_repository(instance, declared.unit, "name")
    policy_kind = PolicyKind.IDENTITY if kind == "iam_user" else PolicyKind.SESSION
    declared.policy(instance, written(instance, "policy_document"), policy_kind, name, "policy_document")
    if kind != "assumed_role":
        reason = "what credentials that Vault makes may do in AWS is no part of the graph"
        declared.facts.unresolved.append(Unresolved(reason, place_of(instance, "credential_type")))
        return
    paths = tuple(f"{path}/{form}/{name}" for form in ("creds", "sts")) if isinstance(path, str) and isinstance(name, str) else ()
    if not paths:
        declared.facts.unresolved.append(Unresolved("under which path Vault offers a role of AWS is not known", instance.place))
    declared.add(VaultAwsRole(concat([path, "/", name]), paths, texts(instance, "role_arns"), instance.place, declared.unit))


READERS = {
    ("managed", "vault_jwt_auth_backend_role"): jwt_role,
    ("managed", "vault_kubernetes_auth_backend_role"): kubernetes_role,
    ("managed", "vault_aws_auth_backend_role"): aws_login_role,
    ("managed", "vault_aws_secret_backend_role"): engine_role,
    ("managed", "vault_approle_auth_backend_role"): unseen_role("approle", "role_name"),
    ("managed", "vault_cert_auth_backend_role"): unseen_role("cert", "name"),
    ("managed", "vault_gcp_auth_backend_role"): unseen_role("gcp", "role"),
    ("managed", "vault_azure_auth_backend_role"): unseen_role("azure", "role"),
    **{
        (mode, name): looked_up
        for mode in ("managed", "data")
        for name in (
            "vault_policy", "vault_policy_document", "vault_jwt_auth_backend", "vault_auth_backend", "vault_aws_secret_backend",
        )
    },
}  # fmt: skip

"""OIDC subjects: the forms in which issuers write them, and which of them a condition can never meet."""

from __future__ import annotations

from iamlint.source.value import Text, Unknown, Value

GITHUB, GITLAB, KUBERNETES = "github", "gitlab", "kubernetes"

_GITHUB_WORDS = frozenset({
    "environment", "pull_request", "ref", "actor", "actor_id", "aud", "base_ref", "context", "enterprise", "enterprise_id",
    "event_name", "head_ref", "job_workflow_ref", "job_workflow_sha", "repository", "repository_id", "repository_owner",
    "repository_owner_id", "repository_visibility", "run_attempt", "run_id", "run_number", "runner_environment", "sha",
    "workflow", "workflow_ref", "workflow_sha", "check_run_id", "issuer", "environment_node_id", "repository_custom_property",
    "repo", "repo_id",
})  # fmt: skip
"""What may follow `repo:OWNER/NAME:` (GitHub Docs, "OpenID Connect reference": the default forms, and claims of custom ones)."""


def family(issuer: str, subject: str) -> str:
    """Return whose subjects these are: by the issuer, or by the subject's beginning where the issuer is not known."""
    if issuer.startswith("token.actions.") or issuer.endswith("/_services/token") or subject.startswith("repo:"):
        return GITHUB
    if issuer.startswith("gitlab") or subject.startswith("project_path:"):
        return GITLAB
    if issuer.startswith("oidc.eks.") or subject.startswith("system:serviceaccount:"):
        return KUBERNETES
    return ""


def why_never(issuer: str, operator: str, subject: Value) -> str:
    """Return why no token carries a subject that a condition wants, in words, or nothing."""
    if isinstance(subject, Unknown):
        return ""
    known = subject if isinstance(subject, str) else "".join(part for part in subject.parts if isinstance(part, str))
    if "like" not in operator.lower() and ("*" in known or "?" in known):
        return f"`{operator}` takes the star literally"
    if isinstance(subject, Text):
        return ""
    form = family(issuer, subject)
    if form == GITHUB:
        return _never_github(subject)
    if form == GITLAB and ":ref:refs/" in subject:
        return "GitLab writes the bare name of a branch or tag, without `refs/heads/`"
    if form == KUBERNETES:
        return _never_kubernetes(subject)
    return ""


def _never_github(subject: str) -> str:
    if "/" in subject.partition(":")[0]:
        return "GitHub's subjects begin with `repo:`"
    kind, _, rest = subject.partition(":")
    if kind != "repo" or not rest or has_star(rest.partition(":")[0]):
        return ""
    name, colon, tail = rest.partition(":")
    if "/" not in name:
        return "the repository is written without its owner"
    if not colon or not tail:
        return ""
    word, _, value = tail.partition(":")
    if has_star(word):
        return ""
    if word == "ref" and value and not value.startswith("refs/") and not has_star(value[:5]):
        return "GitHub writes a branch as `ref:refs/heads/…`"
    if word not in _GITHUB_WORDS:
        return f"no subject has `{word}` after the repository"
    return ""


def _never_kubernetes(subject: str) -> str:
    if has_star(subject[: len("system:serviceaccount:")]):
        return ""
    if not subject.startswith("system:serviceaccount:"):
        return "the subjects of service accounts begin with `system:serviceaccount:`"
    rest = subject.removeprefix("system:serviceaccount:")
    if ":" not in rest and not has_star(rest):
        return "namespace and service account stand after each other with a colon between"
    return ""


def has_star(text: str) -> bool:
    """Return whether a stretch of a pattern may stand for others."""
    return "*" in text or "?" in text

"""OIDC subjects: the forms in which issuers write them, and which of them a condition can never meet."""

from __future__ import annotations

from iamlint.lint.placeholders import placeholder_in
from iamlint.source.value import Text, Unknown, Value

GITHUB, GITLAB, KUBERNETES = "github", "gitlab", "kubernetes"
BUILDKITE, CIRCLECI, BITBUCKET, TERRAFORM = "buildkite", "circleci", "bitbucket", "terraform"

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
    if issuer.startswith("token.actions.") or issuer.endswith("/_services/token"):
        return GITHUB
    known = next((name for start, name in _ISSUERS if issuer.startswith(start)), None)
    return known or next((name for start, name in _BEGINNINGS if subject.startswith(start)), "")


_ISSUERS = (
    ("gitlab", GITLAB), ("oidc.eks.", KUBERNETES), ("agent.buildkite.com", BUILDKITE), ("oidc.circleci.com/", CIRCLECI),
    ("api.bitbucket.org/", BITBUCKET), ("app.terraform.io", TERRAFORM),
)  # fmt: skip
_BEGINNINGS = (("repo:", GITHUB), ("project_path:", GITLAB), ("system:serviceaccount:", KUBERNETES))


def why_never(issuer: str, operator: str, subject: Value) -> str:
    """Return why no token carries a subject that a condition wants, in words, or nothing."""
    if isinstance(subject, Unknown):
        return ""
    known = subject if isinstance(subject, str) else "".join(part for part in subject.parts if isinstance(part, str))
    if "like" not in operator.lower() and ("*" in known or "?" in known):
        return f"`{operator}` takes the star literally"
    if isinstance(subject, Text):
        return ""
    found = placeholder_in(subject)
    if found:
        return f"`{found}` is a placeholder"
    form = family(issuer, subject)
    if form == GITHUB:
        return _never_github(subject)
    if form == GITLAB:
        return _never_gitlab(subject)
    if form == KUBERNETES:
        return _never_kubernetes(subject)
    if form == BITBUCKET:
        return _never_bitbucket(subject)
    return _never_in_pairs(subject, form, "like" in operator.lower()) if form in _PAIRS else ""


_PAIRS = {
    BUILDKITE: (("organization", "pipeline", "ref", "commit", "step"), ":", "Buildkite"),
    TERRAFORM: (("organization", "project", "workspace", "run_phase"), ":", "HCP Terraform"),
    CIRCLECI: (("org", "project", "user"), "/", "CircleCI"),
}
"""The subjects that are made of names and values in turn: the names, and what stands between."""


def _never_in_pairs(subject: str, form: str, is_pattern: bool) -> str:
    names, mark, title = _PAIRS[form]
    if is_pattern and has_star(subject.partition(mark)[0]):
        return ""
    if not subject.startswith(f"{names[0]}{mark}"):
        return f"the subjects of {title} begin with `{names[0]}{mark}`"
    if is_pattern and "*" in subject:
        if form == TERRAFORM and (phase := subject.rpartition(":run_phase:"))[1] and phase[2] not in ("plan", "apply", "*"):
            return _PHASES if not has_star(phase[2]) else ""
        return ""
    missing = [name for name in names if f"{mark}{name}{mark}" not in f"{mark}{subject}{mark}"]
    if missing:
        return f"a subject of {title} has `{missing[0]}` as well; a pattern (`StringLike`) may leave the rest open"
    if form == TERRAFORM and subject.rpartition(":run_phase:")[2] not in ("plan", "apply"):
        return _PHASES
    return ""


_PHASES = "a run's phase is `plan` or `apply`"


def _never_gitlab(subject: str) -> str:
    if ":ref:refs/" in subject:
        return "GitLab writes the bare name of a branch or tag, without `refs/heads/`"
    path, colon, rest = subject.removeprefix("project_path:").partition(":")
    if not subject.startswith("project_path:"):
        return "" if has_star(subject.partition(":")[0]) else "GitLab's subjects begin with `project_path:`"
    if has_star(path) or not colon:
        return ""
    if "/" not in path:
        return "the project is written without its group"
    if rest.startswith("ref_type:"):
        kind = rest.removeprefix("ref_type:").partition(":")[0]
        if kind not in ("branch", "tag") and not has_star(kind):
            return "the type of a ref is `branch` or `tag`"
    return ""


def _never_github(subject: str) -> str:
    if "/" in subject.partition(":")[0]:
        return "GitHub's subjects begin with `repo:`"
    kind, _, rest = subject.partition(":")
    if kind not in _GITHUB_WORDS and not has_star(kind):
        return f"no subject of GitHub begins with `{kind}`"
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


def _never_bitbucket(subject: str) -> str:
    """Judge `{REPOSITORY}[:{ENVIRONMENT}]:{STEP}`: ids in braces."""
    if not subject.startswith("{") and not has_star(subject[:1]):
        return "Bitbucket's subjects begin with the id of the repository in braces"
    if ":" not in subject and not has_star(subject):
        return "a subject of Bitbucket has the id of the step as well; a pattern (`StringLike`) may leave the rest open"
    return ""


def has_star(text: str) -> bool:
    """Return whether a stretch of a pattern may stand for others."""
    return "*" in text or "?" in text

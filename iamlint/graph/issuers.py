"""Issuers of web identities: whose they are, and how the bots are called that present their subjects."""

from __future__ import annotations

from iamlint.model.workload import SUBJECT_PREFIXES
from iamlint.source.regex import regex
from iamlint.source.value import Text, Value, concat, key

GITHUB = "token.actions.githubusercontent.com"
IDS = regex(r"@\d+")
"""The numbers in GitHub's immutable subjects."""


def family_of(issuer: str) -> str:
    """Return the first word of the names of an issuer's bots."""
    if issuer == GITHUB or issuer.startswith("token.actions.") or issuer.endswith("/_services/token"):
        return "github"
    if issuer.startswith(("oidc.eks.", "kubernetes.default.svc")):
        return "k8s"
    known = {"agent.buildkite.com": "buildkite", "app.terraform.io": "terraform"}.get(issuer)
    if known is None and issuer.startswith("oidc.circleci.com/org/"):
        known = "circleci"
    if known is None and issuer.startswith("api.bitbucket.org/"):
        known = "bitbucket"
    return known or ("gitlab" if issuer.startswith("gitlab") else issuer)


def family_by_subjects(issuer: str, tested: list[Value]) -> str:
    """Return the family of an issuer; of one with a host of its own, by the form of the subjects that are tested."""
    family = family_of(issuer)
    if family != issuer:
        return family
    for value in tested:
        first = value.parts[0] if isinstance(value, Text) else value
        for service in ("gitlab", "k8s", "github"):
            if isinstance(first, str) and first.startswith(SUBJECT_PREFIXES[service]):
                return service
        if isinstance(first, str) and first.startswith("organization:"):
            return "terraform" if ":workspace:" in key(value) or ":run_phase:" in key(value) else "buildkite"
    return family


def bot_name(family: str, issuer: str, subject: Value) -> Value:
    """Return the name of the bot that presents a subject; the numbers of an immutable subject are left out."""
    if not isinstance(subject, str):
        parts = subject.parts if isinstance(subject, Text) else (subject,)
        first = parts[0].removeprefix(SUBJECT_PREFIXES.get(family, "")) if isinstance(parts[0], str) else parts[0]
        return concat([family, "/", first, *parts[1:]])
    bare = subject.removeprefix(SUBJECT_PREFIXES.get(family, ""))
    if family == "k8s":
        bare = bare.replace(":", "/", 1)
    if family == "github":
        repository, colon, rest = bare.partition(":")
        bare = IDS.sub("", repository) + colon + rest
    return f"{family}/{bare}" if family != issuer else f"{issuer}/{bare}"

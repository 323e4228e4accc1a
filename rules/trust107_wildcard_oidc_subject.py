"""TRUST107 wildcard-oidc-subject."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    AwsRole,
    Confidence,
    Example,
    Finding,
    OidcTrust,
    Severity,
    key,
    matches,
    oidc_trusts,
    rule,
    subject,
    text_of,
)  # fmt: skip

_STRANGERS = (
    "repo:stranger/anything:ref:refs/heads/main", "repo:stranger@1/anything@2:environment:prod",
    "project_path:stranger/anything:ref_type:branch:ref:main",
    "organization:stranger:pipeline:anything:ref:refs/heads/main:commit:0:step:",
    "organization:stranger:project:anything:workspace:anything:run_phase:apply",
    "system:serviceaccount:stranger:anything",
)  # fmt: skip

_ROLE = """
data "aws_iam_policy_document" "trust" {{
  statement {{
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {{
      type        = "Federated"
      identifiers = ["arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"]
    }}
    condition {{
      test     = "{test}"
      variable = "token.actions.githubusercontent.com:{claim}"
      values   = ["{value}"]{mark}
    }}{more}
  }}
}}

resource "aws_iam_role" "deploy" {{
  name               = "deploy"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}}
"""


def _role(test: str, value: str, mark: str = "", claim: str = "sub", more: str = "") -> dict[str, str]:
    return {"infra/main.tf": _ROLE.format(test=test, value=value, mark=mark, claim=claim, more=more)}


def _other(issuer: str, value: str, mark: str = "") -> dict[str, str]:
    files = _role("StringLike", value, mark)
    return {path: text.replace("token.actions.githubusercontent.com", issuer) for path, text in files.items()}


_BITBUCKET = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"
_SECOND = """
    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:repository_id"
      values   = ["74"]
    }"""


@rule(
    id="TRUST107",
    name="wildcard-oidc-subject",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["GitHub Docs: OpenID Connect reference", "IAM User Guide: Create a role for OpenID Connect federation"],
    bad=[
        Example("any repository of anybody", _role("StringLike", "repo:*", " # <- TRUST107")),
        Example("any repository of one owner", _role("StringLike", "repo:acme/*", " # <- TRUST107")),
        Example("a prefix that others can register", _role("StringLike", "repo:acme*/checkout:*", " # <- TRUST107")),
        Example("any pipeline of an organization", _other("agent.buildkite.com", "organization:acme:*", "  # <- TRUST107")),
        Example("any workspace of a project", _other(
            "app.terraform.io", "organization:acme:project:shop:workspace:*:run_phase:apply", "  # <- TRUST107")),
        Example("any project of CircleCI's organization", _other("oidc.circleci.com/org/1234", "org/1234/*", "  # <- TRUST107")),
        Example("any repository of a workspace of Bitbucket", _other(_BITBUCKET, "{*}:*", "  # <- TRUST107")),
        Example("repositories whose name begins alike", _role("StringLike", "repo:acme/checkout*", " # <- TRUST107")),
    ],
    good=[
        Example("one repository, any branch", _role("StringLike", "repo:acme/checkout:*")),
        Example("one pipeline, any commit", _other("agent.buildkite.com", "organization:acme:pipeline:checkout:*")),
        Example("one workspace, either phase", _other(
            "app.terraform.io", "organization:acme:project:shop:workspace:prod:run_phase:*")),
        Example("one project of CircleCI", _other("oidc.circleci.com/org/1234", "org/1234/project/5678/user/*")),
        Example("one repository of Bitbucket, any step", _other(_BITBUCKET, "{2b1c6c7e-0000-4000-8000-1234567890ab}*:*")),
        Example("a literal star matches nothing at all", _role("StringEquals", "repo:acme/*")),
        Example("the immutable form with its ids open", _role("StringLike", "repo:acme@*/checkout@*:environment:prod")),
        Example("another claim fixes the repository", _role("StringLike", "repo:acme/*", more=_SECOND)),
    ],
)  # fmt: skip
def wildcard_oidc_subject(graph: AccessGraph) -> Iterator[Finding]:
    """A role accepts the tokens of more repositories, projects or service accounts than one.

    A star before the end of the repository's name lets in every repository that fits, among them those that somebody
    else may create tomorrow.

    ## What to do instead

    Write owner and name in full and leave the star to what follows: `repo:acme/checkout:*`, better
    `repo:acme/checkout:environment:prod`.

    ## What this rule does not see

    Subjects that the repository does not hold, and custom subject formats. A star under `StringEquals` matches no token
    at all and is another rule's matter.
    """
    for trust in oidc_trusts(graph.estate.all(AwsRole)):
        if _is_fixed_otherwise(trust):
            continue
        for condition, _ in trust.claims("sub"):
            for number, value in enumerate(condition.values):
                pattern, who = text_of(value), ""
                if pattern is not None and "like" in condition.operator.lower():
                    who = _who_fits(pattern, trust.issuer)
                if who:
                    yield Finding(
                        f"the subject `{pattern}` fits {who}",
                        at=trust.statement.place(*condition.route, number),
                        because=[
                            (trust.principal_place, f"tokens of `{trust.issuer}`"),
                            (trust.role.place, f"may assume `{key(trust.role.name)}`"),
                        ],
                        help="write owner and name in full and leave the star to what follows",
                        subject=f"{subject(trust.statement)} {pattern}",
                    )


def _who_fits(pattern: str, issuer: str) -> str:
    """Return who beside the intended fits a subject pattern, in words, or nothing when it names one repository or project."""
    if issuer.startswith("api.bitbucket.org/"):  # the issuer is the workspace's own, and a subject begins with `{REPOSITORY}`
        return "every repository of the workspace" if "}" not in pattern.partition("*")[0].partition("?")[0] else ""
    if any(matches(pattern, stranger) for stranger in _STRANGERS):
        return "identities of any organization"
    if pattern.startswith(("organization:", "org/")):
        return _who_fits_organization(pattern)
    kind, _, rest = pattern.partition(":")
    if kind not in ("repo", "project_path") or ("*" not in rest and "?" not in rest):
        return ""
    owner, slash, name = rest.partition(":")[0].replace("@*", "").partition("/")
    if "*" in owner or "?" in owner or not slash:
        return "repositories of every owner whose name fits"
    return f"every repository of `{owner}` whose name fits" if "*" in name or "?" in name else ""


def _who_fits_organization(pattern: str) -> str:
    """Return who fits a subject of Buildkite, HCP Terraform or CircleCI beside one pipeline, workspace or project."""
    mark = "/" if pattern.startswith("org/") else ":"
    names = pattern.split(mark)
    values = dict(zip(names[::2], names[1::2], strict=False))
    owner = values.get("organization") or values.get("org") or ""
    if "*" in owner or "?" in owner:
        return "identities of any organization" if mark == ":" else ""  # CircleCI's issuer is the organization's own
    for name, words in (("pipeline", "pipelines"), ("workspace", "workspaces"), ("project", "projects")):
        if name in values and not (name == "project" and "workspace" in values):
            open_ = "*" in values[name] or "?" in values[name]
            return f"{words} of the organization beside one" if open_ else ""
    return f"everything of the organization `{owner}`"


def _is_fixed_otherwise(trust: OidcTrust) -> bool:
    return any(True for _ in trust.claims("repository", "repository_id", "job_workflow_ref"))

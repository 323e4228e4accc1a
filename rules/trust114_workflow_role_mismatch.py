"""TRUST114 workflow-role-mismatch."""

from collections.abc import Iterator
from re import compile as compile_pattern

from iamlint.rulekit import (
    AccessGraph,
    AwsRole,
    Confidence,
    EdgeKind,
    Example,
    Finding,
    NodeKind,
    Place,
    RoleAssumption,
    Severity,
    Value,
    WorkflowJob,
    key,
    matches,
    oidc_trusts,
    rule,
    text_of,
)  # fmt: skip

_ROLE = """
resource "aws_iam_role" "deploy" {{
  name = "deploy"
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = {{ Federated = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com" }}
      Condition = {{
        StringLike = {{
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = {subject}
        }}
      }}
    }}]
  }})
}}
provider "aws" {{
  allowed_account_ids = ["111111111111"]
}}
"""
_WORKFLOW = """
name: deploy
on: {{push: {{branches: [main]}}}}
permissions: {{{permissions}}}
jobs:
  deploy:
    runs-on: ubuntu-latest
    {environment}
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          aws-region: eu-west-1
          role-to-assume: {role}
"""
_SETTINGS = "inputs:\n  repository: acme/checkout\n"


def _files(subject: str, mark: str = "", **other: str) -> dict[str, str]:
    settings = {
        "environment": "environment: prod", "role": "arn:aws:iam::111111111111:role/deploy", "permissions": "id-token: write", **other
    }  # fmt: skip
    workflow = _WORKFLOW.format(**settings | {"role": settings["role"] + mark})
    return {"iamlint.yaml": _SETTINGS, "infra/main.tf": _ROLE.format(subject=subject), ".github/workflows/deploy.yml": workflow}


_GITLAB = """
deploy:
  {tokens}: {{AWS: {{aud: sts.amazonaws.com}}}}
  rules: [{{if: $CI_COMMIT_BRANCH == "{branch}"}}]
  script:
    - aws sts assume-role-with-web-identity --role-arn arn:aws:iam::111111111111:role/deploy{mark}
"""


def _gitlab(branch: str, tokens: str = "id_tokens", mark: str = "") -> dict[str, str]:
    trust = _ROLE.format(subject='"project_path:acme/checkout:ref_type:branch:ref:main"')
    return {
        "iamlint.yaml": _SETTINGS,
        "infra/main.tf": trust.replace("token.actions.githubusercontent.com", "gitlab.com"),
        ".gitlab-ci.yml": _GITLAB.format(tokens=tokens, branch=branch, mark=mark),
    }


_BITBUCKET = """
pipelines:
  branches:
    main:
      - step:
          {line}
          script:
            - aws sts assume-role-with-web-identity --role-arn arn:aws:iam::111111111111:role/deploy{mark}
"""


def _bitbucket(line: str, mark: str = "") -> dict[str, str]:
    trust = _ROLE.format(subject='"{1}*:*"').replace(
        "token.actions.githubusercontent.com", "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"
    )
    pipeline = _BITBUCKET.format(line=line, mark=mark)
    return {"iamlint.yaml": _SETTINGS, "infra/main.tf": trust, "bitbucket-pipelines.yml": pipeline}


def _claimed(workflow: str, mark: str = "") -> dict[str, str]:
    """Return a role that asks for the workflow that defines the job, and for no subject."""
    files = _files(f'"acme/checkout/.github/workflows/{workflow}@refs/heads/main"', mark=mark)
    return {**files, "infra/main.tf": files["infra/main.tf"].replace(':sub"', ':job_workflow_ref"')}


_ACCOUNT = """
apiVersion: v1
kind: ServiceAccount
metadata:
  name: web
  namespace: shop
  annotations:
    eks.amazonaws.com/role-arn: arn:aws:iam::111111111111:role/deploy{mark}
"""


def _irsa(subject: str, mark: str = "") -> dict[str, str]:
    trust = _ROLE.format(subject=f'"{subject}"')
    issuer = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"
    return {
        "infra/main.tf": trust.replace("token.actions.githubusercontent.com", issuer), "k8s/web.yaml": _ACCOUNT.format(mark=mark)
    }  # fmt: skip


@rule(
    id="TRUST114",
    name="workflow-role-mismatch",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "GitHub Docs: OpenID Connect reference",
        "GitHub Docs: Configuring OpenID Connect in Amazon Web Services",
    ],
    bad=[
        Example("the role wants a branch, the job has an environment", _files(
            '"repo:acme/checkout:ref:refs/heads/main"', mark="  # <- TRUST114")),
        Example("the role wants an environment, the job has none", _files(
            '"repo:acme/checkout:environment:prod"', environment="timeout-minutes: 5", mark="  # <- TRUST114")),
        Example("the role is another repository's", _files('"repo:acme/payments:*"', mark="  # <- TRUST114")),
        Example("GitLab runs the job on another branch", _gitlab("release", mark="  # <- TRUST114")),
        Example("GitLab's job has no id token", _gitlab("main", "no_tokens", mark="  # <- TRUST114")),
        Example("Bitbucket's step has no token", _bitbucket("name: deploy", "  # <- TRUST114")),
        Example("the role wants another workflow of the repository", _claimed("other.yml", "  # <- TRUST114")),
        Example("a service account that the role does not admit", _irsa("system:serviceaccount:shop:api", "  # <- TRUST114")),
        Example("the job may not ask for a token", _files(
            '"repo:acme/checkout:environment:prod"', permissions="contents: read", mark="  # <- TRUST114")),
    ],
    good=[
        Example("the role wants this workflow", _claimed("deploy.yml")),
        Example("the service account that the role admits", _irsa("system:serviceaccount:shop:web")),
        Example("every service account of the namespace", _irsa("system:serviceaccount:shop:*")),
        Example("the same environment", _files('"repo:acme/checkout:environment:prod"')),
        Example("GitLab's branch", _gitlab("main")),
        Example("Bitbucket's step has a token", _bitbucket("oidc: true")),
        Example("any subject of the repository", _files('"repo:acme/checkout:*"')),
        Example("immutable ids", _files('"repo:acme@1/checkout@2:environment:prod"')),
        Example("a role of another repository", _files('"repo:acme/payments:*"', role="arn:aws:iam::111111111111:role/other")),
        Example("a role that nobody knows yet", _files('"repo:acme/payments:*"', role="${{ vars.ROLE }}")),
        Example("a trust that nobody knows yet", {"infra/variables.tf": 'variable "subject" {}\n', **_files("var.subject")}),
        Example("the repository's own name is not known", {**_files('"repo:acme/payments:environment:prod"'), "iamlint.yaml": "# nothing\n"}),
        Example("a subject of the organization's own template", _files('"repo:acme/checkout:job_workflow_ref:acme/ci/*"')),
    ],
)  # fmt: skip
def workflow_role_mismatch(graph: AccessGraph) -> Iterator[Finding]:
    """A workflow, or a service account of Kubernetes, assumes a role whose trust policy its tokens cannot satisfy.

    The job fails at its first step, and the trust policy is then opened until it works. Decided by evaluation: every subject
    that the job can present, with its environment, branches and permissions, is held against the trust policy.

    ## What to do instead

    Give the job the environment that the role wants, or let the role name the job's subject.

    ## What this rule does not see

    Roles and repositories that are not known, organizations with a subject template of their own, and whether a role that
    fits is meant for the job.
    """
    jobs: dict[str, list[WorkflowJob]] = {}
    for job in graph.estate.all(WorkflowJob):
        jobs.setdefault(job.bot, []).append(job)
    roles = {key(role.arn): role for role in graph.estate.all(AwsRole)}
    for assumption in graph.estate.all(RoleAssumption):
        role = roles.get(key(assumption.role_arn))
        if role is not None and assumption.mechanism in _ACCOUNTS:
            yield from _account(graph, assumption, role)
            continue
        presented = jobs.get(key(assumption.bot), [])
        if role is None or not presented or assumption.mechanism not in _TOKENS:
            continue
        tokenless = not any(job.can_request_token for job in presented)
        if not tokenless and assumption.mechanism == "bitbucket-oidc":
            continue  # its subjects are made of ids that no file holds
        if assumption.mechanism != "bitbucket-oidc" and not _is_plain(role):
            continue
        if any(text_of(job.repository) is None for job in presented):
            continue
        if not tokenless and any(_is_admitted(graph, job, role) for job in presented):
            continue
        if tokenless:
            why = f"the job may not ask for a token: {_TOKENS[assumption.mechanism]}"
        else:
            subjects = list(dict.fromkeys(one for job in presented for one in job.subjects))
            shown = " or ".join(f"`{key(one)}`" for one in subjects)
            why = f"its trust policy wants another subject than {shown}"
            if _subject_fits(role, subjects):
                why = f"its trust policy wants other claims, or another audience, than the tokens of {shown} have"
        yield Finding(
            f"this job cannot assume `{key(role.name)}`: {why}",
            at=assumption.place,
            because=[(condition_place, "what the trust policy wants") for condition_place in _wanted(role)[:3]],
            help="give the job the environment or branch that the role wants, or let the role name the job's subject",
            subject=f"{key(assumption.bot)} {key(role.arn)}",
        )


_ACCOUNTS = {
    "irsa": "its trust policy admits other service accounts, or another audience",
    "pod-identity": "its trust policy does not let `pods.eks.amazonaws.com` assume it and tag the session",
}


def _account(graph: AccessGraph, assumption: RoleAssumption, role: AwsRole) -> Iterator[Finding]:
    """Yield that a service account of Kubernetes cannot be the role that it names."""
    account = text_of(assumption.bot)
    statements = role.trust.statements if role.trust is not None else ()
    named = [pattern.value for statement in statements for pattern in statement.principals or ()]
    if account is None or not named or any(statement.opaque is not None for statement in statements):
        return
    if any(text_of(value) is None for value in named) or f"bot:{account}" in _admitted(graph, role):
        return
    yield Finding(
        f"the service account `{account.removeprefix('k8s/')}` cannot assume `{key(role.name)}`: {_ACCOUNTS[assumption.mechanism]}",
        at=assumption.place,
        because=[(role.place, "the role")],
        help="let the trust policy name this service account, or let the service account name its own role",
        subject=f"{key(assumption.bot)} {key(role.arn)}",
    )


_TOKENS = {
    "github-oidc": "`permissions` has no `id-token: write`",
    "gitlab-oidc": "it has no `id_tokens`",
    "bitbucket-oidc": "it has no `oidc: true`",
}
"""What a job lacks that may not ask for a token, by the mechanism."""


def _is_plain(role: AwsRole) -> bool:
    """Return whether the trust policy is known and wants subjects of GitHub's default form."""
    trusts = list(oidc_trusts([role]))
    values = [value for trust in trusts for condition, _ in trust.claims("sub") for value in condition.values]
    known = [text_of(value) for value in values]
    if role.trust is None or any(statement.opaque is not None for statement in role.trust.statements):
        return False
    decided = {condition.key.lower().rpartition(":")[2] for trust in trusts for condition in trust.statement.conditions}
    if not known:  # without a subject the claims decide that the workflow has
        return bool(trusts) and decided <= _CLAIMS
    return bool(trusts) and all(text is not None and _DEFAULT.match(text) for text in known)


_CLAIMS = frozenset({"aud", "job_workflow_ref", "ref", "event_name", "environment", "repository", "repository_owner"})


def _subject_fits(role: AwsRole, subjects: list[Value]) -> bool:
    """Return whether each trust of the role takes some subject of the job, or asks for none."""
    wanted = [
        text_of(value) or ""
        for trust in oidc_trusts([role])
        for condition, _ in trust.claims("sub")
        for value in condition.values
    ]
    return all(any(matches(text, key(subject)) for text in wanted) for subject in subjects) if wanted else True


def _is_admitted(graph: AccessGraph, job: WorkflowJob, role: AwsRole) -> bool:
    """Return whether the graph leads from a subject of the job to the role, for certain or perhaps."""
    return not _admitted(graph, role).isdisjoint(f"bot:{key(name)}" for name in job.bots)


def _admitted(graph: AccessGraph, role: AwsRole) -> set[str]:
    """Return who may assume a role, for certain or perhaps."""
    node = next(node for node in graph.nodes(NodeKind.ROLE) if any(fact is role for fact in node.facts))
    return {edge.source.id for edge in graph.in_edges(node, EdgeKind.MAY_ASSUME)}


def _wanted(role: AwsRole) -> list[Place]:
    return [trust.statement.place(*condition.route) for trust in oidc_trusts([role]) for condition, _ in trust.claims("sub")]


_DEFAULT = compile_pattern(r"repo:[^:]*(:(\*|environment:.*|pull_request|ref:.*))?$|project_path:[^:]*:(\*|ref_type:.*)$")

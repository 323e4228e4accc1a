"""IAM004 policy-too-large."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    NamedTuple,
    Policy,
    PolicyKind,
    Severity,
    characters,
    inline_policies,
    key,
    resource_owners,
    rule,
)  # fmt: skip

_LONG = ", ".join(f'"arn:aws:s3:::acme-{number:03}-{"x" * 40}/*"' for number in range(60))
_SHORT = {"limits": "rules: {IAM004: {managed: 200, trust: 150, scp: 150, role: 200}}"}


class Options(NamedTuple):
    """AWS's quotas in characters without white space; raise those that AWS has raised for you."""

    managed: int = 6144
    """A managed policy, and so a permissions boundary."""
    role: int = 10240
    """All inline policies of a role together."""
    user: int = 2048
    """All inline policies of a user together."""
    group: int = 5120
    """All inline policies of a group together."""
    permission_set: int = 32768
    """The inline policy of a permission set."""
    trust: int = 2048
    """The trust policy of a role; AWS raises it to 8192 on request."""
    scp: int = 5120
    """A service control policy."""
    rcp: int = 5120
    """A resource control policy."""
    session: int = 2048
    """A session policy."""
    bucket: int = 20480
    """The policy of a bucket."""
    endpoint: int = 20480
    """The policy of a VPC endpoint."""
    kms_key: int = 32768
    """The policy of a KMS key."""


@rule(
    id="IAM004",
    name="policy-too-large",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    options=Options(),
    references=["IAM User Guide: IAM and AWS STS quotas", "AWS Organizations User Guide: Quotas for AWS Organizations",
                "AWS PrivateLink Guide: Control access to VPC endpoints using endpoint policies"],
    bad=[
        Example("a trust policy beyond its quota", {"infra/main.tf": """
            resource "aws_iam_role" "app" {
              name = "app"
              assume_role_policy = jsonencode({ # <- IAM004
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = [for n in range(60) : "arn:aws:iam::111111111111:role/a-role-with-a-long-name-${n}"] }
                }]
              })
            }
            """}),
        Example("a service control policy beyond a quota that is set here", {"iamlint.yaml": _SHORT["limits"], "scp/freeze.yaml": """
            Version: "2012-10-17"  # <- IAM004
            Statement:
              - Effect: Deny
                Action: ["organizations:LeaveOrganization", "account:CloseAccount", "iam:CreateUser", "iam:CreateAccessKey"]
                Resource: "*"
            """}),
        Example("a managed policy", {"infra/main.tf": """
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({ # <- IAM004
                Version = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = [LONG] }]
              })
            }
            """.replace("LONG", ", ".join(f'"arn:aws:s3:::acme-{number:03}-{"x" * 60}/*"' for number in range(80)))}),
        Example("the policy of an endpoint", {"infra/main.tf": """
            resource "aws_vpc_endpoint" "s3" {
              vpc_id       = "vpc-1a2b3c4d"
              service_name = "com.amazonaws.eu-west-1.s3"
              policy = jsonencode({ # <- IAM004
                Version = "2012-10-17"
                Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = [LONG] }]
              })
            }
            """.replace("LONG", ", ".join(f'"arn:aws:s3:::acme-{number:03}-{"x" * 60}/*"' for number in range(250)))}),
        Example("inline policies that are too large together", {"iamlint.yaml": _SHORT["limits"], "infra/main.tf": """
            resource "aws_iam_role_policy" "first" {
              role   = "app"
              name   = "first"
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::acme-reports-of-the-year/*" }]
              })
            }
            resource "aws_iam_role_policy" "second" {
              role   = "app"
              name   = "second"
              policy = jsonencode({ # <- IAM004
                Version = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "s3:PutObject", Resource = "arn:aws:s3:::acme-reports-of-the-year/*" }]
              })
            }
            """}),
    ],
    good=[
        Example("white space is not counted", {"iamlint.yaml": _SHORT["limits"], "scp/freeze.yaml": """
            Version: "2012-10-17"
            Statement:
              - Effect:                                   Deny
                Action:                                   "account:CloseAccount"
                Resource:                                 "*"
            """}),
        Example("a document of which nobody knows how it is attached", {
            "policies/a.yaml": f'Version: "2012-10-17"\nStatement: {{Effect: Allow, Action: "s3:GetObject", Resource: [{_LONG}]}}\n'}),
        Example("the unknown issuer of a condition's key is not counted", {"iamlint.yaml": "rules: {IAM004: {trust: 235}}", "infra/main.tf": """
            variable "the_issuer_of_the_tokens_that_workloads_of_the_cluster_present" {}
            resource "aws_iam_role" "app" {
              name = "app"
              assume_role_policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRoleWithWebIdentity"
                  Principal = { Federated = "arn:aws:iam::111111111111:oidc-provider/issuer" }
                  Condition = { StringEquals = { "${var.the_issuer_of_the_tokens_that_workloads_of_the_cluster_present}:sub" = "a" } }
                }]
              })
            }
            """}),
        Example("what is filled in later is not counted", {"infra/main.tf": """
            variable "buckets" {}
            resource "aws_iam_policy" "app" {
              name   = "app"
              policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = var.buckets }] })
            }
            """}),
    ],
)  # fmt: skip
def policy_too_large(graph: AccessGraph, options: Options) -> Iterator[Finding]:
    """A policy has more characters than AWS accepts, so its deployment will fail.

    Inline policies share one quota per role, user or group. White space is not counted, and neither is what is only known
    at deployment, so a policy that is reported is too large whatever is filled in.

    ## What to do instead

    Split it into several managed policies, group actions by wildcard where the whole group is meant, or test tags and paths
    instead of listing names. If AWS has raised a quota for you, say so in the options of the rule.

    ## What this rule does not see

    Plain documents of which nothing says how they will be attached; AWS's own managed policies, which are larger than yours may be.
    """
    inline: set[int] = set()
    for holder in inline_policies(graph.estate):
        inline.update(id(policy) for policy in holder.policies)
        total = sum(characters(policy) for policy in holder.policies)
        limit = getattr(options, holder.kind, options.permission_set)
        if total > limit:
            what = (
                "this inline policy has"
                if len(holder.policies) == 1
                else f"the {len(holder.policies)} inline policies of `{holder.name}` have"
            )
            yield _finding(holder.policies[-1], what, total, limit)
    owners = resource_owners(graph.estate)
    for policy in graph.policies():
        owner = owners.get(id(policy))
        limit = _limit(policy, owner.kind if owner is not None else "", options)
        if limit and id(policy) not in inline:
            total = characters(policy)
            if total > limit:
                yield _finding(policy, "this policy has", total, limit)


def _limit(policy: Policy, resource: str, options: Options) -> int:
    kind = policy.kind
    if kind is PolicyKind.RESOURCE:
        return options.bucket if resource == "s3:bucket" else options.kms_key if resource == "kms:key" else 0
    if kind in (PolicyKind.IDENTITY, PolicyKind.BOUNDARY):
        return options.managed if policy.arn is not None and ":iam::aws:policy/" not in key(policy.arn) else 0
    return int(getattr(options, kind.value, 0))


def _finding(policy: Policy, what: str, total: int, limit: int) -> Finding:
    return Finding(
        f"{what} {total} characters, and AWS accepts {limit}",
        at=policy.place,
        help="split it, or group what belongs together; a quota that AWS has raised is an option of this rule",
        subject=policy.ref,
    )

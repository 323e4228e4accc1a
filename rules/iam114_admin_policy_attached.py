"""IAM114 admin-policy-attached."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Attachment,
    AwsRole,
    AwsUser,
    Certainty,
    Confidence,
    Edge,
    EdgeKind,
    Example,
    Finding,
    Layer,
    Node,
    NodeKind,
    Place,
    Severity,
    key,
    rule,
)  # fmt: skip

_POLICIES = {
    "AdministratorAccess": "is an administrator",
    "IAMFullAccess": "can make itself an administrator",
    "AWSOrganizationsFullAccess": "governs the whole organization",
    "AWSSSOMasterAccountAdministrator": "decides who signs in where",
    "AWSSSOMemberAccountAdministrator": "decides who signs in where",
    "AWSSSODirectoryAdministrator": "decides who is in which group",
    "PowerUserAccess": "may do nearly everything but manage permissions",
}

_ROLE = """
resource "aws_iam_role" "ci" {{
  name = "ci"
  {boundary}
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "codebuild.amazonaws.com" }} }}]
  }})
}}
resource "aws_iam_role_policy_attachment" "ci" {{
  role       = aws_iam_role.ci.name
  policy_arn = {policy} {mark}
}}
"""


def _role(policy: str, mark: str = "", boundary: str = "") -> dict[str, str]:
    return {"infra/main.tf": _ROLE.format(policy=policy, mark=mark, boundary=boundary)}


@rule(
    id="IAM114",
    name="admin-policy-attached",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["AWS Managed Policy Reference Guide: AdministratorAccess"],
    bad=[
        Example("a pipeline as administrator", _role('"arn:aws:iam::aws:policy/AdministratorAccess"', "# <- IAM114")),
        Example("who manages IAM is one", _role('"arn:aws:iam::aws:policy/IAMFullAccess"', "# <- IAM114")),
        Example("a group, by the name of the policy", {"infra/main.tf": """
            resource "aws_iam_group" "ops" {
              name = "ops"
            }
            data "aws_iam_policy" "admin" {
              name = "AdministratorAccess"
            }
            resource "aws_iam_group_policy_attachment" "ops" {
              group      = aws_iam_group.ops.name
              policy_arn = data.aws_iam_policy.admin.arn # <- IAM114
            }
            """}),
    ],
    good=[
        Example("a policy that reads", _role('"arn:aws:iam::aws:policy/ReadOnlyAccess"')),
        Example("a policy of one's own with the same name", _role('"arn:aws:iam::111111111111:policy/AdministratorAccess"')),
        Example("a boundary is a ceiling", _role(
            '"arn:aws:iam::aws:policy/AdministratorAccess"',
            boundary='permissions_boundary = "arn:aws:iam::111111111111:policy/ceiling"')),
        Example("a policy that nobody knows yet", {"infra/variables.tf": 'variable "policy" {}\n', **_role("var.policy")}),
        Example("a permission set for people", {"infra/main.tf": """
            resource "aws_ssoadmin_permission_set" "admins" {
              name         = "admins"
              instance_arn = "arn:aws:sso:::instance/ssoins-1"
            }
            resource "aws_ssoadmin_managed_policy_attachment" "admins" {
              instance_arn       = "arn:aws:sso:::instance/ssoins-1"
              permission_set_arn = aws_ssoadmin_permission_set.admins.arn
              managed_policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
            }
            """}),
    ],
)  # fmt: skip
def admin_policy_attached(graph: AccessGraph) -> Iterator[Finding]:
    """A role, user or group has a policy of AWS's that makes it an administrator, or nearly one.

    Everybody who may become the role is an administrator too: the finding names them, as far as the repository shows them.

    ## What to do instead

    A policy with what the work needs, or a permissions boundary that says how far an administrator may go. For people, a
    permission set in Identity Center.

    ## What this rule does not see

    Permission sets, which are made for it (`admin-permission-set-to-all-accounts` looks at them), whatever has a
    permissions boundary, and policies of your own that amount to the same (`full-admin-statement`).
    """
    bounded = {key(role.name) for role in graph.estate.all(AwsRole) if role.boundary is not None}
    bounded |= {key(user.name) for user in graph.estate.all(AwsUser) if user.boundary is not None}
    for attachment in graph.estate.all(Attachment):
        arn = attachment.policy_arn
        if attachment.layer is not Layer.IDENTITY or not isinstance(arn, str) or attachment.target_kind == "permission_set":
            continue
        name = arn.rpartition("/")[2]
        if ":iam::aws:policy/" not in arn or name not in _POLICIES or key(attachment.target) in bounded:
            continue
        holder = _holder(graph, attachment)
        if holder is not None and any(getattr(fact, "kind", "") == "permission_set" for fact in holder.facts):
            continue
        yield Finding(
            f"the {attachment.target_kind} `{key(attachment.target)}` has `{name}`, so it {_POLICIES[name]}",
            at=attachment.place,
            because=_who(graph, holder) if holder is not None else [],
            help="grant what the work needs, or set a permissions boundary",
            subject=f"{name} {key(attachment.target)}",
        )


def _holder(graph: AccessGraph, attachment: Attachment) -> Node | None:
    """Return the role, user or group that has the policy: that of the account, where several have one name."""
    kind = {"role": NodeKind.ROLE, "user": NodeKind.USER, "group": NodeKind.GROUP}.get(attachment.target_kind)
    for node in graph.nodes(kind) if kind is not None else ():
        for fact in node.facts:
            if getattr(fact, "name", None) == attachment.target and key(fact.account) == key(attachment.account):
                return node
    return None


def _who(graph: AccessGraph, holder: Node) -> list[tuple[Place, str]]:
    """Return who becomes the holder, at most five."""
    edges: list[Edge] = graph.in_edges(holder, EdgeKind.MAY_ASSUME, EdgeKind.MEMBER_OF, EdgeKind.ASSIGNED_TO, EdgeKind.HOLDS)
    sure = [edge for edge in edges if edge.certainty is not Certainty.UNKNOWN]
    fallback = holder.place or Place("")
    steps = [(edge.place or fallback, f"`{edge.source.id}` {edge.reason}") for edge in sure[:5]]
    if len(sure) > 5:
        steps.append((fallback, f"and {len(sure) - 5} more"))
    if len(sure) < len(edges):
        steps.append((fallback, f"of {len(edges) - len(sure)} more nobody knows whether they become it"))
    return steps

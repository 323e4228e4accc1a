"""IAM061 invalid-principal."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Attachment,
    Confidence,
    Example,
    Finding,
    PolicyKind,
    PrincipalPattern,
    Severity,
    principal_fault,
    rule,
    subject,
)  # fmt: skip


def _bucket(principal: str) -> dict[str, str]:
    return {
        "policies/bucket.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {principal}
            Action: "s3:GetObject"
            Resource: "arn:aws:s3:::acme-reports/*"
        """
    }


def _trust(principal: str) -> dict[str, str]:
    return {
        "trust/role.yaml": f"""
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {principal}
            Action: "sts:AssumeRole"
        """
    }


def _endpoint(principal: str, mark: str = "", more: str = "") -> dict[str, str]:
    return {
        "infra/main.tf": f"""
        resource "aws_vpc_endpoint" "s3" {{
          vpc_id       = "vpc-1a2b3c4d"
          service_name = "com.amazonaws.eu-west-1.s3"
          {more}
          policy = jsonencode({{
            Version   = "2012-10-17"
            Statement = [{{ Effect = "Allow", Action = "s3:*", Resource = "*", Principal = {principal} }}] {mark}
          }})
        }}
        """
    }


@rule(
    id="IAM061",
    name="invalid-principal",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM User Guide: AWS JSON policy elements: Principal", "IAM Access Analyzer policy check reference: Invalid principal format",
                "AWS PrivateLink Guide: Control access to VPC endpoints using endpoint policies"],
    bad=[
        Example("an account of eleven digits", _bucket('{AWS: "11111111111"}  # <- IAM061')),
        Example("a group", _bucket('{AWS: "arn:aws:iam::111111111111:group/admins"}  # <- IAM061')),
        Example("a wildcard inside an ARN", _trust('{AWS: "arn:aws:iam::111111111111:role/app-*"}  # <- IAM061')),
        Example("a misspelled kind", _trust('{AWS: ["arn:aws:iam::111111111111:roles/app"]}  # <- IAM061')),
        Example("the name of a role", _trust("{AWS: app}  # <- IAM061")),
        Example("a service without its domain", _trust("{Service: lambda}  # <- IAM061")),
        Example("a misspelled domain", _trust("{Service: [ec2.amazonaws.com, lambda.amazonws.com]}  # <- IAM061")),
        Example("a placeholder", _trust('{AWS: ["arn:aws:iam::<account-id>:root", "111111111111"]}  # <- IAM061')),
        Example("the address of an identity provider", _trust('{Federated: "https://token.actions.githubusercontent.com"}  # <- IAM061')),
        Example("an identity provider in a resource policy", _bucket(
            '{Federated: "arn:aws:iam::111111111111:saml-provider/acme"}  # <- IAM061')),
        Example("a group that may pass an endpoint", _endpoint(
            '{ AWS = "arn:aws:iam::111111111111:group/admins" }', "# <- IAM061", 'vpc_endpoint_type = "Interface"')),
        Example("a role that may pass a gateway", _endpoint('{ AWS = "arn:aws:iam::111111111111:role/app" }', "# <- IAM061")),
        Example("an account that may pass a gateway, written beside it", {"infra/main.tf": """
            resource "aws_vpc_endpoint" "s3" {
              vpc_id       = "vpc-1a2b3c4d"
              service_name = "com.amazonaws.eu-west-1.s3"
            }
            resource "aws_vpc_endpoint_policy" "s3" {
              vpc_endpoint_id = aws_vpc_endpoint.s3.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*", Principal = { AWS = ["111111111111"] } }] # <- IAM061
              })
            }
            """}),
        Example("a canonical user in a trust policy", _trust(f'{{CanonicalUser: "{"a" * 64}"}}  # <- IAM061')),
    ],
    good=[
        Example("an account, a role, a user and a session", _bucket(
            '{AWS: ["111111111111", "arn:aws:iam::111111111111:role/team/app", "arn:aws:iam::111111111111:user/ann", '
            '"arn:aws:sts::111111111111:assumed-role/app/session"]}')),
        Example("services, also of a region or partition", _trust("{Service: [lambda.amazonaws.com, logs.eu-west-1.amazonaws.com, ec2.amazonaws.com.cn]}")),
        Example("identity providers", _trust(
            '{Federated: ["arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com", cognito-identity.amazonaws.com]}')),
        Example("everybody", _bucket('{AWS: "*"}')),
        Example("everybody may pass a gateway", _endpoint('{ AWS = "*" }')),
        Example("a role may pass an interface", _endpoint('{ AWS = "arn:aws:iam::111111111111:role/app" }', "", 'vpc_endpoint_type = "Interface"')),
        Example("a role may pass an endpoint of which nobody knows what it is", {"infra/main.tf": 'variable "kind" {}\n' + _endpoint(
            '{ AWS = "arn:aws:iam::111111111111:role/app" }', "", "vpc_endpoint_type = var.kind")["infra/main.tf"]}),
        Example("the identity by which CloudFront reads a bucket", _bucket(
            '{AWS: "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E127EXAMPLE51Z"}')),
        Example("an account that nobody knows yet", {"infra/main.tf": """
            variable "account" {}
            resource "aws_iam_role" "app" {
              name = "app"
              assume_role_policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::${var.account}:role/app" } }]
              })
            }
            """}),
    ],
)  # fmt: skip
def invalid_principal(graph: AccessGraph) -> Iterator[Finding]:
    """A policy names a principal in a form that AWS refuses.

    A principal is an account, the ARN of a role, user or session, a service, or (in trust policies) an identity provider. Groups are
    no principals, and a wildcard is only allowed alone. The policy of a gateway endpoint takes `*` and nothing else: where it names an
    account, AWS lets its root user pass and nobody else of it.

    ## What to do instead

    Name the role. To let in several by pattern, name their account and test `aws:PrincipalArn` with `ArnLike`.

    ## What this rule does not see

    Whether the principal exists; AWS refuses roles and users that do not.
    """
    gateways = {id(item.policy) for item in graph.estate.all(Attachment) if item.target_kind == "gateway"}
    for policy in graph.policies(PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.ENDPOINT):
        for statement in policy.statements:
            for principal in statement.principals or ():
                fault = _fault(principal, policy.kind, id(policy) in gateways)
                if fault is not None:
                    yield Finding(
                        fault[0],
                        at=statement.place(*principal.route),
                        help=fault[1],
                        subject=f"{subject(statement)} {principal.value}",
                    )


def _fault(principal: PrincipalPattern, kind: PolicyKind, is_gateway: bool) -> tuple[str, str] | None:
    value = principal.value
    if not isinstance(value, str):
        return None
    fault = principal_fault(principal.kind, value, kind)
    if fault is not None:
        return fault.message, fault.help
    if is_gateway and value != "*":
        return (
            "the policy of a gateway endpoint knows no principal but `*`",
            'write `"Principal": "*"`, and test `aws:PrincipalArn`',
        )
    return None

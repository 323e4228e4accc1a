"""BOT104 long-lived-aws-key."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, AccessKey, Confidence, Example, Finding, Severity, StaticKeyUse, Text, Value, key, rule

_WORKFLOW = """
    on: push
    permissions: {{id-token: write}}
    jobs:
      deploy:
        runs-on: ubuntu-latest
        steps:
          - uses: aws-actions/configure-aws-credentials@v4
            with:
              aws-region: eu-west-1
              {inputs}
    """


def _workflow(*inputs: str) -> dict[str, str]:
    return {".github/workflows/deploy.yml": _WORKFLOW.format(inputs="\n              ".join(inputs))}


_DATADOG = """
    resource "datadog_integration_aws_account" "prod" {{
      aws_account_id = "111111111111"
      aws_partition  = {partition}
      auth_config {{
        {how} {{
          {held}
        }}
      }}
    }}
    """
_GRAFANA = """
    resource "grafana_data_source" "cloudwatch" {{
      type = "cloudwatch"
      name = "cloudwatch-prod"
      json_data_encoded = jsonencode({{
        {how}
      }})
      secure_json_data_encoded = jsonencode({{
        accessKey = aws_iam_access_key.cloudwatch.id
        secretKey = aws_iam_access_key.cloudwatch.secret
      }})
    }}
    """


def _datadog(held: str, how: str = "aws_auth_config_keys", partition: str = '"aws"') -> dict[str, str]:
    return {"datadog/aws.tf": _DATADOG.format(held=held, how=how, partition=partition)}


@rule(
    id="BOT104",
    name="long-lived-aws-key",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=[
        "GitHub docs: Configuring OpenID Connect in Amazon Web Services", "IAM User Guide: Security best practices in IAM",
        "Datadog provider: datadog_integration_aws_account", "Grafana docs: Configure AWS authentication",
    ],
    bad=[
        Example("a workflow signs in with an access key", _workflow(
            "aws-access-key-id: ${{ secrets.AWS_ACCESS_KEY_ID }}  # <- BOT104",
            "aws-secret-access-key: ${{ secrets.AWS_SECRET_ACCESS_KEY }}")),
        Example("and assumes a role with it", _workflow(
            "role-to-assume: arn:aws:iam::111111111111:role/deploy",
            "aws-access-key-id: ${{ secrets.AWS_ACCESS_KEY_ID }}  # <- BOT104")),
        Example("by environment variables", {".github/workflows/deploy.yml": """
            on: push
            env:
              AWS_ACCESS_KEY_ID: ${{ secrets.AWS_ACCESS_KEY_ID }}  # <- BOT104
              AWS_SECRET_ACCESS_KEY: ${{ secrets.AWS_SECRET_ACCESS_KEY }}
            jobs:
              plan: {runs-on: ubuntu-latest, steps: [{run: terraform plan}]}
              apply: {runs-on: ubuntu-latest, steps: [{run: terraform apply}]}
            """}),
        Example("a key made for a user", {"infra/main.tf": """
            resource "aws_iam_user" "ci" {
              name = "ci"
            }
            resource "aws_iam_access_key" "ci" { # <- BOT104
              user = aws_iam_user.ci.name
            }
            """}),
        Example("keys made for users of whom part of the name is not known", {"infra/main.tf": """
            variable "users" {}
            resource "aws_iam_user" "bot" {
              for_each = { for name, one in var.users : name => one }
              name     = "bot-${each.key}"
            }
            resource "aws_iam_access_key" "bot" { # <- BOT104
              for_each = aws_iam_user.bot
              user     = each.value.name
            }
            """}),
        Example("Datadog reads an account with a key", _datadog("access_key_id = var.key # <- BOT104")),
        Example("a data source of Grafana", {"grafana/aws.tf": _GRAFANA.format(how='authType = "keys" # <- BOT104')}),
    ],
    good=[
        Example("Datadog assumes a role", _datadog('role_name = "DatadogIntegration"', "aws_auth_config_role")),
        Example("from AWS to an account in China no role leads", _datadog("access_key_id = var.key", partition='"aws-cn"')),
        Example("in which partition is not known", _datadog("access_key_id = var.key", partition="var.partition")),
        Example("a data source of Grafana that assumes a role", {"grafana/aws.tf": _GRAFANA.format(
            how='authType = "grafana_assume_role", assumeRoleArn = "arn:aws:iam::111111111111:role/grafana"')}),
        Example("how a data source signs in is not known", {"grafana/aws.tf": _GRAFANA.format(how="authType = var.how")}),
        Example("a role by OIDC", _workflow("role-to-assume: arn:aws:iam::111111111111:role/deploy")),
        Example("the short-lived key of an earlier step", _workflow(
            "aws-access-key-id: ${{ steps.login.outputs.aws-access-key-id }}",
            "aws-session-token: ${{ steps.login.outputs.aws-session-token }}")),
        Example("an emulator's key", {".github/workflows/test.yml": """
            on: push
            jobs:
              test:
                runs-on: ubuntu-latest
                env: {AWS_ACCESS_KEY_ID: test, AWS_SECRET_ACCESS_KEY: test}
                steps: [{run: pytest}]
            """}),
        Example("a key that is switched off", {"infra/main.tf": """
            resource "aws_iam_access_key" "ci" {
              user   = "ci"
              status = "Inactive"
            }
            """}),
    ],
)  # fmt: skip
def long_lived_aws_key(graph: AccessGraph) -> Iterator[Finding]:
    """A bot signs in to AWS with a long-lived access key where a role by OIDC would serve.

    An access key works from anywhere, for anybody, until somebody rotates it. A role assumed by OIDC lives for an hour and only
    for the workflow, branch or environment that its trust policy names.

    ## What to do instead

    Create an OIDC provider and a role whose trust policy names the repository and environment; give the job
    `permissions: id-token: write` and `role-to-assume`. Then delete the key. Inside AWS, use the role of the instance, task or function.
    Datadog (`aws_auth_config_role`) and Grafana Cloud (`grafana_assume_role`) assume a role whose trust policy tests their external id.

    ## What this rule does not see

    Keys made by hand, in a console; keys of people (users named by an e-mail); whether a system can only use a key. Datadog's keys
    for accounts in China or GovCloud, to which no role leads, and data sources of Grafana beside
    CloudWatch, which may know no role. Honeycomb and Lightstep do not sign in to AWS.
    """
    seen = set()
    for use in graph.estate.all(StaticKeyUse):
        if use.place not in seen:
            seen.add(use.place)
            yield Finding(
                f"{use.who} signs in to AWS with a long-lived access key",
                at=use.place,
                help=use.instead,
                subject=f"{key(use.bot)} {key(use.key)}",
            )
    for access_key in graph.estate.all(AccessKey):
        if access_key.active and access_key.kind == "access-key" and not _is_address(access_key.user):
            yield Finding(
                f"the user `{key(access_key.user)}` gets a long-lived access key",
                at=access_key.place,
                help="let the workload assume a role: by OIDC from outside AWS, by its own role inside",
                subject=key(access_key.user),
            )


def _is_address(user: Value) -> bool:
    """Return whether a user is named by an e-mail, as people are."""
    return any(isinstance(part, str) and "@" in part for part in (user.parts if isinstance(user, Text) else (user,)))

"""IAM203 escalation-to-telemetry-credential."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, Severity, credential_ascents, rule

_TELEMETRY = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    organization: acme
    projects: [{name: checkout-prod, environment: prod, owner: checkout}]
    credentials:
      - name: checkout
        kind: access-token
        project: checkout-prod
        use: ingest
        stored_in: ["arn:aws:secretsmanager:eu-west-1:111111111111:secret:lightstep/checkout-AbCdEf"]
    """
_INFRA = """
provider "aws" {{
  allowed_account_ids = ["111111111111"]
}}
resource "aws_iam_role" "app" {{
  name = "app"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "lambda.amazonaws.com" }} }}]
  }})
}}
resource "aws_iam_role_policy" "app" {{
  role   = aws_iam_role.app.name
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = "arn:aws:secretsmanager:*:111111111111:secret:lightstep/*"
    }}]
  }})
}}
resource "aws_lambda_function" "checkout" {{
  function_name = "checkout"
  role          = aws_iam_role.{role}.arn
}}
resource "aws_iam_role" "plain" {{
  name = "plain"
  assume_role_policy = aws_iam_role.app.assume_role_policy
}}
resource "aws_iam_user" "intern" {{
  name = "intern"
}}
resource "aws_iam_user_policy" "intern" {{
  user   = aws_iam_user.intern.name
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [
      {{ Effect = "Allow", Action = "lambda:UpdateFunctionCode", Resource = "arn:aws:lambda:*:*:function:{name}" }},{mark}
    ]
  }})
}}
"""


def _estate(name: str, mark: str = "", role: str = "app") -> dict[str, str]:
    return {"access/telemetry.access.yaml": _TELEMETRY, "infra/main.tf": _INFRA.format(name=name, mark=mark, role=role)}


def _writer(secret: str, mark: str = "") -> dict[str, str]:
    statement = f'"secretsmanager:PutResourcePolicy", Resource = "arn:aws:secretsmanager:*:*:{secret}" }},{mark}'
    files = _estate("none", mark)
    old = files["infra/main.tf"].partition('"lambda:UpdateFunctionCode"')[2].partition("\n")[0]
    files["infra/main.tf"] = files["infra/main.tf"].replace('"lambda:UpdateFunctionCode"' + old, statement)
    return files


def _capped(actions: str, mark: str = "") -> dict[str, str]:
    text = f"""
provider "aws" {{
  allowed_account_ids = ["111111111111"]
}}
resource "aws_iam_policy" "ceiling" {{
  name   = "ceiling"
  policy = jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "Allow", Action = ["s3:*", "iam:*"], Resource = "*" }}] }})
}}
resource "aws_iam_user" "intern" {{
  name                 = "intern"
  permissions_boundary = aws_iam_policy.ceiling.arn
}}
resource "aws_iam_user_policy" "intern" {{
  user   = aws_iam_user.intern.name
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [
      {{ Effect = "Allow", Action = {actions}, Resource = "*" }},{mark}
    ]
  }})
}}
"""
    return {"access/telemetry.access.yaml": _TELEMETRY, "infra/main.tf": text}


_READ = '"secretsmanager:GetSecretValue"'


@rule(
    id="IAM203",
    name="escalation-to-telemetry-credential",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["pathfinding.cloud: AWS IAM privilege escalation paths"],
    bad=[
        Example("who changes the code of a function acts as its role", _estate("check*", " # <- IAM203")),
        Example("who writes the policy of a secret reads it", _writer("secret:lightstep/*", " # <- IAM203")),
        Example("who takes off its boundary reads what is behind it",
                _capped(f'["iam:DeleteUserPermissionsBoundary", {_READ}]', " # <- IAM203")),
    ],
    good=[
        Example("the boundary stays", _capped(f'["iam:GetUser", {_READ}]')),
        Example("another function", _estate("report-*")),
        Example("the function runs as a role without secrets", _estate("check*", role="plain")),
        Example("the policy of another secret", _writer("secret:datadog/*")),
    ],
)  # fmt: skip
def escalation_to_telemetry_credential(graph: AccessGraph) -> Iterator[Finding]:
    """An identity comes by a telemetry credential, and only by raising its rights.

    Its own policies do not let it read the secret in which the token lies. They let it become somebody who may: by passing a
    role, by changing what a function does, by rewriting a policy.

    ## What to do instead

    Cut the step up, which the finding shows: name the functions, roles and policies that may be changed.

    ## What this rule does not see

    Compute that no file declares, and steps that hang on what the repository does not hold.
    """
    for ascent in credential_ascents(graph):
        others = f" and {len(ascent.targets) - 1} more" if len(ascent.targets) > 1 else ""
        yield Finding(
            f"{ascent.names()} {'come' if len(ascent.who) > 1 else 'comes'} by `{ascent.targets[0].id}`{others}, by {ascent.by()}",
            at=ascent.at,
            because=ascent.because(),
            help="name the functions, roles and policies that it may change",
            subject=f"{ascent.who[0].id} {ascent.targets[0].id}",
        )

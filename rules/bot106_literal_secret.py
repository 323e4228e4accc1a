"""BOT106 literal-secret."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, LiteralSecret, Place, Severity, rule

# Made of parts, so that scanners of secrets have nothing to find here.
_TOKEN = "a1B2c3D4" * 13
_KEY = "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCY0123456789"

_COLLECTOR = """
    receivers: {{otlp: {{protocols: {{grpc: {{}}}}}}}}
    exporters:
      otlp/lightstep:
        endpoint: ingest.lightstep.com:443
        headers:
          {header}: {token}
    service:
      pipelines:
        traces: {{receivers: [otlp], exporters: [otlp/lightstep]}}
    """


def _collector(token: str, header: str = "lightstep-access-token") -> dict[str, str]:
    return {"otel/collector.yaml": _COLLECTOR.format(header=header, token=token)}


@rule(
    id="BOT106",
    name="literal-secret",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Lightstep docs: Create and manage access tokens", "IAM User Guide: Secure access keys"],
    bad=[
        Example("an access token in a collector's configuration", _collector(f"{_TOKEN}  # <- BOT106")),
        Example("in any spelling of the header", _collector(f'"{_TOKEN}"  # <- BOT106', "Lightstep-Access-Token")),
        Example("an AWS secret access key in a workflow", {".github/workflows/deploy.yml": f"""
            on: push
            jobs:
              deploy:
                runs-on: ubuntu-latest
                env:
                  AWS_SECRET_ACCESS_KEY: {_KEY}  # <- BOT106
                steps: []
            """}),
        Example("in the environment of a function", {"infra/main.tf": f"""
            resource "aws_lambda_function" "reports" {{
              function_name = "reports"
              environment {{
                variables = {{
                  DB_PASSWORD = "{_KEY}"  # <- BOT106
                }}
              }}
            }}
            """}),
        Example("in the start script of an instance", {"infra/main.tf": f"""
            resource "aws_instance" "web" {{
              ami       = "ami-0123456789abcdef0"
              user_data = <<-EOF
                #!/bin/bash
                export AWS_SECRET_ACCESS_KEY={_KEY}  # <- BOT106
                export AWS_REGION=eu-west-1
              EOF
            }}
            """}),
        Example("in a variable that becomes a part of a secret's text", {"infra/main.tf": f"""
            variable "password" {{
              default = "{_KEY}"  # <- BOT106
            }}
            resource "aws_secretsmanager_secret_version" "database" {{
              secret_id     = "database"
              secret_string = <<-EOF
                {{"username": "app", "password": "${{var.password}}"}}
              EOF
            }}
            """}),
        Example("in the backend of a state", {"infra/main.tf": f"""
            terraform {{
              backend "s3" {{
                bucket     = "acme-state"
                key        = "infra.tfstate"
                secret_key = "{_KEY}"  # <- BOT106
              }}
            }}
            """}),
        Example("in the start script that a template gives its instances", {"infra/web.yaml": f"""
            Resources:
              Web:
                Type: AWS::EC2::LaunchTemplate
                Properties:
                  LaunchTemplateData:
                    UserData:
                      Fn::Base64: !Sub |
                        #!/bin/bash
                        export AWS_SECRET_ACCESS_KEY={_KEY}  # <- BOT106
                        export AWS_REGION=${{AWS::Region}}
            """}),
        Example("a key of Datadog in a deployment", {"k8s/agent.yaml": f"""
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {{name: agent, namespace: datadog}}
            spec:
              template:
                spec:
                  containers:
                    - name: agent
                      env:
                        - name: DD_API_KEY
                          value: {'0a1b2c3d' * 4}  # <- BOT106
            """}),
    ],
    good=[
        Example("the token comes from the environment", _collector("${env:LS_TOKEN}")),
        Example("the token of a satellite in developer mode is none", _collector("developer")),
        Example("a placeholder", _collector("<your-access-token-goes-here-123>")),
        Example("a start script that asks for its secret", {"infra/main.tf": """
            resource "aws_instance" "web" {
              ami       = "ami-0123456789abcdef0"
              user_data = <<-EOF
                DB_PASSWORD=$(aws ssm get-parameter --name /db/password --with-decryption --query Parameter.Value --output text)
                export DB_PASSWORD TOKEN_FILE=/run/token API_KEY="$1"
              EOF
            }
            """}),
        Example("the same letters under another name", {".github/workflows/deploy.yml": f"""
            on: push
            jobs:
              deploy:
                runs-on: ubuntu-latest
                env:
                  COMMIT: {_KEY}
                  AWS_SECRET_ACCESS_KEY: ${{{{ secrets.AWS_SECRET_ACCESS_KEY }}}}
                steps: []
            """}),
    ],
)  # fmt: skip
def literal_secret(graph: AccessGraph) -> Iterator[Finding]:
    """A token, key or password is written in a file.

    Everybody who can read the repository, or ever could, may use it, and it stays in the history when the line goes.
    The value is never printed.

    ## What to do instead

    Rotate it now, keep the new one in a secret store, and refer to it: `${env:LS_TOKEN}` in a collector, `${{ secrets.X }}` in
    a workflow.

    ## What this rule does not see

    Secrets under names and with looks that iamlint does not know; a scanner for secrets looks at every text of the history.
    """
    found: dict[Place, list[LiteralSecret]] = {}
    for secret in graph.estate.all(LiteralSecret):
        found.setdefault(secret.at, []).append(secret)
    for at, secrets in found.items():
        what = secrets[0].what
        inside = "a secret in " if what.startswith("environment variable") else ""  # a variable may hold anything
        parts = dict.fromkeys(secret.by for secret in secrets if secret.by is not None)
        yield Finding(
            f"{inside}{'an' if what[:1] in 'AEIOUaeiou' else 'a'} {what} is written in the file",
            at=at,
            because=[(place, "it becomes a part of the text here") for place in list(parts)[:3]],
            help="rotate it, keep it in a secret store, and refer to it from here",
            subject=what,
        )

"""What the benchmarks read: AWS's managed policies out of moto, and generated trees of any size."""

from __future__ import annotations

import importlib.util
import json
import random
import runpy
from pathlib import Path

SERVICES = ("s3", "sqs", "sns", "dynamodb", "lambda", "kms", "secretsmanager", "ecs", "logs", "events")
VERBS = ("Get*", "List*", "Describe*", "PutObject", "SendMessage", "Publish", "Decrypt", "GetSecretValue", "InvokeFunction")


def managed_policies(folder: Path) -> int:
    """Write every AWS managed policy that moto ships as one JSON file each; return how many."""
    found = importlib.util.find_spec("moto")
    if found is None or found.origin is None:
        raise SystemExit("moto is not installed: pip install -e '.[dev]'")
    data = runpy.run_path(str(Path(found.origin).parent / "iam" / "aws_managed_policies.py"))["aws_managed_policies_data"]
    policies = json.loads(data)
    folder.mkdir(parents=True, exist_ok=True)
    for name, policy in policies.items():
        (folder / f"{name}.json").write_text(json.dumps(policy["Document"], indent=2) + "\n")
    return len(policies)


def policy(dice: random.Random, statements: int) -> dict[str, object]:
    """Return an identity policy of so many statements."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": f"S{number}",
                "Effect": "Allow" if dice.random() < 0.9 else "Deny",
                "Action": [f"{dice.choice(SERVICES)}:{dice.choice(VERBS)}" for _ in range(dice.randint(1, 6))],
                "Resource": f"arn:aws:s3:::bucket-{dice.randint(0, 999)}/*",
            }
            for number in range(statements)
        ],
    }


def json_tree(folder: Path, files: int, seed: int = 1) -> None:
    """Write a tree of so many policy files, a hundred in a folder."""
    dice = random.Random(seed)
    for number in range(files):
        target = folder / f"policies/{number // 100:03}/p{number:05}.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(policy(dice, dice.randint(1, 5)), indent=2))


def terraform_tree(folder: Path, files: int, seed: int = 1) -> None:
    """Write root modules of ten files each; about a quarter of the files bear on access."""
    dice = random.Random(seed)
    for number in range(files):
        root = folder / f"stacks/{number // 10:04}"
        root.mkdir(parents=True, exist_ok=True)
        kind = number % 10
        if kind == 0:
            text = 'variable "environment" {\n  default = "dev"\n}\n\n'
            text += 'provider "aws" {\n  allowed_account_ids = ["111111111111"]\n}\n'
        elif kind in (1, 2):
            text = _role(dice, number)
        elif kind == 3:
            text = "".join(_queue(dice, number, part) for part in range(dice.randint(2, 12)))
        else:
            text = "".join(_plain_resource(dice, number, part) for part in range(dice.randint(2, 12)))
        (root / f"f{kind}.tf").write_text(text)


def cloudformation_tree(folder: Path, files: int, seed: int = 1) -> None:
    """Write so many templates, five of six in YAML."""
    dice = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(files):
        resources: dict[str, object] = {
            f"Queue{part}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": f"q{part}-${{AWS::Region}}"}}}
            for part in range(dice.randint(1, 20))
        }
        resources["Role"] = {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
                    ],
                },
                "Policies": [{"PolicyName": "p", "PolicyDocument": policy(dice, dice.randint(1, 6))}],
            },
        }
        template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}
        if number % 6:
            import yaml

            (folder / f"t{number:04}.yaml").write_text(yaml.safe_dump(template, sort_keys=False))
        else:
            (folder / f"t{number:04}.json").write_text(json.dumps(template, indent=2))


def _role(dice: random.Random, number: int) -> str:
    document = json.dumps(policy(dice, dice.randint(1, 4)), indent=2)
    return (
        f'resource "aws_iam_role" "r{number}" {{\n  name = "r{number}-${{var.environment}}"\n'
        '  assume_role_policy = jsonencode({\n    Version = "2012-10-17"\n    Statement = [{\n      Effect = "Allow"\n'
        '      Action = "sts:AssumeRole"\n      Principal = { Service = "ecs-tasks.amazonaws.com" }\n    }]\n  })\n}\n\n'
        f'resource "aws_iam_role_policy" "p{number}" {{\n  name = "p"\n  role = aws_iam_role.r{number}.id\n'
        f"  policy = <<-EOF\n{document}\n  EOF\n}}\n"
    )


_PLAIN = (
    ("aws_route53_record", 'zone_id = var.environment\n  type = "A"'),
    ("aws_cloudwatch_metric_alarm", 'comparison_operator = "GreaterThanThreshold"\n  evaluation_periods = 2'),
    ("aws_security_group_rule", 'type = "ingress"\n  protocol = "tcp"\n  from_port = 443\n  to_port = 443'),
    ("aws_network_acl_rule", 'rule_action = "allow"\n  egress = false'),
    ("aws_lb_target_group", 'port = 8080\n  protocol = "HTTP"'),
)
"""What most of a repository is: resources that say nothing about access."""


def _plain_resource(dice: random.Random, number: int, part: int) -> str:
    kind, body = dice.choice(_PLAIN)
    return (
        f'resource "{kind}" "q{number}_{part}" {{\n  name = "q-{number}-{part}-${{var.environment}}"\n'
        f'  {body}\n  tags = {{\n    team = "t{dice.randint(0, 9)}"\n  }}\n}}\n\n'
    )


def _queue(dice: random.Random, number: int, part: int) -> str:
    return (
        f'resource "aws_sqs_queue" "q{number}_{part}" {{\n  name = "q-{number}-{part}-${{var.environment}}"\n'
        f'  delay_seconds = {dice.randint(0, 900)}\n  tags = {{\n    team = "t{dice.randint(0, 9)}"\n  }}\n}}\n\n'
    )

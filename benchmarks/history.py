"""A history for `iamlint log`: a repository of some size, and commits that each change a little of it."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

from benchmarks.inputs import json_tree, terraform_tree

_ROLE = """\
resource "aws_iam_role" "r{n}" {{
  name               = "service-{n}"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "ecs-tasks.amazonaws.com" }} }}]
  }})
}}

resource "aws_iam_role_policy" "r{n}" {{
  name   = "access"
  role   = aws_iam_role.r{n}.name
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = {actions}, Resource = "arn:aws:s3:::bucket-{n}/*" }}]
  }})
}}
"""
_ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:GetObjectTagging")


def git_history(folder: Path, files: int, commits: int, seed: int = 1) -> None:
    """Make a repository of so many files (a third each of roles, other Terraform, policies) and so many commits."""
    dice = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    third = files // 3
    json_tree(folder, third, seed)
    terraform_tree(folder, third, seed)
    roles = files - 2 * third
    for number in range(roles):
        _write_role(folder, number, ["s3:GetObject"])
    _git(folder, "init", "-q")
    _commit(folder, "start")
    for number in range(1, commits):
        kind = number % 4
        role = dice.randrange(roles)
        if kind == 0:
            _write_role(folder, role, dice.sample(_ACTIONS, dice.randint(1, 4)))
        elif kind == 1:
            path = _role_path(folder, role)
            path.write_text("# moved\n" + path.read_text())
        elif kind == 2:
            (folder / "README.md").write_text(f"{number}\n")
        else:
            _write_role(folder, role, dice.sample(_ACTIONS, dice.randint(1, 4)))
            path = folder / f"policies/000/p{dice.randrange(min(third, 100)):05}.json"
            path.write_text(path.read_text() + "\n")
        _commit(folder, f"change {number}")


def _role_path(folder: Path, number: int) -> Path:
    return folder / f"infra/{number // 10:03}/role_{number}.tf"


def _write_role(folder: Path, number: int, actions: list[str]) -> None:
    path = _role_path(folder, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    listed = "[" + ", ".join(f'"{action}"' for action in sorted(actions)) + "]"
    path.write_text(_ROLE.format(n=number, actions=listed))


def _commit(folder: Path, subject: str) -> None:
    _git(folder, "add", "-A")
    _git(folder, "-c", "user.name=Bench", "-c", "user.email=bench@example.com", "commit", "-q", "--allow-empty", "-m", subject)


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)

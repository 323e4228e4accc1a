"""All that a rule package needs: every example of every rule is a small repository that is checked for real."""

import re
import subprocess
import sys
from pathlib import Path

import acme_iamlint_rules
import pytest

from iamlint.testing import check_files, examples_of, rules_of

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("case", examples_of(acme_iamlint_rules), ids=str)
def test_example(case):
    case.check()


@pytest.mark.parametrize("rule", rules_of(acme_iamlint_rules), ids=lambda rule: rule.id)
def test_a_rule_says_why_and_what_to_do(rule):
    assert rule.bad
    assert rule.good
    assert re.search(r"^ *## What to do instead$", rule.doc, re.MULTILINE)


def test_an_option_is_heard():
    files = {
        "roles.tf": """
        resource "aws_iam_role" "app" {
          name               = "app"
          assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
          tags               = { Environment = "dev" }
        }
        """,
        "iamlint.yaml": "rules: {ACME101: {environments: [dev]}}\n",
    }
    (rule,) = [rule for rule in rules_of(acme_iamlint_rules) if rule.id == "ACME101"]
    assert [found.rule for found in check_files(files, [rule])] == ["ACME101"]


def test_the_pages_are_fresh():
    command = [sys.executable, str(ROOT / "scripts" / "build_docs.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

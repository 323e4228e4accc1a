"""Automatic collection is off during a run: what was evaluated must go by itself, where there is much of it."""

from __future__ import annotations

import gc
from collections import Counter

import pytest
from unit.parse.terraform.roots import Root, document

from iamlint.model.policy import Policy
from iamlint.parse.terraform import reader

ESTATE = """
terraform {
  backend "s3" {
    bucket     = "states"
    access_key = "planted"
  }
}
provider "aws" {
  region = "eu-west-1"
  assume_role { role_arn = "arn:aws:iam::222222222222:role/deploy" }
}
variable "extra" { default = false }
variable "open" {}
locals {
  names = try(tolist(var.open), ["a", "b"])
  first = try(local.absent["x"], local.names[7], "none")
}
module "team" {
  source   = "./team"
  for_each = toset(["a", "b"])
  name     = each.key
}
module "off" {
  source = "./team"
  count  = var.extra ? 1 : 0
  name   = "off"
}
resource "aws_iam_user" "off" {
  count = var.extra ? 1 : 0
  name  = "off"
}
resource "aws_iam_user" "open" {
  for_each = toset(var.open)
  name     = each.key
}
resource "aws_iam_user" "first" { name = aws_iam_user.open["a"].name }
resource "aws_iam_role" "app" {
  name               = local.first
  assume_role_policy = data.aws_iam_policy_document.trust.json
  lifecycle { ignore_changes = [tags] }
  tags = module.team["a"].tags
}
data "aws_iam_policy_document" "trust" {
  dynamic "statement" {
    for_each = ["ec2", "ecs"]
    content {
      actions = ["sts:AssumeRole"]
      principals {
        type        = "Service"
        identifiers = ["${statement.value}.amazonaws.com"]
      }
    }
  }
}
data "terraform_remote_state" "other" {
  backend = "s3"
  config  = { bucket = "others", key = "other" }
}
resource "aws_iam_role_policy" "app" {
  role   = aws_iam_role.app.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = data.terraform_remote_state.other.outputs.arn }] })
}
"""
TEAM = """
variable "name" {}
output "tags" { value = { team = var.name } }
resource "aws_iam_user" "this" { name = var.name }
"""
OTHER = """
terraform {
  backend "s3" {
    bucket = "others"
    key    = "other"
  }
}
resource "aws_s3_bucket" "a" { bucket = "a" }
output "arn" { value = aws_s3_bucket.a.arn }
"""
EVALUATION = {"Root", "Module", "ResourceInstance", "Body", "BlockBody", "Frame", "FolderSyntax"}


@pytest.fixture
def uncollected() -> object:
    """Keep the collector from doing what the run must do without it."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def alive() -> Counter[str]:
    """Return how many parts of evaluations there are, by kind; other tests may have left some."""
    kinds = [type(thing) for thing in gc.get_objects()]
    ours = [kind.__name__ for kind in kinds if str(kind.__module__).startswith("iamlint.parse.terraform.")]
    return Counter(name for name in ours if name in EVALUATION)


@pytest.mark.usefixtures("uncollected")
def test_nothing_of_an_evaluation_stays_when_it_has_been_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_KEPT", 0)
    before = alive()
    facts = Root(ESTATE, {"infra/team/main.tf": TEAM, "other/main.tf": OTHER}).facts
    assert alive() - before == Counter()
    policies = [item for item in facts.items if isinstance(item, Policy)]
    assert "arn:aws:s3:::a" in str([document(policy) for policy in policies])  # by way of the other root module
    assert any("switched off" in line.reason for line in facts.off)

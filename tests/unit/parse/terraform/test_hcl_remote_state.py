"""`terraform_remote_state` of a root module in the same repository."""

from __future__ import annotations

import pytest
from unit.parse.terraform.roots import Root, shown

from iamlint.model.identity import Group

NETWORK = """
terraform {
  backend "s3" {
    bucket               = "states"
    key                  = "network.tfstate"
    workspace_key_prefix = "accounts"
  }
}
provider "aws" {
  allowed_account_ids = ["222222222222"]
}
resource "aws_iam_role" "app" {
  name = "app-${terraform.workspace}"
}
output "role" {
  value = aws_iam_role.app.arn
}
output "id" {
  value = aws_iam_role.app.unique_id
}
"""


def read(config: str, attribute: str, more: str = "", **files: str) -> str:
    main = f"""
data "terraform_remote_state" "network" {{
  backend = {config}
}}
resource "okta_group" "it" {{
  name = data.terraform_remote_state.network.outputs.{attribute}
}}
{more}
"""
    root = Root(main, {"network/main.tf": NETWORK, **files})
    return str(shown(root.one(Group).name))


@pytest.mark.parametrize(
    ("config", "attribute", "expected"),
    [
        ('"s3"\n  config = {\n    bucket = "states"\n    key = "network.tfstate"\n  }', "role", "app-default"),
        ('"s3"\n  workspace = "prod"\n  config = {\n    bucket = "states"\n    key = "network.tfstate"\n  }', "role", "app-prod"),
        ('"s3"\n  config = {\n    bucket = "states"\n    key = "accounts/dev/network.tfstate"\n  }', "role", "app-dev"),
        ('"local"\n  config = {\n    path = "../network/terraform.tfstate"\n  }', "role", "app-default"),
    ],
)
def test_outputs_of_a_module_in_the_repository(config: str, attribute: str, expected: str) -> None:
    assert read(config, attribute) == f"arn:aws:iam::222222222222:role/{expected}"


def test_what_only_the_provider_knows_has_the_name_it_has_there() -> None:
    config = '"s3"\n  config = {\n    bucket = "states"\n    key = "network.tfstate"\n  }'
    assert read(config, "id") == "⟨network#aws_iam_role.app.unique_id⟩"


@pytest.mark.parametrize(
    "config",
    [
        '"s3"\n  config = {\n    bucket = "others"\n    key = "network.tfstate"\n  }',
        '"s3"\n  config = {\n    bucket = "states"\n    key = "accounts/a/b/network.tfstate"\n  }',
        '"http"\n  config = {\n    address = "https://acme.example"\n  }',
        '"local"\n  config = {\n    path = "/var/terraform.tfstate"\n  }',
    ],
)
def test_other_states_are_unknown(config: str) -> None:
    assert read(config, "role") == "⟨infra#data.terraform_remote_state.network.outputs.role⟩"


def test_two_modules_with_one_state_are_not_chosen_from() -> None:
    config = '"s3"\n  config = {\n    bucket = "states"\n    key = "network.tfstate"\n  }'
    assert "infra#data.terraform_remote_state" in read(config, "role", **{"copy/main.tf": NETWORK})


def test_modules_that_read_each_other_end() -> None:
    config = '"local"\n  config = {\n    path = "../back/terraform.tfstate"\n  }'
    back = """
data "terraform_remote_state" "it" {
  backend = "local"
  config  = { path = "../infra/terraform.tfstate" }
}
output "x" {
  value = data.terraform_remote_state.it.outputs.x
}
"""
    more = 'output "x" {\n  value = data.terraform_remote_state.network.outputs.x\n}\n'
    assert "outputs.x" in read(config, "x", more, **{"back/main.tf": back})

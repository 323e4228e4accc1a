"""Secrets in start scripts stand where the script is written: in a heredoc, a template, a file, also behind Base64."""

from __future__ import annotations

import pytest
from unit.parse.terraform.roots import Root

from iamlint.model.telemetry import LiteralSecret

SCRIPT = "#!/bin/bash\necho ${region} ü\nexport DB_PASSWORD=hunter2-hunter2\n"
LITERAL = SCRIPT.replace("${region}", "x")
IN_TEMPLATE = "infra/start.sh.tpl:3:20 hunter2-hunter2"
IN_FILE = "infra/start.sh:3:20 hunter2-hunter2"


@pytest.mark.parametrize(
    ("config", "at"),
    [
        ('resource "aws_launch_template" "i" {\n  user_data = base64encode(<<-EOT\n    ' + LITERAL.replace("\n", "\n    ")
         + "\n  EOT\n  )\n}\n", "infra/main.tf:5:24 hunter2-hunter2"),
        (('resource "aws_launch_template" "i" {\n  user_data = base64encode(templatefile("start.sh.tpl", { region = var.r }))\n}\n'
         'variable "r" {}\n'), IN_TEMPLATE),
        ('resource "aws_instance" "i" {\n  user_data_base64 = base64gzip(templatefile("start.sh.tpl", { region = "x" }))\n}\n',
         IN_TEMPLATE),
        (('resource "aws_instance" "i" {\n  user_data = templatefile("start.sh.tpl", { region = aws_eip.x.id })\n}\n'
         'resource "aws_eip" "x" {}\n'), IN_TEMPLATE),
        ('resource "aws_instance" "i" {\n  user_data = file("start.sh")\n}\n', IN_FILE),
        ('resource "aws_launch_template" "i" {\n  user_data = filebase64("start.sh")\n}\n', IN_FILE),
        ('resource "aws_launch_template" "i" {\n  user_data = base64encode(file("start.sh"))\n}\n', IN_FILE),
        (('data "cloudinit_config" "i" {\n  part {\n    content = "export A=1"\n  }\n  part {\n    content_type = "text/x-shellscript"\n'
         '    content = file("start.sh")\n  }\n}\n'), IN_FILE),
    ],
)  # fmt: skip
def test_a_secret_in_a_start_script(config: str, at: str) -> None:
    root = Root(config, {"infra/start.sh.tpl": SCRIPT, "infra/start.sh": LITERAL})
    assert root.at(root.one(LiteralSecret).at) == at


@pytest.mark.parametrize(
    "value",
    ['base64encode("export DB_PASSWORD=$1")', 'base64encode("export DB_PASSWORD=${var.r}")', "base64encode(var.r)", "var.r"],
)
def test_a_start_script_without_one(value: str) -> None:
    root = Root(f'resource "aws_launch_template" "i" {{\n  user_data = {value}\n}}\nvariable "r" {{}}\n')
    assert root.all(LiteralSecret) == []


def test_what_is_encoded_is_a_secret_where_it_is_written() -> None:
    root = Root(
        'resource "aws_secretsmanager_secret_version" "v" {\n  secret_id     = "x"\n'
        '  secret_binary = base64encode("hunter2-hunter2")\n}\n'
        'resource "aws_secretsmanager_secret_version" "none" {\n  secret_id     = "x"\n'
        "  secret_binary = base64encode(aws_s3_bucket.x.bucket)\n}\n"
        'resource "aws_s3_bucket" "x" {\n  bucket = "hunter2-hunter2"\n}\n'
    )
    assert root.at(root.one(LiteralSecret).at) == 'infra/main.tf:3:32 "hunter2-hunter2"'


def test_a_secret_that_a_reference_brings_into_a_script_stands_where_it_is_written() -> None:
    root = Root(
        'resource "aws_instance" "i" {\n  user_data = "export DB_PASSWORD=${var.p}\\nexport TOKEN=${aws_s3_bucket.b.bucket}"\n}\n'
        'variable "p" {\n  default = "hunter2-hunter2"\n}\nresource "aws_s3_bucket" "b" {\n  bucket = "hunter2-hunter2"\n}\n'
    )
    secret = root.one(LiteralSecret)
    assert root.at(secret.at) == 'infra/main.tf:5:13 "hunter2-hunter2"'
    assert secret.by is not None
    assert root.at(secret.by) == "infra/main.tf:2:35 ${var.p}"

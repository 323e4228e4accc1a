"""BOT106 in Terraform and CloudFormation: a literal is found wherever it comes from, a reference to something else is none."""

from __future__ import annotations

import pytest

import iamlint_rules
from iamlint.testing.examples import check_files, marks, rules_of

RULES = {rule.id: rule for rule in rules_of(iamlint_rules)}

TERRAFORM = {
    "infra/main.tf": """
locals {
  literal = "hunter2-SuperLong-99"  # <- BOT106
  zone    = azurerm_dns_zone.internal.name
}
variable "password" {
  default = "Var1able-Default-Secret"  # <- BOT106
}
resource "azurerm_dns_zone" "internal" {
  name = "internal.acme.example"
}
resource "mysql_user" "app" {
  user               = "deployer-account-1"
  plaintext_password = "s3cr3t-of-mysql-77"  # <- BOT106
}
resource "azurerm_key_vault_secret" "from_local" {
  value = local.literal
}
resource "azurerm_key_vault_secret" "from_variable" {
  value = var.password
}
resource "azurerm_key_vault_secret" "from_reference" {
  value = azurerm_dns_zone.internal.name
}
resource "azurerm_key_vault_secret" "from_local_reference" {
  value = local.zone
}
resource "azurerm_key_vault_secret" "from_template" {
  value = "db.${local.zone}"
}
resource "azurerm_key_vault_secret" "from_user" {
  value = mysql_user.app.user
}
resource "azurerm_key_vault_secret" "from_password" {
  value = mysql_user.app.plaintext_password
}
resource "azurerm_key_vault_secret" "from_itself" {
  value = "the-first-literal-8"  # <- BOT106
}
resource "azurerm_key_vault_secret" "from_secret" {
  value = azurerm_key_vault_secret.from_itself.value
}
resource "kubernetes_secret" "one" {
  metadata { name = "one" }
  data = {
    password = lower(azurerm_dns_zone.internal.name)
    secret   = [azurerm_dns_zone.internal.name][0]
    api_key  = base64encode("user:${azurerm_dns_zone.internal.name}")
    token    = format("%s-%s", "hunter2-Long-Literal", azurerm_dns_zone.internal.name)  # <- BOT106
  }
}
resource "azurerm_key_vault_secret" "json" {
  value = jsonencode({
    password = azurerm_dns_zone.internal.name
    token    = "lkj2340987kjsdf"  # <- BOT106
  })
}
resource "aws_ecs_task_definition" "one" {
  family                = "one"
  container_definitions = jsonencode([{ name = "web", environment = [
    { name = "DB_PASSWORD", value = "kx82-Zu1q-Wm" },  # <- BOT106
    { name = "API_TOKEN", value = azurerm_dns_zone.internal.name },
    { name = "TOKEN_TABLE", value = "sessions-of-people" },
    { name = "DB_HOST", value = "db.internal.acme.example" },
  ] }])
}
resource "aws_elasticache_replication_group" "one" {
  auth_token = "kx82-Zu1q-Wm-9"  # <- BOT106
}
resource "azurerm_mssql_server" "orders" {
  administrator_login_password = "Adm1nPassw0rd-77"  # <- BOT106
}
resource "azurerm_postgresql_flexible_server" "orders" {
  administrator_password = azurerm_dns_zone.internal.name
}
resource "aws_launch_template" "web" {
  user_data = <<-EOF
    #!/bin/bash
    export API_KEY='kx82-Zu1q-Wm-93'  # <- BOT106
    export DB_PASSWORD=${var.password} DB_HOST=db
    PASSWORD_FILE=/etc/password
    TOKEN=$(cat /run/token)
  EOF
}
resource "aws_instance" "encoded" {
  user_data_base64 = base64encode("#!/bin/sh\\nDB_PASSWORD=kx82-Zu1q-Wm-94\\n")  # <- BOT106
}
resource "aws_instance" "borrowed" {
  user_data = "TOKEN=${azurerm_dns_zone.internal.name}"
}
module "app" {
  source   = "./app"
  zone     = azurerm_dns_zone.internal.name
  password = "literal-passed-to-module-1"  # <- BOT106
}
""",
    "infra/app/main.tf": """
variable "zone" { type = string }
variable "password" { type = string }
resource "azurerm_key_vault_secret" "zone" {
  value = var.zone
}
resource "azurerm_key_vault_secret" "password" {
  value = var.password
}
""",
}

CLOUDFORMATION = {
    "stack.yaml": """
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Password: {Type: String, Default: S3cretDefault99xx}  # <- BOT106
Conditions:
  IsProduction: !Equals [!Ref "AWS::Region", eu-west-1]
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {BucketName: acme-internal-bucket-1}
  Ref:
    Type: AWS::SecretsManager::Secret
    Properties: {SecretString: !Ref Bucket}
  Sub:
    Type: AWS::SecretsManager::Secret
    Properties: {SecretString: !Sub "${Bucket}-x"}
  SubMap:
    Type: AWS::SecretsManager::Secret
    Properties: {SecretString: !Sub ["${Other}", {Other: !Ref Bucket}]}
  GetAtt:
    Type: AWS::SecretsManager::Secret
    Properties: {SecretString: !GetAtt Bucket.Arn}
  Join:
    Type: AWS::SecretsManager::Secret
    Properties: {SecretString: !Join ["-", [!Ref Bucket, !Ref Bucket]]}
  Parameter:
    Type: AWS::SecretsManager::Secret
    Properties: {SecretString: !Ref Password}
  SubParameter:
    Type: AWS::SecretsManager::Secret
    Properties: {SecretString: !Sub "user:${Password}"}  # <- BOT106
  SubLiteral:
    Type: AWS::SecretsManager::Secret
    Properties: {SecretString: !Sub "hunter2-Long-${Bucket}"}  # <- BOT106
  Base64:
    Type: AWS::SecretsManager::Secret
    Properties: {SecretString: {"Fn::Base64": hunter2-SuperLong-99}}  # <- BOT106
  Short:
    Type: AWS::SecretsManager::Secret
    Properties: {SecretString: hunt2r}  # <- BOT106
  Database:
    Type: AWS::RDS::DBInstance
    Properties: {MasterUserPassword: kx82-Zu1q-Wm}  # <- BOT106
  Cluster:
    Type: AWS::RDS::DBCluster
    Properties: {MasterUserPassword: "{{resolve:secretsmanager:db:SecretString:password}}"}
  Cache:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties: {AuthToken: !Ref Password}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: web
          Environment:
            - {Name: DB_PASSWORD, Value: kx82-Zu1q-Wm}  # <- BOT106
            - {Name: API_TOKEN, Value: !Ref Bucket}
            - {Name: DB_HOST, Value: db.internal.acme.example}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      Environment:
        Variables:
          API_TOKEN: !Ref Bucket
          DB_PASSWORD: !Ref Password
          OTHER_PASSWORD: !If [IsProduction, !Ref Bucket, !Ref Bucket]
""",
}


@pytest.mark.parametrize("files", [TERRAFORM, CLOUDFORMATION], ids=["terraform", "cloudformation"])
def test_a_reference_is_no_literal(files: dict[str, str]) -> None:
    found = {(made.path, made.span.line) for made in check_files(files, [RULES["BOT106"]]) if made.rule == "BOT106"}
    assert sorted(found) == sorted(marks(files, "BOT106"))


@pytest.mark.parametrize("type_", ["RDS::DBInstance", "RDS::DBCluster", "Redshift::Cluster", "DocDB::DBCluster", "DMS::Endpoint"])
def test_a_password_alone_makes_a_template_worth_reading(type_: str) -> None:
    name = "Password" if type_ == "DMS::Endpoint" else "MasterUserPassword"
    text = f"AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  D:\n    Type: AWS::{type_}\n    Properties: {{{name}: kx82-Zu1q-Wm}}\n"
    assert [made.span.line for made in check_files({"t.yaml": text}, [RULES["BOT106"]])] == [5]


def test_a_message_says_that_what_a_variable_holds_is_a_secret() -> None:
    files = {
        "infra/main.tf": """
resource "aws_lambda_function" "app" {
  function_name = "app"
  environment { variables = { MAIL_API_KEY = "k9X2mQ7vLp4RtZ8w" } }
}
"""
    }
    messages = [diagnostic.message for diagnostic in check_files(files, [RULES["BOT106"]])]
    assert messages == ["a secret in an environment variable of a function is written in the file"]

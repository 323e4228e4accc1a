"""Kubernetes resources that Terraform applies: service accounts, stores, secrets, in structures, YAML and templates."""

from __future__ import annotations

import pytest
from unit.parse.terraform.roots import Root, shown

from iamlint.model.telemetry import LiteralSecret
from iamlint.model.workload import RoleAssumption

ROLE = """
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = "{}"
}
"""
ARN = "arn:aws:iam::111111111111:role/app"


@pytest.mark.parametrize(
    ("resource", "others", "at"),
    [
        (
            """
resource "kubernetes_manifest" "sa" {
  manifest = {
    apiVersion = "v1"
    kind       = "ServiceAccount"
    metadata   = {
      name        = "app"
      namespace   = "shop"
      annotations = { "eks.amazonaws.com/role-arn" = aws_iam_role.app.arn }
    }
  }
}""",
            {},
            "infra/main.tf:13:54 aws_iam_role.app.arn",
        ),
        (
            """
resource "kubectl_manifest" "sa" {
  yaml_body = yamlencode({
    apiVersion = "v1"
    kind       = "ServiceAccount"
    metadata   = { name = "app", namespace = "shop", annotations = { "eks.amazonaws.com/role-arn" = aws_iam_role.app.arn } }
  })
}""",
            {},
            "infra/main.tf:10:101 aws_iam_role.app.arn",
        ),
        (
            """
resource "kubectl_manifest" "sa" {
  yaml_body = templatefile("${path.module}/sa.yaml", { role = aws_iam_role.app.arn, space = "shop" })
}""",
            {
                "infra/sa.yaml": "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: app\n  namespace: ${space}\n"
                "  annotations:\n    eks.amazonaws.com/role-arn: ${role}\n"
            },
            "infra/sa.yaml:7:33 ${role}",
        ),
        (
            """
resource "kubernetes_manifest" "sa" {
  manifest = yamldecode(templatefile("${path.module}/sa.yaml", { role = aws_iam_role.app.arn, space = "shop" }))
}""",
            {
                "infra/sa.yaml": "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: app\n  namespace: ${space}\n"
                "  annotations:\n    eks.amazonaws.com/role-arn: ${role}\n"
            },
            "infra/sa.yaml:7:33 ${role}",
        ),
    ],
)
@pytest.mark.parametrize("account", ["111111111111", None])
def test_a_service_account_assumes_its_role(resource: str, others: dict[str, str], at: str, account: str | None) -> None:
    root = Root(ROLE + resource, others, **({} if account else {"account": root_account()}))
    assumption = root.one(RoleAssumption)
    arn = ARN if account else "arn:aws:iam::⟨account:infra⟩:role/app"
    assert (shown(assumption.bot), shown(assumption.role_arn), assumption.mechanism) == ("k8s/shop/app", arn, "irsa")
    assert root.at(assumption.place) == at


def root_account() -> object:
    from iamlint.source.value import Unknown

    return Unknown("the AWS account of `infra` is not in the repository", None, "account:infra")


def test_a_store_reads_as_a_role_and_secrets_are_written_out() -> None:
    root = Root(
        ROLE
        + """
resource "kubectl_manifest" "store" {
  yaml_body = <<-YAML
    apiVersion: external-secrets.io/v1
    kind: ClusterSecretStore
    metadata:
      name: aws
    spec:
      provider:
        aws:
          role: ${aws_iam_role.app.arn}
          auth: {jwt: {serviceAccountRef: {name: eso, namespace: eso}}}
  YAML
}
resource "kubernetes_manifest" "secret" {
  manifest = {
    apiVersion = "v1"
    kind       = "Secret"
    metadata   = { name = "db", namespace = "shop" }
    stringData = { password = "hunter2-hunter2" }
  }
}
resource "kubectl_manifest" "beside" {
  yaml_body = yamlencode({ apiVersion = "karpenter.sh/v1", kind = "NodePool", metadata = { name = "x" } })
}
"""
    )
    assumption = root.one(RoleAssumption)
    assert (shown(assumption.bot), shown(assumption.role_arn)) == ("k8s/eso/eso", ARN)
    assert root.at(root.one(LiteralSecret).at) == 'infra/main.tf:24:31 "hunter2-hunter2"'
    assert root.facts.unresolved == []


def test_manifests_that_are_not_known() -> None:
    root = Root(
        """
data "kubectl_path_documents" "all" {
  pattern = "./*.yaml"
}
resource "kubectl_manifest" "all" {
  for_each  = data.kubectl_path_documents.all.manifests
  yaml_body = each.value
}
resource "kubectl_manifest" "file" {
  yaml_body = file("${path.module}/sa.yaml")
}
""",
        {"infra/sa.yaml": "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n"},
    )
    assert root.facts.items == []  # the file is a unit of its own
    reasons = [line.reason for line in root.facts.unresolved]
    assert any(reason.startswith("what the manifest (`kubectl_manifest`) declares is not known: ") for reason in reasons)


HELM = """
resource "helm_release" "app" {
  name      = "app"
  chart     = "app"
  namespace = "shop"
%s
}
"""
SET = """  set {
    name  = "serviceAccount.annotations.eks\\\\.amazonaws\\\\.com/role-arn"
    value = aws_iam_role.app.arn
  }
"""


@pytest.mark.parametrize(
    ("body", "others", "bot"),
    [
        (SET + '  set {\n    name = "serviceAccount.name"\n    value = "app"\n  }', {}, "k8s/shop/app"),
        (SET, {}, "k8s/shop/⟨infra#helm_release.app.service account serviceAccount⟩"),
        (
            (
                '  set = [{ name = "a.serviceAccount.annotations.eks\\\\.amazonaws\\\\.com/role-arn", value = aws_iam_role.app.arn },'
                ' { name = "a.serviceAccount.name", value = "app" }, { name = "serviceAccount.name", value = "other" }]'
            ),
            {},
            "k8s/shop/app",
        ),
        (
            '  values = [yamlencode({ sa = { name = "app", annotations = { "eks.amazonaws.com/role-arn" = aws_iam_role.app.arn } } })]',
            {},
            "k8s/shop/app",
        ),
        (
            '  values = [templatefile("${path.module}/values.tftpl", { role = aws_iam_role.app.arn })]',
            {"infra/values.tftpl": "sa:\n  name: app\n  annotations:\n    eks.amazonaws.com/role-arn: ${role}\n"},
            "k8s/shop/app",
        ),
    ],
)
@pytest.mark.parametrize("account", ["111111111111", None])
def test_a_release_of_helm_lets_its_account_assume_a_role(
    body: str, others: dict[str, str], bot: str, account: str | None
) -> None:
    root = Root(ROLE + HELM % body, others, **({} if account else {"account": root_account()}))
    assumption = root.one(RoleAssumption)
    arn = ARN if account else "arn:aws:iam::⟨account:infra⟩:role/app"
    assert (shown(assumption.bot), shown(assumption.role_arn), assumption.mechanism) == (bot, arn, "irsa")
    assert [line for line in root.facts.unresolved if "account of `infra`" not in line.reason] == []


def test_a_release_that_makes_nobody_a_role() -> None:
    values = "serviceAccount:\n  annotations:\n    eks.amazonaws.com/role-arn: arn:aws:iam::111111111111:role/app\n"
    root = Root(
        HELM % '  values = [file("${path.module}/values.yaml"), null]\n  set {\n    name = "x"\n  }',
        {"infra/values.yaml": values},
    )
    assert root.facts.items == []  # the file is a unit of its own


SECRET = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  user: ${user}\n  password: hunter2-hunter2\n"
LITERAL = SECRET.replace("${user}", "admin")


@pytest.mark.parametrize(
    ("resource", "others", "at"),
    [
        (
            (
                'resource "kubectl_manifest" "s" {\n  yaml_body = <<-YAML\n    apiVersion: v1\n    kind: Secret\n    metadata: {name: ü}\n'
                "    stringData:\n      user: ${var.user}\n      # höre\n      password: 'hunter2-hunter2'  # why\n  YAML\n}\n"
                'variable "user" {}\n'
            ),
            {},
            "infra/main.tf:9:17 'hunter2-hunter2'",
        ),
        (
            (
                'resource "kubectl_manifest" "s" {\n  yaml_body = <<YAML\n'
                '{"apiVersion": "v1", "kind": "Secret", "stringData": {"password": "hunter2-hunter2"}}\nYAML\n}\n'
            ),
            {},
            'infra/main.tf:3:67 "hunter2-hunter2"',
        ),
        (
            'resource "kubernetes_manifest" "s" {\n  manifest = yamldecode(<<YAML\n' + LITERAL + "YAML\n  )\n}\n",
            {},
            "infra/main.tf:9:13 hunter2-hunter2",
        ),
        (
            (
                'resource "kubernetes_manifest" "s" {\n  manifest = jsondecode(<<J\n'
                '{"apiVersion": "v1", "kind": "Secret", "stringData": {"password": "hunter2-hunter2"}}\nJ\n  )\n}\n'
            ),
            {},
            'infra/main.tf:3:67 "hunter2-hunter2"',
        ),
        (
            (
                'resource "kubernetes_manifest" "s" {\n'
                '  manifest = yamldecode(templatefile("${path.module}/s.yaml.tpl", { user = "x" }))\n}\n'
            ),
            {"infra/s.yaml.tpl": SECRET},
            "infra/s.yaml.tpl:7:13 hunter2-hunter2",
        ),
        (
            (
                'resource "kubectl_manifest" "s" {\n'
                '  yaml_body = templatefile("${path.module}/s.yaml.tpl", { user = var.user })\n}\nvariable "user" {}\n'
            ),
            {"infra/s.yaml.tpl": SECRET},
            "infra/s.yaml.tpl:7:13 hunter2-hunter2",
        ),
        (
            'resource "kubectl_manifest" "s" {\n  yaml_body = file("${path.module}/s.tpl")\n}\n',
            {"infra/s.tpl": LITERAL},
            "infra/s.tpl:7:13 hunter2-hunter2",
        ),
    ],
)
def test_what_a_text_declares_stands_at_the_token_in_it(resource: str, others: dict[str, str], at: str) -> None:
    root = Root(resource, others)
    assert root.at(root.one(LiteralSecret).at) == at


@pytest.mark.parametrize(
    ("body", "others", "at"),
    [
        (
            (
                "  values = [<<-EOT\n    sa:\n      name: app\n      annotations:\n"
                "        eks.amazonaws.com/role-arn: ${aws_iam_role.app.arn}\n  EOT\n  ]"
            ),
            {},
            "infra/main.tf:14:37 ${aws_iam_role.app.arn}",
        ),
        (
            '  values = [file("${path.module}/values.tpl")]',
            {"infra/values.tpl": f"sa:\n  annotations:\n    eks.amazonaws.com/role-arn: {ARN}\n"},
            f"infra/values.tpl:3:33 {ARN}",
        ),
    ],
)
def test_the_role_of_a_release_stands_in_its_values(body: str, others: dict[str, str], at: str) -> None:
    root = Root(ROLE + HELM % body, others)
    assert root.at(root.one(RoleAssumption).place) == at


@pytest.mark.parametrize(
    "resource",
    [
        'resource "kubectl_manifest" "s" {\n  yaml_body = <<YAML\n%sYAML\n}\n',
        'resource "kubernetes_manifest" "s" {\n  manifest = yamldecode(<<YAML\n%sYAML\n  )\n}\n',
    ],
)
@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("${var.p}", 'infra/main.tf:2:26 "hunter2-hunter2"'),
        ("'${var.p}'", 'infra/main.tf:2:26 "hunter2-hunter2"'),
        ("${aws_s3_bucket.b.bucket}", None),
        ('"${aws_s3_bucket.b.bucket}"', None),
    ],
)
def test_a_secret_that_a_reference_brings_into_a_manifest_stands_where_it_is_written(
    resource: str, written: str, at: str | None
) -> None:
    root = Root(
        'variable "user" {}\nvariable "p" { default = "hunter2-hunter2" }\n'
        'resource "aws_s3_bucket" "b" {\n  bucket = "hunter2-hunter2"\n}\n'
        + resource
        % SECRET.replace("user: ${user}", "user: me").replace("hunter2-hunter2", written)
    )
    assert [root.at(secret.at) for secret in root.all(LiteralSecret)] == ([] if at is None else [at])

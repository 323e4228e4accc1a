"""Kubernetes service accounts in Terraform that assume AWS roles."""

from __future__ import annotations

from unit.parse.terraform.roots import Root, shown

from iamlint.model.identity import Bot
from iamlint.model.workload import RoleAssumption


def test_a_service_account_assumes_the_role_of_its_annotation() -> None:
    root = Root(
        """
        resource "kubernetes_service_account" "checkout" {
          metadata {
            name        = "checkout"
            namespace   = "shop"
            annotations = { "eks.amazonaws.com/role-arn" = "arn:aws:iam::111111111111:role/checkout" }
          }
        }
        resource "kubernetes_service_account" "plain" {
          metadata { name = "plain" }
        }
        """
    )
    assumption = root.one(RoleAssumption)
    assert (assumption.bot, assumption.role_arn, assumption.mechanism) == (
        "k8s/shop/checkout",
        "arn:aws:iam::111111111111:role/checkout",
        "irsa",
    )
    assert (root.one(Bot).name, root.one(Bot).declared) == ("k8s/shop/checkout", True)


def test_a_pod_identity_association_names_a_service_account() -> None:
    root = Root(
        """
        resource "aws_eks_pod_identity_association" "checkout" {
          cluster_name    = "main"
          namespace       = "shop"
          service_account = "checkout"
          role_arn        = "arn:aws:iam::111111111111:role/checkout"
        }
        """
    )
    assumption = root.one(RoleAssumption)
    assert (assumption.bot, assumption.mechanism) == ("k8s/shop/checkout", "pod-identity")
    assert root.written(assumption.place) == '"arn:aws:iam::111111111111:role/checkout"'


def test_the_service_account_of_an_add_on_runs_as_a_role() -> None:
    root = Root(
        """
        resource "aws_eks_addon" "ebs" {
          cluster_name = "main"
          addon_name   = "aws-ebs-csi-driver"
          pod_identity_association {
            role_arn        = "arn:aws:iam::111111111111:role/ebs"
            service_account = "ebs-csi-controller-sa"
          }
        }
        """
    )
    assumption = root.one(RoleAssumption)
    assert shown(assumption.bot) == "k8s/⟨infra#aws_eks_addon.ebs.namespace⟩/ebs-csi-controller-sa"
    assert (assumption.role_arn, assumption.mechanism) == ("arn:aws:iam::111111111111:role/ebs", "pod-identity")

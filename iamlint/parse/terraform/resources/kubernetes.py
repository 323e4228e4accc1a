"""EKS Pod Identity: which service account runs as which role."""

from __future__ import annotations

from iamlint.model.identity import Bot
from iamlint.model.workload import RoleAssumption
from iamlint.parse.terraform.attributes import as_text, nested, not_in_repository, text, written
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.source.value import concat


def pod_identity(instance: Instance, declared: Declared) -> None:
    """Add a service account and the roles that EKS Pod Identity gives it; a target role is assumed from the first."""
    namespace = text(instance, "namespace") or not_in_repository(instance, declared.unit, "namespace")
    account = text(instance, "service_account") or not_in_repository(instance, declared.unit, "service_account")
    bot = concat(["k8s/", namespace, "/", account])
    declared.add(Bot(bot, "service-account", instance.place, declared.unit, declared=False))
    for attribute, mechanism in (("role_arn", "pod-identity"), ("target_role_arn", "role-chaining")):
        role = written(instance, attribute)
        arn = as_text(role)
        if role is not None and arn is not None:
            declared.add(RoleAssumption(bot, arn, role.place, declared.unit, mechanism))


def addon(instance: Instance, declared: Declared) -> None:
    """Add the service accounts of an add-on that run as a role; in which namespace they are, the add-on decides."""
    for block in nested(instance, "pod_identity_association"):
        account, role = text(block, "service_account"), written(block, "role_arn")
        arn = as_text(role)
        if account is not None and role is not None and arn is not None:
            bot = concat(["k8s/", not_in_repository(instance, declared.unit, "namespace"), "/", account])
            declared.add(Bot(bot, "service-account", block.place, declared.unit, declared=False))
            declared.add(RoleAssumption(bot, arn, role.place, declared.unit, "pod-identity"))


READERS = {
    ("managed", "aws_eks_pod_identity_association"): pod_identity,
    ("managed", "aws_eks_addon"): addon,
}

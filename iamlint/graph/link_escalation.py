"""Escalation (D6): `may become` edges from an identity to what it can make itself, evaluated and not matched by name.

Rights that lead to any rights lead to a node for administrator access to the account, `role:arn:aws:iam::…:role/(administrator)`.
It holds `AdministratorAccess` under the service control policies of the account, and leads on to every role and user in it.
Whoever is an administrator already has no way up, and needs none.
"""

from __future__ import annotations

from iamlint.graph.aws_index import Aws
from iamlint.graph.escalation_administrators import link_administrators
from iamlint.graph.escalation_base import Ground, mask_of
from iamlint.graph.escalation_compute import Computes
from iamlint.graph.escalation_iam import Rights
from iamlint.graph.escalation_methods import METHODS, Way
from iamlint.graph.escalation_special import SPECIAL_ACTIONS, Special
from iamlint.model.aws import AccessKey
from iamlint.model.estate import Estate


def link_escalation(estate: Estate, aws: Aws) -> Ground:
    """Add `may become` edges for every identity that can raise its rights; return what the joins after it share."""
    ground = Ground(aws, estate.all(AccessKey))
    rights, computes = Rights(ground), Computes(estate, ground)
    special = Special(estate, ground, rights)
    masks = [(mask_of(method.actions), method) for method in METHODS]
    beside = mask_of(SPECIAL_ACTIONS)
    wanted = beside
    for bits, _ in masks:
        wanted |= bits
    listed = list(ground.actors.values())
    for actor in listed:
        held = actor.bits & wanted
        if not held:
            continue
        if ground.is_whole(actor):
            continue
        for bits, method in masks:
            if held & bits != bits:
                continue
            if method.way is Way.PASS_ROLE:
                computes.pass_role(actor, method)
            elif method.way is Way.COMPUTE:
                computes.drive(actor, method)
            else:
                rights.method(actor, method)
        if held & beside:
            special.add(actor)
            listed += special.uncapped.waiting
            special.uncapped.waiting.clear()
    link_administrators(ground)
    return ground

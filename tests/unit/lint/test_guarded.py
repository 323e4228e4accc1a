"""How a message names the resource that a policy guards."""

from __future__ import annotations

import pytest

from iamlint.lint.guarded import Guarded
from iamlint.model.policy import Policy


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("orders", "`orders`"),
        ("orders-⟨infra#var.stage⟩", "`orders-⟨infra#var.stage⟩`"),
        ("⟨infra#module.app⟨infra#each.key⟩.name⟩", "the resource of this policy"),
        ("⟨infra#var.stage⟩-⟨infra#var.name⟩", "the resource of this policy"),
        ("", "the resource of this policy"),
    ],
)
def test_a_name_is_said_as_far_as_it_is_known(name: str, expected: str) -> None:
    policy = Policy.__new__(Policy)
    assert Guarded(policy, "s3", name, None, None, None).words == expected

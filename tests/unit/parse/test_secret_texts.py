"""Which texts are taken for secrets where a secret belongs."""

from __future__ import annotations

import pytest

from iamlint.parse.secret_texts import looks_secret


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("AIzaXXXX", False), ("sk_live_XXXXXXXXXXXX", False), ("ghp_xxxxxxxxxxxxxxxxxxxx", False), ("xxx-xxxx-xxxx", False),
        ("kx82-Zu1q-Wm-94", True), ("maxxxx82", True), ("lexx", True),
    ],
)  # fmt: skip
def test_a_run_of_x_at_the_end_stands_for_a_secret(text: str, secret: bool) -> None:
    assert looks_secret(text) is secret


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("I_am_not_a_secret_token", False), ("this is not a real password", False), ("not-an-actual-api-key", False),
        ("not_secret", False), ("knot-a-tokens9", True), ("n0t-secret-Zu1q", True), ("notasecret", True), ("whynot_keyboard7", True),
    ],
)  # fmt: skip
def test_a_text_that_says_that_it_is_none(text: str, secret: bool) -> None:
    assert looks_secret(text) is secret

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

"""Which texts are taken for secrets where a secret belongs."""

from __future__ import annotations

import pytest

from iamlint.parse.secret_texts import is_plain_name, is_secret_name, looks_secret


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


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("changeIT!", False), ("PREPROD KEY TO BE MODIFIED", False), ("key to be added", False), ("+1234567890", False),
        ("0123456789", False), ("54.211.46.158,54.145.176.199", False), ("158.111.21.0/24, 158.111.123.0/25", False),
        ("CHANGE_ME_IN_THE_CONSOLE", False), ("dev-placeholder-soap-pwd", False), ("/alerts/slack-token", False), ("/a1b2/C3d4", True),
        ("/dev/APP_CLIENT_SECRET", False), ("/Dev/aPPClient", True), ("this_should_be_secret", False), ("shouldbe-7Zu1q", True),
        ("misplaceholder7", True), ("REDACTED", False), ("<redacted>", False), ("[hidden value]", False), ("aaaaaaaaaaaaaaaa", False),
        ("redacted7Zu1q", True), ("aaaaaaaaaaaaaaab", True), ("changemeetings7", True), ("changeIT!7Zu1q", True), ("12.7.9.Zu1q", True), ("0456123789", True),
    ],
)  # fmt: skip
def test_what_somebody_was_to_fill_in_and_addresses_of_networks(text: str, secret: bool) -> None:
    assert looks_secret(text) is secret


@pytest.mark.parametrize(
    ("name", "plain", "secret"),
    [
        ("KUBE_NAMESPACE", True, False), ("functionapp-postgres-user", True, False), ("/account/contact-phone-number", True, False),
        ("partner-ip-ingress", True, False), ("/app/cica-account-id", True, False), ("ECR_NAME", True, False),
        ("GOOGLE_MAPS_PUBLIC_API_KEY", True, False), ("stripe_publishable_key", True, False), ("public_password", False, True),
        ("database_url", False, False), ("superuser-password", False, True), ("republic_api_key", False, True),
        ("AWS_ACCESS_KEY_ID", False, False), ("/app/postgres/prod/pgport", True, False), ("PGUSER", True, False),
        ("pgdatabase", True, False), ("pgpassword", False, True), ("app-db-username-no-phi", True, False),
        ("username-and-password", False, True), ("username_token_prod", False, True), ("usernames", False, False),
    ],
)  # fmt: skip
def test_names_of_what_is_a_secret_and_of_what_is_none(name: str, plain: bool, secret: bool) -> None:
    assert (is_plain_name(name), is_secret_name(name)) == (plain, secret)

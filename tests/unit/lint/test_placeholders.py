"""What is told to be a placeholder, and what only looks like one."""

from __future__ import annotations

import pytest

from iamlint.lint.placeholders import is_placeholder, placeholder_in


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("arn:aws:s3:::<my-bucket>/*", "<my-bucket>"),
        ("repo:<ORG>/<REPO>:*", "<ORG>"),
        ("{{ account }}", "{{ account }}"),
        ("arn:aws:s3:::YOUR_BUCKET_NAME/*", "YOUR_BUCKET_NAME"),
        ("arn:aws:s3:::YOUR-BUCKET/*", "YOUR-BUCKET"),
        ("REPLACE_ME", "REPLACE_ME"),
        ("REPLACE_WITH_ACCOUNT", "REPLACE_WITH_ACCOUNT"),
        ("CHANGEME", "CHANGEME"),
        ("your-bucket", ""),  # people do call their buckets so
        ("EXAMPLE", ""),
        ("111122223333", ""),
        ("${aws:username}", ""),
        ("a<b", ""),
        ("arn:aws:s3:::a/<*>", ""),
        ("FILLYOUR_NAME", ""),
        ("REPLACEMENTS", ""),
    ],
)
def test_anywhere(text: str, found: str) -> None:
    assert placeholder_in(text) == found


@pytest.mark.parametrize(
    "part",
    [
        "ACCOUNT_ID", "AWS_ACCOUNT_ID", "account-id", "YourAccountId", "my_account", "<account>", "[ACCOUNT ID]", "%ACCOUNT%",
        "@@ACCOUNT@@", "$ACCOUNT_ID", "xxxxxxxxxxxx", "XXXXXXXXXXXX", "REGION", "your-region", "vpc-xxxxxxxx", "o-xxxx", "YOUR_IP/32",
        "<my-org-id>", "__ACCOUNT__", "REPLACE_ME",
    ],
)  # fmt: skip
def test_where_something_is_wrong(part: str) -> None:
    assert is_placeholder(part)


@pytest.mark.parametrize(
    "part",
    [
        "12345678901",
        "11111111111l",
        "my-bucket",
        "app",
        "eu-west-l",
        "us-est-1",
        "vpc-1a2b3c4",
        "o-short",
        "10.0.0.0/33",
        "lambda",
        "",
        "acme",
    ],
)
def test_a_mistake_is_no_placeholder(part: str) -> None:
    assert not is_placeholder(part)

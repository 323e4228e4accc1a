"""The repository's name on its forge, from the address of the remote `origin`."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.project.contexts import _origin_name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("git@github.com:acme/checkout.git", "acme/checkout"),
        ("https://github.com/acme/checkout", "acme/checkout"),
        ("https://github.com/acme/checkout/wiki", None),
        ("git@gitlab.com:acme/shop/checkout.git", "acme/shop/checkout"),
        ("ssh://git@gitlab.acme.example:2222/acme/checkout.git/", "acme/checkout"),
        ("https://git.acme.example/acme/checkout", None),
    ],
)
def test_the_address_of_origin_names_the_repository(url: str, name: str | None, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text(f'[core]\n\tbare = false\n[remote "origin"]\n\turl = {url}\n')
    assert _origin_name(str(tmp_path)) == name

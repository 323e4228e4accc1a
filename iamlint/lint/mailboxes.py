"""Addresses of people: whose mailbox it is."""

from __future__ import annotations

from collections.abc import Iterable

PUBLIC_MAILBOXES = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com", "aol.com",
    "proton.me", "protonmail.com", "gmx.de", "gmx.net", "web.de", "mail.ru", "yandex.ru", "qq.com", "163.com",
})  # fmt: skip
"""Domains where anybody gets a mailbox."""


def domain_of(address: str) -> str:
    """Return the domain of an address, folded; empty for a text that is no address."""
    _, found, domain = address.rpartition("@")
    return domain.strip().casefold() if found else ""


def is_of_company(domain: str, own: Iterable[str]) -> bool:
    """Return whether a domain is one of a company's, or above or below one."""
    return any(domain == known or domain.endswith(f".{known}") or known.endswith(f".{domain}") for known in own)

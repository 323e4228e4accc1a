"""Which names say that a secret stands under them, and which texts there are secrets."""

from __future__ import annotations

import re

from iamlint.source.regex import regex

_SECRET_NAME = regex(
    r"(pass(word|wd|phrase)?|pwd|secret|token|bearer|authorization|credentials?|webhook_?url|^key|"
    r"(secret|api|access|private|signing|encryption|license|integration|service|routing|app|application|master)[-_]?key)"
    r"([-_](dev|development|test|stag(e|ing)|prod(uction)?|live|[0-9]+))?$",
    re.IGNORECASE,
)
"""A name that ends in a word for a secret: `DB_PASSWORD`, but not `SECRET_NAME` or `TOKEN_TABLE`."""

_PLAIN_NAME = regex(
    r"(^|[^a-z])(user([-_]?name)?|host(name)?|port|pg(user|host|port|database)|region|zone|(name)?space|name|cluster|bucket|"
    r"environment|version|arn|domain|"
    r"e?mails?([-_]?address(es)?)?|(phone|account|telephone)[-_]?(numbers?|id|name)|(application|app|client|tenant|project)[-_]?id|"
    r"(ip|cidr)s?([-_]?(ingress|egress|ranges?|blocks?|address(es)?))?|(allow|block|deny|white)[-_]?list)$|"
    r"(^|[^a-z])user[-_]?name[-_](?!.*(pass|pwd|secret|token|key|cred))",
    re.IGNORECASE,
)
"""The name of something that is kept in a store of secrets and is none: `KUBE_NAMESPACE`, `db-user`."""

_PUBLIC_NAME = regex(r"(^|[^a-z])(public|publishable)[-_]?([a-z]+[-_]?){0,3}(key|token)$", re.IGNORECASE)
"""`GOOGLE_MAPS_PUBLIC_API_KEY`, `stripe_publishable_key`."""

_PLACEHOLDER = regex(
    r"^(change[-_ ]?(me|it|this)?!*|change[-_ ]?me[-_ ].*|(.*[^a-z])?place[-_ ]?holder.*|"
    r"\W*(redacted|masked|hidden|removed|omitted|sensitive)([-_ ]values?)?\W*|(?P<one>[a-z0-9])(?P=one){7,}|"
    r"replace.*|todo.*|tbd|dummy.*|example.*|fake.*|mock.*|test|none|null|nil|"
    r"n/?a|empty|unset|secret|password|token|x{3,}|[a-z0-9_-]{0,16}?x{4,}|\*+|\.+|-+|"
    r"your[-_ ].*|my[-_ ]?(secret|password|token|(api|access)?[-_ ]?key)|"
    r"(to[-_ ]?be|update|set|fill|overrid|rotate|initial)[-_ ].*|initial|"
    r"(?-i:[a-z][a-z0-9._+-]*@[a-z0-9-]+(\.[a-z0-9-]+)*\.(com|org|net|io|dev|gov|edu|uk|example))|"
    r"(key[-_ ]?)?value|(api|access|secret)[-_ ]?key|.*<<.*>>.*|(bearer|basic|token) <.*>|"
    r"(.*[^a-z])?not[-_ ](an?[-_ ])?((real|actual|valid|true)[-_ ])?"
    r"(secret|pass(word|wd)?|token|([a-z]+[-_ ])?key|credentials?)(?![a-z0-9]).*|"
    r".*\b(enter|insert|paste|put)[-_ ](your|the|an?|here)\b.*|"
    r"(?-i:(/([a-z]+([-_.][a-z]+)*|[A-Z]+([-_.][A-Z]+)*)){2,})|"
    r"[a-z][a-z0-9+]*://[\w.-]+(:\d+)?(/[\w.-]{0,15})*/?|<.*>|\{\{.*\}\}|\$\{.*|arn:.*|foo|bar|default|true|false|0+|"
    r"\+?0?1234[\d-]*|1234.*|"
    r".*(?<![a-z])should[-_ ]be[-_ ].*|"
    r".*\bto[-_ ]be[-_ ](added|changed|defined|filled|modified|overridden|overwritten|provided|replaced|set|updated)\b.*|"
    r"\d{1,3}(\.\d{1,3}){3}(/\d{1,2})?(,\s*\d{1,3}(\.\d{1,3}){3}(/\d{1,2})?)*)$",
    re.IGNORECASE | re.DOTALL,
)

_MADE_UP = regex(r"""(?<![^\s"'=:,;])(?=[^\s"',;]*[A-Za-z])(?=[^\s"',;]*[0-9!#$%^&*?])[^\s"',;]{8,}""")


def looks_secret(text: str) -> bool:
    """Return whether a text that stands where a secret belongs is one, and not a word for a reader or a reference."""
    stripped = text.strip()
    return len(stripped) >= 4 and _PLACEHOLDER.match(stripped) is None


def looks_made_up(text: str) -> bool:
    """Return whether a part of a text is no plain word, number, path or address: `hunter2-hunter2`, but not `to-be-set`."""
    return any(looks_secret(found[0]) and "/" not in found[0][:1] for found in _MADE_UP.finditer(text))


def is_secret_name(name: str) -> bool:
    """Return whether a field's name says that it holds a secret."""
    return _SECRET_NAME.search(name) is not None and _PUBLIC_NAME.search(name) is None


def is_plain_name(name: str) -> bool:
    """Return whether the name of an entry in a store of secrets says that what it holds is none."""
    return _PLAIN_NAME.search(name) is not None or _PUBLIC_NAME.search(name) is not None

"""Where a state is kept and how it is encrypted: the credentials and keys that this holds literally.

Sources: the pages of Terraform's backends, and "State and Plan Encryption" of OpenTofu.
"""

from __future__ import annotations

from iamlint.parse.secret_texts import is_secret_name, looks_secret
from iamlint.parse.terraform.attributes import written
from iamlint.parse.terraform.embedded import TextOrigin, with_holes
from iamlint.parse.terraform.instance import Instance
from iamlint.parse.terraform.located import Located
from iamlint.parse.terraform.resources.declared import Declared
from iamlint.source.regex import regex
from iamlint.source.value import Text

_AWS = {"secret_key": "AWS secret access key", "token": "AWS session token"}
_AZURE = {
    "client_secret": "client secret of Entra ID",
    "client_certificate_password": "password of a certificate",
    "oidc_token": "token of Entra ID",
    "oidc_request_token": "token of Entra ID",
}
_GOOGLE = {"credentials": "key of a service account", "access_token": "Google access token"}
_KEY = "key that encrypts a state"
_ALIBABA = {"secret_key": "secret key of a backend", "security_token": "token of a backend"}

HELD: dict[str, dict[str, str]] = {
    "backend.s3": {**_AWS, "sse_customer_key": _KEY},
    "backend.azurerm": {**_AZURE, "access_key": "key of a storage account", "sas_token": "token of a storage account"},
    "backend.gcs": {**_GOOGLE, "encryption_key": _KEY},
    "backend.http": {"password": "password of a backend", "client_private_key_pem": "private key"},
    "backend.consul": {"access_token": "Consul token"},
    "backend.kubernetes": {"password": "password of a backend", "token": "token of a backend", "client_key": "private key"},
    "backend.oss": _ALIBABA,
    "backend.cos": _ALIBABA,
    "backend.oci": {"private_key": "private key", "private_key_password": "password of a private key"},
    "backend.remote": {"token": "Terraform Cloud token"},
    "backend.cloud": {"token": "Terraform Cloud token"},
    "key_provider.pbkdf2": {"passphrase": "passphrase that encrypts a state"},
    "key_provider.aws_kms": _AWS,
    "key_provider.gcp_kms": _GOOGLE,
    "key_provider.azure_vault": _AZURE,
    "key_provider.openbao": {"token": "OpenBao token"},
    "key_provider.stackit_kms": {
        "service_account_key": "key of a service account",
        "service_account_token": "token of a service account",
        "private_key": "private key",
    },
}
"""Which attributes of which backend or key provider are secrets, and what they are called; of others, those named like one."""

_ANY = {
    **HELD["backend.azurerm"],
    **HELD["backend.http"],
    **HELD["backend.oci"],
    "secret_key": "secret key of a backend",
    "security_token": "token of a backend",
    "token": "token of a backend",
    "access_token": "token of a backend",
    "client_key": "private key",
    "sse_customer_key": _KEY,
    "encryption_key": _KEY,
}
"""The same of a file that does not say for which backend it is."""

_ADDRESSES = {
    "backend.pg": ("conn_str",),
    "backend.http": ("address", "lock_address", "unlock_address"),
    "backend.consul": ("http_auth",),
}
"""Attributes that may have a password in them, beside a name."""

_PASSWORD = regex(r"""://[^/@:\s]*:([^/@\s]+)@|(?:^|[\s?&])password=('[^']+'|[^\s'&]+)|^[^:/@\s]+:([^:/@\s]+)$""")
_FILLED_IN = regex(r"\$\(.*\)|__.*__|#\{.*\}#?|%.+%|<.*>")
"""What a pipeline puts the secret in place of before Terraform runs: variables of Azure Pipelines, Octopus, templates."""


def settings(instance: Instance, declared: Declared) -> None:
    """Add the secrets that a backend or a key provider holds literally."""
    names = _ANY if instance.type == "backend." else HELD.get(instance.type)
    if names is None and instance.type not in _ADDRESSES:
        value = instance.body.value
        names = {name: "secret of a state's settings" for name in value if is_secret_name(name)} if value else {}
    for name, what in (names or {}).items():
        found = written(instance, name)
        if found is None or _is_no_secret(name, found):
            continue
        declared.secret(what, found, instance.address)
    every = (name for names in _ADDRESSES.values() for name in names)
    for name in every if instance.type == "backend." else _ADDRESSES.get(instance.type, ()):
        found = written(instance, name)
        if found is not None:
            _password(found, instance, declared)


def _is_no_secret(name: str, found: Located) -> bool:
    """Return whether an attribute names a file, or what a pipeline fills in."""
    value = found.value
    if not isinstance(value, str):
        return found.tree is None
    if name in ("credentials", "service_account_key") and not value.lstrip().startswith("{"):
        return True  # the path of the file that has them
    return _FILLED_IN.fullmatch(value.strip()) is not None


def _password(found: Located, instance: Instance, declared: Declared) -> None:
    if not isinstance(found.value, (str, Text)):
        return
    text, unknowns = with_holes(found.value)
    match = _PASSWORD.search(text)
    if match is None or match.lastindex is None:
        return
    start, end = match.span(match.lastindex)
    password = text[start:end]
    if not password.isprintable() or not looks_secret(password) or _FILLED_IN.fullmatch(password) is not None:
        return
    from iamlint.model.telemetry import LiteralSecret
    from iamlint.parse.terraform.literals import interpolated, is_borrowed

    origin = TextOrigin(found, text, unknowns)
    segment = origin.interpolation(start, end)
    if segment is None:
        declared.add(LiteralSecret("password of a backend", origin.stretch(start, end), declared.unit, instance.address))
    elif not is_borrowed(segment):
        literal = interpolated(segment, segment.place)
        declared.add(LiteralSecret("password of a backend", literal.at, declared.unit, instance.address, literal.by))

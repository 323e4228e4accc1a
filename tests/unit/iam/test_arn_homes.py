"""The table of services that document ARNs of another one is that of the catalogue."""

from __future__ import annotations

from iamlint.iam.arn_homes import DOCUMENTED_BY
from iamlint.iam.catalogue import catalogue
from iamlint.lint.arn_types import formats_of, vendors


def formats() -> dict[str, dict[str, list[str]]]:
    """Return the formats of the catalogue by the service that they name, and by the service that documents them."""
    found: dict[str, dict[str, list[str]]] = {}
    for name in catalogue().services:
        for arn in catalogue().service(name).arn_formats:
            found.setdefault(arn.split(":", 3)[2], {}).setdefault(name, []).append(arn)
    return found


def test_it_says_who_documents_the_arns_of_another_service():
    assert {vendor: " ".join(by) for vendor, by in sorted(formats().items()) if list(by) != [vendor]} == DOCUMENTED_BY


def test_the_formats_of_a_service_are_those_of_all_that_document_them():
    known = formats()
    named = [vendor for vendor in vendors() if "$" not in vendor]
    assert {vendor: formats_of(vendor) for vendor in named} == {
        vendor: tuple(arn for arns in known.get(vendor, {}).values() for arn in arns) for vendor in named
    }
    assert set(vendors()) == {*known, *catalogue().services}
    assert formats_of("no-such-service") == ()

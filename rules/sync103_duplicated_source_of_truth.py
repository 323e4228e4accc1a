"""SYNC103 duplicated-source-of-truth."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    Place,
    RoleBinding,
    RoleGrant,
    ScopeMapping,
    Severity,
    TelemetryRendering,
    Value,
    key,
    rule,
)

_MANIFEST = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    organization: acme
    {rest}
    """
_TERRAFORM = """
    provider "lightstep" {
      organization = "acme"
    }
    resource "lightstep_saml_group_mappings" "acme" {
      mapping {
        match {
          attribute_key   = "member_of"
          attribute_value = "eng-checkout"
        }
        roles {
          organization_role = "Organization Restricted Member"
          project_roles     = { checkout-prod = "Project Viewer" }
        }
      }
    }
    resource "lightstep_user_role_binding" "editors" {
      project = "checkout-prod"
      role    = "Project Editor"
      users   = ["alice@acme.example"]
    }
    """


def _both(rest: str) -> dict[str, str]:
    return {"access/telemetry.access.yaml": _MANIFEST.format(rest=rest), "lightstep/main.tf": _TERRAFORM}


def _mapping(value: str, role: str, mark: str = "") -> str:
    return f"""mappings:
      - attribute: member_of
        value: {value}{mark}
        organization_role: Organization Restricted Member
        project_roles: {{checkout-prod: {role}}}"""


@rule(
    id="SYNC103",
    name="duplicated-source-of-truth",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Lightstep provider: lightstep_saml_group_mappings"],
    bad=[
        Example("a mapping in the manifest and in Terraform", _both(_mapping("eng-checkout", "Project Viewer", "  # <- SYNC103"))),
        Example("and they differ", _both(_mapping("eng-checkout", "Project Editor", "  # <- SYNC103"))),
        Example("a binding in both", _both("""bindings:
      - project: checkout-prod
        role: Project Editor  # <- SYNC103
        users: [alice@acme.example]""")),
    ],
    good=[
        Example("another group in the manifest", _both(_mapping("eng-payments", "Project Viewer"))),
        Example("another role in the manifest", _both("""bindings:
      - project: checkout-prod
        role: Project Viewer
        users: [alice@acme.example]""")),
        Example("break-glass is declared beside the binding", _both("""bindings:
      - project: checkout-prod
        role: Project Editor
        users: [alice@acme.example]
        break_glass: on call""")),
        Example("the manifest of another organization", {
            **_both(""), "access/telemetry.access.yaml": _MANIFEST.format(
                rest=_mapping("eng-checkout", "Project Viewer")).replace("acme", "acme-eu")}),
    ],
)  # fmt: skip
def duplicated_source_of_truth(graph: AccessGraph) -> Iterator[Finding]:
    """A mapping or binding stands in the manifest and in Terraform.

    One of them is applied, and the other is read. They part at the first change that is made in one place, and then reviews
    approve what is not so.

    ## What to do instead

    Keep it where it is applied from, and take it out of the other. The manifest is for what no provider declares.

    ## What this rule does not see

    Organizations that are not known in one of the two, and copies outside the repository. Groups and people may be labelled
    in the manifest beside their declaration, and a binding may be declared break-glass there. A file that
    `iamlint sync` renders is the matter of SYNC101, a live export of SYNC102. Two declarations of the same sort are the matter of TEL105.
    """
    mappings: dict[tuple[str, ...], ScopeMapping] = {}
    for mapping in graph.estate.all(ScopeMapping):
        if _is_terraform(mapping.place):
            mappings.setdefault(_key(mapping.vendor, mapping.organization, mapping.attribute, mapping.value), mapping)
    rendered = {(item.resource, item.target) for item in graph.estate.all(TelemetryRendering)}
    for mapping in graph.estate.all(ScopeMapping):
        other = mappings.get(_key(mapping.vendor, mapping.organization, mapping.attribute, mapping.value))
        if other is not None and _is_second(mapping, other, rendered):
            same = sorted(map(_grant, mapping.grants)) == sorted(map(_grant, other.grants))
            yield _finding(
                f"the mapping of `{key(mapping.value)}`",
                same,
                mapping.value_place or mapping.place,
                other.value_place or other.place,
            )
    bindings: dict[tuple[str, ...], RoleBinding] = {}
    for binding in graph.estate.all(RoleBinding):
        if _is_terraform(binding.place):
            bindings.setdefault(_key(binding.vendor, binding.organization, *_grant(binding.grant)), binding)
    for binding in graph.estate.all(RoleBinding):
        twin = bindings.get(_key(binding.vendor, binding.organization, *_grant(binding.grant)))
        if twin is not None and binding.break_glass is None and _is_second(binding, twin, rendered):
            same = {key(user).casefold() for user, _ in binding.users} == {key(user).casefold() for user, _ in twin.users}
            yield _finding(f"the binding of `{key(binding.grant.text)}`", same, binding.grant.place, twin.grant.place)


def _key(vendor: str, organization: Value | None, *rest: Value) -> tuple[str, ...]:
    return (vendor, key(organization) if organization is not None else "", *map(key, rest))


def _grant(grant: RoleGrant) -> tuple[str, str]:
    return key(grant.text), key(grant.project) if grant.project is not None else ""


def _is_second(item: ScopeMapping | RoleBinding, other: ScopeMapping | RoleBinding, rendered: set[tuple[str, str]]) -> bool:
    """Return whether one is a second source beside Terraform: no live export, and not what the file is rendered from."""
    return not (_is_terraform(item.place) or item.is_live or (item.resource, other.place.path) in rendered)


def _is_terraform(place: Place) -> bool:
    return place.path.endswith((".tf", ".tf.json"))


def _finding(what: str, same: bool, at: Place, other: Place) -> Finding:
    return Finding(
        f"{what} stands in Terraform too{'' if same else ', and the two differ'}",
        at=at,
        because=[(other, "the declaration in Terraform")],
        help="keep the one that is applied",
        subject=what,
    )

"""TEL107 unknown-project."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    Place,
    Severity,
    TelemetryProject,
    project_references,
    rule,
)


def _estate(projects: str, role: str) -> dict[str, str]:
    return {
        "access/telemetry.access.yaml": f"""
        apiVersion: iamlint/v1
        kind: Telemetry
        vendor: lightstep
        organization: acme
        projects: [{projects}]
        mappings:
          - attribute: member_of
            value: eng-checkout
            organization_role: Organization Restricted Member
            project_roles:
              {role}
        """
    }


_DECLARED = "{name: checkout-prod}, {name: checkout-dev}"
_DASHBOARDS = """
    resource "lightstep_dashboard" "a" {{
      project_name = "checkout-prod"
    }}
    resource "lightstep_dashboard" "b" {{
      project_name = "checkout-prod"
    }}
    resource "lightstep_dashboard" "c" {{
      project_name = "{name}
    }}
    """


_GRAFANA = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: grafana
    projects: [{{name: folder/checkout-prod}}]
    bindings:
      - role: View
        project: folder/{name}{mark}
        users: [alice@acme.example]
    """


@rule(
    id="TEL107",
    name="unknown-project",
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    references=["Lightstep provider: lightstep_saml_group_mappings"],
    bad=[
        Example("a letter is missing", _estate(_DECLARED, "chekout-prod: Project Viewer  # <- TEL107")),
        Example("another spelling", _estate(_DECLARED, "Checkout_Prod: Project Viewer  # <- TEL107")),
        Example("no project is called like it", _estate(_DECLARED, "storefront: Project Viewer  # <- TEL107")),
        Example("a folder of Grafana", {"access/grafana.access.yaml": _GRAFANA.format(name="checkot-prod", mark="  # <- TEL107")}),
        Example("a name that stands once, beside one that stands twice", {
            "lightstep/dashboards.tf": _DASHBOARDS.format(name='checkot-prod" # <- TEL107')}),
        Example("two letters in each other's place, where Lightstep's actions look", {
            **_estate(_DECLARED, "checkout-prod: Project Viewer"), ".lightstep.yml": "organization: acme\nproject: checkout-prdo  # <- TEL107\n"}),
    ],
    good=[
        Example("a declared project", _estate(_DECLARED, "checkout-dev: Project Viewer")),
        Example("no project is declared, and nothing is near", _estate("", "storefront: Project Viewer")),
        Example("the project of another environment", {
            "lightstep/dashboards.tf": _DASHBOARDS.format(name='checkout-dev"')}),
        Example("a numbered sibling", {"lightstep/dashboards.tf": _DASHBOARDS.format(name='checkout-prod2"')}),
        Example("a declared folder of Grafana", {"access/grafana.access.yaml": _GRAFANA.format(name="checkout-prod", mark="")}),
        Example("two dashboards name it", {"lightstep/dashboards.tf": _DASHBOARDS.format(name='checkot-prod"') + """
    resource "lightstep_dashboard" "d" {
      project_name = "checkot-prod"
    }
    """}),
    ],
)  # fmt: skip
def unknown_project(graph: AccessGraph) -> Iterator[Finding]:
    """A role, credential or dashboard names a project that nothing else names.

    Projects go by their names, and nothing checks them: a grant to a project that is not there gives nothing, and gives it
    to whoever makes a project of that name.

    ## What to do instead

    Write the project's exact name, or declare it under `projects` in the manifest.

    ## What this rule does not see

    A name that is wrong in two places. Where no projects are declared, only names that are nearly another one are reported;
    names of another environment, or that differ in a number, are taken to be other projects. What applies in the vendor's
    own project (dashboards, alerts) proves that the project exists, so there too only near names count.
    """
    declared: dict[str, dict[str, Place]] = {}
    named: dict[str, dict[str, list[tuple[Place, bool]]]] = {}
    for project in graph.estate.all(TelemetryProject):
        if project.declared and isinstance(project.name, str):
            declared.setdefault(project.vendor, {}).setdefault(project.name, project.place)
    for vendor, name, place, grants in project_references(graph):
        if isinstance(name, str) and name:
            named.setdefault(vendor, {}).setdefault(name, []).append((place, grants))
    for vendor, names in sorted(named.items()):
        known = declared.get(vendor, {})
        settled = known.keys() | {name for name, places in names.items() if len({place for place, _ in places}) > 1}
        for name, places in sorted(names.items()):
            place, grants = places[0]
            if name in settled:
                continue
            near = next((other for other in sorted(settled) if _is_near(name, other, graph)), None)
            if near is None and not (grants and known):
                continue
            yield Finding(
                f"nothing else names the project `{name}`",
                at=place,
                because=[(known[near] if near in known else names[near][0][0], f"`{near}` stands here")] if near else (),
                help=f"did you mean `{near}`?" if near else "write the project's exact name, or declare it in the manifest",
                subject=f"project:{vendor}/{name}",
            )


def _is_near(name: str, other: str, graph: AccessGraph) -> bool:
    """Return whether a name looks like a slip of another one, and not like a sibling: another environment, another number."""
    if re.findall(r"\d+", name) != re.findall(r"\d+", other):
        return False
    one, two = _words(name), _words(other)
    if one == two:
        return True
    different = [(a, b) for a, b in zip(one, two, strict=False) if a != b]
    if len(one) != len(two) or len(different) != 1:
        return False
    from difflib import SequenceMatcher  # met only where two names are alike

    word, meant = different[0]
    environments = {text for known in graph.settings.environments for text in (known.name, *known.patterns)}
    if min(len(word), len(meant)) < 4 or {word, meant} <= environments:
        return False
    swapped = sorted(word) == sorted(meant) and sum(a != b for a, b in zip(word, meant, strict=True)) == 2
    return word[0] == meant[0] and (swapped or SequenceMatcher(None, word, meant).ratio() >= 0.8)


def _words(name: str) -> list[str]:
    return re.findall(r"[a-z]+", name.casefold())

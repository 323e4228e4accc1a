"""SYNC101 hand-edited-mapping."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, Severity, rendering_drift, rule

_SOURCE = """
    apiVersion: iamlint/v1
    kind: Telemetry
    vendor: lightstep
    organization: acme
    terraform: lightstep/access.tf{mark}
    mappings:
      - attribute: member_of
        value: eng-checkout{missing}
        organization_role: Organization Restricted Member
        project_roles: {{checkout-prod: Project Viewer}}
    bindings:
      - {{role: Project Editor, project: checkout-prod, users: [alice@acme.example]}}
    """
_RENDERED = """
    resource "lightstep_saml_group_mappings" "acme" {{
      mapping {{
        match {{
          attribute_key   = "member_of"
          attribute_value = "{group}"
        }}
        roles {{
          organization_role = "Organization Restricted Member"
          project_roles = {{
            checkout-prod = "{role}"
          }}
        }}
      }}
    }}

    resource "lightstep_user_role_binding" "project_editor_checkout_prod" {{
      project = "checkout-prod"
      role    = "Project Editor"
      users = [
        "alice@acme.example",{more}
      ]
    }}
    """


def _files(
    group: str = "eng-checkout", role: str = "Project Viewer", more: str = "", mark: str = "", missing: str = ""
) -> dict[str, str]:
    rendered = _RENDERED.format(group=group, role=role, more=more)
    return {"access/telemetry.access.yaml": _SOURCE.format(mark=mark, missing=missing), "lightstep/access.tf": rendered}


def _marked(files: dict[str, str], after: str) -> dict[str, str]:
    return {**files, "lightstep/access.tf": files["lightstep/access.tf"].replace(after, f"{after} # <- SYNC101")}


@rule(
    id="SYNC101",
    name="hand-edited-mapping",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Lightstep provider: lightstep_saml_group_mappings"],
    bad=[
        Example("another role than in the source", _marked(_files(role="Project Editor"), 'checkout-prod = "Project Editor"')),
        Example("a person more than in the source", _files(more='\n        "mallory@acme.example", # <- SYNC101')),
        Example("another group: one too many, one missing", _marked(_files(
            group="eng-payments", missing="  # <- SYNC101"), 'attribute_value = "eng-payments"')),
        Example("never rendered", {
            "access/telemetry.access.yaml": _SOURCE.format(mark="  # <- SYNC101", missing=""), "lightstep/main.tf": ""}),
    ],
    good=[
        Example("as it was rendered", _files()),
        Example("laid out by hand, and it says the same", {**_files(), "lightstep/access.tf":
            _files()["lightstep/access.tf"].replace("alice@acme.example", "Alice@acme.example")}),
        Example("a role that the provider does not know is never rendered", {**_files(), "access/telemetry.access.yaml":
            _SOURCE.format(mark="", missing="") + "  - {role: Organization Billing Admin, users: [erin@acme.example], break_glass: bills}"}),
        Example("a file that nothing renders", {**_files(), "access/telemetry.access.yaml":
            _SOURCE.format(mark="", missing="").replace("terraform: lightstep/access.tf", "")}),
    ],
)  # fmt: skip
def hand_edited_mapping(graph: AccessGraph) -> Iterator[Finding]:
    """A Terraform file that `iamlint sync` renders says something else than the manifest from which it is rendered.

    The next run of `iamlint sync` takes the edit away, and with it somebody's access. Until then the file is what is applied,
    and whoever reviews the manifest approves what is not so.

    ## What to do instead

    Make the change in the manifest and run `iamlint sync`; `iamlint sync --check` in the pipeline shows the difference in
    text.

    ## What this rule does not see

    Edits that do not change who has access: comments, layout, the names of resources.
    """
    for drift in rendering_drift(graph):
        help = "change the manifest, and run `iamlint sync`"
        yield Finding(drift.message, at=drift.at, because=drift.because, help=help, subject=drift.subject)

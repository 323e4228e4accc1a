"""TEL109 all-groups-released."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Application,
    AttributeStatement,
    Confidence,
    Example,
    Finding,
    Place,
    ScopeMapping,
    Severity,
    key,
    rule,
)

_APP = """
    resource "okta_app_saml" "traces" {{
      label    = "Traces"
      audience = "{audience}"
      attribute_statements {{
        name         = "member_of"
        type         = "GROUP"
        filter_type  = "{kind}"
        filter_value = "{value}"{mark}
      }}
    }}
    """


def _app(kind: str, value: str, mark: str = "", audience: str = "https://app.lightstep.com/saml/metadata") -> dict[str, str]:
    return {"okta/app.tf": _APP.format(kind=kind, value=value, mark=mark, audience=audience)}


_MARK = " # <- TEL109"


_ENTRA = """
    resource "azuread_application" "traces" {{
      display_name            = "Traces"
      identifier_uris         = ["https://app.lightstep.com/saml/metadata"]
      group_membership_claims = ["{claims}"]{mark}
    }}
    """


_OIDC = """
    resource "okta_app_oauth" "traces" {{
      label         = "Traces"
      type          = "web"
      redirect_uris = ["{address}"]
      groups_claim {{
        type        = "FILTER"
        name        = "groups"
        filter_type = "{kind}"
        value       = "{value}"{mark}
      }}
    }}
    """
_LOGIN = "https://grafana.acme.example/login/generic_oauth"


def _oidc(kind: str, value: str, mark: str = "", address: str = _LOGIN) -> dict[str, str]:
    return {"okta/app.tf": _OIDC.format(kind=kind, value=value, mark=mark, address=address)}


_DATADOG = "https://app.datadoghq.eu/account/saml/metadata.xml"
_HONEYCOMB = "https://ui.honeycomb.io/auth/saml/acme"


@rule(
    id="TEL109",
    name="all-groups-released",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Okta provider: okta_app_saml", "Lightstep docs: Map SAML attributes"],
    bad=[
        Example("a regular expression that fits everything", _app("REGEX", ".*", _MARK)),
        Example("the same, anchored", _app("REGEX", "^.+$", _MARK)),
        Example("a start that every name has", _app("STARTS_WITH", "", _MARK)),
        Example("Entra sends every security group", {"entra/app.tf": _ENTRA.format(claims="SecurityGroup", mark=_MARK)}),
        Example("Datadog is told all groups", _app("REGEX", ".*", _MARK, _DATADOG)),
        Example("Honeycomb is told all groups", _app("REGEX", ".*", _MARK, _HONEYCOMB)),
        Example("Grafana's sign-in by OpenID Connect is told all groups", _oidc("REGEX", ".*", _MARK)),
        Example("a stack of Grafana Cloud is told all groups by Entra", {"entra/app.tf": _ENTRA.format(
            claims="All", mark=_MARK).replace("app.lightstep.com/saml/metadata", "acme.grafana.net/saml/metadata")}),
    ],
    good=[
        Example("Datadog is told groups of one prefix", _app("STARTS_WITH", "datadog-", audience=_DATADOG)),
        Example("Honeycomb is told groups of one prefix", _app("STARTS_WITH", "honeycomb-", audience=_HONEYCOMB)),
        Example("Grafana is told groups of one prefix", _oidc("STARTS_WITH", "grafana-")),
        Example("another sign-in by OpenID Connect", _oidc("REGEX", ".*", address="https://wiki.acme.example/callback")),
        Example("Entra sends the assigned groups", {"entra/app.tf": _ENTRA.format(claims="ApplicationGroup", mark="")}),
        Example("groups of one prefix", _app("STARTS_WITH", "lightstep-")),
        Example("an expression that leaves groups out", _app("REGEX", "^lightstep-.*$")),
        Example("an application that opens something else", _app("REGEX", ".*", audience="https://wiki.acme.example/saml")),
        Example("a filter that is not known", {"okta/app.tf": 'variable "filter" {}\n' + _APP.format(
            kind="REGEX", value="${var.filter}", mark="", audience="https://app.lightstep.com/saml/metadata")}),
    ],
)  # fmt: skip
def all_groups_released(graph: AccessGraph) -> Iterator[Finding]:
    """The application's attribute filter releases every group of everybody who signs in.

    Whoever can make or rename a group makes one that is mapped, and has its roles. And the vendor learns all groups that
    people are in.

    ## What to do instead

    Give the groups that open telemetry a prefix of their own, let only that prefix pass, and let few people make such groups.

    ## What this rule does not see

    Filters that are not known, expressions over groups, and applications that open neither telemetry nor AWS. Keycloak's mapper
    of groups has no filter, so that every client with one is told all groups; map roles there instead.
    """
    vendors = {mapping.vendor for mapping in graph.estate.all(ScopeMapping)}
    told: set[Place] = set()
    for application in graph.estate.all(Application):
        for statement in application.statements:
            at = statement.filter_place or statement.place
            if application.target is not None and _passes_all(statement) and at not in told:
                told.add(at)
                mapped = [one for one in graph.estate.all(ScopeMapping) if key(one.attribute) == key(statement.name)]
                because = [(application.place, f"`{key(application.label)}` opens `{application.target}`")]
                if application.target in vendors:
                    because += [(one.value_place or one.place, f"`{key(one.value)}` is mapped to roles") for one in mapped[:3]]
                yield Finding(
                    f"`{key(application.label)}` sends every group as `{key(statement.name)}`",
                    at=at,
                    because=because,
                    help="let only the groups pass that open something there",
                    subject=f"{key(application.label)} {key(statement.name)}",
                )


def _passes_all(statement: AttributeStatement) -> bool:
    if statement.kind != "GROUP" or not isinstance(statement.filter_value, str):
        return False
    if statement.filter_kind == "REGEX":
        return statement.filter_value.removeprefix("^").removesuffix("$") in (".*", ".+", "(.*)", "(.+)", "[\\s\\S]*")
    return statement.filter_kind in ("STARTS_WITH", "CONTAINS") and statement.filter_value == ""

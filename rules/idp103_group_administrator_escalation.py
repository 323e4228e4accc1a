"""IDP103 group-administrator-escalation."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.rulekit import (
    ADMINISTRATORS_BY_DESIGN,
    AccessGraph,
    Certainty,
    Confidence,
    Edge,
    EdgeKind,
    Example,
    Finding,
    Node,
    NodeKind,
    Reached,
    Severity,
    in_words,
    path_because,
    place_of,
    rule,
)  # fmt: skip

_OKTA = """
    resource "okta_group" "checkout" {{
      name = "eng-checkout"
    }}
    resource "okta_group" "helpdesk" {{
      name = "helpdesk"
    }}
    resource "okta_group" "readers" {{
      name = "readers"
    }}
    resource "okta_user" "alice" {{
      first_name = "Alice"
      last_name  = "Abel"
      login      = "alice@acme.example"
      email      = "alice@acme.example"
    }}
    {grant}
    """
_MAPPING = """
    resource "lightstep_saml_group_mappings" "acme" {
      mapping {
        match {
          attribute_key   = "member_of"
          attribute_value = "eng-checkout"
        }
        roles {
          organization_role = "Organization Restricted Member"
          project_roles     = { checkout-prod = "Project Editor" }
        }
      }
    }
    """
_ENTRA = """
    resource "azuread_group" "checkout" { display_name = "eng-checkout" }
    resource "azuread_application" "sync" { display_name = "sync" }
    resource "azuread_service_principal" "sync" { client_id = azuread_application.sync.client_id }
    resource "azuread_app_role_assignment" "members" {
      app_role_id         = "dbaae8cf-10b5-4b86-a4a1-f871c94c6695"
      principal_object_id = azuread_service_principal.sync.object_id # <- IDP103
      resource_object_id  = "00000000-0000-0000-0000-000000000001"
    }
    """
_OWNER = """
    resource "okta_group_owner" "some" {{
      group_id          = okta_group.{group}.id
      id_of_group_owner = {owner}.id{mark}
      type              = "{kind}"
    }}
    """
_ROLE = """
    resource "okta_group_role" "helpdesk" {{
      group_id  = okta_group.helpdesk.id
      role_type = "{role}"{mark}
      {targets}
    }}
    """
_MARK = " # <- IDP103"


def _estate(grant: str) -> dict[str, str]:
    return {"okta/main.tf": _OKTA.format(grant=grant), "lightstep/main.tf": _MAPPING}


def _role(role: str, targets: str = "", mark: str = "") -> dict[str, str]:
    return _estate(_ROLE.format(role=role, targets=targets, mark=mark))


@rule(
    id="IDP103",
    name="group-administrator-escalation",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["Okta docs: Standard administrator roles and permissions", "Okta docs: Group owners"],
    bad=[
        Example("a person owns a mapped group", _estate(_OWNER.format(group="checkout", owner="okta_user.alice", kind="USER", mark=_MARK))),
        Example("the help desk changes every group", _role("USER_ADMIN", mark=_MARK)),
        Example("the help desk changes the mapped group", _role(
            "GROUP_MEMBERSHIP_ADMIN", "target_group_list = [okta_group.checkout.id]", _MARK)),
        Example("an application that changes members in Entra", {"entra/main.tf": _ENTRA, "lightstep/main.tf": _MAPPING}),
    ],
    good=[
        Example("a group that gives nothing", _estate(_OWNER.format(group="readers", owner="okta_user.alice", kind="USER", mark=""))),
        Example("the help desk changes another group", _role("USER_ADMIN", "target_group_list = [okta_group.readers.id]")),
        Example("a role that changes no group", _role("HELP_DESK_ADMIN")),
        Example("the owner is in the group", _estate(_OWNER.format(
            group="checkout", owner="okta_user.alice", kind="USER", mark="") + """
    resource "okta_group_memberships" "checkout" {
      group_id = okta_group.checkout.id
      users    = [okta_user.alice.id]
    }
    """)),
        Example("which groups is not known", _role("USER_ADMIN", "target_group_list = var.groups")),
    ],
)  # fmt: skip
def group_administrator_escalation(graph: AccessGraph) -> Iterator[Finding]:
    """Whoever administers or owns a mapped group can join it, and then reaches what it reaches.

    An owner's click is an access decision, and nobody reviews it. The help desk that may change every group is one step
    from every project and every account.

    ## What to do instead

    Limit the administrator to the groups that give nothing (`target_group_list`), let members be decided in the repository,
    or put the owner in the group openly.

    ## What this rule does not see

    Super administrators, who can do everything by design. Targets of a single user's administrator roles, which stand in
    another place, and roles given outside the repository.
    """
    gathered: dict[tuple[str, str], list[Edge]] = {}
    for edge in graph.edges(EdgeKind.MAY_ADMINISTER):
        if edge.detail not in ADMINISTRATORS_BY_DESIGN and edge.certainty is not Certainty.UNKNOWN:
            gathered.setdefault((edge.source.id, repr(edge.place)), []).append(edge)
    for _, together in sorted(gathered.items()):
        source = together[0].source
        own = {reached.node.number: reached.capabilities for reached in graph.reach(source)}
        gained = [(edge, found) for edge in together if (found := _gained(graph, edge.target, own)) is not None]
        if not gained:
            continue
        edge, reached = gained[0]
        names = in_words([each.target.name for each, _ in gained])
        yield Finding(
            f"`{source.id}` may join {names}, and so reaches `{reached.node.id}`",
            at=place_of(edge),
            because=[(place_of(edge), f"`{source.id}` {edge.reason}"), *path_because(reached.path)],
            help="take the group out of what it administers, or make it a member openly",
            subject=f"{source.id} {edge.target.id}",
        )


def _gained(graph: AccessGraph, group: Node, own: dict[int, frozenset[str]]) -> Reached | None:
    """Return the nearest project or role that the group reaches and the administrator does not."""
    for reached in graph.reach(group):
        if reached.certainty is Certainty.UNKNOWN or reached.node.kind not in (NodeKind.PROJECT, NodeKind.ROLE):
            continue
        known = own.get(reached.node.number)
        if known is None or not reached.capabilities <= known:
            return reached
    return None

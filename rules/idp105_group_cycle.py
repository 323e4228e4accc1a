"""IDP105 group-cycle."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Edge,
    EdgeKind,
    Example,
    Finding,
    Node,
    NodeKind,
    Severity,
    key,
    memberships_of_kind,
    path_because,
    place_of,
    rule,
)


def _groups(*lines: str) -> dict[str, str]:
    listed = "".join(f"          - {line}\n" for line in lines)
    head = "\n        apiVersion: iamlint/v1\n        kind: Identities\n        provider: keycloak\n        groups:\n"
    return {"access/groups.access.yaml": head + listed}


_GOOGLE = """
    resource "googleworkspace_group" "eng" {{ email = "eng@acme.example" }}
    resource "googleworkspace_group" "leads" {{ email = "leads@acme.example" }}
    resource "googleworkspace_group_member" "leads" {{
      group_id = googleworkspace_group.leads.id
      type     = "GROUP"
      email    = "eng@acme.example"
    }}
    resource "googleworkspace_group_member" "eng" {{
      group_id = googleworkspace_group.eng.id
      type     = "GROUP"
      email    = "{member}"{mark}
    }}
    """


@rule(
    id="IDP105",
    name="group-cycle",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["RFC 7643: System for Cross-domain Identity Management: Core Schema"],
    bad=[
        Example("two groups are members of each other", _groups(
            "{name: eng, groups: [leads]}", "{name: leads, groups: [eng]}  # <- IDP105")),
        Example("a circle of three", _groups(
            "{name: a, groups: [b]}", "{name: b, groups: [c]}", "{name: c, groups: [a]}  # <- IDP105")),
        Example("a group is its own member", _groups("{name: eng, groups: [eng]}  # <- IDP105")),
        Example("groups of Google Workspace", {"google/main.tf": _GOOGLE.format(member="leads@acme.example", mark=" # <- IDP105")}),
    ],
    good=[
        Example("one in the other", {"google/main.tf": _GOOGLE.format(member="chiefs@acme.example", mark="")}),
        Example("groups in groups", _groups("{name: eng, groups: [leads]}", "{name: leads, groups: [chiefs]}", "{name: chiefs}")),
        Example("two ways to one group", _groups("{name: a, groups: [b, c]}", "{name: b, groups: [d]}", "{name: c, groups: [d]}")),
    ],
)  # fmt: skip
def group_cycle(graph: AccessGraph) -> Iterator[Finding]:
    """Groups contain each other in a circle, so that all of them have the same members.

    Each of the groups seems to be narrower than the other, and none is: whoever is in one of them has the access of all.
    Some directories refuse the circle, others stop counting somewhere.

    ## What to do instead

    Decide which group contains the other, and take the membership back that closes the circle.

    ## What this rule does not see

    Memberships by rules, and groups whose members the repository does not hold.
    """
    for membership in memberships_of_kind(graph, "group"):
        if key(membership.member) == key(membership.group):
            yield Finding(
                f"`{key(membership.group)}` is its own member",
                at=membership.place,
                help="take the membership out",
                subject=key(membership.group),
            )
    done: set[int] = set()
    for group in graph.nodes(NodeKind.GROUP):
        if group.number not in done and (circle := _circle(graph, group)):
            done.update(edge.source.number for edge in circle)
            names = " → ".join(f"`{edge.source.name}`" for edge in circle)
            last = max(circle, key=lambda edge: (place_of(edge).path, place_of(edge).span or (0, 0), repr(place_of(edge).route)))
            yield Finding(
                f"these groups are members of each other: {names}",
                at=place_of(last),
                because=path_because(circle),
                help="take the membership out that closes the circle",
                subject=" ".join(sorted(edge.source.id for edge in circle)),
            )


def _circle(graph: AccessGraph, start: Node) -> tuple[Edge, ...]:
    """Return the shortest way from a group back to itself, by membership."""
    came: dict[int, Edge] = {}
    queue = [start]
    for node in queue:
        for edge in graph.out_edges(node, EdgeKind.MEMBER_OF):
            if edge.target is start:
                path = [edge]
                while path[-1].source is not start:
                    path.append(came[path[-1].source.number])
                return tuple(reversed(path))
            if edge.target.number not in came and edge.target.kind is NodeKind.GROUP and edge.condition is None:
                came[edge.target.number] = edge
                queue.append(edge.target)
    return ()

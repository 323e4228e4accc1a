"""TEAM104 temporary-grant-without-end."""

import re
from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, RoleBinding, Severity, Team, key, rule


def _grant(rest: str) -> dict[str, str]:
    return {
        "access/teams.access.yaml": f"""
        apiVersion: iamlint/v1
        kind: Teams
        teams:
          - name: checkout
            groups: [eng-checkout]
            projects: ["checkout-*"]
            grants:
              - group: eng-search
                project: checkout-staging
                {rest}
        """
    }


def _binding(rest: str) -> dict[str, str]:
    return {
        "access/telemetry.access.yaml": f"""
        apiVersion: iamlint/v1
        kind: Telemetry
        vendor: lightstep
        bindings:
          - role: Organization Admin
            users: [alice@acme.example]
            {rest}
        """
    }


@rule(
    id="TEAM104",
    name="temporary-grant-without-end",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["AICPA Trust Services Criteria: CC6.2, CC6.3"],
    bad=[
        Example("a grant for now", _grant('reason: "temporary, until the search box is split"  # <- TEAM104')),
        Example("a grant past its end", _grant('reason: "load test"\n                until: 2020-06-30  # <- TEAM104')),
        Example("break-glass for ever", _binding('break_glass: "while the portal has no SSO"  # <- TEAM104')),
        Example("break-glass past its end", _binding(
            'break_glass: "while the portal has no SSO"\n            until: 2020-06-30  # <- TEAM104')),
    ],
    good=[
        Example("a temporary grant with an end", _grant('reason: "temporary, load test"\n                until: 2099-12-31')),
        Example("a standing grant", _grant('reason: "the search team is on call for the shared box"')),
        Example("break-glass that is looked at again", _binding(
            'break_glass: "while the portal has no SSO"\n            until: 2099-12-31')),
        Example("an ordinary binding", _binding("")),
    ],
)  # fmt: skip
def temporary_grant_without_end(graph: AccessGraph) -> Iterator[Finding]:
    """A grant that is declared temporary or break-glass has no end, or its end has passed.

    What has no end is not looked at again, and the exception becomes the rule.

    ## What to do instead

    Write `until:` with the day on which somebody decides again; take out what has ended.

    ## What this rule does not see

    Grants whose reason does not say that they are meant for a time, and the access itself: a grant that has ended no longer
    excuses TEAM101. The day is that of the checked revision.
    """
    for team in graph.estate.all(Team):
        for grant in team.grants:
            what = f"the grant to `{key(grant.group)}` in `{key(grant.project)}`"
            if graph.queries.is_over(grant.until):
                yield Finding(
                    f"{what} ended on {grant.until}",
                    at=grant.until_place or grant.place,
                    help="take it out, or decide again",
                    subject=what,
                )
            elif grant.until is None and _TEMPORARY.search(grant.reason):
                yield Finding(
                    f"{what} is temporary and has no end",
                    at=grant.reason_place or grant.place,
                    help="write `until:` with the day on which it ends",
                    subject=what,
                )
    for binding in graph.estate.all(RoleBinding):
        if binding.break_glass is None:
            continue
        what = f"the break-glass binding to `{key(binding.grant.text)}`"
        if graph.queries.is_over(binding.until):
            yield Finding(
                f"{what} ended on {binding.until}",
                at=binding.until_place or binding.place,
                help="take it out, or decide again",
                subject=what,
            )
        elif binding.until is None:
            yield Finding(
                f"{what} has no end",
                at=binding.break_glass_place or binding.place,
                help="write `until:` with the day on which somebody decides again",
                subject=what,
            )


_TEMPORARY = re.compile(
    r"\b(temporar(y|ily)|interim|for now|for the time being|short[- ]term|provisional(ly)?|until)\b", re.IGNORECASE
)

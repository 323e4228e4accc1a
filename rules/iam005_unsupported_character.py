"""IAM005 unsupported-character."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Example,
    Finding,
    PolicyKind,
    Severity,
    Statement,
    actions_that,
    resources_that,
    rule,
)

_OWN_GRAMMAR = (PolicyKind.RESOURCE, PolicyKind.ENDPOINT, PolicyKind.SCP, PolicyKind.RCP)


@rule(
    id="IAM005",
    name="unsupported-character",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    since="0.1.0",
    references=["IAM API Reference: CreatePolicy, PolicyDocument"],
    bad=[
        Example("a dash that a text editor made", {"policies/a.yaml": """
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: "s3:GetObject"
                Resource: "arn:aws:s3:::acme–reports/*"  # <- IAM005
            """}),
        Example("a zero-width space behind an action", {"policies/a.yaml": """
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: ["s3:GetObject", "s3:PutObject\u200b"]  # <- IAM005
                Resource: "*"
            """}),
    ],
    good=[
        Example("letters of Western Europe", {"policies/a.yaml": """
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: "s3:GetObject"
                Resource: "arn:aws:s3:::acme-reports/München/*"
            """}),
        Example("a bucket policy may name any object", {"policies/bucket.yaml": """
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {AWS: "111111111111"}
                Action: "s3:GetObject"
                Resource: "arn:aws:s3:::acme-reports/報告/*"
            """}),
    ],
)  # fmt: skip
def unsupported_character(graph: AccessGraph) -> Iterator[Finding]:
    """A policy holds a character that IAM does not accept.

    IAM takes tabs, line ends and U+0020 to U+00FF only. What breaks this is hard to see: a typographic dash or quote, a
    no-break or zero-width space, a look-alike letter.

    ## What to do instead

    Type the character anew. For a name that really holds such characters, write `?` in their place.

    ## What this rule does not see

    Policies of resources and of organizations, whose services accept more.
    """
    strange = {statement for statement, _, _ in (*actions_that(graph, _is_strange), *resources_that(graph, _is_strange))}
    for policy in graph.policies():
        if policy.kind in _OWN_GRAMMAR:
            continue
        for statement in policy.statements:
            if ((statement.is_plain and not statement.conditions) or _is_plain(statement)) and statement not in strange:
                continue
            for element, value in policy.statement_document(statement.index).items():
                for route, text in _texts(value, (element,)):
                    if not text.isascii() and (wrong := next((sign for sign in text if ord(sign) > 0xFF), None)):
                        yield Finding(
                            f"IAM does not accept the character U+{ord(wrong):04X} in `{text}`",
                            at=statement.place(*route),
                            help="type it anew, or write `?` in its place",
                            subject=f"{policy.ref} {'/'.join(map(str, route))}",
                        )


def _is_strange(text: str) -> bool:
    return not text.isascii()


def _is_plain(statement: Statement) -> bool:
    """Return whether nothing but ASCII stands where such characters slip in, actions and resources aside."""
    if not statement.conditions and not statement.principals:
        return not isinstance(statement.sid, str) or statement.sid.isascii()
    texts: list[object] = [statement.sid]
    for condition in statement.conditions:
        texts += [condition.operator, condition.key, *condition.values]
    texts += [principal.value for principal in statement.principals or ()]
    return "".join([text for text in texts if type(text) is str]).isascii()


def _texts(value: object, route: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the texts of an element; policies are never deeper than this looks."""
    if isinstance(value, str):
        yield route, value
    elif len(route) < 5 and isinstance(value, list | dict):
        for step, below in enumerate(value) if isinstance(value, list) else value.items():
            yield from _texts(below, (*route, step))

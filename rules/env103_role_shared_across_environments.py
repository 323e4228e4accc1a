"""ENV103 role-shared-across-environments."""

from collections.abc import Iterator

from iamlint.rulekit import (
    AccessGraph,
    Confidence,
    Edge,
    EdgeKind,
    Effect,
    Example,
    Finding,
    Node,
    NodeKind,
    PermissionSetAssignment,
    PolicyKind,
    Severity,
    Statement,
    changing_action,
    environment_of_arn,
    first_of_each,
    in_words,
    label_origins,
    may_change,
    place_of,
    rule,
    users_of,
)  # fmt: skip

_ROLE = """
    provider "aws" {{ allowed_account_ids = ["444444444444"] }}
    resource "aws_iam_openid_connect_provider" "github" {{
      url            = "https://token.actions.githubusercontent.com"
      client_id_list = ["sts.amazonaws.com"]
    }}
    resource "aws_iam_role" "deploy" {{
      name = "deploy"
      assume_role_policy = jsonencode({{
        Version   = "2012-10-17"
        Statement = [{{
          Effect    = "Allow"
          Action    = "sts:AssumeRoleWithWebIdentity"
          Principal = {{ Federated = aws_iam_openid_connect_provider.github.arn }}{mark}
          Condition = {{ StringEquals = {{
            "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
            "token.actions.githubusercontent.com:sub" = [{subjects}]
          }} }}
        }}]
      }})
    }}
    resource "aws_iam_role_policy" "deploy" {{
      name = "deploy"
      role = aws_iam_role.deploy.id
      policy = jsonencode({{
        Version = "2012-10-17"
        Statement = [{{
          Effect   = "Allow"
          Action   = "{action}"
          Resource = [
            {resources}
          ]
        }}]
      }})
    }}
    """
_DEV, _PROD = '"repo:acme/app:environment:dev"', '"repo:acme/app:environment:prod"'
_BOTH = '"arn:aws:s3:::site-dev/*",\n            "arn:aws:s3:::site-prod/*",'


def _role(
    subjects: str, action: str = "s3:PutObject", resources: str = '"arn:aws:s3:::site/*",', mark: str = ""
) -> dict[str, str]:
    return {"infra/deploy.tf": _ROLE.format(subjects=subjects, action=action, resources=resources, mark=mark)}


_ACCOUNTS = """
    apiVersion: iamlint/v1
    kind: Accounts
    accounts:
      - {id: "111111111111", name: acme-dev, environment: dev}
      - {id: "333333333333", name: acme-prod, environment: prod}
    """
_SETS = """
    resource "aws_identitystore_group" "eng" {{
      identity_store_id = "d-1234567890"
      display_name      = "eng"
    }}
    resource "aws_ssoadmin_permission_set" "work" {{
      instance_arn = "arn:aws:sso:::instance/ssoins-1"
      name         = "work"
    }}
    resource "aws_ssoadmin_permission_set_inline_policy" "work" {{
      instance_arn       = "arn:aws:sso:::instance/ssoins-1"
      permission_set_arn = aws_ssoadmin_permission_set.work.arn
      inline_policy = jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "Allow", Action = "{action}", Resource = "*" }}] }})
    }}
    resource "aws_ssoadmin_account_assignment" "dev" {{
      instance_arn       = "arn:aws:sso:::instance/ssoins-1"
      permission_set_arn = aws_ssoadmin_permission_set.work.arn
      principal_type     = "GROUP"
      principal_id       = aws_identitystore_group.eng.group_id
      target_type        = "AWS_ACCOUNT"
      target_id          = "111111111111"
    }}
    resource "aws_ssoadmin_account_assignment" "other" {{
      instance_arn       = "arn:aws:sso:::instance/ssoins-1"
      permission_set_arn = aws_ssoadmin_permission_set.work.arn
      principal_type     = "GROUP"
      principal_id       = aws_identitystore_group.eng.group_id{mark}
      target_type        = "AWS_ACCOUNT"
      target_id          = "{account}"
    }}
    """


def _sets(action: str, account: str, mark: str = "") -> dict[str, str]:
    return {"access/accounts.access.yaml": _ACCOUNTS, "sso/main.tf": _SETS.format(action=action, account=account, mark=mark)}


def _loop(second: str, mark: str = "") -> dict[str, str]:
    """Return assignments of a loop: `change` for development, another set for production."""
    return {"access/accounts.access.yaml": _ACCOUNTS, "sso/main.tf": f"""
    resource "aws_ssoadmin_permission_set" "each" {{
      for_each     = {{ change = "ecs:UpdateService", deploy = "ecs:UpdateService", read = "ecs:DescribeServices" }}
      name         = each.key
      instance_arn = "arn:aws:sso:::instance/ssoins-1"
    }}
    resource "aws_ssoadmin_permission_set_inline_policy" "each" {{
      for_each           = {{ change = "ecs:UpdateService", deploy = "ecs:UpdateService", read = "ecs:DescribeServices" }}
      instance_arn       = "arn:aws:sso:::instance/ssoins-1"
      permission_set_arn = aws_ssoadmin_permission_set.each[each.key].arn
      inline_policy      = jsonencode({{ Statement = [{{ Effect = "Allow", Action = each.value, Resource = "*" }}] }})
    }}
    resource "aws_identitystore_group" "eng" {{
      identity_store_id = "d-1"
      display_name      = "eng"
    }}
    resource "aws_ssoadmin_account_assignment" "each" {{
      for_each = {{
        a = ["change", "111111111111"]
        b = ["{second}", "333333333333"]
        c = ["read", "333333333333"]
      }}
      instance_arn       = "arn:aws:sso:::instance/ssoins-1"
      permission_set_arn = aws_ssoadmin_permission_set.each[each.value[0]].arn
      principal_type     = "GROUP"
      principal_id       = aws_identitystore_group.eng.group_id{mark}
      target_type        = "AWS_ACCOUNT"
      target_id          = each.value[1]
    }}
    """}  # fmt: skip


def _kept(policy: str, mark: str = "") -> dict[str, str]:
    """Return the same with a policy that AWS keeps in place of an inline one."""
    files = _sets("x", "333333333333", mark)
    head, _, tail = files["sso/main.tf"].partition("inline_policy = ")
    text = f'managed_policy_arn = "arn:aws:iam::aws:policy/{policy}"\n' + tail.partition("\n")[2]
    return {**files, "sso/main.tf": head.replace("permission_set_inline_policy", "managed_policy_attachment") + text}


@rule(
    id="ENV103",
    name="role-shared-across-environments",
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    references=["AWS Whitepaper: Organizing Your AWS Environment Using Multiple Accounts"],
    bad=[
        Example("jobs of two environments run as one role", _role(
            f"{_DEV}, {_PROD}", mark=" # <- ENV103")),
        Example("a role of no environment writes to two", _role(
            '"repo:acme/app:ref:refs/heads/main"', resources=_BOTH.replace('prod/*",', 'prod/*", # <- ENV103'))),
        Example("one group, one permission set, two environments", _sets("ecs:UpdateService", "333333333333", " # <- ENV103")),
        Example("one set for both, assigned in one loop", _loop("change", " # <- ENV103")),
        Example("and one that AWS keeps", _kept("PowerUserAccess", " # <- ENV103")),
    ],
    good=[
        Example("jobs of one environment", _role(_PROD)),
        Example("jobs of two environments may only read", _role(f"{_DEV}, {_PROD}", "s3:GetObject")),
        Example("a role of no environment writes to one", _role(
            '"repo:acme/app:ref:refs/heads/main"', resources='"arn:aws:s3:::site-prod/*",')),
        Example("a permission set that only reads", _sets("ecs:DescribeServices", "333333333333")),
        Example("a policy of AWS for readers", _kept("ReadOnlyAccess")),
        Example("a set for each environment, assigned in one loop", _loop("deploy")),
        Example("an account of which nothing tells the environment", _sets("ecs:UpdateService", "999999999999")),
    ],
)  # fmt: skip
def role_shared_across_environments(graph: AccessGraph) -> Iterator[Finding]:
    """One role or permission set serves two environments, and changes things in the stricter.

    What is allowed for the laxer environment is allowed in the stricter: a test job that goes wrong, or a session that was
    opened to look into development, holds production's permissions.

    ## What to do instead

    Make one role for each environment, with its own trust and its own resources, and one permission set for each kind of account.

    ## What this rule does not see

    Environments that neither a label, an account nor a name tells. Roles that belong to one environment and are reached from
    another are the matter of ENV101 and ENV102.
    """
    for node in graph.nodes(NodeKind.ROLE):
        if node.environment is None:
            yield from _assumed(graph, node)
    yield from _written(graph)
    yield from _assigned(graph)


def _order(graph: AccessGraph, environments: dict[str, Edge]) -> list[str]:
    """Return the names of environments that have a place in the order, the laxest first."""
    known = [name for name in environments if graph.settings.strictness(name) is not None]
    return sorted(known, key=lambda name: graph.settings.strictness(name) or 0)


def _assumed(graph: AccessGraph, node: Node) -> Iterator[Finding]:
    edges = users_of(graph, node, EdgeKind.MAY_ASSUME)
    by = first_of_each([(edge.source.environment, edge) for edge in edges])
    order = _order(graph, by)
    if len(order) > 1 and (action := changing_action(graph, node)):
        yield Finding(
            f"`{node.name}` is run by {in_words([by[name].source.name for name in order])} of {in_words(order)}, and allows `{action}`",
            at=place_of(by[order[-1]]),
            because=[
                *((place_of(by[name]), f"`{by[name].source.id}` of `{name}` {by[name].reason}") for name in order),
                *label_origins([(by[name].source, by[name].source.environment) for name in order], place_of(by[order[0]])),
            ],
            help="make one role for each environment",
            subject=node.id,
        )


def _written(graph: AccessGraph) -> Iterator[Finding]:
    """Yield the statements of roles of no environment, or of a laxer one, that change things of two environments."""
    for statement in graph.statements(Effect.ALLOW, PolicyKind.IDENTITY):
        if statement.resources_negated or not statement.resources or len(statement.resources) < 2:
            continue
        found: dict[str, int] = {}
        for index, resource in enumerate(statement.resources):
            name = environment_of_arn(graph, resource) if isinstance(resource, str) else None
            if name is not None and graph.settings.strictness(name) is not None:
                found.setdefault(name, index)
        order = sorted(found, key=lambda name: graph.settings.strictness(name) or 0)
        if len(order) < 2 or not (action := may_change(statement)):
            continue
        roles = [node for node in graph.attached_to(statement.policy) if node.kind is NodeKind.ROLE]
        if roles and all(node.environment is None for node in roles):
            yield Finding(
                f"`{roles[0].name}` may do `{action}` to things of {in_words(order)}",
                at=statement.resource_place(found[order[-1]]),
                because=[(statement.resource_place(found[name]), f"this belongs to `{name}`") for name in order],
                help="make one role for each environment",
                subject=f"{roles[0].id} {_sid(statement)}",
            )


def _sid(statement: Statement) -> str:
    return statement.sid if isinstance(statement.sid, str) else str(statement.index or 0)


def _assigned(graph: AccessGraph) -> Iterator[Finding]:
    """Yield permission sets that one principal has in accounts of two environments."""
    places = {fact.place for fact in graph.estate.all(PermissionSetAssignment)}  # of many, where they are made in a loop
    gathered: dict[tuple[str, str], list[tuple[str, Edge]]] = {}
    for edge in graph.edges(EdgeKind.ASSIGNED_TO):
        if edge.place in places and edge.target.environment is not None:
            gathered.setdefault((edge.detail, edge.source.id), []).append((edge.detail, edge))
    done: set[str] = set()
    for (name, _), together in sorted(gathered.items()):
        by = first_of_each([(edge.target.environment, edge) for _, edge in together])
        order = _order(graph, by)
        if len(order) < 2 or name in done:
            continue
        action = changing_action(graph, by[order[-1]].target)
        if action:
            done.add(name)
            yield Finding(
                f"`{by[order[0]].source.name}` has the permission set `{name}` in {in_words(order)}, and it allows `{action}`",
                at=place_of(by[order[-1]]),
                because=[
                    *((place_of(by[each]), f"assigned in an account of `{each}`") for each in order),
                    *label_origins([(by[each].target, by[each].target.environment) for each in order], place_of(by[order[0]])),
                ],
                help="make one permission set for each environment, with less in the stricter",
                subject=name,
            )

"""`AWS::IAM::*` and the rest: which model values a template makes, and where they point."""

import pytest
from unit_cloudformation import ACCOUNT, items, parse, written

from iamlint.lint.grammar import grammar_faults
from iamlint.lint.policy_size import characters
from iamlint.model.aws import (
    AccessKey,
    AwsGroup,
    AwsGroupMembership,
    AwsResource,
    AwsRole,
    AwsUser,
    FederationProvider,
    InstanceProfile,
    PermissionSetAssignment,
)
from iamlint.model.identity import Group, Membership
from iamlint.model.policy import Attachment, Effect, Layer, Policy, PolicyKind
from iamlint.model.telemetry import LiteralSecret
from iamlint.source.value import Unknown, key

ROLE = """\
Resources:
  App:
    Type: AWS::IAM::Role
    Properties:
      RoleName: app
      Path: /team/
      PermissionsBoundary: arn:aws:iam::111111111111:policy/boundary
      Tags:
        - {Key: Environment, Value: prod}
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: ecs-tasks.amazonaws.com}
            Action: sts:AssumeRole
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/ReadOnlyAccess
        - !Ref Managed
      Policies:
        - PolicyName: inline
          PolicyDocument:
            Statement:
              Effect: Allow
              Action: s3:GetObject
              Resource: !Sub "arn:aws:s3:::x-${AWS::AccountId}/*"
  Managed:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: managed
      Roles: [other]
      PolicyDocument:
        Statement: [{Effect: Deny, Action: "*", Resource: "*"}]
"""


def test_a_role_with_all_that_it_says() -> None:
    facts = parse(ROLE)
    (role,) = items(facts, AwsRole)
    assert (role.name, role.arn, role.account) == ("app", "arn:aws:iam::111111111111:role/team/app", ACCOUNT)
    assert (role.boundary, role.tags, role.ref) == (
        "arn:aws:iam::111111111111:policy/boundary",
        {"Environment": "prod"},
        "stack.yaml#App",
    )
    assert role.trust.kind is PolicyKind.TRUST
    assert role.trust.statements[0].principals[0].value == "ecs-tasks.amazonaws.com"
    assert written(ROLE, role.place) == "App"
    attached = [
        (
            item.target_kind,
            item.target,
            item.policy.name if item.policy else None,
            item.policy_arn,
            written(ROLE, item.place) if item.policy is None else "",
        )
        for item in items(facts, Attachment)
    ]
    assert attached == [
        ("role", "app", "inline", None, ""),
        ("role", "app", None, "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ("role", "app", None, "arn:aws:iam::111111111111:policy/managed", "!Ref Managed"),
        ("role", "other", None, "arn:aws:iam::111111111111:policy/managed", "other"),
    ]
    inline = next(item for item in items(facts, Policy) if item.name == "inline")
    assert inline.ref == "stack.yaml#App.Policies[0]"
    assert inline.statements[0].resources == ("arn:aws:s3:::x-111111111111/*",)
    assert written(ROLE, inline.statements[0].resource_place(0)) == '!Sub "arn:aws:s3:::x-${AWS::AccountId}/*"'
    assert facts.unresolved == []
    assert facts.resolved == 5  # the role and its attachments count as one, each statement as one


def test_a_name_that_cloudformation_makes_up_joins_with_itself() -> None:
    facts = parse(
        """\
        Resources:
          App: {Type: 'AWS::IAM::Role', Properties: {AssumeRolePolicyDocument: {Statement: []}}}
          Profile: {Type: 'AWS::IAM::InstanceProfile', Properties: {Roles: [!Ref App]}}
          Policy:
            Type: AWS::IAM::Policy
            Properties:
              PolicyName: p
              Roles: [!Ref App]
              PolicyDocument: {Statement: {Effect: Allow, Action: 'sts:AssumeRole', Resource: !GetAtt App.Arn}}
        """,
        account=None,
    )
    (role,) = items(facts, AwsRole)
    assert isinstance(role.name, Unknown)
    assert items(facts, InstanceProfile)[0].role == role.name
    assert items(facts, Attachment)[0].target == role.name
    assert items(facts, Attachment)[0].policy.statements[0].resources == (role.arn,)
    assert key(role.arn) == "arn:aws:iam::⟨account:stack.yaml⟩:role/⟨stack.yaml#App.name⟩"
    assert facts.unresolved == []


def test_users_groups_and_keys() -> None:
    text = """\
        Resources:
          U:
            Type: AWS::IAM::User
            Properties:
              UserName: bot
              Groups: [admins]
              LoginProfile: {Password: s3cr3t-word}
              Policies: [{PolicyName: own, PolicyDocument: {Statement: {Effect: Allow, Action: '*', Resource: '*'}}}]
          K: {Type: 'AWS::IAM::AccessKey', Properties: {UserName: !Ref U}}
          Old: {Type: 'AWS::IAM::AccessKey', Properties: {UserName: !Ref U, Status: Inactive}}
          G: {Type: 'AWS::IAM::Group', Properties: {GroupName: devs, ManagedPolicyArns: [x]}}
          Add: {Type: 'AWS::IAM::UserToGroupAddition', Properties: {GroupName: !Ref G, Users: [!Ref U, alice]}}
          P: {Type: 'AWS::IAM::GroupPolicy', Properties: {PolicyName: gp, GroupName: !Ref G, PolicyDocument: {Statement: []}}}
        """
    facts = parse(text)
    assert [(item.name, item.arn) for item in items(facts, AwsUser)] == [("bot", "arn:aws:iam::111111111111:user/bot")]
    assert [item.name for item in items(facts, AwsGroup)] == ["devs"]
    assert [(item.group, item.users) for item in items(facts, AwsGroupMembership)] == [
        ("admins", ("bot",)),
        ("devs", ("bot", "alice")),
    ]
    assert [(item.user, item.active) for item in items(facts, AccessKey)] == [("bot", True), ("bot", False)]
    assert [(item.target_kind, item.target) for item in items(facts, Attachment)] == [
        ("user", "bot"),
        ("group", "devs"),
        ("group", "devs"),
    ]
    (secret,) = items(facts, LiteralSecret)
    assert written(text, secret.at) == "s3cr3t-word"
    assert "s3cr3t" not in repr(facts.items)


def test_federation_providers() -> None:
    facts = parse(
        """\
        Resources:
          O: {Type: 'AWS::IAM::OIDCProvider', Properties: {Url: 'https://gitlab.com/', ClientIdList: [sts.amazonaws.com]}}
          S: {Type: 'AWS::IAM::SAMLProvider', Properties: {Name: okta, SamlMetadataDocument: x}}
        """
    )
    assert [(item.protocol, item.arn, item.url, item.audiences) for item in items(facts, FederationProvider)] == [
        ("oidc", "arn:aws:iam::111111111111:oidc-provider/gitlab.com", "gitlab.com", ("sts.amazonaws.com",)),
        ("saml", "arn:aws:iam::111111111111:saml-provider/okta", None, ()),
    ]


def test_secrets_parameters_and_their_policies() -> None:
    text = """\
        Parameters:
          Password: {Type: String, NoEcho: true, Default: hunter2hunter2}
          Fine: {Type: String, NoEcho: true, Default: ''}
        Resources:
          T: {Type: 'AWS::SecretsManager::Secret', Properties: {Name: ls/token, SecretString: abcdefgh12345678}}
          G: {Type: 'AWS::SecretsManager::Secret', Properties: {GenerateSecretString: {}}}
          R: {Type: 'AWS::SecretsManager::ResourcePolicy', Properties: {SecretId: !Ref T, ResourcePolicy: {Statement: {Effect: Deny, Principal: '*', Action: '*', Resource: '*'}}}}
          P: {Type: 'AWS::SSM::Parameter', Properties: {Name: a, Type: String, Value: !Ref Password}}
        """
    facts = parse(text)
    assert [(item.kind, key(item.name)) for item in items(facts, AwsResource)] == [
        ("secretsmanager:secret", "ls/token"),
        ("secretsmanager:secret", "⟨stack.yaml#G.name⟩"),
        ("ssm:parameter", "a"),
    ]
    token = items(facts, AwsResource)[0]
    assert [(item.layer, item.target == token.arn) for item in items(facts, Attachment)] == [(Layer.RESOURCE, True)]
    assert [written(text, item.at) for item in items(facts, LiteralSecret)] == ["abcdefgh12345678", "hunter2hunter2"]
    assert items(facts, AwsResource)[2].arn == "arn:aws:ssm:eu-west-1:111111111111:parameter/a"


def test_resource_policies() -> None:
    facts = parse(
        """\
        Resources:
          B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: logs}}
          BP: {Type: 'AWS::S3::BucketPolicy', Properties: {Bucket: !Ref B, PolicyDocument: {Statement: []}}}
          Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: q}}
          QP: {Type: 'AWS::SQS::QueuePolicy', Properties: {Queues: [!Ref Q], PolicyDocument: {Statement: []}}}
          T: {Type: 'AWS::SNS::Topic', Properties: {TopicName: t}}
          TP: {Type: 'AWS::SNS::TopicPolicy', Properties: {Topics: [!Ref T], PolicyDocument: {Statement: []}}}
          K: {Type: 'AWS::KMS::Key', Properties: {KeyPolicy: {Statement: {Effect: Allow, Principal: '*', Action: 'kms:*', Resource: '*'}}}}
          L: {Type: 'AWS::Logs::ResourcePolicy', Properties: {PolicyName: l, PolicyDocument: '{"Statement": [{"Effect": "Allow", "Action": "logs:*"}]}'}}
          F: {Type: 'AWS::Lambda::Function', Properties: {FunctionName: f}}
          FP: {Type: 'AWS::Lambda::Permission', Properties: {FunctionName: !Ref F, Action: 'lambda:InvokeFunction', Principal: s3.amazonaws.com, SourceArn: !GetAtt B.Arn}}
        """
    )
    assert facts.problems == []
    assert [item.target for item in items(facts, Attachment)] == [
        "arn:aws:s3:::logs",
        "arn:aws:sqs:eu-west-1:111111111111:q",
        "arn:aws:sns:eu-west-1:111111111111:t",
        "arn:aws:logs:eu-west-1:111111111111:*",
        "arn:aws:lambda:eu-west-1:111111111111:function:f",
    ]
    key_policy = next(item.policy for item in items(facts, AwsResource) if item.kind == "kms:key")
    assert key_policy.statements[0].actions == ("kms:*",)
    logs, permission = (item.policy.statements[0] for item in items(facts, Attachment)[3:])
    assert logs.actions == ("logs:*",)
    assert permission.principals[0][:2] == ("Service", "s3.amazonaws.com")
    assert [(item.key, item.values) for item in permission.conditions] == [("AWS:SourceArn", ("arn:aws:s3:::logs",))]
    assert permission.action_place(0).route == ("Resources", "FP", "Properties", "Action")


def test_identity_center() -> None:
    facts = parse(
        """\
        Resources:
          Set:
            Type: AWS::SSO::PermissionSet
            Properties:
              Name: ReadOnly
              InlinePolicy: {Statement: {Effect: Allow, Action: 's3:Get*', Resource: '*'}}
              ManagedPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess']
              CustomerManagedPolicyReferences: [{Name: extra}]
          One: {Type: 'AWS::SSO::Assignment', Properties: {PermissionSetArn: !GetAtt Set.PermissionSetArn, TargetId: '222222222222', PrincipalType: GROUP, PrincipalId: g-1}}
          Two: {Type: 'AWS::SSO::Assignment', Properties: {PermissionSetArn: !GetAtt Set.PermissionSetArn, TargetId: '222222222222', PrincipalType: USER, PrincipalId: u-1}}
          Group: {Type: 'AWS::IdentityStore::Group', Properties: {DisplayName: eng}}
          Member: {Type: 'AWS::IdentityStore::GroupMembership', Properties: {GroupId: !GetAtt Group.GroupId, MemberId: {UserId: u-1}}}
        """
    )
    (role,) = items(facts, AwsRole)
    assert (role.kind, role.account, key(role.name).startswith("AWSReservedSSO_ReadOnly_⟨")) == (
        "permission_set",
        "222222222222",
        True,
    )
    assert [(item.role, item.principal, item.principal_kind) for item in items(facts, PermissionSetAssignment)] == [
        (role.name, "g-1", "group"),
        (role.name, "u-1", "user"),
    ]
    assert [(item.target, item.policy_arn) for item in items(facts, Attachment)] == [
        (role.name, None),
        (role.name, "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        (role.name, "arn:aws:iam::222222222222:policy/extra"),
    ]
    assert items(facts, Membership)[0].group in items(facts, Group)[0].ids
    assert not facts.unresolved


def test_what_a_permission_set_holds_is_there_once_and_in_every_account() -> None:
    facts = parse(
        """\
        Resources:
          One: {Type: 'AWS::SSO::Assignment', Properties: {PermissionSetArn: !GetAtt Set.PermissionSetArn, TargetId: '111111111111', PrincipalType: GROUP, PrincipalId: g-1}}
          Set:
            Type: AWS::SSO::PermissionSet
            Properties:
              Name: All
              InlinePolicy: {Statement: {Effect: Allow, Action: '*', Resource: '*'}}
              PermissionsBoundary: {CustomerManagedPolicyReference: {Name: bound, Path: /team/}}
          Two: {Type: 'AWS::SSO::Assignment', Properties: {PermissionSetArn: !Ref Set, TargetId: '222222222222', PrincipalType: GROUP, PrincipalId: g-1}}
        """
    )
    (policy,) = items(facts, Policy)
    assert [(item.account, item.policy) for item in items(facts, Attachment)] == [
        ("111111111111", policy), ("222222222222", policy),
    ]  # fmt: skip
    assert [key(role.boundary) for role in items(facts, AwsRole)] == [
        "arn:aws:iam::111111111111:policy/team/bound", "arn:aws:iam::222222222222:policy/team/bound",
    ]  # fmt: skip


def test_organization_policies() -> None:
    facts = parse(
        """\
        Resources:
          S: {Type: 'AWS::Organizations::Policy', Properties: {Name: s, Type: SERVICE_CONTROL_POLICY, TargetIds: [ou-1, r-1], Content: {Statement: []}}}
          T: {Type: 'AWS::Organizations::Policy', Properties: {Name: t, Type: TAG_POLICY, Content: {tags: {}}}}
        """
    )
    assert [(item.kind, item.name) for item in items(facts, Policy)] == [(PolicyKind.SCP, "s")]
    assert [(item.layer, item.target_kind) for item in items(facts, Attachment)] == [(Layer.SCP, "ou"), (Layer.SCP, "root")]


def test_sam_functions_have_a_role_of_their_own() -> None:
    facts = parse(
        """\
        Transform: AWS::Serverless-2016-10-31
        Globals: {Function: {Tracing: Active}}
        Resources:
          F:
            Type: AWS::Serverless::Function
            Properties:
              Policies:
                - AWSLambdaVPCAccessExecutionRole
                - arn:aws:iam::111111111111:policy/own
                - Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]
                - S3ReadPolicy: {BucketName: b}
          G: {Type: 'AWS::Serverless::Function', Properties: {Role: !GetAtt F.Role}}
          P: {Type: 'AWS::IAM::Policy', Properties: {PolicyName: p, Roles: [!Ref FRole], PolicyDocument: {Statement: []}}}
        """
    )
    (role,) = items(facts, AwsRole)
    assert role.trust.statements[0].principals[0].value == "lambda.amazonaws.com"
    assert [(item.policy_arn or item.policy.name, item.target == role.name) for item in items(facts, Attachment)] == [
        ("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", True),
        ("arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess", True),
        ("arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole", True),
        ("arn:aws:iam::111111111111:policy/own", True),
        ("FRolePolicy2", True),
        ("FRolePolicy3", True),
        ("p", True),
    ]
    assert facts.unresolved == []


CONDITIONAL = """\
Parameters:
  Env: {Type: String}
  Wide: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsWide: !Equals [!Ref Wide, yes]
  Never: !Equals [a, b]
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement:
          - {Effect: Allow, Action: first:x, Resource: "*"}
          - !If [Never, {Effect: Allow, Action: never:x, Resource: "*"}, !Ref AWS::NoValue]
          - !If
            - IsProd
            - {Effect: Allow, Action: prod:x, Resource: "*"}
            - {Effect: Deny, Action: other:x, Resource: "*"}
          - Effect: Allow
            Action: [last:x, !If [IsWide, "last:*", !Ref AWS::NoValue]]
            Resource: !If [IsProd, r-prod, r-other]
  Gone: {Type: 'AWS::IAM::User', Condition: Never, Properties: {UserName: gone}}
  Perhaps: {Type: 'AWS::IAM::User', Condition: IsProd, Properties: {UserName: perhaps}}
"""


def test_both_branches_of_an_undecided_condition_are_kept_and_count_as_perhaps() -> None:
    facts = parse(CONDITIONAL)
    (policy,) = items(facts, Policy)
    shown = [(item.effect, item.actions, item.resources, item.opaque is None) for item in policy.statements]
    assert shown == [
        (Effect.ALLOW, ("first:x",), ("*",), True),
        (Effect.ALLOW, ("prod:x",), ("*",), False),
        (Effect.DENY, ("other:x",), ("*",), False),
        (Effect.ALLOW, ("last:x", "last:*"), ("r-prod",), False),
        (Effect.ALLOW, ("last:x",), ("r-prod",), False),
        (Effect.ALLOW, ("last:x", "last:*"), ("r-other",), False),
        (Effect.ALLOW, ("last:x",), ("r-other",), False),
    ]
    pointed = [written(CONDITIONAL, item.action_place(len(item.actions) - 1)) for item in policy.statements]
    assert pointed == ["first:x", "prod:x", "other:x", '"last:*"', "last:x", '"last:*"', "last:x"]
    assert written(CONDITIONAL, policy.statements[5].resource_place(0)) == "r-other"
    assert written(CONDITIONAL, policy.statements[2].place("Effect")) == "Deny"


def test_a_resource_under_a_condition() -> None:
    facts = parse(CONDITIONAL)
    assert [item.name for item in items(facts, AwsUser)] == ["perhaps"]
    reasons = [line.reason for line in facts.unresolved]
    assert not any("`Gone`" in reason for reason in reasons)
    assert "`Perhaps` is there only if condition `IsProd` holds, which the template does not decide" in reasons


def test_a_single_statement_under_conditions_becomes_several() -> None:
    text = (
        CONDITIONAL.split("Resources:")[0]
        + """\
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement: {Effect: Allow, Action: a:b, Resource: !If [IsProd, x, y]}
"""
    )
    (policy,) = items(parse(text), Policy)
    assert [(item.index, item.resources) for item in policy.statements] == [(0, ("x",)), (1, ("y",))]
    assert [written(text, item.resource_place(0)) for item in policy.statements] == ["x", "y"]


def test_a_list_of_policies_under_a_condition() -> None:
    text = (
        CONDITIONAL.split("Resources:")[0]
        + """\
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      RoleName: r
      Policies:
        - !If [IsProd, {PolicyName: one, PolicyDocument: {Statement: {Effect: Allow, Action: a:b, Resource: "*"}}}, !Ref AWS::NoValue]
        - {PolicyName: two, PolicyDocument: {Statement: {Effect: Allow, Action: c:d, Resource: "*"}}}
"""
    )
    one, two = items(parse(text), Policy)
    assert (one.statements[0].opaque is None, two.statements[0].opaque is None) == (False, True)
    assert [written(text, item.statements[0].action_place(0)) for item in (one, two)] == ["a:b", "c:d"]


def test_two_alternatives_of_a_statement_do_not_share_a_sid() -> None:
    text = (
        CONDITIONAL.split("Resources:")[0]
        + """\
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement:
          - {Sid: One, Effect: Allow, Action: a:b, Resource: !If [IsProd, x, y]}
          - !If [IsWide, {Sid: Two, Effect: Allow, Action: c:d, Resource: x}, {Sid: Two, Effect: Allow, Action: e:f, Resource: x}]
"""
    )
    (policy,) = items(parse(text), Policy)
    assert [item.sid for item in policy.statements] == ["One", "One", "Two", "Two"]
    assert characters(policy) == len('{"Statement":[]}')
    assert list(grammar_faults(policy)) == []


LOOPS = """\
Transform: AWS::LanguageExtensions
Parameters:
  Names: {Type: CommaDelimitedList, Default: "one,two"}
  Open: {Type: CommaDelimitedList}
Resources:
  Fn::ForEach::Roles:
    - Name
    - !Ref Names
    - Role${Name}:
        Type: AWS::IAM::Role
        Properties:
          RoleName: !Sub "app-${Name}"
          Policies:
            - PolicyName: !Ref Name
              PolicyDocument: {Statement: {Effect: Allow, Action: s3:GetObject, Resource: !Sub "arn:aws:s3:::${Name}"}}
  Fn::ForEach::Outer:
    - A
    - [x, y-z]
    - Fn::ForEach::Inner:
        - B
        - ["1", "2"]
        - User&{A}${B}: {Type: 'AWS::IAM::User', Properties: {UserName: '${A}.${B}'}}
  Fn::ForEach::Open:
    - C
    - !Ref Open
    - Group${C}: {Type: 'AWS::IAM::Group'}
  Profile: {Type: 'AWS::IAM::InstanceProfile', Properties: {Roles: [!Ref Roletwo]}}
"""


def test_loops_are_written_out() -> None:
    facts = parse(LOOPS)
    assert [(item.name, item.ref) for item in items(facts, AwsRole)] == [
        ("app-one", "stack.yaml#Roleone"),
        ("app-two", "stack.yaml#Roletwo"),
    ]
    assert [item.name for item in items(facts, AwsUser)] == ["x.1", "x.2", "y-z.1", "y-z.2"]
    assert items(facts, InstanceProfile)[0].role == "app-two"
    policies = items(facts, Policy)
    assert [(item.name, item.statements[0].resources) for item in policies] == [
        ("one", ("arn:aws:s3:::one",)),
        ("two", ("arn:aws:s3:::two",)),
    ]
    assert written(LOOPS, items(facts, AwsRole)[1].place) == "Role${Name}"
    assert written(LOOPS, policies[1].statements[0].action_place(0)) == "s3:GetObject"
    assert [written(LOOPS, item.place) for item in items(facts, AwsUser)] == ["User&{A}${B}"] * 4
    assert [line.reason for line in facts.unresolved] == ["the resources that a `Fn::ForEach` makes are not known"]


def test_what_another_stack_or_a_program_gives_is_not_resolved() -> None:
    facts = parse(
        """\
        Resources:
          Nested: {Type: 'AWS::CloudFormation::Stack'}
          Own: {Type: 'Custom::Thing'}
          P: {Type: 'AWS::IAM::ManagedPolicy', Properties: {PolicyDocument: {Statement: {Effect: Allow, Action: 'a:b', Resource: [!GetAtt Nested.Outputs.Arn, !Ref Own]}}}}
        """
    )
    assert [line.reason for line in facts.unresolved] == [
        "the template of the nested stack `Nested` is not a file of the repository",
        "`Nested` gives `Outputs.Arn` when the stack is deployed",
        "`Own` gives `Ref` when the stack is deployed",
    ]


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ("Policies: [{'Fn::Transform': {Name: Mine}}]", "a macro gives the value when CloudFormation deploys"),
        ("Policies: {'Fn::Transform': {Name: Mine}}", "the inline policies of `R` are not known: a macro gives the value when CloudFormation deploys"),
        ("'Fn::Transform': {Name: Mine}", "a macro gives properties of `R` when CloudFormation deploys"),
    ],
)  # fmt: skip
def test_what_a_macro_gives_to_a_role_stands_in_the_coverage(properties: str, reason: str) -> None:
    facts = parse(f"Resources:\n  R:\n    Type: AWS::IAM::Group\n    Properties: {{{properties}}}\n")
    assert [line.reason for line in facts.unresolved] == [reason]


def test_whoever_may_have_a_policy_under_a_condition_that_nothing_decides_has_it() -> None:
    text = """
    Parameters: {Flag: {Type: String}}
    Conditions: {A: !Equals [!Ref Flag, 'yes']}
    Resources:
      R: {Type: AWS::IAM::Role, Properties: {RoleName: r}}
      U: {Type: AWS::IAM::User, Properties: {UserName: u}}
      P:
        Type: AWS::IAM::Policy
        Properties:
          PolicyName: p
          Roles: [!If [A, !Ref R, !Ref 'AWS::NoValue'], always]
          Users: !If [A, !Ref 'AWS::NoValue', [!Ref U]]
          PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]}
    """
    facts = parse(text)
    attached = [(item.target_kind, item.target) for item in items(facts, Attachment)]
    assert attached == [("role", "always"), ("role", "r"), ("user", "u")]
    assert [line.reason for line in facts.unresolved] == [
        f"`{who}` may have the policy: the template does not decide the condition `A`" for who in ("r", "u")
    ]

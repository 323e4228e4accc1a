"""What the AWS command line prints about IAM: `get-role`, `list-roles`, `get-account-authorization-details`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iamlint.model.aws import AwsGroup, AwsGroupMembership, AwsRole, AwsUser, InstanceProfile
from iamlint.model.estate import Facts
from iamlint.model.policy import Attachment, Layer, Policy, PolicyKind
from iamlint.parse.context import Context
from iamlint.parse.durations import seconds_of
from iamlint.parse.entry import Entry
from iamlint.parse.policy import parse_policy
from iamlint.source.place import Origin, Route
from iamlint.source.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LISTS = (
    ("UserDetailList", "user"), ("GroupDetailList", "group"), ("RoleDetailList", "role"),
    ("Users", "user"), ("Groups", "group"), ("Roles", "role"), ("User", "user"), ("Group", "group"), ("Role", "role"),
)  # fmt: skip
_NAMES = {"user": "UserName", "group": "GroupName", "role": "RoleName"}


def is_iam_listing(value: dict[str, Any]) -> bool:
    """Return whether a value describes IAM entities, and not only documents."""
    return any(True for _ in _entities(Entry(value, Origin(""))))


def parse_iam_listing(value: dict[str, Any], origin: Origin, context: Context) -> Facts:
    """Return the roles, users, groups and managed policies that the output lists."""
    facts = Facts(context.unit, "aws-output", (origin.path,))
    reader = _Reader(facts, context)
    root = Entry(value, origin)
    for kind, entity in _entities(root):
        reader.entity(kind, entity)
    for policy in root.entries("Policies"):
        reader.managed_policy(policy)
    return facts


def _entities(root: Entry) -> Iterator[tuple[str, Entry]]:
    """Yield the entities that are listed, or printed alone: each has a name and an IAM ARN."""
    for field, kind in _LISTS:
        alone = root.mapping(field)
        for entity in root.entries(field) if alone is None else (alone,):
            arn = entity.text("Arn")
            if entity.text(_NAMES[kind]) and arn and f":{kind}/" in arn and arn.split(":")[2:3] == ["iam"]:
                yield kind, entity


class _Reader:
    def __init__(self, facts: Facts, context: Context) -> None:
        self.facts = facts
        self.unit = context.unit

    def entity(self, kind: str, entity: Entry) -> None:
        """Add a role, user or group with its inline policies and what is attached to it."""
        name, arn = entity.text(_NAMES[kind]) or "", entity.text("Arn") or ""
        parts = arn.split(":")
        account = parts[4] if len(parts) > 5 else ""
        ref = f"{self.unit}#{arn}"
        place, path = entity.place, entity.text("Path") or "/"
        limits = entity.mapping("PermissionsBoundary")
        boundary = limits.text("PermissionsBoundaryArn") if limits is not None else None
        if kind == "role":
            trust = self.policy(entity, "AssumeRolePolicyDocument", PolicyKind.TRUST, name, f"{ref}.AssumeRolePolicyDocument")
            lasts = seconds_of(entity.value.get("MaxSessionDuration"))
            longest = None if lasts is None else (lasts, entity.at("MaxSessionDuration"))
            tags = _tags(entity)
            role = AwsRole(name, arn, account, trust, place, self.unit, ref, boundary, tags, path, longest_session=longest)
            self.add(role)
            for profile in entity.entries("InstanceProfileList"):
                self.add(InstanceProfile(profile.text("InstanceProfileName") or name, name, account, profile.place, self.unit))
        elif kind == "user":
            self.add(AwsUser(name, arn, account, place, self.unit, ref, boundary, _tags(entity)))
            for group, at in entity.texts("GroupList"):
                self.add(AwsGroupMembership(group, (name,), account, False, at, self.unit))
        else:
            self.add(AwsGroup(name, arn, account, place, self.unit, ref))
        for inline in entity.entries(f"{kind.capitalize()}PolicyList"):
            inline_name = inline.text("PolicyName") or name
            policy = self.policy(inline, "PolicyDocument", PolicyKind.IDENTITY, inline_name, f"{ref}.{inline_name}")
            if policy is not None:
                self.add(Attachment(Layer.IDENTITY, kind, name, account, inline.place, self.unit, policy))
        for attached in entity.entries("AttachedManagedPolicies"):
            policy_arn = attached.text("PolicyArn")
            if policy_arn:
                at = attached.at("PolicyArn")
                self.add(Attachment(Layer.IDENTITY, kind, name, account, at, self.unit, policy_arn=policy_arn))

    def managed_policy(self, listed: Entry) -> None:
        """Add the version of a managed policy that counts."""
        arn, name = listed.text("Arn"), listed.text("PolicyName")
        default = listed.text("DefaultVersionId")
        for version in listed.entries("PolicyVersionList"):
            if arn and name and (version.flag("IsDefaultVersion") or version.text("VersionId") == default):
                self.policy(version, "Document", PolicyKind.IDENTITY, name, f"{self.unit}#{arn}", arn)
                break

    def policy(self, holder: Entry, field: str, kind: PolicyKind, name: str, ref: str, arn: Value | None = None) -> Policy | None:
        """Add the document in a field and return it; the API itself gives it as percent-encoded text."""
        document = holder.value.get(field)
        route: Route = (*holder.route, field)
        origin: Origin = holder.origin.below(route)
        if isinstance(document, str):
            from urllib.parse import unquote

            from iamlint.source.read_json import read_json

            document = read_json(unquote(document).encode("utf-8", "replace"), origin.path).value
        if not isinstance(document, dict):
            return None
        policy = parse_policy(document, origin, kind=kind, name=name, ref=ref, unit=self.unit, arn=arn)
        self.facts.add(policy)
        self.facts.resolved += len(policy.statements)
        return policy

    def add(self, item: Any) -> None:
        """Add a model value, wholly known as all of this output is."""
        self.facts.add(item)
        self.facts.resolved += 1


def _tags(entity: Entry) -> Mapping[str, Value]:
    return {name: tag.text("Value") or "" for tag in entity.entries("Tags") if (name := tag.text("Key"))}

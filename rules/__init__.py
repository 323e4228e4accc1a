"""The built-in rules: one flat file each, loaded through the same entry point as a third party's."""

_AWS = ("Policy", "Attachment", "AwsRole", "AwsResource", "AwsUser", "AwsGroup", "AccessKey", "PermissionSetAssignment")
_TELEMETRY = (
    "ScopeMapping", "ScopeRestriction", "SubjectGrant", "RoleBinding", "TelemetryCredential", "TelemetryProject", "TokenUse",
    "Application", "AlertRoute", "PublicLink",
)  # fmt: skip
_IDENTITIES = ("Person", "Group", "Membership", "Bot", "Team", "ApplicationAssignment", "Administration")
_WORKLOADS = ("WorkflowJob", "RoleAssumption", "StaticKeyUse", "LiteralSecret", "SecretImport")

DOCUMENTS_STAND_ALONE = True
"""What a rule finds in a policy document that nothing refers to depends on that document alone, and no other finding depends
on such a document. After an edit of one only that one is checked again (`iamlint/project/amend.py`; a test holds it so).
"""

NEEDS = {
    "BOT": (*_TELEMETRY, *_IDENTITIES, *_WORKLOADS, "AccessKey", "AwsUser", "AwsRole", "Credential"),
    "ENV": ("AwsRole", "PermissionSetAssignment", "AwsUser", "AwsResource", *_TELEMETRY, *_IDENTITIES, *_WORKLOADS),
    "IAM": _AWS,
    **dict.fromkeys(("IAM112", "IAM113", "IAM114", "IAM115"), _AWS[1:]),  # about who holds a policy
    **dict.fromkeys(("IAM03", "IAM04", *(f"IAM0{number}" for number in range(75, 83))), ("Condition",)),
    "IAM06": ("Principal",),
    "IAM2": (*_AWS[1:], *_TELEMETRY, *_IDENTITIES, *_WORKLOADS),  # a document that governs nobody raises nobody
    "IDP": (*_TELEMETRY, *_IDENTITIES, "PermissionSetAssignment"),
    "SYNC": ("ScopeMapping", "RoleBinding", "TelemetryRendering", "Membership", "ApplicationAssignment", "Person"),
    "TEAM": ("AwsRole", "AwsUser", "AwsResource", *_TELEMETRY, *_IDENTITIES, *_WORKLOADS),
    "TEL": (*_TELEMETRY, *_IDENTITIES),
    "TRUST": ("AwsRole", "PermissionSetAssignment", "RoleAssumption"),
}
"""Per id prefix, or the beginning of ids, the model values of which at least one must be in the estate for a rule to find anything.

`Condition` and `Principal` stand for an element that some statement has. Rules that can find nothing are not imported: a hook on one policy file should not pay for a hundred rules on other things.
"""

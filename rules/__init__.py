"""The built-in rules: one flat file each, loaded through the same entry point as a third party's."""

_AWS = ("Policy", "Attachment", "AwsRole", "AwsResource", "AwsUser", "AwsGroup", "AccessKey", "PermissionSetAssignment")
_TELEMETRY = (
    "ScopeMapping", "ScopeRestriction", "SubjectGrant", "RoleBinding", "TelemetryCredential", "TelemetryProject", "TokenUse",
    "Application", "AlertRoute", "PublicLink",
)  # fmt: skip
_MEMBERS = ("Group", "Membership", "MembershipList")
_DIRECTORY = ("Person", *_MEMBERS, "Team", "ApplicationAssignment", "Administration")
_IDENTITIES = (*_DIRECTORY, "Bot")
_WORKLOADS = ("WorkflowJob", "RoleAssumption", "StaticKeyUse", "LiteralSecret", "SecretImport")

DOCUMENTS_STAND_ALONE = True
"""What a rule finds in a policy document that nothing refers to depends on that document alone, and no other finding depends
on such a document. After an edit of one only that one is checked again (`iamlint/project/amend.py`; a test holds it so).
"""

NEEDS = {
    "BOT": (*_TELEMETRY, *_IDENTITIES, *_WORKLOADS, "AccessKey", "AwsUser", "AwsRole", "Credential"),
    "BOT101": ("TelemetryCredential",),
    "BOT102": ("TelemetryCredential", "AccessKey", "Credential"),
    "BOT103": ("TelemetryCredential", "Credential"),
    "BOT104": ("StaticKeyUse", "AccessKey"),
    "BOT105": ("edge:holds",),
    "BOT106": ("LiteralSecret",),
    "BOT107": ("node:bot",),
    "BOT108": ("TelemetryCredential", "TokenUse"),
    "BOT109": ("edge:acts_for",),
    "BOT110": ("edge:may_read_secret",),
    "BOT111": ("edge:holds",),
    "BOT112": ("node:bot",),
    "ENV": ("AwsRole", "PermissionSetAssignment", "AwsUser", "AwsResource", *_TELEMETRY, *_IDENTITIES, *_WORKLOADS),
    **dict.fromkeys(("ENV101", "ENV102", "ENV104", "ENV105", "ENV106"), ("label:environment",)),
    "ENV103": ("node:role", "edge:assigned_to"),
    "IAM": _AWS,
    "IAM012": ("policy:trust", "policy:rcp", "policy:resource"),
    "IAM024": ("policy:resource",),
    **dict.fromkeys(("IAM03", "IAM04", *(f"IAM0{number}" for number in (75, 76, 77, 78, 79, 80, 81, 82))), ("Condition",)),
    "IAM06": ("Principal",),
    "IAM072": ("Statements",),
    "IAM073": ("Deny", "NotAction", "NotResource"),
    "IAM074": ("Deny",),
    "IAM083": ("policy:rcp",),
    "IAM108": ("NotAction",),
    "IAM109": ("NotResource",),
    "IAM110": ("Principal",),
    **dict.fromkeys(("IAM112", "IAM114", "IAM115"), ("Attachment",)),
    "IAM113": ("PermissionSetAssignment", "FederationProvider"),
    "IAM2": ("edge:may_become", "WorkflowJob"),
    "IAM205": ("WorkflowJob",),
    **dict.fromkeys([f"IAM30{number}" for number in range(1, 7)], ("policy:resource", "policy:trust")),
    "IAM307": ("BucketGrant",),
    "IDP": (*_TELEMETRY, *_IDENTITIES, "PermissionSetAssignment"),
    "IDP101": ("RoleBinding", "TelemetryCredential"),
    "IDP102": ("RoleBinding", "PermissionSetAssignment", "ApplicationAssignment"),
    "IDP103": ("edge:may_administer",),
    **dict.fromkeys(("IDP104", "IDP105"), _MEMBERS),
    **dict.fromkeys(("IDP106", "IDP108"), ("Group",)),
    "IDP107": ("Application",),
    "SYNC": ("ScopeMapping", "RoleBinding", "TelemetryRendering", "Membership", "ApplicationAssignment", "Person"),
    "TEAM": ("AwsRole", "AwsUser", "AwsResource", *_TELEMETRY, *_IDENTITIES, *_WORKLOADS),
    "TEAM101": ("label:team",),
    "TEAM102": ("label:team",),
    "TEAM103": ("node:project",),
    "TEAM104": ("Team", "RoleBinding"),
    "TEL": (*_TELEMETRY, *_DIRECTORY),
    "TRUST": ("AwsRole", "PermissionSetAssignment", "RoleAssumption"),
}
"""What must be there for a rule to find anything: by the beginning of ids, names of which at least one is needed.

An id with several beginnings here needs one of each. The names are said in `iamlint/project/present.py`: types of model values,
kinds of nodes, edges and documents, elements of statements. Rules that can find nothing are not imported: a hook on one policy
file should not pay for a hundred rules on other things.
"""

PREVIEW = ("IAM202", "IAM204", "IAM205", "TRUST117")
"""The ids of status `preview`: known without importing the rules."""

"""Which of Entra's built-in roles change who is in a group, and what guards some groups from most of them."""

from __future__ import annotations

ROLES = {
    "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
    "fdd7a751-b60b-444a-984c-02652fe8fa1c": "Groups Administrator",
    "fe930be7-5e62-47db-91af-98c3a49a38b1": "User Administrator",
    "9360feb5-f418-4baa-8175-e2a00bac4301": "Directory Writers",
    "e8611ab8-c189-46e8-94e1-60213ab1f814": "Privileged Role Administrator",
    "45d8d3c5-c802-45c6-b32a-1d70b5e1e86e": "Identity Governance Administrator",
    "3a2c62db-5318-420d-8d74-23affee5d9d5": "Intune Administrator",
    "11451d60-acb2-45eb-a7d6-43d0f0125c13": "Windows 365 Administrator",
    "b5a8dcf3-09d5-43a9-a639-8e29ef291470": "Knowledge Administrator",
    "744ec460-397e-42ad-a462-8b3f9747a02c": "Knowledge Manager",
    "4ba39ca4-527c-499a-b93d-d9b492c50246": "Partner Tier1 Support",
    "e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8": "Partner Tier2 Support",
}
"""Names by template id, as the table of "Microsoft Entra built-in roles" gives them (read in January 2026).

They are the roles with `microsoft.directory/groups/members/update` or the same for `groups.security`; the Privileged Role
Administrator changes groups that roles are assigned to, and can give itself any other role. The administrators of Exchange,
SharePoint, Teams and Yammer change Microsoft 365 groups only, and are left out.
"""

GUARDIANS = frozenset({
    "Global Administrator", "Privileged Role Administrator", "RoleManagement.ReadWrite.Directory", "owner",
})  # fmt: skip
"""Who changes a group that roles may be assigned to ("Use Microsoft Entra groups to manage role assignments")."""

"""Which of Google Workspace's roles change who is in a group."""

from __future__ import annotations

CHANGING_ROLES = frozenset({"_SEED_ADMIN_ROLE", "_GROUPS_ADMIN_ROLE", "_GROUPS_EDITOR_ROLE"})
"""System roles by `roleName`: the super administrator, the Groups Admin, the Groups Editor (Directory API, `roles`; the
provider's `googleworkspace_role` looks them up by these names; "Pre-built administrator roles" says what they do). The
User Management Admin changes people and no groups.
"""

CHANGING_PRIVILEGES = frozenset({"GROUPS_ALL", "GROUPS_UPDATE", "CHANGE_USER_GROUP_MEMBERSHIP"})
"""Privileges of a role of one's own (Directory API, "Manage roles": so the Groups Administrator has them in its example)."""

RUNNING = frozenset({"OWNER", "MANAGER"})
"""Roles inside a group whose holders add and remove members."""

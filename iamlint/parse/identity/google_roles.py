"""Which of Google Workspace's roles change who is in a group."""

from __future__ import annotations

CHANGING_ROLES = frozenset({"_SEED_ADMIN_ROLE", "_GROUPS_ADMIN_ROLE", "_GROUPS_EDITOR_ROLE"})
"""Administrators' roles of the provider ("Pre-built administrator roles")."""

CHANGING_PRIVILEGES = frozenset({"GROUPS_ALL", "GROUPS_UPDATE"})

RUNNING = frozenset({"OWNER", "MANAGER"})
"""Roles inside a group whose holders add and remove members."""

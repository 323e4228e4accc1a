"""Names in which labels show, and the spellings of teams and of paths in CODEOWNERS."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from iamlint.graph.elements import Node, NodeKind


def team_slug(text: str) -> str:
    """Return a team's name as written in a tag or CODEOWNERS, bare: lower case, hyphens, no address behind it."""
    head = re.split(r"[:<(|,;]", text, maxsplit=1)[0].strip() or text
    words = re.findall(r"[a-z0-9]+", head.partition("@")[0].casefold())
    return "-".join(words) or text


def owns_path(pattern: str, path: str) -> bool:
    """Return whether a CODEOWNERS pattern covers a path (the rules of `.gitignore` without negation)."""
    anchored = "/" in pattern.rstrip("/")
    bare = pattern.strip("/")
    if not bare or bare == "*":
        return True
    is_plain = not any(mark in bare for mark in "*?[")  # as most are, and making an expression of a pattern is slow
    if anchored:
        if is_plain:
            return path == bare or path.startswith(f"{bare}/")
        return fnmatchcase(path, bare) or fnmatchcase(path, bare.rstrip("*").rstrip("/") + "/*")
    parts = path.split("/")
    named = parts[:-1] if pattern.endswith("/") else parts
    return bare in named if is_plain else any(fnmatchcase(part, bare) for part in named)


def label_names(node: Node) -> list[str]:
    """Return the names in which a label may show."""
    if node.kind is NodeKind.BOT:
        if node.id.startswith("bot:github/") or ":environment:" in node.id:
            # Of a pipeline's subject only the deployment environment speaks: repositories are called `prod-tools`.
            _, found, environment = node.name.partition(":environment:")
            return [environment.partition(":")[0]] if found else []
        if node.id.startswith(("bot:gitlab/", "bot:buildkite/", "bot:circleci/", "bot:bitbucket/")):
            return []  # nor do those of other services; the job's environment is a label of its own
        if node.id.startswith("bot:terraform/"):
            return [node.name.partition(":workspace:")[2].partition(":")[0]]
        return [node.name] if not node.name.endswith((".yaml", ".yml")) and ".github/" not in node.name else []
    if node.kind in (NodeKind.PROVIDER, NodeKind.POLICY):
        return []
    if node.id.endswith("/*") and node.kind is NodeKind.PROJECT:
        return []
    return [node.name]

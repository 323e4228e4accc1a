"""Names in which labels show, and the spellings of teams and of paths in CODEOWNERS."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

from iamlint.graph.elements import Node, NodeKind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from iamlint.graph.label_settings import CodeownersRule


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


class OwnerRules:
    """The lines of a CODEOWNERS file by what they cover, most of them being plain paths. The last that covers a path wins."""

    def __init__(self, rules: Sequence[CodeownersRule]) -> None:
        self._rules = rules
        self._paths: dict[str, int] = {}  # what lies there or below, by the number of the last line
        self._names: dict[str, int] = {}  # what is called so, or lies below something that is
        self._folders: dict[str, int] = {}
        self._others: list[int] = []
        self._found: dict[str, CodeownersRule | None] = {}
        for number, rule in enumerate(rules):
            bare = rule.pattern.strip("/")
            if not bare or any(mark in bare for mark in "*?["):
                self._others.append(number)
            elif "/" in rule.pattern.rstrip("/"):
                self._paths[bare] = number
            else:
                (self._folders if rule.pattern.endswith("/") else self._names)[bare] = number

    def of(self, path: str) -> CodeownersRule | None:
        """Return the line that says who owns a path."""
        if path not in self._found:
            self._found[path] = self._find(path)
        return self._found[path]

    def _find(self, path: str) -> CodeownersRule | None:
        parts = path.split("/")
        last = max(self._names.get(part, -1) for part in parts)
        above = ""
        for at, part in enumerate(parts, 1):
            above = f"{above}/{part}" if at > 1 else part
            last = max(last, self._paths.get(above, -1), self._folders.get(part, -1) if at < len(parts) else -1)
        for number in reversed(self._others):
            if number <= last:
                break
            if owns_path(self._rules[number].pattern, path):
                last = number
                break
        return self._rules[last] if last >= 0 else None


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

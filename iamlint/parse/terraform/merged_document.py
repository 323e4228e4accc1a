"""Policy documents merged into one, as `data "aws_iam_policy_document"` does it."""

from __future__ import annotations

from iamlint.parse.terraform.embedded import read_tree
from iamlint.parse.terraform.located import Blank, Located, Perhaps, is_partial_list
from iamlint.parse.terraform.partial import Doubtful
from iamlint.parse.terraform.values import OutOfBounds
from iamlint.source.place import Place
from iamlint.source.problem import Problem
from iamlint.source.value import Text, Unknown, key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DEFAULT_VERSION = "2012-10-17"

MOST_STATEMENTS = 10_000
"""A document that merges others may double at each step; no policy of AWS has room for a hundredth of these."""


class MergedDocument:
    """Documents merged in order, as the provider merges them."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.version: Located | None = None
        self.id: Located | None = None
        self.statements: list[Located | None] = []
        self.keys: dict[str, Place] = {}
        self._by_sid: dict[str, list[int]] = {}

    def add(self, source: Located, problems: list[Problem], *, overriding: bool = False) -> None:
        """Merge a document given as text or structure; the provider passes over an empty text."""
        if isinstance(source, Doubtful):
            source = Perhaps(Located(source.value, source.place, tree=source.tree), source.unknown)
        if isinstance(source, Perhaps):
            self._add_perhaps(source, problems, overriding)
            return
        if source.value == "" and not isinstance(source, Blank):
            return
        tree = read_tree(source)
        if isinstance(tree, Problem):
            problems.append(tree)
            return
        if tree.value is None or tree.value == "":
            return
        if isinstance(tree.value, dict):
            self.add_own(tree)
            return
        unknown = tree.value if isinstance(tree.value, Unknown) else Unknown("the merged document is not an object", source.place)
        self._add_unknown(unknown, source.place, overriding)

    def _add_perhaps(self, source: Perhaps, problems: list[Problem], overriding: bool) -> None:
        """Merge a document that may be one of those that are merged."""
        inner = MergedDocument(source.place)
        inner.add(source.element, problems)
        for statement in inner.statements:
            if statement is not None and isinstance(statement.value, Unknown) and not isinstance(statement, Perhaps):
                self._add_unknown(statement.value, source.place, overriding)
            elif statement is not None:
                self._put(Perhaps.of_one(statement, source.value))

    def _add_unknown(self, unknown: Unknown, place: Place, overriding: bool) -> None:
        """Merge a document of which nothing is known."""
        if overriding:
            # Whatever the override holds may replace any statement that has a Sid.
            self.statements = [
                statement if statement is None or _sid(statement) is None else Located(unknown, statement.place)
                for statement in self.statements
            ]
            self._by_sid.clear()
        self.statements.append(Located(unknown, place))

    def add_own(self, tree: Located) -> None:
        """Merge a document given as an object."""
        version, identifier, statements = tree.get("Version"), tree.get("Id"), tree.get("Statement")
        if version is not None and (self.version is None or _later(version.value, self.version.value)):
            self.version = version
        if identifier is not None and identifier.value not in ("", None):
            self.id = identifier
        self.keys.update(tree.keys or {})
        if statements is None:
            return
        listed = statements.possible() if is_partial_list(statements) else statements.value
        for statement in listed if isinstance(listed, list) else [statements]:
            self._put(statement)

    def _put(self, statement: Located) -> None:
        """Add a statement; it replaces those with its Sid, or may do so."""
        sid = _sid(statement)
        earlier = [] if sid is None else self._by_sid.setdefault(sid, [])
        if isinstance(statement, Perhaps):
            for index in earlier:
                if (one := self.statements[index]) is not None:
                    self.statements[index] = Perhaps.of_one(one, statement.value)
        elif earlier:
            first, *others = earlier
            self.statements[first] = statement
            for index in others:
                self.statements[index] = None
            del earlier[1:]
            return
        earlier.append(len(self.statements))
        self.statements.append(statement)
        if len(self.statements) > MOST_STATEMENTS:
            raise OutOfBounds

    def document(self) -> Located:
        """Return what was merged."""
        entries: dict[str, Located] = {"Version": self.version or Located(DEFAULT_VERSION, self.place)}
        if self.id is not None:
            entries["Id"] = self.id
        statements = [statement for statement in self.statements if statement is not None]
        if statements:
            entries["Statement"] = Located(statements, self.place)
        return Located(entries, self.place, keys=self.keys)


def _sid(statement: Located) -> str | None:
    sid = (statement.element if isinstance(statement, Perhaps) else statement).get("Sid")
    return None if sid is None or sid.value in ("", None) or not isinstance(sid.value, (str, Text, Unknown)) else key(sid.value)


def _later(version: Any, than: Any) -> bool:
    return not isinstance(than, str) or (isinstance(version, str) and version > than)

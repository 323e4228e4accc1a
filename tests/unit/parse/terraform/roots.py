"""HCL text → the facts of a root module, for the tests of readers of resources."""

from __future__ import annotations

from textwrap import dedent
from typing import Any, TypeVar

from iamlint.model.estate import Facts
from iamlint.parse.context import Context
from iamlint.parse.terraform.reader import parse_root_module
from iamlint.source.files import MemoryFiles
from iamlint.source.locate import locate
from iamlint.source.place import Place
from iamlint.source.value import key, to_json

T = TypeVar("T")
ACCOUNT = "111111111111"


class Root:
    """A root module in the folder `infra`, read. `main` is `infra/main.tf`; other files by path from the root of the run."""

    def __init__(self, main: str, others: dict[str, str] | None = None, **context: Any) -> None:
        texts = {"infra/main.tf": main, **(others or {})}
        self.texts = {path: dedent(text).lstrip("\n") for path, text in texts.items()}
        settings = {"account": ACCOUNT, "region": "eu-west-1", **context}
        self.facts: Facts = parse_root_module("infra", MemoryFiles(self.texts), Context("infra", **settings))

    def all(self, kind: type[T]) -> list[T]:
        """Return the values of one type."""
        return [item for item in self.facts.items if isinstance(item, kind)]

    def one(self, kind: type[T]) -> T:
        """Return the only value of a type."""
        (item,) = self.all(kind)
        return item

    def at(self, place: Place) -> str:
        """Return what is written at a place: `infra/main.tf:3:12 "s3:*"`."""
        span = locate(place, self.texts[place.path].encode())
        lines = self.texts[place.path].splitlines(keepends=True)[span.line - 1 : span.end_line]
        lines[-1] = lines[-1][: span.end_column - 1]
        return f"{place.path}:{span.line}:{span.column} {''.join(lines)[span.column - 1 :]}"

    def written(self, place: Place) -> str:
        """Return only the text at a place."""
        return self.at(place).partition(" ")[2]


def shown(value: Any) -> Any:
    """Return a value (or several) as text, unknown stretches by their symbols."""
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
        return [shown(item) for item in value]
    return None if value is None else key(value)


def document(policy: Any) -> Any:
    """Return a policy's document as JSON writes it, unknown stretches by their reasons."""
    return to_json(policy.document)

"""Blocks and `dynamic` blocks, nested in any order, come to what expanding them one by one gives."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from iamlint.parse.context import Context, unknown_account
from iamlint.parse.terraform.evaluate import evaluate_root
from iamlint.parse.terraform.located import plain
from iamlint.source.files import MemoryFiles
from iamlint.source.value import to_json

Content = dict[str, Any]
Names = dict[str, tuple[Any, Any]]
Expand = Callable[[Names], Content]

HEADER = 'variable "yes" { default = true }\nlocals { map = { a = 1, b = 2 } }\n'
COLLECTIONS: list[tuple[str, list[tuple[Any, Any]]]] = [
    ("[]", []),
    ("{}", []),
    ("toset([])", []),
    ("var.yes ? [] : [1]", []),
    ("var.yes ? [1] : []", [(0, 1)]),
    ('["a", "b"]', [(0, "a"), (1, "b")]),
    ('toset(["z", "y"])', [("y", "y"), ("z", "z")]),
    ('{ k = "v", j = 2 }', [("j", 2), ("k", "v")]),
    ("local.map", [("a", 1), ("b", 2)]),
    ("[for i in range(2) : { n = i }]", [(0, {"n": 0}), (1, {"n": 1})]),
]


def written(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def blocks(dice: random.Random, depth: int, names: list[str]) -> tuple[str, Expand]:
    """Return random blocks as text, and what they come to."""
    texts: list[str] = []
    made: list[Callable[[Names], list[tuple[str, Content]]]] = []
    for _ in range(dice.randint(1, 3)):
        kind = dice.choice(["alpha", "beta"])
        is_dynamic = dice.random() < 0.65
        text, pairs = dice.choice(COLLECTIONS) if is_dynamic else ("", [(None, None)])
        iterator = dice.choice([kind, "one", "two"])
        known = [*names, iterator] if is_dynamic else names
        used = dice.choice(known) if known else ""
        inner, expand = blocks(dice, depth - 1, known) if depth and dice.random() < 0.6 else ("", lambda _: {})
        content = f'  v = "${{jsonencode([{used}.key, {used}.value])}}"\n{inner}' if used else f'  v = "none"\n{inner}'
        if is_dynamic:
            content = f"  for_each = {text}\n  iterator = {iterator}\n  content {{\n{content}\n  }}"
        texts.append(f'dynamic "{kind}" {{\n{content}\n}}' if is_dynamic else f"{kind} {{\n{content}\n}}")

        def make(
            outer: Names, kind: str = kind, pairs: Any = pairs, used: str = used, expand: Expand = expand,
            iterator: str = iterator if is_dynamic else "",
        ) -> list[tuple[str, Content]]:  # fmt: skip
            found = []
            for pair in pairs:
                names = {**outer, iterator: pair} if iterator else outer
                found.append((kind, {"v": written(list(names[used])) if used else "none", **expand(names)}))
            return found

        made.append(make)

    def all_of(names: Names) -> Content:
        found: Content = {}
        for make in made:
            for kind, content in make(names):
                found.setdefault(kind, []).append(content)
        return found

    return "\n".join(texts), all_of


def without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_empty(item) for name, item in value.items() if item != []}
    return [without_empty(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("seed", range(60))
def test_blocks_come_to_what_they_expand_to(seed: int) -> None:
    text, expand = blocks(random.Random(seed), 3, [])
    files = MemoryFiles({"main.tf": f'{HEADER}resource "test_case" "this" {{\n{text}\n}}\n'})
    evaluation = evaluate_root("", files, Context("u", unknown_account("u")), lambda instance, attribute: None)
    assert evaluation.problems == ()
    (found,) = [plain(instance.body) for instance in evaluation.instances if instance.type == "test_case"]
    assert without_empty(to_json(found)) == without_empty(expand({}))

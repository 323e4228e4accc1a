"""The examples of Terraform's documentation of its functions come to what the pages say (`function_examples.txt`)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from iamlint.parse.context import Context, unknown_account
from iamlint.parse.terraform.evaluate import evaluate_expression
from iamlint.parse.terraform.located import plain
from iamlint.source.files import MemoryFiles
from iamlint.source.value import Unknown, to_json

FILES = {
    "infra/main.tf": 'locals {\n  a = 1\n  foo = { bar = "baz" }\n}\n',
    "infra/hello.txt": "Hello World",
    "infra/backends.tftpl": "%{ for addr in ip_addrs ~}\nbackend ${addr}:${port}\n%{ endfor ~}\n",
    "infra/config.tftpl": "%{ for config_key, config_value in config }\nset ${config_key} = ${config_value}\n%{ endfor ~}\n",
    "infra/files/hello.txt": "hello",
    "infra/files/world.txt": "world",
    "infra/files/subdirectory/anotherfile.txt": "more",
}


def examples() -> list[tuple[str, str]]:
    text = Path(__file__).with_name("function_examples.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("# ")]
    assert all(line.startswith("> ") for line in lines[::2])
    return [(line[2:], expected) for line, expected in zip(lines[::2], lines[1::2], strict=True)]


@pytest.mark.parametrize(("expression", "expected"), examples(), ids=lambda text: text[:60])
def test_an_example(expression: str, expected: str) -> None:
    context = Context("infra", unknown_account("infra"))
    value = plain(evaluate_expression("infra", MemoryFiles(FILES), context, expression))
    if expected == "error":
        assert isinstance(value, Unknown), value
        if ".nonexist" not in expression:  # what nothing declares is no failure that `can` sees
            assert plain(evaluate_expression("infra", MemoryFiles(FILES), context, f"can({expression})")) is False
        return
    if expected.startswith("? ") and isinstance(value, Unknown):
        return
    found = to_json(value)
    assert (found["$set"] if isinstance(found, dict) and "$set" in found else found) == json.loads(expected.removeprefix("? "))

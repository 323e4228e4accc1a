"""The worked example of docs/identity.md: its files are written as they stand there, and the command says what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from repositories import Repository

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "identity.md").read_text()
FILES = dict(re.findall(r"<!-- example: (\S+) -->\n\n```\w+\n(.*?)```", PAGE, re.DOTALL))
OUTPUTS = re.findall(r"<!-- example output: iamlint (.+?) -->\n\n```text\n(.*?)```", PAGE, re.DOTALL)


def test_the_example_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert sorted(FILES) == ["environments/shop.json", "iamlint.yaml", "people.yaml"]
    repository = Repository(tmp_path, monkeypatch, capsys)
    repository.commit(FILES)
    ((words, told),) = OUTPUTS
    code, out, err = repository.run(*words.split())
    assert (code, err) == (0, "")
    assert out == told
    _, out, _ = repository.run("reach", "user:bob@acme.example")
    assert "eng-shop" not in out  # bob left
    _, out, _ = repository.run("check", "-v")
    assert "what the permission set `administrator` permits is in no file" in out

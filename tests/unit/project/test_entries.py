"""An entry is read as it was written, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.project.entries import load, load_with_text, name_of, store

NAME = name_of(b"a question", "answer")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IAMLINT_CACHE_DIR", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("text", [[], [b""], [b"one piece"], [b"several ", memoryview(b"xpiecesx")[1:-1], b"\0\xff"]])
def test_value_and_text_come_back(folder: Path, text: list[bytes | memoryview]):
    value = ("words", 1, None, (b"x", [2.5]))
    assert store(NAME, value, text)
    held = load_with_text(NAME)
    assert held is not None
    assert (held[0], bytes(held[1])) == (value, b"".join(text))
    assert load(NAME) == value
    assert [path.name for path in folder.iterdir()] == [NAME]


def test_an_entry_of_which_any_byte_differs_is_none(folder: Path):
    assert store(NAME, ("value", 1), [b"text"])
    written = (folder / NAME).read_bytes()
    for at in range(len(written)):
        (folder / NAME).write_bytes(written[:at] + bytes([written[at] ^ 1]) + written[at + 1 :])
        assert load_with_text(NAME) is None, at


def test_an_entry_that_was_cut_short_is_none(folder: Path):
    assert store(NAME, ("value", 1), [b"text"])
    written = (folder / NAME).read_bytes()
    for end in range(len(written)):
        (folder / NAME).write_bytes(written[:end])
        assert load(NAME) is None, end


def test_a_folder_that_cannot_be_written_is_no_error(folder: Path, monkeypatch: pytest.MonkeyPatch):
    (folder / "file").write_text("")
    monkeypatch.setenv("IAMLINT_CACHE_DIR", str(folder / "file" / "below"))
    assert store(NAME, 1) is False
    assert load(NAME) is None

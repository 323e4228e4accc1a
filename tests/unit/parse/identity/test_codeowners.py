"""CODEOWNERS by text: entries, places, and which entry decides."""

from __future__ import annotations

import pytest

from iamlint.parse.identity.codeowners import covers, owners_of, parse_codeowners

TEXT = b"""\xef\xbb\xbf# everything
*       @acme/platform
/infra/ @acme/infra @alice  # inline words
\t
docs/* docs@acme.example
/my\\ folder/ @acme/ux
[Section]
!no @x
/free/
"""


def test_entries_have_patterns_owners_and_places() -> None:
    entries = parse_codeowners(TEXT, "CODEOWNERS")
    assert [(entry.pattern, entry.owners) for entry in entries] == [
        ("*", ("@acme/platform",)),
        ("/infra/", ("@acme/infra", "@alice")),
        ("docs/*", ("docs@acme.example",)),
        ("/my folder/", ("@acme/ux",)),
        ("/free/", ()),
    ]
    spans = [TEXT[slice(*entry.place.span)] for entry in entries if entry.place.span]
    assert spans[:2] == [b"*       @acme/platform", b"/infra/ @acme/infra @alice"]
    assert spans[-1] == b"/free/"


@pytest.mark.parametrize(
    ("path", "pattern"),
    [("README.md", "*"), ("infra/prod/main.tf", "/infra/"), ("docs/a.md", "docs/*"), ("docs/b/a.md", "*"), ("free/x", "/free/")],
)
def test_the_last_entry_that_covers_a_file_decides(path: str, pattern: str) -> None:
    found = owners_of(parse_codeowners(TEXT, "CODEOWNERS"), path)
    assert found is not None
    assert found.pattern == pattern


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*", "a/b/c", True),
        ("*.tf", "infra/main.tf", True),
        ("*.tf", "infra/main.tf.json", False),
        ("/build/logs/", "build/logs/a/b", True),
        ("/build/logs/", "x/build/logs/a", False),
        ("docs/*", "docs/a.md", True),
        ("docs/*", "docs/b/a.md", False),
        ("docs/*", "x/docs/a.md", False),
        ("apps/", "x/apps/a/b", True),
        ("apps/", "apps", False),
        ("/apps/github", "apps/github/x", True),
        ("/apps/github", "apps/github.txt", False),
        ("**/logs", "build/logs/a", True),
        ("**/logs", "logs/a", True),
        ("/a/**/z", "a/z", True),
        ("/a/**/z", "a/b/c/z", True),
        ("/a/**", "a/b/c", True),
        ("apps", "x/apps/y", True),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("a.c", "abc", False),
        ("[ab]", "a", False),
    ],
)
def test_a_pattern_covers_what_it_should(pattern: str, path: str, expected: bool) -> None:
    assert covers(pattern, path) == expected


def test_a_pattern_of_many_stars_is_no_trap() -> None:
    assert not covers("*a" * 200, "a" * 500 + "b/")

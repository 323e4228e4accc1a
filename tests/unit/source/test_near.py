"""Near matches are those of the standard library's difflib, which is slower."""

from difflib import get_close_matches

from hypothesis import given
from hypothesis import strategies as st

from iamlint.source.near import close_matches, nearest

_WORDS = st.text("abcdeé", max_size=9)


@given(_WORDS, st.lists(_WORDS, max_size=12, unique=True), st.integers(1, 3), st.sampled_from([0.3, 0.6, 0.75]))
def test_as_difflib(word: str, candidates: list[str], limit: int, cutoff: float) -> None:
    assert close_matches(word, candidates, limit, cutoff) == get_close_matches(word, candidates, limit, cutoff)


def test_equally_near_ones() -> None:
    assert close_matches("getobjekt", ["getobject", "getobjeht"], 1, 0.75) == get_close_matches(
        "getobjekt", ["getobject", "getobjeht"], 1, 0.75
    )


def test_case_aside() -> None:
    assert nearest("s3:getobjct", ["s3:GetObject", "s3:PutObject"]) == "s3:GetObject"
    assert nearest("lambda", ["ec2", "sqs"]) is None

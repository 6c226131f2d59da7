"""Texts: found by their SHA-256; stretches joined, gaps between them, the sentence around a quote."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path

import pytest
from generation import STEADY
from harbour import NOTE, REPORT, TEXTS, write_texts
from hypothesis import assume, given
from hypothesis import strategies as st

from kg import texts
from kg.fault import Fault


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_texts_are_found_by_the_digest_of_their_bytes(tmp_path: Path) -> None:
    found = texts.read(write_texts(tmp_path))
    assert found == {digest(text.encode()): text for text in TEXTS.values()}
    assert found[digest(NOTE.encode())].startswith("\ufeff"), "a byte order mark counts as a character"
    assert "\r\n" in found[digest(NOTE.encode())]


def test_what_is_no_text_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inner.txt").write_text("not read", encoding="utf-8")
    (tmp_path / "empty").write_bytes(b"")
    assert dict(texts.read(tmp_path)) == {digest(b""): ""}


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="missing"):
        texts.read(tmp_path / "missing")


# ----------------------------------------------------------------------------- stretches


def _points(stretches: object) -> set[int]:
    return {point for start, end in stretches for point in range(start, end)}


_STRETCHES = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 12)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=8
)


@STEADY
@given(_STRETCHES)
def test_a_union_holds_what_its_stretches_hold_once_and_in_order(stretches: list[tuple[int, int]]) -> None:
    joined = texts.union(stretches)
    assert _points(joined) == _points(stretches)
    assert all(before[1] < following[0] for before, following in pairwise(joined))
    assert texts.union(joined) == joined
    assert texts.union(stretches[::-1]) == joined
    assert sum(end - start for start, end in joined) == len(_points(stretches)), "so that a share counts nothing twice"


_CHARACTERS = st.text(st.sampled_from("ab1é한🚢 .,;“”—•-\t\n\r\u2028"), max_size=40)


@STEADY
@given(_CHARACTERS, _STRETCHES)
def test_gaps_are_what_no_stretch_touches(text: str, stretches: list[tuple[int, int]]) -> None:
    covered = _points(stretches)
    gaps = texts.gaps(text, stretches)
    left = {place for place, character in enumerate(text) if character.isalnum() and place not in covered}
    assert left <= _points(gaps), "no letter or digit is passed over"
    assert not _points(gaps) & covered
    for start, end in gaps:
        assert 0 <= start < end <= len(text)
        assert any(character.isalnum() for character in text[start:end])
        assert text[start:end] == text[start:end].strip(" \t\r\n")
        assert "\n" not in text[start:end]
    assert all(before[1] <= following[0] for before, following in pairwise(gaps))


def test_gaps_of_a_text() -> None:
    text = "One. Two, three.\n\n— • 4 —\n..."
    two = text.index("Two")
    assert [text[start:end] for start, end in texts.gaps(text, [(two, two + 3)])] == ["One", "three", "4"]
    assert texts.gaps(text, [(0, len(text))]) == []
    assert texts.gaps("", []) == []


# ----------------------------------------------------------------------------- sentences

SENTENCES = [
    (
        "rule out",
        "President Mira Voss does not rule out talks with Borland, the Daily Signal reported on 3 March 2031.",
    ),
    ("ordered", "The coastal battery at Lenz has been ordered, not deployed."),
    ("0.75", "Its range is 1,200 metres (about 0.75 miles)."),
    (
        "could reopen",
        "She said that Arland “will never again” give up the harbour of Lenz – but “could reopen” the ferry.",
    ),
    ("navy is ready", "“Arland’s navy is ready,” an aide told the ‘Evening Post’."),
    (
        "deployed. Its",
        "The coastal battery at Lenz has been ordered, not deployed. Its range is 1,200 metres (about 0.75 miles).",
    ),
    ("Door", "Voss Keeps the Door Ajar"),
    ("ferry sails when\nthe harbour", "The ferry sails when\nthe harbour opens."),
]


@pytest.mark.parametrize(("words", "sentence"), SENTENCES)
def test_the_sentence_around_words(words: str, sentence: str) -> None:
    start = REPORT.index(words)
    begin, stop = texts.sentence(REPORT, start, start + len(words))
    assert REPORT[begin:stop] == sentence


@STEADY
@given(st.text(st.sampled_from("aA.?!’” \n•\t"), min_size=1, max_size=40), st.data())
def test_a_sentence_holds_the_words(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assume(not text[end - 1].isspace())
    begin, stop = texts.sentence(text, start, end)
    assert 0 <= begin <= start < end <= stop <= len(text)


def test_a_sentence_holds_words_that_end_in_a_space() -> None:
    text = "It ends here. "
    assert texts.sentence(text, 3, len(text))[1] == len(text)

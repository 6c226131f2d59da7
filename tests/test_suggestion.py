"""Did you mean: near names are offered, far ones are not."""

from __future__ import annotations

import pytest

from kg.suggestion import did_you_mean, nearest

IDS = [
    "kim-jong-un",
    "kim-ju-ae",
    "congress-2026",
    "congress-2021",
    "congress-closing-session",
    "north-korea",
    "south-korea",
]


@pytest.mark.parametrize(
    ("word", "best"),
    [
        ("kim-jong-unn", "kim-jong-un"),
        ("kim-yong-un", "kim-jong-un"),
        ("Kim_Jong_Un", "kim-jong-un"),
        ("jong-un-kim", "kim-jong-un"),
        ("closing-session-congress", "congress-closing-session"),
        ("nort-korea", "north-korea"),
        ("congress-2025", "congress-2021"),
    ],
)
def test_the_nearest_comes_first(word: str, best: str) -> None:
    assert nearest(word, IDS)[0] == best


@pytest.mark.parametrize("word", ["zzz", "", "-", "weapon", "1", "한국", "\u202e"])
def test_what_is_unlike_all_is_like_none(word: str) -> None:
    assert nearest(word, IDS) == []


def test_the_order_of_the_choices_does_not_matter() -> None:
    assert (
        nearest("congress-2022", IDS) == nearest("congress-2022", reversed(IDS)) == ["congress-2021", "congress-2026"]
    )


def test_no_more_than_asked_for() -> None:
    choices = [f"kim-{letter}" for letter in "abcdefgh"]
    assert len(nearest("kim-x", choices)) == 3
    assert len(nearest("kim-x", choices, limit=1)) == 1


@pytest.mark.parametrize(
    ("word", "choices", "hint"),
    [
        ("frm", ["form", "operator", "met"], "did you mean 'form'?"),
        ("congress-2022", IDS, "did you mean 'congress-2021' or 'congress-2026'?"),
        ("xyz", ["form", "operator", "met"], "one of: form, met, operator"),
        ("xyz", [f"choice-{number:02}" for number in range(13)], ""),
        ("xyz", [], ""),
    ],
)
def test_hints(word: str, choices: list[str], hint: str) -> None:
    assert did_you_mean(word, choices) == hint

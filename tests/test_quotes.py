"""Proof of quotes: what is theirs to the letter, what differs in an allowed way, and what is not what the text says."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from urllib.parse import unquote

import pytest
from generation import STEADY
from harbour import NOTE, REPORT
from hypothesis import assume, given
from hypothesis import strategies as st

from kg.quotes import MAX_GAP, Grade, grade, link, spoken


def at(words: str, text: str = REPORT) -> tuple[int, int]:
    """Offsets of words that stand once."""
    assert text.count(words) == 1, words
    return text.index(words), text.index(words) + len(words)


# What stands in the text, what somebody quotes of it at those offsets, and the grade that this has.
WAYS: dict[str, tuple[str, str, Grade]] = {
    "to the letter": (
        "does not rule out talks with Borland",
        "does not rule out talks with Borland",
        Grade.EXACT,
    ),
    "beyond the basic plane": ("outside 🚢. The", "outside 🚢. The", Grade.EXACT),
    # whitespace
    "one space for two": ("is  closed", "is closed", Grade.WHITESPACE),
    "two spaces for one": ("The ferry", "The  ferry", Grade.WHITESPACE),
    "a space for a line end": ("sails when\nthe harbour opens", "sails when the harbour opens", Grade.WHITESPACE),
    "a line end for a space": ("at Lenz has", "at\nLenz has", Grade.WHITESPACE),
    "a no-break space": ("15 ships", "15\u00a0ships", Grade.WHITESPACE),
    "a space at the end": ("no date has been set", "no date has been set ", Grade.WHITESPACE),
    # typography
    "straightened quotes": (
        "Arland “will never again” give up",
        'Arland "will never again" give up',
        Grade.TYPOGRAPHIC,
    ),
    "straightened apostrophe": ("“Arland’s navy", "“Arland's navy", Grade.TYPOGRAPHIC),
    "guillemets": ("“an open wound”", "«an open wound»", Grade.TYPOGRAPHIC),
    "hyphens for dashes": ("pier — unlike the harbour — is", "pier - unlike the harbour - is", Grade.TYPOGRAPHIC),
    "en dash for em dash": ("pier — unlike", "pier – unlike", Grade.TYPOGRAPHIC),
    "composed accents": ("The cafe\u0301", "The caf\u00e9", Grade.TYPOGRAPHIC),
    "quotes, dashes, accents and spaces at once": (
        "The cafe\u0301 on the pier — unlike the harbour — is  closed",
        "The caf\u00e9 on the pier - unlike the harbour - is closed",
        Grade.TYPOGRAPHIC,
    ),
    # ellipsis
    "an ellipsis": (
        "President Mira Voss does not rule out talks with Borland",
        "President Mira Voss … talks with Borland",
        Grade.ELLIPSIS,
    ),
    "three dots": ("The coastal battery at Lenz has been ordered", "The coastal battery ... ordered", Grade.ELLIPSIS),
    "an ellipsis in brackets": ("The coastal battery at Lenz has been", "The coastal battery […] been", Grade.ELLIPSIS),
    "dots in brackets": ("The coastal battery at Lenz has been", "The coastal battery [...] been", Grade.ELLIPSIS),
    "two ellipses": (
        "The coastal battery at Lenz has been ordered, not deployed",
        "The coastal battery … ordered … deployed",
        Grade.ELLIPSIS,
    ),
    "an ellipsis and straightened quotes": (
        "She said that Arland “will never again” give up",
        'She said … "will never again" give up',
        Grade.ELLIPSIS,
    ),
    # none of the above
    "a dropped not": ("does not rule out talks", "does rule out talks", Grade.FAILED),
    "a dropped not, padded": ("does not rule out talks", "does     rule out talks", Grade.FAILED),
    "an added not": ("may resume", "may not resume", Grade.FAILED),
    "a dropped un-": ("Voss is unable to attend", "Voss is able to attend", Grade.FAILED),
    "a dropped never": ("“will never again” give up", "“will again” give up", Grade.FAILED),
    "changed case": ("talks with Borland", "Talks with Borland", Grade.FAILED),
    "capitals": ("the harbour of Lenz", "THE HARBOUR OF LENZ", Grade.FAILED),
    "an extra bracket": ("no date has been set", "no date [has] been set", Grade.FAILED),
    "an insertion in brackets": ("She said that", "She [Voss] said that", Grade.FAILED),
    "a dropped bracket": ("Talks [with Borland] may resume", "Talks with Borland may resume", Grade.FAILED),
    "round brackets for square": ("Talks [with Borland]", "Talks (with Borland)", Grade.FAILED),
    "a dropped parenthesis": ("metres (about 0.75 miles)", "metres", Grade.FAILED),
    "a dropped comma": ("been ordered, not deployed", "been ordered not deployed", Grade.FAILED),
    "a moved comma": ("been ordered, not deployed", "been ordered not, deployed", Grade.FAILED),
    "a comma for a point": ("0.75 miles", "0,75 miles", Grade.FAILED),
    "a dropped thousands separator": ("1,200 metres", "1200 metres", Grade.FAILED),
    "an added full stop": ("no date has been set", "no date has been set.", Grade.FAILED),
    "a semicolon for a comma": ("ordered, not", "ordered; not", Grade.FAILED),
    "another number": ("15 ships wait", "16 ships wait", Grade.FAILED),
    "another word": ("has been ordered", "has been deployed", Grade.FAILED),
    "words swapped": ("ordered, not deployed", "deployed, not ordered", Grade.FAILED),
    "words joined": ("may resume", "mayresume", Grade.FAILED),
    "a word split": ("unable", "un able", Grade.FAILED),
    "a dropped apostrophe": ("Arland’s navy", "Arlands navy", Grade.FAILED),
    "dropped quotes": ("“could reopen” the ferry", "could reopen the ferry", Grade.FAILED),
    "added quotes": ("may resume", "“may” resume", Grade.FAILED),
    "single quotes for double": ("“could reopen”", "‘could reopen’", Grade.FAILED),
    "a dropped dash": ("Lenz – but", "Lenz but", Grade.FAILED),
    "a comma for a dash": ("Lenz – but", "Lenz, but", Grade.FAILED),
    "a dropped accent": ("The cafe\u0301", "The cafe", Grade.FAILED),
    "a look-alike letter": ("Borland calls", "B\u043erland calls", Grade.FAILED),
    "an invisible character": ("Borland calls", "Bor\u200bland calls", Grade.FAILED),
    "a soft hyphen": ("Borland calls", "Bor\u00adland calls", Grade.FAILED),
    "full-width digits": ("15 ships", "１５ ships", Grade.FAILED),
    "ellipsis, parts swapped": (
        "President Mira Voss does not rule out talks with Borland",
        "talks with Borland … President Mira Voss",
        Grade.FAILED,
    ),
    "ellipsis, inner parts swapped": (
        "The coastal battery at Lenz has been ordered, not deployed",
        "The coastal battery … ordered … at Lenz … deployed",
        Grade.FAILED,
    ),
    "ellipsis, a part twice": (
        "The coastal battery at Lenz has been",
        "The coastal battery … battery … been",
        Grade.FAILED,
    ),
    "ellipsis, parts that overlap": ("The coastal battery", "The coastal … coastal battery", Grade.FAILED),
    "ellipsis, a part of other words": (
        "The coastal battery at Lenz has been ordered",
        "The coastal battery … was ordered",
        Grade.FAILED,
    ),
    "ellipsis, a part in other case": (
        "The coastal battery at Lenz has been ordered",
        "The coastal battery … Ordered",
        Grade.FAILED,
    ),
    "ellipsis at the beginning": ("does not rule out talks", "… rule out talks", Grade.FAILED),
    "ellipsis at the end": ("does not rule out talks", "does not …", Grade.FAILED),
    "ellipsis alone": ("does not rule out talks", "…", Grade.FAILED),
    "ellipsis that cuts a word": ("Voss is unable to attend", "Voss is … able to attend", Grade.FAILED),
    "ellipsis that cuts the end of a word": ("15 ships wait outside", "15 ship … outside", Grade.FAILED),
    "nothing": ("does not rule out talks", "", Grade.FAILED),
    "a part only": ("does not rule out talks", "does not rule out", Grade.FAILED),
    "more than there is": ("does not rule out", "does not rule out talks", Grade.FAILED),
}


@pytest.mark.parametrize("way", WAYS)
def test_graded(way: str) -> None:
    there, quoted, wanted = WAYS[way]
    assert grade(REPORT, quoted, *at(there)).grade == wanted


def test_the_right_words_of_the_wrong_document() -> None:
    words = "Officials did not say since when"
    assert grade(NOTE, words, *at(words, NOTE)).grade == Grade.EXACT
    proof = grade(REPORT, words, *at(words, NOTE))
    assert proof.grade == Grade.FAILED
    assert proof.places == ()


def test_the_right_words_at_the_wrong_place() -> None:
    words = "does not rule out talks"
    start, end = at(words)
    for shift in (-1, 1, 300):
        proof = grade(REPORT, words, start + shift, end + shift)
        assert proof.grade == Grade.FAILED
        assert proof.places == (start,)


@pytest.mark.parametrize("offsets", [(-5, 3), (3, 3), (9, 3), (0, len(REPORT) + 1), (len(REPORT), len(REPORT) + 5)])
def test_offsets_that_are_no_stretch_of_the_text(offsets: tuple[int, int]) -> None:
    assert grade(REPORT, REPORT[offsets[0] : offsets[1]], *offsets).grade == Grade.FAILED


def test_offsets_count_code_points_and_leave_newlines_alone() -> None:
    start, end = at("on the Harbour\r\n\r\nBorland's", NOTE)
    assert NOTE.startswith("\ufeffNote")
    assert grade(NOTE, "on the Harbour\r\n\r\nBorland's", start, end).grade == Grade.EXACT
    assert grade(NOTE, "on the Harbour\n\nBorland's", start, end).grade == Grade.WHITESPACE
    ship = REPORT.index("🚢")
    assert grade(REPORT, "🚢", ship, ship + 1).grade == Grade.EXACT
    assert grade(REPORT, "🚢", ship, ship + 2).grade != Grade.EXACT


def test_without_offsets_words_have_to_stand_once() -> None:
    assert grade(REPORT, "does not rule out", None, None).grade == Grade.EXACT
    several = grade(REPORT, "harbour", None, None)
    assert several.grade == Grade.FAILED
    assert several.places == tuple(match.start() for match in re.finditer("harbour", REPORT))
    assert len(several.places) > 1
    assert grade(REPORT, "does rule out", None, None).grade == Grade.FAILED
    assert grade(REPORT, "", None, None).grade == Grade.FAILED


def test_places_that_overlap_are_all_told() -> None:
    assert grade("ananas", "ana", None, None).places == (0, 2)


def test_words_with_signs_of_regular_expressions() -> None:
    text = "cost (in $) was 1.5* more? [yes] a|b ^c \\d"
    for words in ("(in $)", "1.5*", "more?", "[yes]", "a|b", "^c", "\\d"):
        assert grade(text, words, None, None).places == (text.index(words),)
        assert grade(text, words, *at(words, text)).grade == Grade.EXACT


def test_an_ellipsis_leaves_out_a_bounded_stretch() -> None:
    for gap, wanted in ((MAX_GAP, Grade.ELLIPSIS), (MAX_GAP + 1, Grade.FAILED)):
        text = "first " + "y" * (gap - 2) + " last"
        assert grade(text, "first … last", 0, len(text)).grade == wanted


def test_every_gap_is_bounded() -> None:
    text = f"first {'y' * 100} middle {'z' * (MAX_GAP + 1)} last"
    assert grade(text, "first … middle … last", 0, len(text)).grade == Grade.FAILED


def test_a_part_that_stands_twice_may_be_the_second() -> None:
    text = f"first one {'y' * 150} one {'z' * 200} last"
    assert text.index("last") - text.index("one") > MAX_GAP
    assert grade(text, "first … one … last", 0, len(text)).grade == Grade.ELLIPSIS


def test_an_ellipsis_of_the_text_itself() -> None:
    text = "He said: “we wait … and see” today."
    assert grade(text, "wait … and see", *at("wait … and see", text)).grade == Grade.EXACT
    assert grade(text, "wait ... or see", *at("wait … and see", text)).grade == Grade.FAILED


# ----------------------------------------------------------------------------- properties

_SINGLE, _DOUBLE, _DASHES = "'‘’‚‛", '"“”„«»', "-‐‑‒–—―−"
_LETTERS = "aeiounrtsNTS"
_ALPHABET = st.sampled_from(f"{_LETTERS}äe\u0301A\u030aÅ12.,;:!?()[] \n\t\u00a0{_SINGLE}{_DOUBLE}{_DASHES}…🚢\u200b한")
_TEXTS = st.text(_ALPHABET, min_size=1, max_size=60)
_ANY = st.one_of(_ALPHABET, st.characters(exclude_categories=("Cs",)))


@st.composite
def _substrings(draw: st.DrawFn) -> tuple[str, int, int]:
    text = draw(_TEXTS)
    start = draw(st.integers(0, len(text) - 1))
    return text, start, draw(st.integers(start + 1, len(text)))


def _alike(one: str, other: str) -> bool:
    """Whether two texts differ in whitespace, kinds of quotation marks or dashes, or composition of accents only."""

    def kept(text: str) -> str:
        composed = unicodedata.normalize("NFC", text)
        kinds = {**dict.fromkeys(_SINGLE, "'"), **dict.fromkeys(_DOUBLE, '"'), **dict.fromkeys(_DASHES, "-")}
        return " ".join("".join(kinds.get(character, character) for character in composed).split())

    return kept(one) == kept(other)


@STEADY
@given(_substrings())
def test_any_stretch_at_its_offsets_is_exact(case: tuple[str, int, int]) -> None:
    text, start, end = case
    proof = grade(text, text[start:end], start, end)
    assert proof.grade == Grade.EXACT
    assert start in proof.places


@STEADY
@given(_substrings(), st.data())
def test_one_character_changed_is_never_proved(case: tuple[str, int, int], data: st.DataObject) -> None:
    text, start, end = case
    words = text[start:end]
    place = data.draw(st.integers(0, len(words)))
    kind = data.draw(st.sampled_from(["replace", "insert", "drop"]))
    added = "" if kind == "drop" else data.draw(_ANY)
    changed = words[:place] + added + words[place + (kind != "insert") :]
    assume(changed != words)
    assume("…" not in changed and "..." not in changed)
    found = grade(text, changed, start, end).grade
    if _alike(words, changed):
        assert found in (Grade.WHITESPACE, Grade.TYPOGRAPHIC)
    else:
        assert found == Grade.FAILED


@STEADY
@given(_substrings(), st.data())
def test_an_allowed_change_is_named(case: tuple[str, int, int], data: st.DataObject) -> None:
    text, start, end = case
    words = text[start:end]
    assume("…" not in words and "..." not in words)
    swap = {a: data.draw(st.sampled_from(kind), label=a) for kind in (_SINGLE, _DOUBLE, _DASHES) for a in kind}
    changed = "".join(swap.get(character, character) for character in words)
    assert grade(text, changed, start, end).grade == (Grade.EXACT if changed == words else Grade.TYPOGRAPHIC)
    spread = "  ".join(words.split(" "))
    assert grade(text, spread, start, end).grade == (Grade.EXACT if spread == words else Grade.WHITESPACE)


@st.composite
def _parts(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    """A text of words that all differ, and stretches of it, apart and in order."""
    count = draw(st.integers(4, 160))
    words = [f"w{number:03}" for number in range(count)]
    cuts = sorted(draw(st.sets(st.integers(0, count - 1), min_size=4, max_size=8)))
    stretches = [(cuts[i] * 5, cuts[i + 1] * 5 - 1) for i in range(0, len(cuts) - 1, 2)]
    return " ".join(words), stretches


@STEADY
@given(_parts(), st.randoms(use_true_random=False))
def test_parts_around_ellipses_stand_in_order_and_not_too_far_apart(case: object, random: object) -> None:
    text, stretches = case
    parts = [text[start:end] for start, end in stretches]
    start, end = stretches[0][0], stretches[-1][1]
    gaps = [following[0] - before[1] for before, following in pairwise(stretches)]
    wanted = Grade.ELLIPSIS if max(gaps) <= MAX_GAP else Grade.FAILED
    assert grade(text, " … ".join(parts), start, end).grade == wanted
    shuffled = list(parts)
    random.shuffle(shuffled)
    if shuffled != parts:
        assert grade(text, " … ".join(shuffled), start, end).grade == Grade.FAILED
    assert grade(text, " … ".join([*parts[:-1], "w999"]), start, end).grade == Grade.FAILED


# ----------------------------------------------------------------------------- the own words of a speaker

SPOKEN = [
    # the text, the evidence, the quotation, whether it stands within one pair of marks
    ("He said “we will not yield” and left.", "said “we will not yield”", "we will not yield", True),
    ("He said “we will not yield” and left.", "said “we will not yield”", "will not", True),
    ("He said “we will not yield” and left.", "said “we will not yield”", "said", False),
    ("He said “we will not yield” and left.", "said “we will not yield”", "“we will not yield”", False),
    ("He said “we will not yield” and left.", "said “we will not yield”", "said “we will", False),
    ("He said “we will not yield” and left.", "said “we will not yield”", "we will yield", False),
    ("He said “we will not yield” and left.", "said “we will not yield”", "We will not yield", False),
    ("He said “we will not yield” and left.", "and left", "we will not yield", False),
    ("He said “no” and then “never”.", "“no” and then “never”", "no” and then “never", False),
    ("He said “no” and then “never”.", "“no” and then “never”", "and then", False),
    ("He said “no” and then “never”.", "“no” and then “never”", "never", True),
    ('He said "no" and then "never".', '"no" and then "never"', "and then", False),
    ('He said "no" and then "never".', '"no" and then "never"', "never", True),
    ("He said ‘no’ and then ‘never’.", "‘no’ and then ‘never’", "and then", False),
    ("He said ‘no’ and then ‘never’.", "‘no’ and then ‘never’", "never", True),
    ("He said ‘it isn’t ours’ today.", "‘it isn’t ours’", "it isn’t ours", True),
    ("Arland’s navy and Borland’s navy.", "Arland’s navy and Borland’s navy", "s navy and Borland", False),
    ("He said “they call it ‘peace’ now” today.", "“they call it ‘peace’ now”", "they call it ‘peace’ now", True),
    ("He said “they call it ‘peace’ now” today.", "“they call it ‘peace’ now”", "peace", True),
    # the words stand twice: only where the evidence is counts
    ("A yes here, but “yes” there.", "A yes here", "yes", False),
    ("A yes here, but “yes” there.", "“yes” there", "yes", True),
    ("A yes here, but “yes” there.", "A yes here, but “yes” there", "yes", True),
    # marks outside the evidence still count, those of another line do not
    ("He said “we will not yield” and left.", "will not", "will not", True),
    ("“Not closed\nwe will not yield\nhere” it ends.", "we will not yield", "we will not yield", False),
    ("No marks at all here.", "marks at all", "marks", False),
]


@pytest.mark.parametrize(("text", "evidence", "quotation", "wanted"), SPOKEN)
def test_a_quotation_stands_within_the_marks_of_its_evidence(
    text: str, evidence: str, quotation: str, *, wanted: bool
) -> None:
    assert spoken(text, quotation, *at(evidence, text)) is wanted


@STEADY
@given(st.text("ab c", min_size=1, max_size=20), st.text("ab c", max_size=20), st.text("ab c", max_size=20), st.data())
def test_what_stands_between_marks_is_spoken(said: str, before: str, after: str, data: st.DataObject) -> None:
    opening, closing = data.draw(st.sampled_from(["“”", '""', "‘’"]))
    text = f"{before} {opening}{said}{closing} {after}"
    start = len(before) + 2
    assert spoken(text, said, start, start + len(said))
    unmarked = f"{before} {said} {after}"
    assert not spoken(unmarked, said, 0, len(unmarked))


# ----------------------------------------------------------------------------- links

LINKS = [
    "a few words",
    "words, with commas & signs #1 = 100% (really?)",
    "Kim Ju-ae - a dash",
    "“quoted” — 한국어 🚢",
    "one two three four five six seven eight",
    "one two three four five six seven eight nine ten",
    "over\ntwo  lines",
]


@pytest.mark.parametrize("words", LINKS)
def test_a_link_leads_to_the_words(words: str) -> None:
    url, mark, directive = link("https://example.org/a?b=c", words).partition("#:~:text=")
    assert url == "https://example.org/a?b=c"
    assert mark
    # what has a meaning of its own in a text directive is encoded: https://wicg.github.io/scroll-to-text-fragment/#syntax
    assert re.fullmatch(r"[A-Za-z0-9%_.~]+(,[A-Za-z0-9%_.~]+)?", directive)
    pieces = [unquote(piece) for piece in directive.split(",")]
    plain = " ".join(words.split())
    assert plain.startswith(pieces[0])
    assert plain.endswith(pieces[-1])
    assert len(pieces) == 2 or pieces[0] == plain


def test_a_link_keeps_the_fragment_of_an_address() -> None:
    made = link("https://example.org/a#part", "some words")
    assert made == "https://example.org/a#part:~:text=some%20words"

"""Names: what people write becomes ids, what machines write becomes words."""

from __future__ import annotations

import unicodedata

import harbour
import pyoxigraph as ox
import pytest
from generation import STEADY
from harbour import statement
from hypothesis import given
from hypothesis import strategies as st

import kg
from kg.cli import render
from kg.names import folded, show
from kg.pipeline import Build


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    korean = statement("two-languages", label={"ko": "항구", "en": "The Harbour Speech"})
    named_like_an_id = statement("named-like-an-id", label={"en": "lenz"})
    accented = statement("accented", label={"en": "Café “Zur Brücke” – Voss’s"})
    return kg.build(
        harbour.write(tmp_path_factory.mktemp("harbour"), korean, named_like_an_id, accented), checked=False
    )


RESOLVED = [
    ("lenz", ["lenz"]),  # an id wins over a name
    ("mira-voss", ["mira-voss"]),
    ("Mira Voss", ["mira-voss"]),
    ("MIRA  VOSS", ["mira-voss"]),
    ("  mira voss ", ["mira-voss"]),
    ("Mira-Voss", ["mira-voss"]),
    ("Mira\u00a0Voss", ["mira-voss"]),
    ("Arland's president", ["mira-voss"]),
    ("Arland’s President", ["mira-voss"]),
    ("Lenz", ["arland", "lenz", "named-like-an-id"]),
    ("항구", ["two-languages"]),
    ("the harbour speech", ["two-languages"]),
    ("cafe 'zur brucke' - voss's", []),
    ('cafe "zur brucke" - voss\'s', ["accented"]),
    (unicodedata.normalize("NFD", "Café “Zur Brücke” – Voss’s"), ["accented"]),
    ("Mira", []),
    ("Mira Vos", []),
    ("", []),
    ("nobody", []),
]


@pytest.mark.parametrize(("text", "ids"), RESOLVED)
def test_resolved(text: str, ids: list[str], build: Build) -> None:
    assert build.names.resolve(text) == ids


def test_every_id_and_every_unique_label_means_its_record(build: Build) -> None:
    for identifier, label in build.names.labels.items():
        assert build.names.resolve(identifier) == [identifier]
        assert identifier in build.names.resolve(label) or label in build.names.labels
    assert set(build.names.labels) == set(build.sources.records)


def test_the_label_is_the_english_one(build: Build) -> None:
    assert build.names.labels["two-languages"] == "The Harbour Speech"


def test_suggestions(build: Build) -> None:
    names = build.names
    assert names.suggest("mira-vos")[0] == "mira-voss"
    assert names.suggest("voss-mira")[0] == "mira-voss"
    assert names.suggest("Lenz") == ["arland", "lenz", "named-like-an-id"], "a name is better than a likeness"
    place = "https://w3id.org/kg-facts/ontology#Place"
    assert names.suggest("Lenz", place) == ["arland", "lenz"], "those of the class that is wanted"
    assert names.suggest("mira-vos", place) == []
    assert names.suggest("qqqqqqqqqqqq") == []


@STEADY
@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(text: str) -> None:
    once = folded(text)
    assert folded(once) == once
    assert folded(unicodedata.normalize("NFD", text)) == folded(unicodedata.normalize("NFC", text))
    assert once == once.strip()


@pytest.mark.parametrize(
    ("one", "other"),
    [("a b", "a-b"), ("Ａ", "a"), ("É", "e\u0301"), ("“x”", '"X"'), ("a\u00a0b", "a\n b"), ("ẞ", "ss")],
)
def test_folded_alike(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("ab", "a b"), ("a.b", "ab"), ("not a", "a"), ("a", "\u0430"), ("'x'", '"x"')]
)
def test_folded_apart(one: str, other: str) -> None:
    assert folded(one) != folded(other)


# ----------------------------------------------------------------------------- what is shown

KG = "https://w3id.org/kg-facts/ontology#"


def shown(build: Build, term: object) -> str:
    return show(term, build.names, build.vocabulary, build.dataset.base)


def test_shown(build: Build) -> None:
    base = build.dataset.base
    evidence = next(
        t.object for t in build.graph if t.subject.value == base + "lenz" and t.predicate.value == KG + "evidence"
    )
    assert shown(build, ox.NamedNode(base + "mira-voss")) == "Mira Voss"
    assert shown(build, ox.NamedNode(base + "nobody")) == "nobody"
    assert shown(build, evidence) == "evidence of Lenz"
    assert shown(build, ox.NamedNode("https://w3id.org/kg-facts/code/status/own-voice")) == "own voice"
    assert shown(build, ox.NamedNode(KG + "Person")) == "person"
    assert shown(build, ox.NamedNode(KG + "evidence")) == "evidence"
    assert shown(build, ox.Literal("an “exact” word", language="en")) == "an “exact” word"
    assert shown(build, ox.Literal("007", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer"))) == "007"
    assert shown(build, None) == ""


def test_a_reader_never_sees_a_long_iri(build: Build) -> None:
    """Not even of terms that the ontology uses and labels nowhere."""
    said = render.words(build)
    terms = {t.predicate for t in build.graph} | {t.object for t in build.graph if isinstance(t.object, ox.NamedNode)}
    assert sorted(text for term in terms if "://" in (text := said(term))) == []

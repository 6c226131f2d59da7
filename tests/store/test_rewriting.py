"""What is taken for the same: a value in another form, never another value."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from samples import TYPED, XSD, literal

from kg.store.rewriting import by_value, by_value_in_virtuoso

S = ox.NamedNode("https://example.org/s")
FORMS = {"any store": by_value, "virtuoso": by_value_in_virtuoso}


def forms(form, *literals: ox.Literal) -> set[ox.Triple]:
    return {FORMS[form](ox.Triple(S, S, one)) for one in literals}


SAME = [
    ("integer", ["7", "+7", "007", "7"]),
    ("integer", ["0", "-0", "00"]),
    ("decimal", ["1.1", "1.10", "+1.1", "01.100"]),
    ("double", ["1e6", "1000000", "1.0E6"]),
    ("boolean", ["true", "1"]),
    ("dateTime", ["2026-02-26T12:30:00Z", "2026-02-26T12:30:00.000Z"]),
    ("duration", ["P14M", "P1Y2M"]),
    ("duration", ["PT36H", "P1DT12H"]),
]
OTHER = [
    ("integer", ["7", "8", "-7", "70", "12345678901234567890123", "12345678901234567890124"]),
    ("decimal", ["1.1", "1.01", "11", "1.100000000000001"]),
    ("boolean", ["true", "false"]),
    ("date", ["2026-02-26", "2026-02-27", "-2026-02-26", "0026-02-26"]),
    ("dateTime", ["2026-02-26T12:30:00Z", "2026-02-26T12:30:00", "2026-02-26T12:30:00.5Z"]),
    ("gYear", ["2026", "0026", "-2026", "-0044"]),
    ("duration", ["P1M", "P30D", "P1M1D", "P2M", "-P1M", "PT1M", "P0M1D"]),
    ("string", ["7", "007", "+7", " 7"]),
    ("anyURI", ["https://example.org", "https://example.org/"]),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("type_", "texts"), SAME)
def test_one_value_has_one_form(form, type_, texts) -> None:
    assert len(forms(form, *(literal(text, XSD + type_) for text in texts))) == 1


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("type_", "texts"), OTHER)
def test_other_values_have_other_forms(form, type_, texts) -> None:
    assert len(forms(form, *(literal(text, XSD + type_) for text in texts))) == len(texts)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_its_own_form(form) -> None:
    for type_, texts in TYPED.items():
        for once in forms(form, *(literal(text, type_) for text in texts)):
            assert FORMS[form](once) == once


@pytest.mark.parametrize("form", FORMS)
def test_texts_and_languages_are_left_as_they_are(form) -> None:
    for one in (ox.Literal("007"), ox.Literal("1.10", language="ko"), literal("1.10", "https://example.org/type")):
        assert forms(form, one) == {ox.Triple(S, S, one)}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (("2147483648", "integer"), ("2147483648", "decimal")),
        (("12.1234567890123456789", "decimal"), ("12.123456789012346", "decimal")),
        (("123456.7", "double"), ("123457.0", "double")),
        (("P400D", "duration"), ("3.456e+07", "duration")),
        (("-P14M", "duration"), ("-14", "duration")),
        (("-0044", "gYear"), ("-044", "gYear")),
        (("2026-02-26T12:30:00.123456789Z", "dateTime"), ("2026-02-26T12:30:00.123456Z", "dateTime")),
    ],
)
def test_what_virtuoso_is_known_to_do(ours, theirs) -> None:
    pair = [literal(text, XSD + type_) for text, type_ in (ours, theirs)]
    assert len(forms("virtuoso", *pair)) == 1
    assert len(forms("any store", *pair)) == 2

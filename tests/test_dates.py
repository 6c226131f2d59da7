"""EDTF dates and their bounds. The number is the row of bad inputs."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date

import pytest

from kg import dates


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2026-02-26", "2026-02-26", "2026-02-26"),
        ("2024-02-29", "2024-02-29", "2024-02-29"),
        ("2000-02", "2000-02-01", "2000-02-29"),
        ("1900-02", "1900-02-01", "1900-02-28"),
        ("2025-12", "2025-12-01", "2025-12-31"),
        pytest.param("2017", "2017-01-01", "2017-12-31", id="9 a year alone"),
        pytest.param("0001", "0001-01-01", "0001-12-31", id="9 the first year"),
        pytest.param("9999", "9999-01-01", "9999-12-31", id="9 the last year"),
        ("2026-01-01/2026-02-18", "2026-01-01", "2026-02-18"),
        ("2025/2026-02", "2025-01-01", "2026-02-28"),
        ("2026-02-26/2026-02-26", "2026-02-26", "2026-02-26"),
        ("2026-02-26/..", "2026-02-26", None),
        ("../2025-12-31", None, "2025-12-31"),
        ("2026-02-26/", "2026-02-26", None),
        ("/2026", None, "2026-12-31"),
        ("2001-21", "2001-03-01", "2001-05-31"),
        ("201X", "2010-01-01", "2019-12-31"),
        ("20XX", "2000-01-01", "2099-12-31"),
        ("2026-XX", "2026-01-01", "2026-12-31"),
        ("2026-02-XX", "2026-02-01", "2026-02-28"),
        ("2025-12~", "2025-12-01", "2025-12-31"),
        ("2026?", "2026-01-01", "2026-12-31"),
        ("2026-02-26%", "2026-02-26", "2026-02-26"),
        ("[2025,2026]", "2025-01-01", "2026-12-31"),
        ("{2025..2027}", "2025-01-01", "2027-12-31"),
        ("2026-02-26T10:00:00Z", "2026-02-26", "2026-02-26"),
        ("1950S2", "1900-01-01", "1999-12-31"),  # two significant digits: some year of the century, estimated 1950
    ],
)
def test_bounds(text: str, earliest: str | None, latest: str | None) -> None:
    found = dates.bounds(text)
    assert (found.earliest, found.latest) == tuple(day and date.fromisoformat(day) for day in (earliest, latest))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("2024-02-30", "there is no such day", id="8 2024-02-30"),
        pytest.param("2023-02-29", "there is no such day", id="8 29 February of a year that has none"),
        pytest.param("1900-02-29", "there is no such day", id="8 29 February of 1900"),
        pytest.param("2024-2-3", "did you mean 2024-02-03?", id="8 2024-2-3"),
        pytest.param("2024-2", "did you mean 2024-02?", id="8 2024-2"),
        pytest.param("2024-02-03\n", "is not an EDTF date", id="8 a trailing newline"),
        pytest.param("2024\n", "is not an EDTF date", id="8 a year and a newline"),
        pytest.param(" 2024", "is not an EDTF date", id="8 a leading space"),
        pytest.param("2024-02-30~", "there is no such day", id="8 about a day that there is not"),
        pytest.param("{2024-02-30}", "there is no such day", id="8 a set of no day"),
        pytest.param("2024-02-30/2024-03", "there is no such day", id="8 from a day that there is not"),
        pytest.param("2024-00", "is not an EDTF date", id="8 month 0"),
        pytest.param("2024-13", "is not an EDTF date", id="8 month 13"),
        pytest.param("2024-01-00", "there is no such day", id="8 day 0"),
        pytest.param("2024-02-03T25:00:00Z", "is not an EDTF date", id="8 25 o'clock"),
        pytest.param("0000", "years run from 0001 to 9999", id="9 year 0"),
        pytest.param("-0044", "years run from 0001 to 9999", id="9 a year before 1"),
        pytest.param("-0044-03-15", "years run from 0001 to 9999", id="9 a day before year 1"),
        pytest.param("Y12026", "years run from 0001 to 9999", id="9 a year above 9999"),
        pytest.param("12026", "is not an EDTF date", id="9 a year of five digits without Y"),
        ("", "is not an EDTF date"),
        ("26 February 2026", "is not an EDTF date"),
        ("26/02/2026", "more than one '/'"),
        ("２０２６", "is not an EDTF date"),
        ("2026\u201102", "is not an EDTF date"),
        ("2026/2025", "ends before it begins"),
        ("2026-02-26/2026-02-25", "ends before it begins"),
        ("2025/2026/2027", "more than one '/'"),
        ("..", "is not an EDTF date"),
        ("../..", "says nothing"),
        ("/", "says nothing"),
        ("open/2026", "is not an EDTF date"),
        ("[" * 2000, "is not an EDTF date"),
    ],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        dates.bounds(text)


@pytest.mark.parametrize("text", ["Y1E400000000", "Y9E99999999999", f"[{'2026,' * 2000}2026]", "2026" + "?" * 20000])
def test_a_date_that_costs_much_to_read_is_refused_at_once(text: str) -> None:
    """In a process of its own: what hangs in one number can't be interrupted otherwise."""
    program = "import sys; from kg import dates; dates.bounds(sys.stdin.read())"
    ended = subprocess.run(
        [sys.executable, "-c", program], input=text, timeout=10, capture_output=True, check=False, text=True
    )
    assert "ValueError" in ended.stderr

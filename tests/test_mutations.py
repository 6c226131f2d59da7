"""Valid files in which a few bytes, lines or words are changed: the reader never fails, hangs, or keeps what it refuses.

A coverage-guided search needs a build of its own; here chance and the shrinking of Hypothesis do the search, and the seeds
are the shipped files, the texts of every case, and files that have brought down programs of this kind.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from generation import BASE, ROOT, STEADY, shipped
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg import expansion, factfile
from kg.diagnostic import Severity
from kg.records import index

SEEDS = [file.read_bytes()[:4000] for file in sorted((ROOT / "facts").rglob("*.yaml"))][:40] + [
    "\n".join(line[2:] for line in case.read_text(encoding="utf-8").splitlines() if line.startswith("+ ")).encode()
    for case in sorted((ROOT / "tests" / "cases").glob("*.case"))
]
PIECES = st.sampled_from(
    [
        *(b"\n", b"\r", b"\r\n", b"\t", b" ", b"  ", b"- ", b": ", b":", b", ", b"{", b"}", b"[", b"]", b"#", b" #", b"&a "),
        *(b"*a", b"!!str ", b"! ", b"<<: ", b"? ", b"|", b">-", b"'", b'"', b"\\", b"\\x00", b"\\L", b"---\n", b"...\n"),
        *(b"%YAML 1.2\n", b"\x00", b"\x1b[2J", b"\x7f", b"\xc2\x85", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"\xff", b"\xed\xa0\x80"),
        *(b"id: x\n", b"type: Person\n", b"type: []\n", b"<<<<<<< HEAD\n", b"@id: x\n", b"null", b"~", b"0", b"\xf0\x9f\x98\x80"),
    ]
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A seed in which pieces are put in, taken out, doubled or swapped."""
    data = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        piece = draw(st.one_of(PIECES, st.just(b""), st.just(data[start:end] * 2), st.binary(max_size=4)))
        data = data[:start] + piece + data[end:]
    return data


def told(data: bytes) -> tuple[list[kg.Diagnostic], factfile.FactFile]:
    """All that reading and expanding a file reports."""
    file, found = factfile.parse(data, "facts/a.yaml")
    entries, diagnostics = index([file], shipped())
    expander = expansion.Expander(shipped(), BASE)
    results = [expander.expand(entry, entries) for entry in entries.values()]
    return [*found, *diagnostics, *(d for result in results for d in result.diagnostics)], file


@settings(STEADY, max_examples=1500)
@given(mutated())
def test_a_changed_file_is_read_or_refused(data: bytes) -> None:
    diagnostics, file = told(data)
    lines = file.text.count("\n") + file.text.count("\r") + 1
    for diagnostic in diagnostics:
        assert str(diagnostic).isprintable()
        assert diagnostic.location.line < lines or not file.text
    assert file.records or any(d.severity is Severity.ERROR for d in diagnostics)


@settings(STEADY, max_examples=15)
@given(mutated())
def test_no_output_after_an_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """The whole program: a build writes all its files, or says why and writes none."""
    from inside import kg as program

    root: Path = tmp_path_factory.mktemp("mutated")
    (root / "facts").mkdir()
    (root / "facts" / "dataset.yaml").write_text("format: 1\nbase: https://example.org/\n", encoding="utf-8")
    (root / "facts" / "a.yaml").write_bytes(data)
    done = program("--project", root, "build")
    assert done.code == (0 if (root / "build" / "kg.ttl").exists() else 1), done.err
    assert "Traceback" not in done.err
    assert done.code == 0 or "error[" in done.err

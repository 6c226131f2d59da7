"""Four parsers that know nothing of each other. Each reads RDF and gives it back as N-Triples or N-Quads."""

from __future__ import annotations

import os
import shutil
import subprocess
import warnings
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

MEDIA = {"turtle": ox.RdfFormat.TURTLE, "ntriples": ox.RdfFormat.N_TRIPLES, "nquads": ox.RdfFormat.N_QUADS}
_OF_RDFLIB = {"turtle": "turtle", "ntriples": "nt", "nquads": "nquads"}


def _pyoxigraph(file: Path, format_: str) -> bytes:
    return ox.serialize(ox.parse(path=file, format=MEDIA[format_]), format=ox.RdfFormat.N_QUADS) or b""


def _rdflib(file: Path, format_: str) -> bytes:
    normalizes, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        if format_ == "nquads":
            with warnings.catch_warnings(action="ignore"):  # rdflib warns of its own code
                return rdflib.Dataset().parse(file, format="nquads").serialize(format="nquads", encoding="utf-8")
        return rdflib.Graph().parse(file, format=_OF_RDFLIB[format_]).serialize(format="nt", encoding="utf-8")
    finally:
        rdflib.NORMALIZE_LITERALS = normalizes


def _serdi(file: Path, format_: str) -> bytes:
    output = "nquads" if format_ == "nquads" else "ntriples"
    return _run("serdi", "serdi", "-q", "-i", format_, "-o", output, str(file))


def _rapper(file: Path, format_: str) -> bytes:
    output = "nquads" if format_ == "nquads" else "ntriples"
    return _run("rapper", "raptor2-utils", "-q", "-i", format_, "-o", output, str(file))


def _run(program: str, package: str, *options: str) -> bytes:
    if shutil.which(program) is None:
        why = f"{program} is not installed (Debian: {package})"
        if os.environ.get("CI"):
            pytest.fail(f"{why}; CI must have it")
        pytest.skip(why)
    done = subprocess.run([program, *options], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b"", done.stderr.decode()
    return done.stdout


PARSERS = {"pyoxigraph": _pyoxigraph, "rdflib": _rdflib, "serdi": _serdi, "rapper": _rapper}


def parse(parser: str, file: Path, format_: str) -> set[ox.Quad]:
    """Read a file with one of the parsers."""
    return set(ox.parse(PARSERS[parser](file, format_), format=ox.RdfFormat.N_QUADS))


def quads(triples: object) -> set[ox.Quad]:
    """Put triples into the default graph."""
    return {ox.Quad(t.subject, t.predicate, t.object) for t in triples}  # type: ignore[attr-defined]

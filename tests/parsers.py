"""Parsers that know nothing of each other. Each reads RDF and gives it back as N-Triples or N-Quads.

Those in JavaScript are installed by npm into a folder that goes away again: N3.js, rdfxml-streaming-parser (MIT) and
jsonld.js (BSD-3).
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import tempfile
import warnings
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from pyld import jsonld

MEDIA = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
QUADS = ("nquads", "trig")
_OF_RDFLIB = {"turtle": "turtle", "ntriples": "nt", "rdfxml": "xml", "jsonld": "json-ld"}
_NPM = ("n3@2.13.12", "jsonld@9.0.0", "rdfxml-streaming-parser@3.3.0")


def _pyoxigraph(file: Path, format_: str) -> bytes:
    return ox.serialize(ox.parse(path=file, format=MEDIA[format_]), format=ox.RdfFormat.N_QUADS) or b""


def _rdflib(file: Path, format_: str) -> bytes:
    normalizes, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        with warnings.catch_warnings(action="ignore"):  # rdflib warns of its own code
            if format_ in QUADS:
                return rdflib.Dataset().parse(file, format=format_).serialize(format="nquads", encoding="utf-8")
            return rdflib.Graph().parse(file, format=_OF_RDFLIB[format_]).serialize(format="nt", encoding="utf-8")
    finally:
        rdflib.NORMALIZE_LITERALS = normalizes


def _serdi(file: Path, format_: str) -> bytes:
    output = "nquads" if format_ in QUADS else "ntriples"
    return _run("serdi", "serdi", "-q", "-i", format_, "-o", output, str(file))


def _rapper(file: Path, format_: str) -> bytes:
    output = "nquads" if format_ in QUADS else "ntriples"
    return _run("rapper", "raptor2-utils", "-q", "-i", format_, "-o", output, str(file))


def _pyld(file: Path, format_: str) -> bytes:
    assert format_ == "jsonld"
    document = json.loads(file.read_text(encoding="utf-8"))
    return jsonld.to_rdf(document, {"format": "application/n-quads", "documentLoader": _no_loader}).encode()


def _no_loader(url: str, _: object) -> None:
    raise AssertionError(f"asked to fetch {url}")


def _javascript(file: Path, format_: str) -> bytes:
    return _run("node", "nodejs", str(_modules() / "judge.cjs"), format_, str(file))


@cache
def _modules() -> Path:
    """Install the parsers in JavaScript, once a run."""
    _need("npm", "npm")
    folder = Path(tempfile.mkdtemp(prefix="kg-judges-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    options = ("--no-audit", "--no-fund", "--no-save", "--prefix", str(folder))
    done = subprocess.run(["npm", "install", *options, *_NPM], capture_output=True, check=False, cwd=folder)
    if done.returncode:
        _missing(f"npm cannot install {', '.join(_NPM)}: {done.stderr.decode()[-500:]}")
    shutil.copy(Path(__file__).with_name("judge.cjs"), folder)
    return folder


def _need(program: str, package: str) -> None:
    if shutil.which(program) is None:
        _missing(f"{program} is not installed (Debian: {package})")


def _missing(why: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"{why}; CI must have it")
    pytest.skip(why)


def _run(program: str, package: str, *options: str) -> bytes:
    _need(program, package)
    done = subprocess.run([program, *options], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b"", done.stderr.decode()
    return done.stdout


PARSERS = {"pyoxigraph": _pyoxigraph, "rdflib": _rdflib, "serdi": _serdi, "rapper": _rapper}
_OTHERS = {"pyld": _pyld, "n3.js": _javascript, "jsonld.js": _javascript, "rdfxml-streaming-parser": _javascript}
# Which can read what.
JUDGES = {
    **dict.fromkeys(("turtle", "ntriples", *QUADS), (*PARSERS, "n3.js")),
    "jsonld": ("pyoxigraph", "rdflib", "pyld", "jsonld.js"),
    "rdfxml": ("pyoxigraph", "rdflib", "rapper", "rdfxml-streaming-parser"),
}


def parse(parser: str, file: Path, format_: str) -> set[ox.Quad]:
    """Read a file with one of the parsers."""
    return set(ox.parse((PARSERS | _OTHERS)[parser](file, format_), format=ox.RdfFormat.N_QUADS))


def canonical(file: Path) -> bytes:
    """Return N-Quads in the canonical form that rdf-canonize, a part of jsonld.js, gives them."""
    return _javascript(file, "canonical")


def quads(triples: object) -> set[ox.Quad]:
    """Put triples into the default graph."""
    return {ox.Quad(t.subject, t.predicate, t.object) for t in triples}  # type: ignore[attr-defined]

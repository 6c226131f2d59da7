"""From YAML to Turtle: kg, its peers, and the limit."""

from __future__ import annotations

import json
import shutil
import sys
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
from bench import KG, ONTOLOGY, PEERS, Bench

from kg import ontology, vocabulary
from kg.ontology import TYPE
from kg.vocabulary import Kind

PLAIN = "plain recipe (CSafeLoader, rdflib)"
LINKML = "linkml-convert --no-validate"
MORPH = "morph-kgc (RML over JSON)"
LIMIT = "the limit (rapidyaml, the same bytes)"


def fields() -> str:
    """Return what a plain recipe has to know of the ontology."""
    onto, _ = ontology.load(ONTOLOGY)
    vocab = vocabulary.read(onto)
    kinds = {Kind.PART: "part", Kind.TEXT: "text", Kind.REFERENCE: "reference", Kind.CODE: "code"}
    table = {}
    for cls in vocab.classes.values():
        table[cls.name] = {"": [cls.iri, "", ""]}
        for f in cls.fields.values():
            of = vocab.by_iri[f.range].name if f.kind is Kind.PART else f.range
            table[cls.name][f.name] = [f.path, kinds.get(f.kind, "literal"), of]
    return json.dumps(table)


def build(bench: Bench, records: int) -> None:
    """Without validation against all others, and with it."""
    project, out = bench.project(records), bench.folder / "out"
    table, plain = bench.folder / "fields.json", bench.folder / "plain.ttl"
    table.write_text(fields())
    bench.run(KG, "--project", project, "build", "--unchecked", "--out", out)
    made = shutil.copy(out / "kg.ttl", bench.folder / "limit-input.ttl")
    contenders = {
        "kg build --unchecked": lambda: bench.run(KG, "--project", project, "build", "--unchecked", "--out", out),
        PLAIN: lambda: bench.run(sys.executable, PEERS / "plain.py", project, table, plain),
    }
    written = {}
    if linkml := bench.environment("linkml"):
        document = bench.folder / "linkml-input"
        bench.run(sys.executable, PEERS / "linkml_input.py", project, document)
        written[LINKML] = bench.folder / "linkml.ttl"
        convert = (linkml / "linkml-convert", "--no-validate", "--schema", document / "schema.yaml")
        contenders[LINKML] = lambda: bench.run(*convert, "--output", written[LINKML], document / "data.yaml")
    if morph := bench.environment("morph-kgc"):
        tables = bench.folder / "morph-kgc-input"
        bench.run(sys.executable, PEERS / "rml_input.py", project, tables)
        written[MORPH] = tables / "out.nt"
        materialise = (morph / "python", "-m", "morph_kgc")
        contenders[MORPH] = lambda: bench.run(*materialise, tables / "config.ini")
        contenders[f"{MORPH}, one process"] = lambda: bench.run(*materialise, tables / "single.ini")
    contenders[LIMIT] = lambda: bench.run(sys.executable, PEERS / "limit.py", project, made, bench.folder / "limit.ttl")
    contenders["kg build (validates)"] = lambda: bench.run(KG, "--project", project, "build", "--out", out)
    bench.compare(
        f"build, {records} records",
        contenders,
        {
            PLAIN: "at least 20",
            LINKML: "at least 40",
            MORPH: "at least 5",
            LIMIT: "at least 0.33",
            "kg build (validates)": "a fifth of the plain recipe",
        },
    )
    same = _asserted(out / "kg.ttl", plain)
    print(f"\nTriples of the plain recipe are those that kg asserts: {'yes' if same else 'NO'}.")
    for name, file in written.items():
        tagged = name != LINKML
        same = _triples(file, tagged=tagged) == (wanted := _triples(plain, tagged=tagged))
        print(f"Triples of {name} are the {len(wanted)} of the plain recipe: {'yes' if same else 'NO'}.")


def _triples(file: Path, *, tagged: bool) -> set[ox.Quad]:
    """Return the triples of a peer, equal if the graphs are, less what peers differ in.

    Which is: the types of parts, which kg derives; the node that holds the records of a LinkML document; and, where not
    tagged, the languages of text, which LinkML does not write.
    """
    triples = [quad.triple for quad in ox.parse(path=str(file))]
    held = {t.object for t in triples}
    kept = ox.Dataset()
    for t in triples:
        if isinstance(t.subject, ox.BlankNode) and (t.predicate == TYPE or t.subject not in held):
            continue
        text = isinstance(t.object, ox.Literal) and t.object.language and not tagged
        kept.add(ox.Quad(t.subject, t.predicate, ox.Literal(t.object.value) if text else t.object))
    kept.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(kept)


def _asserted(kg: Path, plain: Path) -> bool:
    """Hold the triples of the plain recipe against those of kg: all are there, parts by other names."""
    graphs = []
    for file in (kg, plain):
        triples = [quad.triple for quad in ox.parse(path=str(file), format=ox.RdfFormat.TURTLE)]
        parts = {}
        for t in triples:
            for term in (t.subject, t.object):
                name = getattr(term, "value", "") if not isinstance(term, ox.Literal) else ""
                if isinstance(term, ox.BlankNode) or "." in name.rpartition("/")[2]:
                    parts[term] = ox.BlankNode()
        graphs.append((triples, parts))
    (ours, our_parts), (theirs, _) = graphs
    derived = {t for t in ours if t.predicate.value.startswith("http://www.w3.org/ns/oa#")}
    flat = {t for t in ours if t.subject not in our_parts and t.object not in our_parts} - derived
    said = {t for t in theirs if not isinstance(t.subject, ox.BlankNode) and not isinstance(t.object, ox.BlankNode)}
    in_parts = lambda ts: sorted(  # noqa: E731 - used here only
        f"{t.predicate} {t.object}"
        for t in ts
        if not isinstance(t.object, ox.BlankNode) and "." not in str(t.object).rpartition("/")[2]
    )
    wanted = in_parts(t for t in theirs if isinstance(t.subject, ox.BlankNode))
    there = in_parts(t for t in ours if t.subject in our_parts)
    return said <= flat and not _missing(wanted, there)


def _missing(wanted: list[str], there: list[str]) -> list[str]:
    return list((Counter(wanted) - Counter(there)).elements())

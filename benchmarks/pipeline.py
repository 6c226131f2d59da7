"""From YAML to Turtle: kg (reads with positions, checks every field, names parts) against the plain recipe.

The plain recipe is PyYAML's CSafeLoader and rdflib, with no check and no location; it makes as many triples.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import rdflib
import yaml
from ratio import compare

from kg import derivation, expansion, factfile, ontology, records, vocabulary
from kg.export import turtle
from kg.graph import Graph
from kg.project import shipped_ontology

RECORDS = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
BASE = "https://example.org/id/"
RECORD = """\
id: statement-{n}
type: Statement
label: {{en: "Statement number {n}"}}
speaker: {{by: person-{n}}}
chain:
  - {{position: 1, known: not-stated}}
  - {{position: 2, in: article}}
kind: report
modality: asserted
status: attributed
proposition: {{en: "Person {n} said that thing number {n} would happen."}}
about: [person-{n}]
said: {{date: 2026-02-{d:02}, basis: explicit}}
evidence:
  - document: article
    exact: "Person {n} said “thing number {n}” would happen"
    start: {n}
    end: {e}
    quotation: "thing number {n}"
    wording: fragment
"""


def kg(folder: Path) -> None:
    """Read, expand, derive classes, write."""
    onto, _ = ontology.load(shipped_ontology())
    vocab = vocabulary.read(onto)
    files = [factfile.read(file, file.name)[0] for file in sorted(folder.glob("*.yaml"))]
    entries, _ = records.index(files, vocab)
    ids = {f"person-{n}": None for n in range(RECORDS)} | {"article": None} | dict.fromkeys(entries)
    triples, parts = set(), {}
    for entry in entries.values():
        made = expansion.expand(entry, vocab, BASE, ids)
        triples.update(triple for triple, _ in made.triples)
        parts |= made.parts
    derived = frozenset(derivation._types(frozenset(triples), parts, vocab))  # noqa: SLF001 - without the rules, which the recipe lacks too
    (folder / "kg.ttl").write_bytes(b"".join(turtle.write(Graph(BASE, frozenset(triples), derived, onto))))


def plain(folder: Path) -> None:
    """Do what a script of an afternoon would."""
    graph = rdflib.Graph()
    space = rdflib.Namespace("https://w3id.org/kg-facts/ontology#")

    def add(node: rdflib.term.Node, content: dict[str, object]) -> None:
        for key, value in content.items():
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict):
                    part = rdflib.BNode()
                    graph.add((node, space[key], part))
                    add(part, item)
                else:
                    graph.add((node, space[key], rdflib.Literal(item)))

    for file in sorted(folder.glob("*.yaml")):
        for record in yaml.load(file.read_text(), yaml.CSafeLoader):
            add(rdflib.URIRef(BASE + record["id"]), record)
    graph.serialize(folder / "plain.ttl", format="turtle")


with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    records = [
        RECORD.format(n=n, e=n + len(f"Person {n} said “thing number {n}” would happen"), d=n % 28 + 1)
        for n in range(RECORDS)
    ]
    listed = ("- " + record.rstrip().replace("\n", "\n  ") for record in records)
    (folder / "facts.yaml").write_text("\n".join(listed) + "\n")
    print(f"{RECORDS} records")
    compare({"kg": lambda: kg(folder), "CSafeLoader + rdflib": lambda: plain(folder)}, rounds=3)

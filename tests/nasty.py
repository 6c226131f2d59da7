"""A project full of traps for writers: texts, numbers and dates that formats mistake, and an ontology with odd names."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from generation import AWKWARD, ROOT

# What spreadsheets run, Cypher and CSV end at, Excel decodes, and JSON splits lines at.
_MORE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "'=1+1",
    "''",
    "＝1+1",
    '=HYPERLINK("https://example.org/";"x")',
    "https://example.org/",
    "1e5",
    "0012",
    "TRUE",
    "#N/A",
    "_x000D_",
    "'); MATCH (n) DETACH DELETE n //",
    "`); MATCH (n) DETACH DELETE n //",
    "a;b",
    "a; b",
    "a,b",
    "a|b",
    "\\",
    '\\"',
    '"\\',
    "$rows {uri: 1}",
    "]]>",
    "<data>&amp;&#13;",
    "\r\n",
    "null",
    "[]",
    "경\u2028경\u2029😀",
    "long " + "x😀" * 10_000,
]
TEXTS = list(dict.fromkeys([*AWKWARD, *_MORE]))
TERMS = """
@prefix kg: <https://w3id.org/kg-facts/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

kg:Oddity a owl:Class ; rdfs:subClassOf kg:Record ; rdfs:label "oddity"@en ; skos:definition "What is odd."@en .
[] a sh:NodeShape ; sh:targetClass kg:Oddity ;
    sh:property [ sh:path kg:words ; sh:order 10 ; sh:datatype rdf:langString ] ;
    sh:property [ sh:path kg:strings ; sh:order 11 ; sh:datatype xsd:string ] ;
    sh:property [ sh:path kg:number ; sh:order 12 ; sh:datatype xsd:integer ; sh:maxCount 1 ] ;
    sh:property [ sh:path kg:numbers ; sh:order 13 ; sh:datatype xsd:integer ] ;
    sh:property [ sh:path kg:amount ; sh:order 14 ; sh:datatype xsd:decimal ; sh:maxCount 1 ] ;
    sh:property [ sh:path kg:amounts ; sh:order 15 ; sh:datatype xsd:decimal ] ;
    sh:property [ sh:path kg:day ; sh:order 16 ; sh:datatype xsd:date ; sh:maxCount 1 ] ;
    sh:property [ sh:path kg:days ; sh:order 17 ; sh:datatype xsd:date ] ;
    sh:property [ sh:path kg:flag ; sh:order 18 ; sh:datatype xsd:boolean ; sh:maxCount 1 ] ;
    sh:property [ sh:path kg:flags ; sh:order 19 ; sh:datatype xsd:boolean ] .
"""
ODD_NAMES = """
kg:Oddity rdfs:comment "Names that have to be quoted."@en .
[] a sh:NodeShape ; sh:targetClass kg:Oddity ;
    sh:property [ sh:path kg:oddText ; sh:name "odd`text" ; sh:order 30 ; sh:datatype xsd:string ; sh:maxCount 1 ] ;
    sh:property [ sh:path kg:oddDay ; sh:name "odd`day" ; sh:order 31 ; sh:datatype xsd:date ; sh:maxCount 1 ] ;
    sh:property [ sh:path kg:oddLink ; sh:name "odd`link" ; sh:order 32 ; sh:class kg:Record ] .
"""
DATASET = """\
format: 1
base: https://example.org/nasty/
title: Nasty
licence: https://creativecommons.org/licenses/by/4.0/
creators: [somebody]
language: en
"""
NUMBERS = [
    "0",
    "7",
    "-7",
    "+7",
    "007",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "9" * 100,
]
AMOUNTS = [
    "0",
    "8700.50",
    "-0.5",
    "+.5",
    "3.",
    "0.1234567890123456789",
    "12345678901234567890.5",
    "0." + "0" * 80 + "1234567890123456789",
]
DAYS = ["0001-01-01", "0987-01-02", "1899-12-31", "1900-02-28", "1900-03-01", "2026-02-26", "9999-12-31"]


def records(*, odd_names: bool) -> list[dict[str, Any]]:
    quotes = [{"document": "doc", "exact": text} for text in TEXTS]
    document = {"id": "doc", "type": "Document", "label": {"en": "Doc"}, "kind": "article", "evidence": quotes}
    found: list[dict[str, Any]] = [document]
    for place, text in enumerate(TEXTS):
        words = {"en": text, "ko": "하나", "zh-Hans": text}
        oddity = {
            "id": f"oddity-{place}",
            "type": "Oddity",
            "label": {"en": text, "ko": text, "pt-BR": text},
            "note": {"en": text},
            "words": words,
            "strings": sorted({text, "and more"}),
            "name": [{"text": {"en": text}, "in": "doc"}],
        }
        for name, values in (
            ("number", NUMBERS),
            ("amount", AMOUNTS),
            ("day", DAYS),
            ("flag", ["true", "false", "1", "0"]),
        ):
            oddity[name] = values[place % len(values)]
            oddity[f"{name}s"] = values[: place % (len(values) + 1)] or values[:1]
        if odd_names:
            oddity |= {"odd`text": text, "odd`day": "0987-01-02", "odd`link": ["doc", f"oddity-{place}"]}
        found.append(oddity)
    dated = {
        "id": "event",
        "type": "Event",
        "label": {"en": "Event"},
        "kind": "meeting",
        "eventStatus": "occurred",
        "when": [
            {"date": date, "basis": "explicit"} for date in ("0001", "0987-01-02", "1899", "2026-02-26/..", "9999")
        ],
        "evidence": [{**quotes[0], "start": "007", "end": "12345678901234567890123", "inferred": "1"}],
    }
    return [*found, dated]


def project(folder: Path, *, odd_names: bool = True) -> Path:
    """Write the project."""
    shutil.copytree(ROOT / "ontology", folder / "ontology")
    (folder / "ontology" / "oddities.ttl").write_text(TERMS + ODD_NAMES * odd_names, encoding="utf-8")
    (folder / "facts").mkdir()
    (folder / "facts" / "dataset.yaml").write_text(DATASET, encoding="utf-8")
    text = json.dumps(records(odd_names=odd_names), ensure_ascii=False, indent=1)
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")  # to libyaml these end a line
    (folder / "facts" / "all.yaml").write_text(text, encoding="utf-8", newline="\n")
    return folder

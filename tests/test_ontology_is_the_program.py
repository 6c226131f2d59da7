"""The ontology is the program: a class is added by Turtle alone, and Python names none of ours."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import jsonschema
import pyoxigraph as ox
import pytest
import referee
import yaml
from generation import ROOT, shipped

import kg
from kg import factfile, questions

# ------------------------------------------------------------------------------------------------------- a class is added

TERMS = """
@prefix kg: <https://w3id.org/kg-facts/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

kg:Sanction a owl:Class ; rdfs:subClassOf kg:Record ;
    rdfs:label "sanction"@en ; skos:definition "A measure of one actor against another."@en .
kg:Waiver a owl:Class ;
    rdfs:label "waiver"@en ; skos:definition "An exception from a sanction."@en .
kg:imposer a owl:ObjectProperty ; rdfs:label "imposed by"@en ; skos:definition "Whose measure it is."@en ; rdfs:range kg:Actor .
kg:severity a owl:ObjectProperty ; rdfs:label "severity"@en ; skos:definition "How hard it is."@en ; rdfs:range skos:Concept .
kg:wordingOfMeasure a owl:DatatypeProperty ; rdfs:label "wording"@en ; skos:definition "How it is put."@en .
kg:volume a owl:DatatypeProperty ; rdfs:label "volume"@en ; skos:definition "How much it cuts."@en ; rdfs:range xsd:decimal .
kg:inForce a owl:DatatypeProperty ; rdfs:label "in force"@en ; skos:definition "Since when, in EDTF."@en .
kg:waiver a owl:ObjectProperty, owl:InverseFunctionalProperty ; rdfs:label "waiver"@en ; skos:definition "Holds exceptions."@en .
"""
SHAPES = """
@prefix kg: <https://w3id.org/kg-facts/ontology#> .
@prefix shape: <https://w3id.org/kg-facts/shape/> .
@prefix sanction-severity: <https://w3id.org/kg-facts/code/sanction-severity/> .
@prefix edtf: <http://id.loc.gov/datatypes/edtf/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

shape:Sanction a sh:NodeShape ; sh:targetClass kg:Sanction ;
    sh:property [ sh:path kg:imposer ; sh:order 10 ; sh:minCount 1 ; sh:class kg:Actor ; sh:description "Who imposes it."@en ] ;
    sh:property [ sh:path kg:severity ; sh:order 20 ; sh:minCount 1 ; sh:maxCount 1 ; sh:node sanction-severity: ;
        sh:description "How hard it is."@en ] ;
    sh:property [ sh:path kg:wordingOfMeasure ; sh:name "measureText" ; sh:order 30 ; sh:datatype rdf:langString ;
        sh:uniqueLang true ; sh:description "How the source puts it."@en ] ;
    sh:property [ sh:path kg:volume ; sh:order 40 ; sh:maxCount 1 ; sh:datatype xsd:decimal ; sh:description "How much."@en ] ;
    sh:property [ sh:path kg:inForce ; sh:order 50 ; sh:maxCount 1 ; sh:datatype edtf:EDTF ; sh:description "Since when."@en ] ;
    sh:property [ sh:path kg:waiver ; sh:order 60 ; sh:class kg:Waiver ; sh:description "Exceptions, each with its reason."@en ] ;
    sh:property [ sh:path kg:evidence ; sh:order 800 ; sh:minCount 1 ; sh:class kg:Evidence ; sh:description "The words."@en ] .

shape:Waiver a sh:NodeShape ; sh:targetClass kg:Waiver ;
    sh:property [ sh:path kg:imposer ; sh:order 10 ; sh:maxCount 1 ; sh:class kg:Actor ; sh:description "Who grants it."@en ] ;
    sh:property [ sh:path kg:reason ; sh:order 20 ; sh:minCount 1 ; sh:datatype rdf:langString ; sh:description "Why."@en ] ;
    sh:property [ sh:path kg:evidence ; sh:order 800 ; sh:class kg:Evidence ; sh:description "The words."@en ] .
"""
CODES = """
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix sanction-severity: <https://w3id.org/kg-facts/code/sanction-severity/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

sanction-severity: a skos:ConceptScheme, sh:NodeShape ;
    dcterms:title "severity of sanctions"@en ; skos:definition "How hard a sanction is."@en ;
    sh:property [ sh:path skos:inScheme ; sh:hasValue sanction-severity: ] .
sanction-severity:mild a skos:Concept ; skos:inScheme sanction-severity: ;
    skos:prefLabel "mild"@en ; skos:definition "Hardly felt."@en .
sanction-severity:harsh a skos:Concept ; skos:inScheme sanction-severity: ;
    skos:prefLabel "harsh"@en ; skos:definition "Felt by all."@en .
"""
OURS = "https://w3id.org/kg-facts/ontology#"
GOLDEN = Path(__file__).parent / "golden" / "small" / "facts"
VALID = """
id: oil-sanction
type: Sanction
label: {en: Cut of oil imports}
imposer: [united-states, south-korea]
severity: harsh
measureText: {en: "imports of oil are cut", ko: "원유 수입 축소"}
volume: 4.50
inForce: 2026-02
waiver:
  - imposer: united-states
    reason: {en: food}
    evidence: {document: kim-rejects-seoul, exact: "food is exempt", supports: [reason]}
evidence:
  - {document: kim-rejects-seoul, exact: "cut of oil imports", supports: [volume, waiver]}
---
id: united-states
type: State
label: {en: United States}
evidence: {document: kim-rejects-seoul, exact: "the United States"}
"""
BROKEN = """
id: oil-sanction
type: Sanction
label: {en: Cut of oil imports}
imposer: kim-rejects-seoul
severity: hrash
measureText: cut of oil
volume: much
inForce: 2026-02-30
waiver:
  - {imposer: south-korea}
  - {reason: {en: food}, severity: mild}
wavier: [{reason: {en: food}}]
evidence: {document: kim-rejects-seoul, exact: "cut of oil imports", supports: [volum]}
"""


def kg_command(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command line as a user does."""
    program = "from kg.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], input=text, capture_output=True, text=True, check=False
    )


@pytest.fixture
def project(tmp_path) -> Path:
    """A project with an ontology of its own: ours, and some Turtle behind it."""
    shutil.copytree(ROOT / "ontology", tmp_path / "ontology")
    shutil.copytree(GOLDEN, tmp_path / "facts")
    for name, text in (("ontology", TERMS), ("shapes", SHAPES), ("codes", CODES)):
        with (tmp_path / "ontology" / f"{name}.ttl").open("a", encoding="utf-8") as file:
            file.write(text)
    return tmp_path


def write(project: Path, text: str) -> None:
    for number, record in enumerate(text.split("---\n")):
        (project / "facts" / f"new-{number}.yaml").write_text(record.lstrip(), encoding="utf-8")


def test_python_knows_nothing_of_the_new_class() -> None:
    text = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "kg").rglob("*.py")).lower()
    assert not [word for word in ("sanction", "waiver", "imposer", "measuretext", "inforce", "harsh") if word in text]


def test_facts_of_a_new_class_are_built(project) -> None:
    write(project, VALID)
    build = kg.build(project)
    assert build.diagnostics == ()
    record = ox.NamedNode("https://example.org/id/oil-sanction")
    said = {(t.predicate.value, t.object) for t in build.graph if t.subject == record}
    decimal, edtf = ("http://www.w3.org/2001/XMLSchema#decimal", "http://id.loc.gov/datatypes/edtf/EDTF")
    assert (OURS + "volume", ox.Literal("4.50", datatype=ox.NamedNode(decimal))) in said
    assert (OURS + "inForce", ox.Literal("2026-02", datatype=ox.NamedNode(edtf))) in said
    assert (OURS + "severity", ox.NamedNode("https://w3id.org/kg-facts/code/sanction-severity/harsh")) in said
    assert (OURS + "wordingOfMeasure", ox.Literal("원유 수입 축소", language="ko")) in said
    assert {o.value for p, o in said if p == OURS + "imposer"} == {
        "https://example.org/id/united-states",
        "https://example.org/id/south-korea",
    }
    types = {o.value for p, o in said if p.endswith("#type")}
    assert {OURS + "Sanction", OURS + "Record"} <= types
    (waiver,) = [o for p, o in said if p == OURS + "waiver"]
    assert (
        ox.Triple(
            waiver, ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), ox.NamedNode(OURS + "Waiver")
        )
        in build.graph.derived
    )


def test_mistakes_in_a_new_class_are_found_where_they_are(project) -> None:
    write(project, BROKEN)
    found = {(d.code, d.location.line + 1, d.location.column + 1) for d in kg.build(project).diagnostics}
    assert found == {
        ("shape/class", 4, 10),  # a document imposes nothing
        ("unknown-code", 5, 11),
        ("expected-language", 6, 14),
        ("bad-value", 7, 9),
        ("bad-date", 8, 10),
        ("shape/min-count", 10, 5),  # a waiver without reason
        ("unknown-field", 11, 26),  # a waiver has no severity
        ("unknown-field", 12, 1),
        ("unknown-field", 13, 81),  # a sanction has no field 'volum' that evidence could support
    }
    assert {d.location.path for d in kg.build(project).diagnostics} == {"facts/new-0.yaml"}
    hints = {d.code: d.hint for d in kg.build(project).diagnostics if d.location.line + 1 in (5, 12)}
    assert "harsh" in hints["unknown-code"]
    assert "waiver" in hints["unknown-field"]


def test_a_new_class_can_be_asked_for(project) -> None:
    write(project, VALID)
    query = (
        "SELECT ?id ?amount ?since ?who { ?id a kg:Sanction ; kg:volume ?amount ; kg:inForce ?since ; kg:imposer ?who }"
    )
    done = kg_command(
        "--project", str(project), "query", "-", "--format", "csv", "--set", "who=United States", text=query
    )
    assert done.returncode == 0, done.stderr
    head, row = done.stdout.splitlines()
    assert head == "id,amount,since,who"
    # SPARQL engines may write a decimal shorter
    expected = "https://example.org/id/oil-sanction,4.5,2026-02,https://example.org/id/united-states"
    assert row.replace("4.50", "4.5") == expected
    build = kg.build(project)
    harsh = questions.setting("sanction-severity/harsh", build.names, build.vocabulary)
    answer = questions.ask(build.graph, questions.make("-", "ASK { ?s kg:severity ?how }"), {"how": harsh})
    assert answer is True


def test_the_schemas_of_a_new_class_are_made(project) -> None:
    write(project, VALID)
    before = kg_command("--project", str(project), "schema", "--check")
    assert before.returncode == 1
    assert "schema-drift" in before.stdout + before.stderr
    assert kg_command("--project", str(project), "schema").returncode == 0
    assert kg_command("--project", str(project), "schema", "--check").returncode == 0
    schema = json.loads((project / "ontology" / "facts.schema.json").read_text(encoding="utf-8"))
    record = yaml.safe_load((project / "facts" / "new-0.yaml").read_text(encoding="utf-8"))
    jsonschema.validate(record, schema)
    for mistake in ({"severity": "hrash"}, {"wavier": []}, {"waiver": [{}]}, {"imposer": 1.5}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**record, **mistake}, schema)
    # and the new context makes JSON-LD of it
    context = json.loads((project / "ontology" / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    text = (project / "facts" / "new-0.yaml").read_text(encoding="utf-8")
    file, _ = factfile.parse(text.encode(), "facts/new-0.yaml")
    ours = referee.expanded(file, kg.build(project).vocabulary, "https://example.org/id/")
    assert all(judge(text, context, "https://example.org/id/") == ours for judge in referee.PROCESSORS.values())
    assert any(OURS + "waiver" in line for line in ours)


def test_a_stub_of_a_new_class_is_made(project) -> None:
    done = kg_command("--project", str(project), "new", "Sanction", "gas-sanction")
    assert done.returncode == 0, done.stderr
    stub = next((project / "facts").rglob("gas-sanction.yaml")).read_text(encoding="utf-8")
    assert {"id: gas-sanction", "type: Sanction"} <= set(stub.splitlines())
    assert "One of: mild, harsh" in stub or "One of: harsh, mild" in stub
    assert "Exceptions, each with its reason." in stub


# --------------------------------------------------------------------------------------------------- what Python may name

# Words of fact files that Python needs for something else. Each is needed, which the last test holds.
ALLOWED = {
    "Name": "xsd:Name, a datatype",
    "'sha256'": "the algorithm, in the name of a file",
    "creator": "dcterms:creator in the metadata of the data set",
    # Python, its libraries, the standards
    "name": "names of all sorts of things",
    "text": "any text",
    "value": "of a scalar, a term, a field",
    "object": "Python's class; the object of a triple (RDF)",
    "subject": "of a triple (RDF)",
    "predicate": "of a triple (RDF)",
    "label": "the label of a class or code (RDFS, SKOS)",
    "description": "the description of a field (SHACL)",
    "language": "of a literal (RDF); of a query",
    "kind": "the kind of a field: vocabulary.Kind",
    "date": "datetime.date, xsd:date",
    "duration": "xsd:duration",
    "target": "the target of a shape (SHACL); a file to write to",
    "reason": "of a UnicodeDecodeError",
    "owner": "the node that holds a part or shape",
    "member": "of an RDF list",
    "position": "an offset in a text",
    "place": "where a diagnostic points at",
    "rule": "of the ontology's rules",
    "operator": "of a regular expression",
    "about": "what a header or a graph says of something",
    "said": "the triples that facts say",
    "known": "names that are known",
    "between": "preposition",
    "by": "preposition",
    "from": "preposition",
    "in": "preposition, keyword",
    "to": "preposition",
    "Event": "of the YAML parser",
    "document": "a YAML document; a heading of the audit",
    "note": "SARIF's name of a hint",
    "record": "what a fact file holds (DESIGN.md)",
    "lint": "a kind of check (DESIGN.md)",
    "span": "of a match of a regular expression",
    "link": "a link of the file system; a link to words on a page",
    "event": "of the YAML parser",
    "state": "of a folder that is watched",
    "status": "of an answer (HTTP)",
    "form": "of a request (HTTP), of a value",
    "condition": "of a SPARQL pattern",
    "url": "an address on the web",
    "scope": "of a request (ASGI)",
}
# Columns of views: the contract between Python and ontology/views. A variable may be called so, a row asked for it, and
# an object that is printed have it as a key; else Python says the name of a field.
COLUMNS = {
    "exact": "views/audit/quotes.rq",
    "start": "views/audit/quotes.rq",
    "end": "views/audit/quotes.rq",
    "quotation": "views/audit/quotes.rq",
    "sha256": "views/audit/texts.rq",
    "length": "views/audit/texts.rq",
    "wording": "views/why/2-words.rq",
}
NAMESPACE = re.compile(r"w3id\.org/kg-facts|(?<!urn:)\bkg:[A-Za-z]")


def files() -> list[Path]:
    return sorted((ROOT / "kg").rglob("*.py"))


def forbidden() -> set[str]:
    """The classes and fields of the ontology; the classes in small letters as well."""
    classes = shipped().classes.values()
    return (
        {cls.name for cls in classes}
        | {cls.name.lower() for cls in classes}
        | {name for cls in classes for name in cls.fields}
    )


def names(node: ast.AST) -> list[str]:
    """The identifiers that a node of a syntax tree holds."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, ast.arg | ast.keyword):
        return [node.arg or ""]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.alias):
        return [*node.name.split("."), node.asname or ""]
    return []


def words(text: str) -> set[str]:
    """What a string could name: itself, what is written like code or like a field, and words that no English text has."""
    coded = re.findall(r"`(\w+)`|[?$@](\w+)|\w:(\w+)|'(\w+)'|\b(\w+): ?", text)
    humps = re.findall(r"\b[a-z]+(?:[A-Z][a-z0-9]*)+\b|\b[A-Z][a-z]+(?:[A-Z][a-z]+)*\b", text)
    pieces = (
        [] if re.search(r"\s|^[a-z-]+/[a-z-]+$", text) else re.split(r"[^\w-]", text)
    )  # a slug is a name of its own
    return {text, *(word for found in coded for word in found), *humps, *pieces}


def documentation(tree: ast.AST) -> set[int]:
    """The docstrings of a module."""
    found = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and body
            and isinstance(body[0], ast.Expr)
        ):
            found.add(id(body[0].value))
    return found


def uses(source: str, path: str = "") -> Iterator[tuple[str, str]]:
    """The words of fact files that a module uses, each with its place."""
    tree = ast.parse(source)
    prose = documentation(tree)
    ours = forbidden()
    keys = {id(node.slice) for node in ast.walk(tree) if isinstance(node, ast.Subscript)}
    for node in ast.walk(tree):
        for key, value in zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ():
            view = isinstance(key, ast.Constant) and str(key.value).endswith(
                ".rq"
            )  # a view and the columns it must have
            keys |= {id(key), *(id(inner) for inner in ast.walk(value) if view)}
    for node in ast.walk(tree):
        place = f"{path}:{getattr(node, 'lineno', 0)}"
        for name in names(node):
            parts = {name, name.strip("_"), *name.split("_")}
            yield from ((word, f"{place} {name}") for word in sorted(parts & ours))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            found = {
                word if id(node) in keys or word not in COLUMNS else f"'{word}'" for word in words(node.value) & ours
            }
            yield from ((word, f"{place} {node.value!r}") for word in sorted(found))
            if NAMESPACE.search(node.value):
                yield "IRI of ours", f"{place} {node.value!r}"


@cache
def found_in_kg() -> dict[str, list[str]]:
    found = defaultdict(list)
    for file in files():
        for word, place in uses(file.read_text(encoding="utf-8"), file.relative_to(ROOT).as_posix()):
            found[word].append(place)
    return found


def test_python_names_no_class_and_no_field_of_ours() -> None:
    assert {word: places for word, places in found_in_kg().items() if word not in ALLOWED | COLUMNS} == {}


@pytest.mark.parametrize("word", sorted(ALLOWED | COLUMNS))
def test_every_exception_is_needed(word) -> None:
    assert word in found_in_kg(), f"{word} can leave the list"


@pytest.mark.parametrize("word", sorted(COLUMNS))
def test_columns_are_columns(word) -> None:
    query = (ROOT / "ontology" / COLUMNS[word]).read_text(encoding="utf-8")
    assert re.search(rf"SELECT[^{{]*\?{word}\b", query)


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("speaker = 1", "speaker"),
        ("def f(addressee): pass", "addressee"),
        ("x.proposition", "proposition"),
        ("f(modality=1)", "modality"),
        ("class Statement: pass", "Statement"),
        ("statement = 1", "statement"),
        ("chain_of = 1", "chain"),
        ("from kg import discrepancy", "discrepancy"),
        ("x['wording']", "wording"),
        ("x = 'SELECT ?speaker'", "speaker"),
        ("x = 'kg:Statement'", "IRI of ours"),
        ("x = 'https://w3id.org/kg-facts/ontology#about'", "IRI of ours"),
        ("x = 'a record like Statement'", "Statement"),
        ("x = 'give it `evidence`'", "evidence"),
        ("x = f'write setBy: {x}'", "setBy"),
        ("x = 'write form: if'", "form"),
        ("START = 'start'", "'start'"),
        ("x = 'give `start`'", "'start'"),
    ],
)
def test_a_word_of_ours_would_be_found(source, word) -> None:
    assert word in {found for found, _ in uses(source)}


def test_docstrings_and_comments_may_say_what_they_like() -> None:
    assert not list(uses('"""The speaker of a Statement."""\n# Statement\ndef f():\n    """A Statement."""\n'))

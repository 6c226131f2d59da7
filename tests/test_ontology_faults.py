"""A copy of the ontology broken on purpose: each fault is told of, and none passes over in silence. The number is the row
of bad inputs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import rdflib
from listener import Listener

import kg
from kg import cli, pipeline, shapes
from kg.shapes import EngineError, Result

STATE = "shape:State a sh:NodeShape ; sh:targetClass kg:State ."
UNIT = "sh:property [ sh:path kg:unit ; sh:datatype xsd:string ; "


def edit(ontology: Path, *, state: str = "", more: str = "") -> Path:
    """Add to the shape of a State, or to the end of shapes.ttl."""
    file = ontology / "shapes.ttl"
    text = file.read_text(encoding="utf-8")
    assert text.count(STATE) == 1
    new = STATE.replace(" .", f" ; {state} .") if state else STATE
    file.write_text(f"{text.replace(STATE, new)}\n{more}\n", encoding="utf-8")
    return file


def place(file: Path, text: str) -> str:
    """Return where a text that stands once stands."""
    whole = file.read_text(encoding="utf-8")
    assert whole.count(text) == 1
    index = whole.index(text)
    return f"ontology/{file.name}:{whole.count(chr(10), 0, index) + 1}:{index - whole.rfind(chr(10), 0, index)}"


def test_the_copy_is_as_good_as_the_original(small: Path, own_ontology: Path) -> None:
    assert own_ontology.is_dir()
    assert kg.build(small).diagnostics == ()


@pytest.mark.parametrize("shipped", [False, True])
def test_a_wrong_query_stops_a_build_whosever_it_is(
    small: Path, own_ontology: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, shipped: bool
) -> None:
    """Those of the shipped ontology are looked at while facts are read; nothing is told of these then, and nothing kept."""
    if shipped:
        monkeypatch.setattr(pipeline, "shipped_ontology", lambda: own_ontology)
    (own_ontology / "views" / "more.rq").write_text("SELECT nothing", encoding="utf-8")
    (small / "facts" / "more.yaml").write_text("id: more\ntype: Nothing\n", encoding="utf-8")
    for _ in range(2):
        build = kg.build(small, cache=tmp_path / "cache")
        assert [diagnostic.code for diagnostic in build.diagnostics] == ["bad-query"]
        assert (build.sources.records, build.checked) == ({}, False)
    (own_ontology / "views" / "more.rq").unlink()
    for _ in range(2):
        build = kg.build(small, cache=tmp_path / "cache")
        assert [diagnostic.code for diagnostic in build.diagnostics] == ["unknown-type"]


@pytest.mark.parametrize(
    ("line", "at"),
    [
        pytest.param("<http://example.org/a b> a kg:Person .", "<http://example.org/a b>", id="25 a space in an IRI"),
        pytest.param(
            "<http://example.org/a\\u0020b> a kg:Person .",
            "<http://example.org/a\\u0020b>",
            id="25 an escaped space in an IRI",
        ),
        pytest.param(
            "<http://example.org/%zz\\> a kg:Person .", "<http://example.org/%zz\\>", id="25 a backslash in an IRI"
        ),
        pytest.param("<Person> a kg:Person .", "<Person>", id="25 a relative IRI"),
        pytest.param('kg:Person rdfs:comment "a\\x" .', "\\x", id="25 a bad escape"),
        pytest.param("nobody:Person a kg:Person .", "nobody:Person", id="25 an undeclared prefix"),
        pytest.param('kg:Person rdfs:comment "a"@e_n .', "@e_n .", id="25 a bad language"),
    ],
)
def test_turtle_that_cannot_be_read(small: Path, own_ontology: Path, line: str, at: str) -> None:
    file = edit(own_ontology, more=line)
    (found,) = kg.build(small).diagnostics
    assert found.code == "ontology-syntax"
    wanted = place(file, line).split(":")
    assert str(found.location).split(":")[:2] == wanted[:2]
    assert int(wanted[2]) + line.index(at) <= found.location.column + 1 <= int(wanted[2]) + line.index(at) + len(at)


def test_25_bytes_that_are_no_utf8(small: Path, own_ontology: Path) -> None:
    (own_ontology / "more.ttl").write_bytes('<x:a> <x:b> "café" .\n'.encode("latin-1"))
    (found,) = kg.build(small).diagnostics
    assert (found.location.path, found.location.line, found.code) == ("ontology/more.ttl", 0, "ontology-syntax")


@pytest.mark.parametrize("engine", shapes.ENGINES)
def test_26_imports_are_not_followed(
    small: Path, own_ontology: Path, tmp_path: Path, listener: Listener, engine: str
) -> None:
    url = listener.address
    (tmp_path / "more.ttl").write_text(
        "<https://imported.example/> a <https://imported.example/Thing> .", encoding="utf-8"
    )
    edit(
        own_ontology,
        more=f"<https://w3id.org/kg-facts/ontology> owl:imports <{url}>, <{(tmp_path / 'more.ttl').as_uri()}> .",
    )
    build = kg.build(small, engine=engine)
    assert [(d.code, str(d.severity)) for d in build.diagnostics] == [("import-not-followed", "warning")] * 2
    assert build.checked
    assert listener.connections == []
    assert not any("imported.example" in str(triple) for triple in build.graph.ontology.triples)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("evil.rdf", id="36 RDF/XML"),
        pytest.param("evil.owl", id="36 OWL in XML"),
        pytest.param("context.jsonld", id="37 JSON-LD"),
    ],
)
def test_other_formats_are_not_read(small: Path, own_ontology: Path, listener: Listener, name: str) -> None:
    url = listener.address
    text = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{url}">]><x>&e;</x>'
    (own_ontology / name).write_text(f'{{"@context": "{url}"}}' if name.endswith("jsonld") else text, encoding="utf-8")
    before = len(kg.build(small).graph)
    assert kg.build(small).diagnostics == ()
    assert len(kg.build(small).graph) == before
    assert listener.connections == []


@pytest.mark.parametrize(
    ("state", "terms"),
    [
        pytest.param(
            'sh:sparql [ sh:select "SELECT $this { SERVICE <URL> {} }" ]',
            ["sparql", "select"],
            id="27 SERVICE in sh:sparql",
        ),
        pytest.param('sh:sparql [ sh:ask "ASK FROM <URL> {}" ]', ["sparql", "ask"], id="27 FROM in sh:sparql"),
        pytest.param(
            'sh:target [ a sh:SPARQLTarget ; sh:select "SELECT ?this { SERVICE <URL> {} }" ]',
            ["target", "SPARQLTarget", "select"],
            id="27 SERVICE in a target",
        ),
        pytest.param(
            'sh:rule [ a sh:SPARQLRule ; sh:construct "CONSTRUCT {} WHERE { SERVICE <URL> {} }" ]',
            ["rule", "SPARQLRule", "construct"],
            id="27 SERVICE in a rule",
        ),
        pytest.param('sh:js [ sh:jsFunctionName "f" ]', ["js", "jsFunctionName"], id="28 sh:js"),
        pytest.param(UNIT + "sh:mincount 1 ]", ["mincount"], id="31 sh:mincount"),
        pytest.param(UNIT + "sh:MaxCount 1 ]", ["MaxCount"], id="31 sh:MaxCount"),
        pytest.param("sh:propety [ sh:path kg:unit ]", ["propety"], id="31 sh:propety"),
        pytest.param("sh:or ( [ sh:property [ sh:path kg:unit ; sh:minCout 1 ] ] )", ["minCout"], id="31 inside sh:or"),
        pytest.param(UNIT + "sh:severity sh:Warnin ]", ["Warnin"], id="31 a severity"),
        pytest.param(UNIT + "sh:nodeKind sh:Literl ]", ["Literl"], id="31 a node kind"),
        pytest.param('rdfs:comment "x" ; a sh:NodeShap', ["NodeShap"], id="31 a class of SHACL"),
    ],
)
def test_terms_that_shacl_core_does_not_have(
    small: Path, own_ontology: Path, listener: Listener, state: str, terms: list[str]
) -> None:
    url = listener.address
    file = edit(own_ontology, state=state.replace("URL", url))
    start = place(file, state.replace("URL", url)).split(":")
    wanted = [
        (f"{start[0]}:{start[1]}:{int(start[2]) + state.replace('URL', url).index(f'sh:{term}')}", "unknown-shacl-term")
        for term in terms
    ]
    assert [(str(d.location), d.code) for d in kg.build(small).diagnostics] == wanted
    assert listener.connections == []


def test_31_a_misspelt_term_has_a_hint(small: Path, own_ontology: Path) -> None:
    edit(own_ontology, state=UNIT + "sh:mincount 1 ]")
    (found,) = kg.build(small).diagnostics
    assert found.hint == "did you mean sh:minCount?"


CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
SWELLING = "BIND ('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' AS ?t0) " + " ".join(
    f"BIND (REPLACE(?t{n}, 'a', ?t{n}) AS ?t{n + 1})" for n in range(4)
)
SLOW = [
    "^(a+)+$",
    "^(a*)*$",
    "^(a|aa)+$",
    "^(a|a)*$",
    "^(a?){30}a{30}$",
    "^(.*a){20}$",
    "^((a+)?)+$",
    "^(\\\\w+\\\\s?)*$",
]


@pytest.mark.parametrize(
    ("engine", "pattern"), [*(("pyshacl", pattern) for pattern in SLOW), ("shacl", SLOW[0]), ("shacl", SLOW[2])]
)
def test_29_a_pattern_that_backtracks_ends_in_bounded_time(
    small: Path, own_ontology: Path, run: Callable[..., object], engine: str, pattern: str
) -> None:
    edit(own_ontology, more=f'shape:Document sh:property [ sh:path kg:sha256 ; sh:pattern "{pattern}" ] .')
    facts = small / "facts" / "documents.yaml"
    text = facts.read_text(encoding="utf-8")
    facts.write_text(text.replace("831778d461017f69", "a" * 40 + "!"), encoding="utf-8")
    try:
        ended = run("--project", small, "validate", "--engine", engine, patience=10)
    except subprocess.TimeoutExpired:
        pytest.fail("still running")
    assert ended.code == 1
    assert "slow-pattern" in ended.out or "shape/pattern" in ended.out


FIELD = UNIT + 'sh:pattern "{}" ]'


@pytest.mark.parametrize(
    ("shape", "pattern"),
    [
        *(
            (FIELD, pattern)
            for pattern in ("[", "*a", "(a", "a{2,1}", "(?P<n>a", "a\\\\", "\\\\p{Lu}", "(?<=a)b", "(a)\\\\1")
        ),
        pytest.param('sh:or ( [ sh:property [ sh:path kg:unit ; sh:pattern "{}" ] ] )', "[", id="inside sh:or"),
        pytest.param('sh:not [ sh:property [ sh:path skos:prefLabel ; sh:pattern "{}" ] ]', "[", id="inside sh:not"),
        pytest.param("sh:node [ " + FIELD + " ]", "[", id="inside sh:node"),
        pytest.param('sh:pattern "{}"', "[", id="of the shape itself"),
    ],
)
def test_30_a_pattern_that_does_not_compile(small: Path, own_ontology: Path, shape: str, pattern: str) -> None:
    """Neither for one engine nor for the other: else one of them could say nothing of the data."""
    edit(own_ontology, state=shape.replace("{}", pattern))
    assert [d.code for d in kg.build(small).diagnostics] == ["bad-pattern"]


@pytest.mark.parametrize("state", [UNIT + "sh:pattern kg:unit ]", UNIT + 'sh:pattern "a" ; sh:flags "zz" ]'])
def test_30_a_pattern_that_is_none(small: Path, own_ontology: Path, state: str) -> None:
    edit(own_ontology, state=state)
    assert [d.code for d in kg.build(small).diagnostics] == ["bad-pattern"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(
            {"more": "shape:X a sh:NodeShape ; sh:property [ sh:path kg:unit ] ."},
            "shape-without-target",
            id="32 a shape with no target",
        ),
        pytest.param(
            {"more": "shape:X a sh:NodeShape ; sh:targetClass kg:Stat ."},
            "unknown-class",
            id="32 a shape for an unknown class",
        ),
        pytest.param(
            {"more": 'shape:X a sh:NodeShape ; sh:targetClass "kg:State" .'},
            "unknown-class",
            id="32 a shape for a text",
        ),
        pytest.param(
            {"state": "sh:property [ sh:path kg:unit ; sh:class kg:Stat ]"},
            "unknown-class",
            id="32 an unknown class of values",
        ),
        pytest.param(
            {"state": "sh:or ( [ sh:property [ sh:path kg:about ; sh:class kg:Stat ] ] )"},
            "unknown-class",
            id="32 an unknown class inside sh:or",
        ),
        pytest.param(
            {"state": "sh:property [ sh:path kg:unit ; sh:node kg:codes ]"},
            "unknown-code-list",
            id="32 an unknown code list",
        ),
        pytest.param({"state": "sh:node shape:State"}, "recursive-shape", id="35 a shape in itself"),
        pytest.param(
            {"state": "sh:property [ sh:path kg:about ; sh:node shape:State ]"},
            "recursive-shape",
            id="35 a shape for its own values",
        ),
        pytest.param(
            {"state": "sh:not [ sh:or ( [ sh:node shape:State ] ) ]"},
            "recursive-shape",
            id="35 a shape in itself, deeper",
        ),
    ],
)
def test_shapes_that_say_nothing_or_too_much(
    small: Path, own_ontology: Path, change: dict[str, str], code: str
) -> None:
    edit(own_ontology, **change)
    (found,) = kg.build(small).diagnostics
    assert (found.location.path, found.code) == ("ontology/shapes.ttl", code)


def test_35_two_shapes_in_each_other(small: Path, own_ontology: Path) -> None:
    edit(own_ontology, state="sh:node shape:Person", more="shape:Person sh:node shape:State .")
    assert {d.code for d in kg.build(small).diagnostics} == {"recursive-shape"}


@pytest.mark.parametrize(
    "lists",
    [
        pytest.param(
            "shape:State sh:or _:l . _:l rdf:first [ sh:property [ sh:path kg:unit ] ] ; rdf:rest _:l .",
            id="35 a cyclic list",
        ),
        pytest.param(
            "shape:State sh:property [ sh:path kg:unit ; sh:in _:l ] . _:l rdf:first 'a' ; rdf:rest _:m . _:m rdf:first 'b' ; rdf:rest _:l .",
            id="35 a cyclic list of values",
        ),
        pytest.param(
            "shape:State sh:or _:l . _:l rdf:first [ sh:property [ sh:path kg:unit ] ] .", id="35 a list without end"
        ),
        pytest.param(
            "shape:State sh:xone _:l . _:l rdf:first [ ], [ sh:path kg:unit ] ; rdf:rest rdf:nil .",
            id="35 a list with two heads",
        ),
        pytest.param("shape:State sh:and kg:unit .", id="35 no list at all"),
    ],
)
def test_lists_that_are_none(small: Path, own_ontology: Path, lists: str) -> None:
    edit(own_ontology, more=lists)
    assert [(d.location.path, d.code) for d in kg.build(small).diagnostics] == [("ontology/shapes.ttl", "bad-list")]


def test_35_classes_in_each_other_come_to_an_end(small: Path, own_ontology: Path) -> None:
    edit(own_ontology, more="kg:Actor rdfs:subClassOf kg:Person .")
    assert kg.build(small) is not None


@pytest.mark.parametrize("change", ["remove", "empty", "comment"])
def test_33_no_shapes(small: Path, own_ontology: Path, change: str) -> None:
    file = own_ontology / "shapes.ttl"
    {"remove": file.unlink, "empty": lambda: file.write_text(""), "comment": lambda: file.write_text("# none\n")}[
        change
    ]()
    (found,) = kg.build(small).diagnostics
    assert (str(found.location), found.code) == ("ontology/shapes.ttl:1:1", "no-shapes")


def test_33_no_ontology_at_all(small: Path) -> None:
    (small / "ontology").mkdir()
    assert [d.code for d in kg.build(small).diagnostics] == ["no-shapes"]


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("sh:property [ sh:minCount 1 ]", "not-a-field"),
        ("sh:property [ sh:path kg:unit, kg:rule ]", "not-a-field"),
        ("sh:property [ sh:path [ sh:inversePath kg:about ] ; sh:minCount 1 ]", "not-a-field"),
        ('sh:property [ sh:path "kg:unit" ]', "not-a-field"),
        ('sh:property "kg:unit"', "not-a-field"),
        ('sh:property [ sh:path kg:unit ; sh:minCount "many" ]', "not-a-number"),
        ("sh:property [ sh:path kg:unit ; sh:maxCount -1 ]", "not-a-number"),
        ('sh:property [ sh:path kg:unit ; sh:order "first" ]', "not-a-number"),
        ('sh:property [ sh:path kg:unit ; sh:class "kg:State" ]', "unknown-class"),
    ],
)
def test_fields_that_cannot_be_made(small: Path, own_ontology: Path, state: str, code: str) -> None:
    edit(own_ontology, state=state)
    (found,) = kg.build(small).diagnostics
    assert (found.location.path, found.code) == ("ontology/shapes.ttl", code)


def test_a_property_that_is_declared_nowhere(small: Path, own_ontology: Path) -> None:
    file = edit(own_ontology, state="sh:property [ sh:path kg:unitt ; sh:datatype xsd:string ]")
    (found,) = kg.build(small).diagnostics
    assert (found.code, str(found.location)) == ("undefined-property", place(file, "kg:unitt"))
    assert found.hint == "did you mean 'unit'?"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"state": UNIT + 'sh:name "id" ]'}, "ambiguous-name", id="a field called id"),
        pytest.param({"state": UNIT + 'sh:name "type" ]'}, "ambiguous-name", id="a field called type"),
        pytest.param(
            {"state": UNIT + 'sh:name "label" ]'}, "ambiguous-name", id="a field called like an inherited one"
        ),
        pytest.param(
            {"more": "kg:Statement a owl:Class . shape:Statement " + UNIT + 'sh:name "about" ] .'},
            "ambiguous-name",
            id="two fields of one name",
        ),
        pytest.param(
            {"more": "<https://example.org/Person> a owl:Class ."}, "ambiguous-name", id="two classes of one name"
        ),
        pytest.param(
            {"state": "sh:not [ " * 2000 + "sh:nodeKind sh:Literal" + " ]" * 2000},
            "recursive-shape",
            id="shapes nested 2,000 deep",
        ),
    ],
)
def test_shapes_that_cannot_be_meant(small: Path, own_ontology: Path, change: dict[str, str], code: str) -> None:
    edit(own_ontology, **change)
    (found,) = kg.build(small).diagnostics
    assert found.location.path.startswith("ontology/")
    assert found.code == code


def _raise(*_: object) -> list[Result]:
    raise RuntimeError("the engine broke\nin two lines")


def test_34_an_engine_that_fails_gives_no_verdict(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(shapes.ENGINES, "shacl", _raise)
    with pytest.raises(EngineError, match="the engine broke"):
        kg.build(small, engine="shacl")
    monkeypatch.setattr(shapes, "_results", _raise)
    with pytest.raises(EngineError, match="the engine broke"):
        kg.build(small)


@pytest.mark.parametrize("command", ["build", "validate"])
def test_34_a_failing_engine_is_the_environment(
    small: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.setattr(shapes, "_results", _raise)
    monkeypatch.setenv("XDG_CACHE_HOME", str(small / "cache"))  # no verdict from before
    monkeypatch.setattr("sys.argv", ["kg", "--project", str(small), command])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capfd.readouterr()
    assert ended.value.code == 3
    assert "the engine broke" in said.err
    assert "Traceback" not in said.err
    assert "no errors" not in said.err + said.out
    assert not (small / "build").exists()


def test_34_a_report_without_a_verdict_is_no_verdict(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyshacl.validate", lambda *_, **__: (True, rdflib.Graph(), ""))
    with pytest.raises(EngineError):
        kg.build(small, engine="pyshacl")


@pytest.mark.parametrize(
    "parameter",
    [
        "sh:uniqueLang 'true'",
        "sh:closed 'yes'",
        "sh:severity 'Warning'",
        "sh:nodeKind 'IRI'",
        "sh:datatype 'string'",
        "sh:datatype xsd:strin",
        "sh:datatype kg:Person",
        "sh:equals 'x'",
        "sh:lessThan 5",
        "sh:disjoint []",
        "sh:minInclusive kg:x",
        "sh:not 'x'",
        "sh:not kg:nowhere",
        "sh:or ( 'x' )",
        "sh:or ()",
        "sh:in ()",
        "sh:minCount 1, 2",
        "sh:minCount 3 ; sh:maxCount 2",
        "sh:message 5",
        "sh:name 'a b'",
        "sh:name ''",
        "sh:name '@id'",
        "sh:name 'x', 'y'",
        "sh:name 5",
        "sh:class kg:Person, kg:State",
        "sh:property 'x'",
    ],
)
def test_parameters_with_values_that_they_cannot_have(small: Path, own_ontology: Path, parameter: str) -> None:
    """An engine passes over some, and gives no verdict on the data for others."""
    file = edit(own_ontology, state=f"sh:property [ sh:path kg:unit ; {parameter} ]")
    (found,) = kg.build(small).diagnostics
    assert (found.code, found.location.path) == ("bad-parameter", "ontology/shapes.ttl")
    assert str(found.location).split(":")[:2] == place(file, f"kg:unit ; {parameter}").split(":")[:2]
    assert found.hint


@pytest.mark.parametrize(
    ("more", "at"),
    [
        ("shape:X ^sh:targetClass kg:State .", "no sh:NodeShape"),
        ("shape:X a sh:PropertyShape ; ^sh:targetClass kg:State ; sh:path kg:unit .", "no sh:NodeShape"),
        ("^wording:x a skos:Concept .", "a code of no list"),
        ("^<http://example.org/x> a skos:Concept ; skos:inScheme wording: .", "a code of no list"),
    ],
)
def test_what_would_be_neither_a_field_nor_a_code(small: Path, own_ontology: Path, more: str, at: str) -> None:
    file = edit(own_ontology, more=more.replace("^", ""))
    (found,) = kg.build(small).diagnostics
    assert found.code == "bad-parameter"
    assert at in found.message
    start = place(file, more.replace("^", "")).split(":")
    assert str(found.location) == f"{start[0]}:{start[1]}:{int(start[2]) + more.index('^')}"


def test_32_a_superclass_that_there_is_not(small: Path, own_ontology: Path) -> None:
    more = "kg:Drill a owl:Class ; rdfs:subClassOf kg:Evnt ."
    file = edit(own_ontology, more=more)
    (found,) = kg.build(small).diagnostics
    start = place(file, more).split(":")
    assert str(found.location) == f"{start[0]}:{start[1]}:{int(start[2]) + more.index('kg:Evnt')}"
    assert (found.code, found.hint) == ("unknown-class", "did you mean 'Event'?")


def test_an_ontology_without_classes_is_one_fault(small: Path, own_ontology: Path) -> None:
    (own_ontology / "ontology.ttl").unlink()
    (found,) = kg.build(small).diagnostics
    assert (str(found.location), found.code) == ("ontology/ontology.ttl:1:1", "unknown-class")


def test_35_shapes_that_double_at_every_level_end_in_bounded_time(small: Path, own_ontology: Path) -> None:
    chain = "".join(
        f"shape:D{n} a sh:NodeShape ; sh:targetClass kg:State ; sh:and ( [ sh:node shape:D{n + 1} ] [ sh:node shape:D{n + 1} ] ) .\n"
        for n in range(40)
    )
    edit(own_ontology, more=f"{chain}shape:D40 a sh:NodeShape ; sh:targetClass kg:State .")
    (found,) = kg.build(small).diagnostics
    assert (found.code, "unfolds" in found.message) == ("recursive-shape", True)


def test_what_is_no_file_is_not_waited_for(small: Path, own_ontology: Path) -> None:
    os.mkfifo(own_ontology / "more.ttl")
    (found,) = kg.build(small).diagnostics
    assert (str(found.location), found.code) == ("ontology/more.ttl:1:1", "ontology-syntax")
    (own_ontology / "more.ttl").unlink()
    os.mkfifo(own_ontology / "checks" / "more.rq")
    (found,) = kg.build(small).diagnostics
    assert (str(found.location), found.code) == ("ontology/checks/more.rq:1:1", "bad-query")


@pytest.mark.parametrize("made", ["file", "link"])
def test_what_is_no_folder_is_no_ontology(small: Path, made: str) -> None:
    """And not as good as none, in whose place the shipped one would be taken."""
    brought = small / "ontology"
    brought.symlink_to("nowhere") if made == "link" else brought.write_text("../ontology", encoding="utf-8")
    (found,) = kg.build(small).diagnostics
    assert found.code == {"file": "no-shapes", "link": "link-outside"}[made]


@pytest.mark.parametrize("folder", ["checks", "lints", "questions", "rules", "views"])
@pytest.mark.parametrize(
    ("query", "place_"),
    [
        ("# x\nSELECT ?x { SERVICE <http://127.0.0.1:9/> { ?x ?y ?z } }", "2:13"),
        ("SELECT ?x { ?x a }", "1:19"),
        ("SELECT ?x { ?x a nobody:X }", "1:18"),
        ("SELECT ?x { ?x a <http://a b> }", "1:18"),
        ("SELECT (<urn:kg:function:nothing>(1) AS ?x) {}", "1:1"),
    ],
)
def test_every_query_is_read_before_a_build(
    small: Path, own_ontology: Path, folder: str, query: str, place_: str
) -> None:
    (own_ontology / folder).mkdir(exist_ok=True)
    (own_ontology / folder / "more.rq").write_text(query, encoding="utf-8")
    (found,) = kg.build(small).diagnostics
    assert (str(found.location), found.code) == (f"ontology/{folder}/more.rq:{place_}", "bad-query")
    assert len(found.message) < 300


HEADER = "# Problem: {focus} x\n# Solution: y\n"


@pytest.mark.parametrize(
    ("folder", "query"),
    [
        pytest.param(
            "checks", f"{HEADER}SELECT ?focus (COUNT(*) AS ?n) {{ ?focus ?p ?o . {CROSS} }} GROUP BY ?focus", id="cross"
        ),
        pytest.param("checks", f"{HEADER}SELECT ?focus {{ ?focus ?p ?o . {CROSS} }}", id="rows without end"),
        pytest.param("checks", f"{HEADER}SELECT ?focus {{ ?focus ?p ?o {SWELLING} }}", id="a text without end"),
        pytest.param("checks", f"{HEADER}SELECT ?focus {{ {'?focus ?p ?o . ' * 200} }}", id="much to plan"),
        pytest.param("rules", f"CONSTRUCT {{ ?focus <x:p> ?l }} {{ ?focus ?p ?o . {CROSS} }}", id="a rule"),
        pytest.param("rules", "CONSTRUCT { ?a <x:p> ?b } { ?a ?p ?o . ?b ?q ?r }", id="a rule that multiplies"),
    ],
)
def test_a_query_that_comes_to_no_end_is_ended(small: Path, own_ontology: Path, folder: str, query: str) -> None:
    (own_ontology / folder / "zz.rq").write_text(query, encoding="utf-8")
    found = [d for d in kg.build(small).diagnostics if d.location.path == f"ontology/{folder}/zz.rq"]
    assert [d.code for d in found] == ["bad-query"]
    assert "more than" in found[0].message


@pytest.mark.parametrize(
    "placeholder", ["{focus[0]}", "{focus.__class__}", "{focus:>1000000000}", "{focus!r}", "{}", "{0}"]
)
def test_a_placeholder_is_a_column_and_no_more(small: Path, own_ontology: Path, placeholder: str) -> None:
    query = f"# Problem: {placeholder}\n# Solution: y\nSELECT ?focus {{ ?focus a <https://w3id.org/kg-facts/ontology#State> }}"
    (own_ontology / "checks" / "zz.rq").write_text(query, encoding="utf-8")
    (found,) = kg.build(small).diagnostics
    assert (found.code, "placeholder" in found.message) == ("bad-query", True)

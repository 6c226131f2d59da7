"""Questions as a module: headers, parameters, values that are bound, answers, and what no query may do."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
from pathlib import Path

import harbour
import pyoxigraph as ox
import pytest
from generation import AWKWARD, STEADY, shipped
from hypothesis import given
from hypothesis import strategies as st
from listener import HARMLESS, listening, services, sources

import kg
from kg import questions
from kg.fault import OntologyFault
from kg.names import Names
from kg.ontology import Term
from kg.pipeline import Build
from kg.questions import QueryError, Question, Table

ROOT = Path(__file__).parents[1]
BASE = harbour.BASE


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    return kg.build(harbour.write(tmp_path_factory.mktemp("harbour")), checked=False)


def ask(build: Build, query: str, **settings: Term) -> questions.Answer:
    return questions.ask(build.graph, questions.make("-", query), settings)


def column(answer: questions.Answer) -> list[str]:
    assert isinstance(answer, Table)
    return sorted(row[0].value.removeprefix(BASE) for row in answer.rows)


# ----------------------------------------------------------------------------- headers

QUERY = """\
# Question: Who said what
#   about whom?
# Parameter: ?who the speaker
# Parameter: ?since the first day,
#   as "2031-01-01"
# Example: who=mira-voss since="2031-01-01"
# Title: Speakers
PREFIX kg: <https://w3id.org/kg-facts/ontology#>
# Question: not a header any more
SELECT ?who ?since WHERE { ?who a kg:Person }
"""


def test_a_header() -> None:
    assert questions.header(QUERY) == {
        "Question": "Who said what about whom?",
        "Parameter": '?who the speaker\n?since the first day, as "2031-01-01"',
        "Example": 'who=mira-voss since="2031-01-01"',
        "Title": "Speakers",
    }


def test_an_empty_comment_ends_what_is_continued() -> None:
    assert questions.header("# Title: Exact words\n#\n# What the columns are.\nASK {}") == {"Title": "Exact words"}


@pytest.mark.parametrize("query", ["", "SELECT", "\n# Question: too late", "#", "# no key here", "#key: lower case"])
def test_no_header(query: str) -> None:
    assert questions.header(query) == {}


def test_a_header_with_other_line_ends() -> None:
    assert questions.header(QUERY.replace("\n", "\r\n")) == questions.header(QUERY)


def test_a_question() -> None:
    made = questions.make("who-said", QUERY)
    assert (made.name, made.query, made.text) == ("who-said", QUERY, "Who said what about whom?")
    assert made.parameters == {"who": "the speaker", "since": 'the first day, as "2031-01-01"'}
    assert made.example == {"who": "mira-voss", "since": '"2031-01-01"'}


def test_a_file(tmp_path: Path) -> None:
    file = tmp_path / "who-said.rq"
    file.write_text(QUERY, encoding="utf-8")
    assert questions.read(file) == questions.make("who-said", QUERY)
    file.write_bytes(b"SELECT \xff")
    with pytest.raises(QueryError, match="not UTF-8 at byte 7"):
        questions.read(file)
    with pytest.raises(OSError, match="missing"):
        questions.read(tmp_path / "missing.rq")


def test_named_questions(build: Build, tmp_path: Path) -> None:
    (tmp_path / "questions").mkdir()
    (tmp_path / "questions" / "b.rq").write_text(QUERY, encoding="utf-8")
    (tmp_path / "questions" / "a.rq").write_text("ASK {}", encoding="utf-8")
    (tmp_path / "questions" / "a.csv").write_text("not a query", encoding="utf-8")
    ontology = dataclasses.replace(build.graph.ontology, directory=tmp_path)
    assert list(questions.named(ontology)) == ["a", "b"]


# ----------------------------------------------------------------------------- values that are bound


def value(build: Build, text: str) -> Term:
    return questions.setting(text, build.names, build.vocabulary)


SETTINGS = [
    ("mira-voss", ox.NamedNode(BASE + "mira-voss")),
    ("Mira Voss", ox.NamedNode(BASE + "mira-voss")),
    ("Arland's president", ox.NamedNode(BASE + "mira-voss")),
    ("lenz", ox.NamedNode(BASE + "lenz")),
    ("status/own-voice", ox.NamedNode("https://w3id.org/kg-facts/code/status/own-voice")),
    ("<https://example.org/x>", ox.NamedNode("https://example.org/x")),
    ('"text"', ox.Literal("text")),
    ('"mira-voss"', ox.Literal("mira-voss")),
    ('"Text"@en', ox.Literal("Text", language="en")),
    (
        '"5"^^<http://www.w3.org/2001/XMLSchema#integer>',
        ox.Literal("5", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")),
    ),
    ('""', ox.Literal("")),
    (r'"a \"quoted\" word"', ox.Literal('a "quoted" word')),
    (r'"back\\slash"', ox.Literal("back\\slash")),
    ('"} UNION { ?s ?p ?o"', ox.Literal("} UNION { ?s ?p ?o")),
]


@pytest.mark.parametrize(("text", "wanted"), SETTINGS)
def test_a_value(text: str, wanted: Term, build: Build) -> None:
    assert value(build, text) == wanted


REFUSED = [
    ("Lenz", "arland, lenz"),
    ("mira-vos", "did you mean 'mira-voss'"),
    ("Mira Vos", "mira-voss"),
    ("nobody at all", "no record is called 'nobody at all'"),
    ("", "no record is called ''"),
    ("status/own-voic", "no record is called"),
    ("nolist/own-voice", "no record is called"),
    ("<relative>", "no term"),
    ("<https://example.org/a b>", "no term"),
    ("<https://example.org/a\nb>", "no term"),
    ("<https://example.org/a\x00b>", "no term"),
    ("<https://example.org/a>b>", "no record is called"),
    ("<https://example.org/{x}>", "no term"),
    ('"a" . <x:s> <x:p> "b"', "no term"),
    ('"a" ; "b"', "no term"),
    ('"a"b"', "no term"),
    ('"a\nb"', "no term"),
    ('"trailing backslash\\"', "no term"),
    ('"a"@', "no record is called"),
    ('"a"^^<b>', "no term"),
    ("_:blank", "no record is called"),
    ("?variable", "no record is called"),
    ("'text'", "no record is called"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_a_value_that_is_none(text: str, message: str, build: Build) -> None:
    with pytest.raises(QueryError) as error:
        value(build, text)
    assert message in str(error.value)


@STEADY
@given(st.one_of(st.sampled_from(AWKWARD), st.text(max_size=40)))
def test_no_value_is_more_than_one_term(text: str) -> None:
    names = Names(BASE, {"mira-voss": "Mira Voss"}, {"mira voss": ["mira-voss"]}, {})
    for written in (text, f'"{text}"', f"<{text}>", f'"{text}"@en', f'"x"^^<{text}>'):
        try:
            found = questions.setting(written, names, shipped())
        except QueryError:
            continue
        assert isinstance(found, ox.NamedNode | ox.Literal)
        again = ox.Store().query("SELECT ?x WHERE { BIND(?x AS ?y) }", substitutions={ox.Variable("x"): found})
        assert [row["x"] for row in again] == [found]


@pytest.mark.parametrize(
    "evil",
    [
        "} UNION { ?s ?p ?o",
        '" . ?s ?p ?o . "',
        "<x:a> . ?s ?p ?o",
        "?s ?p ?o",
        "'; DROP ALL; '",
        "} SERVICE <http://127.0.0.1:9/> { ?s ?p ?o",
        "\\u0022 . ?s ?p ?o",
    ],
)
def test_a_bound_value_changes_nothing_but_its_variable(evil: str, build: Build) -> None:
    query = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT ?x ?who WHERE { ?who skos:prefLabel ?x }"
    before = build.graph.store.dump(format=ox.RdfFormat.N_QUADS)
    answer = ask(build, query, x=ox.Literal(evil, language="en"))
    assert isinstance(answer, Table)
    assert answer.rows == ()
    assert build.graph.store.dump(format=ox.RdfFormat.N_QUADS) == before


def test_a_variable_is_bound(build: Build) -> None:
    voss = ox.NamedNode(BASE + "mira-voss")
    assert column(ask(build, "SELECT ?x WHERE { ?x a kg:Person }")) == ["mira-voss"]
    assert column(ask(build, "SELECT ?x WHERE { ?x a kg:Actor }", x=voss)) == ["mira-voss"]
    assert column(ask(build, "SELECT ?x WHERE { ?x a kg:State }", x=voss)) == []
    assert column(ask(build, "SELECT $x WHERE { $x a kg:Actor }", x=voss)) == ["mira-voss"]
    assert ask(build, "ASK { ?x a kg:Person }", x=voss) is True
    assert ask(build, "ASK { ?x a kg:Person }", x=ox.NamedNode(BASE + "lenz")) is False
    made = ask(build, "CONSTRUCT { ?x a kg:Actor } WHERE { ?x a kg:Actor }", x=voss)
    assert [t.subject for t in made] == [voss]


@pytest.mark.parametrize("name", ["y", "xs", "X", "", "x a", "x }", "x\n", "?x", "1", "é"])
def test_a_name_that_is_no_variable_of_the_query(name: str, build: Build) -> None:
    question = questions.make("-", "# Parameter: ?x who\nSELECT ?x WHERE { ?x a kg:Person }")
    with pytest.raises(QueryError) as error:
        questions.run(build.graph, question, {name: ox.Literal("a")})
    assert "x" in str(error.value)


def test_a_variable_that_is_not_selected(build: Build) -> None:
    with pytest.raises(QueryError, match="among those the query selects"):
        ask(build, "SELECT ?x WHERE { ?x a ?type }", type=ox.NamedNode(BASE + "lenz"))


# ----------------------------------------------------------------------------- answers


def test_answers(build: Build) -> None:
    table = ask(build, "SELECT ?b ?a WHERE { ?a a kg:Person OPTIONAL { ?a kg:childOf ?b } }")
    assert table == Table(("b", "a"), ((None, ox.NamedNode(BASE + "mira-voss")),))
    assert ask(build, "ASK { ?a a kg:Person }") is True
    made = ask(build, "CONSTRUCT { ?a a kg:Actor } WHERE { ?a a kg:Person }")
    assert [type(triple) for triple in made] == [ox.Triple]


def test_questions_see_facts_derived_triples_and_the_ontology(build: Build) -> None:
    assert "voss-on-harbour" in column(ask(build, "SELECT ?x WHERE { ?x a kg:Record ; kg:minimumOrigins ?n }"))
    assert ask(build, "ASK { kg:Person rdfs:subClassOf kg:Actor }") is True


@pytest.mark.parametrize(
    "query",
    [
        "",
        "SELECT",
        "SELECT ?x WHERE {",
        "SELECT ?x WHERE { ?x nope:y ?z }",
        "INSERT DATA { <x:a> <x:b> <x:c> }",
        "DROP ALL",
        "CLEAR ALL",
    ],
)
def test_what_is_no_query(query: str, build: Build) -> None:
    before = build.graph.store.dump(format=ox.RdfFormat.N_QUADS)
    with pytest.raises(QueryError):
        ask(build, query)
    assert build.graph.store.dump(format=ox.RdfFormat.N_QUADS) == before


def test_serialized(build: Build) -> None:
    def run(query: str) -> questions.Results:
        return questions.run(build.graph, questions.make("-", query))

    assert b'"boolean":true' in questions.serialize(run("ASK {}"), ox.QueryResultsFormat.JSON).replace(b" ", b"")
    assert questions.serialize(run("SELECT ?x {}"), ox.QueryResultsFormat.TSV).startswith(b"?x")
    with pytest.raises(QueryError, match="turtle"):
        questions.serialize(run("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"), ox.QueryResultsFormat.JSON)


# ----------------------------------------------------------------------------- views that commands rely on

VIEW = "PREFIX kg: <https://w3id.org/kg-facts/ontology#> SELECT ?a ?b WHERE { ?a kg:owner ?b }"


def test_a_view(build: Build, tmp_path: Path) -> None:
    ontology = dataclasses.replace(build.graph.ontology, directory=tmp_path)
    graph = dataclasses.replace(build.graph, ontology=ontology)
    (tmp_path / "view.rq").write_text(VIEW, encoding="utf-8")
    (row,) = questions.view(graph, "view.rq", ("a", "b"))
    assert {name: term.value.removeprefix(BASE) for name, term in row.items()} == {
        "a": "coastal-battery",
        "b": "arland",
    }
    with pytest.raises(OntologyFault, match=r"ontology/view\.rq.*\?c"):
        questions.view(graph, "view.rq", ("a", "c"))
    for broken in ("ASK {}", "SELECT", "SELECT ?a ?b { SERVICE <http://127.0.0.1:9/> { ?a ?x ?b } }"):
        (tmp_path / "view.rq").write_text(broken, encoding="utf-8")
        with pytest.raises(OntologyFault, match=r"ontology/view\.rq"):
            questions.view(graph, "view.rq", ("a", "b"))
    with pytest.raises(OntologyFault, match="missing"):
        questions.view(graph, "missing.rq", ("a",))


def test_what_commands_rely_on_is_said_when_it_breaks(tmp_path: Path) -> None:
    root = harbour.write(tmp_path)
    shutil.copytree(ROOT / "ontology", root / "ontology")
    (root / "ontology" / "views" / "find.rq").write_text("SELECT ?record WHERE { ?record ?p ?o }", encoding="utf-8")
    build = kg.build(root, checked=False)
    from kg import search

    with pytest.raises(OntologyFault, match=r"ontology/views/find\.rq: .*\?in"):
        search.find(build.graph, build.names, "Lenz")


def test_a_question_is_a_plain_value() -> None:
    assert questions.make("a", "ASK {}") == Question("a", "ASK {}", "", {}, {})


# ----------------------------------------------------------------------------- what no query may do

with listening() as _nobody:
    SPELLINGS, SOURCES = list(services(_nobody)), list(sources(_nobody))


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_service_is_refused_in_any_spelling_and_nothing_is_sent(spelling: str, build: Build) -> None:
    with listening() as listener:
        answer: object = None
        with contextlib.suppress(QueryError):
            answer = ask(build, services(listener)[spelling])
        assert listener.connections == []
    assert answer is None, "it ran"


def test_the_spellings_are_such(build: Build) -> None:
    """Most of them reach the listener, were they not refused: so the test above looks at what it should."""
    reached = set()
    for spelling in SPELLINGS:
        with listening() as listener:
            with contextlib.suppress(Exception):
                list(build.graph.store.query(services(listener)[spelling], prefixes=build.graph.prefixes))
            if listener.connections:
                reached.add(spelling)
    assert len(reached) > len(SPELLINGS) - 8, sorted(set(SPELLINGS) - reached)


@pytest.mark.parametrize("name", SOURCES)
def test_data_of_others_is_not_fetched(name: str, build: Build) -> None:
    with listening() as listener:
        with contextlib.suppress(QueryError):
            answer = ask(build, sources(listener)[name])
            assert not (answer.rows if isinstance(answer, Table) else answer) or name == "a function"
        assert listener.connections == []


@pytest.mark.parametrize("name", HARMLESS)
def test_the_word_does_no_harm_elsewhere(name: str, build: Build) -> None:
    answer = ask(build, HARMLESS[name])
    assert isinstance(answer, Table)
    assert len(answer.rows) == 1


@pytest.mark.parametrize("update", ["LOAD", "LOAD SILENT", "load"])
def test_nothing_is_loaded(update: str, build: Build) -> None:
    with listening() as listener:
        with pytest.raises(QueryError):
            ask(build, f"{update} <{listener.address}>")
        assert listener.connections == []


def test_deep_nesting_is_refused(build: Build) -> None:
    with pytest.raises(QueryError, match="nested"):
        ask(build, "SELECT * " + "{" * 3000 + "}" * 3000)
    with pytest.raises(QueryError, match="nested"):
        ask(build, f"SELECT * {{ FILTER({'(' * 3000}true{')' * 3000}) }}")

"""What must hold whatever the input: properties, over records that are made from the ontology and over any tree."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import random
import re
from collections.abc import Iterator

import edtf
import pyoxigraph as ox
import pytest
from generation import AWKWARD, BASE, STEADY, STYLES, TEXTS, content, nodes, records, shipped
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from referee import Everything

from kg import dates, expansion, factfile
from kg.diagnostic import Location, Severity
from kg.export import FORMATS
from kg.factfile import FactFile, Mapping, Node, Scalar, Sequence
from kg.graph import Graph
from kg.ontology import Ontology
from kg.parts import Expansion, record_of
from kg.records import index
from kg.sparql import refusal
from kg.vocabulary import Kind

PATH = "facts/a.yaml"


def read(data: object, style: str = "double") -> FactFile:
    file, diagnostics = factfile.parse(STYLES[style](data).encode(), PATH)
    assert not diagnostics, "\n".join(map(str, diagnostics))
    return file


def expand(data: list[dict], style: str = "double") -> list[Expansion]:
    entries, diagnostics = index([read(data, style)], shipped())
    assert not diagnostics, "\n".join(map(str, diagnostics))
    expander = expansion.Expander(shipped(), BASE)
    results = [expander.expand(entry, Everything()) for entry in entries.values()]
    assert not [d for result in results for d in result.diagnostics if d.severity is Severity.ERROR]
    return results


def triples(results: list[Expansion]) -> set[ox.Triple]:
    return {triple for result in results for triple, _ in result.triples}


def parts(results: list[Expansion]) -> set[ox.NamedNode]:
    return {part for result in results for part in result.parts}


# ------------------------------------------------------------------------------------------------------------------ parts


@settings(STEADY, max_examples=30)
@given(st.data())
def test_a_new_part_renames_no_other(data) -> None:
    record = data.draw(records(shipped()))
    cls = shipped().classes[record["type"]]
    field = data.draw(st.sampled_from([f for f in cls.fields.values() if f.kind is Kind.PART]))
    new = data.draw(nodes(shipped(), shipped().by_iri[field.range], cls))
    held = record.get(field.name, [])
    held = held if isinstance(held, list) else [held]
    assume(content(new) not in [content(part) for part in held])
    place = data.draw(st.integers(0, len(held)))
    before = expand([record])
    after = expand([{**record, field.name: [*held[:place], new, *held[place:]]}])
    assert parts(before) < parts(after)
    assert triples(before) < triples(after)
    # and what is new hangs on the new part alone
    added = parts(after) - parts(before)
    assert {t for t in triples(after) - triples(before) if t.subject not in added} == {
        t for t in triples(after) if t.object in added and t.subject not in added
    }
    assert len([t for t in triples(after) if t.object in added and t.subject not in added]) == 1


def shuffled(value: object, order: random.Random) -> object:
    """The same record with its keys and lists in another order."""
    if isinstance(value, dict):
        return dict(order.sample([(key, shuffled(inner, order)) for key, inner in value.items()], len(value)))
    return order.sample([shuffled(item, order) for item in value], len(value)) if isinstance(value, list) else value


RECORDS = st.lists(records(shipped()), min_size=1, max_size=4, unique_by=lambda record: record["id"])


@settings(STEADY, max_examples=20)
@given(RECORDS, st.randoms(use_true_random=False), st.sampled_from(sorted(STYLES)))
def test_order_and_style_of_writing_change_nothing(data, order, style) -> None:
    other = [shuffled(record, order) for record in order.sample(data, len(data))]
    assert triples(expand(data)) == triples(expand(other, style))
    assert parts(expand(data)) == parts(expand(other, style))


@settings(STEADY, max_examples=20)
@given(RECORDS)
def test_the_files_in_which_records_stand_change_nothing(data) -> None:
    files = [factfile.parse(STYLES["double"](record).encode(), f"facts/{n}.yaml")[0] for n, record in enumerate(data)]
    entries, _ = index(reversed(files), shipped())
    expander = expansion.Expander(shipped(), BASE)
    apart = [expander.expand(entry, Everything()) for entry in entries.values()]
    assert triples(apart) == triples(expand(data))


@settings(STEADY, max_examples=20)
@given(records(shipped()), records(shipped()))
def test_equal_parts_of_different_records_have_different_names(record, other) -> None:
    assume(record["id"] != other["id"])
    one, two = expand([record]), expand([{**record, "id": other["id"]}])
    assert bool(parts(one)) == any(
        f.kind is Kind.PART and f.name in record for f in shipped().classes[record["type"]].fields.values()
    )
    assert not parts(one) & parts(two)
    assert len(parts(one)) == len(parts(two))


def test_equal_parts_in_different_fields_have_different_names() -> None:
    link = {"by": "kim-jong-un"}
    result = expand([{"id": "a", "type": "Statement", "speaker": link, "addressee": link}])[0]
    assert len(result.parts) == 2
    evidence = {"document": "d", "exact": "words"}
    result = expand(
        [{"id": "a", "type": "Statement", "speaker": {**link, "evidence": evidence}, "evidence": evidence}]
    )[0]
    assert len(result.parts) == 3


@settings(STEADY, max_examples=20)
@given(records(shipped()))
def test_the_record_of_a_part_is_told_by_its_name(record) -> None:
    result = expand([record])[0]
    assert {record_of(part.value) for part in result.parts} <= {BASE + record["id"]}
    assert record_of(BASE + record["id"]) == BASE + record["id"]


# ------------------------------------------------------------------------------------------------- trees that are wrong

WORDS = st.sampled_from(
    sorted(
        {name for cls in shipped().classes.values() for name in (cls.name, *cls.fields)}
        | {code for codes in shipped().lists.values() for code in codes.codes}
        | {
            "id",
            "type",
            "en",
            "ko",
            "north-korea",
            "2026-02-26",
            "2024-02-30",
            "8700",
            "-1",
            "true",
            "https://a.org/",
            "",
        }
    )
)
KEYS = st.one_of(WORDS, TEXTS)
TREES = st.recursive(
    st.one_of(WORDS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)


@st.composite
def spoilt(draw) -> dict:
    """A record some of whose values, at any depth, are something else."""

    def spoil(value: object) -> object:
        if draw(st.integers(0, 9)) == 0:
            return draw(TREES)
        if isinstance(value, dict):
            made = {key: spoil(inner) for key, inner in value.items()}
            return {**made, **draw(st.dictionaries(KEYS, TREES, max_size=1))} if draw(st.integers(0, 4)) == 0 else made
        return [spoil(item) for item in value] if isinstance(value, list) else value

    record = draw(records(shipped()))
    own = ("id", "type")
    return {key: value if key in own else spoil(value) for key, value in record.items()}


def walk(node: Node, above: tuple[Node, ...] = ()) -> Iterator[tuple[Node, ...]]:
    """Every node with no others in it, behind the nodes (and keys) on the way to it."""
    here = (*above, node)
    inner = [*node.entries] if isinstance(node, Mapping) else [(None, i) for i in getattr(node, "items", ())]
    if not inner:
        yield here
    for key, value in inner:
        yield from walk(value, here if key is None else (*here, key))


def unspoken(file: FactFile, record: Mapping, result: Expansion) -> list[Node]:
    """The values that gave neither a triple nor a diagnostic."""
    said = {
        id(node)
        for triple, node in result.triples
        if not isinstance(triple.object, ox.NamedNode) or triple.object not in result.parts
    }
    texts = {t.object.value for t, _ in result.triples if isinstance(t.object, ox.Literal)}
    refused = {d.location for d in result.diagnostics if d.severity is Severity.ERROR} | {
        d.location for d in result.dangling
    }
    lost = []
    for key, value in record.entries:
        for way in walk(value, (key,)):
            leaf = way[-1]
            if isinstance(leaf, Mapping | Sequence) or key.value in ("id", "type"):
                continue
            spoken = id(leaf) in said or (any(id(node) in said for node in way) and leaf.value in texts)
            if not spoken and not any(file.at(node) in refused for node in way):
                lost.append(leaf)
    return lost


def inside(location: Location, text: str) -> bool:
    lines = re.split(r"\r\n|[\n\r\x85\u2028\u2029]", text)
    return location.path == PATH and location.line < len(lines) and location.column <= len(lines[location.line])


@settings(STEADY, max_examples=150)
@given(st.one_of(spoilt(), st.dictionaries(KEYS, TREES, max_size=4), TREES))
def test_whatever_is_refused_is_told_with_its_place(data) -> None:
    file, found = factfile.parse(STYLES["double"](data).encode(), PATH)
    entries, diagnostics = index([file], shipped())
    expander = expansion.Expander(shipped(), BASE)
    results = {entry.id: expander.expand(entry, {"north-korea": None}) for entry in entries.values()}
    told = [*found, *diagnostics, *(d for result in results.values() for d in result.diagnostics)]
    places = [d.location for d in told] + [d.location for result in results.values() for d in result.dangling]
    assert all(inside(place, file.text) for place in places), places
    assert all(d.code and d.message for d in told)
    assert len(file.records) == len(entries) or diagnostics
    assert data == "" or file.records or found or data == []
    for entry in entries.values():
        assert not unspoken(file, entry.record, results[entry.id])


def test_a_lost_value_would_be_noticed() -> None:
    """Else the property above would hold of anything."""
    file = read({"id": "a", "type": "Place", "label": {"en": "A"}, "locatedIn": "b", "kind": "city"})
    entries, _ = index([file], shipped())
    result = expansion.Expander(shipped(), BASE).expand(entries["a"], Everything())
    assert not unspoken(file, entries["a"].record, result)
    silent = Expansion(entries["a"], result.subject)
    assert [node.value for node in unspoken(file, entries["a"].record, silent) if isinstance(node, Scalar)] == [
        "A",
        "b",
        "city",
    ]


# ---------------------------------------------------------------------------------------------------------------- writing

ANY_TEXT = st.one_of(st.sampled_from(AWKWARD), st.text(st.characters(exclude_categories=("Cs",)), max_size=30))
IRIS = st.sampled_from(
    [f"{BASE}{name}" for name in ("a", "b.c", "-", "a.", "1", "é", "a/b", "a%41", "a~b", "a'b", "a(b)", "")]
)
LITERALS = st.one_of(
    ANY_TEXT.map(ox.Literal),
    st.builds(lambda text, tag: ox.Literal(text, language=tag), ANY_TEXT, st.sampled_from(["en", "zh-hans"])),
    st.builds(
        lambda text, iri: ox.Literal(text, datatype=ox.NamedNode(iri)),
        ANY_TEXT,
        st.sampled_from([BASE + "a", "urn:x:y"]),
    ),
)
ANY_TRIPLES = st.frozensets(
    st.builds(
        lambda s, p, o: ox.Triple(ox.NamedNode(s), ox.NamedNode(p or BASE), o),
        IRIS,
        IRIS,
        st.one_of(LITERALS, IRIS.map(ox.NamedNode)),
    ),
    max_size=8,
)


@settings(STEADY, max_examples=200)
@given(ANY_TRIPLES, st.sampled_from(["turtle", "ntriples"]))
def test_what_is_written_is_read_again(tmp_path_factory, data, format_) -> None:
    """Any IRI and any text: control characters and NUL as well, which no fact file may hold."""
    ontology = Ontology(tmp_path_factory.getbasetemp(), b"", {"a": BASE, "b": BASE + "a", "long": BASE + "a/"})
    graph = Graph(BASE, data, frozenset(), ontology)
    text = b"".join(FORMATS[format_].write(graph))
    media = {"turtle": ox.RdfFormat.TURTLE, "ntriples": ox.RdfFormat.N_TRIPLES}[format_]
    assert {quad.triple for quad in ox.parse(text, format=media)} == data
    assert (
        b"".join(FORMATS[format_].write(Graph(BASE, frozenset(sorted(data, key=hash)), frozenset(), ontology))) == text
    )


# ------------------------------------------------------------------------------------------------------------------ dates

YEARS = st.integers(0, 9999).map("{:04}".format)
MONTHS = st.sampled_from([f"{n:02}" for n in (*range(15), *range(20, 42))])
DAYS = st.integers(0, 32).map("{:02}".format)
MARKS = st.sampled_from(["", "", "", "~", "?", "%"])
MASKS = st.sampled_from(["XX", "0X", "1X", "3X"])
POINTS = st.one_of(
    st.builds("{}{}".format, YEARS, MARKS),
    st.builds("{}-{}{}".format, YEARS, st.one_of(MONTHS, MASKS), MARKS),
    st.builds("{}{}-{}-{}{}".format, MARKS, YEARS, MONTHS, st.one_of(DAYS, MASKS), MARKS),
    st.builds("{}-{}{}-{}".format, YEARS, MONTHS, MARKS, DAYS),
    st.builds("{}{}".format, st.integers(0, 999), st.just("X")),
    st.builds("{:02}XX".format, st.integers(0, 99)),
)
EDTF = st.one_of(
    POINTS,
    st.builds("{}/{}".format, POINTS, POINTS),
    st.builds("{}/{}".format, POINTS, st.sampled_from(["..", ""])),
    st.builds("{}/{}".format, st.sampled_from(["..", ""]), POINTS),
    st.builds("[{},{}]".format, POINTS, POINTS),
    st.builds("{{{}..{}}}".format, POINTS, POINTS),
    st.text("0123456789-/.X~?%[]{},YEST+:", max_size=12),
    TEXTS,
)


def read_date(text: str) -> dates.Bounds | str:
    """The bounds of a date, or why it is none; the library that reads the rare forms prints, which must not come through."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        try:
            found: dates.Bounds | str = dates.bounds(text)
        except ValueError as error:
            found = str(error)
    assert printed.getvalue() == ""
    return found


@settings(STEADY, max_examples=200)
@given(EDTF)
@example("2026-02-29")
@example("2024-02-29")
@example("2026-02\n")
@example("2026-01-01/2025-01-01")
@example("2026-1X")
def test_bounds_of_a_date(text) -> None:
    found = read_date(text)
    if isinstance(found, str):
        assert found.startswith("'")  # it says which value, or which end of it
        return
    assert found.earliest is not None or found.latest is not None
    if found.earliest and found.latest:
        assert found.earliest <= found.latest
    # A second opinion, where it has one: it invents bounds for open ends.
    if not any(end in ("", "..") for end in text.split("/")):
        try:
            parsed = edtf.parse_edtf(text)
        except (edtf.parser.edtf_exceptions.EDTFParseException, AttributeError):
            assert "/" in text  # of the ends of an interval it knows fewer forms than of dates, or breaks on them
            return
        lower, upper = parsed.lower_strict()[:3], parsed.upper_strict()[:3]
        assert (found.earliest, found.latest) == (dt.date(*lower), dt.date(*upper))


@settings(STEADY, max_examples=200)
@given(st.dates(), st.dates())
def test_bounds_of_whole_days(one, two) -> None:
    assert dates.bounds(str(one)) == dates.Bounds(one, one)
    first, last = sorted((one, two))
    assert dates.bounds(f"{first}/{last}") == dates.Bounds(first, last)
    assert dates.bounds(f"{first}/..") == dates.Bounds(first, None)
    if first != last:
        with pytest.raises(ValueError, match="ends before it begins"):
            dates.bounds(f"{last}/{first}")


# ----------------------------------------------------------------------------------------------------------------- SPARQL

SERVICE = st.sampled_from(["service", "SERVICE", "Service", "sErViCe"])
HARMLESS = st.one_of(
    st.builds('?s ?p "{} <http://a.org/>"'.format, SERVICE),
    st.builds("?s ?p '{} <http://a.org/>'".format, SERVICE),
    st.builds('?s ?p "a \\" {} <http://a.org/>"'.format, SERVICE),
    st.builds("?s ?p '''a ' '' {} <http://a.org/>'''".format, SERVICE),
    st.builds('?s ?p """a " "" # {}\n <http://a.org/>"""@en'.format, SERVICE),
    st.builds("?s ?p <http://a.org/{}#SERVICE>".format, SERVICE),
    st.builds("?s ?p a:b\\# . # {} <http://a.org/> {{ ?s ?p ?o }} \" '\n ?s ?p ?o".format, SERVICE),
    st.builds("# {}:x{{}}\n ?s ?p ?o".format, SERVICE),
)
PREFIXES = "PREFIX a: <x:y>\nPREFIX : <x:y#>\nPREFIX service: <x:y#>\n"
REAL = st.builds(
    "{}{}{}{{ ?s ?p ?o }}".format,
    st.sampled_from(
        ["", "# a comment\n", '?a ?b "text" . ', "?a ?b true.", "OPTIONAL { ?a ?b a:\\# }", "OPTIONAL { ?a ?b a:\\'a }"]
    ),
    SERVICE,
    st.sampled_from(
        [
            "<x:y>",
            " <x:y>",
            "\n<x:y>",
            "#\n<x:y>",
            " ?g",
            "?g",
            " a:x",
            ":x",
            "a:x",
            " SILENT <x:y>",
            "SILENT<x:y>",
            "silent:x",
        ]
    ),
)


def query(patterns: list[str]) -> str:
    return PREFIXES + "SELECT * WHERE {\n" + " .\n".join(patterns) + "\n}"


@settings(STEADY, max_examples=200)
@given(st.lists(HARMLESS, min_size=1, max_size=4))
def test_the_word_service_in_text_comments_and_iris_does_no_harm(patterns) -> None:
    text = query(patterns).replace("PREFIX service: <x:y#>\n", "")
    ox.Store().query(text)  # it is SPARQL
    assert refusal(text) is None


@settings(STEADY, max_examples=200)
@given(st.lists(HARMLESS, max_size=2), REAL, st.lists(HARMLESS, max_size=2))
def test_a_real_service_is_refused_however_it_is_written(before, real, after) -> None:
    """pyoxigraph's grammar wants no space behind a keyword: `SERVICE:x` and `SERVICESILENT<...>` are calls to it."""
    text = query([*before, f"{{ {real}\n }}", *after])
    assert "SERVICE" in (refusal(text) or "")


def engine() -> ox.Store:
    """A store in which patterns match, for what follows on no match is not evaluated."""
    store = ox.Store()
    for value in (
        ox.Literal("text"),
        ox.Literal("true", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#boolean")),
    ):
        store.add(ox.Quad(ox.NamedNode("x:s"), ox.NamedNode("x:p"), value))
    return store


@settings(STEADY, max_examples=100)
@given(REAL)
def test_the_engine_would_ask(real) -> None:
    """Else the property above would show nothing: pyoxigraph tries to ask, and knows no such scheme."""
    text = query([f"VALUES ?g {{ <x:y> }} {real}\n"])
    with pytest.raises((OSError, RuntimeError), match=r"scheme|format|service name"):
        list(engine().query(re.sub("silent", "", text, flags=re.IGNORECASE)))


PIECES = [
    *[
        "OPTIONAL { ?s ?p a:b\\# }",
        "OPTIONAL { ?s ?p a:b\\' }",
        'OPTIONAL { ?s ?p "\\"" }',
        "OPTIONAL { ?s ?p '''a'''@en }",
    ],
    *[
        "FILTER(?a<?b)",
        "FILTER(?a>?b)",
        "FILTER(1<2&&3>2)",
        "# ' \" <\n",
        "{ ?s ?p true.}",
        "{ ?s ?p ?o.}",
        "VALUES ?v { 5 }",
        "{}",
    ],
    *[
        "SERVICE",
        "service",
        "Service",
        "SERVICE",
        "SERVICE",
        "SILENT",
        "<x:y>{}",
        "<x:y>{}",
        "?g{}",
        ":x{}",
        "a:x{}",
        "a:SERVICE{}",
    ],
]


@settings(STEADY, max_examples=1500)
@given(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(["", "", " ", "\n"])), max_size=6))
def test_what_is_let_through_asks_no_server(pieces) -> None:
    """Whatever the engine takes for a query: if it is let through, no SERVICE is in it."""
    text = query(["VALUES ?g { <x:y> }" + "".join(piece + space for piece, space in pieces) + "\n"])
    if refusal(text) is None:
        try:
            list(engine().query(re.sub("silent", "", text, flags=re.IGNORECASE)))
        except SyntaxError:
            return

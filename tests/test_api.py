"""The library as other programs see it: `kg.build` and what it hands out."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from generation import ROOT
from referee import canonical

import kg
from kg import shapes
from kg.project import NotAProject

GOLDEN = Path(__file__).parent / "golden" / "small"
BASE = "https://example.org/id/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
OURS = "https://w3id.org/kg-facts/ontology#"


@pytest.fixture(scope="module")
def made() -> kg.Build:
    return kg.build(GOLDEN)


@pytest.fixture
def broken(tmp_path) -> kg.Build:
    """The golden facts with mistakes of four stages: reading, expansion, references, shapes."""
    shutil.copytree(GOLDEN / "facts", tmp_path / "facts")
    (tmp_path / "facts" / "bad.yaml").write_text("- id: [\n", encoding="utf-8")
    file = tmp_path / "facts" / "kim-could-destroy.yaml"
    text = file.read_text(encoding="utf-8")
    for old, new in (("modality: could", "modality: culd"), ("by: kcna", "by: kcnb"), ("status: attributed\n", "")):
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    return kg.build(tmp_path)


def test_all_that_is_promised_is_there() -> None:
    assert all(hasattr(kg, name) for name in kg.__all__)
    assert set(kg.__all__) >= {"Build", "Diagnostic", "Graph", "Location", "Severity", "build", "__version__"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", kg.__version__)
    assert f'version = "{kg.__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert next(iter(inspect.signature(kg.build).parameters)) == "path"
    with pytest.raises(AttributeError):
        _ = kg.no_such_name


@pytest.mark.parametrize("cls", [kg.Build, kg.Graph, kg.Diagnostic, kg.Location], ids=lambda cls: cls.__name__)
def test_values_are_frozen(cls, made, broken) -> None:
    assert dataclasses.is_dataclass(cls)
    examples = {
        kg.Build: made,
        kg.Graph: made.graph,
        kg.Diagnostic: broken.diagnostics[0],
        kg.Location: broken.diagnostics[0].location,
    }
    for field in dataclasses.fields(cls):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(examples[cls], field.name, None)


@pytest.mark.parametrize("cls", [kg.Build, kg.Graph], ids=lambda cls: cls.__name__)
def test_documented_attributes_exist(cls, made) -> None:
    value = made if cls is kg.Build else made.graph
    section = inspect.cleandoc(cls.__doc__ or "").partition("Attributes:\n")[2]
    documented = re.findall(r"^ {4}(\w+): ", section, re.MULTILINE)
    assert set(documented) == {field.name for field in dataclasses.fields(cls)}
    assert all(hasattr(value, name) for name in documented)


def test_a_build_of_valid_facts(made) -> None:
    assert made.valid
    assert made.checked
    assert made.diagnostics == ()
    assert made.dataset.base == BASE
    assert made.project.root == GOLDEN
    assert len(made.graph) == len(list(made.graph)) == len(made.graph.asserted) + len(made.graph.derived)
    assert not made.graph.asserted & made.graph.derived
    assert sorted(made.sources.records) == [
        "kcna",
        "kim-could-destroy",
        "kim-jong-un",
        "kim-rejects-seoul",
        "south-korea",
    ]


def test_names_go_both_ways(made) -> None:
    assert made.names.labels["kim-jong-un"] == "Kim Jong Un"
    for text in ("kim-jong-un", "Kim Jong Un", "KIM  jong-un", "김정은"):
        assert made.names.resolve(text) == ["kim-jong-un"]
    assert made.names.resolve("nobody") == []
    assert made.names.suggest("kim-jong-on")[0] == "kim-jong-un"


def test_every_asserted_triple_leads_back_to_the_line_that_says_it(made) -> None:
    files: dict[str, list[str]] = {}
    for triple in made.graph.asserted:
        place = made.sources.locate(triple.subject.value, triple.predicate.value, str(triple.object))
        assert place is not None
        lines = files.setdefault(place.path, (GOLDEN / place.path).read_text(encoding="utf-8").splitlines())
        rest = lines[place.line][place.column :]
        value = triple.object.value
        if isinstance(triple.object, ox.Literal) and not triple.object.language:
            assert rest.lstrip('"').startswith(value)
        elif isinstance(triple.object, ox.NamedNode) and value.startswith(BASE) and "." not in value.removeprefix(BASE):
            assert rest.startswith(value.removeprefix(BASE))
        elif isinstance(triple.object, ox.NamedNode) and "/code/" in value:
            assert rest.startswith(value.rpartition("/")[2])
        else:
            assert rest  # a type, a text by language or a part: the place of its node
    assert sorted(files) == ["facts/actors/actors.yaml", "facts/kim-could-destroy.yaml", "facts/kim-rejects-seoul.yaml"]


def test_places_of_records_parts_and_values(made) -> None:
    locate = made.sources.locate
    assert str(locate(BASE + "kcna")) == "facts/actors/actors.yaml:9:3"
    assert str(locate(BASE + "kcna", SKOS + "prefLabel")) == "facts/actors/actors.yaml:11:10"
    assert (
        str(locate(BASE + "kim-could-destroy", OURS + "about", f"<{BASE}kim-jong-un>"))
        == "facts/kim-could-destroy.yaml:12:22"
    )
    (part,) = [
        t.object.value
        for t in made.graph
        if t.subject.value == BASE + "kcna" and t.predicate.value == OURS + "evidence"
    ]
    assert str(locate(part)) == "facts/actors/actors.yaml:14:7"
    assert str(locate(part, OURS + "exact")) == "facts/actors/actors.yaml:14:44"
    # what no file says is where its holder is; what is unknown is nowhere
    assert locate(BASE + "kcna", OURS + "duration") == locate(BASE + "kcna")
    assert locate(BASE + "nobody") is None
    assert locate("https://example.org/elsewhere") is None


def test_the_line_of_every_quote_of_the_shipped_facts_holds_it() -> None:
    """Over all that is shipped: the place of an `exact` is where its words begin."""
    build = kg.build(ROOT, checked=False)
    quotes = [t for t in build.graph.asserted if t.predicate.value == OURS + "exact"]
    assert len(quotes) > 100
    for triple in sorted(quotes, key=str)[::25]:
        place = build.sources.locate(triple.subject.value, triple.predicate.value, str(triple.object))
        line = (ROOT / place.path).read_text(encoding="utf-8").splitlines()[place.line]
        assert triple.object.value[:20] in line[place.column :].replace('\\"', '"')


def test_what_is_wrong_is_told_and_the_rest_is_built(broken, made) -> None:
    assert not broken.valid
    found = [(d.code, d.location.path, d.location.line + 1) for d in broken.diagnostics]
    assert found == [
        ("yaml-syntax", "facts/bad.yaml", 2),
        ("shape/min-count", "facts/kim-could-destroy.yaml", 1),
        ("dangling-reference", "facts/kim-could-destroy.yaml", 6),
        ("unknown-code", "facts/kim-could-destroy.yaml", 9),
    ]
    assert list(broken.diagnostics) == sorted(broken.diagnostics)
    assert all(d.severity is kg.Severity.ERROR for d in broken.diagnostics)
    untouched = [t for t in made.graph.asserted if "kim-could-destroy" not in t.subject.value]
    assert set(untouched) <= broken.graph.asserted
    with pytest.raises(NotAProject):
        kg.build(ROOT / "kg")
    with pytest.raises(KeyError):
        kg.build(GOLDEN, engine="no-such-engine")


def test_unchecked_builds_say_so(made) -> None:
    unchecked = kg.build(GOLDEN, checked=False)
    assert not unchecked.checked
    assert unchecked.graph.asserted == made.graph.asserted
    assert unchecked.graph.derived == made.graph.derived


@pytest.mark.parametrize("engine", sorted(shapes.ENGINES))
def test_engines_can_be_chosen(engine) -> None:
    assert kg.build(GOLDEN, engine=engine).diagnostics == ()


def test_rdflib_gets_the_same_triples_to_the_letter(made) -> None:
    normalizes = rdflib.NORMALIZE_LITERALS
    graph = made.to_rdflib()
    assert rdflib.NORMALIZE_LITERALS is normalizes  # left as it was
    assert isinstance(graph, rdflib.Graph)
    assert len(graph) == len(made.graph)
    again = {quad.triple for quad in ox.parse(graph.serialize(format="nt").encode(), format=ox.RdfFormat.N_TRIPLES)}
    assert again == set(made.graph)
    assert canonical(again) == canonical(made.graph)
    (value,) = graph.objects(rdflib.URIRef(BASE + "kim-could-destroy"), rdflib.URIRef(OURS + "quantity"))
    assert str(value) == "8700.50"
    assert dict(graph.namespaces())["id"] == rdflib.URIRef(BASE)


def test_an_rdflib_graph_is_a_copy(made) -> None:
    graph = made.to_rdflib()
    graph.remove((None, None, None))
    assert len(made.to_rdflib()) == len(made.graph) > 100


def test_names_are_imported_when_they_are_used() -> None:
    for name in kg.__all__:
        value = getattr(kg, name)
        if hasattr(value, "__module__"):
            assert getattr(importlib.import_module(value.__module__), name) is value

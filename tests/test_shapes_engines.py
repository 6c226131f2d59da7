"""The default SHACL engine gives what pySHACL, the reference, gives: on the shipped facts and on every way to be wrong.

The mutants are made from the ontology: for every property shape a small valid record, and then each of its values replaced
by terms that do not belong there, left out or doubled. Both engines see all of them in one graph.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pyoxigraph as ox
import pytest
from generation import BASE, EXAMPLES, ROOT, STYLES, shipped

import kg
from kg import derivation, expansion, factfile, ontology, shapes
from kg.graph import Graph
from kg.ontology import SH, XSD, Ontology
from kg.records import index
from kg.shapes import Result
from kg.vocabulary import Class, Field, Kind

REFERENCE = "pyshacl"
OTHERS = sorted(set(shapes.ENGINES) - {REFERENCE})
Node = dict[str, Any]

# What a class needs beyond its required fields (sh:or, sh:xone), and values for sh:pattern.
BESIDES = {"Link": {"by"}, "Condition": {"setBy"}}
PATTERNED = {"language": ["en", "ko"], "sha256": ["0" * 64, "f" * 64], "url": ["https://a.org/", "http://b.org/?c=d"]}


@cache
def onto() -> Ontology:
    return ontology.load(ROOT / "ontology")[0]


# --------------------------------------------------------------------------------------------------------- valid records


def values(field: Field, holder: Class) -> list[Any]:
    """Two valid values of a field."""
    vocab = shipped()
    if field.kind is Kind.TEXT:
        return [{"en": "a text"}, {"en": "a text", "ko": "글"}]
    if field.kind is Kind.PART:
        part = vocab.by_iri[field.range]
        return [minimal(part, holder, {}), {**minimal(part, holder, {}), **another(part, holder)}]
    if field.kind is Kind.CODE:
        return sorted(vocab.lists[field.range].codes)[:2]
    if field.kind is Kind.FIELD:
        return [name for name in holder.fields if name != field.name][:2]
    if field.kind is Kind.REFERENCE:
        name = next(n for n in vocab.record_types if vocab.is_a(vocab.classes[n].iri, field.range))
        return [f"one-{name.lower()}", f"two-{name.lower()}"]
    return PATTERNED.get(field.name) or EXAMPLES[field.range][:2]


def another(part: Class, holder: Class) -> Node:
    """A field by which a second part differs from the first."""
    field = max(part.fields.values(), key=lambda f: (f.kind is Kind.LITERAL, f.kind is Kind.TEXT, f.name))
    return {field.name: values(field, holder)[1]}


def minimal(cls: Class, holder: Class, given: Node) -> Node:
    """A record or part with what it must have, and what is given."""
    needed = (f for f in cls.fields.values() if f.minimum or f.name in BESIDES.get(cls.name, ()))
    made = {f.name: values(f, holder if f.kind is Kind.FIELD else cls)[: max(f.minimum, 1)] for f in needed}
    return {name: value[0] if len(value) == 1 else value for name, value in made.items()} | given


@cache
def way(name: str) -> tuple[str, tuple[Field, ...]]:
    """The record type in which a class stands (itself, or what holds it), and the fields on the way to it."""
    vocab = shipped()
    ways: list[tuple[Class, str, tuple[Field, ...]]] = [(vocab.classes[n], n, ()) for n in vocab.record_types]
    for at, top, fields in ways:  # grows while it is walked: nearest first
        if at.name == name:
            return top, fields
        inner = [f for f in at.fields.values() if f.kind is Kind.PART]
        ways += [(vocab.by_iri[f.range], top, (*fields, f)) for f in inner if len(fields) < 3]
    raise AssertionError(f"no record holds a {name}")


def record(identifier: str, cls: Class, field: Field | None, number: int = 1) -> Node:
    """A valid record that has a field, or a part with that field, on the shortest way."""
    name, fields = way(cls.name)
    holders = [shipped().classes[name], *(shipped().by_iri[f.range] for f in fields)]
    above = holders[-2] if fields else cls
    found = values(field, above if field.kind is Kind.FIELD else cls)[:number] if field else []
    node = minimal(cls, above, {field.name: found[0] if number == 1 else found} if field else {})
    for holder, step in reversed(list(zip(holders, fields, strict=False))):
        node = minimal(holder, holder, {step.name: node})
    return {"id": identifier, "type": name, **node}


def expanded(records: list[Node]) -> tuple[frozenset[ox.Triple], dict[ox.NamedNode, str]]:
    file, wrong = factfile.parse(STYLES["double"](records).encode(), "facts/a.yaml")
    entries, more = index([file], shipped())
    expander = expansion.Expander(shipped(), BASE)
    results = [expander.expand(entry, {**entries, **dict.fromkeys(POOL)}) for entry in entries.values()]
    told = [*wrong, *more, *(d for r in results for d in r.diagnostics)]
    assert not told, "\n".join(map(str, told))
    assert not [d for r in results for d in r.dangling]
    parts = {part: cls for result in results for part, cls in result.parts.items()}
    return frozenset(triple for result in results for triple, _ in result.triples), parts


def graph(asserted: frozenset[ox.Triple], parts: dict[ox.NamedNode, str]) -> Graph:
    derived, _ = derivation.derive(asserted, parts, onto(), shipped())
    return Graph(BASE, asserted, derived, onto())


POOL = [f"{which}-{name.lower()}" for name in shipped().record_types for which in ("one", "two")]


def pool() -> list[Node]:
    """Two valid records of every type, for the others to point at."""
    return [
        record(f"{which}-{name.lower()}", shipped().classes[name], None)
        for name in shipped().record_types
        for which in ("one", "two")
    ]


# --------------------------------------------------------------------------------------------------------------- mutants


@dataclass(frozen=True)
class Mutant:
    """A record with one mistake, at one property of one node."""

    name: str
    subject: ox.NamedNode
    path: ox.NamedNode


def literal(text: str, datatype: str = XSD + "string") -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(datatype))


def odd(field: Field) -> Iterator[tuple[str, list[ox.NamedNode | ox.Literal]]]:
    """Values, most of which a field may not have, each with a name."""
    yield "nothing", []
    yield "text", [literal("some text")]
    yield "an empty text", [literal("")]
    yield "text in a language", [ox.Literal("some text", language="en")]
    yield "a number", [literal("7", XSD + "integer")]
    yield "nowhere", [ox.NamedNode(BASE + "nowhere")]
    yield "an agreement", [ox.NamedNode(BASE + "one-agreement")]
    yield "a person", [ox.NamedNode(BASE + "one-person")]
    yield "a code", [ox.NamedNode("https://w3id.org/kg-facts/code/answer/yes")]
    if field.kind is Kind.TEXT:
        yield "two texts in a language", [ox.Literal("one", language="en"), ox.Literal("two", language="en")]
        yield "texts in two languages", [ox.Literal("one", language="en"), ox.Literal("two", language="en-us")]
    if field.kind is Kind.LITERAL:
        yield "two lines", [literal("en\nen", field.range)]
        yield "a line end", [literal(PATTERNED.get(field.name, ["x"])[0] + "\n", field.range)]
        yield "nonsense of the right type", [literal("<no \"sense\" 'in' \\it>", field.range)]
        yield "an unknown type", [literal("7", "urn:x:type")]
        for text in EXAMPLES[field.range][:4]:
            yield f"{text!r}", [literal(text, field.range)]


def mutants() -> tuple[Graph, list[Mutant]]:
    """All mutants and what they point at, in one graph."""
    asserted, parts = expanded(pool())
    triples, made = set(asserted), []
    seen = set()
    for cls in shipped().classes.values():
        for field in () if cls.abstract else cls.fields.values():
            shape = (field.path, field.kind, field.range, field.minimum, field.maximum, field.order, cls.part)
            if shape in seen:
                continue  # inherited as it is
            seen.add(shape)
            several = () if field.kind is Kind.TEXT else [("twice", None)]
            for name, objects in (*odd(field), *several):
                identifier = f"mutant-{len(made)}"
                own, own_parts = expanded([record(identifier, cls, field, 2 if objects is None else 1)])
                subject = ox.NamedNode(BASE + identifier)
                for step in way(cls.name)[1]:
                    subject = next(t.object for t in own if t.subject == subject and t.predicate.value == step.path)
                path = ox.NamedNode(field.path)
                if objects is not None:
                    own = frozenset(t for t in own if not (t.subject == subject and t.predicate == path))
                triples |= own | {ox.Triple(subject, path, value) for value in objects or ()}
                parts |= own_parts
                made.append(Mutant(f"{cls.name}.{field.name}: {name}", subject, path))
    return graph(frozenset(triples), parts), made


@pytest.fixture(scope="module")
def made() -> tuple[Graph, list[Mutant]]:
    return mutants()


@pytest.fixture(scope="module")
def reference(made) -> set[Result]:
    return set(shapes.validate(made[0], REFERENCE))


def plain(results: set[Result]) -> list[str]:
    return sorted(str(replace(result, message="")) for result in results)


def test_the_default_engine_is_one_that_is_compared() -> None:
    assert shapes.DEFAULT_ENGINE in OTHERS


@pytest.mark.parametrize("engine", sorted(shapes.ENGINES))
def test_the_records_that_mutants_are_made_of_are_valid(engine) -> None:
    assert plain(set(shapes.validate(graph(*expanded(pool())), engine))) == []


@pytest.mark.parametrize("engine", OTHERS)
def test_engines_agree_on_the_shipped_facts(engine) -> None:
    shipped_facts = kg.build(ROOT, checked=False).graph
    assert plain(set(shapes.validate(shipped_facts, engine))) == plain(set(shapes.validate(shipped_facts, REFERENCE)))


@pytest.mark.parametrize("engine", OTHERS)
def test_engines_agree_on_shipped_facts_with_holes(engine) -> None:
    whole = kg.build(ROOT, checked=False).graph
    every = 23  # a prime, so that the holes lie differently in every record
    holes = Graph(
        whole.base,
        frozenset(t for n, t in enumerate(whole) if t in whole.asserted and n % every),
        whole.derived,
        whole.ontology,
    )
    found = shapes.validate(holes, engine)
    assert plain(set(found)) == plain(set(shapes.validate(holes, REFERENCE)))
    assert len(found) > 50


@pytest.mark.parametrize("engine", OTHERS)
def test_engines_agree_on_mutants(engine, made, reference) -> None:
    found = set(shapes.validate(made[0], engine))
    # `$` ends the text (https://www.w3.org/TR/xpath-functions-31/#regex-syntax); Python's, and so pySHACL's, also stands
    # before a line end there. This is the one difference, and pySHACL's fault.
    names = {(m.subject.value, m.path.value): m.name for m in made[1]}
    forgiven = {
        r for r in found - reference if r.component == "Pattern" and names[r.focus, r.path].endswith(": a line end")
    }
    assert plain(found - reference - forgiven) == []
    assert plain(reference - found) == []
    assert len(forgiven) < 5


def test_mutants_are_many_and_wrong_in_every_way(made, reference) -> None:
    """Else agreement would show little."""
    names = {(m.subject.value, m.path.value): m.name for m in made[1]}
    assert len(names) == len(made[1])
    noticed = {names[r.focus, r.path] for r in reference if (r.focus, r.path) in names}
    assert len(noticed) > 500
    # every property shape of every class was held to
    fields = {name.partition(":")[0] for name in names.values()}
    assert {name.partition(":")[0] for name in noticed} == fields
    # every kind of constraint that the shapes use was broken
    used = {t.predicate.value.removeprefix(SH) for t in onto().triples if t.predicate.value.startswith(SH)}
    constraints = {
        "class",
        "datatype",
        "maxCount",
        "minCount",
        "minLength",
        "node",
        "or",
        "pattern",
        "uniqueLang",
        "xone",
    }
    known = {*constraints, "description", "hasValue", "message", "name", "order", "path", "property", "targetClass"}
    assert used <= known, "a new term of SHACL: add a mutant that breaks it"
    broken = Counter(result.component for result in reference)
    assert {name[0].upper() + name[1:] for name in constraints & used} <= set(broken)


def test_results_come_from_mutants_alone(reference) -> None:
    assert {r.focus.removeprefix(BASE).split("-")[0] for r in reference} == {"mutant"}

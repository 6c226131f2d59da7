"""The page of the ontology: classes, fields and codes with their definitions, and a picture of what points at what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kg.ontology import SKOS
from kg.site import network
from kg.site.claims import Claims, Row
from kg.site.frame import Frame, Page
from kg.site.shown import Shown
from kg.vocabulary import Class, Kind


@dataclass(frozen=True, slots=True)
class Property:
    """A property of the ontology, with the classes that have it as a field."""

    shown: Shown
    anchor: str
    definition: str
    classes: tuple[str, ...]


def pages(frame: Frame, claims: Claims, page: Page) -> Iterator[tuple[str, bytes]]:
    """Render the page."""
    vocabulary = frame.build.vocabulary
    classes = sorted(vocabulary.classes.values(), key=lambda cls: (cls.part, cls.label))
    groups = network.arrange(_references(classes), claims)
    yield frame.render(
        "ontology.html",
        page.path,
        page=page,
        classes=classes,
        lists=sorted(vocabulary.lists.values(), key=lambda codes: codes.title),
        properties=_properties(frame, claims, classes),
        vocabulary=vocabulary,
        reader=claims.reader,
        groups=groups,
        picture=network.draw(groups, claims),
        node=ox.NamedNode,
    )


def _references(classes: list[Class]) -> list[Row]:
    """Return which class points at which, and by which fields; what a class inherits counts for the class above alone."""
    by_iri = {cls.iri: cls for cls in classes}
    rows: list[Row] = []
    for cls in classes:
        above = {
            path for iri in cls.superclasses if iri in by_iri for path in (f.path for f in by_iri[iri].fields.values())
        }
        for field in cls.fields.values():
            if field.kind in (Kind.REFERENCE, Kind.PART) and field.path not in above:
                ends = {"from": ox.NamedNode(cls.iri), "to": ox.NamedNode(field.range)}
                rows.append({**ends, "relation": ox.Literal("→"), "item": ox.NamedNode(field.path)})
    return rows


def _properties(frame: Frame, claims: Claims, classes: list[Class]) -> list[Property]:
    owners: dict[str, list[str]] = {}
    for cls in classes:
        for field in cls.fields.values():
            owners.setdefault(field.path, []).append(cls.label)
    found = []
    for iri, labels in owners.items():
        node = ox.NamedNode(iri)
        definition = frame.build.graph.ontology.text(node, SKOS + "definition")
        found.append(Property(claims.reader(node), claims.reader.anchor(iri), definition, tuple(labels)))
    return sorted(found, key=lambda one: one.shown.text)

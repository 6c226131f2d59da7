"""Breaches: what the checks find in a corpus, without the whole graph where they can do without it.

Rows of checks that see one record came with the records. Of the others each gets a store of the triples that it sees; where
these are the same as in an earlier run, so are its rows.
"""

from __future__ import annotations

from dataclasses import replace

import pyoxigraph as ox

from kg import checks
from kg.cache import Cache
from kg.checks import Check, Finding, Row
from kg.compiled.sight import Sight, Sights
from kg.corpus import Corpus
from kg.graph import Graph
from kg.ontology import read_ntriples
from kg.parts import record_of


def find(facts: Corpus, cache: Cache | None) -> list[Finding]:
    """Return what all checks find."""
    name = _name(facts, cache, b"checks", *(one.name.encode() for one in facts.shards))
    kept = cache.get(name) if cache is not None and name else None
    if isinstance(kept, list):
        return kept
    found = _find(facts, cache)
    if cache is not None and name:
        cache.put(name, found)
    return found


def _name(facts: Corpus, cache: Cache | None, *inputs: bytes) -> str:
    """Return the name under which what was found is kept; none where a file is not kept."""
    return cache.name(*inputs) if cache is not None and all(one.name for one in facts.shards) else ""


def _find(facts: Corpus, cache: Cache | None) -> list[Finding]:
    made = facts.context.checks
    assert made is not None  # noqa: S101 - else nothing would have been checked record by record
    rows: dict[str, list[Row]] = {}
    for record in facts.records:
        for path, row in record.rows:
            rows.setdefault(path, []).append(row)
    findings = [*made.unread]
    for check in (*made.alone, *made.across):
        found = (rows.get(check.path, []), "") if check.breaks is not None else _across(check, facts, cache)
        findings += checks.tell(check, "check", found, facts.sources, facts.names)
    return sorted(set(findings))


def _across(check: Check, facts: Corpus, cache: Cache | None) -> tuple[list[Row], str]:
    digests = [
        one.digests.get(check.path, b"") if check.sight is not None else one.name.encode() for one in facts.shards
    ]
    name = _name(facts, cache, check.path.encode(), *digests)
    kept = cache.get(name) if cache is not None and name else None
    if isinstance(kept, tuple):
        return kept[0], kept[1]
    found = check.rows(_seen(check, check.sight, facts) if check.sight is not None else facts.graph)
    if cache is not None and name:
        cache.put(name, found)
    return found


def _seen(check: Check, sight: Sight, facts: Corpus) -> Graph:
    """Return facts and ontology as far as a check sees them; less where it can have no row."""
    ontology = facts.context.ontology
    text = b"".join(
        facts.fetch(one, whole=False).seen.get(check.path, b"") for one in facts.shards if check.path in one.digests
    )
    ids: set[str] = set()
    if sight.pointed:
        ids = {
            record_of(node[1:-1]).removeprefix(facts.context.base)
            for node, about in read_ntriples(text.decode()).items()
            if any(star.fits(about) for star in sight.pointed)
        }
    if ids:
        text += facts.texts(lambda record: record.id in ids or any(i in ids for i in record.references))
    else:  # else the ontology may say things that lead to one of them
        lines = (line for _, line in Sights({check.path: sight}).lines(ontology.nodes))
        ontology = replace(ontology, ntriples="".join(dict.fromkeys(lines)).encode())
    graph = Graph(facts.context.base, frozenset(), frozenset(), ontology)
    graph.store.load(text, format=ox.RdfFormat.N_TRIPLES, lenient=True)
    return graph

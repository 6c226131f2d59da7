"""What a build writes: the graph, the ontology by which to read it, and what tells two parties that they hold the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg import metadata, pipeline, turtle
from kg.metadata import File
from kg.pipeline import Build

GRAPH, ONTOLOGY, METADATA, CHECKSUM = "kg.ttl", "ontology.ttl", "dataset.ttl", "kg.sha256"
_UNCHECKED = b"# Unchecked: shapes and checks were skipped.\n"


def files(build: Build, without: str = "") -> Iterator[tuple[str, Iterable[bytes]]]:
    """Return the files of a build by name, each in pieces that are to be taken before the next file is asked for.

    The checksum is that of the canonical graph, not that of a file.

    Args:
        build: one without errors.
        without: id of the record that was withdrawn from it.

    """
    graph, ontology = File(GRAPH), File(ONTOLOGY)
    yield GRAPH, graph.passing(_marked(build))
    yield ONTOLOGY, ontology.passing(pipeline.ontology_text(build))
    yield METADATA, metadata.write(build, graph, ontology, without)
    yield CHECKSUM, (f"{build.graph.sha256}\n".encode(),)


def _marked(build: Build) -> Iterator[bytes]:
    if not build.checked:
        yield _UNCHECKED
    yield from turtle.write(build.graph)

"""What a build writes: the graph, the ontology by which to read it, and what tells two parties that they hold the same."""

from __future__ import annotations

from kg import canonical, metadata, pipeline, turtle
from kg.metadata import File
from kg.pipeline import Build

GRAPH, ONTOLOGY, METADATA, CHECKSUM = "kg.ttl", "ontology.ttl", "dataset.ttl", "kg.sha256"
_UNCHECKED = b"# Unchecked: shapes and checks were skipped.\n"


def files(build: Build, without: str = "") -> dict[str, bytes]:
    """Return the files of a build by name; the checksum is that of the canonical graph, not that of a file.

    Args:
        build: one without errors.
        without: id of the record that was withdrawn from it.

    """
    graph = (b"" if build.checked else _UNCHECKED) + b"".join(turtle.write(build.graph))
    ontology = b"".join(pipeline.ontology_text(build))
    described = metadata.write(build, File(GRAPH, graph), File(ONTOLOGY, ontology), without)
    return {
        ONTOLOGY: ontology,
        METADATA: b"".join(described),
        CHECKSUM: f"{canonical.digest(build.graph.canonical)}\n".encode(),
        GRAPH: graph,
    }

"""Beyond one machine: the function that reads a file (`kg.shard`) on the workers of a Dask scheduler (https://docs.dask.org).

Files are read and written by fsspec, so that they can lie wherever all workers reach them. The texts of records stay with
the workers; here come only outlines, and the records that rules join. Each fact file becomes a file of N-Quads; together
they hold what `kg export nquads` writes. Shapes and checks are for `kg validate`, on one machine.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path, PurePosixPath

import fsspec
from distributed import Client, Future

from kg import corpus, ontology, shard, vocabulary
from kg.compiled.rules import Triple
from kg.corpus import Corpus
from kg.diagnostic import Severity
from kg.export import lines
from kg.graph import Blocks, Graph
from kg.outline import Others, Shard, Texts
from kg.parts import record_of
from kg.project import Project
from kg.shard import Context
from kg.sourcemap import Changed

_Ontology = tuple[tuple[str, bytes], ...]  # path below its folder, content
_Changes = tuple[list[Triple], list[Triple]]  # triples that come, and that go


def build(address: str, project: Project, base: str, facts: str, out: str) -> Corpus:
    """Read fact files on a cluster and write N-Quads, a file for each, unless something is wrong.

    Args:
        address: of the scheduler, like `tcp://127.0.0.1:8786`.
        project: whose ontology to use.
        base: every record's IRI is base + id.
        facts: URL of the folder of fact files.
        out: URL of the folder to write to.

    Returns:
        What was read, without texts.

    Raises:
        OSError: no scheduler answers, or a file cannot be read or written.

    """
    files = tuple(
        (file.relative_to(project.ontology).as_posix(), file.read_bytes())
        for file in sorted(project.ontology.rglob("*"))
        if file.suffix in (".ttl", ".rq")
    )
    context = _context(base, files)
    system, root = fsspec.core.url_to_fs(facts)
    paths = [path for path in sorted(system.find(root)) if path.endswith((".yaml", ".yml"))]
    shown = {
        path: "facts/" + path[len(root) :].lstrip("/") for path in paths if PurePosixPath(path).name != "dataset.yaml"
    }
    with Client(address) as client:
        everywhere = client.scatter(files, broadcast=True)
        made = [
            client.submit(_read, base, everywhere, system.unstrip_protocol(path), name) for path, name in shown.items()
        ]
        outlines = client.gather([client.submit(_outline, future) for future in made])
        read = corpus.gather(context, project, _Here(facts), outlines, [])
        if (
            any(diagnostic.severity is Severity.ERROR for diagnostic in read.diagnostics)
            or read.dangling
            or read.results
        ):
            return read
        changes = _changes(client, context, read, made)
        writing = []
        for number, (future, outline) in enumerate(zip(made, outlines, strict=True)):
            ids = {base + record.id for record in outline.records}
            own = tuple([t for t in triples if record_of(t[0][1:-1]) in ids] for triples in changes) if changes else ()
            writing.append(client.submit(_write, base, everywhere, future, own, f"{out}/part-{number:06}.nq"))
        with fsspec.open(f"{out}/ontology.nq", "wb", auto_mkdir=True) as stream:
            stream.writelines(lines.quads(Graph(base, frozenset(), frozenset(), context.ontology)))
        client.gather(writing)
    return read


class _Here:
    """Reads again, on this machine, the few files that need to know of others."""

    def __init__(self, facts: str) -> None:
        self.facts = facts

    def run(self, context: Context, items: list[tuple[Path, str, Others]]) -> list[Shard]:
        found = []
        for _, path, others in items:
            with fsspec.open(f"{self.facts}/{path.removeprefix('facts/')}", "rb") as stream:
                found.append(shard.make(context, stream.read(), path, others))
        return found

    def texts(self, context: Context, one: Shard, file: Path, *, whole: bool) -> Texts:  # noqa: ARG002 - as others have it
        raise Changed(one.path)  # they are with the workers


_folders: list[
    tempfile.TemporaryDirectory[str]
] = []  # removed when the worker ends; queries are read when they are asked


@lru_cache(maxsize=2)
def _context(base: str, files: _Ontology) -> Context:
    """Make ready to read files, once in a worker."""
    kept = tempfile.TemporaryDirectory(prefix="kg-ontology-")
    _folders.append(kept)
    folder = Path(kept.name)
    for path, content in files:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    onto, _ = ontology.load(folder)
    return Context(base, onto, vocabulary.read(onto), checked=False)


def _read(base: str, files: _Ontology, url: str, path: str) -> Shard:
    with fsspec.open(url, "rb") as stream:
        return shard.make(_context(base, files), stream.read(), path)


def _outline(made: Shard) -> Shard:
    return replace(made, texts=replace(made.texts, piece=b"") if made.texts is not None else None)


def _blocks(base: str, made: Shard) -> Blocks:
    blocks = Blocks()
    if made.texts is not None:
        blocks.add(base, made.texts.piece, ((record.id, record.block) for record in made.records))
    return blocks


def _texts(base: str, made: Shard, wanted: set[str]) -> dict[str, str]:
    blocks = _blocks(base, made)
    return {iri: blocks.ntriples(iri).decode() for iri in blocks.places if iri in wanted}


def _changes(client: Client, context: Context, read: Corpus, made: list[Future]) -> _Changes:
    """Apply the rules that see more than one record."""
    groups = corpus.components(context.base, read.records)
    wanted = {iri for group in groups for iri in group}
    found: Iterable[dict[str, str]] = client.gather([client.submit(_texts, context.base, one, wanted) for one in made])
    texts = {iri: text for some in found for iri, text in some.items()}
    added, removed = corpus.join(groups, texts, context.derivation.joined)
    across, _ = context.derivation.of_all(b"".join(one.texts.across for one in read.shards if one.texts is not None))
    return [*added, *across], removed


def _write(base: str, files: _Ontology, made: Shard, changes: _Changes, url: str) -> None:
    context = _context(base, files)
    blocks = _blocks(base, made)
    corpus.insert(blocks, *changes, context.prefixes)
    graph = Graph.of(base, lambda: blocks, context.ontology)
    with fsspec.open(url, "wb", auto_mkdir=True) as stream:
        stream.writelines(f"{quad} .\n".encode() for quad in lines.facts(graph))

"""Outlines: what was made of a file, and what the data set has to know of each record in it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.checks import Row
from kg.diagnostic import Diagnostic
from kg.graph import Counts
from kg.names import Naming
from kg.parts import Dangling
from kg.shapes import Result
from kg.sourcemap import Source


@dataclass(slots=True)
class Outline:
    """What the data set has to know of one record.

    Attributes:
        id: its id.
        place: line and column of the id.
        source: where it stands; None where its type is not known.
        classes: IRIs.
        names: its labels and alternative labels, each with its language and whether it is the label.
        references: ids that it points at.
        dangling: those of them that are said to be missing.
        diagnostics: what is wrong with it.
        results: how it breaks its shapes.
        rows: those of checks that see it alone, each with the path of the check.
        open: ids of records that have to be of a class, each with the class's IRI, before it can be said to keep them.
        links: IRIs of what rules join it to.
        block: where its texts lie in the piece of its file, and their lengths.

    """

    id: str
    place: tuple[int, int]
    source: Source | None
    classes: tuple[str, ...] = ()
    names: tuple[Naming, ...] = ()
    references: tuple[str, ...] = ()
    dangling: tuple[Dangling, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    results: tuple[Result, ...] = ()
    rows: tuple[tuple[str, Row], ...] = ()
    open: tuple[tuple[str, str], ...] = ()
    links: tuple[str, ...] = ()
    block: tuple[int, ...] = ()

    def share(self, known: dict[object, Any]) -> None:
        """Use, of what is the same in many records, one in memory."""
        self.classes = known.setdefault(self.classes, self.classes)
        self.references = tuple(map(sys.intern, self.references))
        self.open = tuple([known.setdefault(one, one) for one in self.open])


@dataclass(frozen=True, slots=True)
class Others:
    """What is known of the records of other files.

    Attributes:
        missing: ids that no record has; all others exist.
        classes: IRIs of the classes of each id; None where they are not known, and then what depends on them is open.

    """

    missing: frozenset[str] = frozenset()
    classes: Mapping[str, Iterable[str]] | None = None

    def __contains__(self, id_: object) -> bool:
        return id_ not in self.missing

    @property
    def digest(self) -> bytes:
        """What tells it from all else that may be known."""
        classes = sorted((i, sorted(found)) for i, found in (self.classes or {}).items())
        return repr((sorted(self.missing), self.classes is None, classes)).encode()

    def of(self, id_: str) -> Iterable[str] | None:
        """Return the classes of a record in N-Triples syntax."""
        return None if self.classes is None else [f"<{iri}>" for iri in self.classes.get(id_, ())]


@dataclass(frozen=True, slots=True)
class Texts:
    """What was written of one file, which is much.

    Attributes:
        piece: see `kg.graph.Blocks`.
        across: N-Triples that rules across records can see.
        seen: N-Triples that each check across records can see, by its path, where there are any.

    """

    piece: bytes
    across: bytes
    seen: Mapping[str, bytes]


@dataclass(slots=True)
class Shard:
    """One file.

    Attributes:
        path: as diagnostics call it.
        diagnostics: what is wrong with it as a whole, and with ids and types.
        records: those with an id, in order.
        lost: ids that are written in it, where not all of it could be read.
        checked: whether its records were validated, by shapes and by checks that see one record.
        name: that under which it is kept, where it is.
        others: what was known of the records of other files.
        texts: what was written of it; None where it is kept, and to be fetched when it is wanted.
        digests: digests of what checks across records can see, by their paths.
        prefixes, counts: see `kg.graph.Blocks`.

    """

    path: str
    diagnostics: list[Diagnostic]
    records: list[Outline]
    lost: list[str]
    checked: bool = False
    name: str = ""
    others: Others = Others()
    texts: Texts | None = None
    digests: dict[str, bytes] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)

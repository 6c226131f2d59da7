"""What edges carry so that each can be traced: the columns of `ontology/views/edges.rq`.

A row says something of the edges that start at `?node`, for one field (`?path`) or for those that no row of the node names.
Where a node says nothing, what holds it is asked. The other columns name the properties of edges.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox

from kg.graph import Graph
from kg.ontology import Term
from kg.questions import view
from kg.vocabulary import Vocabulary

VIEW = "views/edges.rq"
_KEYS = ("node", "path")


class Provenance:
    """The rows of the view, by node, column and path."""

    def __init__(self, graph: Graph, vocabulary: Vocabulary, holders: Mapping[str, tuple[str, str]]) -> None:
        """Ask the view; without one, edges carry nothing.

        Args:
            graph: the facts.
            vocabulary: whose codes are shown by name.
            holders: of each part, the node that holds it and the path.

        Raises:
            OntologyFault: the view does not keep its contract.

        """
        rows = view(graph, VIEW, _KEYS) if (graph.ontology.directory / VIEW).exists() else []
        codes = {code.iri: code.name for codes in vocabulary.lists.values() for code in codes.codes.values()}
        self.names = tuple(name for name in (rows[0] if rows else ()) if name not in _KEYS)
        self._holders = holders
        self._said: dict[tuple[str, str, str], set[str]] = {}
        for row in rows:
            for name in self.names:
                if term := row[name]:
                    text = codes.get(_text(term), _text(term))
                    self._said.setdefault((name, _text(row["node"]), _text(row["path"])), set()).add(text)

    def of(self, node: str, path: str) -> dict[str, tuple[str, ...]]:
        """Return what an edge carries that starts at a node."""
        found = {name: tuple(sorted(self._find(name, node, path))) for name in self.names}
        return {name: values for name, values in found.items() if values}

    def _find(self, name: str, node: str, path: str) -> set[str]:
        said = self._said.get((name, node, path)) or self._said.get((name, node, ""))
        if said is None and node in self._holders:
            return self._find(name, *self._holders[node])
        return said or set()


def _text(term: Term | None) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else ""

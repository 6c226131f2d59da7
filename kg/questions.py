"""Questions: named SPARQL queries (`ontology/questions/*.rq`), or any other, asked of the facts as they are now.

Header lines of a question are comments: `# Question:` in words, `# Parameter: name what it means`, `# Example: name=value`
(the setting for which the expected result beside it holds). Parameters are bound as terms, never pasted into the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.confinement import SECONDS, Exceeded, confined
from kg.fault import Fault, OntologyFault
from kg.graph import Graph
from kg.names import Names
from kg.ontology import Ontology, Term, term
from kg.project import shipped_ontology
from kg.sparql import refusal, sealed
from kg.suggestion import did_you_mean
from kg.vocabulary import Vocabulary

_HEADER = re.compile(r"#\s*(?P<key>[A-Z][a-z]+):\s*(?P<value>.*?)\s*$")
_TERM = re.compile(r'<[^<>]*>|".*"(?:@[A-Za-z0-9-]+|\^\^<[^<>]*>)?', re.DOTALL)
_A_SECOND = 50_000  # triples, for which a query of a stranger's ontology may take another second
_REACHES_OUT = "it asks another server or a file; queries here see this data set only"
_PARAMETER = re.compile(r"\?(\w+)\s*(.*)")


class QueryError(Fault):
    """The query or a parameter is wrong; the message says how."""


@dataclass(frozen=True, slots=True)
class Question:
    """A query with what its header says of it."""

    name: str
    query: str
    text: str
    parameters: Mapping[str, str]
    example: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a SELECT."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]


Answer = bool | Table | tuple[ox.Triple, ...]
Results = ox.QueryBoolean | ox.QueryTriples | ox.QuerySolutions


def header(query: str) -> dict[str, str]:
    """Return the `# Key: value` lines at the head of a query.

    A continued line is joined, up to an empty comment; a repeated key by newlines.
    """
    found: dict[str, str] = {}
    last = ""
    for line in query.splitlines():
        if not line.startswith("#"):
            break
        match = _HEADER.match(line)
        if match:
            last = match["key"]
            found[last] = f"{found[last]}\n{match['value']}" if last in found else match["value"]
        elif not (more := line.lstrip("# ").rstrip()):
            last = ""
        elif last:
            found[last] = f"{found[last]} {more}"
    return found


def read(file: Path) -> Question:
    """Read a query file.

    Raises:
        OSError: it cannot be read.
        QueryError: it is not UTF-8.

    """
    return decode(file.stem, file.read_bytes())


def decode(name: str, data: bytes) -> Question:
    """Read the bytes of a query.

    Raises:
        QueryError: they are not UTF-8.

    """
    try:
        return make(name, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise QueryError(f"{name}: not UTF-8 at byte {error.start}") from None


def make(name: str, query: str) -> Question:
    """Read a query and its header."""
    about = header(query)
    matches = [_PARAMETER.match(line) for line in about.get("Parameter", "").splitlines()]
    parameters = {match[1]: match[2] for match in matches if match}
    example = dict(pair.partition("=")[::2] for pair in about.get("Example", "").split())
    return Question(name, query, about.get("Question", ""), parameters, example)


def files(ontology: Ontology) -> dict[str, Path]:
    """Return the files of the questions of an ontology by name."""
    return {file.stem: file for file in ontology.queries("questions")}


def named(ontology: Ontology) -> dict[str, Question]:
    """Return the questions of an ontology by name."""
    return {name: read(file) for name, file in files(ontology).items()}


def run(graph: Graph, question: Question, settings: Mapping[str, Term] | None = None) -> Results:
    """Run a query.

    Raises:
        QueryError: it is no query, reaches out of the data set, or a setting is no variable of it.

    """
    if problem := refusal(question.query):
        raise QueryError(problem)
    for name in settings or {}:
        if not (re.fullmatch(r"\w+", name) and re.search(rf"[?$]{name}\b", question.query)):
            takes = ", ".join(question.parameters)
            raise QueryError(f"the query has no variable ?{name}" + (f"; it takes {takes}" if takes else ""))
    bound = {ox.Variable(name): term for name, term in (settings or {}).items()}
    data, prefixes = graph.store, graph.prefixes
    try:
        with sealed():
            return data.query(question.query, prefixes=prefixes, substitutions=bound)
    except RuntimeError:  # binding a variable that is not selected (SPARQL-dev SEP-0007)
        raise QueryError("a variable that is set must be among those the query selects") from None
    except OSError:
        raise QueryError(_REACHES_OUT) from None
    except (SyntaxError, ValueError) as error:
        raise QueryError(str(error)) from None


def ask(graph: Graph, question: Question, settings: Mapping[str, Term] | None = None) -> Answer:
    """Answer a question; see `run`. With the ontology of a stranger it may take so much time and memory, and no more."""
    if graph.ontology.directory == shipped_ontology():
        return _ask(graph, question, settings)
    try:
        return confined(lambda: _ask(graph, question, settings), SECONDS + len(graph.store) // _A_SECOND)
    except Exceeded as error:
        raise QueryError(f"it {error}") from None


def _ask(graph: Graph, question: Question, settings: Mapping[str, Term] | None) -> Answer:
    result = run(graph, question, settings)
    try:
        with sealed():  # an engine evaluates while it is read
            if isinstance(result, ox.QueryBoolean):
                return bool(result)
            if isinstance(result, ox.QueryTriples):
                return tuple(result)
            columns = tuple(variable.value for variable in result.variables)
            return Table(columns, tuple(tuple(row[name] for name in columns) for row in result))
    except OSError:
        raise QueryError(_REACHES_OUT) from None
    except ValueError as error:
        raise QueryError(str(error)) from None


def view(graph: Graph, path: str, columns: Iterable[str]) -> list[dict[str, Term | None]]:
    """Run a query of the ontology that a command relies on.

    Args:
        graph: what it is asked of.
        path: its file, below the ontology's folder.
        columns: those it must have; that is its contract.

    Raises:
        OntologyFault: it cannot be read or run, is no SELECT, or lacks a column.

    """
    try:
        answer = ask(graph, read(graph.ontology.directory / path))
    except (QueryError, OSError) as error:
        raise OntologyFault(f"ontology/{path}: {error}") from None
    missing = [name for name in columns if not isinstance(answer, Table) or name not in answer.columns]
    if missing or not isinstance(answer, Table):
        raise OntologyFault(f"ontology/{path}: a SELECT with {', '.join(f'?{name}' for name in missing)} is needed")
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def serialize(results: Results, format_: ox.QueryResultsFormat) -> bytes:
    """Write the results of a SELECT or ASK in a format of the W3C.

    Raises:
        QueryError: they are triples.

    """
    if isinstance(results, ox.QueryTriples):
        raise QueryError("a CONSTRUCT gives triples: use turtle")
    try:
        with sealed():
            text = results.serialize(format=format_) or b""
    except OSError:
        raise QueryError(_REACHES_OUT) from None
    # A parser of XML takes a raw carriage return for a line feed.
    return text.replace(b"\r", b"&#xD;") if format_ == ox.QueryResultsFormat.XML else text


def setting(text: str, names: Names, vocabulary: Vocabulary) -> Term:
    """Read the value of `--set`: an id or unique name, a code as `list/code`, or a term in N-Triples syntax.

    Raises:
        QueryError: it is none of these; the message gives the candidates.

    """
    if _TERM.fullmatch(text):
        try:
            return term(text)
        except ValueError as error:
            raise QueryError(str(error)) from None
    found = names.resolve(text)
    if len(found) == 1:
        return ox.NamedNode(names.base + found[0])
    if found:
        raise QueryError(f"'{text}' can mean {', '.join(found)}; give the id")
    scheme, _, code = text.partition("/")
    for codes in vocabulary.lists.values():
        if codes.name == scheme and code in codes.codes:
            return ox.NamedNode(codes.codes[code].iri)
    hint = did_you_mean(text, names.suggest(text) or names.labels)
    raise QueryError(
        f"no record is called '{text}'" + (f"; {hint}" if hint else "") + "; text goes in quotes: '\"...\"'"
    )

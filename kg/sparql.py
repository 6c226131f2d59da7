"""What no query may do: reach out to another server, or crash the engine.

SERVICE sends requests that the engine cannot switch off, and its grammar needs no space after a keyword: `SERVICE:x`,
`5SERVICE<...>`. So strings, comments, IRIs and variables are taken out by the tokens of SPARQL 1.1
(https://www.w3.org/TR/sparql11-query/#rTerminals), and what is left may not hold the word at all. Should any slip through,
it finds the process unable to open a socket.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
from collections.abc import Iterable, Iterator

if os.name == "posix":
    import resource

_IRI = re.compile(r"""<[^<>"{}|^`\\\x00-\x20]*>""")
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")  # no expression can begin so: here `<` compares nothing
_TOKEN = re.compile(
    r"""\\[_~.\-!$&'()*+,;=/?\#@%]|\"""(?:[^"\\]|\\.|"(?!""))*\"""|'''(?:[^'\\]|\\.|'(?!''))*'''"""
    r"""|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'|[?$]\w+|\#[^\n\r]*""",
    re.DOTALL,
)
_SERVICE = re.compile("service", re.IGNORECASE)
_LOAD = re.compile(r"(?<!:)\bLOAD\b", re.IGNORECASE)
_OUTSIDE = re.compile(r"(?<!:)\b(?:FROM|LOAD)\b", re.IGNORECASE)  # `kg:from` is a property
_ESCAPE = re.compile(r"\\[uU]")
_HEADER = re.compile(
    r"(?:\s+|\#[^\n\r]*)*"
)  # comments before all else, which are prose, and can be nothing but comments
_CLUES = {"Prefix not found": "a prefix that is not declared", "IRI parsing failed": "an IRI that is none"}
_LONGEST = 250  # characters
MAX_NESTING = 100  # deeper nesting crashes the engine's process, and so do
MAX_LENGTH = 30_000  # flat chains of tens of thousands of operators (characters)


@contextlib.contextmanager
def sealed() -> Iterator[None]:
    """Let the process open no file and no socket, while an engine works in memory. What is open stays so.

    On POSIX, and where there is one thread: the limit is that of the process, and others may be at work.
    """
    if os.name != "posix" or threading.active_count() > 1:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def place(query: str, problem: str) -> tuple[int, int]:
    """Return line and column, from 0, of what is wrong with a query: a syntax error of the engine, or what is refused."""
    if found := re.match(r"error at (\d+):(\d+)", problem):
        line, column = int(found[1]) - 1, int(found[2]) - 1
        before = "".join(query.splitlines()[line : line + 1])[:column]
        name = re.search(r"[\w.-]*:[\w.-]*$|<[^<>]*>?$", before)  # of which the engine tells the end
        return line, name.start() if name and any(clue in problem for clue in _CLUES) else column
    offences = (_SERVICE, _OUTSIDE, _ESCAPE)
    offset = next((at for at in sorted(_bare(query)) if any(offence.match(query, at) for offence in offences)), 0)
    return query.count("\n", 0, offset), offset - query.rfind("\n", 0, offset) - 1


def told(problem: str) -> str:
    """Return what is wrong with a query in few words: the engine lists all that could stand there."""
    for clue, meaning in _CLUES.items():
        if clue in problem:
            return meaning
    text = " ".join(problem.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."


def refusal(query: str, *, graphs: bool = False) -> str | None:
    """Return why a query may not run, None where it may.

    Args:
        query: SPARQL.
        graphs: True where FROM can only choose among the graphs of the data set.

    """
    outside = _LOAD if graphs else _OUTSIDE
    if len(query) > MAX_LENGTH:
        return f"longer than {MAX_LENGTH} characters"
    if not _suspicious(query, (_SERVICE, outside, _ESCAPE)):
        return None
    bare = sorted(_bare(query))
    for place in bare:
        if _SERVICE.match(query, place):
            return "SERVICE asks another server; queries here see this data set only"
        if found := outside.match(query, place):
            return f"{found[0].upper()} names another graph or document; queries here see this data set only"
        if _ESCAPE.match(query, place):
            return "a \\u escape outside a string or IRI"
    return _nested("".join(query[place] for place in bare))


def _suspicious(query: str, offences: Iterable[re.Pattern[str]]) -> bool:
    """Tell whether a query has to be read: most hold no such word anywhere, and fewer brackets than may be nested."""
    header = _HEADER.match(query)
    start = header.end() if header else 0
    return any(offence.search(query, start) for offence in offences) or sum(map(query.count, "{([!")) > MAX_NESTING


def _bare(query: str) -> Iterator[int]:
    """Yield the places outside strings, comments, IRIs and variables, by whatever way of reading.

    `1<2#>` is a comparison and a comment, `<2#>` elsewhere an IRI: which of them, only a parser can tell. So from every such
    place the text is read on in both ways.
    """
    seen = bytearray(len(query))
    ways = [0]
    while ways:
        place = ways.pop()
        while place < len(query) and not seen[place]:
            seen[place] = True
            if query[place] == "<" and (iri := _IRI.match(query, place)):
                if not _ABSOLUTE.match(query, place):
                    ways.append(place + 1)
                place = iri.end()
            elif token := _TOKEN.match(query, place):
                place = token.end()
            else:
                yield place
                place += 1


def _nested(bare: str) -> str | None:
    depth = 0
    for opening in re.findall(r"[{(\[]|[})\]]|!+", bare):
        if opening[0] == "!":
            deepest = depth + len(opening)
        else:
            depth += 1 if opening in "{([" else -1
            deepest = depth
        if deepest > MAX_NESTING:
            return f"nested deeper than {MAX_NESTING} levels"
    return None

"""What no query may do: reach out to another server. SERVICE sends requests that the engine cannot switch off.

The text is read by the tokens of SPARQL 1.1 (https://www.w3.org/TR/sparql11-query/#rTerminals), so that the word in a
string, a comment or an IRI does no harm.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r'''(?P<skip>\#[^\n\r]*|"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^'\\]|\\.|'(?!''))*\'\'\''''
    r"""|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'|<[^<>"{}|^`\\\x00-\x20]*>)"""
    r"""|(?P<escape>\\[uU])|(?P<name>[?$]?[\w.-]*:[\w.:%\\-]*|[?$]\w+)|(?P<word>\w+)""",
    re.DOTALL,
)
_FORBIDDEN = {"SERVICE": "SERVICE asks another server", "LOAD": "LOAD fetches from the network"}
MAX_NESTING = 100  # deeper braces crash the engine's process


def refusal(query: str) -> str | None:
    """Return why a query may not run, None where it may."""
    depth = 0
    position = 0
    while position < len(query):
        match = _TOKEN.match(query, position)
        if match is None:
            depth += (query[position] in "{(") - (query[position] in "})")
            if depth > MAX_NESTING:
                return f"nested deeper than {MAX_NESTING} levels"
            position += 1
            continue
        if match["escape"]:
            return "a \\u escape outside a string or IRI"
        if match["word"] and match["word"].upper() in _FORBIDDEN:
            return f"{_FORBIDDEN[match['word'].upper()]}; queries here see this data set only"
        position = match.end()
    return None

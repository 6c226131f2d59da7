"""What no query may do: reach out to another server, or crash the engine.

SERVICE sends requests that the engine cannot switch off, and its grammar needs no space after a keyword: `SERVICE:x`,
`5SERVICE<...>`. So strings, comments, IRIs and variables are taken out by the tokens of SPARQL 1.1
(https://www.w3.org/TR/sparql11-query/#rTerminals), and what is left may not hold the word at all.
"""

from __future__ import annotations

import re

_STRINGS = (
    r'''\\[_~.\-!$&'()*+,;=/?\#@%]|"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^'\\]|\\.|'(?!''))*\'\'\''''
    r"""|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'|[?$]\w+|\#[^\n\r]*"""
)
# The engine reads `1<2#>` as a comparison and a comment, and `<2#>` elsewhere as an IRI: so every way is looked at: IRIs
# with quotes and brackets, without these, without a fragment.
_READINGS = (
    re.compile(r"""<[^<>"{}|^`\\\x00-\x20]*>|""" + _STRINGS, re.DOTALL),
    re.compile(r"""<[^<>"'(){}|^`\\\x00-\x20]*>|""" + _STRINGS, re.DOTALL),
    re.compile(r"""<[^<>"'(){}|^`\\#\x00-\x20]*>|""" + _STRINGS, re.DOTALL),
)
_SERVICE = re.compile("service", re.IGNORECASE)
_OUTSIDE = re.compile(r"(?<!:)\b(?:FROM|LOAD)\b", re.IGNORECASE)  # `kg:from` is a property
MAX_NESTING = 100  # deeper nesting crashes the engine's process, and so do
MAX_LENGTH = 30_000  # flat chains of tens of thousands of operators (characters)


def refusal(query: str) -> str | None:
    """Return why a query may not run, None where it may."""
    if len(query) > MAX_LENGTH:
        return f"longer than {MAX_LENGTH} characters"
    return next(filter(None, (_refusal(tokens.sub(" ", query)) for tokens in _READINGS)), None)


def _refusal(rest: str) -> str | None:
    if re.search(r"\\[uU]", rest):
        return "a \\u escape outside a string or IRI"
    if _SERVICE.search(rest):
        return "SERVICE asks another server; queries here see this data set only"
    if found := _OUTSIDE.search(rest):
        return f"{found[0].upper()} names another graph or document; queries here see this data set only"
    depth = 0
    for opening in re.findall(r"[{(\[]|[})\]]|!+", rest):
        if opening[0] == "!":
            deepest = depth + len(opening)
        else:
            depth += 1 if opening in "{([" else -1
            deepest = depth
        if deepest > MAX_NESTING:
            return f"nested deeper than {MAX_NESTING} levels"
    return None

"""Addresses: what no web address and no base of ids may look like."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit


def fault(text: str) -> str:
    """Return what is wrong with an address, by the syntax of IRIs; nothing where it is right.

    https://www.rfc-editor.org/rfc/rfc3987#section-2.2
    """
    if re.search(r"[\s<>\"{}|\\^`]", text) or any(unicodedata.category(letter) == "Cf" for letter in text):
        return "it holds a character that no IRI may hold"
    # Control characters are told of where the file is read.
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        return "it holds a broken percent escape"
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        return str(error)
    if not parts.scheme:
        return "it is not absolute"
    return "it names no host" if parts.scheme in ("http", "https") and not parts.hostname else ""

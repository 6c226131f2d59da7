"""Decoding: the bytes of a fact file become text, or it is told which of them cannot, and what in it nobody means to write."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from kg.diagnostic import Diagnostic, Location
from kg.positions import locator

# C0 but tab, LF, CR; DEL; C1; what is no character at all: nothing that a curator means to write, and XML cannot hold it.
# Lone surrogates cannot survive UTF-8.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_SINGLE = bytes({*range(0x20), 0x7F} - set(b"\t\n\r"))  # those of them that are one byte
_CONFLICT = re.compile(r"(?:(?<=[\r\n])|\A)(?:<{7}|>{7})(?=[ \r\n]|\Z)")
_MEND = "save the file as UTF-8"


def decode(data: bytes, path: str) -> tuple[str, list[Diagnostic]]:
    """Read bytes as UTF-8, without a byte order mark.

    Returns:
        The text, as well as it can be read, and what is wrong with it.

    """
    if 4 * data.count(0) > len(data):  # every letter of ours in UTF-16 or UTF-32
        message = f"byte {data.index(0)} is NUL, as in UTF-16"
        return data.decode("utf-8", "replace"), [Diagnostic(Location(path), "invalid-utf8", message, _MEND)]
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace").removeprefix("\ufeff")
        message = f"byte {error.start} is not UTF-8 ({error.reason})"
        return data.decode("utf-8", "replace"), [
            Diagnostic(locator(before, path)(len(before)), "invalid-utf8", message, _MEND)
        ]
    return text, list(_suspicious(data, text, path))


def _suspicious(data: bytes, text: str, path: str) -> Iterator[Diagnostic]:
    # The bytes tell quickly that there is nothing to look for.
    if len(data.translate(None, _SINGLE)) != len(data) or b"\xc2" in data or b"\xef\xbf" in data:
        locate = locator(text, path)
        for character, times in Counter(CONTROL.findall(text)).items():  # a file of another kind holds thousands
            message = f"control character U+{ord(character):04X}{f', {times} times' if times > 1 else ''}"
            yield Diagnostic(locate(text.index(character)), "control-character", message, "remove it")
    if b"<<<<<<<" in data or b">>>>>>>" in data:
        locate = locator(text, path)
        for match in _CONFLICT.finditer(text):
            hint = "resolve the conflict and remove the markers"
            yield Diagnostic(locate(match.start()), "conflict-marker", "unresolved merge conflict", hint)

"""libyaml's events as nodes: the reader of every fact file that is not ordinary, and the referee of the one that reads those.

No YAML loader comes between, so that nothing is guessed (`no`, `12:30` and `1.10` stay what they are), nothing is overridden
(duplicate and merge keys), nothing is expanded (anchors, tags) and everything has a place to point at. YAML 1.1 as libyaml
reads it, restricted to the failsafe schema of YAML 1.2.2 (section 10.1): https://yaml.org/spec/1.2.2/#101-failsafe-schema
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeAlias

from yaml import events
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # the stubs leave it out
from yaml.error import MarkedYAMLError, YAMLError
from yaml.reader import ReaderError

from kg.decoding import CONTROL
from kg.diagnostic import Diagnostic, Location
from kg.node import Mapping, Node, Scalar, Sequence
from kg.positions import Lines, locator

MAX_DEPTH = 50
_TOO_DEEP, _SHALLOW = f"nested deeper than {MAX_DEPTH} levels", "a record is a few levels deep"
_QUOTE = "quote text that holds `: `, ` #` or starts with a special character"
MAX_LENGTH = (
    1_000_000  # code points of one text; parsers of RDF have limits of their own, some millions of bytes further
)

# Text to YAML 1.2 (section 5.4), line ends to YAML 1.1 and so to libyaml, which eats the spaces beside them. It is shown
# stand-ins. Outside double quotes such spaces may be the indentation that a writer of YAML 1.1 puts behind a line end.
_SEPARATORS = "\u2028\u2029"
_SEPARATOR = re.compile(r"(?<=[ \t])[\u2028\u2029]|[\u2028\u2029](?=[ \t])")
_ESCAPE = re.compile(r"\\U(00(?:0[1-9a-fA-F]|10)[0-9a-fA-F]{4})")
# libyaml notices these only further on: what is meant is where the key, the quote or the mark begins.
_BEGUN_BEFORE = ("could not find expected ':'", "found unexpected end of stream", "found unexpected document indicator")
_MARKS = ("while scanning an alias", "while scanning an anchor", "while scanning a tag")


# An event of libyaml. The stubs let its marks be None, which they never are here.
_Event: TypeAlias = Any


class _Refusal(Exception):
    """The rest of the file cannot be read."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic


def read(text: str, path: str, diagnostics: list[Diagnostic]) -> Node | None:
    """Read the one document of a text; None where it cannot be read.

    Args:
        text: without control characters.
        path: as diagnostics call it.
        diagnostics: takes what is wrong.

    """
    try:
        return _Reader(text, path, diagnostics).root()
    except _Refusal as refusal:
        diagnostics.append(refusal.diagnostic)
        return None


class _Reader:
    """Builds nodes from the events of one text; refuses what a fact file may not hold."""

    def __init__(self, text: str, path: str, diagnostics: list[Diagnostic]) -> None:
        self.path = path
        self.text = text
        self.lines = Lines(text)
        self.diagnostics = diagnostics
        self.stand_ins = _stand_ins(text)
        shown = (
            text.translate({ord(mark): stand_in for stand_in, mark in self.stand_ins.items()})
            if self.stand_ins
            else text
        )
        self.parser = CParser(shown)
        self._next: Callable[[], _Event] = self.parser.get_event

    def root(self) -> Node:
        """Read the one document of the text."""
        try:
            self._next()  # stream start
            event = self._next()
            if isinstance(event, events.StreamEndEvent):
                hint = "add a record or delete the file"
                raise _Refusal(Diagnostic(Location(self.path), "empty-file", "the file holds no record", hint))
            root = self._node(self._next(), 0)
            self._next()  # document end
            event = self._next()
            if not isinstance(event, events.StreamEndEvent):
                raise self._refuse(event, "second-document", "a second YAML document", "remove `---`; use a list")
        except YAMLError as error:
            raise self._broken(error) from None
        finally:
            self.parser.dispose()
        return root

    def _broken(self, error: YAMLError) -> _Refusal:
        """Say what libyaml refuses."""
        if isinstance(error, MarkedYAMLError):
            mark, begun = error.problem_mark or error.context_mark, error.context_mark
            problem = " ".join(filter(None, (error.problem, error.context)))
            if begun and (error.problem in _BEGUN_BEFORE or error.context in _MARKS):
                mark = begun
            elif begun and mark and "flow" in problem and begun.line < mark.line:
                problem += f" that begins in line {begun.line + 1}"
            location, end = (
                Location(self.path, *((mark.line, mark.column) if mark else ())),
                self._locate(len(self.text)),
            )
            if location.line > end.line:  # it goes on behind the last line
                location = end
            if "nesting depth" in problem:  # libyaml 0.2.6 reads a thousand brackets ahead, and then gives up by itself
                return _Refusal(Diagnostic(location, "nested-too-deep", _TOO_DEEP, _SHALLOW))
            return _Refusal(Diagnostic(location, "yaml-syntax", problem, _QUOTE))
        if isinstance(error, ReaderError):
            message = (
                f"U+{ord(error.character):04X} is no character of YAML"
                if isinstance(error.character, str)
                else error.reason
            )
            location = self._locate(error.position)
            return _Refusal(Diagnostic(location, "yaml-syntax", message, "remove it"))
        return _Refusal(Diagnostic(Location(self.path), "yaml-syntax", " ".join(str(error).split()), _QUOTE))

    @cached_property
    def _locate(self) -> Callable[[int], Location]:
        return locator(self.text, self.path)

    def _node(self, event: _Event, depth: int) -> Node:
        kind = type(event)
        if kind is events.AliasEvent:
            raise self._refuse(event, "yaml-alias", f"alias *{event.anchor}", "write the value out")
        if event.anchor is not None:
            raise self._refuse(event, "yaml-anchor", f"anchor &{event.anchor}", "remove it; write values out")
        if event.tag is not None:
            raise self._refuse(
                event, "yaml-tag", f"tag {event.tag}", "remove it; the ontology says what type a value has"
            )
        if kind is events.ScalarEvent:
            return self._scalar(event)
        if kind is events.MappingStartEvent:
            return self._mapping(event, depth)
        items = []
        while type(following := self._next()) is not events.SequenceEndEvent:
            if depth == MAX_DEPTH:
                raise self._refuse(following, "nested-too-deep", _TOO_DEEP, _SHALLOW)
            items.append(self._node(following, depth + 1))
        return Sequence(items, self.lines, event.start_mark.index)

    def _scalar(self, event: _Event) -> Scalar:
        style, value, place = event.style, event.value, event.start_mark
        if style == '"' and not value.isprintable():  # a control character may be written as an escape
            for match in CONTROL.finditer(value):
                location = Location(self.path, place.line, place.column)
                message = f"control character U+{ord(match[0]):04X}"
                self.diagnostics.append(Diagnostic(location, "control-character", message, "remove it"))
        if len(value) > MAX_LENGTH:
            message = f"a text of {len(value)} characters"
            hint = f"a text has at most {MAX_LENGTH}; facts quote a few words"
            raise self._refuse(event, "text-too-long", message, hint)
        if self.stand_ins:
            value = self._restored(event)
        return Scalar(value, style is None or style == "", self.lines, place.index, event.end_mark.index)

    def _mapping(self, start: _Event, depth: int) -> Mapping:
        keys: dict[str, Scalar] = {}
        fields: dict[str, Node] = {}
        while type(event := self._next()) is not events.MappingEndEvent:
            if depth == MAX_DEPTH:
                raise self._refuse(event, "nested-too-deep", _TOO_DEEP, _SHALLOW)
            key = self._node(event, depth + 1)
            value = self._node(self._next(), depth + 1)
            if not isinstance(key, Scalar):
                self._report(key, "complex-key", "a list or mapping as a key", "a key is the name of a field")
            elif key.value == "<<" and key.plain:
                self._report(key, "merge-key", "merge key <<", "write the fields out")
            elif key.value in keys:
                message = f"'{key.value}' stands here and in line {keys[key.value].line + 1}"
                self._report(key, "duplicate-key", message, "keep one; several values make a list")
            else:
                keys[key.value], fields[key.value] = key, value
        return Mapping(fields, keys.values(), self.lines, start.start_mark.index, flow=bool(start.flow_style))

    def _restored(self, event: _Event) -> str:
        """Return the text of a scalar with its line separators."""
        found = (
            None if event.style == '"' else _SEPARATOR.search(self.text, event.start_mark.index, event.end_mark.index)
        )
        if found:
            name, escaped = f"U+{ord(found[0]):04X}", "\\L" if found[0] == "\u2028" else "\\P"
            message = f"line separator {name} beside a space, outside double quotes"
            hint = (
                f'write "... {escaped} ..." in double quotes; whether the space is text depends on who reads the file'
            )
            place = self._locate(found.start())
            self.diagnostics.append(Diagnostic(place, "line-separator", message, hint))
        return str(event.value.translate({ord(stand_in): mark for stand_in, mark in self.stand_ins.items()}))

    def _report(self, node: Node, code: str, message: str, hint: str) -> None:
        self.diagnostics.append(Diagnostic(Location(self.path, node.line, node.column), code, message, hint))

    def _refuse(self, event: _Event, code: str, message: str, hint: str) -> _Refusal:
        mark = event.start_mark
        return _Refusal(Diagnostic(Location(self.path, mark.line, mark.column), code, message, hint))


def _stand_ins(text: str) -> dict[str, str]:
    """Choose a character for each line separator of a text, one that the text neither holds nor writes as an escape."""
    separators = [mark for mark in _SEPARATORS if mark in text]
    used = {*text, *(chr(int(code, 16)) for code in _ESCAPE.findall(text))} if separators else set()
    free = (chr(n) for n in range(0x10000, 0x110000) if chr(n) not in used)
    return {next(free, mark): mark for mark in separators}

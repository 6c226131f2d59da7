"""Nodes of a YAML file, each with its place: what `kg.factfile` reads."""

from __future__ import annotations

from typing import Any, TypeAlias

_Mark: TypeAlias = Any  # a place as libyaml gives it


# Nodes are made by the hundred thousand: plain slots, and the marks of libyaml as they are, read only when somebody asks
# for a place. Nothing changes a node once it is made.
class _Placed:
    """What stands between two marks."""

    __slots__ = ("_begin", "_end")
    _begin: _Mark
    _end: _Mark

    @property
    def line(self) -> int:
        """The line where it begins, from 0."""
        return int(self._begin.line)

    @property
    def column(self) -> int:
        """The column where it begins, from 0."""
        return int(self._begin.column)

    @property
    def end(self) -> int:
        """The offset in the text at which it ends."""
        return int(self._end.index)


class Scalar(_Placed):
    """Text, as the file means it once quoting and folding are undone; `plain` where it is not quoted."""

    __slots__ = ("plain", "value")

    def __init__(self, value: str, begin: _Mark, end: _Mark, plain: bool) -> None:  # noqa: FBT001 - as above
        self.value = value
        self._begin = begin
        self._end = end
        self.plain = plain


class Sequence(_Placed):
    """A list."""

    __slots__ = ("items",)

    def __init__(self, items: tuple[Node, ...], begin: _Mark, end: _Mark) -> None:
        self.items = items
        self._begin = begin
        self._end = end


class Mapping(_Placed):
    """A mapping with unique keys, in the order of the file; `flow` where it stands in braces."""

    __slots__ = ("entries", "flow")

    def __init__(self, entries: tuple[tuple[Scalar, Node], ...], begin: _Mark, end: _Mark, flow: bool) -> None:  # noqa: FBT001 - as above
        self.entries = entries
        self._begin = begin
        self._end = end
        self.flow = flow

    def get(self, name: str) -> Node | None:
        """Return the value of a key, None where there is no such key."""
        for key, value in self.entries:
            if key.value == name:
                return value
        return None


Node: TypeAlias = Scalar | Sequence | Mapping

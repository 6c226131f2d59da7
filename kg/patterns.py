"""Regular expressions of shapes: what no engine bears, or what can take for ever."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from re import (  # type: ignore[attr-defined]  # typeshed leaves out the parser of the re module
    _compiler,
    _constants,
    _parser,
)
from typing import Any

_MANY = 10  # times: as good as without bound, where repetitions meet


def parse(pattern: str) -> Iterable[tuple[Any, Any]]:
    """Parse an expression.

    Raises:
        re.error: it is none.

    """
    return list(_parser.parse(pattern))


def beyond(pattern: Iterable[tuple[Any, Any]]) -> bool:
    """Tell whether an expression looks around or back."""
    return any(str(operator) in ("ASSERT", "ASSERT_NOT", "GROUPREF") for operator, _ in _flat(pattern))


def _flat(pattern: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
    for operator, argument in pattern:
        yield operator, argument
        if operator in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
            yield from _flat(argument[2])
        elif operator is _constants.SUBPATTERN:
            yield from _flat(argument[-1])
        elif operator is _constants.BRANCH:
            for branch in argument[1]:
                yield from _flat(branch)


def backtracks(pattern: Iterable[tuple[Any, Any]], *, inside: bool = False) -> bool:
    """Tell whether time may double with every character: a repetition stands inside another, as in `(a+)+` or `(a?){30}`."""
    for operator, argument in pattern:
        repeats = operator in (_constants.MAX_REPEAT, _constants.MIN_REPEAT)
        if repeats:
            _, most, body = argument
            unbounded = most is _constants.MAXREPEAT or most > _MANY
            if (unbounded and (inside or _ambiguous(body))) or backtracks(body, inside=inside or unbounded):
                return True
        elif operator is _constants.SUBPATTERN:
            if backtracks(argument[-1], inside=inside):
                return True
        elif (operator is _constants.BRANCH and inside) or (
            operator is _constants.BRANCH and any(backtracks(x, inside=inside) for x in argument[1])
        ):
            return True
    return False


def _ambiguous(body: Iterable[tuple[Any, Any]]) -> bool:
    """Tell whether something in a body varies in length, with no letter beside it that it could not match itself."""
    flat = list(_flat(body))
    letters = [chr(argument) for operator, argument in flat if operator is _constants.LITERAL]
    varying = [
        _compiler.compile(argument[2])
        for operator, argument in flat
        if operator in (_constants.MAX_REPEAT, _constants.MIN_REPEAT) and argument[0] != argument[1]
    ]
    return any(all(expression.match(letter) for letter in letters) for expression in varying)

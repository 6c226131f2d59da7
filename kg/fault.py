"""What stops a command without being a finding in the data: wrong usage, and a failing environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyoxigraph as ox


class Fault(Exception):
    """Something was asked that cannot be done; the message says what to do instead (exit code 2)."""


class Unwritable(Fault):
    """A format cannot hold a triple; the message says which and why (exit code 2).

    Attributes:
        triple: what cannot be written, by which its line can be found.

    """

    def __init__(self, message: str, triple: ox.Triple) -> None:
        super().__init__(message)
        self.triple = triple


class OntologyFault(Exception):
    """A query that a command relies on does not keep its contract; the message names it (exit code 1)."""


class Failure(Exception):
    """Something that kg relies on failed, so nothing is known of the data (exit code 3)."""

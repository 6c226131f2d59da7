"""What stops a command without being a finding in the data: wrong usage, and a failing environment."""

from __future__ import annotations


class Fault(Exception):
    """Something was asked that cannot be done; the message says what to do instead (exit code 2)."""


class OntologyFault(Exception):
    """A query that a command relies on does not keep its contract; the message names it (exit code 1)."""


class Failure(Exception):
    """Something that kg relies on failed, so nothing is known of the data (exit code 3)."""

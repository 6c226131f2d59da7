"""Which store is it? The server says its name, or else the address tells; what neither tells is not guessed."""

from __future__ import annotations

from kg.fault import Fault
from kg.store import places
from kg.store.client import Client, Request

_SERVERS = {"oxigraph": "oxigraph", "virtuoso": "virtuoso"}  # how the header Server begins, and the profile
_ANY = range(400, 600)  # that there is nothing to see is an answer, too


def detect(url: str) -> str:
    """Tell the profile for an address; nothing but its name is asked, and nobody's password sent.

    Raises:
        Fault: it cannot be told.
        kg.fault.Failure: the server does not answer.

    """
    with Client(None).stream(Request("GET", url, also=_ANY)) as response:  # the body may be all that the store has
        server = response.headers.get("Server", "").lower()
    for name, profile in _SERVERS.items():
        if server.startswith(name):
            return profile
    place = places.place_of(url)
    if place is None:
        raise Fault("neither server nor address tell which kind of store this is; say so with --profile")
    return place.profile

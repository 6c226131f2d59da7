"""What servers say, fit to print."""

from __future__ import annotations

import base64

from kg.diagnostic import escape
from kg.store import Credentials

_SHOWN = 400  # characters


def shown(text: str, credentials: Credentials | None) -> str:
    """Make what a server says fit to print: one line, short, and without the secret if it plays that back."""
    if credentials is not None:
        basic = base64.b64encode(f"{credentials.user}:{credentials.password}".encode()).decode()
        for secret in filter(None, (basic, credentials.password)):
            text = text.replace(secret, "***")
    return escape(" ".join(text.split()))[:_SHOWN] or "nothing"

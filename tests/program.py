"""The program as it is installed beside the Python that runs the tests."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("kg")
PATIENCE = 120  # seconds after which a program that should have ended is a failure


def interruptible() -> None:
    """Let a program that is about to start hear SIGINT, which it ignores where a shell has put the tests in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)

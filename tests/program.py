"""The program as it is installed beside the Python that runs the tests."""

from __future__ import annotations

import sys
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("kg")
PATIENCE = 120  # seconds after which a program that should have ended is a failure

"""Start-up of the command line against `import click`, whole processes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from ratio import compare

KG = shutil.which("kg", path=str(Path(sys.executable).parent)) or "kg"


def run(*command: str) -> object:
    """Run a whole process."""
    return subprocess.run(command, check=True, capture_output=True)


compare(
    {
        'python -c "import click"': lambda: run(sys.executable, "-c", "import click"),
        "kg --help": lambda: run(KG, "--help"),
        "kg query --help": lambda: run(KG, "query", "--help"),
    },
    rounds=20,
)

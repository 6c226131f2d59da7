"""kg: curated fact files become a knowledge graph whose every triple can be traced to exact words.

    build = kg.build("path/to/project")
    build.valid, build.diagnostics, len(build.graph), build.to_rdflib()

Names are imported when they are first used: start-up is a feature.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.diagnostic import Diagnostic, Location, Severity
    from kg.graph import Graph
    from kg.pipeline import Build, build

__version__ = "0.1.0"
__all__ = ["Build", "Diagnostic", "Graph", "Location", "Severity", "__version__", "build"]

_HOMES = {
    "Build": "kg.pipeline",
    "Diagnostic": "kg.diagnostic",
    "Graph": "kg.graph",
    "Location": "kg.diagnostic",
    "Severity": "kg.diagnostic",
    "build": "kg.pipeline",
}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'kg' has no attribute '{name}'")

"""The limit: the fastest parse of YAML (rapidyaml, by JSON and orjson), every value looked at, and the bytes written.

    python limit.py FOLDER BYTES OUT

BYTES is what kg wrote. Nothing is computed, so no program that has to make those bytes can be as fast.
"""

from __future__ import annotations

import sys
from pathlib import Path

import orjson
import ryml


def main(folder: Path, made: Path, out: Path) -> int:
    """Parse, look, write."""
    seen = 0
    for file in sorted((folder / "facts").rglob("*.yaml")):
        if file.name == "dataset.yaml":
            continue
        queue = [orjson.loads(ryml.emit_json(ryml.parse_in_arena(file.read_bytes())))]
        while queue:
            node = queue.pop()
            if isinstance(node, dict):
                queue += node.values()
            elif isinstance(node, list):
                queue += node
            else:
                seen += 1
    out.write_bytes(made.read_bytes())
    return seen


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))

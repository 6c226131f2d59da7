"""kg against its peers on the same records, in the same run: whole processes, interleaved, medians, ratios.

    python benchmarks/compare.py [--records 10000] [--rounds 3] [--only build,shapes,...] [--folder FOLDER]

Prints a table; `RESULTS.md` keeps the last.
"""

from __future__ import annotations

import argparse
import compileall
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from bench import KG, ONTOLOGY, PEERS, ROOT, Bench
from builds import build

QUESTIONS = ("certainty-of-event", "speaker-of-quotation", "unconfirmed-items", "dates-of-event", "visits-of-actor")


def shapes(bench: Bench, records: int) -> None:
    """The shapes, load included, one core, with 1% violations."""
    project = bench.project(records, 0.01)
    bench.run(sys.executable, "-c", _WRITE, project, bench.folder / "bad.ttl")
    whole = bench.folder / "ontology.ttl"
    whole.write_bytes(b"".join(f.read_bytes() for f in sorted(ONTOLOGY.glob("*.ttl"))))
    counts = {}

    def kg(engine: str) -> Callable[[], tuple[float, int, str]]:
        def run() -> tuple[float, int, str]:
            found = bench.run(sys.executable, PEERS / "compiled.py", bench.folder / "bad.ttl", ONTOLOGY, engine)
            counts[engine] = found[2].strip()
            return found

        return run

    def reference() -> tuple[float, int, str]:
        found = bench.run(sys.executable, PEERS / "pyshacl_whole.py", bench.folder / "bad.ttl", whole)
        counts["pyshacl"] = found[2].strip()
        return found

    bench.compare(
        f"shapes, {records} records, 1% of them wrong",
        {"compiled": kg("compiled"), "shacl": kg("shacl"), "pyshacl": reference},
        {"pyshacl": "at least 10, better 50"},
    )
    print("\nResults:", ", ".join(f"{name} {number}" for name, number in counts.items()))


_WRITE = """
import sys; from pathlib import Path; import kg; from kg import turtle
Path(sys.argv[2]).write_bytes(b"".join(turtle.write(kg.build(sys.argv[1], checked=False).graph)))
"""


def questions(bench: Bench, records: int) -> None:
    """Questions, load included, on about 200,000 triples."""
    project, out = bench.project(records), bench.folder / "out"
    cache = bench.folder / "warm"
    bench.run(KG, "--project", project, "build", "--unchecked", "--out", out, cache=cache)
    query = ONTOLOGY / "questions" / f"{QUESTIONS[2]}.rq"
    bench.compare(
        f"a question ({query.stem}), {records} records",
        {
            "pyoxigraph, of the Turtle": lambda: bench.run(
                sys.executable, "-c", _ASK, out / "kg.ttl", out / "ontology.ttl", query
            ),
            "rdflib, of the Turtle": lambda: bench.run(
                sys.executable, PEERS / "questions.py", out / "kg.ttl", out / "ontology.ttl", query
            ),
            "kg query, of the fact files, warm": lambda: bench.run(
                KG, "--project", project, "query", QUESTIONS[2], "--format", "csv", cache=cache
            ),
        },
        {"rdflib, of the Turtle": "at least 15"},
    )


_ASK = """
import sys, pyoxigraph as ox
store = ox.Store()
for file in sys.argv[1:3]: store.bulk_load(path=file, format=ox.RdfFormat.TURTLE)
for query in sys.argv[3:]: print(len(list(store.query(open(query, encoding="utf-8").read()))))
"""


def startup(bench: Bench, _: int) -> None:
    """Start-up, and commands on the shipped facts."""
    cache = bench.folder / "shipped"
    bench.run(KG, "--project", ROOT, "validate", cache=cache, ok=(0, 1))
    python = sys.executable
    bench.compare(
        "kg --help",
        {
            'python -c "import click"': lambda: bench.run(python, "-c", "import click"),
            "kg --help": lambda: bench.run(KG, "--help"),
        },
        {"kg --help": "at most 1.5"},
    )
    bench.compare(
        "commands on the shipped facts",
        {
            'python -c "import rdflib"': lambda: bench.run(python, "-c", "import rdflib"),
            "kg validate": lambda: bench.run(KG, "--project", ROOT, "validate", ok=(0, 1)),
            "kg validate, warm": lambda: bench.run(KG, "--project", ROOT, "validate", cache=cache, ok=(0, 1)),
            "kg query": lambda: bench.run(KG, "--project", ROOT, "query", QUESTIONS[2]),
            "kg query, warm": lambda: bench.run(KG, "--project", ROOT, "query", QUESTIONS[2], cache=cache),
        },
        {
            "kg validate": "at most 3",
            "kg query": "at most 3",
            "kg validate, warm": "at most 2",
            "kg query, warm": "at most 2",
        },
    )


def incremental(bench: Bench, records: int) -> None:
    """One file edited."""
    project, cache = bench.project(records), bench.folder / "incremental"
    shutil.rmtree(cache, ignore_errors=True)  # an earlier run may have made the same edits
    file = max((project / "facts").glob("*/*.yaml"))
    assert "would resume soon" in file.read_text()  # noqa: S101 - else nothing would be edited
    text, number = file.read_text(), iter(range(1000))

    def edited() -> tuple[float, int, str]:
        file.write_text(text.replace("would resume soon", f"would resume in {next(number)} days", 1))
        return bench.run(KG, "--project", project, "validate", cache=cache, ok=(0, 1))

    bench.run(KG, "--project", project, "validate", cache=cache, ok=(0, 1))
    bench.compare(
        f"kg validate after an edit, {records} records",
        {"cold": lambda: bench.run(KG, "--project", project, "validate", ok=(0, 1)), "one file edited": edited},
        {"one file edited": "at most 0.1"},
    )
    file.write_text(text)


def scaling(bench: Bench, records: int) -> None:
    """Ten times the records."""
    out = bench.folder / "out"
    bench.compare(
        "kg build --unchecked, ten times the records",
        {
            f"{n} records": lambda n=n: bench.run(
                KG, "--project", bench.project(n), "build", "--unchecked", "--out", out
            )
            for n in (records, 10 * records)
        },
        {f"{10 * records} records": "at most 11"},
    )


SECTIONS = {f.__name__: f for f in (startup, build, shapes, questions, incremental, scaling)}


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default=",".join(SECTIONS))
    parser.add_argument("--folder", type=Path, help="keeps the fact files for the next run")
    options = parser.parse_args()
    compileall.compile_dir(ROOT / "kg", quiet=1)  # as pip does for what it installs, and so for the peers
    names = ("pyoxigraph", "rdflib", "pyshacl", "shacl", "PyYAML", "rapidyaml", "orjson")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()};", end=" ")
    print(", ".join(f"{name} {version(name)}" for name in names))
    with tempfile.TemporaryDirectory() as name:
        for section in options.only.split(","):
            SECTIONS[section](Bench(options.folder or Path(name), options.rounds), options.records)


if __name__ == "__main__":
    main()

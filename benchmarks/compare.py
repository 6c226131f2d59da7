"""kg against its peers on the same records, in the same run: whole processes, interleaved, medians, ratios.

    python benchmarks/compare.py [--records 10000] [--rounds 3] [--only build,shapes,...] [--peers PYTHON]

Prints a table; `RESULTS.md` keeps the last. `--peers` is the Python of an environment that has peers which kg cannot have
beside it (morph-kgc and linkml pin other versions).
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import generate
import pyoxigraph as ox

from kg import ontology, vocabulary
from kg.vocabulary import Kind

HERE = Path(__file__).parent
ROOT = HERE.parent
ONTOLOGY = ROOT / "ontology"
KG = str(Path(sys.executable).with_name("kg"))
QUESTIONS = ("certainty-of-event", "speaker-of-quotation", "unconfirmed-items", "dates-of-event", "visits-of-actor")


@dataclass
class Bench:
    """Where things lie, and how often they are measured."""

    folder: Path
    rounds: int

    def project(self, records: int, violations: float = 0.0) -> Path:
        """Make a project, once."""
        place = self.folder / f"{records}-{violations}"
        if not place.exists():
            generate.write(place, records, violations=violations)
        return place

    def run(self, *command: str | Path, cache: Path | None = None, ok: Iterable[int] = (0,)) -> tuple[float, int, str]:
        """Run a whole process: seconds, peak memory in MB, what it printed. Without a cache it gets an empty one."""
        empty = self.folder / "cache"
        shutil.rmtree(empty, ignore_errors=True)
        environment = {**os.environ, "XDG_CACHE_HOME": str(cache or empty)}
        code = (
            "import resource, subprocess, sys; p = subprocess.run(sys.argv[1:]);"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(p.returncode)"
        )
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-S", "-c", code, *map(str, command)],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        seconds = time.perf_counter() - begun
        if done.returncode not in ok:
            sys.exit(f"{command}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return seconds, int(done.stderr.splitlines()[-1]) // 1024, done.stdout

    def compare(
        self, title: str, contenders: dict[str, Callable[[], tuple[float, int, str]]], targets: dict[str, str]
    ) -> None:
        """Measure contenders in turn; the first is what the others are compared with."""
        times: dict[str, list[float]] = {name: [] for name in contenders}
        peaks = dict.fromkeys(contenders, 0)
        for _ in range(self.rounds):
            for name, run in contenders.items():
                seconds, peak, _ = run()
                times[name].append(seconds)
                peaks[name] = max(peaks[name], peak)
        medians = {name: statistics.median(found) for name, found in times.items()}
        reference = next(iter(medians.values()))
        print(f"\n### {title}\n\n| | seconds | ratio | MB | target |\n|---|---|---|---|---|")
        for name, seconds in medians.items():
            ratio = seconds / reference
            print(f"| {name} | {seconds:.2f} | {ratio:.2f} | {peaks[name]} | {targets.get(name, '')} |", flush=True)


def fields() -> str:
    """Return what a plain recipe has to know of the ontology."""
    onto, _ = ontology.load(ONTOLOGY)
    vocab = vocabulary.read(onto)
    kinds = {Kind.PART: "part", Kind.TEXT: "text", Kind.REFERENCE: "reference", Kind.CODE: "code"}
    table = {}
    for cls in vocab.classes.values():
        table[cls.name] = {"": [cls.iri, "", ""]}
        for f in cls.fields.values():
            of = vocab.by_iri[f.range].name if f.kind is Kind.PART else f.range
            table[cls.name][f.name] = [f.path, kinds.get(f.kind, "literal"), of]
    return json.dumps(table)


def build(bench: Bench, records: int) -> None:
    """From YAML to Turtle, and with validation."""
    project, out = bench.project(records), bench.folder / "out"
    table, plain = bench.folder / "fields.json", bench.folder / "plain.ttl"
    table.write_text(fields())
    bench.run(KG, "--project", project, "build", "--unchecked", "--out", out)
    made = shutil.copy(out / "kg.ttl", bench.folder / "limit-input.ttl")
    bench.compare(
        f"build, {records} records",
        {
            "kg build --unchecked": lambda: bench.run(KG, "--project", project, "build", "--unchecked", "--out", out),
            "plain recipe (CSafeLoader, rdflib)": lambda: bench.run(
                sys.executable, HERE / "peers" / "plain.py", project, table, plain
            ),
            "the limit (rapidyaml, the same bytes)": lambda: bench.run(
                sys.executable, HERE / "peers" / "limit.py", project, made, bench.folder / "limit.ttl"
            ),
            "kg build (validates)": lambda: bench.run(KG, "--project", project, "build", "--out", out),
        },
        {
            "plain recipe (CSafeLoader, rdflib)": "at least 20",
            "the limit (rapidyaml, the same bytes)": "at least 0.33",
            "kg build (validates)": "a fifth of the plain recipe",
        },
    )
    small = bench.project(300)
    bench.run(KG, "--project", small, "build", "--unchecked", "--out", out)
    bench.run(sys.executable, HERE / "peers" / "plain.py", small, table, plain)
    same = _asserted(out / "kg.ttl", plain)
    print(f"\nTriples of the plain recipe, of 300 records, are those that kg asserts: {'yes' if same else 'NO'}.")


def _asserted(kg: Path, plain: Path) -> bool:
    """Hold the triples of the plain recipe against those of kg: all are there, parts by other names."""
    graphs = []
    for file in (kg, plain):
        triples = [quad.triple for quad in ox.parse(path=str(file), format=ox.RdfFormat.TURTLE)]
        parts = {}
        for t in triples:
            for term in (t.subject, t.object):
                name = getattr(term, "value", "") if not isinstance(term, ox.Literal) else ""
                if isinstance(term, ox.BlankNode) or "." in name.rpartition("/")[2]:
                    parts[term] = ox.BlankNode()
        graphs.append((triples, parts))
    (ours, our_parts), (theirs, _) = graphs
    derived = {t for t in ours if t.predicate.value.startswith("http://www.w3.org/ns/oa#")}
    flat = {t for t in ours if t.subject not in our_parts and t.object not in our_parts} - derived
    said = {t for t in theirs if not isinstance(t.subject, ox.BlankNode) and not isinstance(t.object, ox.BlankNode)}
    in_parts = lambda ts: sorted(  # noqa: E731 - used here only
        f"{t.predicate} {t.object}"
        for t in ts
        if not isinstance(t.object, ox.BlankNode) and "." not in str(t.object).rpartition("/")[2]
    )
    wanted = in_parts(t for t in theirs if isinstance(t.subject, ox.BlankNode))
    there = in_parts(t for t in ours if t.subject in our_parts)
    return said <= flat and not _missing(wanted, there)


def _missing(wanted: list[str], there: list[str]) -> list[str]:
    from collections import Counter

    return list((Counter(wanted) - Counter(there)).elements())


def shapes(bench: Bench, records: int) -> None:
    """The shapes, load included, one core, with 1% violations."""
    project = bench.project(records, 0.01)
    bench.run(sys.executable, "-c", _WRITE, project, bench.folder / "bad.ttl")
    whole = bench.folder / "ontology.ttl"
    whole.write_bytes(b"".join(f.read_bytes() for f in sorted(ONTOLOGY.glob("*.ttl"))))
    counts = {}

    def kg(engine: str) -> Callable[[], tuple[float, int, str]]:
        def run() -> tuple[float, int, str]:
            found = bench.run(
                sys.executable, HERE / "peers" / "compiled.py", bench.folder / "bad.ttl", ONTOLOGY, engine
            )
            counts[engine] = found[2].strip()
            return found

        return run

    def reference() -> tuple[float, int, str]:
        found = bench.run(sys.executable, HERE / "peers" / "pyshacl_whole.py", bench.folder / "bad.ttl", whole)
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
                sys.executable, HERE / "peers" / "questions.py", out / "kg.ttl", out / "ontology.ttl", query
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

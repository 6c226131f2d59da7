"""The shape of the code: who may import whom, who may print, how long a module is, what start-up loads."""

from __future__ import annotations

import ast
import graphlib
import importlib
import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import kg
from kg.cli import COMMANDS

ROOT = Path(kg.__file__).parent
MODULES = {
    ".".join(("kg", *file.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): file
    for file in sorted(ROOT.rglob("*.py"))
}

# From the bottom upward. A module imports from lower layers only, never from its own. A new module gets a place here; a
# package that only one layer above knows is one word, `NAME.*`, and its modules may import each other, not in a circle.
LAYERS = (
    (
        "leaves: nothing of kg",
        "addresses canonical confinement diagnostic fault sparql suggestion dates quotes patterns footprint cache",
    ),
    ("what every reader of files asks", "links positions"),
    ("what uses every core, what reads bytes, what files are read into", "cores decoding node"),
    ("the quick way to read them, and the other", "ordinary libyaml"),
    ("files", "factfile ontology output texts spill"),
    ("tables, and what a project holds", "vocabulary project literals turtlemap layout compiled compiled.rules"),
    (
        "records by id, faults of shapes, generated files",
        "records metashapes fields parameters schema.context schema.editor compiled.constraints compiled.expressions compiled.rulecode compiled.grammar",
    ),
    ("a record as a tree of parts", "parts"),
    ("triples of a record", "expansion schema compiled.components compiled.ruletext compiled.checktext"),
    ("triples of all, and the way back", "graph sourcemap compiled.shapetext compiled.sight"),
    ("what is made of the graph", "derivation names shapes turtle"),
    ("questions, findings, faults of queries", "questions findings syntax"),
    ("what asks questions, and formats", "checks search manual export.*"),
    ("what is told of one file", "outline"),
    ("one file alone", "shard"),
    ("many files", "intake"),
    ("all files together", "corpus"),
    ("what checks find in them", "breaches"),
    ("the pipeline, and where its graph goes", "pipeline template excerpt cluster store.*"),
    ("the library's face, and what works on a build", "kg audit explanation withdrawal"),
    ("what works on an audit, what tells of a build", "offsets metadata"),
    ("what a build writes", "release"),
    ("pages", "site.*"),
    ("what serves them", "server.*"),
    ("command line: arguments", "cli.path"),
    ("command line: the program", "cli"),
    ("command line: reports", "cli.report"),
    ("command line: what commands share", "cli.stage cli.render"),
    ("commands", " ".join(f"cli.{name}" for name in COMMANDS)),
)
LEVEL = {
    name if name == "kg" else f"kg.{name}": level for level, (_, names) in enumerate(LAYERS) for name in names.split()
}


def place(module: str) -> str:
    """The word of the table that stands for a module, or nothing."""
    package = ".".join(module.split(".")[:2]) + ".*"
    return module if module in LEVEL else package if package in LEVEL else ""


HEAVY = ("edtf", "pyoxigraph", "pyshacl", "pyshacl_turbo", "rapidfuzz", "rdflib", "rich", "yaml")
LONGEST = 300


def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def imported(module: str) -> Iterator[tuple[str, int]]:
    """Yield the modules of kg that a module imports, wherever in it, and for types as well."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: write imports in full"
            within = [f"{node.module}.{alias.name}" for alias in node.names]
            found = [name if name in MODULES else str(node.module) for name in within]
        else:
            continue
        yield from ((name, node.lineno) for name in found if name.split(".")[0] == "kg")


def test_every_module_has_a_layer() -> None:
    assert [module for module in MODULES if not place(module)] == []
    assert set(LEVEL) - {place(module) for module in MODULES} == set()


@pytest.mark.parametrize("module", sorted(filter(place, MODULES)))
def test_imports_go_downward_only(module) -> None:
    upward = [
        f"{module}:{line} imports {name} ({LAYERS[LEVEL[place(name)]][0]})"
        for name, line in imported(module)
        if place(name) != place(module) or not place(name).endswith("*")
        if LEVEL[place(name)] >= LEVEL[place(module)]
    ]
    assert upward == []


def test_no_import_runs_in_a_circle() -> None:
    order = graphlib.TopologicalSorter(
        {module: {name for name, _ in imported(module) if name not in (module, "kg")} for module in MODULES}
    )
    assert len(list(order.static_order())) == len(MODULES)


@pytest.mark.parametrize("module", sorted(name for name in MODULES if not name.startswith("kg.cli")))
def test_only_the_command_line_prints_or_exits(module) -> None:
    found = []
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Name) and node.id in ("print", "input", "exit", "quit", "SystemExit"):
            found.append(f"{module}:{node.lineno} {node.id}")
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            written = f"{node.value.id}.{node.attr}"
            if written in ("sys.exit", "os._exit", "sys.stdout", "sys.stderr", "sys.argv", "os.environ", "os.getenv"):
                found.append(f"{module}:{node.lineno} {written}")
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [str(node.module)]
            found += [
                f"{module}:{node.lineno} {name}"
                for name in names
                if name.split(".")[0] in ("click", "rich", "argparse")
            ]
    assert found == []


@pytest.mark.parametrize("module", sorted(MODULES))
def test_no_module_is_too_long(module) -> None:
    assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) <= LONGEST


def undocumented(body: list[ast.stmt], above: str) -> Iterator[str]:
    for node in body:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
            continue
        if not (ast.get_docstring(node) or "").strip():
            yield f"{above}.{node.name}"
        if isinstance(node, ast.ClassDef):
            yield from undocumented(node.body, f"{above}.{node.name}")


@pytest.mark.parametrize("module", sorted(MODULES))
def test_what_is_public_has_a_docstring(module) -> None:
    assert (ast.get_docstring(tree(module)) or "").strip()
    assert list(undocumented(tree(module).body, module)) == []


def test_no_module_hides_a_function_of_the_package() -> None:
    """`kg.build` is a function; a module of that name would take its place as soon as somebody imports it."""
    assert not {"kg.build", "kg.query"} & set(MODULES)
    for found in pkgutil.walk_packages(kg.__path__, "kg."):
        importlib.import_module(found.name)
    assert callable(kg.build)
    assert {name for name in kg.__all__ if not hasattr(kg, name)} == set()


def test_names_of_modules_are_nouns_of_the_pipeline() -> None:
    words = {word for name in MODULES for word in name.split(".")[-1].split("_")}
    assert not words & {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc", "core"}


def loaded(code: str, folder: Path) -> list[str]:
    """Return which heavy packages are loaded after some code, in a process of its own."""
    report = f"import json, sys; print(json.dumps(sorted(set({HEAVY}) & set(sys.modules))), file=sys.__stderr__)"
    program = f"import atexit\n@atexit.register\ndef _():\n    {report}\n{code}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stderr.splitlines()[-1])


COMMAND = "import sys; from kg.cli import main; sys.argv = ['kg', *{}]; main()"
LIGHT = {
    "import kg": "import kg",
    "import kg.cli": "import kg.cli",
    "kg --help": COMMAND.format(["--help"]),
    "kg --version": COMMAND.format(["--version"]),
    **{f"kg {name} --help": COMMAND.format([name, "--help"]) for name in COMMANDS},
}


@pytest.mark.parametrize("what", sorted(LIGHT))
def test_start_up_loads_nothing_heavy(what, tmp_path) -> None:
    assert loaded(LIGHT[what], tmp_path) == []


def test_heavy_packages_would_be_noticed(tmp_path) -> None:
    assert loaded("import kg; kg.build; import rich", tmp_path) == sorted(
        {*loaded("import kg.pipeline", tmp_path), "rich"}
    )
    assert "pyoxigraph" in loaded("import kg; kg.build", tmp_path)

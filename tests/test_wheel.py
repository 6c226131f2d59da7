"""The wheel, installed outside the repository, works with nothing but a folder of facts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.shapes import ENGINES

ROOT = Path(__file__).parents[1]
FACTS = Path(__file__).parent / "golden" / "small" / "facts"


def run(*command: object, folder: Path, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program with no trace of the repository in its surroundings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return subprocess.run(
        [str(word) for word in command], input=text, capture_output=True, text=True, cwd=folder, env=clean, check=False
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Build from a copy, so that the build leaves nothing in the repository."""
    source = tmp_path_factory.mktemp("source") / "kg"
    left_out = shutil.ignore_patterns(
        ".git", ".*_cache", "__pycache__", "build", "dist", "tests", "benchmarks", ".hypothesis"
    )
    shutil.copytree(ROOT, source, ignore=left_out)
    target = tmp_path_factory.mktemp("dist")
    done = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", target, source, folder=source)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = target.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def program(wheel, tmp_path_factory) -> Path:
    """Install it into an environment of its own; what it depends on is that of this one, so nothing is fetched."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    done = run(
        sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, folder=home
    )
    assert done.returncode == 0, done.stdout + done.stderr
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=home).stdout.strip())
    # A folder in a .pth file is searched, but the .pth files in it (that of the editable install) are not read.
    paths = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site / "dependencies.pth").write_text("\n".join(sorted(paths)) + "\n", encoding="utf-8")
    return home / "bin" / "kg"


@pytest.fixture
def project(tmp_path) -> Path:
    shutil.copytree(FACTS, tmp_path / "facts")
    return tmp_path


def test_the_wheel_holds_the_package_and_the_ontology_and_nothing_else(wheel) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    ontology = {
        file.relative_to(ROOT / "ontology").as_posix() for file in (ROOT / "ontology").rglob("*") if file.is_file()
    }
    assert {name.removeprefix("kg/_ontology/") for name in names if name.startswith("kg/_ontology/")} == ontology
    package = {file.relative_to(ROOT).as_posix() for file in (ROOT / "kg").rglob("*") if file.is_file()}
    package = {name for name in package if "__pycache__" not in name}
    rest = {name for name in names if not name.startswith("kg/_ontology/")}
    assert {name for name in rest if not name.split("/")[0].endswith(".dist-info")} == package
    assert "kg/py.typed" in package
    assert any(name.endswith("licenses/LICENSE") for name in rest)


def test_it_runs_from_where_it_is_installed(program, project) -> None:
    python = program.parent / "python"
    code = "import kg, kg.project as p; print(kg.__file__); print(p.shipped_ontology())"
    lines = run(python, "-c", code, folder=project).stdout.splitlines()
    assert len(lines) == 2
    assert all(Path(line).is_relative_to(program.parents[1]) for line in lines)
    assert not any(Path(line).is_relative_to(ROOT) for line in lines)


def test_build(program, project) -> None:
    done = run(program, "build", folder=project)
    assert done.returncode == 0, done.stderr
    written = {file.name: set(ox.parse(path=file)) for file in (project / "build").glob("*.ttl")}
    assert set(written) == {"kg.ttl", "ontology.ttl", "dataset.ttl"}
    golden = FACTS.parents[1] / "small.ttl"
    assert (project / "build" / "kg.ttl").read_bytes() == golden.read_bytes()
    assert len(written["ontology.ttl"]) > 500
    assert "5 records" in done.stderr


def test_validate(program, project) -> None:
    for engine in ENGINES:
        done = run(program, "validate", "--engine", engine, folder=project)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
    file = project / "facts" / "kim-could-destroy.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("modality: could", "modality: culd").replace("status: attributed\n", ""), encoding="utf-8"
    )
    done = run(program, "validate", folder=project)
    assert done.returncode == 1
    assert "facts/kim-could-destroy.yaml:9:11: error[unknown-code]" in done.stdout
    assert "facts/kim-could-destroy.yaml:1:1: error[shape/min-count]" in done.stdout


def test_query(program, project) -> None:
    query = "SELECT ?who { ?s a kg:Statement ; kg:chain [ kg:position 1 ; kg:by ?who ] }"
    done = run(program, "query", "-", "--format", "csv", folder=project, text=query)
    assert (done.returncode, done.stdout.splitlines()) == (0, ["who", "https://example.org/id/kcna"]), done.stderr
    listed = run(program, "query", "--list", folder=project)
    assert listed.returncode == 0
    questions = {file.stem for file in (ROOT / "ontology" / "questions").glob("*.rq")}
    assert questions <= set(listed.stdout.split())


def test_what_else_needs_files_of_the_ontology(program, project) -> None:
    """Views, templates, the manual: each is read from the wheel by a command of its own."""
    for arguments, expected in (
        (("find", "completely"), "kim-could-destroy"),
        (("why", "kim-could-destroy"), "completely destroy"),
        (("explain", "unknown-field"), "field"),
        (("export", "nquads"), "graph.kim-rejects-seoul"),
        (("audit",), ""),
        (("new", "Person", "lee-jae-myung"), "lee-jae-myung"),
    ):
        done = run(program, *arguments, folder=project)
        assert "Traceback" not in done.stderr
        assert done.returncode in ((0, 1) if arguments == ("audit",) else (0,)), done.stderr
        assert expected in done.stdout


def test_a_folder_without_facts_is_wrong_usage(program, tmp_path) -> None:
    done = run(program, "validate", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "facts" in done.stderr

"""`kg site`: exit codes, and what is written where."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def test_the_site_lies_in_the_project_unless_told_otherwise(run, small: Path) -> None:
    ended = run("--project", small, "site")
    assert (ended.code, ended.out) == (0, f"{small / 'site' / 'index.html'}\n")
    assert "5 records" in ended.err
    assert "A small data set" in (small / "site" / "index.html").read_text(encoding="utf-8")


def test_a_record_that_goes_takes_its_page_with_it(run, small: Path, tmp_path: Path) -> None:
    assert run("--project", small, "site", "--out", tmp_path / "out").code == 0
    assert (tmp_path / "out" / "record" / "kim-says-so.html").is_file()
    (small / "facts" / "statement.yaml").unlink()
    assert run("--project", small, "site", "--out", tmp_path / "out").code == 0
    assert not (tmp_path / "out" / "record" / "kim-says-so.html").exists()
    assert (tmp_path / "out" / "record" / "kim-jong-un.html").is_file()


def test_errors_in_the_facts_write_nothing(run, small: Path, tmp_path: Path) -> None:
    file = small / "facts" / "statement.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("north-korea", "nowhere"), encoding="utf-8")
    ended = run("--project", small, "site", "--out", tmp_path / "out")
    assert (ended.code, ended.out) == (1, "")
    assert "dangling-reference" in ended.err
    assert "nothing written" in ended.err
    assert not (tmp_path / "out").exists()


def test_a_fault_of_a_view_is_exit_1_and_keeps_the_old_site(
    run, small: Path, own_ontology: Path, tmp_path: Path
) -> None:
    assert run("--project", small, "site", "--out", tmp_path / "out").code == 0
    (own_ontology / "views" / "site" / "20-bad.rq").write_text("# Page: P\nSELECT ?item {}\n", encoding="utf-8")
    ended = run("--project", small, "site", "--out", tmp_path / "out")
    assert ended.code == 1
    assert "ontology/views/site/20-bad.rq: its header has no `# Title:`" in ended.err
    assert (tmp_path / "out" / "index.html").is_file()


def test_row_46_a_folder_with_files_of_others_is_exit_2(run, small: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine", encoding="utf-8")
    ended = run("--project", small, "site", "--out", tmp_path / "out")
    assert ended.code == 2
    assert "thesis.txt, which is not kg's" in ended.err
    assert [entry.name for entry in (tmp_path / "out").iterdir()] == ["thesis.txt"]


def test_row_39_the_facts_are_no_place_for_it(run, small: Path) -> None:
    ended = run("--project", small, "site", "--out", small / "facts")
    assert ended.code == 2
    assert "is an input" in ended.err


@pytest.mark.parametrize(("command", "package"), [("site", "jinja2"), ("serve", "starlette"), ("serve", "uvicorn")])
def test_a_missing_package_is_named_with_the_extra_that_has_it(command, package, small: Path) -> None:
    """In a process that cannot find it."""
    arguments = ["kg", "--project", str(small), command]
    code = f"import sys; sys.modules[{package!r}] = None; from kg.cli import main; sys.argv = {arguments!r}; main()"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 2, ended.stderr
    assert f"needs the package {package}" in ended.stderr
    assert f"pip install 'kg-facts[{command}]'" in ended.stderr
    assert not (small / "site").exists()

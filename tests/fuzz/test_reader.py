"""The fuzz of the reader, with as many runs as there is time for here: always the same ones."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
RUNS, SEED = 20_000, 4711
LIMITS = ("-timeout=60", "-rss_limit_mb=6144", "-max_len=4096")  # seconds for one input, megabytes of memory

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris has no wheel for this Python or machine"
)


def fuzz(folder: Path, *options: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, HERE / "reader.py", *LIMITS, f"-artifact_prefix={folder}/", *options],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=600,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )


def test_what_broke_the_reader_once_does_so_no_more(tmp_path: Path) -> None:
    """Each file of the corpus, by itself."""
    ended = fuzz(tmp_path, *sorted(CORPUS.iterdir()))
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-4000:]


def test_mutations_of_the_corpus(tmp_path: Path) -> None:
    found = tmp_path / "found"
    found.mkdir()
    ended = fuzz(tmp_path, f"-runs={RUNS}", f"-seed={SEED}", f"-dict={HERE / 'yaml.dict'}", found, CORPUS)
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-4000:]
    assert f"Done {RUNS} runs" in ended.stderr
    assert len(list(found.iterdir())) > len(
        list(CORPUS.iterdir())
    )  # it is guided: new ways through the code were found


def test_a_reader_that_breaks_its_word_is_found_out(tmp_path: Path) -> None:
    """Else the two above would show nothing."""
    script = tmp_path / "broken.py"
    text = (HERE / "reader.py").read_text(encoding="utf-8")
    script.write_text(
        text.replace("    assert file.records or diagnostics", "    assert file.records", 1), encoding="utf-8"
    )
    ended = subprocess.run(
        [sys.executable, script, *LIMITS, f"-artifact_prefix={tmp_path}/", CORPUS / "empty.yaml"],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=600,
        check=False,
    )
    assert ended.returncode != 0
    assert "neither a record nor a reason" in ended.stdout + ended.stderr

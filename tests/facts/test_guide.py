"""The curator's guide is true: its commands run, its excerpts stand in the facts, its example is valid.

The worked example is a shipped record. It is taken out of a copy of the facts, and the guide's commands bring it back.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import kg
from kg import texts

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "facts" / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
YAML = [text for language, text in BLOCKS if language == "yaml"]
EXAMPLE = "# an example, not shipped\n"
WORKED = next(text for text in YAML if "evidence:" in text)
RECORD = re.match(r"- id: (\S+)", WORKED)[1]
FOLDER = Path(os.environ.get("KG_TEXTS") or ROOT.parent / "shared" / "sources")


def facts(directory):
    return sorted((directory / "facts").rglob("*.yaml"))


@pytest.mark.parametrize("block", [text for text in YAML if not text.startswith(EXAMPLE)])
def test_excerpts_stand_in_the_facts(block):
    assert any(block in file.read_text(encoding="utf-8") for file in facts(ROOT)), block


def test_examples_are_valid(project):
    for number, block in enumerate(text for text in YAML if text.startswith(EXAMPLE)):
        (project / "facts" / f"example-{number}.yaml").write_text(block, encoding="utf-8")
    assert kg.build(project).diagnostics == ()


def test_every_block_is_checked():
    assert {language for language, _ in BLOCKS} == {"sh", "yaml"}


def test_the_guide_is_short():
    assert GUIDE.count("\n") < 200


def test_pages_classes_and_codes_are_real(project):
    vocabulary = kg.build(project).vocabulary
    named = re.findall(r"^\| ([A-Z][\w, ]+) \|", GUIDE, re.MULTILINE)
    assert {name for row in named for name in row.split(", ")} == set(vocabulary.record_types)
    known = {code for codes in vocabulary.lists.values() for code in codes.codes}
    known |= {field for cls in vocabulary.classes.values() for field in cls.fields}
    prose = re.sub(r"^```.*?^```$", "", GUIDE, flags=re.MULTILINE | re.DOTALL)
    words = set(re.findall(r"`([a-zA-Z]+(?:-[a-z]+)*)`", prose))
    assert words - known == {"talks-2026"} & words


def run(block, project, texts_folder):
    program = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{program}{os.pathsep}{os.environ['PATH']}", "KG_TEXTS": str(texts_folder)}
    ended = subprocess.run(
        ["bash", "-euc", block], cwd=project, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def taken_out(project):
    """Take the worked example out of the facts."""
    for file in facts(project):
        text = file.read_text(encoding="utf-8")
        if WORKED in text:
            file.write_text(text.replace(WORKED, ""), encoding="utf-8")
            return
    raise AssertionError(RECORD)


def test_the_worked_example(project):
    wanted = set(re.findall(r"sha256: (\w+)", "\n".join(file.read_text(encoding="utf-8") for file in facts(ROOT))))
    if not FOLDER.is_dir() or not wanted <= set(texts.read(FOLDER)):
        reason = f"the private texts are not in {FOLDER}: give their folder in KG_TEXTS"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    taken_out(project)
    for language, block in BLOCKS:
        if language != "sh":
            continue
        out = run(block, project, FOLDER)
        if "hashlib" in block:
            assert wanted <= set(re.findall(r"^\w{64}", out, re.MULTILINE))
            for digest, text in texts.read(FOLDER).items():
                assert f"{digest} {len(text)} " in out
                assert digest == hashlib.sha256(text.encode()).hexdigest()
        if "kg new" in block:
            stub = Path(out.strip())
            assert f"id: {RECORD}\n" in stub.read_text(encoding="utf-8")
            stub.write_text(re.sub(r"^ +(start|end): \d+\n", "", WORKED, flags=re.MULTILINE), encoding="utf-8")
        if "--write-offsets" in block:
            assert stub.read_text(encoding="utf-8") == WORKED
            assert "“handle the matter with prudence”" in out
    assert kg.build(project).diagnostics == ()

"""The README is executed: its commands by .ci/run as they stand, its output and its Python here."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def run(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)


def kg(*arguments):
    return run(sys.executable, "-c", "from kg.cli import main; main()", *arguments)


def test_the_first_two_shell_blocks_are_one_command_each():
    for block in blocks("sh")[:2]:
        assert block.count("\n") == 1
        assert block.startswith("python3 -m venv .venv && ")


def test_the_answer_shown_is_the_answer_given():
    question = re.search(r"kg query (.*)$", blocks("sh")[0], re.MULTILINE)[1].split()
    shown = blocks("text")[0].strip()
    result = kg("query", *question)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == shown


def test_the_python_runs():
    result = run(sys.executable, "-c", blocks("python")[0])
    assert result.returncode == 0, result.stderr
    assert result.stdout.split()[0].isdigit()


def test_every_command_is_named():
    listed = re.search(r"Commands:\n(.*)", kg("--help").stdout, re.DOTALL)[1]
    for command in re.findall(r"^  (\w+)", listed, re.MULTILINE):
        assert f"kg {command}" in README, f"README does not name `kg {command}`"


def test_every_page_linked_to_exists():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("http") or (ROOT / target).exists(), target

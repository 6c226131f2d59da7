"""What docs/editor-and-ci.md and the pre-commit hooks say: they can be parsed, and their commands run."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import harbour
import pytest
import yaml
from generation import ROOT
from inside import kg

HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_bytes())
BLOCKS = re.findall(
    r"^```(\w+)\n(.*?)^```", (ROOT / "docs/editor-and-ci.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
)
CONFIGURATION, ACTION = (yaml.safe_load(text) for language, text in BLOCKS if language == "yaml")
STEPS = [step["run"] for step in ACTION["jobs"]["validate"]["steps"] if step.get("run", "").startswith("kg ")]


def test_the_hooks_that_are_named_exist() -> None:
    named = {hook["id"] for repository in CONFIGURATION["repos"] for hook in repository["hooks"]}
    assert named
    assert named <= {hook["id"] for hook in HOOKS}
    for hook in HOOKS:
        assert {"id", "name", "entry", "language"} <= set(hook)  # what pre-commit requires
        assert hook["pass_filenames"] is False
        assert re.search(hook["files"], "ontology/shapes.ttl")


@pytest.mark.parametrize("command", [*(hook["entry"] for hook in HOOKS), *STEPS])
def test_their_commands_run(command: str, tmp_path: Path) -> None:
    root = harbour.write(tmp_path)
    words = shlex.split(command.partition(">")[0])
    assert words[0] == "kg"
    done = kg("--project", root, *words[1:])
    assert done.code == 0, done.err


def test_the_action_annotates_and_keeps_sarif() -> None:
    assert [command.split()[3] for command in STEPS] == ["github", "sarif"]
    kept = STEPS[1].rpartition("> ")[2]
    assert kept in [step.get("with", {}).get("sarif_file") for step in ACTION["jobs"]["validate"]["steps"]]


def test_the_editor_is_pointed_at_a_schema_that_exists() -> None:
    (settings,) = (json.loads(text) for language, text in BLOCKS if language == "json")
    for file in settings["yaml.schemas"]:
        assert json.loads((ROOT / file).read_bytes())["$schema"]

"""HTML that a validator of others accepts: the Nu Html Checker (https://validator.github.io/validator/)."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import browsing
import pytest

# The checker takes a folder for a remote host, so it warns that the policy keeps out the files beside the page.
LET_BE = ("Resource violates Content Security Policy",)


@pytest.mark.parametrize("which", ["site", "hostile_site"])
def test_row_81_html_validates(which, request) -> None:
    folder: Path = request.getfixturevalue(which).folder
    java = browsing.program("java", "default-jre-headless")
    checker = browsing.judge("vnu-jar", "build/dist/vnu.jar")
    command = [
        java,
        "-Xss4m",
        "-jar",
        str(checker),
        "--format",
        "json",
        "--exit-zero-always",
        "--skip-non-html",
        str(folder),
    ]
    done = subprocess.run(command, capture_output=True, check=True)
    messages = json.loads(done.stderr)["messages"]
    found = [message for message in messages if not message["message"].startswith(LET_BE)]
    assert [f"{one['url']}:{one.get('lastLine')}: {one['message']}" for one in found] == []
    assert len(messages) >= len(found)

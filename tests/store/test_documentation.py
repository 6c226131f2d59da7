"""The pages of docs/stores: every command is one that there is."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from kg import store
from kg.cli.load import load
from kg.store import places

PAGES = sorted((Path(__file__).parents[2] / "docs" / "stores").glob("*.md"))
COMMANDS = [(page.name, found) for page in PAGES for found in re.findall(r"kg load ([^`\n]*)", page.read_text("utf-8"))]


@pytest.mark.parametrize(("page", "written"), [pair for pair in COMMANDS if re.search(r"\w:\S", pair[1])])
def test_a_command_is_one_that_there_is(page, written) -> None:
    context = load.make_context("load", shlex.split(written.rstrip(" &")))
    assert store.fitting(context.params["url"])
    if page == "standard.md" and not context.params["profile"]:
        assert places.place_of(context.params["url"]), "no place of that ending is known"


def test_commands_were_found() -> None:
    assert len({page for page, _ in COMMANDS}) >= 7


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page) -> None:
    linked = re.findall(r"\]\(([^):]+)\)", page.read_text(encoding="utf-8"))
    assert [name for name in linked if not (page.parent / name).exists()] == []

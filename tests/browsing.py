"""Debian's chromium, driven by Playwright, and the judges of pages that npm installs: axe-core and the Nu validator."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed (pip install 'kg-facts[test]')"
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-sync",
    "--disable-component-update",
)
PATIENCE = 60_000  # milliseconds


def missing(why: str) -> None:
    """Skip a test on a machine that lacks something, and fail where that must not be."""
    if os.environ.get("CI"):
        pytest.fail(f"{why}; CI must have it")
    pytest.skip(why)


def program(name: str, package: str) -> str:
    """Find a program."""
    found = shutil.which(name)
    if found is None:
        missing(f"{name} is not installed (Debian: {package})")
    return str(found)


@contextlib.contextmanager
def chromium() -> Iterator[sync_api.Browser]:
    """Start the browser."""
    path = program("chromium", "chromium")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@cache
def judge(package: str, file: str) -> Path:
    """Install a package of npm into a folder that goes away again, and return a file of it."""
    program("npm", "npm")
    folder = Path(tempfile.mkdtemp(prefix="kg-judges-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    options = ("--no-audit", "--no-fund", "--no-save", "--prefix", str(folder))
    done = subprocess.run(["npm", "install", *options, package], capture_output=True, check=False, cwd=folder)
    if done.returncode:
        missing(f"npm cannot install {package}: {done.stderr.decode()[-500:]}")
    return folder / "node_modules" / package / file

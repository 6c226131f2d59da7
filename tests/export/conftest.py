"""Graphs to export: the shipped facts, and a project full of traps."""

from __future__ import annotations

import os

import nasty
import pytest
from generation import ROOT

import kg
from kg.diagnostic import Severity
from kg.export import propertygraph
from kg.export.propertygraph import PropertyGraph
from kg.pipeline import Build

WHICH = ("shipped", "nasty", "plain")  # plain: nasty, but no name that has to be quoted


@pytest.fixture(scope="session")
def builds(tmp_path_factory) -> dict[str, Build]:
    folder = tmp_path_factory.mktemp("nasty")
    made = {
        "shipped": kg.build(ROOT, checked=False),
        "nasty": kg.build(nasty.project(folder / "nasty"), checked=False),
        "plain": kg.build(nasty.project(folder / "plain", odd_names=False), checked=False),
    }
    for build in made.values():
        assert [d for d in build.diagnostics if d.severity is Severity.ERROR] == []
    return made


@pytest.fixture(params=WHICH[:2])
def build(request, builds) -> Build:
    return builds[request.param]


@pytest.fixture(scope="session")
def property_graphs(builds) -> dict[str, PropertyGraph]:
    return {name: propertygraph.make(build.graph, build.vocabulary) for name, build in builds.items()}


@pytest.fixture
def made(builds, property_graphs, build) -> PropertyGraph:
    """The property graph of `build`."""
    return next(property_graphs[name] for name, found in builds.items() if found is build)


@pytest.fixture(scope="session")
def judge():
    """Import a consumer that CI must have; elsewhere a test without it is skipped, with the reason."""

    def find(name: str, package: str):
        if os.environ.get("CI"):
            __import__(name)
        return pytest.importorskip(name, reason=f"{package} is not installed (pip install {package})")

    return find

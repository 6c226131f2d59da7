"""Addresses: which store is meant, and no secret in one (row 78)."""

from __future__ import annotations

import os
import pty
import select
import subprocess

import pytest
import servers

from kg import store
from kg.fault import Fault
from kg.store import places
from kg.store.detection import detect
from kg.store.graphstore import GraphStore
from kg.store.update import UpdateStore
from kg.store.virtuoso import Virtuoso

USAGE = 2
SECRET = "p4ssw0rt"  # noqa: S105 - to be looked for in what is printed


@pytest.mark.parametrize(
    "url",
    [
        f"http://somebody:{SECRET}@127.0.0.1:9/store",
        f"https://{SECRET}@127.0.0.1:9/store",
        f"http://somebody:{SECRET}@/store",
        f"//somebody:{SECRET}@127.0.0.1:9/store",
        f"somebody:{SECRET}@127.0.0.1:9/store",
        f"http://127.0.0.1:9/store?token={SECRET}",
        f"http://127.0.0.1:9/store#{SECRET}",
        f"ftp://somebody:{SECRET}@127.0.0.1/store",
        f"http://[somebody:{SECRET}@127.0.0.1/store",
        "http://127.0.0.1:9x/store",
        "http://127.0.0.1:99999/store",
        "http:///store",
        "http://127.0.0.1:9/a\nb",
        "file:///etc/passwd",
        "",
        " ",
    ],
)
def test_78_an_address_with_a_secret_or_without_sense_is_refused(run, small, url) -> None:
    for options in ([], ["--profile", "graph-store"]):
        ended = run("--project", small, "load", *options, url)
        assert (ended.code, ended.out) == (USAGE, ""), ended.err
        assert SECRET not in ended.err


@pytest.mark.parametrize("option", [f"--password={SECRET}", f"--user=somebody:{SECRET}"])
def test_78_there_is_no_option_for_a_password(run, small, option) -> None:
    ended = run("--project", small, "load", option, "http://127.0.0.1:9/store")
    assert ended.code == USAGE
    assert SECRET not in ended.err


def test_78_a_password_that_cannot_be_asked_for(run, small) -> None:
    env = {name: value for name, value in os.environ.items() if name != "KG_PASSWORD"}
    assert "KG_PASSWORD" not in env
    ended = run("--project", small, "load", "http://127.0.0.1:9/store", env={"KG_USER": "somebody"}, stdin="")
    assert ended.code == USAGE
    assert "KG_PASSWORD" in ended.err


def test_78_a_password_is_asked_for_on_a_terminal_and_not_shown(program, small, oxigraph) -> None:
    with servers.misbehaving(oxigraph.port) as server:
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(  # noqa: S606 - no shell is wanted
                program,
                [str(program), "--project", str(small), "load", "--check", f"{server.url}/store"],
                {**os.environ, "KG_USER": "somebody"},
            )
        shown = _read(terminal, "Password of somebody: ")
        os.write(terminal, f"{SECRET}\n".encode())
        shown += _read(terminal, "")
        os.waitpid(pid, 0)
    assert "Password of somebody: " in shown
    assert SECRET not in shown
    asked = [seen.headers.get("authorization") for seen in server.seen]
    assert asked[0] is None
    assert set(asked[1:]) == {"Basic c29tZWJvZHk6cDRzc3cwcnQ="}


def _read(terminal: int, until: str) -> str:
    """Read what a terminal shows, up to some words or the end."""
    shown = ""
    while not (until and until in shown):
        ready, _, _ = select.select([terminal], [], [], servers.PATIENCE)
        assert ready, f"nothing more after: {shown}"
        try:
            piece = os.read(terminal, 1000)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        shown += piece.decode(errors="replace")
    return shown


def test_a_store_tells_what_it_is(oxigraph, virtuoso) -> None:
    assert [detect(oxigraph.url + path) for path in ("", "/", "/store", "/query", "/update")] == ["oxigraph"] * 5
    assert [detect(virtuoso + path) for path in ("", "/sparql", "/sparql-graph-crud-auth")] == ["virtuoso"] * 3


@pytest.mark.parametrize(
    ("path", "kind", "query"),
    [
        ("/ds/data", GraphStore, "/ds/query"),
        ("/ds/update", UpdateStore, "/ds/query"),
        ("/repositories/kg/rdf-graphs/service", GraphStore, "/repositories/kg"),
        ("/repositories/kg/statements", UpdateStore, "/repositories/kg"),
        ("/sparql/gsp/", GraphStore, "/sparql"),
        ("/sparql", UpdateStore, "/sparql"),
        ("/store", GraphStore, "/query"),
    ],
)
def test_an_address_tells_the_profile_and_where_to_ask(path, kind, query) -> None:
    with servers.misbehaving(name="Jetty") as server:
        server.fault = lambda handler, _: handler.answer(404, {})
        made = store.connect(server.url + path)
        assert type(made) is kind
        assert places.query_of(server.url + path) == server.url + query


def test_what_neither_tells_is_not_guessed(run, small) -> None:
    with servers.misbehaving(name="nginx") as server:
        server.fault = lambda handler, _: handler.answer(404, {})
        ended = run("--project", small, "load", f"{server.url}/rdf")
        assert (ended.code, [seen.method for seen in server.seen]) == (USAGE, ["GET"])
        assert "--profile" in ended.err


@pytest.mark.parametrize(
    "path", ["", "/", "/sparql", "/sparql-auth", "/sparql/", "/sparql-graph-crud-auth", "/sparql-graph-crud"]
)
def test_virtuoso_is_found_from_any_of_its_places(path) -> None:
    made = store.connect(f"http://127.0.0.1:9/x{path}", store.Credentials("a", "b"), "virtuoso")
    assert isinstance(made, Virtuoso)
    assert made.name == "Virtuoso, http://127.0.0.1:9/x/sparql-graph-crud-auth"


def test_virtuoso_needs_a_user() -> None:
    with pytest.raises(Fault, match="KG_USER"):
        store.connect("http://127.0.0.1:9/", None, "virtuoso")


def test_a_missing_package_is_named(small) -> None:
    code = "import sys; sys.modules['httpx'] = None; from kg.cli import main; sys.argv = ['kg', *{}]; main()".format(
        ["--project", str(small), "load", "http://127.0.0.1:9/store"]
    )
    import sys

    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == USAGE
    assert "pip install 'kg-facts[stores]'" in ended.stderr

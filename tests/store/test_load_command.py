"""kg load, as a user runs it."""

from __future__ import annotations

import os
import pty
import re
import select

import pytest
import servers

from kg import store
from kg.cli.load import load

DATA, USAGE, ENVIRONMENT = 1, 2, 3
BASE = "https://example.org/small/graph."


@pytest.fixture
def url(oxigraph) -> str:
    """An empty store."""
    target = store.connect(oxigraph.url, None, "oxigraph")
    target.replace(dict.fromkeys(target.graphs("") or (), ()), lambda _: None)
    return oxigraph.url


def deeds(out: str) -> dict[str, str]:
    """What was done with every graph."""
    return dict(reversed(re.fullmatch(r"(.*?): (\S+), \d+ triples", line).groups()) for line in out.splitlines())


def test_every_profile_can_be_chosen() -> None:
    chosen = next(parameter for parameter in load.params if parameter.name == "profile")
    assert list(chosen.type.choices) == sorted(store.PROFILES)


def test_a_load_a_second_one_and_a_check(run, small, url) -> None:
    first = run("--project", small, "load", url)
    assert first.code == 0
    assert set(deeds(first.out).values()) == {"loaded"}
    assert {f"{BASE}entities", f"{BASE}first-article", f"{BASE}derived"} < set(deeds(first.out))
    assert "compared by count and content" in first.err
    assert "written otherwise there" in first.err
    assert "\x1b" not in first.out + first.err  # no progress where nobody watches
    assert "\r" not in first.err
    second = run("--project", small, "load", url)
    assert (second.code, set(deeds(second.out).values())) == (0, {"already there"})
    check = run("--project", small, "load", "--check", url)
    assert (check.code, set(deeds(check.out).values())) == (0, {"as loaded"})


def test_a_check_says_what_differs_graph_by_graph(run, small, url) -> None:
    run("--project", small, "load", url)
    article = small / "facts" / "statement.yaml"
    article.write_text(
        article.read_text(encoding="utf-8")
        .replace("Kim says so}", "Kim said so}")
        .replace('"Kim says so"', '"Kim said so"'),
        encoding="utf-8",
    )
    check = run("--project", small, "load", "--check", url)
    assert check.code == DATA
    assert f"differs: {BASE}first-article, " in check.out
    assert re.search(r'    missing: <\S+> <\S+> "Kim said so"@en', check.out)
    assert re.search(r'    added: <\S+> <\S+> "Kim says so"@en', check.out)
    assert f"as loaded: {BASE}entities" in check.out
    assert "not the same" in check.err


def test_a_dry_run_says_what_would_be_done_and_does_nothing(run, small, url) -> None:
    with servers.misbehaving(int(url.rpartition(":")[2])) as server:
        first = run("--project", small, "load", "--dry-run", server.url)
        assert (first.code, {line.partition(":")[0] for line in first.out.splitlines() if line[0] != " "}) == (
            0,
            {"would be replaced"},
        )
        assert server.writes == []
    run("--project", small, "load", url)
    after = run("--project", small, "load", "--dry-run", url)
    assert set(deeds(after.out).values()) == {"would stay"}


def test_a_graph_of_a_withdrawn_document_is_removed(run, small, url) -> None:
    run("--project", small, "load", url)
    (small / "facts" / "statement.yaml").unlink()
    facts = (small / "facts" / "documents.yaml").read_text(encoding="utf-8")
    assert "first-article" in facts
    target = store.connect(url, None, "oxigraph")
    before = target.graphs(BASE)
    loaded = run("--project", small, "load", url)
    assert loaded.code == 0
    assert target.graphs(BASE) == {
        name for name in deeds(loaded.out) if name.startswith(BASE) and deeds(loaded.out)[name] != "removed"
    }
    assert target.graphs(BASE) <= before


def test_facts_with_errors_are_not_loaded(run, small, url) -> None:
    (small / "facts" / "bad.yaml").write_text("- id: X\n  type: Person\n", encoding="utf-8")
    with servers.misbehaving(int(url.rpartition(":")[2])) as server:
        ended = run("--project", small, "load", server.url)
        assert (ended.code, ended.out, server.seen) == (DATA, "", [])
    assert "nothing loaded" in ended.err


def test_a_store_that_cannot_list_its_graphs(run, small, oxigraph, url) -> None:
    with servers.misbehaving(oxigraph.port, name="nginx") as server:
        server.fault = _renamed
        ended = run("--project", small, "load", "--profile", "graph-store", f"{server.url}/rdf")
    assert ended.code == 0
    assert "were not looked for" in ended.err
    assert run("--project", small, "load", "--check", url).code == 0


def _renamed(handler: servers.Handler, seen: servers.Seen) -> bool:
    """Only the graph store, under another address."""
    if not seen.path.startswith("/rdf?"):
        return handler.answer(404, {})
    return handler.answer(
        *handler.forward(servers.Seen(seen.method, seen.path.replace("/rdf", "/store"), seen.headers, seen.body))
    )


def test_nobody_listens(run, small) -> None:
    (port,) = servers.free_ports(1)
    ended = run("--project", small, "load", f"http://127.0.0.1:{port}/store")
    assert (ended.code, ended.out) == (ENVIRONMENT, "")
    assert f"http://127.0.0.1:{port}/store" in ended.err


@pytest.mark.parametrize("options", [["--check", "--dry-run"], ["--profile", "nix"], ["--nix"]])
def test_wrong_usage(run, small, options) -> None:
    assert run("--project", small, "load", *options, "http://127.0.0.1:9/store").code == USAGE


def test_progress_is_shown_on_a_terminal(program, small, url) -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(program, [str(program), "--project", str(small), "load", url], {**os.environ, "TERM": "xterm"})  # noqa: S606 - no shell is wanted
    shown = b""
    while True:
        ready, _, _ = select.select([terminal], [], [], servers.PATIENCE)
        assert ready
        try:
            piece = os.read(terminal, 1000)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert b"comparing" in shown


def test_results_go_to_a_reader_that_has_seen_enough(program, small, url) -> None:
    import subprocess

    ended = subprocess.run(
        ["bash", "-c", f"{program} --project {small} load --check {url} | head -1; exit ${{PIPESTATUS[0]}}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in ended.stderr
    assert ended.returncode in (0, DATA)


def test_a_folder_of_oxigraph_that_is_damaged_is_told(run, small, tmp_path) -> None:
    folder = tmp_path / "database"
    assert run("--project", small, "load", f"oxigraph:{folder}").code == 0
    for file in (file for file in folder.iterdir() if file.suffix == ".sst" or file.name.startswith("MANIFEST")):
        file.write_bytes(b"\0" * 100)
    for arguments in (["--check"], []):
        ended = run("--project", small, "load", *arguments, f"oxigraph:{folder}")
        assert (ended.code, ended.out) == (ENVIRONMENT, "")
        assert str(folder) in ended.err


def test_a_folder_of_oxigraph_is_loaded_without_its_server(run, small, tmp_path) -> None:
    folder = tmp_path / "database"
    ended = run("--project", small, "load", "--dry-run", f"oxigraph:{folder}")
    assert (ended.code, folder.exists()) == (0, False)
    assert run("--project", small, "load", f"oxigraph:{folder}").code == 0
    with servers.oxigraph(folder) as server:
        assert run("--project", small, "load", "--check", server.url).code == 0
        (small / "facts" / "statement.yaml").unlink()
        ended = run("--project", small, "load", f"oxigraph:{folder}")  # while the server has it open
        assert (ended.code, ended.out) == (ENVIRONMENT, "")
        assert str(folder) in ended.err
        assert run("--project", small, "load", server.url).code == 0
    assert run("--project", small, "load", "--check", f"oxigraph:{folder}").code == 0

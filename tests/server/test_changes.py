"""What is served follows the facts; and how a server begins and ends."""

from __future__ import annotations

import shutil
import signal
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from server.serving import Server, wait_for
from server.test_faults import CROSS, asking, busy

Serve = Callable[..., AbstractContextManager[Server]]
LABEL = "SELECT ?label { id:kim-jong-un skos:prefLabel ?label }"


@pytest.fixture
def changing(facts: Path, tmp_path: Path) -> Path:
    """A project that may be changed."""
    return shutil.copytree(facts, tmp_path / "project")


def label(server: Server) -> str:
    (row,) = server.ask(LABEL).json()["results"]["bindings"]
    return row["label"]["value"]


def rewrite(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_what_is_served_follows_the_facts(serve: Serve, changing: Path) -> None:
    actors = changing / "facts" / "actors.yaml"
    with serve(changing) as server:
        assert label(server) == "Kim Jong Un"
        page = server.get("/record/kim-jong-un.html")
        unchanged = {"If-None-Match": page.headers["etag"]}
        assert server.get("/record/kim-jong-un.html", **unchanged).status == 304

        rewrite(actors, '{en: "Kim Jong Un"}', '{en: "Kim Jong-un"}')
        wait_for(lambda: label(server) == "Kim Jong-un")
        assert "Kim Jong-un" in server.get("/record/kim-jong-un.html", **unchanged).text
        assert "Kim Jong-un" in server.get("/record/kim-jong-un.ttl").text
        wait_for(lambda: "serving the new facts" in server.err)
        wait_for(
            lambda: len([p for p in server.processes() if Path(f"/proc/{p}/exe").exists()]) <= 2
        )  # the old engine ends

        rewrite(actors, "type: Person", "type: Persn")
        wait_for(lambda: "serving the last valid facts" in server.err)
        assert "facts/actors.yaml:10:9: error[unknown-type] no type 'Persn'" in server.err
        assert label(server) == "Kim Jong-un"
        for path in ("/index.html", "/record/kim-jong-un.html", "/query"):
            text = server.get(path).text
            assert "cannot be served" in text
            assert "facts/actors.yaml:10:9: error[unknown-type] no type &#x27;Persn&#x27;" in text
            assert str(changing) not in text
        assert server.get("/record/kim-jong-un.html").headers.get("etag") is None

        rewrite(actors, "type: Persn", "type: Person")
        wait_for(lambda: "cannot be served" not in server.get("/index.html").text)
        assert label(server) == "Kim Jong-un"


def test_a_query_of_the_old_facts_is_answered_by_them(serve: Serve, changing: Path) -> None:
    with serve(changing, "--time-limit", "3600") as server, asking(server, CROSS) as (client,):
        wait_for(lambda: busy(server))
        rewrite(changing / "facts" / "actors.yaml", '{en: "Kim Jong Un"}', '{en: "Kim Jong-un"}')
        wait_for(lambda: label(server) == "Kim Jong-un")
        assert busy(server)
        client.settimeout(0.5)
        with pytest.raises(TimeoutError):
            client.recv(1)


def test_a_broken_ontology_and_a_lost_folder_are_told(serve: Serve, changing: Path, tmp_path: Path) -> None:
    from kg.project import shipped_ontology

    shutil.copytree(shipped_ontology(), changing / "ontology")
    with serve(changing) as server:
        with (changing / "ontology" / "ontology.ttl").open("a", encoding="utf-8") as file:
            file.write("\nkg:Broken a \n")
        wait_for(lambda: "serving the last valid facts" in server.err)
        assert "ontology/ontology.ttl" in server.err
        (changing / "facts").rename(tmp_path / "elsewhere")
        wait_for(lambda: server.err.count("serving the last valid facts") == 2)
        assert label(server) == "Kim Jong Un"
        assert str(tmp_path) not in server.get("/index.html").text


# ------------------------------------------------------------------------------------------------------ beginning, ending


def gone(pids: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}/exe").exists() for pid in pids)


@pytest.mark.parametrize(("number", "code"), [("SIGTERM", 0), ("SIGINT", 130)])
def test_an_end_by_signal(serve: Serve, facts: Path, number: str, code: int) -> None:
    """Who waits for a heavy query is told, connections are closed, nothing is left over."""
    with serve(facts, "--time-limit", "3600") as server, asking(server, CROSS) as (client,):
        wait_for(lambda: busy(server))
        with socket.create_connection(("127.0.0.1", server.port)) as idle:
            pids = server.processes()
            assert len(pids) == 2
            assert server.end(getattr(signal, number)) == code
            assert idle.recv(1) == b""
        assert client.recv(1000).startswith(b"HTTP/1.1 503")
        assert gone(pids)
    assert "Traceback" not in server.err


def test_an_answer_that_is_nearly_there_is_sent_before_the_end(serve: Serve, facts: Path) -> None:
    slow = "SELECT (COUNT(*) AS ?n) { { SELECT * { ?a ?b ?c } LIMIT 700 } { SELECT * { ?d ?e ?f } LIMIT 700 } }"
    with serve(facts) as server, asking(server, slow) as (client,):
        wait_for(lambda: len(server.processes()) == 2)  # it has been read
        server.process.send_signal(signal.SIGTERM)
        received = b""
        while piece := client.recv(1 << 16):
            received += piece
        assert b'"value":"490000"' in received
        assert server.process.wait(60) == 0


def test_what_a_killed_server_left_is_removed_and_what_others_use_is_not(
    serve: Serve, facts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    (tmp_path / "kg-serve-file").touch()
    with serve(facts) as living:
        (kept,) = tmp_path.glob("kg-serve-*/")
        with serve(facts) as killed:
            killed.process.kill()
            killed.process.wait()
            assert len(list(tmp_path.glob("kg-serve-*/"))) == 2
        with serve(facts) as third:
            assert third.get("/index.html").status == 200  # it has begun to serve, and so ends in order
            assert kept in tmp_path.glob("kg-serve-*/")
            assert len(list(tmp_path.glob("kg-serve-*/"))) == 2
        assert living.get("/index.html").status == 200
    assert [file.name for file in tmp_path.iterdir()] == ["kg-serve-file"]


def test_nothing_outlives_a_server_that_is_killed(serve: Serve, facts: Path) -> None:
    with serve(facts, "--time-limit", "3600") as server, asking(server, CROSS):
        wait_for(lambda: busy(server))
        pids = server.processes()
        server.process.kill()
        wait_for(lambda: gone(pids))


def test_no_folder_is_left(serve: Serve, facts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with serve(facts) as server:
        assert len(list(tmp_path.iterdir())) == 1
        assert server.end() == 0
    assert list(tmp_path.iterdir()) == []


def test_only_this_machine_can_connect(server: Server) -> None:
    rows = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    listening = [row.split()[1] for row in rows if row.split()[3] == "0A"]
    assert [address for address in listening if address.endswith(f":{server.port:04X}")] == [
        f"0100007F:{server.port:04X}"
    ]


def test_a_port_that_is_taken(run, facts: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("--project", facts, "serve", "--port", str(port))
    assert (ended.code, ended.out) == (3, "")
    assert ended.err == f"Error: port {port} of 127.0.0.1 is taken; choose another with --port\n"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--port", "70000"], 2),
        (["--port", "x"], 2),
        (["--host", "no.such.host.invalid"], 3),
        (["--host", "192.0.2.1"], 3),
        (["--url", "facts.example.org"], 2),
        (["--url", "javascript:alert(1)"], 2),
        (["--url", "https://facts.example.org/?x"], 2),
        (["--time-limit", "0"], 2),
        (["extra"], 2),
    ],
)
def test_wrong_usage(run, facts: Path, options: list[str], code: int) -> None:
    ended = run("--project", facts, "serve", "--port", "0", *options)
    assert (ended.code, ended.out) == (code, "")
    assert ended.err.splitlines()[-1].startswith("Error: ")


def test_facts_with_errors_are_not_served(run, changing: Path) -> None:
    rewrite(changing / "facts" / "actors.yaml", "type: Person", "type: Persn")
    ended = run("--project", changing, "serve", "--port", "0")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("facts/actors.yaml:10:9: error[unknown-type] no type 'Persn'")
    assert ended.err.endswith("1 error; nothing served\n")


def test_no_project(run, tmp_path: Path) -> None:
    assert run("serve", "--port", "0", cwd=tmp_path).code == 2


def test_a_folder_called_like_the_package_is_not_taken_for_it(
    serve: Serve, facts: Path, tmp_path: Path, monkeypatch
) -> None:
    """The engine is a Python of its own, and must not import what lies in the folder where it is started."""
    for name in ("kg.py", "json.py", "pyoxigraph.py"):
        (tmp_path / name).write_text("raise SystemExit('taken')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with serve(facts) as server:
        assert server.ask("ASK {}").status == 200

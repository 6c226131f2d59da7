"""Servers that fail in the ways of rows 70 to 77 of the bad inputs: nothing is lost, nothing doubled, nothing told.

A server that misbehaves on purpose stands before a real store.
"""

from __future__ import annotations

import base64
import gzip
from collections.abc import Callable, Iterator

import listener
import pyoxigraph as ox
import pytest
import samples
import servers
from servers import Handler, Misbehaving, Seen

import kg.store.client
from kg import store
from kg.fault import Failure
from kg.store import loading, rdf
from kg.store.client import Client, Request
from kg.store.endpoint import Endpoint
from kg.store.graphstore import GraphStore
from kg.store.transport import Limits
from kg.store.update import UpdateStore

ENVIRONMENT = 3
SECRET = "p4ss “wort” 비밀"  # noqa: S105 - to be looked for in what is printed
USER = {"KG_USER": "somebody", "KG_PASSWORD": SECRET}
QUICK = Limits(connect=30, silence=60, total=120, answer=100_000, wait=0, attempts=3)
IMPATIENT = Limits(
    connect=30, silence=0.5, total=1.5, answer=100_000, wait=0, attempts=3
)  # where nothing but waiting is tested
CREDENTIALS = store.Credentials("somebody", SECRET)


@pytest.fixture
def behind(oxigraph) -> Iterator[Misbehaving]:
    """An empty store, and before it a server that misbehaves."""
    emptied = store.connect(oxigraph.url, None, "oxigraph")
    emptied.replace(dict.fromkeys(emptied.graphs("") or (), ()), lambda _: None)
    with servers.misbehaving(oxigraph.port) as server:
        yield server


@pytest.fixture
def alone() -> Iterator[Misbehaving]:
    """A server that misbehaves, with nothing behind it."""
    with servers.misbehaving() as server:
        yield server


def answering(status: int, content: bytes = b"", **headers: str) -> Callable[[Handler, Seen], bool]:
    """A fault: one answer to everything."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, _: handler.answer(status, named, content)


def writing(fault: Callable[[Handler, Seen], bool]) -> Callable[[Handler, Seen], bool]:
    """A fault of writes only."""
    return lambda handler, seen: seen.writes and fault(handler, seen)


def target(server: Misbehaving, limits: Limits = QUICK, batch: int = 1000) -> GraphStore:
    """The server as a graph store that waits for nothing long."""
    client = Client(CREDENTIALS, limits)
    return GraphStore(client, f"{server.url}/store", Endpoint(client, f"{server.url}/query"), batch)


def counts(project_graph, url: str) -> dict[str, int]:
    """What a store holds of the graphs of the facts."""
    there = store.connect(url, None, "oxigraph")
    return {name: there.count(name) for name in rdf.named(project_graph)}


def told(*texts: str) -> None:
    """No text tells the secret, in whatever disguise a server might play it back."""
    basic = base64.b64encode(f"somebody:{SECRET}".encode()).decode()
    for text in texts:
        assert SECRET not in text
        assert SECRET.encode("unicode_escape").decode() not in text
        assert basic not in text


def played_back(seen: Seen) -> bytes:
    """The credentials of a request, as a server might show them in its error."""
    basic = seen.headers.get("authorization", "")
    return f"who is {basic} with {base64.b64decode(basic.removeprefix('Basic ')).decode()}?".encode()


# 70: 401, 403


@pytest.mark.parametrize(("status", "says"), [(401, "does not let in somebody (401)"), (403, "forbids")])
def test_70_who_is_not_let_in_stops_at_once(run, small, alone, status, says) -> None:
    alone.fault = lambda handler, _: handler.answer(status, {"WWW-Authenticate": 'Basic realm="x"'}, b"no")
    ended = run("--project", small, "load", alone.url, env=USER)
    assert (ended.code, ended.out) == (ENVIRONMENT, "")
    assert says in ended.err
    assert len(alone.seen) == 2  # one to learn what it is, one with the password
    assert "authorization" not in alone.seen[0].headers
    told(ended.err)


@pytest.mark.parametrize("status", [401, 403, 404, 413, 500])
@pytest.mark.parametrize("when", ["always", "on writing"])
def test_70_the_secret_is_never_printed(run, small, behind, status, when) -> None:
    def fault(handler: Handler, seen: Seen) -> bool:
        if "authorization" not in seen.headers:
            return False
        said = played_back(seen)
        header = said.decode().encode("ascii", "ignore").decode()
        return handler.answer(status, {"Content-Type": header, "Location": header}, said)

    behind.fault = fault if when == "always" else writing(fault)
    ended = run("--project", small, "load", behind.url, env=USER)
    assert ended.code == ENVIRONMENT
    told(ended.out, ended.err)


def test_70_without_a_user_it_is_said_how_to_give_one(run, small, alone) -> None:
    alone.fault = answering(401)
    ended = run("--project", small, "load", alone.url, env={"KG_USER": ""})
    assert ended.code == ENVIRONMENT
    assert "KG_USER" in ended.err


@pytest.mark.parametrize(
    "challenge", ["Digest realm=x", 'Digest realm="x", nonce="x", algorithm="ROT13", qop="auth"', "Digest x"]
)
def test_70_a_challenge_that_makes_no_sense(alone, challenge) -> None:
    alone.fault = answering(401, WWW_Authenticate=challenge)
    with pytest.raises(Failure) as failure:
        Client(CREDENTIALS, QUICK, digest=True).send(Request("GET", alone.url))
    told(str(failure.value))


def test_70_a_digest_is_never_lowered_to_a_password(alone) -> None:
    alone.fault = answering(401, WWW_Authenticate='Basic realm="x"')
    with pytest.raises(Failure, match="401"):
        Client(CREDENTIALS, QUICK, digest=True).send(Request("GET", alone.url))
    assert [seen.headers.get("authorization") for seen in alone.seen] == [None]


# 71: 413


def test_71_batches_become_smaller_until_they_fit(behind, make) -> None:
    behind.fault = writing(lambda handler, seen: len(seen.body) > 500 and handler.answer(413, {}))
    graph = make(samples.triples([ox.Literal(f"text {number}") for number in range(60)]))
    loaded = loading.load(target(behind, batch=100_000), graph)
    assert loaded.check.same
    assert len([seen for seen in behind.writes if len(seen.body) > 500]) < 20  # the size found is kept
    assert [seen.method for seen in behind.writes if len(seen.body) <= 500].count("PUT") == len(loaded.replaced)


def test_71_a_store_that_takes_nothing_stops(run, small, behind) -> None:
    behind.fault = writing(answering(413))
    ended = run("--project", small, "load", behind.url)
    assert ended.code == ENVIRONMENT
    assert "takes no body of this size (413)" in ended.err
    assert "0 batches had arrived" in ended.err
    assert len(behind.writes) < 30


# 72: redirect


@pytest.mark.parametrize("status", [301, 302, 307])
@pytest.mark.parametrize("when", ["always", "with a password", "on writing"])
def test_72_a_redirect_is_not_followed(run, small, behind, status, when) -> None:
    with listener.listening() as elsewhere:
        fault = answering(status, Location=f"http://127.0.0.1:{elsewhere.port}/store")
        behind.fault = {
            "always": fault,
            "with a password": lambda handler, seen: "authorization" in seen.headers and fault(handler, seen),
            "on writing": writing(fault),
        }[when]
        ended = run("--project", small, "load", behind.url, env=USER)
        assert elsewhere.connections == []
    assert ended.code == ENVIRONMENT
    assert f"redirects to http://127.0.0.1:{elsewhere.port}/store" in ended.err
    told(ended.err)


# 73: the server dies


def test_73_a_server_that_dies_leaves_a_load_that_is_done_again(run, small, tmp_path) -> None:
    graph = kg.build(small, checked=False).graph
    with servers.oxigraph(tmp_path / "database") as real, servers.misbehaving(real.port) as server:

        def fault(handler: Handler, seen: Seen) -> bool:
            if not seen.writes:
                return False
            if len(seen.body) > 20_000:
                return handler.answer(413, {})
            if len([write for write in server.writes if len(write.body) <= 20_000]) > 3:
                real.kill()
                return handler.drop()
            return False

        server.fault = fault
        first = run("--project", small, "load", server.url)
        assert first.code == ENVIRONMENT
        assert "3 batches had arrived, " in first.err
        assert "load again" in first.err
        real.start()
        server.fault = lambda _handler, _seen: False
        partly = counts(graph, real.url)
        assert 0 < sum(partly.values()) < sum(map(len, rdf.named(graph).values()))
        again = run("--project", small, "load", server.url)
        assert again.code == 0
        assert counts(graph, real.url) == {name: len(triples) for name, triples in rdf.named(graph).items()}
        assert run("--project", small, "load", "--check", real.url).code == 0


# 74: the answer is lost


@pytest.mark.parametrize("profile", ["oxigraph", "update"])
@pytest.mark.parametrize("lost", [1, 2])
def test_74_an_answer_that_is_lost_after_the_commit(run, small, behind, profile, lost) -> None:
    def fault(handler: Handler, seen: Seen) -> bool:
        if seen.writes and len(behind.writes) == lost:
            handler.forward(seen)
            return handler.drop()
        return False

    behind.fault = fault
    url = f"{behind.url}/update" if profile == "update" else behind.url
    graph = kg.build(small, checked=False).graph
    assert run("--project", small, "load", "--profile", profile, url).code == ENVIRONMENT
    assert run("--project", small, "load", "--profile", profile, url).code == 0
    real = f"http://127.0.0.1:{behind.behind}"
    assert counts(graph, real) == {name: len(triples) for name, triples in rdf.named(graph).items()}


# 75: success that is none

PAGE = b"<!DOCTYPE html><html><title>Welcome</title>Please sign in</html>"


def test_75_a_page_is_no_success(run, small, behind) -> None:
    behind.fault = writing(answering(200, PAGE, Content_Type="text/html; charset=utf-8"))
    ended = run("--project", small, "load", behind.url)
    assert ended.code == ENVIRONMENT
    assert "text/html" in ended.err
    assert len(behind.writes) == 1


def test_75_a_page_instead_of_everything(run, small, alone) -> None:
    alone.fault = answering(200, PAGE, Content_Type="text/html")
    ended = run("--project", small, "load", alone.url)
    assert ended.code == ENVIRONMENT
    assert alone.writes == []


@pytest.mark.parametrize("status", [200, 201, 204])
def test_75_a_success_that_changed_nothing_is_found_out(run, small, behind, status) -> None:
    behind.fault = writing(answering(status, b"" if status == 204 else b"error: disk full", Content_Type="text/plain"))
    ended = run("--project", small, "load", behind.url)
    assert ended.code == ENVIRONMENT
    assert "the store counts 0" in ended.out
    assert "does not hold them" in ended.err


RESULTS = "application/sparql-results+json"
TRIPLES = "application/n-triples"


@pytest.mark.parametrize(
    ("type_", "content"),
    [
        ("text/html", PAGE),
        (RESULTS, PAGE),
        (RESULTS, b""),
        (RESULTS, b"[" * 100_000),
        (RESULTS, b"{}"),
        (RESULTS, b'{"results": {"bindings": 1}}'),
        (RESULTS, b'{"results": {"bindings": [{}]}}'),
        (RESULTS, b'{"results": {"bindings": []}}'),
        (RESULTS, b'{"results": {"bindings": [{"n": {"value": "-1"}}]}}'),
        (RESULTS, b'{"results": {"bindings": [{"n": {"value": "\\u0661"}}]}}'),
        (RESULTS, b'{"results": {"bindings": [{"n": {"value": "many"}}]}}'),
        (RESULTS, b"\xff\xfe"),
    ],
)
def test_75_a_count_that_is_none(alone, type_, content) -> None:
    alone.fault = answering(200, content, Content_Type=type_)
    with pytest.raises(Failure, match="right address"):
        target(alone).count("https://example.org/g")


@pytest.mark.parametrize(
    ("type_", "content"),
    [
        ("text/html", PAGE),
        (TRIPLES, PAGE),
        (TRIPLES, b"<a> <b> <c> .\n"),
        (TRIPLES, b'<x:a> <x:b> "c\n'),
        (TRIPLES, b"\xff"),
    ],
)
def test_75_triples_that_are_none(alone, type_, content) -> None:
    alone.fault = answering(200, content, Content_Type=type_)
    with pytest.raises(Failure, match="right address"):
        list(target(alone).dump("https://example.org/g"))


def test_75_an_answer_that_breaks_off(alone) -> None:
    def fault(handler: Handler, _: Seen) -> bool:
        handler.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/n-triples\r\nContent-Length: 100\r\n\r\n<x:a>"
        )
        return handler.drop()

    alone.fault = fault
    with pytest.raises(Failure):
        list(target(alone).dump("https://example.org/g"))


# 76: hang, trickle, bomb, endless

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\n"


def hang(handler: Handler, _: Seen) -> bool:
    handler.server.ended.wait(servers.PATIENCE)
    return handler.drop()


ENDLESS = {
    "no answer": (hang, "no answer in time"),
    "headers that trickle": (lambda h, _: h.pour(b"HTTP/1.1 200 OK\r\nX: ", b"x", 0.05), "too long|in time"),
    "a body that trickles": (lambda h, _: h.pour(HEAD % RESULTS.encode() + b"\r\n", b" ", 0.05), "too long|in time"),
    "headers without end": (lambda h, _: h.pour(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), "GET|POST"),
    "a header without end": (lambda h, _: h.pour(b"HTTP/1.1 200 OK\r\nX: ", b"y" * 1000), "GET|POST"),
    "interim answers without end": (
        lambda h, _: h.pour(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        "takes too long|in time",
    ),
    "a body without end": (
        lambda h, _: h.pour(HEAD % RESULTS.encode() + b"\r\n", b" " * 1000),
        "longer than 100000|takes too long|in time",
    ),
    "chunks without end": (
        lambda h, _: h.pour(HEAD % RESULTS.encode() + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        "longer than 100000|takes too long|in time",
    ),
}


@pytest.mark.parametrize("how", ENDLESS)
def test_76_what_never_ends_is_left(alone, how) -> None:
    alone.fault, says = ENDLESS[how]
    with pytest.raises(Failure, match=says):
        target(alone, IMPATIENT).count("https://example.org/g")


@pytest.mark.parametrize("how", ENDLESS)
def test_76_errors_that_never_end_are_left(alone, how) -> None:
    fault, _ = ENDLESS[how]
    alone.fault = lambda handler, seen: fault(_Failing(handler), seen)
    with pytest.raises(Failure):
        target(alone, IMPATIENT).count("https://example.org/g")


class _Failing:
    """A handler that says 401 where it would say 200, for the digest that reads such answers itself."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.server = handler.server
        self.drop = handler.drop

    def pour(self, head: bytes, piece: bytes, pause: float = 0) -> bool:
        challenge = b'WWW-Authenticate: Digest realm="x", nonce="x", qop="auth"\r\n'
        return self.handler.pour(head.replace(b"200 OK\r\n", b"401 Unauthorized\r\n" + challenge), piece, pause)


@pytest.mark.parametrize("how", ENDLESS)
def test_76_a_digest_does_not_wait_for_ever(alone, how) -> None:
    fault, _ = ENDLESS[how]
    alone.fault = lambda handler, seen: fault(_Failing(handler), seen)
    with pytest.raises(Failure):
        Client(CREDENTIALS, IMPATIENT, digest=True).send(Request("GET", alone.url))


@pytest.mark.parametrize("status", [200, 401, 500])
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, gzip", "x"])
def test_76_nothing_is_decompressed(alone, status, encoding) -> None:
    bomb = gzip.compress(b" " * 10_000_000)
    alone.fault = answering(status, bomb, Content_Type=RESULTS, Content_Encoding=encoding)
    for digest in (False, True):
        with pytest.raises(Failure, match="compressed"):
            Client(CREDENTIALS, QUICK, digest=digest).send(Request("GET", alone.url))
    assert {seen.headers["accept-encoding"] for seen in alone.seen} == {"identity"}


def test_76_a_line_without_end(alone) -> None:
    alone.fault = lambda handler, _: handler.pour(HEAD % TRIPLES.encode() + b'\r\n<x:a> <x:b> "', b"x" * 100_000)
    with pytest.raises(Failure, match="right address"):
        list(target(alone, QUICK).dump("https://example.org/g"))


def test_76_a_graph_without_end_is_read_no_further_than_needed(alone, make) -> None:
    numbers = iter(range(10**9))

    def fault(handler: Handler, seen: Seen) -> bool:
        if seen.path == "/query":
            one = b'{"results": {"bindings": [{"n": {"value": "1"}, "g": {"value": "https://example.org/g"}}]}}'
            return handler.answer(200, {"Content-Type": RESULTS}, one)
        handler.wfile.write(HEAD % TRIPLES.encode() + b"Connection: close\r\n\r\n")
        try:
            while True:
                handler.wfile.write("".join(f'<x:a> <x:b> "{next(numbers)}" .\n' for _ in range(1000)).encode())
        except OSError:
            return True

    alone.fault = fault
    found = loading.check(target(alone, QUICK), make(samples.triples([ox.Literal("a")])))
    assert {len(holding.added) for holding in found.holdings} == {100_000}


def test_76_a_server_that_reads_nothing(alone) -> None:
    body = b"<x:a> <x:b> <x:c> .\n" * 1_000_000
    alone.fault = hang
    with pytest.raises(Failure):
        Client(None, IMPATIENT).send(Request("PUT", f"{alone.url}/store", body=body))


# 77: asked to wait


@pytest.fixture
def waits(monkeypatch) -> list[float]:
    """How long a client would have slept."""
    asked: list[float] = []
    monkeypatch.setattr(kg.store.client.time, "sleep", asked.append)
    return asked


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("after", "wait"),
    [
        ("0", 0),
        ("7", 7),
        ("86400", 30),
        ("9" * 400, 1),
        ("-1", 1),
        ("Wed, 21 Oct 2099 07:28:00 GMT", 1),
        ("", 1),
        ("٣", 1),
    ],
)
def test_77_a_wait_is_kept_and_capped(alone, waits, status, after, wait) -> None:
    alone.fault = answering(status, Retry_After=after.encode().decode("latin-1"))
    with pytest.raises(Failure, match=str(status)):
        Client(None).send(Request("GET", alone.url))
    limits = Limits()
    assert waits == [wait] * (limits.attempts - 1)
    assert len(alone.seen) == limits.attempts


@pytest.mark.parametrize("status", [429, 503])
def test_77_a_server_that_was_busy_gets_everything_once(behind, waits, make, status) -> None:
    busy = iter([True, False] * 1000)
    behind.fault = lambda handler, _: next(busy) and handler.answer(status, {"Retry-After": "3600"})
    graph = make(samples.triples([ox.Literal(f"text {number}") for number in range(60)]))
    client = Client(None)
    updates = UpdateStore(client, f"{behind.url}/update", Endpoint(client, f"{behind.url}/query"), 1000)
    for to in (target(behind, Limits()), updates):
        assert loading.load(to, graph).check.same
    assert set(waits) == {30}

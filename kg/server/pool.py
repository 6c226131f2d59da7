"""The pool: the server's side of the engine. Queries wait for a worker, and are told of its end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from typing import BinaryIO

from kg.fault import Failure
from kg.server import engine
from kg.server.engine import DataSet, Refused, Request
from kg.server.limits import Limits

_TIME = (-signal.SIGALRM, -signal.SIGXCPU)
_STOPPED = (0, -signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker wrote: status, media type, and a file that stands where the content begins."""

    status: int
    media: str
    file: BinaryIO = field(repr=False)

    @property
    def size(self) -> int:
        """Bytes from here to the end."""
        return os.fstat(self.file.fileno()).st_size - self.file.tell()


@dataclass(slots=True)
class _Worker:
    number: int
    socket: socket.socket
    ended: asyncio.Future[int]


class Pool:
    """Workers of one data set; create it by `start`."""

    def __init__(self, dataset: DataSet, limits: Limits) -> None:
        self.dataset = dataset
        self.limits = limits
        self._slots = asyncio.Semaphore(limits.workers)
        self._idle: list[_Worker] = []
        self._hired: dict[int, _Worker] = {}
        self._number = 0
        self._busy = 0
        self._unused = asyncio.Event()
        self._unused.set()
        self._closed = False

    async def start(self) -> None:
        """Start the engine; return when it has loaded the data set.

        Raises:
            Failure: it ended while it loaded.

        """
        self._control, theirs = socket.socketpair()
        self._control.settimeout(0)
        with theirs:
            settings = json.dumps([asdict(self.dataset), asdict(self.limits)])
            code = f"from kg.server import engine; engine.serve({theirs.fileno()}, {settings!r})"
            # A session of its own, so that an interrupt at the terminal reaches the server alone.
            self._engine = subprocess.Popen(  # noqa: ASYNC220 - it returns at once
                [sys.executable, "-P", "-c", code], pass_fds=[theirs.fileno()], start_new_session=True
            )
        if await asyncio.get_running_loop().sock_recv(self._control, 1) != engine.READY:
            raise Failure("the query engine could not load the data set")
        self._listening = asyncio.create_task(self._listen())

    def stop(self) -> None:
        """End the engine and all workers at once."""
        if not self._closed:
            self._closed = True
            with contextlib.suppress(OSError):
                self._control.shutdown(socket.SHUT_RDWR)  # the engine ends, and ends its workers

    async def close(self, patience: float = 0) -> None:
        """End the engine and all workers when no query is left, or after some seconds."""
        try:
            async with asyncio.timeout(patience):
                await self._unused.wait()
        except TimeoutError:
            pass
        finally:
            self.stop()
        await self._listening

    async def ask(self, request: Request) -> Answer:
        """Answer a query; when cancelled, the worker ends.

        Raises:
            Refused: there is no room, or the worker ended on it.

        """
        async with self._slot():
            worker = self._idle.pop() if self._idle else self._hire()
            file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer takes it along
            try:
                request.write(file)
                more = await self._work(worker, file)
            except BaseException:
                file.close()
                worker.socket.close()
                self._order(engine.KILL, worker.number)
                raise
            if more:
                self._idle.append(worker)
            else:
                worker.socket.close()
        file.seek(0)
        status, _, media = file.readline().decode("ascii").strip().partition(" ")
        return Answer(int(status), media, file)

    @contextlib.asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        """Wait for a turn."""
        try:
            async with asyncio.timeout(self.limits.patience):
                await self._slots.acquire()
        except TimeoutError:
            raise Refused(503, f"{self.limits.workers} queries are running already; try again") from None
        self._busy += 1
        self._unused.clear()
        try:
            if self._closed:
                raise Refused(503, "the server is stopping")
            yield
        finally:
            self._busy -= 1
            if not self._busy:
                self._unused.set()
            self._slots.release()

    def _hire(self) -> _Worker:
        ours, theirs = socket.socketpair()
        ours.settimeout(0)
        self._number += 1
        worker = _Worker(self._number, ours, asyncio.get_running_loop().create_future())
        with theirs:
            if not self._order(engine.FORK, worker.number, theirs.fileno()):
                ours.close()
                raise Refused(503, "the query engine starts again; try again")
        self._hired[worker.number] = worker
        return worker

    async def _work(self, worker: _Worker, file: BinaryIO) -> bool:
        """Have a worker answer; tell whether it takes another query.

        Raises:
            Refused: it ended.

        """
        done = b""
        with contextlib.suppress(ConnectionError):
            socket.send_fds(worker.socket, [engine.ASK], [file.fileno()])
            done = await asyncio.get_running_loop().sock_recv(worker.socket, 1)
        if not done:
            raise _why(await worker.ended, self.limits)
        return done == engine.DONE

    def _order(self, what: bytes, number: int, *handed: int) -> bool:
        """Tell the engine to do something; False where it has gone, which `_listen` notices."""
        try:
            socket.send_fds(self._control, [engine.ORDER.pack(what, number)], handed)
        except OSError:
            return False
        return True

    async def _listen(self) -> None:
        """Learn from the engine which workers have ended. Without it all end, and it is started again."""
        loop, message = asyncio.get_running_loop(), b""
        with contextlib.suppress(ConnectionError):
            while piece := await loop.sock_recv(self._control, engine.ENDED.size - len(message)):
                message += piece
                if len(message) == engine.ENDED.size:
                    self._dismiss(*engine.ENDED.unpack(message))
                    message = b""
        self._control.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._engine.pid, signal.SIGKILL)  # the workers are of its group
        await asyncio.to_thread(self._engine.wait)
        for number in list(self._hired):
            self._dismiss(number, 0)
        while not self._closed:
            try:
                await self.start()
                break
            except Failure:
                await asyncio.sleep(1)

    def _dismiss(self, number: int, exitcode: int) -> None:
        worker = self._hired.pop(number)
        if not worker.ended.done():  # it is cancelled with who waits for it
            worker.ended.set_result(exitcode)
        if worker in self._idle:
            self._idle.remove(worker)
            worker.socket.close()


def _why(exitcode: int, limits: Limits) -> Refused:
    """Tell by how a worker ended what was wrong with the query."""
    if exitcode in _TIME:
        return Refused(503, f"the query took longer than {limits.seconds:g} seconds")
    if exitcode == -signal.SIGABRT:  # what the engine does when it gets no memory
        return Refused(503, f"the query needed more than {limits.memory >> 20} MiB of memory")
    if exitcode in _STOPPED:
        return Refused(503, "the query engine was stopped")
    return Refused(500, "the query engine failed on this query; nothing else is affected")

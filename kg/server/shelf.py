"""The shelf: the edition that is served, and the next one when the facts change."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from kg.fault import Failure, Fault, OntologyFault
from kg.project import Project
from kg.server import builder
from kg.server.edition import Edition, Outcome
from kg.server.limits import Limits
from kg.server.pool import Pool

_POLL = 0.5  # seconds between two looks at the files


@dataclass(frozen=True, slots=True)
class Served:
    """An edition, and what answers queries about it."""

    edition: Edition
    pool: Pool


class Shelf:
    """Holds the edition that is served, and builds another when files of the project change."""

    def __init__(self, project: Project, first: Edition, limits: Limits, report: Callable[[Outcome], None]) -> None:
        """Prepare to serve.

        Args:
            project: whose files are watched.
            first: what is served at the beginning; others are made beside its folder.
            limits: of queries.
            report: is told what came of each change.

        """
        self.problems: tuple[str, ...] = ()
        self._project = project
        self._folder = first.folder.parent
        self._limits = limits
        self._report = report
        self._first = first
        self._served: Served | None = None
        self._retiring: set[asyncio.Task[None]] = set()

    @property
    def served(self) -> Served:
        """What is served now."""
        if self._served is None:
            raise Failure("nothing is served yet")
        return self._served

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Serve, and watch the files."""
        await self._serve(self._first)
        watching = asyncio.create_task(self._watch(self._first.state))
        try:
            yield
        finally:
            for task in (watching, *self._retiring):
                task.cancel()
            await asyncio.gather(watching, *self._retiring, return_exceptions=True)
            await self.served.pool.close()

    async def _watch(self, state: object) -> None:
        for number in itertools.count(1):
            state = await self._change(state)
            folder = self._folder / f"edition-{number}"
            try:
                outcome = await self._build(folder)
                if outcome.edition:
                    await self._serve(outcome.edition)
            except (Fault, OntologyFault, Failure, OSError) as error:
                outcome = Outcome(None, (), str(error))
            if outcome.edition is None:
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
            self.problems = outcome.problems
            self._report(outcome)

    async def _change(self, before: object) -> object:
        """Wait until files have changed and then stay as they are; return their state."""
        while True:
            await asyncio.sleep(_POLL)
            now = await asyncio.to_thread(self._project.state)
            if now != before:
                break
        while now != before:  # an editor or a checkout is still writing
            before = now
            await asyncio.sleep(_POLL)
            now = await asyncio.to_thread(self._project.state)
        return now

    async def _build(self, folder: Path) -> Outcome:
        """Build in another process, so that this one goes on answering."""
        command = builder.command(self._project.root, folder)
        process = await asyncio.create_subprocess_exec(*command.pop("args"), **command)
        try:
            await process.wait()
        finally:
            builder.end(process)
        return await asyncio.to_thread(builder.kept, folder, process.returncode)

    async def _serve(self, new: Edition) -> None:
        """Serve an edition as soon as it can be asked; the one before goes when its last query is answered."""
        pool = Pool(new.dataset, self._limits)
        await pool.start()
        old, self._served = self._served, Served(new, pool)
        if old:
            task = asyncio.create_task(self._retire(old))
            self._retiring.add(task)
            task.add_done_callback(self._retiring.discard)

    async def _retire(self, old: Served) -> None:
        await old.pool.close(patience=2 * self._limits.seconds)
        await asyncio.to_thread(shutil.rmtree, old.edition.folder, ignore_errors=True)

"""Starts the first worker before anything else, so that it loads its libraries while the rest comes up.

It gets its settings from the supervisor, when there is a server; here it is ended where it does not come to that.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from services.worker_handle import Command, WorkerHandle

#: How a worker is started.
PROGRAM = (sys.executable, "-P", "-m", "workers.process")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What there is when little else is loaded."""

    #: Of the event loop that the worker belongs to, and whoever it is handed to.
    runner: asyncio.Runner
    #: None: none is wanted, or it could not be started, which the supervisor finds out as well.
    worker: WorkerHandle | None


@contextmanager
def starting(*, works: bool) -> Iterator[Start]:
    """An event loop, with a worker that loads if `works`, and ends with the context; for the main thread alone."""
    with asyncio.Runner() as runner:
        worker = runner.run(_prepared()) if works else None
        try:
            yield Start(runner=runner, worker=worker)
        finally:
            if worker is not None:
                runner.run(worker.kill())


async def _prepared() -> WorkerHandle | None:
    try:
        return await WorkerHandle.prepare(Command(arguments=PROGRAM))
    except OSError:
        return None

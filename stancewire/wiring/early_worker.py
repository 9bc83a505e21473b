"""Starts the first worker before anything else, so that it loads its libraries while the rest comes up.

It gets its settings from the supervisor, when there is a server; here it is ended where it does not come to that.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.worker_handle import Command, WorkerHandle, WorkerLimits

if TYPE_CHECKING:
    from config.settings import Settings

#: How a worker is started.
PROGRAM = (sys.executable, "-P", "-m", "workers.process")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What there is when little else is loaded."""

    #: Of the event loop that the worker belongs to, and whoever it is handed to.
    runner: asyncio.Runner
    #: None: none is wanted, or it could not be started, which the supervisor finds out as well.
    worker: WorkerHandle | None


def worker_limits(settings: Settings) -> WorkerLimits:
    """What a worker may take."""
    work = settings.work
    return WorkerLimits(job_timeout_s=work.job_timeout_s, max_memory_mb=work.max_memory_mb, grace_s=work.grace_s)


@contextmanager
def starting(settings: Settings, *, works: bool) -> Iterator[Start]:
    """An event loop, with a worker that loads if `works`, and ends with the context; for the main thread alone."""
    with asyncio.Runner() as runner:
        worker = runner.run(_prepared(settings)) if works else None
        try:
            yield Start(runner=runner, worker=worker)
        finally:
            if worker is not None:
                runner.run(worker.kill())


async def _prepared(settings: Settings) -> WorkerHandle | None:
    try:
        return await WorkerHandle.prepare(Command(arguments=PROGRAM), worker_limits(settings))
    except OSError:
        return None

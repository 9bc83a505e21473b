"""A supervisor with two workers, to be killed from outside; prints the ids of the workers once they are ready."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from services.supervisor import Supervisor
from services.worker_handle import Command, WorkerLimits
from stancewire.testing import FakeStore


async def main() -> None:
    programs = Path(__file__).with_name("worker_programs.py")
    supervisor = Supervisor(
        Command(arguments=(sys.executable, str(programs), "ends_with_its_parent", "")),
        processes=2,
        limits=WorkerLimits(job_timeout_s=60, max_memory_mb=1_000, grace_s=5),
        upkeep=FakeStore(),
        clock=lambda: datetime.now(UTC),
    )
    running = asyncio.create_task(supervisor.run(asyncio.Event()))
    while supervisor.workforce.ready < 2:  # noqa: ASYNC110 - processes tell nobody
        await asyncio.sleep(0.02)
    sys.stdout.write(" ".join(str(pid) for pid in supervisor.pids) + "\n")
    sys.stdout.flush()
    await running


asyncio.run(main())

"""A worker process: what the supervisor starts with `python -P -m workers.process`.

What needs no settings is loaded first, as the first worker is started while the server still comes up. Standard input
gives one line of settings and watches and then stays open while the supervisor lives; standard output
takes the reports `ready`, `start BATCH` and `end BATCH`, and where it cannot work `lacks-server WHY` or `cannot WHY`;
the log goes to standard error. Nothing is read from the environment.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from config.loading import restore
from config.logging import configure
from config.settings import Settings
from stancewire.adapters.connection import redacted
from stancewire.errors import StancewireError, StateTooNew, StoreError, WorkerError
from stancewire.types import Watch

if TYPE_CHECKING:
    from workers.pipeline import Pipeline

#: Characters of a report; a pipe takes so many at once.
_REPORT_LENGTH = 500
_PR_SET_PDEATHSIG = 1


class Reports:
    """Tells the supervisor what this process does, over the pipe that was its standard output."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def say(self, *words: str) -> None:
        """Send one report; nobody may be there to read it."""
        line = " ".join(" ".join(words).split())[:_REPORT_LENGTH]
        try:
            os.write(self._descriptor, line.encode("ascii", "replace") + b"\n")
        except OSError:
            return

    def around(self, function: Callable[[str], None]) -> Callable[[str], None]:
        """`function` with a report before and after it."""

        def reported(batch_id: str) -> None:
            self.say("start", batch_id)
            try:
                function(batch_id)
            finally:
                self.say("end", batch_id)

        return reported


def main() -> int:
    """Work until told to stop; returns the exit status."""
    end_with_parent()
    reports = claim_reports()
    with suppress(ImportError, OSError):
        # `work` fails at the same, and says so where it is heard.
        load_libraries()
    try:
        settings, watches = restore(sys.stdin.buffer.readline())
    except ValueError:
        sys.stderr.write("workers.process is started by `stancewire up` or `stancewire work`, which give it settings\n")
        return 2
    watch_lifeline()
    url = settings.redis_url.get_secret_value() if settings.redis_url else ""
    secrets = (url,) if redacted(url) != url else ()
    configure(settings.log, sys.stderr, is_terminal=sys.stderr.isatty(), secrets=secrets)
    log = structlog.get_logger()
    try:
        jobs = work(settings, watches, url, reports)
    except StancewireError as error:
        may_pass = isinstance(error, StoreError) and not isinstance(error, StateTooNew)
        reports.say("lacks-server" if may_pass else "cannot", error.message)
        log.error("worker cannot work", error=error.message, hint=error.hint)  # noqa: TRY400 - one line says it
        return error.exit_code
    except Exception as error:
        reports.say("cannot", f"{type(error).__name__}: {error}")
        log.exception("worker crashed")
        return 1
    log.info("worker done", jobs=jobs)
    return 0


def load_libraries() -> None:
    """Import what `work` needs, which takes most of its time to get ready."""
    import workers.jobs  # noqa: PLC0415
    import workers.pipeline  # noqa: PLC0415
    import workers.read.bounded_reader  # noqa: F401, PLC0415
    from workers.text import english  # noqa: PLC0415

    english.import_libraries()


def work(settings: Settings, watches: Sequence[Watch], url: str, reports: Reports) -> int:
    """Load the analysis, connect and run jobs; how many were run."""
    # Here, so that what cannot be imported is reported.
    from stancewire.adapters.connection import connect  # noqa: PLC0415
    from stancewire.adapters.limits import limits_of  # noqa: PLC0415
    from stancewire.adapters.queue import ANALYSE_BATCH  # noqa: PLC0415
    from stancewire.adapters.store import claim_layout  # noqa: PLC0415
    from stancewire.adapters.worker import WorkerPlan, run_worker  # noqa: PLC0415
    from stancewire.adapters.worklist import RedisWorklist  # noqa: PLC0415
    from workers.jobs import BatchJob  # noqa: PLC0415
    from workers.read import read  # noqa: PLC0415
    from workers.read.bounded_reader import BoundedReader  # noqa: PLC0415

    limits = limits_of(settings)
    client = connect(url, purpose="worker")
    # First, so that a server that will not do is noticed before the seconds that the analysis takes to load.
    claim_layout(client)
    pages = BoundedReader()
    job = BatchJob(
        worklist=RedisWorklist(client, limits),
        read=lambda item: read(item, pages),
        analyse=load_analysis(settings.knowledge).analyse_together,
        clock=lambda: datetime.now(UTC),
        max_attempts=settings.work.max_attempts,
        watches=watches,
    )
    plan = WorkerPlan(
        functions={ANALYSE_BATCH: reports.around(job)},
        limits=limits,
        lease_s=settings.work.lease_s,
        max_jobs=settings.work.max_jobs,
    )
    reports.say("ready")

    try:
        return run_worker(lambda purpose: connect(url, purpose=purpose), plan)
    finally:
        pages.close()
        client.close()


def load_analysis(own_knowledge: Path | None = None) -> Pipeline:
    """The analysis; raises WorkerError where a part of the installation is missing."""
    try:
        from workers import pipeline  # noqa: PLC0415

        return pipeline.load(own_knowledge)
    except (ImportError, OSError) as error:
        raise WorkerError(f"the analysis cannot be loaded: {error}", "install stancewire again") from error


def end_with_parent() -> None:
    """Let the kernel kill this process when the supervisor dies, where it can (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def watch_lifeline() -> None:
    """Stop this process when standard input is closed: the supervisor is gone, on any system."""

    def wait() -> None:
        # Not through `sys.stdin`: its lock would be held when the interpreter ends.
        while os.read(0, 1_024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()


def claim_reports() -> Reports:
    """Keep standard output for reports; whatever a library prints goes to standard error."""
    descriptor = os.dup(1)
    os.dup2(2, 1)
    return Reports(descriptor)


if __name__ == "__main__":
    sys.exit(main())

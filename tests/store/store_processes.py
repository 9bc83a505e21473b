"""Worker processes that a test starts, listens to and ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PROGRAM = Path(__file__).with_name("worker_process.py")
LEASE_S = 1


class Worker:
    """A worker process whose output can be waited for."""

    def __init__(self, url: str, *, job_timeout_s: float = 120, quiet: bool = False) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM), url, str(LEASE_S), str(job_timeout_s)],
            stdout=subprocess.DEVNULL if quiet else subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=PROGRAM.parents[2],
            env={"PYTHONPATH": str(PROGRAM.parents[2]), "PATH": ""},
        )
        self.output: list[str] = []

    def wait_for(self, words: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output.append(line)
            if words in line:
                return
        raise AssertionError(f"the worker ended without saying {words!r}: {''.join(self.output)}")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self, timeout_s: float = 10) -> tuple[int, str]:
        """Status and remaining output once the process has ended."""
        rest, _ = self.process.communicate(timeout=timeout_s)
        return self.process.returncode, rest

    def stop(self) -> tuple[int, str]:
        self.process.send_signal(signal.SIGTERM)
        return self.end()


def until(reached: Callable[[], bool], *, timeout_s: float = 15) -> None:
    end = time.monotonic() + timeout_s
    while not reached():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.05)

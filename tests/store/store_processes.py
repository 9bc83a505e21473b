"""Worker processes that a test starts, listens to and ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
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
        self._heard = 0
        self._news = threading.Condition()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        # Always read: a process that says much would stop at a full pipe.
        for line in self.process.stdout or ():
            with self._news:
                self.output.append(line)
                self._news.notify_all()

    def wait_for(self, words: str, timeout_s: float = 60) -> None:
        """Wait for a line with these words, after the last one that was waited for."""
        end = time.monotonic() + timeout_s
        with self._news:
            while time.monotonic() < end:
                while self._heard < len(self.output):
                    self._heard += 1
                    if words in self.output[self._heard - 1]:
                        return
                if not self._listener.is_alive():
                    break
                self._news.wait(0.1)
        raise AssertionError(f"the worker did not say {words!r}: {''.join(self.output)}")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self._close()

    def _close(self) -> None:
        self._listener.join(timeout=10)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def end(self, timeout_s: float = 10) -> tuple[int, str]:
        """Status and remaining output once the process has ended."""
        self.process.wait(timeout=timeout_s)
        self._close()
        return self.process.returncode, "".join(self.output[self._heard :])

    def stop(self) -> tuple[int, str]:
        self.process.send_signal(signal.SIGTERM)
        return self.end()


def until(reached: Callable[[], bool], *, timeout_s: float = 40) -> None:
    """Patience, not a bound: several tests share the machine, and a worker takes seconds to start."""
    end = time.monotonic() + timeout_s
    while not reached():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.05)

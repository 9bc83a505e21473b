"""Runs the command line as processes of its own, each with a home of its own, and finds what they leave behind."""

from __future__ import annotations

import io
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import pytest

from stancewire.cli import edge

ROOT = Path(__file__).parents[2]
START = (sys.executable, "-P", "-c", "from stancewire.cli import main; main()")


def environment(home: Path, **more: str) -> dict[str, str]:
    """Nothing of the tests' own environment but the path; the program started is that beside these tests."""
    own = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(home), "HOME_OF_THIS_TEST": str(home)}
    quick = {"STANCEWIRE_HEALTH__PORT": "0", "STANCEWIRE_WORK__PROCESSES": "1"}
    return {**own, **quick, **more}


@dataclass(frozen=True)
class Ended:
    status: int
    out: str
    err: str


def run_here(home: Path, *arguments: str, given: bytes | str = b"", **more: str) -> Ended:
    """As `run`, in this process: for what needs no process of its own."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    data = given.encode() if isinstance(given, str) else given
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name in os.environ:
            if name.startswith("STANCEWIRE_"):
                patch.delenv(name)
        for name, value in environment(home, **more).items():
            patch.setenv(name, value)
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), "utf-8"))
        status = edge.run(arguments)
    return Ended(status, *(stream.buffer.getvalue().decode() for stream in (out, err)))


def run(home: Path, *arguments: str, given: bytes = b"", cwd: Path | None = None, **more: str) -> Ended:
    done = subprocess.run(
        [*START, *arguments],
        check=False,
        input=given,
        capture_output=True,
        timeout=60,
        env=environment(home, **more),
        cwd=cwd,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


@dataclass
class Running:
    process: subprocess.Popen[bytes]
    home: Path
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)
    _lines: queue.Queue[tuple[str, str]] = field(default_factory=queue.Queue)
    _readers: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name, stream in (("out", self.process.stdout), ("err", self.process.stderr)):
            self._readers.append(threading.Thread(target=self._read, args=(name, stream), daemon=True))
            self._readers[-1].start()

    def _read(self, name: str, stream: BinaryIO) -> None:
        with stream:
            for line in stream:
                self._lines.put((name, line.decode("utf-8", "replace").rstrip("\n")))

    def wait_for(self, words: str, *, stream: str = "out", seconds: float = 40) -> str:
        """The first line with these words, from now on or before."""
        give_up = time.monotonic() + seconds
        while True:
            found = next((line for line in self._said(stream) if words in line), None)
            if found is not None:
                return found
            try:
                has_ended = self.process.poll() is not None
                name, line = self._lines.get(timeout=0.5 if has_ended else max(give_up - time.monotonic(), 0.01))
            except queue.Empty:
                shown = "\n".join((*self.out[-30:], "-- error --", *self.err[-30:]))
                raise AssertionError(f"{words!r} did not come within {seconds} s; it said:\n{shown}") from None
            self._said(name).append(line)

    def stop(self, number: signal.Signals = signal.SIGINT, seconds: float = 30) -> int:
        self.process.send_signal(number)
        status = self.process.wait(seconds)
        self.read_on()
        return status

    def read_on(self) -> None:
        """Take what was said until the end."""
        for reader in self._readers:
            reader.join(10)
        self.read_now()

    def read_now(self) -> None:
        """Take what was said until now."""
        while not self._lines.empty():
            name, line = self._lines.get()
            self._said(name).append(line)

    def _said(self, stream: str) -> list[str]:
        return {"out": self.out, "err": self.err}[stream]


@contextmanager
def started(home: Path, *arguments: str, **more: str) -> Iterator[Running]:
    process = subprocess.Popen(
        [*START, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(home, **more),
        start_new_session=True,
    )
    running = Running(process, home)
    try:
        yield running
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        for pid in left_behind(home):
            os.kill(pid, signal.SIGKILL)
        running.read_on()


def left_behind(home: Path, within: float = 0) -> Sequence[int]:
    """Processes that run with this home or in it and are no children of ours, after waiting for none to be left."""
    give_up = time.monotonic() + within
    while (found := list(_processes_of(home))) and time.monotonic() < give_up:
        time.sleep(0.05)
    return found


def _processes_of(home: Path) -> Iterator[int]:
    mark = f"HOME_OF_THIS_TEST={home}".encode()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                state, parent, *_ = (folder / "stat").read_bytes().rpartition(b")")[2].split()
                is_marked = mark in (folder / "environ").read_bytes().split(b"\0")
                # A Valkey writes its title over its environment; but it works in its data folder.
                is_inside = (folder / "cwd").readlink().is_relative_to(home) and int(parent) != os.getpid()
            except OSError:
                continue
            if state != b"Z" and (is_marked or is_inside):
                yield int(folder.name)

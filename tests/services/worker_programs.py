"""Small programs in place of a worker, each misbehaving in its own way: `python worker_programs.py NAME ARGUMENT`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from workers.process import end_with_parent, watch_lifeline


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def well_behaved(_: str) -> None:
    """Says that it is ready and ends when asked."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    say("ready")
    while True:
        time.sleep(60)


def notes_its_start(path: str) -> None:
    """Notes in a file that it was started, what settings it got, and that it is ready, half a second later."""
    notes = Path(path)
    with notes.open("a") as file:
        file.write("started\n")
    settings = sys.stdin.readline()
    time.sleep(0.5)
    with notes.open("a") as file:
        file.write(f"ready with {settings}")
    well_behaved("")


def ends_at_once(status: str) -> None:
    say("ready")
    sys.exit(int(status))


def ends_after_a_job(_: str) -> None:
    say("ready")
    say("start batch")
    say("end batch")
    sys.exit(9)


def cannot(why: str) -> None:
    """Ends before it is ready, and says why."""
    say(f"cannot {why}")
    sys.exit(1)


def lacks_its_server(_: str) -> None:
    say("lacks-server no connection to the server at redis:6379")
    sys.exit(1)


def can_once(folder: str) -> None:
    """Works the first time, and never again."""
    if Path(folder, "done").exists():
        cannot("the disk is gone")
    Path(folder, "done").touch()
    ends_at_once("0")


def fails_thrice(folder: str) -> None:
    """Lacks its server three times, and then works."""
    starts = len(list(Path(folder).iterdir()))
    Path(folder, str(starts)).touch()
    if starts < 3:
        lacks_its_server("")
    well_behaved("")


def hangs_in_a_job(_: str) -> None:
    """Starts a job and hears nothing any more, as in C code."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    say("ready\nstart batch-1")
    while True:
        time.sleep(60)


def never_ready(_: str) -> None:
    time.sleep(600)


def deaf(_: str) -> None:
    """Is idle and does not end when asked."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    say("ready")
    while True:
        time.sleep(60)


def dies_in_a_job(status: str) -> None:
    say("ready\nstart batch-1")
    os._exit(int(status))


def finishes_its_job(folder: str) -> None:
    """Ends after its job when asked, and leaves a trace of having done so."""
    asked = []
    signal.signal(signal.SIGTERM, lambda *_: asked.append(1))
    say("ready\nstart batch-1")
    while not asked:
        time.sleep(0.01)
    time.sleep(0.3)
    Path(folder, "finished").touch()
    say("end batch-1")


def grows(megabytes: str) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    held = bytearray(int(megabytes) * 1024 * 1024)
    say("ready")
    while held:
        time.sleep(60)


def keeps_its_settings(folder: str) -> None:
    Path(folder, "settings").write_text(sys.stdin.readline())
    Path(folder, "session").write_text(f"{os.getpid()} {os.getsid(0)}")
    well_behaved("")


def has_a_child(folder: str) -> None:
    """Starts a process of its own that holds the pipe open, and hangs."""
    child = subprocess.Popen([sys.executable, __file__, "deaf", ""])
    Path(folder, "child").write_text(str(child.pid))
    hangs_in_a_job("")


def chatters(_: str) -> None:
    """Writes what is no report, and a line longer than any report."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    say("hello\nstart\nend a b\n")
    say("x" * 1_000_000)
    say("ready")
    while True:
        time.sleep(60)


def ends_with_its_parent(_: str) -> None:
    """Does as `workers.process` does when it starts."""
    end_with_parent()
    sys.stdin.buffer.readline()
    watch_lifeline()
    say("ready")
    while True:
        time.sleep(60)


if __name__ == "__main__":
    globals()[sys.argv[1]](sys.argv[2])

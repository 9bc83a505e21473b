"""The reader's child process and its bounds, each by itself; what hostile pages cost is tried in `tests/hostile`."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages_of_our_own import ADDRESS, NOW, PARAGRAPHS, TEXT, page

from stancewire.bounded import BlockingChild, ChildDiedError, ChildOverranError, ChildProcess
from stancewire.types import Page, PageReading, PageRefused
from workers.read.bounded_reader import CPU_SECONDS, BoundedReader
from workers.read.extraction import read_page


@pytest.fixture(scope="module")
def reader() -> Iterator[BoundedReader]:
    made = BoundedReader()
    yield made
    made.close()


def asked(reader: BoundedReader, html: str) -> PageReading | PageRefused:
    return reader(Page(url=ADDRESS, content_type="text/html", body=html.encode("utf-8", "replace")), NOW)


def pid_of(reader: BoundedReader) -> int:
    process = reader._child._child._process
    assert process is not None
    return process.pid


def test_one_child_reads_many_pages_as_the_function_does(reader: BoundedReader) -> None:
    html = page()
    answers = [asked(reader, html) for _ in range(3)]
    first = pid_of(reader)

    assert asked(reader, "<html><body></body></html>") != answers[0]
    assert answers == [read_page(html.encode(), content_type="text/html", url=ADDRESS, before=NOW)] * 3
    assert pid_of(reader) == first


def test_a_child_that_was_killed_is_replaced(reader: BoundedReader) -> None:
    asked(reader, page())
    os.kill(pid_of(reader), signal.SIGKILL)
    time.sleep(0.2)
    answer = asked(reader, page())

    assert isinstance(answer, PageReading)
    assert answer.text == TEXT


def test_a_page_that_takes_too_long_is_refused_and_the_next_one_is_read() -> None:
    reader = BoundedReader(cpu_seconds=0.01)
    refused = asked(reader, page(PARAGRAPHS * 400))
    reader.close()

    assert isinstance(refused, PageRefused)
    assert "0.01 seconds of CPU" in refused.reason
    assert CPU_SECONDS == 1


PROGRAM = """
import logging
import os
import time
import warnings
from stancewire.bounded import serve

def answer(request):
    if request == b"spin":
        while True:
            pass
    if request == b"sleep":
        time.sleep(60)
    if request == b"say":
        logging.getLogger("library").error("\\x1b[2J of the page")
        warnings.warn("\\x1b[2J of the page")
        print("\\x1b[2J of the page", flush=True)
    if request == b"fail":
        raise ValueError("\\x1b[2J\\n of http://user:hush@a.example/")
    if request == b"eat":
        bytearray(4_000_000_000)
    return request * 2

serve(answer)
"""


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BlockingChild]:
    (tmp_path / "spinning_program.py").write_text(PROGRAM)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path), str(Path(__file__).parents[2]))))
    made = BlockingChild(
        ChildProcess(
            "spinning_program", max_memory_bytes=1_000_000_000, seconds=3, cpu_seconds=0.5, max_answer_bytes=1_000
        )
    )
    yield made
    made.close()


def test_cpu_time_and_memory_are_bounded_each_by_itself(child: BlockingChild) -> None:
    assert child.ask(b"ab") == b"abab"
    with pytest.raises(ChildOverranError, match="of CPU"):
        child.ask(b"spin")
    with pytest.raises(ChildDiedError):
        child.ask(b"eat")
    for _ in range(3):
        # The bound is for one request, not for the life of the child.
        assert child.ask(b"again") == b"againagain"


def test_what_libraries_say_of_hostile_bytes_reaches_no_log(
    child: BlockingChild, capfd: pytest.CaptureFixture[str]
) -> None:
    assert child.ask(b"say") == b"saysay"
    assert capfd.readouterr().err == ""
    with pytest.raises(ChildDiedError):
        child.ask(b"fail")
    # It may be on its way still when the end of the process is seen.
    assert capfd.readouterr().err in {"", "ValueError: \\u001b[2J\\n of http://***@a.example/\n"}


def test_what_interrupts_the_wait_ends_the_child_and_not_the_next_request(child: BlockingChild) -> None:
    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        child.ask(b"warm")
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGUSR1)).start()
        with pytest.raises(KeyboardInterrupt):
            child.ask(b"sleep")
    finally:
        signal.signal(signal.SIGUSR1, before)

    assert child.ask(b"b") == b"bb"

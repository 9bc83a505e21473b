"""Progress: nothing of what is done soon, a line elsewhere than on a terminal, and a last line kept on one."""

from __future__ import annotations

import io
import os
import pty
import re
import time
from contextlib import redirect_stderr

from stancewire.cli.progress import Progress


def go_on(stderr: io.TextIOBase, seconds: float) -> None:
    """Some steps of work that takes so long."""
    with redirect_stderr(stderr), Progress("articles") as progress:
        end = time.monotonic() + seconds
        done = 0
        while time.monotonic() < end:
            done += 1
            progress.at(min(done, 99), 100, "3 new\x1b[2J signals")
            time.sleep(0.05)


def test_of_what_takes_less_than_two_seconds_nothing_is_said() -> None:
    said = io.StringIO()

    go_on(said, 0.3)

    assert said.getvalue() == ""


def test_where_there_is_no_terminal_a_line_says_how_far_it_is() -> None:
    said = io.StringIO()

    go_on(said, 2.5)

    (line,) = said.getvalue().splitlines()
    assert "of 100 articles, about " in line
    assert line.endswith("3 new\N{REPLACEMENT CHARACTER}[2J signals")


def test_on_a_terminal_it_is_kept_up_to_date_and_taken_away() -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal:
        go_on(terminal, 3)
        shown = os.read(ours, 1_000_000).decode()
    os.close(ours)

    assert len(set(re.findall(r"(\d+) of 100 articles", shown))) > 2
    assert "\x1b[2K" in shown, "the line is taken away"
    assert "\x1b[2J" not in shown

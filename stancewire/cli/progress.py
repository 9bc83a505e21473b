"""How far a command has come that takes longer than two seconds; one that is done before says nothing of it.

At the bottom of a terminal it is kept up to date; elsewhere it is a line on standard error from time to time.
"""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING

from rich.text import Text

from config.characters import safe
from stancewire.cli.terminal import errors, show

if TYPE_CHECKING:
    from rich.status import Status

_FIRST_AFTER_S = 2.0
#: Between two lines where there is no terminal.
_LINE_EVERY_S = 10.0


class Progress:
    """Told of each step; says how many of how many are done, and how long the rest may take."""

    def __init__(self, what: str) -> None:
        """`what` is counted, as `articles`."""
        self._what = what
        self._console = errors()
        self._since = time.monotonic()
        self._next = self._since + _FIRST_AFTER_S
        self._status: Status | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hide()

    def hide(self) -> None:
        """Take the line away until the next step, so that something else can be printed."""
        if self._status is not None:
            self._status.stop()
            self._status = None

    def at(self, done: int, total: int | None = None, note: str = "") -> None:
        """So many are done."""
        now = time.monotonic()
        if now < self._next:
            return
        text = Text(safe(standing(self._what, done, total, now - self._since) + (f", {note}" if note else "")))
        if not self._console.is_terminal:
            self._next = now + _LINE_EVERY_S
            show(self._console, text)
            return
        if self._status is None:
            self._status = self._console.status(text)
            self._status.start()
        self._status.update(text)


def standing(what: str, done: int, total: int | None, seconds: float) -> str:
    """How far it is after so many seconds.

    >>> standing("articles", 1200, None, 3)
    '1,200 articles'
    >>> standing("articles", 50, 200, 20)
    '50 of 200 articles, about 60 s left'
    >>> standing("articles", 1, 20_000, 0.5)
    '1 of 20,000 articles, about 167 min left'
    """
    if total is None:
        return f"{done:,} {what}"
    left = seconds / max(done, 1) * (total - done)
    rest = f"{left:.0f} s" if left < 120 else f"{left / 60:.0f} min"
    return f"{done:,} of {total:,} {what}" + (f", about {rest} left" if done else "")

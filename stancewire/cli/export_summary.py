"""What a command of `export` says at its end: how much it wrote and what it left out.

It prints one line on standard error, so that standard output is the export's alone.
"""

from __future__ import annotations

from rich.text import Text

from config.characters import safe
from stancewire.cli.terminal import errors, show


def tell(written: str, *, stances: int, withdrawn: int) -> None:
    """Say what was written, and what was not."""
    left = number(stances, "stance") + " left out"
    taken_back = f", {number(withdrawn, 'report')} withdrawn by a revision" if withdrawn else ""
    show(errors(), Text(safe(f"{written}; {left}{taken_back}"), style="dim"))


def number(count: int, what: str) -> str:
    """`what` counted.

    >>> number(1, "stance"), number(1200, "stance")
    ('1 stance', '1,200 stances')
    """
    return f"{count:,} {what}" + ("" if count == 1 else "s")

"""The terminal: consoles for standard output and error, and how lines are laid on them.

On a terminal lines are wrapped, indented and coloured; elsewhere each stays one plain line.
"""

from __future__ import annotations

import io
import sys

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from config.characters import safe


def output() -> Console:
    """Standard output."""
    return _console(sys.stdout)


def errors() -> Console:
    """Standard error."""
    return _console(sys.stderr)


def show(console: Console, text: Text | str, *, indent: int = 0) -> None:
    """Print one line of text, wrapped within its indent on a terminal; nothing in it can drive the terminal."""
    line = Text(safe(text)) if isinstance(text, str) else text.copy()
    line.plain = safe(line.plain)
    if console.is_terminal:
        console.print(Padding(line, (0, 0, 0, indent)), highlight=False)
    else:
        console.print(Text(" " * indent) + line, highlight=False, soft_wrap=True)


def _console(stream: object) -> Console:
    # A terminal or pipe that cannot write a character gets a question mark rather than an end with an error.
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")
    return Console(file=stream, highlight=False, emoji=False, markup=False)  # type: ignore[arg-type]

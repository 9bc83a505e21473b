"""Lines of CSV that a spreadsheet may open: what strangers wrote is text in them, never a formula.

Which columns there are is the exporters' part.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from config.characters import cell


def csv_line(values: Iterable[str | float | None]) -> str:
    r"""One line as RFC 4180 has it; numbers stay numbers, None is an empty cell, and line breaks become blanks.

    >>> csv_line(("=1+1", None, 0.5, 'said: "no",\nagain'))
    '\'=1+1,,0.5,"said: ""no"", again"\r\n'
    """
    line = io.StringIO()
    csv.writer(line).writerow([_text(value) if isinstance(value, str) else value for value in values])
    return line.getvalue()


def _text(text: str) -> str:
    """No formula, be it of one character, which a table on a terminal may show as it is."""
    shown = cell(text)
    return f"'{shown}" if len(shown) == 1 and cell(shown * 2) != shown * 2 else shown

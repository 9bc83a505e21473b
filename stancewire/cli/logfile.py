"""The log in a file while the terminal shows something else: everything of this process and its children goes there.

What it holds of warnings can be followed; the file is put aside when it has grown large.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson

from stancewire.errors import ServerError

NAME = "stancewire.log"
_LARGEST_BYTES = 20_000_000
#: Fields that differ from one occurrence of the same warning to the next.
_PASSING = frozenset(
    {"timestamp", "seconds", "next_in", "lived_s", "wait_s", "pid", "attempts", "level", "event", "hint", "batch"}
    | {"outcome", "accepted", "url", "entries", "exception"}
)


@contextmanager
def errors_to(folder: Path) -> Iterator[Path]:
    """Send standard error, also that of child processes, to the file in `folder`; raises ServerError."""
    path = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.exists() and path.stat().st_size > _LARGEST_BYTES:
            path.replace(path.with_suffix(".log.1"))
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        hint = "choose another data folder with STANCEWIRE_DATA_DIR, or correct its rights"
        raise ServerError(f"the log {path} cannot be written: {(error.strerror or '').lower()}", hint) from error
    sys.stderr.flush()
    kept = os.dup(2)
    os.dup2(descriptor, 2)
    os.close(descriptor)
    try:
        yield path
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)


#: Warnings of one kind that are told; where many feeds fail, the rest stands in the log.
_OF_A_KIND = 5


class Warnings:
    """New warnings of a log file, each once, and of each kind only the first ones."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._position = path.stat().st_size if path.exists() else 0
        self._rest = b""
        self._told: set[str] = set()
        self._of_a_kind: Counter[str] = Counter()

    def new(self) -> Iterator[str]:
        """One line for each warning or error that was not told yet."""
        with suppress(OSError), self._path.open("rb") as file:
            file.seek(self._position)
            data = file.read(1_000_000)
            self._position += len(data)
            *lines, self._rest = (self._rest + data).split(b"\n")
            for line in lines:
                event, said = _said(line)
                if not said or said in self._told:
                    continue
                self._told.add(said)
                self._of_a_kind[event] += 1
                if self._of_a_kind[event] <= _OF_A_KIND:
                    yield said
                elif self._of_a_kind[event] == _OF_A_KIND + 1:
                    yield f"{event}: there are more of these; the log has them all"


def _said(line: bytes) -> tuple[str, str]:
    """The event of a line and what is told of it; nothing of a line that is no warning."""
    try:
        entry: dict[str, Any] = orjson.loads(line)
        # Polls that failed are polls in the log; here they are told as what they are.
        event = "feed not read" if entry.get("outcome") == "failed" else str(entry["event"])
        if entry["level"] not in {"warning", "error", "critical"}:
            return event, ""
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return "", ""
    fields = "  ".join(f"{name}={_short(value)}" for name, value in entry.items() if name not in _PASSING)
    hint = f"  ({_short(str(entry['hint']).partition(chr(10))[0])})" if entry.get("hint") else ""
    return event, f"{event}  {fields}{hint}".strip()


def _short(value: object) -> str:
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= 120 else f"{text[:120]}…"

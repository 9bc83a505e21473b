"""Where an export is written to: standard output, or a file that is there as a whole or not at all.

What is written is the commands' business.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from stancewire.errors import UsageError


@contextmanager
def written_to(path: Path | None) -> Iterator[Callable[[str], None]]:
    """What writes text to a file (None: standard output); the file takes its name once all is written.

    Raises UsageError where the file cannot be written.
    """
    if path is None:
        yield _to_standard_output
        sys.stdout.buffer.flush()
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with _told_of(path):
        file = draft.open("w", encoding="utf-8", newline="")

    def write(text: str) -> None:
        with _told_of(path):
            file.write(text)

    try:
        try:
            yield write
        finally:
            with _told_of(path):
                file.close()
        with _told_of(path):
            draft.replace(path)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"cannot write {path}: {(error.strerror or '').lower()}") from error


def _to_standard_output(text: str) -> None:
    sys.stdout.buffer.write(text.encode())

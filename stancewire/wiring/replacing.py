"""Writes files that are there as a whole or not at all: beside their place first, then put in it.

What they hold is others' business.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from stancewire.errors import UsageError


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A draft that takes the place of `path` at the end; none if anything fails. Raises UsageError.

    What `path` links to is replaced, and keeps its permissions; a new file has those that new files have.
    """
    place = path.resolve()
    with _told(path):
        draft = NamedTemporaryFile(dir=place.parent, prefix=f".{place.name}.", delete=False)  # noqa: SIM115
    try:
        with draft:
            yield draft
            with _told(path):
                draft.flush()
                os.fsync(draft.fileno())
        with _told(path):
            Path(draft.name).chmod(permissions(place))
            Path(draft.name).replace(place)
    except BaseException:
        Path(draft.name).unlink(missing_ok=True)
        raise


def permissions(place: Path) -> int:
    """Those of the file that is there, or those that a new one gets."""
    try:
        return place.stat().st_mode & 0o777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}", "Name a file in a folder that is yours.") from error

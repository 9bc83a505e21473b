"""Where an export takes its entries from: the stream of a server, or a file that was printed before.

What becomes of them is the exporters' business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO

import orjson

from stancewire import decoding
from stancewire.errors import CodecError, UsageError
from stancewire.filtering import fits
from stancewire.ports import Archive
from stancewire.types import Announcement, Filter
from stancewire.wiring.querying import bounds


def stored(
    store: Archive, wanted: Filter, began: datetime | None, ended: datetime | None, seen: Callable[[int], None]
) -> Iterator[Announcement]:
    """Entries of the stream that were published in a time, in its order, those wanted; raises StoreError.

    `seen` is told how many were looked at.
    """
    looked_at = 0
    for stretch in store.stretches(*bounds(began, ended, store.end())):
        looked_at += len(stretch.entries) + stretch.unreadable
        seen(looked_at)
        yield from (entry.signal for entry in stretch.entries if fits(entry.signal, wanted))


def printed(lines: IO[bytes], wanted: Filter, name: str) -> Iterator[Announcement]:
    """Entries that `analyse --jsonl`, `tail --json` or `query --json` printed, those wanted; raises UsageError."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = orjson.loads(line)
            found = record["signals"] if isinstance(record, dict) and "signals" in record else [record]
            entries = list(map(decoding.announcement_from, found))
        except (orjson.JSONDecodeError, CodecError, TypeError) as error:
            hint = "It takes what `stancewire analyse --jsonl`, `query --json` and `tail --json` print."
            raise UsageError(f"{name}, line {number}: {error}", hint) from error
        yield from (each for each in entries if fits(each, wanted))

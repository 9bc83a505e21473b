"""Where an export takes its entries from: the stream of a server, or a file that was printed before.

What becomes of them is the exporters' business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO

import orjson

from stancewire import codec
from stancewire.errors import CodecError, UsageError
from stancewire.filtering import fits
from stancewire.ports import Archive
from stancewire.types import Announcement, Filter

_AT_ONCE = 1_000


def stored(
    store: Archive, wanted: Filter, began: datetime | None, ended: datetime | None, seen: Callable[[int], None]
) -> Iterator[Announcement]:
    """Entries of the stream that were published in a time, in its order, those wanted; raises StoreError.

    `seen` is told how many were looked at.
    """
    after = stream_id(began) if began else "0"
    last, looked_at = store.end(), 0
    while entries := store.read(after, limit=_AT_ONCE, wait_ms=0):
        for entry in entries:
            if ended is not None and _milliseconds(entry.stream_id) >= ended.timestamp() * 1000:
                return
            if fits(entry.signal, wanted):
                yield entry.signal
        looked_at += len(entries)
        seen(looked_at)
        after = entries[-1].stream_id
        if _order(after) >= _order(last):
            return


def printed(lines: IO[bytes], wanted: Filter, name: str) -> Iterator[Announcement]:
    """Entries that `analyse --jsonl`, `tail --json` or `query --json` printed, those wanted; raises UsageError."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = orjson.loads(line)
            found = record["signals"] if isinstance(record, dict) and "signals" in record else [record]
            entries = [codec.announcements.decode(orjson.dumps(each)) for each in found]
        except (orjson.JSONDecodeError, CodecError, TypeError) as error:
            hint = "It takes what `stancewire analyse --jsonl`, `query --json` and `tail --json` print."
            raise UsageError(f"{name}, line {number}: {error}", hint) from error
        yield from (each for each in entries if fits(each, wanted))


def stream_id(moment: datetime) -> str:
    """The stream id after which entries of that moment and later stand."""
    return f"{max(round(moment.timestamp() * 1000) - 1, 0)}-18446744073709551615"


def _milliseconds(of_entry: str) -> int:
    return int(of_entry.partition("-")[0])


def _order(of_entry: str) -> tuple[int, int]:
    milliseconds, _, number = of_entry.partition("-")
    return int(milliseconds), int(number or 0)

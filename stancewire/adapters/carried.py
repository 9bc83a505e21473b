"""The record of which signals an article carries, as it is kept: a number of turns, a colon, and JSON.

It is written by `scripts/publish.lua`; what follows from it is decided by those who read it.
"""

from __future__ import annotations

from stancewire import codec
from stancewire.errors import CodecError
from stancewire.types import Standing


def decode_carried(record: bytes | None) -> tuple[int, Standing | None]:
    """Turn and standing of a record; a record that cannot be read counts as none."""
    turn, _, data = (record or b"0:").partition(b":")
    if not turn.isdigit():
        return 0, None
    try:
        return int(turn), codec.standings.decode(data)
    except CodecError:
        return int(turn), None

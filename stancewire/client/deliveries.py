"""What a consumer is given: an entry with where it stands, and word of what it was not given.

Nothing is read here.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stancewire.types import Announcement

_log = logging.getLogger("stancewire.client")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An entry of the stream as a consumer is given it."""

    stream_id: str
    signal: Announcement
    #: How often it was delivered to the group, this time included.
    times: int
    #: The fields as the server sent them.
    fields: Mapping[Any, Any]

    @property
    def data(self) -> str:
        """The JSON that `signal` was read from."""
        return _text(self.fields.get(b"data") or self.fields.get("data"))

    @property
    def attributes(self) -> dict[str, str]:
        """The attributes of the CloudEvent, by name, so far as they hold anything."""
        named = ((_text(name), _text(value)) for name, value in self.fields.items())
        return {name: value for name, value in named if name != "data" and value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """Entries that were taken off the stream before the group had read or acknowledged them."""

    group: str
    #: How many; None where there may be some that the server has not counted.
    entries: int | None
    #: Stream id of the first entry that is still there; None where there is none.
    first_left: str | None

    def __str__(self) -> str:
        what = (
            "an unknown number of entries"
            if self.entries is None
            else "1 entry"
            if self.entries == 1
            else f"{self.entries:,} entries"
        )
        return (
            f"{what} gone before the group {self.group!r} had finished them: taken off the "
            "stream for its length or age (publish.max_unread_length, publish.retention_days)"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Poisoned:
    """An entry that is given up: no consumer finished it in so many deliveries, or it cannot be read."""

    stream_id: str
    reason: str
    #: How often it was delivered.
    times: int
    fields: Mapping[Any, Any]

    def __str__(self) -> str:
        return f"entry {self.stream_id} is passed over: {self.reason}"


def log_missed(missed: Missed) -> None:
    """Say it in the log `stancewire.client`."""
    _log.warning("%s", missed)


def log_poisoned(poisoned: Poisoned) -> None:
    """Say it in the log `stancewire.client`."""
    _log.error("%s", poisoned)


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)

"""Takes what stands on a stancewire's stream since a place, and hands it on as STIX bundles, a batch at a time.

It knows nothing of OpenCTI's API: `connector.py` gives it a platform to send to, which also keeps the place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from config.knowledge.reference import country_names, disarm_techniques
from stancewire import codec, keys
from stancewire.errors import CodecError
from stancewire.exports.stix import Exporter
from stancewire.exports.stix_bundles import bundle
from stancewire.exports.stix_parties import Reference
from stancewire.types import Announcement

#: Entries of the stream in one bundle.
BATCH = 100
#: Entries before the place that are looked at once, to be able to revoke what they became.
LOOKED_BACK = 5_000


class RedisClient(Protocol):
    """What is needed of `redis.Redis`."""

    def execute_command(self, *arguments: Any) -> Any:
        """Send a command and return its answer."""
        ...


class Platform(Protocol):
    """Where bundles go, and where the place is kept."""

    def place(self) -> str | None:
        """Stream id of the last entry that was sent; None before the first."""
        ...

    def send(self, text: str, upto: str) -> None:
        """Hand on a bundle of the entries up to there; raises what keeps it from that."""
        ...

    def keep(self, upto: str) -> None:
        """Keep the place."""
        ...


class Forwarder:
    """One connector's way from the stream to its platform: at least once, in order."""

    def __init__(self, client: RedisClient, platform: Platform, *, start: str = "0", kinds: frozenset[str]) -> None:
        """`start` is the stream id after which a first run begins; `kinds` are the signals that are sent."""
        self._client = client
        self._platform = platform
        self._start = start
        self._kinds = kinds | {"revision"}
        known = Reference(countries=country_names(), techniques=disarm_techniques())
        every = kinds >= {"stance", "interference"}
        # OpenCTI knows its own extensions, and reports a definition of one as an error.
        self._exporter = Exporter(known, all_entries=every, definitions=False)
        self._has_looked_back = False

    def forward(self) -> int:
        """Send all that stands on the stream; returns how many entries. An entry that cannot be read is passed over."""
        after, sent = self._platform.place() or self._start, 0
        if not self._has_looked_back:
            self._look_back(after)
            self._has_looked_back = True
        while rows := self._rows("XRANGE", f"({after}", "+", BATCH):
            after = _text(rows[-1][0])
            objects = [each for entry in self._entries(rows) for each in self._exporter.objects(entry)]
            # A bundle without any would be an error to OpenCTI.
            if objects:
                self._platform.send("".join(bundle(objects)), after)
            self._platform.keep(after)
            sent += len(rows)
        return sent

    def _look_back(self, upto: str) -> None:
        rows = self._rows("XREVRANGE", upto, "-", LOOKED_BACK) if upto != "0" else []
        for entry in self._entries(reversed(rows)):
            for _ in self._exporter.objects(entry):
                pass

    def _rows(self, command: str, first: str, last: str, count: int) -> list[Any]:
        found: list[Any] = self._client.execute_command(command, keys.SIGNALS_STREAM, first, last, "COUNT", count)
        return found

    def _entries(self, rows: Any) -> Iterator[Announcement]:
        for _, fields in rows:
            try:
                entry = codec.announcements.decode(_field(fields, "data"))
            except CodecError:
                continue
            if entry.kind in self._kinds:
                yield entry


def _field(fields: Any, name: str) -> bytes | str:
    """Of an entry's fields, as they come from clients that decode answers and from those that do not."""
    pairs = fields.items() if isinstance(fields, dict) else zip(fields[::2], fields[1::2], strict=True)
    return next((value for key, value in pairs if _text(key) == name), b"")


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value

"""The dead letters of a server, chosen by what an operator names; tried once more or dropped in steps of some hundred.

It shows nothing, and what becomes of a letter is decided in the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Literal, TypeAlias

from config.settings import Settings
from stancewire.adapters.store import RedisStore
from stancewire.errors import UsageError
from stancewire.ports import DeadLetters
from stancewire.types import DeadEntry, DeadReason, Settled
from stancewire.wiring.outside import now
from stancewire.wiring.stores import accept_server, find_server, open_store

Deed: TypeAlias = Literal["retry", "drop"]

#: Letters that one atomic step settles: it holds up the server's other clients for as long as it takes.
_LETTERS_A_STEP = 200
#: Characters of an item's id that name it, where no other begins with them.
_SHORTEST_NAME = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterChoice:
    """Which letters; all that is given must fit."""

    reason: DeadReason | None = None
    feed_id: str | None = None
    #: Given up at this time or later.
    since: datetime | None = None

    def includes(self, entry: DeadEntry) -> bool:
        """Whether a letter is among them."""
        if self.reason is not None and entry.letter.reason != self.reason:
            return False
        if self.feed_id is not None and entry.feed_id != self.feed_id:
            return False
        return self.since is None or entry.letter.at >= self.since


def open_letters(settings: Settings, *, to_change: bool = False) -> RedisStore:
    """The store on the server that runs; raises StoreError, also for one that may not be changed by this program."""
    server = find_server(settings)
    if to_change:
        accept_server(server)
    return open_store(settings, server, purpose="consumer")


def named(store: DeadLetters, names: Sequence[str]) -> tuple[DeadEntry, ...]:
    """The newest letter of each name, which is a stream id, or an item's id or its beginning; raises UsageError."""
    entries = tuple(store.letters())
    return tuple({entry.stream_id: entry for entry in (_named(entries, name) for name in names)}.values())


def _named(entries: Sequence[DeadEntry], name: str) -> DeadEntry:
    found = [entry for entry in entries if name in {entry.stream_id, entry.letter.item_id}]
    if not found and len(name) >= _SHORTEST_NAME:
        found = [entry for entry in entries if entry.letter.item_id.startswith(name)]
    if not found:
        raise UsageError(f"no dead letter {name!r}", "stancewire dead list shows them with the ids of their items")
    if len({entry.letter.item_id for entry in found}) > 1:
        raise UsageError(f"{name!r} begins the ids of {len(found)} dead letters", "write more of the id")
    return found[-1]


def settle(store: DeadLetters, entries: Iterable[DeadEntry], deed: Deed) -> Iterator[tuple[DeadEntry, Settled]]:
    """Do it to letters, in steps that are atomic; what became of each. Raises StoreError."""
    steps: dict[Deed, Callable[[Sequence[str]], tuple[Settled, ...]]] = {
        "retry": lambda stream_ids: store.retry(stream_ids, now()),
        "drop": store.drop,
    }
    rest = iter(entries)
    while some := tuple(islice(rest, _LETTERS_A_STEP)):
        yield from zip(some, steps[deed]([entry.stream_id for entry in some]), strict=True)

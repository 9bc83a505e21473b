"""How a consumer group is read, step by step, without a connection: commands to send, deliveries to hand out.

The synchronous and the asynchronous client take the same steps; neither decides anything. At least once: an entry is
acknowledged after the next one was asked for, and what a consumer left is given again, to itself first.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from math import inf
from typing import Any, TypeAlias, TypedDict

from stancewire import decoding, keys
from stancewire.client.deliveries import Delivery, Missed, Poisoned, log_missed, log_poisoned
from stancewire.errors import CodecError
from stancewire.filtering import fits
from stancewire.types import ALL, Filter

#: Milliseconds that a read waits for something new.
WAIT_MS = 1_000
#: Entries of the first read; later ones take as many as are worked off in `_BATCH_S`.
_FIRST_BATCH = 16
#: Entries at once where no place is kept.
_PAGE = 1_000
_BATCH_S = 5.0
#: Seconds after which what is done is acknowledged, at the latest with the delivery after.
_ACKNOWLEDGE_S = 1.0
_LOOK_FOR_LEFT_S = 5.0
#: How the id ends behind which a group begins that starts at a moment: no entry has it.
_BEFORE = f"-{2**64 - 1}"


@dataclass(frozen=True, slots=True)
class Commands:
    """Commands to be sent together, as one transaction where there are several; their answers are sent back."""

    commands: tuple[tuple[Any, ...], ...]
    #: Whether an error that says that the group is there already is none.
    may_exist: bool = False

    def forgives(self, error: Exception) -> bool:
        """Whether the group is there already, and may be."""
        return self.may_exist and "BUSYGROUP" in str(error)

    @staticmethod
    def options(command: tuple[Any, ...]) -> dict[str, Any]:
        """What redis-py wants to know to read the answer."""
        return {"parse_detail": True} if command[0] == "XPENDING" else {}


Step: TypeAlias = Commands | Delivery | tuple[Delivery, ...]
Steps: TypeAlias = Generator[Step, Any, None]


class Options(TypedDict, total=False):
    """How a group is read; each has a default."""

    #: Names this consumer; host and process, where none is given.
    consumer: str
    #: `keys.SIGNALS_STREAM`, or that of a watch.
    stream: str
    #: Where a new group begins: behind a stream id (`0`: the beginning, `$`: what is yet to come), or at a moment.
    start: str | datetime
    #: Whether to wait for what comes; else it ends where the stream ends.
    follow: bool
    #: Which entries are wanted; the others count as done.
    where: Filter
    #: Entries taken at once, at most.
    batch: int
    #: Seconds after which an entry that another consumer took and did not finish is taken over.
    take_over_s: float
    #: Deliveries after which an entry is given up.
    max_deliveries: int
    #: Told of entries that were taken off the stream before the group had finished them.
    on_missed: Callable[[Missed], None]
    #: Told of an entry that is given up, or cannot be read.
    on_poisoned: Callable[[Poisoned], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is read, and how; see `Options`."""

    group: str
    consumer: str
    stream: str = keys.SIGNALS_STREAM
    start: str | datetime = "0"
    follow: bool = True
    where: Filter = ALL
    batch: int = 500
    take_over_s: float = 60.0
    max_deliveries: int = 5
    on_missed: Callable[[Missed], None] = log_missed
    on_poisoned: Callable[[Poisoned], None] = log_poisoned
    #: Whether entries that are read together are handed out together.
    in_batches: bool = False

    @property
    def where_from(self) -> tuple[str, str]:
        """Stream and group, as commands name them."""
        return self.stream, self.group


@dataclass(slots=True)
class Progress:
    """What was handed out and is done, but not acknowledged yet."""

    done: list[Any] = field(default_factory=list)
    #: Entries that a consumer took and that were gone before it had finished them.
    gone: int = 0

    def acknowledgement(self, reading: Reading) -> tuple[Any, ...]:
        """The command that acknowledges it."""
        command = ("XACK", reading.stream, reading.group, *self.done)
        self.done.clear()
        return command


def past(since: str | datetime, until: datetime | None, where: Filter, stream: str) -> Steps:
    """The steps through what is there, without a group and page by page."""
    first = "-" if since == "0" else f"({_start(since)}"
    end = f"({round(until.timestamp() * 1000)}-0" if until is not None else "+"
    while True:
        (rows,) = yield Commands((("XRANGE", stream, first, end, "COUNT", _PAGE),))
        for stream_id, fields in rows:
            try:
                signal = decoding.announcement(_data_of(fields))
            except CodecError:
                continue
            if fits(signal, where):
                yield Delivery(stream_id=_text(stream_id), signal=signal, times=0, fields=fields)
        if len(rows) < _PAGE:
            return
        first = f"({_text(rows[-1][0])}"


def in_group(reading: Reading, progress: Progress, clock: Callable[[], float]) -> Steps:
    """The steps of a group's consumer, to the end of the stream where `follow` is off.

    `clock` gives seconds since any moment.
    """
    yield Commands((("XGROUP", "CREATE", reading.stream, reading.group, _start(reading.start), "MKSTREAM"),), True)
    yield from _own(reading, progress, clock)
    size, looked_at = reading.batch if reading.in_batches else _FIRST_BATCH, -inf
    while True:
        if clock() - looked_at >= _LOOK_FOR_LEFT_S:
            looked_at = clock()
            yield from _left_by_others(reading, progress, clock)
        rows = yield from _new(reading, size)
        began = clock()
        yield from _hand_out(rows, (), reading, progress, clock)
        if rows:
            rate = len(rows) / max(clock() - began, 1e-6)
            lasting = int(rate * min(_BATCH_S, reading.take_over_s / 4))
            size = reading.batch if reading.in_batches else max(1, min(reading.batch, lasting, size * 4))
        elif not reading.follow:
            return


def _own(reading: Reading, progress: Progress, clock: Callable[[], float]) -> Steps:
    """What this consumer took and did not finish."""
    read = ("XREADGROUP", "GROUP", reading.group, reading.consumer, "COUNT")
    while True:
        (pending,) = yield Commands((("XPENDING", *reading.where_from, "-", "+", reading.batch, reading.consumer),))
        if not pending:
            return _tell_of_gone(reading, progress)
        (answer,) = yield Commands(((*read, _together(pending), "STREAMS", reading.stream, "0"),))
        yield from _hand_out(_rows(answer), pending, reading, progress, clock)


def _left_by_others(reading: Reading, progress: Progress, clock: Callable[[], float]) -> Steps:
    """What other consumers took and did not finish in time."""
    idle = round(reading.take_over_s * 1000)
    while True:
        (pending,) = yield Commands((("XPENDING", *reading.where_from, "IDLE", idle, "-", "+", reading.batch),))
        if not pending:
            return _tell_of_gone(reading, progress)
        claim = ("XAUTOCLAIM", *reading.where_from, reading.consumer, idle, "0", "COUNT", _together(pending))
        ((_, rows, *gone),) = yield Commands((claim,))
        progress.gone += len(gone[0]) if gone else 0
        if not rows and not (gone and gone[0]):
            return _tell_of_gone(reading, progress)
        yield from _hand_out(rows, pending, reading, progress, clock)


def _together(pending: Sequence[Mapping[str, Any]]) -> int:
    """How many unfinished entries are taken at once.

    One by one once they were given again: an entry that ends each consumer must not count against those behind it.
    """
    given_once = list(takewhile(lambda each: each["times_delivered"] == 1, pending))
    return len(given_once) or 1


def _tell_of_gone(reading: Reading, progress: Progress) -> None:
    if progress.gone:
        reading.on_missed(Missed(group=reading.group, entries=progress.gone, first_left=None))
        progress.gone = 0


def _new(reading: Reading, size: int) -> Generator[Step, Any, list[Any]]:
    """What nobody was given yet, and word of what is gone before it; waits where there is nothing."""
    head = ("XREADGROUP", "GROUP", reading.group, reading.consumer, "COUNT", size)
    tail = ("STREAMS", reading.stream, ">")
    stream, groups, answer = yield Commands(
        (("XINFO", "STREAM", reading.stream), ("XINFO", "GROUPS", reading.stream), (*head, *tail))
    )
    if (missed := missed_before(reading.group, stream, groups)) is not None:
        reading.on_missed(missed)
    rows = _rows(answer)
    if rows or not reading.follow:
        return rows
    # All that is there was read, so nothing can be gone before what comes now.
    (answer,) = yield Commands(((*head, "BLOCK", WAIT_MS, *tail),))
    return _rows(answer)


def _hand_out(
    rows: Sequence[Any],
    pending: Sequence[Mapping[str, Any]],
    reading: Reading,
    progress: Progress,
    clock: Callable[[], float],
) -> Steps:
    """Entries one by one, or those of a read together, acknowledged when they are done."""
    before = {_text(each["message_id"]): int(each["times_delivered"]) for each in pending}
    acknowledged_at, batch = clock(), []
    for stream_id, fields in rows:
        times = before.get(_text(stream_id), 0) + 1
        if not fields:
            progress.gone += 1
        elif (delivery := _delivery(stream_id, fields, times, reading)) and fits(delivery.signal, reading.where):
            if reading.in_batches:
                batch.append(delivery)
            else:
                yield delivery
        progress.done.append(stream_id)
        if not reading.in_batches and clock() - acknowledged_at >= _ACKNOWLEDGE_S:
            yield Commands((progress.acknowledgement(reading),))
            acknowledged_at = clock()
    if batch:
        done, progress.done = progress.done, []
        yield tuple(batch)
        progress.done = done
    if progress.done:
        yield Commands((progress.acknowledgement(reading),))


def _delivery(stream_id: Any, fields: Mapping[Any, Any], times: int, reading: Reading) -> Delivery | None:
    """An entry to hand out; None for one that cannot be read, or was tried too often."""
    name = _text(stream_id)
    try:
        signal = decoding.announcement(_data_of(fields))
    except CodecError as error:
        reading.on_poisoned(Poisoned(stream_id=name, reason=error.message, times=times, fields=fields))
        return None
    if times > reading.max_deliveries:
        reason = f"no consumer finished it in {times - 1} deliveries"
        reading.on_poisoned(Poisoned(stream_id=name, reason=reason, times=times, fields=fields))
        return None
    return Delivery(stream_id=name, signal=signal, times=times, fields=fields)


def missed_before(group: str, stream: Any, groups: Any) -> Missed | None:
    """What is gone between the last entry that a group was given and the first that is there.

    From the answers of XINFO STREAM and XINFO GROUPS, made at one moment. A group that has read nothing yet has missed
    nothing: it begins with what is there.
    """
    about = _named(stream)
    own = next((each for each in map(_named, groups) if _text(each["name"]) == group), {})
    first = about.get("first-entry")
    first_left = _text(first[0]) if first else None
    if (read := own.get("entries-read")) is not None:
        gone = int(about["entries-added"]) - int(about["length"]) - int(read)
        return Missed(group=group, entries=gone, first_left=first_left) if gone > 0 else None
    # The server does not count for a group that began in the middle, before it has come to the end once.
    last = _text(own.get("last-delivered-id", "0-0"))
    if first_left and _order(last) > (0, 0) and not last.endswith(_BEFORE) and _order(last) < _order(first_left):
        return Missed(group=group, entries=None, first_left=first_left)
    return None


def _rows(answer: Any) -> list[Any]:
    """Rows of the one stream asked for; an answer is a list of pairs or a mapping, by the protocol spoken."""
    streams = answer.values() if isinstance(answer, dict) else [rows for _, rows in answer or ()]
    found: list[Any] = []
    for rows in streams:
        # redis-py wraps the rows once more where it speaks RESP3.
        found += rows[0] if rows and isinstance(rows[0], list) else rows
    return found


def _data_of(fields: Mapping[Any, Any]) -> Any:
    """The JSON of an entry, as bytes or text: as the client was told to decode answers."""
    return fields.get(b"data") or fields.get("data") or b""


def _named(answer: Any) -> dict[str, Any]:
    pairs = answer.items() if isinstance(answer, dict) else zip(answer[::2], answer[1::2], strict=True)
    return {_text(name): value for name, value in pairs}


def _start(start: str | datetime) -> str:
    return start if isinstance(start, str) else before(start)


def before(moment: datetime) -> str:
    """The stream id behind which entries of that moment and later stand."""
    return f"{max(round(moment.timestamp() * 1000) - 1, 0)}{_BEFORE}"


def _order(stream_id: str) -> tuple[int, int]:
    """By which stream ids are compared."""
    milliseconds, _, number = stream_id.partition("-")
    return int(milliseconds), int(number or 0)


def _text(value: Any) -> str:
    """A name or an id, as the client was told to decode answers."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)

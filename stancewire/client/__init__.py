"""The signals for whoever stands downstream: iterators over the stream, with a consumer group that keeps the place.

They need a Redis client and nothing else of this program's; nothing is decided about a signal here. The same for
asyncio is in `stancewire.client.asyncio`.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import closing
from datetime import datetime
from typing import Any, Protocol, Unpack

from stancewire import keys
from stancewire.client.deliveries import Delivery, Missed, Poisoned
from stancewire.client.naming import named
from stancewire.client.steps import Commands, Options, Progress, Reading, Steps, in_group, past
from stancewire.types import ALL, Announcement, Entity, Filter, Interference, Revision, Signal, Stance

__all__ = [
    "ALL",
    "Announcement",
    "Delivery",
    "Entity",
    "Filter",
    "Interference",
    "Missed",
    "Options",
    "Poisoned",
    "Revision",
    "Signal",
    "Stance",
    "batches",
    "deliveries",
    "history",
    "signals",
]


class RedisClient(Protocol):
    """What is needed of `redis.Redis`."""

    def execute_command(self, *arguments: Any, **options: Any) -> Any:
        """Send a command and return its answer."""
        ...

    def pipeline(self, transaction: bool = True) -> Any:
        """Collect commands, to be sent together."""
        ...


def signals(redis: RedisClient, *, group: str, **options: Unpack[Options]) -> Generator[Announcement, None, None]:
    """As `deliveries`, but the signals alone."""
    with closing(deliveries(redis, group=group, **options)) as found:
        for delivery in found:
            yield delivery.signal


def deliveries(redis: RedisClient, *, group: str, **options: Unpack[Options]) -> Generator[Delivery, None, None]:
    """Each entry at least once for `group`, in the order published, waiting for those to come.

    Among them, of kind `revision`, what became of the signals of an article that was revised.

    An entry counts as done when the next one is asked for. One that was being worked on when a consumer ended is given
    again: to the consumer of that name first, to others after `take_over_s`. After `max_deliveries` it is given up and
    `on_poisoned` is told, as it is of an entry that cannot be read. `on_missed` is told of entries that were taken off
    the stream before the group had finished them. Both write to the log `stancewire.client` unless something else is
    given. `Options` has all that can be asked.

    Consumers of one group share the entries. Raises what the Redis client raises; begun anew, it goes on where it was.
    """
    yield from _in_group(redis, Reading(group=group, **named(options)))


def batches(
    redis: RedisClient, *, group: str, **options: Unpack[Options]
) -> Generator[tuple[Delivery, ...], None, None]:
    """As `deliveries`, but as many as are there at once, at most `batch`: for files and databases.

    A batch counts as done when the next one is asked for. A consumer that ended with a batch is given it again.
    """
    yield from _in_group(redis, Reading(group=group, in_batches=True, **named(options)))


def history(
    redis: RedisClient,
    *,
    since: str | datetime = "0",
    until: datetime | None = None,
    where: Filter = ALL,
    stream: str = keys.SIGNALS_STREAM,
) -> Generator[Delivery, None, None]:
    """Entries that are on the stream, from behind a stream id or from a moment on, until a moment; no place is kept.

    An entry that cannot be read is passed over. Raises what the Redis client raises.
    """
    yield from _walk(redis, past(since, until, where, stream))


def _in_group(redis: RedisClient, reading: Reading) -> Generator[Any, None, None]:
    progress = Progress()
    try:
        yield from _walk(redis, in_group(reading, progress, time.monotonic))
    except GeneratorExit:
        if progress.done:
            redis.execute_command(*progress.acknowledgement(reading))
        raise


def _walk(redis: RedisClient, steps: Steps) -> Generator[Any, None, None]:
    answer: Any = None
    while True:
        try:
            step = steps.send(answer)
        except StopIteration:
            return
        answer = None
        if isinstance(step, Commands):
            answer = _send(redis, step)
        else:
            yield step


def _send(redis: RedisClient, step: Commands) -> list[Any]:
    if len(step.commands) > 1:
        pipeline = redis.pipeline(transaction=True)
        for command in step.commands:
            pipeline.execute_command(*command, **step.options(command))
        answers: list[Any] = pipeline.execute()
        return answers
    try:
        (command,) = step.commands
        return [redis.execute_command(*command, **step.options(command))]
    except Exception as error:  # the client's own class of errors is not known here
        if step.forgives(error):
            return [None]
        raise

"""The same iterators for asyncio, over a client of `redis.asyncio`.

What they do, and what can be asked of them, is said in `stancewire.client`.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing
from datetime import datetime
from typing import Any, Protocol, Unpack

from stancewire import keys
from stancewire.client.deliveries import Delivery
from stancewire.client.naming import named
from stancewire.client.steps import Commands, Options, Progress, Reading, Steps, in_group, past
from stancewire.types import ALL, Announcement, Filter


class AsyncRedisClient(Protocol):
    """What is needed of `redis.asyncio.Redis`."""

    def execute_command(self, *arguments: Any, **options: Any) -> Awaitable[Any]:
        """Send a command and return its answer."""
        ...

    def pipeline(self, transaction: bool = True) -> Any:
        """Collect commands, to be sent together."""
        ...


async def signals(
    redis: AsyncRedisClient, *, group: str, **options: Unpack[Options]
) -> AsyncGenerator[Announcement, None]:
    """As `deliveries`, but the signals alone."""
    async with aclosing(deliveries(redis, group=group, **options)) as found:
        async for delivery in found:
            yield delivery.signal


async def deliveries(
    redis: AsyncRedisClient, *, group: str, **options: Unpack[Options]
) -> AsyncGenerator[Delivery, None]:
    """As `stancewire.client.deliveries`."""
    async with aclosing(_in_group(redis, Reading(group=group, **named(options)))) as found:
        async for delivery in found:
            yield delivery


async def batches(
    redis: AsyncRedisClient, *, group: str, **options: Unpack[Options]
) -> AsyncGenerator[tuple[Delivery, ...], None]:
    """As `stancewire.client.batches`."""
    async with aclosing(_in_group(redis, Reading(group=group, in_batches=True, **named(options)))) as found:
        async for batch in found:
            yield batch


async def history(
    redis: AsyncRedisClient,
    *,
    since: str | datetime = "0",
    until: datetime | None = None,
    where: Filter = ALL,
    stream: str = keys.SIGNALS_STREAM,
) -> AsyncGenerator[Delivery, None]:
    """As `stancewire.client.history`."""
    async with aclosing(_walk(redis, past(since, until, where, stream))) as found:
        async for delivery in found:
            yield delivery


async def _in_group(redis: AsyncRedisClient, reading: Reading) -> AsyncGenerator[Any, None]:
    progress = Progress()
    try:
        async with aclosing(_walk(redis, in_group(reading, progress, time.monotonic))) as found:
            async for each in found:
                yield each
    except GeneratorExit:
        if progress.done:
            await redis.execute_command(*progress.acknowledgement(reading))
        raise


async def _walk(redis: AsyncRedisClient, steps: Steps) -> AsyncGenerator[Any, None]:
    answer: Any = None
    while True:
        try:
            step = steps.send(answer)
        except StopIteration:
            return
        answer = None
        if isinstance(step, Commands):
            answer = await _send(redis, step)
        else:
            yield step


async def _send(redis: AsyncRedisClient, step: Commands) -> list[Any]:
    if len(step.commands) > 1:
        pipeline = redis.pipeline(transaction=True)
        for command in step.commands:
            pipeline.execute_command(*command, **step.options(command))
        answers: list[Any] = await pipeline.execute()
        return answers
    try:
        (command,) = step.commands
        return [await redis.execute_command(*command, **step.options(command))]
    except Exception as error:  # the client's own class of errors is not known here
        if step.forgives(error):
            return [None]
        raise

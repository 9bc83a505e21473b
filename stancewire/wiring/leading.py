"""Polls and sends while this process leads, and stands by while another does.

    take the lease ──▶ poll, renewing it ──▶ lost or stopped: end what is under way ──▶ give it up

How feeds are polled is the poller's part, how webhooks are sent the sender's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from services.poller.loop import Poller
from services.waiting import set_within
from services.webhooks.sender import WebhookSender
from stancewire.adapters.leadership import PollerLease
from stancewire.errors import StoreError
from stancewire.wiring.webhooks import MakeSender

LEASE_S = 15.0
_STAND_BY_S = 2.0
#: How long the last answers of webhooks are waited for.
_ANSWERS_S = 5.0


async def poll_while_leading(
    lease: PollerLease,
    make_poller: Callable[[int], Poller],
    stop: asyncio.Event,
    make_sender: MakeSender | None = None,
) -> None:
    """Run one poller after the other until `stop`, each while the lease is held and under that leadership's term.

    Beside each runs a sender of webhooks, if there is anything to send.
    """
    log = structlog.get_logger()
    said = False
    while not stop.is_set():
        term = await _term(lease)
        if not term:
            if not said:
                log.info("standing by", reason="another poller leads, or the server does not answer")
            said = True
            await set_within(stop, _STAND_BY_S)
            continue
        said = False
        log.info("leading", term=term)
        await _lead(lease, term, make_poller(term), make_sender(lease.is_held) if make_sender else None, stop)
    try:
        await asyncio.to_thread(lease.give_up)
    except StoreError as error:
        log.info("lease not given up", error=error.message)


async def _lead(
    lease: PollerLease, term: int, poller: Poller, sender: WebhookSender | None, stop: asyncio.Event
) -> None:
    polling = asyncio.create_task(poller.run())
    sending = [asyncio.create_task(sender.run())] if sender is not None else []
    told = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set() and not polling.done():
            await asyncio.wait({polling, told}, timeout=lease.seconds / 3, return_when=asyncio.FIRST_COMPLETED)
            # While the server is away nobody can know who leads, and the poller waits by itself.
            if not stop.is_set() and await _term(lease) not in {term, None}:
                structlog.get_logger().warning("lease lost", term=term, hint="another poller led since")
                break
        poller.stop()
        if sender is not None:
            sender.stop()
        await polling
        if sending:
            # What has no answer by then is sent once more at the next start.
            await asyncio.wait(sending, timeout=_ANSWERS_S)
    finally:
        told.cancel()
        polling.cancel()
        for task in sending:
            task.cancel()
        await asyncio.gather(polling, told, *sending, return_exceptions=True)


async def _term(lease: PollerLease) -> int | None:
    """The term of this process's leadership, 0 where another leads; None where the server does not say."""
    try:
        return await asyncio.to_thread(lease.take)
    except StoreError:
        return None

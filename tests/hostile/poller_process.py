"""A poller as a process of its own: stands by, leads, polls, and says so on its output.

poller_process.py SERVER_URL LEASE_S INTERVAL_S FEED_URL...
"""

from __future__ import annotations

import asyncio
import random
import signal
import sys
import time
import uuid
from ipaddress import ip_network

import structlog

from config.settings import FetchSettings, PollSettings, Settings
from services.poller.loop import Poller
from stancewire.adapters.connection import connect
from stancewire.adapters.leadership import PollerLease
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.types import Feed
from stancewire.wiring.leading import poll_while_leading
from stancewire.wiring.outside import fetching, now, parsing, spacing
from stancewire.wiring.process_name import has_ended, own_name


async def main(url: str, lease_s: float, interval_s: float, feed_urls: list[str]) -> None:
    structlog.configure(processors=[structlog.processors.JSONRenderer()])
    settings = Settings(
        fetch=FetchSettings(allow_networks=(ip_network("127.0.0.0/8"),), host_interval_s=0),
        poll=PollSettings(interval_s=interval_s, pages=False),
    )
    store = RedisStore(connect(url, purpose="poller"), Limits())
    client = connect(url, purpose="check")
    lease = PollerLease(client, holder=own_name(), seconds=lease_s, monotonic=time.monotonic, has_ended=has_ended)
    turns = spacing(settings)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with fetching(settings, turns=turns) as fetcher, parsing(settings) as parser:
        await poll_while_leading(
            lease,
            lambda term: Poller(
                feeds=[
                    Feed(id=f"feed-{place}", url=each, outlet="The Example") for place, each in enumerate(feed_urls)
                ],
                fetcher=fetcher,
                parser=parser,
                intake=store.under(term),
                depth=store.depth,
                settings=settings,
                workers=1,
                clock=now,
                monotonic=time.monotonic,
                random=random.random,
                new_id=lambda: uuid.uuid4().hex,
                free_at=turns.free_at,
                leads=lease.is_held,
            ),
            stop,
        )


asyncio.run(main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]))

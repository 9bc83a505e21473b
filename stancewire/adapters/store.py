"""All five sides of the store in one object, and the version of the names it is kept under.

The work is done in `intake`, `worklist`, `upkeep`, `dead` and `archive`.
"""

from __future__ import annotations

from typing import Any

import redis

from stancewire import keys
from stancewire.adapters.archive import RedisArchive
from stancewire.adapters.connection import address, checked
from stancewire.adapters.dead import RedisDeadLetters
from stancewire.adapters.intake import RedisIntake
from stancewire.adapters.limits import Limits
from stancewire.adapters.upkeep import RedisUpkeep
from stancewire.adapters.worklist import RedisWorklist
from stancewire.errors import StateTooNew


class RedisStore(RedisIntake, RedisWorklist, RedisUpkeep, RedisDeadLetters, RedisArchive):
    """Intake, Worklist, Upkeep, DeadLetters and Archive on one Redis server; safe to share between threads."""

    def __init__(self, client: redis.Redis, limits: Limits) -> None:
        for side in (RedisIntake, RedisWorklist, RedisUpkeep, RedisDeadLetters, RedisArchive):
            side.__init__(self, client, limits)


def claim_layout(client: redis.Redis) -> None:
    """Note which layout of names the server holds, as it is from now on; raises StateTooNew for a newer program's."""
    with checked(client):
        client.set(keys.LAYOUT, keys.LAYOUT_VERSION, nx=True)
        stored: Any = client.get(keys.LAYOUT)
    found = (stored or b"").decode(errors="replace")
    if found in keys.FORMER_LAYOUTS:
        with checked(client):
            # First of all: what a former layout knew must not be news at any moment.
            client.set(keys.SEEN_FORMERLY, found, ex=keys.SEEN_FORMERLY_SECONDS)
            client.set(keys.LAYOUT, keys.LAYOUT_VERSION)
        return
    if found == keys.LAYOUT_VERSION:
        return
    raise StateTooNew(
        f"the data on the server at {address(client)} is of layout {found[:20]!r}, "
        f"this program knows layout {keys.LAYOUT_VERSION}",
        "run the newer stancewire that wrote it, or use another server or data folder",
    )

"""The webhooks as a real run has them: with keys, a fetcher that has networks of its own, and their side of the store.

They go through the same gate as all that is fetched; whether they run is the leadership's business.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TypeAlias

from config.settings import Settings
from services.webhooks.sender import WebhookSender
from services.webhooks.signing import read_keys
from stancewire.adapters.connection import connect
from stancewire.adapters.webhooks import RedisOutbox
from stancewire.errors import ConfigurationError, Problem
from stancewire.types import Watch
from stancewire.wiring.outside import fetching, now
from stancewire.wiring.stores import Server

#: Makes what sends during one leadership, given whether it lasts.
MakeSender: TypeAlias = Callable[[Callable[[], bool]], WebhookSender]

_HINT = "Make a key with: echo whsec_$(openssl rand -base64 32) > FILE; one line each where several shall sign."


def signing_keys(watches: Sequence[Watch]) -> Mapping[str, tuple[bytes, ...]]:
    """The keys of each watch that has a webhook; raises ConfigurationError with every file that holds none."""
    keys: dict[str, tuple[bytes, ...]] = {}
    problems: list[Problem] = []
    for watch in watches:
        if watch.webhook is None:
            continue
        path = watch.webhook.secret_file
        try:
            keys[watch.name] = read_keys(path.read_text("utf-8"))
        except OSError as error:
            reason = f"the key of watch {watch.name} cannot be read: {(error.strerror or '').lower()}"
            problems.append(Problem(reason, where=str(path), hint=_HINT))
        except ValueError as error:
            reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
            problems.append(Problem(f"no key for watch {watch.name}: {reason}", where=str(path), hint=_HINT))
    if problems:
        raise ConfigurationError(tuple(problems))
    return keys


@asynccontextmanager
async def sending(settings: Settings, server: Server, watches: Sequence[Watch]) -> AsyncIterator[MakeSender | None]:
    """What makes a sender, or None where no watch has a webhook; raises ConfigurationError for a key that is none."""
    keys = signing_keys(watches)
    if not keys:
        yield None
        return
    async with fetching(outgoing(settings)) as fetcher:
        with connect(server.url, purpose="check") as client:

            def make(leads: Callable[[], bool]) -> WebhookSender:
                return WebhookSender(
                    watches,
                    keys=keys,
                    fetcher=fetcher,
                    outbox=RedisOutbox(client),
                    give_up_after_s=settings.webhooks.give_up_after_s,
                    leads=leads,
                    clock=now,
                    random=random.random,
                )

            yield make


def outgoing(settings: Settings) -> Settings:
    """The settings with which webhooks are sent: no networks are open but their own, and nobody waits for another."""
    hooks, fetch = settings.webhooks, settings.fetch
    own = {
        "allow_networks": hooks.allow_networks,
        "allow_ports": hooks.allow_ports,
        "total_timeout_s": hooks.timeout_s,
        "connect_timeout_s": min(fetch.connect_timeout_s, hooks.timeout_s),
        "host_interval_s": 0.0,
        "max_redirects": 0,
        # Each watch keeps to what its own receiver asks for; a host may serve several.
        "retry_after_scope": "feed",
    }
    return settings.model_copy(update={"fetch": fetch.model_copy(update=own)})

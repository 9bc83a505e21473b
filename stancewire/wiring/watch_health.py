"""How watches and their webhooks stand, for `stancewire watch list` and for `stancewire doctor`.

It looks and says; nothing is sent or changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from config.settings import Settings
from services.health import Finding
from stancewire import keys
from stancewire.adapters.connection import connect
from stancewire.adapters.watch_streams import groups_of, watch_names
from stancewire.adapters.webhooks import RedisOutbox
from stancewire.types import Watch, WatchFigures
from stancewire.wiring.outside import now
from stancewire.wiring.stores import Server
from stancewire.wiring.watches import load_watches
from stancewire.wiring.webhooks import signing_keys

#: Watches that are named one by one.
_TOLD = 8
#: Attempts in vain after which a webhook counts as one that does not deliver.
_ATTEMPTS_TOLD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchState:
    """A watch, and what the server knows of it."""

    watch: Watch
    figures: WatchFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How a webhook stands, in words."""

    ok: bool
    text: str


def watch_states(settings: Settings, server: Server) -> tuple[WatchState, ...]:
    """The watches of the file as they stand on a server; raises ConfigurationError and StoreError."""
    watches = load_watches(settings)
    with connect(server.url, purpose="check") as client:
        figures = RedisOutbox(client).figures([watch.name for watch in watches])
    return tuple(WatchState(watch=watch, figures=figures[watch.name]) for watch in watches)


def webhook_words(state: WatchState, at: datetime) -> Words | None:
    """How the webhook of a watch stands; None where it has none."""
    figures, standing = state.figures, state.figures.standing
    if state.watch.webhook is None:
        return None
    waiting = figures.waiting.get(keys.WEBHOOK_GROUP, 0)
    counted = f"{figures.delivered:,} delivered, {waiting:,} waiting"
    counted += f", {figures.given_up:,} given up" if figures.given_up else ""
    if standing is not None and standing.gone_at is not None:
        return Words(ok=False, text=f"gone since {ago(standing.gone_at, at)} ago: {standing.error}; {counted}")
    if standing is not None and standing.failing_since is not None:
        attempts = f"{standing.attempts} attempts" if standing.attempts > 1 else "1 attempt"
        text = f"fails for {ago(standing.failing_since, at)}, {attempts}: {standing.error}; {counted}"
        # One that is refused now and then is tried again within seconds.
        return Words(ok=standing.attempts < _ATTEMPTS_TOLD, text=text)
    if standing is None or standing.delivered_at is None:
        return Words(ok=True, text=f"nothing sent yet; {counted}" if figures.matched else "nothing to send yet")
    return Words(ok=True, text=f"delivers, the last {ago(standing.delivered_at, at)} ago; {counted}")


def watches_finding(settings: Settings) -> Finding:
    """Which watches there are; raises ConfigurationError for a file or a key that cannot be used."""
    watches = load_watches(settings)
    signing_keys(watches)
    names = ", ".join(watch.name for watch in watches[:_TOLD])
    more = f" and {len(watches) - _TOLD} more" if len(watches) > _TOLD else ""
    return Finding(ok=True, detail=f"{len(watches)} in {settings.watches}: {names}{more}" if watches else "none")


def deliveries_finding(settings: Settings, server: Server) -> Finding:
    """What the streams of the watches hold, and whether their webhooks deliver; raises StoreError."""
    states, at = watch_states(settings, server), now()
    told = [f"{state.watch.name}: {state.figures.entries:,} entries" for state in states[:_TOLD]]
    fixes = []
    for state in states:
        words = webhook_words(state, at)
        if words is not None and not words.ok:
            told.append(f"webhook of {state.watch.name} {words.text}")
            fixes.append(f"see what stands at the address of {state.watch.name}, and in the log of the poller")
    for stream in _left_behind(states, server):
        told.append(f"{stream} is kept for a webhook that is in the file no more")
        fixes.append(f"put it back, or let go of what was not sent: XGROUP DESTROY {stream} {keys.WEBHOOK_GROUP}")
    return Finding(ok=not fixes, detail="; ".join(told) or "none", fix="\n".join(fixes))


def _left_behind(states: tuple[WatchState, ...], server: Server) -> Iterator[str]:
    """Streams in which the webhooks keep a place though nothing is sent from there."""
    sent = {state.watch.name for state in states if state.watch.webhook is not None}
    with connect(server.url, purpose="check") as client:
        for name in watch_names(client):
            stream = keys.watch_stream(name)
            if name not in sent and keys.WEBHOOK_GROUP in groups_of(client, stream):
                yield stream


def ago(moment: datetime, at: datetime) -> str:
    """How long before `at` a moment was, in words."""
    seconds = max((at - moment).total_seconds(), 0)
    for size, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} seconds"

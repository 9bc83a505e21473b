"""How the feeds of the list stand, from what the poller has on record; nothing is fetched and nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.settings import Settings
from services.poller.standing import Standing, is_overdue, standing, worst_first
from stancewire.ports import Intake
from stancewire.types import Feed
from stancewire.wiring.feeds import FeedList, load_feeds
from stancewire.wiring.outside import now
from stancewire.wiring.stores import find_server, open_store


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsHealth:
    """How the feeds of a list stand, the worst first."""

    at: datetime
    listed: FeedList
    standings: tuple[Standing, ...]
    #: Feeds that should have been polled by now.
    overdue: int


def read_health(settings: Settings, config_folder: Path) -> FeedsHealth:
    """How the feeds stand now; raises StoreError where no server answers."""
    listed = load_feeds(settings, config_folder)
    store = open_store(settings, find_server(settings), purpose="check")
    at, patience = now(), settings.poll.interval_s + 60
    standings = standings_of(listed.feeds, store, at)
    overdue = sum(is_overdue(each.state, at, patience) for each in standings)
    return FeedsHealth(at=at, listed=listed, standings=worst_first(standings), overdue=overdue)


def standings_of(feeds: tuple[Feed, ...], store: Intake, at: datetime) -> tuple[Standing, ...]:
    """How feeds stand, by what a store has on record; raises StoreError."""
    feed_ids = tuple(feed.id for feed in feeds)
    states, ledgers = store.feed_states(feed_ids), store.ledgers(feed_ids)
    return tuple(standing(feed, states.get(feed.id), ledgers.get(feed.id), at) for feed in feeds)

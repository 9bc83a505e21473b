"""Every name in Redis: what type it is, who writes and reads it, and how long it lives.

    name                            type     written by        read by          lifetime
    stancewire:seen:ARTICLE         string   accept            poller           90 days after the last change
    stancewire:item:ITEM            string   accept            worker           until published; 30 days as dead letter
    stancewire:pending              zset     accept, publish   worker, reaper   permanent; a member per unfinished item
    stancewire:batch:BATCH          list     accept            worker           7 days, normally dropped with its job
    stancewire:attempts             hash     worker, reaper    worker, reaper   permanent; one field per item in trouble
    stancewire:feed-states          hash     accept            poller           permanent; one field per feed
    stancewire:article:ARTICLE      string   publish           replay, query    the retention (30 days)
    stancewire:signal:SIGNAL        string   publish           publish, query   the retention (30 days)
    stancewire:signals:v1           stream   publish           consumers        the retention, and a cap on its length
    stancewire:signals:v1           channel  publish           consumers        not stored
    stancewire:dead:v1              stream   worker, reaper    operator         capped
    stancewire:counters             hash     all               metrics          permanent
    stancewire:poller               string   poller            poller           a lease of seconds
    stancewire:layout               string   start-up          start-up         permanent; version of this table
    rq:queue:stancewire-articles    list     accept, reaper    RQ worker        permanent; RQ's own names
    rq:job:BATCH                    hash     accept, RQ        RQ worker        7 days

Names only: nothing here talks to a server.
"""

from __future__ import annotations

#: Version of the table above, kept under LAYOUT so that an older program can refuse a newer state.
LAYOUT_VERSION = "1"

#: The RQ queue that carries batches.
QUEUE = "stancewire-articles"

PENDING = "stancewire:pending"
ATTEMPTS = "stancewire:attempts"
FEED_STATES = "stancewire:feed-states"
SIGNALS_STREAM = "stancewire:signals:v1"
SIGNALS_CHANNEL = "stancewire:signals:v1"
DEAD_STREAM = "stancewire:dead:v1"
COUNTERS = "stancewire:counters"
POLLER_LEASE = "stancewire:poller"
LAYOUT = "stancewire:layout"

DAY = 86_400
SEEN_SECONDS = 90 * DAY
DEAD_ITEM_SECONDS = 30 * DAY
BATCH_SECONDS = 7 * DAY
DEAD_STREAM_LENGTH = 10_000

#: Names that live without an expiry; every other name must have one.
PERMANENT = frozenset({PENDING, ATTEMPTS, FEED_STATES, SIGNALS_STREAM, DEAD_STREAM, COUNTERS, LAYOUT})


def seen(article_id: str) -> str:
    """Name of the mark that an article was accepted."""
    return f"stancewire:seen:{article_id}"


def item(item_id: str) -> str:
    """Name of an accepted item's payload."""
    return f"stancewire:item:{item_id}"


def batch(batch_id: str) -> str:
    """Name of the list of item ids in a batch."""
    return f"stancewire:batch:{batch_id}"


def article(article_id: str) -> str:
    """Name of a stored article."""
    return f"stancewire:article:{article_id}"


def signal(signal_id: str) -> str:
    """Name of a stored signal."""
    return f"stancewire:signal:{signal_id}"

"""Every name in Redis: what type it is, who writes and reads it, and how long it lives.

    name                             type     written by        read by          lifetime
    stancewire:known:BUCKET          hash     accept            poller           100 days after it was swept; see below
    stancewire:known                 string   accept            poller           permanent; how many buckets there are
    stancewire:known-sources         hash     accept            poller           permanent; numbers of outlets' feeds
    stancewire:seen:NAME             string   nobody            poller           90 days at most; a mark of layout 2
    stancewire:seen                  string   start-up          poller           120 days after leaving layout 2
    stancewire:listing:FEED          string   accept            poller           90 days after the last change
    stancewire:item:ITEM             string   accept            worker           until published; 30 days as dead letter
    stancewire:pending               zset     accept, publish   worker, reaper   permanent; a member per unfinished item
    stancewire:batch:BATCH           list     accept, reaper    worker           7 days; minutes once its job is done
    stancewire:attempts              hash     worker, reaper    worker, reaper   permanent; a field per item in trouble
    stancewire:stuck:BATCH           string   reaper            reaper           an hour; first seen without a lease
    stancewire:ends:ITEM             list     supervisor,reaper reaper           7 days; how attempts on an item ended
    stancewire:feed-states           hash     accept            poller           permanent; one field per feed
    stancewire:subscription:FEED     string   subscriber        subscriber       40 days after the last change
    stancewire:feed-ledgers          hash     accept            poller, health   permanent; one field per feed
    stancewire:page-tallies:DAY      hash     publish           poller           30 days; three counts of each feed
    stancewire:article:ARTICLE       string   publish           replay, query    the retention (30 days)
    stancewire:signal:SIGNAL         string   publish           publish, query   the retention; of revisions as well
    stancewire:carried:ARTICLE       string   publish           publish, query   the retention; which signals it carries
    stancewire:signals:v1            stream   publish           consumers        the retention, and its length
    stancewire:signals:v1            channel  publish           consumers        not stored
    stancewire:signals:v1:KIND:LANG  channel  publish           consumers        not stored; LANG `und` where not known
    stancewire:watch:WATCH:v1        stream   publish           consumers        as the signals; gone when it is empty
    stancewire:watch:WATCH:v1        channel  publish           consumers        not stored
    stancewire:watch-counts          hash     publish, webhooks upkeep, metrics  permanent; fields MATTER:WATCH
    stancewire:webhook:WATCH         string   webhooks          webhooks, watch  40 days after the last change
    stancewire:lost                  hash     upkeep            metrics          permanent; a field per consumer group
    stancewire:dead:v1               stream   worker, reaper    operator         a cap on its length
    stancewire:counters              hash     all               metrics          permanent
    stancewire:poller                string   poller            poller           a lease of seconds
    stancewire:poller-term           string   poller            accept           permanent; the last leadership's number
    stancewire:layout                string   start-up          start-up         permanent; version of this table
    stancewire:probe                 string   nobody            nobody           never there: whether writing is allowed

RQ's own names, held to RQ 3.0.0 by `tests/store/test_rq_layout.py`:

    rq:queues                        set      accept            RQ               permanent
    rq:queue:QUEUE                   list     accept, reaper    RQ worker        permanent
    rq:queue:QUEUE:intermediate      list     RQ worker         reaper           permanent; a member a batch just taken
    rq:wip:QUEUE                     zset     RQ worker         reaper           permanent; a lease per running batch
    rq:job:BATCH                     hash     accept, RQ        RQ worker        7 days; dropped when done
    rq:execution:BATCH:EXECUTION     hash     RQ worker         RQ worker        the lease
    rq:executions:BATCH              zset     RQ worker         RQ worker        the lease and a minute
    rq:workers, rq:workers:QUEUE     set      RQ worker         reaper           permanent; a member per live worker
    rq:worker:NAME                   hash     RQ worker         RQ worker        80 seconds after its last sign of life
    rq:worker:NAME:executions        set      RQ worker         RQ worker        80 seconds after its last sign of life

A bucket of what is known has a field for each name of an article, with its mark or whose it is, and each with a day on
which it is forgotten, after 90 days at most (`adapters/scripts/known.lua`).

Counters: `items_accepted`, `items_published`, `signals_published`, `revisions_published`, `attempts_failed`,
`items_dead`, `items_retried` and `items_dropped` (dead ones, by an operator), `letters_evicted` (taken off the dead by
the cap on their number; the payloads stay until their 30 days are over), `batches_reaped`, `items_requeued`,
`jobs_refused`, `entries_evicted` (taken off the stream for its length), `articles_reappeared`, `articles_vanished`,
`feed_gaps`, `polls_truncated`, `hub_deliveries`, `hub_deliveries_ignored` (with a bad signature or none).

Counts of watches, each as `MATTER:WATCH`: `matched` (entries put on its stream), `delivered` (by its webhook), `failed`
(attempts in vain), `given_up` (entries). A group of a watch's stream is `watch:WATCH:GROUP` among the lost.

Names only: nothing here talks to a server.
"""

from __future__ import annotations

from datetime import date

#: Version of the table above, kept under LAYOUT so that an older program can refuse a newer state.
LAYOUT_VERSION = "3"
#: Versions that this program reads and goes on with. Layout 1 knew an article by one name, and kept its mark as JSON;
#: layout 2 kept each name of an article under a name of its own.
FORMER_LAYOUTS = frozenset({"1", "2"})

#: The RQ queue that carries batches.
QUEUE = "stancewire-articles"

PENDING = "stancewire:pending"
ATTEMPTS = "stancewire:attempts"
FEED_STATES = "stancewire:feed-states"
FEED_LEDGERS = "stancewire:feed-ledgers"
SIGNALS_STREAM = "stancewire:signals:v1"
SIGNALS_CHANNEL = "stancewire:signals:v1"
#: BCP 47's word for a language that is not known.
UNDETERMINED = "und"
DEAD_STREAM = "stancewire:dead:v1"
COUNTERS = "stancewire:counters"
LOST = "stancewire:lost"
WATCH_COUNTS = "stancewire:watch-counts"
POLLER_LEASE = "stancewire:poller"
POLLER_TERM = "stancewire:poller-term"
LAYOUT = "stancewire:layout"
PROBE = "stancewire:probe"
KNOWN = "stancewire:known"
KNOWN_SOURCES = "stancewire:known-sources"
SEEN_FORMERLY = "stancewire:seen"

RQ_QUEUES = "rq:queues"
RQ_QUEUE = f"rq:queue:{QUEUE}"
RQ_INTERMEDIATE = f"rq:queue:{QUEUE}:intermediate"
RQ_LEASES = f"rq:wip:{QUEUE}"
RQ_WORKERS = "rq:workers"
RQ_QUEUE_WORKERS = f"rq:workers:{QUEUE}"

DAY = 86_400
SEEN_DAYS = 90
#: Until when marks of a former layout are looked for after a start on it; longer than any lives.
SEEN_FORMERLY_SECONDS = 120 * DAY
DEAD_ITEM_SECONDS = 30 * DAY
BATCH_SECONDS = 7 * DAY
#: Longer than any lease that a hub is believed to give.
SUBSCRIPTION_SECONDS = 40 * DAY
WEBHOOK_SECONDS = 40 * DAY
#: The consumer group that sends what stands on the stream of a watch to its webhook.
WEBHOOK_GROUP = "stancewire-webhook"
#: How long a finished batch is remembered, so that a repeated accept still finds it.
DONE_BATCH_SECONDS = 600
PAGE_TALLY_SECONDS = 30 * DAY
DEAD_STREAM_LENGTH = 10_000

#: Names that live without an expiry; every other name must have one. An item has none while it is pending, and a job
#: may have none while its worker holds it.
PERMANENT = frozenset(
    {
        PENDING,
        ATTEMPTS,
        FEED_STATES,
        FEED_LEDGERS,
        SIGNALS_STREAM,
        DEAD_STREAM,
        COUNTERS,
        LOST,
        WATCH_COUNTS,
        POLLER_TERM,
        LAYOUT,
        KNOWN,
        KNOWN_SOURCES,
        RQ_QUEUES,
        RQ_QUEUE,
        RQ_INTERMEDIATE,
        RQ_LEASES,
        RQ_WORKERS,
        RQ_QUEUE_WORKERS,
    }
)


def known(bucket: int) -> str:
    """Name of a bucket of what is known of articles."""
    return f"{KNOWN}:{bucket}"


def seen_formerly(name: str) -> str:
    """Name of the mark of an article in layouts 1 and 2, or of the id of the article that a further name leads to."""
    return f"{SEEN_FORMERLY}:{name}"


def listing(feed_id: str) -> str:
    """Name of what a feed held at its last complete poll."""
    return f"stancewire:listing:{feed_id}"


def item(item_id: str) -> str:
    """Name of an accepted item's payload."""
    return f"stancewire:item:{item_id}"


def batch(batch_id: str) -> str:
    """Name of the list of item ids in a batch."""
    return f"stancewire:batch:{batch_id}"


def stuck(batch_id: str) -> str:
    """Name of the time at which a batch was first seen taken but without a lease."""
    return f"stancewire:stuck:{batch_id}"


def ends(item_id: str) -> str:
    """Name of how the workers ended that had an item alone, one line each."""
    return f"stancewire:ends:{item_id}"


def subscription(feed_id: str) -> str:
    """Name of what is agreed with a feed's hub."""
    return f"stancewire:subscription:{feed_id}"


def page_tallies(day: date) -> str:
    """Name of the counts of pages that were read on a day (UTC), of all feeds."""
    return f"stancewire:page-tallies:{day.isoformat()}"


def article(article_id: str) -> str:
    """Name of a stored article."""
    return f"stancewire:article:{article_id}"


def carried(article_id: str) -> str:
    """Name of the record of which signals an article carries."""
    return f"stancewire:carried:{article_id}"


def signal(signal_id: str) -> str:
    """Name of a stored signal."""
    return f"stancewire:signal:{signal_id}"


def signals_channel(kind: str, language: str | None) -> str:
    """Name of the channel on which signals of one kind from articles in one language are announced."""
    return f"{SIGNALS_CHANNEL}:{kind}:{language or UNDETERMINED}"


def watch_stream(watch: str) -> str:
    """Name of the stream of a watch's matches, and of the channel on which they are announced."""
    return f"stancewire:watch:{watch}:v1"


def watch_count(matter: str, watch: str) -> str:
    """Field of the counts of watches."""
    return f"{matter}:{watch}"


def group_of_watch(watch: str, group: str) -> str:
    """What a consumer group of a watch's stream is called beside those of the signals."""
    return f"watch:{watch}:{group}"


def webhook(watch: str) -> str:
    """Name of how the deliveries of a watch stand."""
    return f"stancewire:webhook:{watch}"


def rq_job(batch_id: str) -> str:
    """RQ's name of the job that carries a batch."""
    return f"rq:job:{batch_id}"


def rq_execution(execution: str) -> str:
    """RQ's name of one run of a job, `execution` being `BATCH:EXECUTION` as the leases name it."""
    return f"rq:execution:{execution}"


def rq_executions(batch_id: str) -> str:
    """RQ's name of all runs of a job."""
    return f"rq:executions:{batch_id}"


def rq_worker(name: str) -> str:
    """RQ's name of a worker."""
    return f"rq:worker:{name}"

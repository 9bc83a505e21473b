"""What `/metrics` tells, read from the store and the supervisor at the moment it is asked for.

    stancewire_store_up                        1 where the Redis server answers; else its numbers are left out
    stancewire_server_trouble{trouble}         1 for what is wrong with the server, as `away`; all 0: well
    stancewire_items_accepted_total            items taken in from feeds
    stancewire_items_published_total           items analysed and published
    stancewire_signals_published_total         signals put on the stream
    stancewire_item_attempts_failed_total      attempts on items that failed
    stancewire_items_dead_total                items given up
    stancewire_items_retried_total             items that were given up, tried once more by an operator
    stancewire_items_dropped_total             items that were given up, dropped by an operator
    stancewire_dead_letters_evicted_total      dead letters taken off by the cap on their number
    stancewire_batches_reaped_total            batches taken back from workers that died or hung
    stancewire_items_requeued_total            pending items that no batch carried, queued again
    stancewire_jobs_refused_total              jobs in the queue that were not ours
    stancewire_articles_reappeared_total       articles that came back into their feeds
    stancewire_articles_vanished_total         articles gone from the midst of their feeds
    stancewire_stream_entries_evicted_total    entries taken off the stream for its length
    stancewire_hub_deliveries_total            documents that hubs delivered
    stancewire_hub_deliveries_ignored_total    deliveries with a bad signature or none
    stancewire_feed_gaps_total                 polls of feeds that had no entry in common with the one before
    stancewire_polls_truncated_total           polls of feeds with more entries than are looked at
    stancewire_items_pending                   items accepted and not yet published
    stancewire_batches_queued                  batches that wait
    stancewire_batches_running                 batches being worked on
    stancewire_dead_letters                    entries of the dead-letter stream
    stancewire_stream_lag{group}               entries that a consumer group has not read; watch:WATCH:GROUP for a watch
    stancewire_stream_entries_lost_total{group}  entries taken off before a consumer group had read them, likewise
    stancewire_watch_matches_total{watch}      entries put on the stream of a watch
    stancewire_webhook_deliveries_total{watch}  entries that the webhook of a watch took
    stancewire_webhook_attempts_failed_total{watch}  attempts to send one to it in vain
    stancewire_webhook_given_up_total{watch}   entries that were never taken
    stancewire_feeds{state}                    feeds by state
    stancewire_feed_alarms{alarm}              feeds on which an alarm stands, such as `quiet`
    stancewire_fetches_failed_total{kind}      documents asked for in vain since the start, as `blocked_address`
    stancewire_workers                         worker processes wanted
    stancewire_workers_ready                   worker processes that take jobs
    stancewire_worker_restarts_total           worker processes started again
    stancewire_worker_kills_total              worker processes killed by the supervisor

Nothing is counted or kept here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from services.supervisor import Workforce
from stancewire.errors import StoreError
from stancewire.keys import watch_count
from stancewire.ports import Upkeep
from stancewire.server_state import EVENTS, ServerWatch
from stancewire.types import FetchErrorKind

#: Counter in the store to name and meaning in the metrics.
_COUNTERS: dict[str, tuple[str, str]] = {
    "items_accepted": ("items_accepted", "Items taken in from feeds."),
    "items_published": ("items_published", "Items analysed and published."),
    "signals_published": ("signals_published", "Signals put on the stream."),
    "attempts_failed": ("item_attempts_failed", "Attempts on items that failed."),
    "items_dead": ("items_dead", "Items given up."),
    "items_retried": ("items_retried", "Items that were given up, tried once more by an operator."),
    "items_dropped": ("items_dropped", "Items that were given up, dropped by an operator."),
    "letters_evicted": ("dead_letters_evicted", "Dead letters taken off by the cap on their number."),
    "batches_reaped": ("batches_reaped", "Batches taken back from workers that died or hung."),
    "items_requeued": ("items_requeued", "Pending items that no batch carried, queued again."),
    "jobs_refused": ("jobs_refused", "Jobs in the queue that were not ours."),
    "articles_reappeared": ("articles_reappeared", "Articles that came back into their feeds."),
    "articles_vanished": ("articles_vanished", "Articles gone from the midst of their feeds."),
    "feed_gaps": ("feed_gaps", "Polls of feeds that had no entry in common with the one before."),
    "polls_truncated": ("polls_truncated", "Polls of feeds with more entries than are looked at."),
    "entries_evicted": ("stream_entries_evicted", "Entries taken off the stream for its length."),
    "hub_deliveries": ("hub_deliveries", "Documents that hubs delivered."),
    "hub_deliveries_ignored": ("hub_deliveries_ignored", "Deliveries with a bad signature or none."),
}


#: Count of a watch to name and meaning in the metrics.
_WATCH_COUNTS: dict[str, tuple[str, str]] = {
    "matched": ("watch_matches", "Entries put on the stream of a watch."),
    "delivered": ("webhook_deliveries", "Entries that the webhook of a watch took."),
    "failed": ("webhook_attempts_failed", "Attempts to send an entry to the webhook of a watch in vain."),
    "given_up": ("webhook_given_up", "Entries that the webhook of a watch never took."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the numbers come from; what a process does not have it leaves out."""

    upkeep: Upkeep
    #: Names of the watches, and of those among them that have a webhook.
    watches: Sequence[str] = ()
    webhooks: Sequence[str] = ()
    workforce: Callable[[], Workforce] | None = None
    #: Number of feeds by state, such as `ok`, `failing`. Raises StoreError.
    feeds: Callable[[], Mapping[str, int]] | None = None
    #: Number of feeds on which each kind of alarm stands. Raises StoreError.
    alarms: Callable[[], Mapping[str, int]] | None = None
    #: Number of documents asked for in vain since the start, by the kind of failure.
    failures: Callable[[], Mapping[str, int]] | None = None
    #: What this process knows of the server.
    server: ServerWatch | None = None


class Metrics(Collector):
    """A collector over the sources; register it with a `CollectorRegistry`."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def collect(self) -> Iterator[Metric]:
        """All metrics, as they are now."""
        if self._sources.workforce is not None:
            yield from _workers(self._sources.workforce())
        if self._sources.failures is not None:
            yield _failures(self._sources.failures())
        if self._sources.server is not None:
            now = self._sources.server.state.trouble
            meaning = "1 for what is wrong with the Redis server; all 0: it is well."
            yield _labelled(
                "stancewire_server_trouble", meaning, "trouble", {each: int(each == now) for each in EVENTS}
            )
        store = GaugeMetricFamily("stancewire_store_up", "1 where the Redis server answers.")
        try:
            # One that hangs would make this page hang as well.
            read = list(self._store()) if self._answers() else []
        except StoreError:
            read = []
        store.add_metric([], int(bool(read)))
        yield store
        yield from read

    def _answers(self) -> bool:
        return self._sources.server is None or self._sources.server.state.trouble not in {"away", "loading"}

    def _store(self) -> Iterator[Metric]:
        counters, depth = self._sources.upkeep.counters(), self._sources.upkeep.depth()
        for stored, (name, meaning) in _COUNTERS.items():
            yield CounterMetricFamily(f"stancewire_{name}", meaning, value=counters.get(stored, 0))
        yield GaugeMetricFamily(
            "stancewire_items_pending", "Items accepted and not yet published.", value=depth.pending
        )
        yield GaugeMetricFamily("stancewire_batches_queued", "Batches that wait.", value=depth.queued)
        yield GaugeMetricFamily("stancewire_batches_running", "Batches being worked on.", value=depth.running)
        yield GaugeMetricFamily("stancewire_dead_letters", "Entries of the dead-letter stream.", value=depth.dead)
        meaning = "Entries that a consumer group has not read."
        yield _labelled("stancewire_stream_lag", meaning, "group", self._sources.upkeep.lag())
        meaning = "Entries taken off the stream before a consumer group had read them."
        lost = CounterMetricFamily("stancewire_stream_entries_lost", meaning, labels=["group"])
        for group, count in sorted(self._sources.upkeep.lost().items()):
            lost.add_metric([group], count)
        yield lost
        yield from _watches(self._sources.upkeep.watch_counts(), self._sources.watches, self._sources.webhooks)
        if self._sources.feeds is not None:
            yield _labelled("stancewire_feeds", "Feeds by state.", "state", self._sources.feeds())
        if self._sources.alarms is not None:
            meaning = "Feeds on which an alarm stands."
            yield _labelled("stancewire_feed_alarms", meaning, "alarm", self._sources.alarms())


def _watches(counts: Mapping[str, int], watches: Sequence[str], webhooks: Sequence[str]) -> Iterator[Metric]:
    # From the beginning, with what was counted of those that are there no more.
    expected = {matter: watches if matter == "matched" else webhooks for matter in _WATCH_COUNTS}
    for matter, (name, meaning) in _WATCH_COUNTS.items():
        family = CounterMetricFamily(f"stancewire_{name}", meaning, labels=["watch"])
        beginning = watch_count(matter, "")
        counted = {field.removeprefix(beginning) for field in counts if field.startswith(beginning)}
        for watch in sorted({*expected[matter], *counted}):
            family.add_metric([watch], counts.get(watch_count(matter, watch), 0))
        yield family


def _workers(workforce: Workforce) -> Iterator[Metric]:
    yield GaugeMetricFamily("stancewire_workers", "Worker processes wanted.", value=workforce.processes)
    yield GaugeMetricFamily("stancewire_workers_ready", "Worker processes that take jobs.", value=workforce.ready)
    yield CounterMetricFamily("stancewire_worker_restarts", "Worker processes started again.", value=workforce.restarts)
    yield CounterMetricFamily(
        "stancewire_worker_kills", "Worker processes killed by the supervisor.", value=workforce.kills
    )


def _failures(counts: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(
        "stancewire_fetches_failed", "Documents asked for in vain by this poller.", labels=["kind"]
    )
    # All kinds from the beginning: what appears with its first count shows no increase.
    for kind in get_args(FetchErrorKind):
        family.add_metric([kind], counts.get(kind, 0))
    return family


def _labelled(name: str, meaning: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=[label])
    for value, count in sorted(values.items()):
        family.add_metric([value], count)
    return family

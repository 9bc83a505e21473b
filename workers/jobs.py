"""The job that RQ runs: the items of one batch, each read, analysed and published by itself.

    batch id | items | read | analyse | publish

What goes wrong with one item ends at that item. Nothing here knows of queues, leases or processes; running a batch
twice publishes nothing twice, because only items still pending are handed out.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import structlog

from stancewire.errors import StoreError
from stancewire.ports import Worklist
from stancewire.types import Analysis, Article, DeadLetter, Item, Outcome

#: Characters kept of a traceback; its end says what happened.
DETAIL_CHARACTERS = 4_000


class BatchJob:
    """Called with a batch id."""

    def __init__(
        self,
        *,
        worklist: Worklist,
        read: Callable[[Item], Article],
        analyse: Callable[[Article], Analysis],
        clock: Callable[[], datetime],
        max_attempts: int,
    ) -> None:
        self._worklist = worklist
        self._read = read
        self._analyse = analyse
        self._clock = clock
        self._max_attempts = max_attempts
        self._log = structlog.get_logger()

    def __call__(self, batch_id: str) -> None:
        """Bring every pending item of the batch to its end; those that failed stay pending for another attempt.

        Raises StoreError, and whatever is no Exception, such as the end of the job's time; the items done so far are
        published then.
        """
        started = self._clock()
        counts: Counter[str] = Counter(items=0, published=0, signals=0, repeated=0, failed=0, buried=0, cut=0)
        log = self._log.bind(batch=batch_id)
        try:
            for item in self._worklist.batch(batch_id):
                counts["items"] += 1
                try:
                    counts.update(self._bring_out(item, log))
                except StoreError:
                    raise
                except Exception as error:  # noqa: BLE001 - one item's failure must not take the others along
                    counts.update(self._give_up(item, error, log))
        except BaseException as error:
            log.warning(
                "batch stopped", **counts, error=f"{type(error).__name__}: {error}", seconds=self._since(started)
            )
            raise
        log.info("batch done", **counts, seconds=self._since(started))

    def _bring_out(self, item: Item, log: structlog.typing.FilteringBoundLogger) -> dict[str, int]:
        article = self._read(item)
        analysis = self._analyse(article)
        cut = analysis.left_out > 0
        if cut:
            log.warning("end of an item not analysed", item=item.id, url=article.url, left_out=analysis.left_out)
        outcome = Outcome(item_id=item.id, article=article, signals=analysis.signals)
        published = self._worklist.publish(outcome, self._clock())
        if not published.first:
            return {"repeated": 1, "cut": cut}
        return {"published": 1, "signals": len(published.signal_ids), "cut": cut}

    def _give_up(self, item: Item, error: Exception, log: structlog.typing.FilteringBoundLogger) -> dict[str, int]:
        """Count the attempt; after the last one the item becomes a dead letter."""
        attempts = self._worklist.fail(item.id)
        log.warning("item failed", item=item.id, attempts=attempts, error=f"{type(error).__name__}: {error}")
        if attempts < self._max_attempts:
            return {"failed": 1}
        trace = "".join(traceback.format_exception(error))
        detail = trace[-DETAIL_CHARACTERS:]
        letter = DeadLetter(item_id=item.id, reason="failed", detail=detail, attempts=attempts, at=self._clock())
        self._worklist.bury(letter)
        return {"failed": 1, "buried": 1}

    def _since(self, started: datetime) -> float:
        return round((self._clock() - started).total_seconds(), 3)

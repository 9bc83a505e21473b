"""The job that RQ runs: the items of one batch, each read, analysed and published by itself.

    batch id | items | read | analyse, several articles together | publish

What goes wrong with one item ends at that item. Nothing here knows of queues, leases or processes; running a batch
twice publishes nothing twice, because only items still pending are handed out.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import structlog

from stancewire.errors import StoreError
from stancewire.ports import Worklist
from stancewire.types import Analysis, Article, DeadLetter, Item, Outcome, Watch
from workers.publishing import publish
from workers.read.watch import tally

#: Characters kept of a traceback; its end says what happened.
DETAIL_CHARACTERS = 4_000
#: Characters of text after which articles are analysed, together with those read before: with more at once memory
#: grows, and nothing is won; what was analysed but not published is lost with the process.
TOGETHER_CHARACTERS = 20_000

_Log = structlog.typing.FilteringBoundLogger


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """An item and the article in it."""

    item: Item
    article: Article


class BatchJob:
    """Called with a batch id."""

    def __init__(
        self,
        *,
        worklist: Worklist,
        read: Callable[[Item], Article],
        analyse: Callable[[Sequence[Article]], Sequence[Analysis]],
        clock: Callable[[], datetime],
        max_attempts: int,
        watches: Sequence[Watch] = (),
        together: int = TOGETHER_CHARACTERS,
    ) -> None:
        self._worklist = worklist
        self._read = read
        self._analyse = analyse
        self._clock = clock
        self._max_attempts = max_attempts
        self._watches = watches
        self._together = together
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
            for group in self._groups(self._worklist.batch(batch_id), counts, log):
                self._bring_out(group, counts, log)
        except BaseException as error:
            log.warning(
                "batch stopped", **counts, error=f"{type(error).__name__}: {error}", seconds=self._since(started)
            )
            raise
        log.info("batch done", **counts, seconds=self._since(started))

    def _groups(self, items: Sequence[Item], counts: Counter[str], log: _Log) -> Iterator[list[_Read]]:
        """The items that can be read, in groups that are worth analysing together."""
        group: list[_Read] = []
        size = 0
        for item in items:
            counts["items"] += 1
            with self._surviving(item, counts, log):
                group.append(_Read(item=item, article=self._read(item)))
                size += len(group[-1].article.text)
            if size >= self._together:
                yield group
                group, size = [], 0
        if group:
            yield group

    def _bring_out(self, group: Sequence[_Read], counts: Counter[str], log: _Log) -> None:
        try:
            analyses: Sequence[Analysis] = self._analyse([each.article for each in group])
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - one item's failure must not take the others along
            if len(group) == 1:
                self._give_up(group[0].item, error, counts, log)
            for each in group if len(group) > 1 else ():
                self._bring_out([each], counts, log)
            return
        for each, analysis in zip(group, analyses, strict=True):
            with self._surviving(each.item, counts, log):
                counts.update(self._publish(each, analysis, log))

    def _publish(self, each: _Read, analysis: Analysis, log: _Log) -> dict[str, int]:
        cut = analysis.left_out > 0
        if cut:
            log.warning(
                "end of an item not analysed", item=each.item.id, url=each.article.url, left_out=analysis.left_out
            )
        outcome = Outcome(
            item_id=each.item.id,
            article=each.article,
            signals=analysis.signals,
            number=each.item.revision,
            change=each.item.change,
            reason=each.item.change_reason,
            page=tally(each.article),
        )
        published = publish(self._worklist, outcome, self._clock(), self._watches)
        if not published.first:
            return {"repeated": 1, "cut": cut}
        return {"published": 1, "signals": len(published.signal_ids), "cut": cut}

    @contextmanager
    def _surviving(self, item: Item, counts: Counter[str], log: _Log) -> Iterator[None]:
        """What goes wrong inside ends at `item`."""
        try:
            yield
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - one item's failure must not take the others along
            self._give_up(item, error, counts, log)

    def _give_up(self, item: Item, error: Exception, counts: Counter[str], log: _Log) -> None:
        """Count the attempt; after the last one the item becomes a dead letter."""
        attempts = self._worklist.fail(item.id)
        log.warning("item failed", item=item.id, attempts=attempts, error=f"{type(error).__name__}: {error}")
        counts["failed"] += 1
        if attempts < self._max_attempts:
            return
        trace = "".join(traceback.format_exception(error))
        detail = trace[-DETAIL_CHARACTERS:]
        letter = DeadLetter(item_id=item.id, reason="failed", detail=detail, attempts=attempts, at=self._clock())
        self._worklist.bury(letter)
        counts["buried"] += 1

    def _since(self, started: datetime) -> float:
        return round((self._clock() - started).total_seconds(), 3)

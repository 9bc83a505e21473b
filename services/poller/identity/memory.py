"""What is known of articles, in memory: at a desk without a server, and among the entries of one document.

It forgets what its names' time is up for, and decides nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from services.poller.identity.naming import LINK_DAYS
from services.poller.identity.recognising import Known
from stancewire.types import SHARED, Mark, Sighting

#: Names remembered between two rounds of forgetting.
_ROUND = 100_000


class Memory:
    """Marks by name, over those of another memory where one lies below."""

    def __init__(self, below: Known | None = None) -> None:
        self._below = below
        self._marks: dict[str, Mark] = {}
        #: Name to article and the time until which it is kept.
        self._names: dict[str, tuple[str, datetime]] = {}
        self._forgets_at = _ROUND

    def get(self, name: str, /) -> Mark | None:
        """The mark of the article that the name leads to."""
        article_id, _ = self._names.get(name, (None, None))
        if article_id is None:
            mark = self._below.get(name) if self._below is not None else None
            return self._marks.get(mark.article_id, mark) if mark is not None else None
        return self._marks[article_id] if article_id else SHARED

    def __len__(self) -> int:
        """Names that are remembered."""
        return len(self._names)

    def remember(self, sighting: Sighting, at: datetime) -> None:
        """Add what a decision says is to be remembered."""
        article_id = sighting.mark.article_id
        names = [(name.id, name.days) for name in sighting.names]
        if article_id:
            self._marks[article_id] = sighting.mark
            names.append((article_id, LINK_DAYS))
        for name, days in names:
            self._names[name] = (article_id, at + timedelta(days=days))
        if len(self._names) >= self._forgets_at:
            self._forget(at)

    def _forget(self, at: datetime) -> None:
        self._names = {name: held for name, held in self._names.items() if held[1] > at}
        kept = {article_id for article_id, _ in self._names.values()}
        self._marks = {article_id: mark for article_id, mark in self._marks.items() if article_id in kept}
        self._forgets_at = 2 * len(self._names) + _ROUND

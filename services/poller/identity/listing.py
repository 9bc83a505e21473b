"""What a feed lists and what it lists no more: keeps the one and tells which of the other was taken away.

Pure. An article that makes room for newer ones at the end of its feed has not vanished; one from the midst of it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Literal

from stancewire.types import Decision, Entry, Listed, Listing, Vanished

#: Articles that left a feed and are remembered, to know them when they come back.
MAX_GONE = 500
#: Characters of their ids that are kept.
GONE_LENGTH = 16
#: Share of a feed that may vanish at once; more of it says something of the feed, not of its articles.
_MOST_AT_ONCE = 0.5

Order = Literal["newest first", "oldest first"]


def next_listing(
    before: Listing, entries: Sequence[Entry], decisions: Sequence[Decision], fingerprints: Sequence[str]
) -> tuple[Listing, tuple[Vanished, ...]]:
    """The listing after a complete document, and what has vanished since the one `before`.

    `decisions` and `fingerprints` are those of `entries`. A document without entries changes nothing.
    """
    listed: dict[str, Listed] = {}
    for decision, fingerprint in zip(decisions, fingerprints, strict=True):
        if decision.article_id not in listed:
            listed[decision.article_id] = Listed(article_id=decision.article_id, fingerprint=fingerprint)
    if not listed:
        return before, ()
    missing = [each.article_id for each in before.listed if each.article_id not in listed]
    vanished = _vanished(before, missing, frozenset(listed), _order_of(entries))
    here = {article_id[:GONE_LENGTH] for article_id in listed}
    left = (*(article_id[:GONE_LENGTH] for article_id in missing), *before.gone)
    gone = tuple(article_id for article_id in dict.fromkeys(left) if article_id not in here)[:MAX_GONE]
    after = Listing(feed_id=before.feed_id, listed=tuple(listed.values()), gone=gone)
    return after, vanished


def with_delivered(before: Listing, decisions: Sequence[Decision]) -> Listing:
    """The listing after a hub's delivery, which need not hold all that the feed lists: nothing has left it."""
    listed = {each.article_id for each in before.listed}
    new = (each.article_id[:GONE_LENGTH] for each in decisions if each.article_id not in listed)
    return replace(before, delivered=tuple(dict.fromkeys((*new, *before.delivered)))[:MAX_GONE])


def was_delivered(before: Listing, article_id: str) -> bool:
    """Whether a hub delivered an article that no poll had found listed until then."""
    return article_id[:GONE_LENGTH] in before.delivered


def _vanished(
    before: Listing, missing: Sequence[str], listed: frozenset[str], order: Order | None
) -> tuple[Vanished, ...]:
    if not missing or len(missing) > len(before.listed) * _MOST_AT_ONCE:
        return ()
    left_out = frozenset(missing)
    staying = [place for place, each in enumerate(before.listed) if each.article_id not in left_out]
    if order is None:
        # Sorted by something else: where nothing new came, nothing was pushed out.
        held = {each.article_id for each in before.listed}
        return _all(missing) if listed <= held else ()
    midst = range(staying[-1]) if order == "newest first" else range(staying[0] + 1, len(before.listed))
    return _all([before.listed[place].article_id for place in midst if before.listed[place].article_id in left_out])


def _all(article_ids: Sequence[str]) -> tuple[Vanished, ...]:
    reason = "not in the feed any more, while older entries are"
    return tuple(Vanished(article_id=article_id, reason=reason) for article_id in article_ids)


def _order_of(entries: Sequence[Entry]) -> Order | None:
    """How a document is sorted by its dates; newest first, as is the custom, where they do not tell."""
    dates = [entry.published_at for entry in entries if entry.published_at is not None]
    pairs = tuple(pairwise(dates))
    falling = sum(one >= other for one, other in pairs)
    rising = sum(one <= other for one, other in pairs)
    if falling >= 0.8 * len(pairs):
        return "newest first"
    return "oldest first" if rising >= 0.8 * len(pairs) else None

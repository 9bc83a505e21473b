"""Decides what an entry is: new, revised, seen before, or back again.

Pure: it is given what is known, and remembers nothing itself; what is to be remembered comes with the decision.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from services.poller.identity.listing import GONE_LENGTH
from services.poller.identity.naming import Document, Identified
from services.poller.identity.recognising import Known, Recognised, leads_somewhere, recognise
from stancewire.codec import digest
from stancewire.types import (
    SHARED,
    Change,
    Decision,
    Listing,
    Mark,
    Name,
    New,
    Reappeared,
    Revised,
    Seen,
    Sighting,
    Wording,
)

#: Revisions of one article that are taken in.
MAX_REVISIONS = 50
#: Former wordings that are remembered, and how often one may come back before it is an answer from somebody's cache.
FORMER_WORDINGS = 3
MAX_RETURNS = 2
#: A mark is written again after this long, so that what stays in a feed is not forgotten.
_RENEWED_AFTER = timedelta(days=30)
#: Days that a further name of a known article is kept: a feed may invent new ones with every answer.
_FURTHER_NAME_DAYS = 14
_LASTING = frozenset({"link", "canonical link", "id", "number"})


class Listed:
    """What a feed listed the last time and before, for look-up."""

    def __init__(self, listing: Listing) -> None:
        self._listed = {each.article_id: each.fingerprint for each in listing.listed}
        self._gone = frozenset(listing.gone)

    def fingerprint(self, article_id: str) -> str | None:
        """What the feed said of an article the last time."""
        return self._listed.get(article_id)

    def was_gone(self, article_id: str) -> bool:
        """Whether the feed listed an article before the last time, and not then."""
        return article_id[:GONE_LENGTH] in self._gone and article_id not in self._listed

    def ever_held(self, article_id: str) -> bool:
        """Whether the feed is known to have listed an article."""
        return article_id in self._listed or article_id[:GONE_LENGTH] in self._gone


def decide(each: Identified, known: Known, listed: Listed, at: datetime) -> Decision:
    """What an entry is, given what is `known` and what its feed `listed`, at a time."""
    found = recognise(each, known, at)
    if found is None:
        return _new(each, known, at)
    if found.copy:
        return _copied(each, found, known, at)
    decision = _compare(each, found, known, listed, at)
    if isinstance(decision, Seen) and listed.was_gone(found.mark.article_id):
        return Reappeared(
            article_id=decision.article_id,
            story_id=decision.story_id,
            reason=f"back after it was missing: {decision.reason}",
            sighting=decision.sighting,
        )
    return decision


def decide_by_page(each: Identified, before: New, known: Known, listed: Listed, at: datetime) -> Decision:
    """What an entry that seemed new is, given what is `known` under the link that its page calls its own."""
    if recognise(each, known, at) is not None:
        return decide(each, known, listed, at)
    stated = tuple(name for name in each.proofs if name.by == "canonical link")
    return replace(before, sighting=replace(before.sighting, names=(*before.sighting.names, *stated)))


def _new(each: Identified, known: Known, at: datetime) -> New:
    article_id = _free_id(each, known)
    mark = _first_mark(each, article_id, article_id, at)
    what = ", ".join(dict.fromkeys(name.by for name in each.names)) or "title and date"
    taken = each.names and known.get(each.names[0].id) is not None
    reason = f"the {each.names[0].by} leads to something else" if taken else f"nothing known by {what}"
    return New(
        entry=each.entry,
        article_id=article_id,
        fingerprint=each.fingerprint,
        reason=reason,
        sighting=Sighting(mark=mark, names=_own(each.names, article_id, known)),
    )


def _copied(each: Identified, found: Recognised, known: Known, at: datetime) -> Seen:
    mark = _first_mark(each, _free_id(each, known), found.mark.story_id, at)
    names = _own(tuple(name for name in each.names if name.by != "text"), mark.article_id, known)
    return Seen(
        article_id=mark.article_id,
        story_id=mark.story_id,
        reason="the text of an article that another outlet had first",
        sighting=Sighting(mark=mark, names=names),
    )


def _free_id(each: Identified, known: Known) -> str:
    """A name for a new article that no other has."""
    ids = (each.article_id, *(name.id for name in each.names if name.by == "id"))
    return next((article_id for article_id in ids if known.get(article_id) is None), each.words_id)


def _first_mark(each: Identified, article_id: str, story_id: str, at: datetime) -> Mark:
    return Mark(
        article_id=article_id,
        story_id=story_id,
        wording=each.wording,
        revision=1,
        outlet=each.outlet,
        feed=each.feed,
        met_at=at,
    )


def _compare(each: Identified, found: Recognised, known: Known, listed: Listed, at: datetime) -> Revised | Seen:
    mark, by = found.mark, f"known {found.by.by}"
    said = listed.fingerprint(mark.article_id)
    if mark.wording.fingerprint == each.fingerprint:
        return _seen(each, found, known, at, f"{by}, same words")
    change = change_between(mark.wording, each.wording)
    if change is None:
        return _seen(each, found, known, at, f"{by}, same words but for typography, stamps of time or what is left out")
    if said == each.fingerprint:
        return _seen(each, found, known, at, f"{by}, which another feed words otherwise")
    if mark.feed not in {"", each.feed} and not listed.ever_held(mark.article_id):
        return _seen(each, found, known, at, f"{by}, which this feed words otherwise than the one it came from")
    returned = each.fingerprint[:8] in mark.former
    if returned and mark.returns >= MAX_RETURNS:
        return _seen(each, found, known, at, f"{by}, going back and forth between wordings")
    if mark.revision >= MAX_REVISIONS:
        return _seen(
            each, found, known, at, f"{by}, revised {MAX_REVISIONS} times: it seems to hold a clock or a counter"
        )
    revised = replace(
        mark,
        wording=each.wording,
        revision=mark.revision + 1,
        outlet=each.outlet,
        feed=each.feed,
        met_at=at,
        former=(mark.wording.fingerprint[:8], *mark.former)[:FORMER_WORDINGS],
        returns=mark.returns + returned,
    )
    return Revised(
        entry=each.entry,
        article_id=mark.article_id,
        story_id=mark.story_id,
        fingerprint=each.fingerprint,
        revision=revised.revision,
        change=change,
        reason=f"{by}, {_REASONS[change]}" + (", one that it had before" if returned else ""),
        sighting=Sighting(mark=revised, names=_own(each.names, mark.article_id, known)),
    )


_REASONS: dict[Change, str] = {
    "headline": "another headline",
    "body": "another text in its body",
    "correction": "a correction note was added",
    "retraction": "a retraction was added",
}


def change_between(before: Wording, after: Wording) -> Change | None:
    """What was changed, the gravest first; None where the words that are compared are the same."""
    if not before.title and not before.text:
        # Of layout 1, which only tells that something is different.
        return after.note or "body"
    headline = bool(after.title) and before.title != after.title
    # Feeds leave out a text now and then: that is no edit.
    body = bool(after.text) and before.text != after.text
    if not headline and not body:
        return None
    if after.note and after.note != before.note:
        return after.note
    return "headline" if headline else "body"


def _seen(each: Identified, found: Recognised, known: Known, at: datetime, reason: str) -> Seen:
    mark = found.mark
    return Seen(
        article_id=mark.article_id,
        story_id=mark.story_id,
        reason=reason,
        sighting=_to_remember(each, found, known, at),
    )


def _to_remember(each: Identified, found: Recognised, known: Known, at: datetime) -> Sighting | None:
    """What is to be added to what is known of an article that was seen, if anything."""
    mark = found.mark
    if not mark.outlet:
        full = each.wording if mark.wording.fingerprint == each.fingerprint else mark.wording
        renewed = replace(mark, wording=full, outlet=each.outlet, feed=each.feed, met_at=at)
        return Sighting(mark=renewed, names=_own(each.names, mark.article_id, known))
    is_old = mark.met_at is None or at - mark.met_at >= _RENEWED_AFTER
    if not is_old and found.by.by in {"link", "id"}:
        return None
    lasting = tuple(name for name in _own(each.names, mark.article_id, known) if name.by in _LASTING)
    if is_old:
        return Sighting(mark=replace(mark, met_at=at), names=lasting)
    further = tuple(Name(id=name.id, by=name.by, days=_FURTHER_NAME_DAYS) for name in lasting)
    # Without a name that lasts it has to be met again and again.
    return Sighting(mark=replace(mark, met_at=at), names=further or _own(each.names, mark.article_id, known))


def _own(names: tuple[Name, ...], article_id: str, known: Known) -> tuple[Name, ...]:
    """Those of `names` that may lead to an article from now on: not those that are shared or another article's own."""
    own = []
    for name in names:
        mark = known.get(name.id)
        if mark is None or mark.article_id == article_id or (mark.article_id and mark.article_id != name.id):
            own.append(name)
    return tuple(own)


def share(document: Document, known: Known) -> tuple[Sighting, ...]:
    """What is to be remembered of the links that entries of a document share."""
    found = []
    for name in document.shared:
        mark = known.get(name.id)
        if mark is None or (mark.article_id and mark.article_id != name.id):
            found.append(Sighting(mark=SHARED, names=(name,)))
        elif leads_somewhere(name, mark):
            found.append(Sighting(mark=replace(mark, link_is_shared=True)))
    return tuple(found)


def item_id(article_id: str, fingerprint: str) -> str:
    """Names one revision of one article."""
    return digest("item", article_id, fingerprint)

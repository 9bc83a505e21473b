"""Decides what the entries of a feed are: new, revised, seen before, or not to be accepted.

Pure: it is given the marks of what was accepted, and marks nothing itself.

An entry is known by the first of these that can be trusted within its document:

1. its canonical link, within its outlet: two feeds of one outlet share a story, and another outlet's feed cannot pass
   its words off as a revision of it. Not if the link is a front page or several entries share it;
2. its guid, within its feed, unless several entries share it;
3. its title and date, within its feed.

The link comes before the guid because some feeds make new guids for every answer, which would make everything new.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.poller.links import canonical_link, leads_to_one_article
from stancewire.codec import digest
from stancewire.types import Decision, Entry, Feed, Mark, New, Revised, Seen, Trap

#: Revisions of one article that are taken in.
MAX_REVISIONS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """An entry with the name of its article."""

    entry: Entry
    article_id: str
    fingerprint: str
    #: What the name was made from.
    known_by: str


def identify(entries: Sequence[Entry], feed: Feed) -> tuple[Identified | Trap, ...]:
    """Name the article of each entry of one document, in its order."""
    links = [None if entry.link is None else canonical_link(entry.link) for entry in entries]
    link_counts = Counter(link for link in links if link is not None)
    guid_counts = Counter(entry.guid for entry in entries if entry.guid is not None)
    identified: list[Identified | Trap] = []
    for entry, link in zip(entries, links, strict=True):
        if link is not None and link_counts[link] == 1 and leads_to_one_article(link):
            parts, known_by = ("link", _outlet(feed), link), "link"
        elif entry.guid is not None and guid_counts[entry.guid] == 1:
            parts, known_by = ("guid", feed.id, entry.guid), "guid"
        elif entry.title:
            date = entry.published_at.isoformat() if entry.published_at is not None else ""
            parts, known_by = ("title", feed.id, f"{entry.title}\n{date}"), "title and date"
        else:
            identified.append(Trap(reason="no link, guid or title of its own"))
            continue
        identified.append(
            Identified(
                entry=entry, article_id=digest("article", *parts), fingerprint=fingerprint(entry), known_by=known_by
            )
        )
    return tuple(identified)


def decide(
    identified: Sequence[Identified | Trap], marks: Mapping[str, Mark], said: Mapping[str, str]
) -> tuple[Decision, ...]:
    """What each entry is, given the marks of the articles named; the first of several of one article counts.

    `said` holds the fingerprints, by article, of what this feed said the last time: where two feeds carry a story in
    different words, neither is a revision of the other.
    """
    decisions: list[Decision] = []
    met: set[str] = set()
    for each in identified:
        if isinstance(each, Trap):
            decisions.append(each)
        elif each.article_id in met:
            decisions.append(Seen(article_id=each.article_id, reason="twice in this document"))
        else:
            met.add(each.article_id)
            decisions.append(_decide(each, marks.get(each.article_id), said.get(each.article_id)))
    return tuple(decisions)


def _decide(each: Identified, mark: Mark | None, said: str | None) -> Decision:
    if mark is None:
        return New(
            entry=each.entry,
            article_id=each.article_id,
            fingerprint=each.fingerprint,
            reason=f"unknown {each.known_by}",
        )
    if mark.fingerprint == each.fingerprint:
        return Seen(article_id=each.article_id, reason=f"known {each.known_by}, same words")
    if said == each.fingerprint:
        return Seen(article_id=each.article_id, reason="another feed words it otherwise")
    if mark.revision >= MAX_REVISIONS:
        return Trap(reason=f"revised more than {MAX_REVISIONS} times, as entries are that hold a clock or a counter")
    return Revised(
        entry=each.entry,
        article_id=each.article_id,
        fingerprint=each.fingerprint,
        revision=mark.revision + 1,
        reason=f"known {each.known_by}, other words",
    )


def fingerprint(entry: Entry) -> str:
    """Names the words of an entry: the same words give the same fingerprint."""
    return digest("entry", entry.title, entry.summary, entry.content)


def item_id(article_id: str, fingerprint: str) -> str:
    """Names one revision of one article."""
    return digest("item", article_id, fingerprint)


def _outlet(feed: Feed) -> str:
    return " ".join(feed.outlet.casefold().split()) or feed.id

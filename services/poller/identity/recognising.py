"""Finds the known article that an entry is a version or a copy of.

Pure. A name that leads to an article is a hint; whether it holds depends on what else the two have in common, so that
entries that merely share a page, a rubric or a recycled id are never taken for one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from services.poller.identity.naming import RUBRIC_WORDS, TEXT_DAYS, TITLE_DAYS, Document, Identified
from services.poller.identity.resemblance import NUMBERS, alike, resemblance
from stancewire.types import Mark, Name, NameKind, Wording

#: Share of the openings' sequences from which a text in another outlet is a copy, if it has so many words. A shorter
#: one may be the same background to different news: there the titles must be alike, or the texts hardly different, and
#: for the shortest both.
COPY = 0.5
COPY_WORDS = 35
CLOSE_COPY = 0.75
CLOSE_COPY_WORDS = 25
#: Likewise within an outlet, whose rubrics open alike day after day: there the titles must be alike too.
SAME_TEXT = 0.8
#: A title without any text to go with it is the same article's for this long.
_BARE_TITLE = timedelta(days=1)


class Known(Protocol):
    """What is known, by name; a mapping of names to marks will do."""

    def get(self, name: str, /) -> Mark | None:
        """The mark of the article that the name leads to."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A known article and how it was found."""

    mark: Mark
    by: Name
    #: Whether it is another outlet's, with the same text.
    copy: bool = False


def recognise(each: Identified, known: Known, at: datetime) -> Recognised | None:
    """The article that `each` is a version of, or else another outlet's with its text, or None."""
    for name in _names_of(each):
        mark = known.get(name.id)
        if mark is not None and leads_somewhere(name, mark) and _is_version(each, mark, name, at):
            return Recognised(mark=mark, by=name)
    named = {name.id for name in each.names}
    for article_id in (each.article_id, each.words_id, *each.hints.former_ids):
        mark = known.get(article_id) if article_id not in named else None
        if mark is not None and mark.article_id == article_id and _is_named_alike(each, mark):
            return Recognised(mark=mark, by=Name(id=article_id, by=_first_kind(each), days=TITLE_DAYS))
    for name in each.names:
        mark = known.get(name.id) if name.by == "text" else None
        if mark is not None and _is_copy(each, mark, at):
            return Recognised(mark=mark, by=name, copy=True)
    return None


def further_ids(document: Document, known: Known) -> tuple[str, ...]:
    """What has to be looked up besides, given what is known by links and ids: of entries that these do not settle."""
    found: dict[str, None] = {}
    for each in document.entries:
        if not _is_settled(each, known):
            ids = (each.words_id, *(name.id for name in each.hints.names), *each.hints.former_ids)
            found |= dict.fromkeys(ids)
    return tuple(found)


def _is_settled(each: Identified, known: Known) -> bool:
    """Whether link or id lead to what the entry is a version of, whatever else were known."""
    for name in each.proofs:
        mark = known.get(name.id)
        if mark is None or mark.outlet != each.outlet or not leads_somewhere(name, mark):
            continue
        if (name.by == "link" and each.link_kind == "article") or _has_same_words(each, mark):
            return True
    return False


def _names_of(each: Identified) -> Iterator[Name]:
    """Those that prove most first; the others are made only where they are asked for."""
    yield from each.proofs
    yield from each.hints.names


def _has_same_words(each: Identified, mark: Mark) -> bool:
    return bool(mark.wording.title) and mark.wording.fingerprint == each.fingerprint


def _first_kind(each: Identified) -> NameKind:
    return each.names[0].by if each.names else "title"


def _is_named_alike(each: Identified, mark: Mark) -> bool:
    """Whether an article's own id proves anything: one made of a title alone does not."""
    dated = each.entry.published_at is not None
    return dated or not mark.outlet or mark.wording.fingerprint == each.fingerprint


def leads_somewhere(name: Name, mark: Mark) -> bool:
    """Whether a name is still one article's."""
    return bool(mark.article_id) and not (mark.link_is_shared and mark.article_id == name.id)


def _is_version(each: Identified, mark: Mark, name: Name, at: datetime) -> bool:
    if not mark.outlet:
        # Of layout 1, which kept nothing to compare.
        return name.by in {"link", "id"}
    if mark.outlet != each.outlet:
        return False
    if name.by == "link" and each.link_kind == "article":
        return True
    if name.by in {"link", "canonical link", "id", "number"} and _has_same_words(each, mark):
        return True
    mine, theirs = each.wording, mark.wording
    match name.by:
        case "link":
            if _alike(mine, theirs):
                return True
            # A page of many things in turn: another headline under another id is another thing.
            return each.link_kind == "live" and not each.has_id
        case "id":
            if each.link is None:
                return _alike(mine, theirs) or len(each.entry.guid or "") >= 6
            return _alike(mine, theirs) or not (mine.title and theirs.title)
        case "number" | "canonical link":
            return _alike(mine, theirs)
        case "title":
            return _within(at, mark, timedelta(days=TITLE_DAYS)) and _goes_with_title(each, mark, at)
        case "text":
            recent = _within(at, mark, timedelta(days=TEXT_DAYS))
            same = resemblance(mine.opening, theirs.opening) >= SAME_TEXT
            return recent and same and _same_title_words(mine, theirs)


def _alike(mine: Wording, theirs: Wording) -> bool:
    return (
        (bool(mine.title) and mine.title == theirs.title)
        or alike(mine.title_words, theirs.title_words)
        or (bool(mine.text) and mine.text == theirs.text)
        or resemblance(mine.opening, theirs.opening) >= COPY
    )


def _goes_with_title(each: Identified, mark: Mark, at: datetime) -> bool:
    mine, theirs = each.wording, mark.wording
    if mine.text == theirs.text and mine.text:
        return True
    if mine.opening and theirs.opening:
        return resemblance(mine.opening, theirs.opening) >= COPY
    if mine.text and theirs.text:
        return each.link is None and len(mine.title_words) >= RUBRIC_WORDS
    return _within(at, mark, _BARE_TITLE)


def _same_title_words(mine: Wording, theirs: Wording) -> bool:
    """Whether titles differ in few words and in no number: the horoscopes of two days are two articles."""
    if mine.title == theirs.title:
        return True
    ours, others = set(mine.title_words), set(theirs.title_words)
    different = ours ^ others
    return len(ours & others) * 4 >= 3 * max(len(ours | others), 1) and all(word >= NUMBERS for word in different)


def _is_copy(each: Identified, mark: Mark, at: datetime) -> bool:
    if not mark.outlet or mark.outlet == each.outlet or not _within(at, mark, timedelta(days=TEXT_DAYS)):
        return False
    mine, theirs = each.wording, mark.wording
    share, words = resemblance(mine.opening, theirs.opening), each.reading.opening_words
    if words >= COPY_WORDS:
        return share >= COPY
    is_close, titles_alike = share >= CLOSE_COPY, alike(mine.title_words, theirs.title_words)
    if words >= CLOSE_COPY_WORDS:
        return is_close or (share >= COPY and titles_alike)
    return is_close and titles_alike


def _within(at: datetime, mark: Mark, span: timedelta) -> bool:
    return mark.met_at is not None and at - mark.met_at <= span

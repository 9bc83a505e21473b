"""What is kept of articles to recognise them by, and what an entry is to us: new, revised, seen, back, or gone.

An article is one outlet's; a story is the articles of all outlets that carry one text. Reasons are for people; nothing
is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from stancewire.types.feeds import Entry
from stancewire.types.words import Change

Note = Literal["", "correction", "retraction"]
NameKind = Literal["link", "canonical link", "id", "number", "title", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What an entry says, in the small: equal words give equal wordings, whatever their dates."""

    #: Names the words exactly as they stand.
    fingerprint: str
    #: Name the title and the text as they are compared: typography and stamps of time left out. Empty without words.
    title: str = ""
    text: str = ""
    #: The editors' note in the text.
    note: Note = ""
    #: Hashes, 16 bits each, in order: those words of the title that tell it from others, the smallest of them.
    title_words: tuple[int, ...] = ()
    #: Likewise of the sequences of words in the opening of the text.
    opening: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is kept of an article to recognise it by."""

    #: Empty for a name that several articles share, and that therefore leads to none of them.
    article_id: str
    #: The article that the story began with; this one's own id where it did.
    story_id: str
    wording: Wording
    revision: int
    #: Short names of the outlet, and of the feed that had this wording; empty where it is not known.
    outlet: str = ""
    feed: str = ""
    #: When the article was met, or met again after long; None where it is not known.
    met_at: datetime | None = None
    #: Short names of the latest wordings before this one.
    former: tuple[str, ...] = ()
    #: How often a former wording came back.
    returns: int = 0
    #: Whether the link that the article is named by turned out to be shared, so that it leads to no article any more.
    link_is_shared: bool = False


#: What a name leads to that several articles share.
SHARED = Mark(article_id="", story_id="", wording=Wording(fingerprint=""), revision=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One of the names an article is looked up by."""

    #: A hash of what the entry says of itself, within the outlet, the feed, or everywhere.
    id: str
    #: What it was made of.
    by: NameKind
    #: How long it is kept, in days.
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What is to be remembered of an article that was met: its mark, and the names that lead to it."""

    mark: Mark
    names: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """An entry whose article was never accepted."""

    entry: Entry
    article_id: str
    fingerprint: str
    reason: str
    sighting: Sighting

    @property
    def story_id(self) -> str:
        """The story, which begins with this article."""
        return self.article_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """A known article whose entry now says something else."""

    entry: Entry
    article_id: str
    story_id: str
    fingerprint: str
    #: Number of this revision; the first version of an article is 1.
    revision: int
    change: Change
    reason: str
    sighting: Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An entry that says what was accepted before, here or in another outlet."""

    article_id: str
    story_id: str
    reason: str
    #: None where nothing is to be added to what is remembered.
    sighting: Sighting | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reappeared:
    """As `Seen`, of an article that its feed did not list for a while."""

    article_id: str
    story_id: str
    reason: str
    sighting: Sighting | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vanished:
    """An article that its feed listed and lists no more, though not for its age."""

    article_id: str
    reason: str


Decision = New | Revised | Seen | Reappeared


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An article as a feed listed it."""

    article_id: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a feed held at its last complete poll, and what it had held before."""

    feed_id: str
    #: In the order of the document.
    listed: tuple[Listed, ...] = ()
    #: Articles that left it, the latest first, by the beginnings of their ids; as many as are kept.
    gone: tuple[str, ...] = ()
    #: Articles that a hub has delivered since that poll, in the same way.
    delivered: tuple[str, ...] = ()

"""Feeds, what is asked of a server for one of them, what came back, and the entries found in it.

Times are aware datetimes in UTC. Nothing here fetches, parses or decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from stancewire.types.words import Ownership

TimeConfidence = Literal["stated", "assumed_utc", "observed"]
FetchErrorKind = Literal[
    "bad_url",
    "blocked_address",
    "dns",
    "connect",
    "tls",
    "timeout",
    "protocol",
    "decode",
    "too_large",
    "too_many_redirects",
    "bad_redirect",
    "http_status",
    "not_a_feed",
    "parse",
    "robots",
    "held",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One news feed of the catalogue."""

    #: Stable name of the feed, unique in the catalogue, `[a-z0-9-]`.
    id: str
    url: str
    #: Name of the outlet, as readers know it.
    outlet: str
    #: ISO 3166 alpha-2 of the outlet's home.
    country: str | None = None
    #: BCP 47 primary subtag of the feed's language.
    language: str | None = None
    ownership: Ownership | None = None
    #: Where the address and the ownership class come from.
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave to ask again with, byte for byte as it sent it."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An address that a feed's server names as the feed's new one for good, poll after poll."""

    to: str
    since: datetime
    #: Polls in a row that were sent there.
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What is remembered of a feed between polls."""

    feed_id: str
    validators: Validators = Validators()
    next_poll_at: datetime | None = None
    last_success_at: datetime | None = None
    last_polled_at: datetime | None = None
    #: Failed polls in a row.
    failures: int = 0
    last_error: str | None = None
    #: Address in the list of feeds that all of this is about; with another one there it all begins anew.
    url: str | None = None
    #: Address asked in place of `url`, as the feed has moved there for good.
    moved_to: str | None = None
    #: Where the server sends to for good, while that is not adopted.
    move: Move | None = None
    #: Since when the server says that the feed is gone for good (410).
    retired_at: datetime | None = None
    #: When the document last came as a whole.
    document_at: datetime | None = None
    #: Seconds that the document itself asks to wait between polls (ttl, sy:updatePeriod).
    document_asks: float | None = None
    #: Seconds without a document after which one is asked for in spite of the validators; None: as for any feed.
    probe_after: float | None = None
    #: How often the server said that nothing had changed though something had.
    false_unchanged: int = 0
    #: When its latest new entries appeared, oldest first.
    arrivals: tuple[datetime, ...] = ()
    #: Until when the server asked to be left alone.
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollPlan:
    """A feed that is due, with the state its poll starts from."""

    feed: Feed
    state: FeedState


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A body to post as it is, to one address and no other."""

    content_type: str
    body: bytes
    #: Further ones, names and values.
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """One document to get: a GET, conditional if validators are given; a POST where a form or a message is."""

    url: str
    accept: str
    #: Greatest number of bytes of the body, after decompression.
    max_bytes: int
    validators: Validators = Validators()
    #: Names and values to send. What is answered is not read then, only its status.
    form: tuple[tuple[str, str], ...] | None = None
    #: Sent in place of a form; no redirect is followed with it.
    message: Message | None = None
    #: Whether a longer body is cut there; else it is a failure.
    cut: bool = False

    @property
    def posts(self) -> bool:
        """Whether something is sent rather than got."""
        return self.form is not None or self.message is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document as served."""

    #: Address that answered, after redirects.
    url: str
    status: int
    #: Names in lower case, in the order sent.
    headers: tuple[tuple[str, str], ...]
    #: Decompressed.
    body: bytes
    validators: Validators
    #: `url`, where only permanent redirects led to it and none from a public address to a private one.
    moved_to: str | None = None

    def header(self, name: str) -> str | None:
        """The first value under `name` (lower case)."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The server says that nothing changed since the validators sent."""

    url: str
    validators: Validators
    #: As of a document.
    headers: tuple[tuple[str, str], ...] = ()
    moved_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailed:
    """No document; `detail` is one line for people."""

    url: str
    kind: FetchErrorKind
    detail: str
    status: int | None = None
    #: Seconds the server asked to wait.
    retry_after: float | None = None


FetchResult = Fetched | NotModified | FetchFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a feed, as plain text and http(s) links."""

    guid: str | None
    link: str | None
    title: str
    #: Plain text of the description.
    summary: str
    #: Plain text of the full content, where the feed carries it.
    content: str
    authors: tuple[str, ...]
    published_at: datetime | None
    updated_at: datetime | None
    time_confidence: TimeConfidence
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """An entry that could not be used, by its place in the document."""

    position: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """What a feed document holds."""

    title: str
    language: str | None
    entries: tuple[Entry, ...]
    skips: tuple[Skip, ...]
    #: Entries beyond the limit, not looked at.
    truncated: int
    #: Seconds the feed asks to wait between polls.
    ttl: int | None
    #: What was wrong with the document though entries were found.
    malformed: str | None
    #: Addresses of further documents that hold the entries, as an index of sitemaps names them, the best first.
    documents: tuple[str, ...] = ()

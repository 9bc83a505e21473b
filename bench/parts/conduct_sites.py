"""The sites of the conduct server: what each of them serves, what it asks for, and what goes wrong on it when.

Data, and how a document and its validators follow from it; nothing is sent or checked here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Literal

from stancewire.types import Validators

BEGIN = datetime(2026, 11, 23, tzinfo=UTC)
WEEK = timedelta(days=7)
HOUR = 3_600.0
#: Entries older than this are not read.
OLDEST = timedelta(days=14)
_ENTRIES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What a path answers in place of what is there, from one hour of the week to another."""

    path: str
    begin: float
    end: float
    status: int
    #: Retry-After in seconds, and whether it is sent as a date.
    retry_after: int | None = None
    as_date: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One host with a feed."""

    host: str
    #: Seconds between two entries.
    every: float = 6 * HOUR
    validators: Literal["both", "etag", "modified", "in turn", "none", "false"] = "both"
    #: Seconds named by max-age, by Expires, and by ttl or sy:*, the latter as XML.
    max_age: int = 0
    expires: int = 0
    document_asks: int = 0
    channel: str = ""
    robots: str | None = None
    crawl_delay: float = 0
    troubles: tuple[Trouble, ...] = ()
    #: Where the feed has moved, as `host/path` or a whole URL, and with which status.
    moved_to: str = ""
    moved_status: int = 301

    def trouble_at(self, path: str, at: datetime) -> Trouble | None:
        """What goes wrong with a path now."""
        hour = (at - BEGIN).total_seconds() / HOUR
        return next(
            (each for each in self.troubles if path.startswith(each.path) and each.begin <= hour < each.end), None
        )

    def newest(self, at: datetime) -> int:
        """Number of the newest entry; the feed was there before the week began."""
        return _ENTRIES + int((at - BEGIN).total_seconds() // self.every)

    def offered(self, at: datetime) -> range:
        """Numbers of the entries that the document holds and that are not too old to be read."""
        newest = self.newest(at)
        numbers = range(newest - _ENTRIES + 1, newest + 1)
        return range(next(each for each in numbers if self.published(each) > at - OLDEST), newest + 1)

    def published(self, number: int) -> datetime:
        """When an entry came out."""
        return BEGIN + timedelta(seconds=(number - _ENTRIES) * self.every)

    def validators_at(self, at: datetime) -> Validators:
        """The validators of the document as it is."""
        number = self.newest(at)
        etag, modified = f'W/"{self.host};é {number}"', format_datetime(self.published(number), usegmt=True)
        match self.validators:
            case "both":
                return Validators(etag=etag, last_modified=modified)
            case "etag":
                return Validators(etag=etag.removeprefix("W/"))
            case "modified":
                return Validators(last_modified=modified)
            case "in turn":
                return Validators(etag=etag) if number % 2 else Validators(last_modified=modified)
            case "false":
                return Validators(etag='"always the same"')
            case "none":
                return Validators()

    def is_unchanged(self, sent: Validators, at: datetime) -> bool:
        """Whether a question with these validators gets a 304."""
        given = self.validators_at(at)
        if sent.etag is not None:
            return sent.etag == given.etag
        return sent.last_modified is not None and sent.last_modified == given.last_modified

    def document(self, base: str, at: datetime) -> bytes:
        """The feed as it is."""
        newest = self.newest(at)
        items = "".join(
            f"<item><title>{self.host} {number}</title><guid>{self.host}/{number}</guid>"
            "<description>Words.</description>"
            f"<link>{base}/{'private' if number % 2 else 'open'}/{number}</link>"
            f"<pubDate>{format_datetime(self.published(number), usegmt=True)}</pubDate></item>"
            for number in range(newest, newest - _ENTRIES, -1)
        )
        head = f"<title>{self.host}</title>{self.channel}"
        return (
            '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
            f"<channel>{head}{items}</channel></rss>"
        ).encode()

    @property
    def asks(self) -> float:
        """Seconds that any answer with a document, or that it is unchanged, asks to wait."""
        return max(self.max_age, self.expires, self.document_asks)


def _broken(begin: float, end: float, status: int, path: str = "/feed") -> Trouble:
    return Trouble(path=path, begin=begin, end=end, status=status)


SITES: tuple[Site, ...] = (
    Site(host="both.example"),
    Site(host="etag.example", validators="etag", every=4 * HOUR),
    Site(host="modified.example", validators="modified"),
    Site(host="in-turn.example", validators="in turn"),
    Site(host="none.example", validators="none", every=8 * HOUR),
    Site(host="false.example", validators="false", every=4 * HOUR),
    Site(host="quiet.example", every=1_000 * HOUR),
    Site(host="quick.example", every=HOUR),
    Site(host="daily.example", every=24 * HOUR),
    Site(host="max-age.example", every=5_400, max_age=5_400),
    Site(host="expires.example", every=5_400, expires=7_200),
    Site(host="ttl.example", every=5_400, document_asks=5_400, channel="<ttl>90</ttl>"),
    Site(
        host="sy.example",
        every=5_400,
        document_asks=10_800,
        channel="<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>8</sy:updateFrequency>",
    ),
    Site(host="years.example", max_age=10**9, document_asks=10**9, channel="<ttl>999999999</ttl>"),
    Site(
        host="busy.example",
        every=4 * HOUR,
        troubles=(
            Trouble(path="/feed", begin=20, end=26, status=503, retry_after=7_200),
            Trouble(path="/feed", begin=60, end=66, status=429, retry_after=10_800, as_date=True),
            Trouble(path="/", begin=120, end=121, status=429, retry_after=86_400_000),
        ),
    ),
    Site(
        host="busy-pages.example",
        every=4 * HOUR,
        troubles=(Trouble(path="/open", begin=30, end=50, status=429, retry_after=14_400),),
    ),
    Site(
        host="rules.example",
        robots="User-agent: *\nDisallow: /private/\nCrawl-delay: 20\n",
        crawl_delay=20,
    ),
    Site(host="closed.example", robots="User-agent: stancewire\nDisallow: /feed\n"),
    Site(host="rules-broken.example", every=4 * HOUR, troubles=(_broken(0, 30, 503, "/robots.txt"),)),
    Site(host="moved.example", moved_to="moved-here.example/feed"),
    Site(host="moved-here.example", every=4 * HOUR),
    Site(host="for-now.example", moved_to="for-now-here.example/feed", moved_status=302),
    Site(host="for-now-here.example", every=4 * HOUR),
    Site(host="moved-inside.example", moved_to="http://127.0.0.2:{port}/feed", moved_status=308),
    Site(host="moved-to-name.example", moved_to="inside.example/feed"),
    Site(host="gone.example", every=4 * HOUR, troubles=(_broken(40, 1_000, 410),)),
    Site(host="missing.example", every=4 * HOUR, troubles=(_broken(30, 110, 404),)),
    Site(host="failing.example", every=4 * HOUR, troubles=(_broken(50, 70, 500),)),
)

#: Names that lead to an address nobody may be sent to.
INSIDE = "inside.example"

#: Hosts whose feed is in the list; the others are only sent to.
LISTED: tuple[str, ...] = tuple(site.host for site in SITES if not site.host.endswith("-here.example"))

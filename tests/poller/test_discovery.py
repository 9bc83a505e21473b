"""Where the feed of a site is looked for, and reading through an index of sitemaps."""

from __future__ import annotations

import gzip
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from services.poller.discovery import feeds_named_in, usual_addresses
from services.poller.parse import parse_feed
from services.poller.parser import ChildParser
from services.poller.sitemap_index import MAX_FOLLOWED, read_document
from stancewire.types import Fetched, FetchFailed, FetchRequest, FetchResult, ParsedFeed, Validators

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAGE = "https://news.example/world/"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def named(page: str) -> list[str]:
    return [feed.url for feed in feeds_named_in(page, PAGE)]


def test_a_page_names_its_feeds_in_its_head() -> None:
    page = """<html><head><link rel="stylesheet" href="/a.css">
        <LINK href='/atom' title="News &amp; more" type="application/atom+xml; charset=utf-8" rel="ALTERNATE">
        <link rel=alternate type=application/rss+xml href=rss.xml>
        <link rel="alternate" hreflang="fr" type="text/html" href="/fr">
        <!-- <link rel="alternate" type="application/rss+xml" href="/old"> --></head>"""

    assert named(page) == ["https://news.example/atom", "https://news.example/world/rss.xml"]
    assert feeds_named_in(page, PAGE)[0].title == "News & more"


def test_feeds_of_comments_and_interfaces_come_after_the_others() -> None:
    page = """<link rel="alternate" type="application/rss+xml" title="Comments feed" href="/comments/feed/">
        <link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">
        <link rel="alternate" type="application/rss+xml" href="/feed/">"""

    assert [url.removeprefix("https://news.example") for url in named(page)] == [
        "/feed/",
        "/wp-json/wp/v2/pages/2",
        "/comments/feed/",
    ]


def test_what_a_page_links_to_counts_where_it_looks_like_a_feed() -> None:
    page = '<base href="https://cdn.example/"><a href="/feedback">Say</a><a class=x href="rss/world">RSS</a>'

    assert named(page) == ["https://cdn.example/rss/world"]


def test_43_nothing_but_the_web_is_named_and_no_page_keeps_it_busy() -> None:
    strange = ("javascript:alert(1)", "file:///etc/passwd", "ftp://a.example/rss", "http://u:p@a.example/", "//[", "")
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{address}">' for address in strange)
    begun = time.process_time()

    assert named(links) == []
    for flood in ("<link ", '<a href="', "<!--", "<link rel=alternate type=a ", "<base href=x>"):
        named(flood * 100_000)
    assert time.process_time() - begun < 3
    assert len(named('<link rel="alternate" type="text/rss" href="/x?1">' * 3)) == 1


def test_usual_addresses_are_of_the_section_and_then_of_the_site() -> None:
    addresses = usual_addresses("https://news.example/world?page=1#top")

    assert addresses[0] == "https://news.example/world/feed"
    assert "https://news.example/feed" in addresses
    assert len(set(addresses)) == len(addresses) < 40


def news(number: int, language: str = "fr") -> str:
    return (
        f"<url><loc>https://news.example/{number}</loc><news:news><news:publication><news:name>E</news:name>"
        f"<news:language>{language}</news:language></news:publication><news:title>Story {number}</news:title>"
        "<news:publication_date>2026-11-20T10:00:00Z</news:publication_date></news:news></url>"
    )


def sitemap(*numbers: int) -> bytes:
    head = f'<urlset xmlns="{SITEMAP}" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
    return f"{head}{''.join(news(number) for number in numbers)}</urlset>".encode()


INDEX = (
    f'<sitemapindex xmlns="{SITEMAP}"><sitemap><loc>https://news.example/2019.xml</loc><lastmod>2019-12-31</lastmod>'
    "</sitemap><sitemap><loc>https://news.example/2026.xml.gz</loc><lastmod>2026-11-20T10:00:00+00:00</lastmod></sitemap>"
    "<sitemap><loc>https://news.example/news.xml</loc></sitemap><sitemap><loc>javascript:x</loc></sitemap></sitemapindex>"
)


def test_an_index_names_its_sitemaps_those_of_news_and_the_newest_first() -> None:
    parsed = parse_feed(INDEX.encode(), url=PAGE, content_type="", max_entries=10, now=NOW)

    assert isinstance(parsed, ParsedFeed)
    assert parsed.documents == tuple(f"https://news.example/{name}" for name in ("news.xml", "2026.xml.gz", "2019.xml"))


def fetched(url: str, body: bytes) -> Fetched:
    return Fetched(url=url, status=200, headers=(), body=body, validators=Validators())


@pytest.fixture
async def parser() -> AsyncIterator[ChildParser]:
    made = ChildParser(seconds=10, max_entries=50, now=lambda: NOW, children=1)
    yield made
    await made.aclose()


class Site:
    """A fetcher of documents in memory, which remembers what was asked for."""

    def __init__(self, **documents: bytes) -> None:
        self.documents = {f"https://news.example/{name.replace('_', '.')}": body for name, body in documents.items()}
        self.asked: list[str] = []

    async def fetch(self, request: FetchRequest) -> FetchResult:
        self.asked.append(request.url)
        body = self.documents.get(request.url)
        if body is None:
            return FetchFailed(url=request.url, kind="http_status", detail="news.example answers 404", status=404)
        return fetched(request.url, body)

    def hold(self, url: str, until: datetime) -> None:
        raise AssertionError(f"{url} until {until}: no document asks for it")

    def held_until(self, url: str) -> datetime | None:
        return None


async def read(site: Site, parser: ChildParser, body: bytes) -> ParsedFeed | FetchFailed:
    return await read_document(fetched(PAGE, body), fetcher=site, parser=parser, max_bytes=1_000_000)


async def test_the_sitemaps_of_an_index_are_read_as_one_feed(parser: ChildParser) -> None:
    site = Site(news_xml=sitemap(1, 2), **{"2026_xml_gz": gzip.compress(sitemap(2, 3))})

    parsed = await read(site, parser, INDEX.encode())

    assert isinstance(parsed, ParsedFeed)
    assert [entry.title for entry in parsed.entries] == ["Story 1", "Story 2", "Story 3"]
    assert (parsed.language, len(site.asked)) == ("fr", 3)


async def test_of_an_index_of_thousands_only_the_first_are_fetched(parser: ChildParser) -> None:
    sitemaps = "".join(f"<sitemap><loc>https://news.example/{number}.xml</loc></sitemap>" for number in range(5_000))
    site = Site(**{"0_xml": sitemap(1)})

    parsed = await read(site, parser, f'<sitemapindex xmlns="{SITEMAP}">{sitemaps}</sitemapindex>'.encode())

    assert isinstance(parsed, ParsedFeed)
    assert (len(parsed.entries), len(site.asked)) == (1, MAX_FOLLOWED)


async def test_an_index_none_of_whose_sitemaps_can_be_read_says_why(parser: ChildParser) -> None:
    parsed = await read(Site(), parser, INDEX.encode())

    assert isinstance(parsed, FetchFailed)
    assert parsed.detail == "of a sitemap that the index names: news.example answers 404"


async def test_an_index_within_an_index_is_not_followed(parser: ChildParser) -> None:
    site = Site(news_xml=INDEX.encode())

    await read(site, parser, INDEX.encode())

    assert len(site.asked) == MAX_FOLLOWED


async def test_another_document_is_read_as_it_is(parser: ChildParser) -> None:
    site = Site()

    parsed = await read(site, parser, sitemap(1))

    assert isinstance(parsed, ParsedFeed)
    assert (len(parsed.entries), site.asked) == (1, [])

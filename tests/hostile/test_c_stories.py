"""What feeds do over several polls, 41 and 45 to 48, with the real poller: whose is which entry, what is asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
import redis
from hostile_desk import desk, items_in, of, serve, words, work
from parsing_child import Child, parsing
from raw_site import RawSite, page, paths

from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.testing import FakeStore
from stancewire.types import Stance

CONTENT = "content-type: text/html; charset=utf-8"


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def child() -> AsyncIterator[Child]:
    async with parsing() as made:
        yield made


@pytest.fixture
def site() -> Iterator[RawSite]:
    with RawSite() as running:
        yield running


@pytest.fixture
def trap() -> Iterator[RawSite]:
    """A site that nobody may connect to."""
    with RawSite() as running:
        yield running


def link(site: RawSite, name: str) -> str:
    return f"<link>{site.url(f'/2026/11/{name}.html')}</link>"


def guid(text: str) -> str:
    return f'<guid isPermaLink="false">{text}</guid>'


STORIES = (("harbour-opens-again", "Harbour opens again"), ("ministers-meet-in-oslo", "Ministers meet in Oslo"))


async def test_41_entries_without_guid_and_link_are_told_by_title_and_date(child: Child, site: RawSite) -> None:
    store = FakeStore()
    async with desk(store, child.parser) as at:
        serve(site, words("Harbour opens again"), words("Ministers meet in Oslo"))
        first = await at.poll(of(site))
        serve(site, words("Choir wins contest"), words("Harbour opens again"), words("Ministers meet in Oslo"))
        second = await at.poll(of(site))

    assert (first.new, second.new, second.seen) == (2, 1, 2)
    assert len({item.article_id for item in items_in(store)}) == 3


async def test_41_a_guid_that_is_another_at_every_poll_makes_nothing_new(child: Child, site: RawSite) -> None:
    store = FakeStore()
    async with desk(store, child.parser) as at:
        for number in range(4):
            serve(site, *(words(title) + link(site, name) + guid(f"{name}-{number}") for name, title in STORIES))
            await at.poll(of(site))

    assert len(items_in(store)) == 2


async def test_41_one_guid_for_all_entries_names_none_of_them(child: Child, site: RawSite) -> None:
    store = FakeStore()
    async with desk(store, child.parser) as at:
        for _ in range(2):
            serve(site, *(words(title) + link(site, name) + guid("1") for name, title in STORIES))
            report = await at.poll(of(site))

    assert len({item.article_id for item in items_in(store)}) == len(items_in(store)) == 2
    assert (report.new, report.seen) == (0, 2)


async def test_41_a_guid_of_another_feed_is_another_article(child: Child, site: RawSite) -> None:
    store = FakeStore()
    async with desk(store, child.parser) as at:
        serve(site, words("Harbour opens again") + guid("1000001"))
        serve(site, words("Ministers meet in Oslo") + guid("1000001"), name="gazette")
        await at.poll(of(site))
        await at.poll(of(site, "gazette", "The Gazette"))

    assert len({item.article_id for item in items_in(store)}) == 2


async def test_45_an_edit_after_publishing_is_a_revision_and_no_second_article(
    child: Child, site: RawSite, client: redis.Redis
) -> None:
    store = RedisStore(client, Limits())
    async with desk(store, child.parser) as at:
        for verb in ("condemned", "praised", "praised"):
            serve(site, words("Harbour opens again", f"Russia {verb} Turkey on Tuesday.") + link(site, "harbour-opens"))
            await at.poll(of(site))
    items = items_in(store, client)
    work(store, client)

    assert [(item.revision, item.article_id) for item in items] == [(1, items[0].article_id), (2, items[0].article_id)]
    published = [entry.signal for entry in store.read("0", limit=100, wait_ms=0)]
    assert {signal.article.id for signal in published} == {items[0].article_id}
    told = [(signal.polarity, signal.article.revision) for signal in published if isinstance(signal, Stance)]
    assert [polarity for polarity, _ in told] == ["adverse", "favourable"]
    assert len({revision for _, revision in told}) == 2


async def test_46_two_feeds_with_one_story_make_one_article_that_both_have(child: Child, site: RawSite) -> None:
    store = FakeStore()
    async with desk(store, child.parser) as at:
        for name in ("world", "europe"):
            serve(site, *(words(title) + link(site, path) for path, title in STORIES), name=name)
            await at.poll(of(site, name))

    assert len(items_in(store)) == 2
    world, europe = (store.listing(name) for name in ("world", "europe"))
    assert [each.article_id for each in world.listed] == [each.article_id for each in europe.listed]
    assert len(world.listed) == 2


RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    '<channel rdf:about="{0}"><title>W</title></channel><item rdf:about="{0}"><title>Harbour opens</title>'
    "<link>{0}</link></item></rdf:RDF>"
)
ATOM = (
    '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>W</title><entry><title>Harbour opens</title>'
    '<link rel="alternate" type="text/html" href="{0}"/><id>tag:1</id>'
    "<issued>2026-11-23T10:00:00Z</issued></entry></feed>"
)
JSON = '{{"version":"https://jsonfeed.org/version/1","items":[{{"id":1,"title":"Harbour opens","url":"{0}"}}]}}'


@pytest.mark.parametrize("document", [RDF, ATOM, JSON], ids=["RDF", "Atom 0.3", "JSON Feed"])
async def test_47_every_old_and_new_format_is_taken_in(child: Child, site: RawSite, document: str) -> None:
    store = FakeStore()
    address = site.url("/2026/11/harbour-opens.html")
    site.answers["/world"] = page(document.format(address).encode())
    async with desk(store, child.parser) as at:
        await at.poll(of(site))

    assert [(item.entry.title, item.entry.link) for item in items_in(store)] == [("Harbour opens", address)]


async def test_47_a_page_in_place_of_a_feed_is_refused_and_the_feed_that_it_names_is_told(
    child: Child, site: RawSite, trap: RawSite
) -> None:
    store = FakeStore()
    head = f'<link rel="alternate" type="application/rss+xml" href="{trap.url("/feed.xml")}">'
    site.answers["/world"] = page(f"<html><head>{head}</head><body></body></html>".encode(), CONTENT)
    async with desk(store, child.parser) as at:
        report = await at.poll(of(site))

    assert report.failure is not None
    assert report.failure.kind == "not_a_feed"
    assert trap.url("/feed.xml") in report.failure.detail
    assert trap.connections == 0


async def test_48_of_all_that_an_entry_names_only_its_page_is_asked_for(
    child: Child, site: RawSite, trap: RawSite
) -> None:
    media = trap.url("/media")
    item = (
        f'<title>Harbour opens</title>{link(site, "harbour-opens")}<enclosure url="{media}.mp3" type="audio/mpeg"/>'
        f'<media:content url="{media}.mp4" medium="video"/><media:thumbnail url="{media}.jpg"/>'
        f'<itunes:image href="{media}.png"/><image><url>{media}.gif</url></image><comments>{media}</comments>'
        f'<source url="{media}.xml">S</source><wfw:commentRss>{media}</wfw:commentRss>'
        f"<description>&lt;img src='{media}.jpg'&gt;&lt;video src='{media}.mp4'&gt;Ships sail.</description>"
    )
    only_media = f'<title>A podcast</title><enclosure url="{media}.mp3" type="audio/mpeg" length="1"/>'
    namespaces = (
        'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
        'xmlns:wfw="http://wellformedweb.org/CommentAPI/"'
    )
    inside = f"<img src='{media}.jpg'><video src='{media}.mp4'></video><script src='{media}.js'></script>"
    site.answers["/2026/11/harbour-opens.html"] = page(
        f"<html><body>{inside}<p>Words.</p></body></html>".encode(), CONTENT
    )
    store = FakeStore()
    async with desk(store, child.parser, pages=True) as at:
        serve(site, item, only_media, more=namespaces)
        await at.poll(of(site))
    taken = {item.entry.title: item.page is not None for item in items_in(store)}
    work(store)

    assert trap.connections == 0
    assert list(paths(site)) == ["/world", "/2026/11/harbour-opens.html"]
    assert taken == {"Harbour opens": True, "A podcast": False}
    assert {article.title for article in store.articles()} == {"Harbour opens", "A podcast"}

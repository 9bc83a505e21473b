"""What becomes of an article whose page leads elsewhere, is a wall, a file or nothing, 55 to 59, up to the stream."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from hostile_desk import desk, items_in, of, serve, work
from pages_of_our_own import PARAGRAPHS, SENTENCES
from pages_of_our_own import page as html_page
from parsing_child import Child, parsing
from raw_site import RawSite, page, paths

from stancewire.testing import FakeStore
from stancewire.types import Article, Item

CONTENT = "content-type: text/html; charset=utf-8"
SUMMARY = "Russia condemned Turkey on Tuesday over the ships that had waited for two days in front of the harbour."
PATH = "/2026/11/offer-declined.html"
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


async def taken(child: Child, site: RawSite, store: FakeStore, *, path: str = PATH, summary: str = SUMMARY) -> Item:
    """The item of the only entry of the site's feed, as it waits for a worker."""
    serve(site, f"<title>Offer declined</title><link>{site.url(path)}</link><description>{summary}</description>")
    async with desk(store, child.parser, pages=True) as at:
        await at.poll(of(site))
    (item,) = items_in(store)
    return item


async def published(child: Child, site: RawSite, *, summary: str = SUMMARY) -> tuple[Article, list[str]]:
    """The article of the only entry, and the places in it that signals were published from."""
    store = FakeStore()
    await taken(child, site, store, summary=summary)
    work(store)
    (article,) = store.articles()
    return article, [entry.signal.evidence.text for entry in store.announced if entry.signal.kind != "revision"]


LEADING = {
    "meta refresh": '<meta http-equiv="refresh" content="0;url={}">',
    "meta refresh in the body": '</head><body><meta http-equiv=refresh content="0; URL={}">',
    "script": '<script>location.href="{}";window.location.replace("{}")</script>',
    "frame": '<iframe src="{}"></iframe><frameset><frame src="{}"></frameset>',
    "base": '<base href="{}"><link rel="next" href="/2"><link rel="amphtml" href="/amp">',
    "prefetch": '<link rel="prefetch" href="{}"><link rel="preload" href="{}"><link rel="stylesheet" href="{}">',
    "refresh header": "",
}


@pytest.mark.parametrize("how", LEADING)
async def test_55_a_page_that_leads_elsewhere_is_not_followed(
    child: Child, site: RawSite, trap: RawSite, how: str
) -> None:
    head = LEADING[how].replace("{}", trap.url("/elsewhere"))
    body = f"<html><head>{head}</head><body><p>You are being sent on.</p></body></html>".encode()
    more = (f"refresh: 0;url={trap.url('/elsewhere')}",) if how == "refresh header" else ()
    site.answers[PATH] = page(body, CONTENT, *more)
    article, _ = await published(child, site)

    assert trap.connections == 0
    assert list(paths(site)) == ["/world", PATH]
    assert (article.text, article.quality, article.url) == (SUMMARY, "feed", site.url(PATH))


FILES = {
    "application/pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
    "video/mp4": b"\0\0\0 ftypisom",
    "application/zip": b"PK\x03\x04",
    "image/jpeg": b"\xff\xd8\xff\xe0",
    "application/octet-stream": b"\x7fELF",
    "application/json": b"{}",
    "text/html, application/pdf": b"%PDF-1.7",
}


@pytest.mark.parametrize("kind", FILES)
async def test_56_what_is_no_page_is_left_out_by_its_type(child: Child, site: RawSite, kind: str) -> None:
    site.answers[PATH] = page(FILES[kind] * 1_000, f"content-type: {kind}")
    item = await taken(child, site, FakeStore())

    assert item.page is None
    assert kind in (item.page_error or "")


@pytest.mark.parametrize("ending", ["pdf", "PDF", "mp4", "zip", "jpg", "mp3"])
async def test_56_a_link_to_a_file_is_not_even_asked_for(child: Child, site: RawSite, ending: str) -> None:
    item = await taken(child, site, FakeStore(), path=f"/2026/11/report.{ending}")

    assert (item.page, item.page_error) == (None, "the link leads to a file of another kind")
    assert list(paths(site)) == ["/world"]


@pytest.mark.parametrize("kind", FILES)
async def test_56_a_file_that_is_called_a_page_gives_no_text(child: Child, site: RawSite, kind: str) -> None:
    site.answers[PATH] = page(FILES[kind] + bytes(range(256)) * 500, CONTENT)
    article, _ = await published(child, site)

    assert (article.text, article.quality) == (SUMMARY, "feed")


WALLS = {
    "subscribe": "<p>Russia condemned Turkey. Subscribe to read on. Already a subscriber? Sign in.</p>",
    "consent": "<p>Russia condemned Turkey. We and our partners use cookies. Accept all cookies or manage your privacy "
    "settings. By clicking accept all you agree to our cookie policy.</p>",
    "robot": "<h1>Just a moment...</h1><p>Russia condemned Turkey. Verify you are human by completing the action.</p>",
    "a few words": "<p>Russia condemned Turkey on Tuesday.</p>",
    "a beginning": f"<p>Russia condemned Turkey on Tuesday. {SENTENCES[0]}</p><p>Subscribe to continue reading.</p>",
}


@pytest.mark.parametrize("wall", WALLS)
async def test_57_no_stance_is_taken_from_a_wall_or_from_hardly_any_words(
    child: Child, site: RawSite, wall: str
) -> None:
    site.answers[PATH] = page(html_page(f"<article>{WALLS[wall]}</article>").encode(), CONTENT)
    without, none = await published(child, site, summary="")

    assert (without.text, without.quality, none) == ("", "thin", [])
    assert without.page_quality is not None
    assert without.page_quality.flags


@pytest.mark.parametrize("wall", WALLS)
async def test_57_in_front_of_a_wall_the_feeds_own_words_are_the_article(
    child: Child, site: RawSite, wall: str
) -> None:
    site.answers[PATH] = page(html_page(f"<article>{WALLS[wall]}</article>").encode(), CONTENT)
    article, evidence = await published(child, site)

    assert (article.text, article.quality) == (SUMMARY, "feed")
    assert evidence == [SUMMARY]


@pytest.mark.parametrize(
    "body",
    ["", "<div></div>", "<script>render()</script><div id=app></div>", "<img src=x>", "<noscript>No.</noscript>"],
)
async def test_58_where_a_page_has_no_text_the_summary_stands_in_and_says_so(
    child: Child, site: RawSite, body: str
) -> None:
    site.answers[PATH] = page(
        f"<html><head><title>Offer declined</title></head><body>{body}</body></html>".encode(), CONTENT
    )
    article, evidence = await published(child, site)

    assert (article.text, article.quality, article.provenance.text) == (SUMMARY, "feed", "feed")
    assert article.page_quality is not None
    assert article.page_quality.score < 0.5
    assert evidence == [SUMMARY]


async def test_59_a_canonical_link_to_another_site_is_on_record_and_makes_nobody_elses_article(
    child: Child, site: RawSite, trap: RawSite
) -> None:
    known, stolen = "/2026/11/known-to-us-already.html", "/2026/11/of-quite-another-kind.html"
    theirs = "https://elsewhere.example/2026/11/known-to-us-already.html"

    def naming(address: str, title: str) -> bytes:
        head = f'<link rel="canonical" href="{address}"><meta property="og:url" content="{address}">'
        return page(
            html_page(f"<article><h1>{title}</h1>{PARAGRAPHS}</article>", head=head, title=title).encode(), CONTENT
        )

    titles = {known: "Ministers meet in Oslo", stolen: "Harbour opens again"}
    site.answers |= {known: naming(site.url(known), titles[known]), stolen: naming(theirs, titles[stolen])}
    store = FakeStore()
    async with desk(store, child.parser, pages=True) as at:
        for path in (known, stolen, stolen):
            serve(site, f"<title>{titles[path]}</title><link>{site.url(path)}</link>")
            await at.poll(of(site))
    items = items_in(store)
    work(store)

    assert [item.entry.title for item in items] == list(titles.values())
    assert len({item.article_id for item in items}) == 2
    articles = {article.title: article for article in store.articles()}
    assert articles[titles[stolen]].canonical_url == theirs
    assert articles[titles[stolen]].url == site.url(stolen)
    assert trap.connections == 0

"""From an item to an article; the numbers are those of the list of hostile inputs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.newsroom.edition import pieces_of
from services.newsroom.material import load_material
from services.newsroom.rendering import render_page
from stancewire.types import Entry, Feed, Item, Page, PageReading, PageRefused
from workers.read import read
from workers.read.cleaning import clean_text
from workers.read.reading import MAX_TEXT, choose_text, read_here

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data"

SENTENCES = (
    "The foreign minister said on Monday that her government would not accept the offer.",
    "Officials in the capital denied that anybody had interfered in the election last year.",
    "An envoy is expected to arrive before the end of the week, according to two diplomats.",
    "The opposition asked for an inquiry and for the resignation of the head of the agency.",
)
PARAGRAPHS = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
PAGE = (
    '<!doctype html><html lang="en"><head><title>Offer declined | The Example</title>'
    '<meta name="author" content="Ann Lee"><meta property="article:published_time" content="2026-11-20T08:00:00Z">'
    '<link rel="canonical" href="https://elsewhere.example/stolen"></head>'
    f"<body><nav><a href='/'>Home</a></nav><article><h1>Offer declined</h1>{PARAGRAPHS}</article>"
    "<footer>All rights reserved by nobody</footer></body></html>"
)


def item(
    page: bytes | str | None = PAGE,
    *,
    title: str = "Offer declined",
    summary: str = "",
    content: str = "",
    authors: tuple[str, ...] = (),
    published_at: datetime | None = NOW,
    language: str | None = None,
) -> Item:
    body = page.encode() if isinstance(page, str) else page
    link = "https://news.example/offer"
    entry = Entry(
        guid=None,
        link=link,
        title=title,
        summary=summary,
        content=content,
        authors=authors,
        published_at=published_at,
        updated_at=None,
        time_confidence="stated" if published_at else "observed",
        language=None,
    )
    return Item(
        id="item",
        article_id="article",
        fingerprint="fingerprint",
        revision=1,
        feed=Feed(id="world", url="https://news.example/feed", outlet="The Example", country="GB", language=language),
        entry=entry,
        page=None if body is None else Page(url=link, content_type="text/html", body=body),
        page_error=None if body is not None else "timeout: slow",
        fetched_at=NOW,
    )


def test_the_text_comes_from_the_page_and_the_rest_from_the_feed() -> None:
    article = read(item(title="Minister declines offer", authors=("Bo",)))

    assert article.text == "\n".join(SENTENCES)
    assert (article.title, article.authors, article.published_at) == ("Minister declines offer", ("Bo",), NOW)
    assert (article.language, article.quality, article.time_confidence) == ("en", "full", "stated")
    assert (article.outlet, article.outlet_country, article.feed_id) == ("The Example", "GB", "world")


def test_what_the_feed_lacks_comes_from_the_page() -> None:
    article = read(item(title="", published_at=None))

    assert article.title == "Offer declined"
    assert article.authors == ("Ann Lee",)
    assert (article.published_at, article.time_confidence) == (datetime(2026, 11, 20, 8, tzinfo=UTC), "stated")


def test_without_any_date_the_time_of_fetching_counts() -> None:
    article = read(item(None, summary=" ".join(SENTENCES), published_at=None))

    assert (article.published_at, article.time_confidence) == (NOW, "observed")


def test_only_where_the_feed_gives_no_date_are_the_words_of_a_page_searched_for_one() -> None:
    html = PAGE.replace('property="article:published_time"', 'name="nothing"').replace(
        "</h1>", "</h1><p>Published on 20 November 2026</p>"
    )
    searched: list[bool] = []

    def reader(page: Page, before: datetime, *, is_dated: bool) -> PageReading | PageRefused:
        answer = read_here(page, before, is_dated=is_dated)
        assert isinstance(answer, PageReading)
        searched.append(answer.published_at is not None)
        return answer

    undated, dated = read(item(html, published_at=None), reader), read(item(html), reader)

    assert searched == [True, False]
    assert undated.published_at == datetime(2026, 11, 20, tzinfo=UTC)
    assert undated.provenance.published_at == "trafilatura"
    assert replace(dated, published_at=undated.published_at, time_confidence=undated.time_confidence) == replace(
        undated, provenance=dated.provenance
    )


def test_58_without_a_page_the_feeds_own_words_are_the_text() -> None:
    article = read(item(None, summary=SENTENCES[0], content="\n".join(SENTENCES)))

    assert (article.text, article.quality) == ("\n".join(SENTENCES), "feed")


def test_57_a_wall_in_front_of_the_article_is_not_taken_for_it() -> None:
    wall = "<html><body><main><p>Subscribe to read on. Already a member? Sign in.</p></main></body></html>"
    article = read(item(wall, summary=" ".join(SENTENCES[:2])))

    assert (article.text, article.quality) == (" ".join(SENTENCES[:2]), "feed")
    assert read(item(wall)).quality == "thin"


def test_hardly_any_words_are_thin() -> None:
    assert read(item(None, summary="More soon.")).quality == "thin"
    assert read(item(None)).text == ""


def test_the_same_words_give_the_same_revision_and_others_do_not() -> None:
    assert read(item()).revision == read(item(summary="Anything.")).revision
    assert read(item()).revision != read(item(title="Other")).revision
    assert read(item()).revision != read(replace(item(), article_id="other")).revision


def test_characters_stay_as_they_are_but_for_line_ends_and_controls() -> None:
    text = "“Nо”, e\u0301 ﬁn\u00a0— naïve\r\n \r\n\u202eSecond\x00\u2028Third"

    assert clean_text(text) == "“Nо”, e\u0301 ﬁn\u00a0— naïve\nSecond\nThird"


@pytest.mark.parametrize(
    ("sentence", "stated", "language"),
    [
        ("Die Außenministerin erklärte am Montag, ihre Regierung werde das Angebot nicht annehmen.", "en", "de"),
        ("Представитель министерства заявил, что правительство не примет это предложение.", None, "ru"),
        ("Ja.", "ru", "ru"),
        ("Ja.", None, None),
    ],
)
def test_the_language_is_told_by_the_words_before_the_labels(
    sentence: str, stated: str | None, language: str | None
) -> None:
    assert read(item(None, title="", summary=sentence, language=stated)).language == language


def test_words_are_counted_where_no_blanks_separate_them() -> None:
    assert choose_text("外交部长周一表示政府不会接受这一提议" * 6, "", "")[1] == "full"


def test_a_page_of_the_newsroom_gives_back_its_article() -> None:
    material = load_material(ROOT / "seeds" / "newsroom")
    for outlet in material.outlets:
        pieces = pieces_of(material, outlet, started_at=NOW, now=NOW.replace(hour=13))
        for piece in pieces:
            article = read(item(render_page(piece, pieces), title=piece.title, language=outlet.language))
            assert article.text == "\n".join(piece.paragraphs), piece.story.id
            assert article.language == outlet.language, piece.story.id


def test_an_article_says_how_much_of_its_text_was_cut() -> None:
    words = "word " * (MAX_TEXT // 5)

    article = read(item(None, content=f"{words}and more"))

    assert (len(article.text), article.left_out) == (MAX_TEXT, len("and more"))
    assert read(item()).left_out == 0

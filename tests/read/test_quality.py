"""Pages that are no article: each flag beside a page that looks like it and is one."""

from __future__ import annotations

import pytest
from pages_of_our_own import ADDRESS, PARAGRAPHS, SENTENCES, TEXT, meta, page, reading

from stancewire.types import PageFlag
from workers.read.reading import choose_text

NOT_FREE = {"@type": "NewsArticle", "headline": "Offer declined", "isAccessibleForFree": "False"}
CONSENT = (
    "<main><h1>Before you go on</h1><p>We use cookies. We and our partners store information on your device and process"
    " your personal data.</p><button>Accept all</button><button>Reject all</button></main>"
)
SHORT = f"<article><h1>Offer declined</h1><p>{SENTENCES[0]}</p><p>{SENTENCES[1]}</p>"


def flags(html: str, url: str = ADDRESS) -> tuple[str, ...]:
    return reading(html, url=url).quality.flags


def test_an_article_has_no_flag_and_nothing_against_it() -> None:
    quality = reading(page()).quality

    assert (quality.flags, quality.score, quality.reasons) == ((), 1.0, ())


@pytest.mark.parametrize(
    "html",
    [
        page(CONSENT, title="The Example"),
        page("<main><p>Checking your browser before you go on.</p></main>", title="Just a moment..."),
        page("<div>Please verify you are human by completing the action below.</div>", title="news.example"),
    ],
    ids=["consent", "browser check", "human check"],
)
def test_57_walls_are_walls(html: str) -> None:
    assert flags(html) == ("cookie_wall",)


def test_57_a_banner_beside_an_article_and_an_article_about_cookies_are_no_walls() -> None:
    banner = "<div class='banner'>We use cookies. <button>Accept all</button> <button>Reject all</button></div>"
    about = PARAGRAPHS.replace("the offer, which", "the offer to say “we use cookies” and “accept all”, which")

    assert flags(page(f"{banner}<article><h1>Offer declined</h1>{PARAGRAPHS}</article>")) == ()
    assert flags(page(f"<article><h1>Offer declined</h1>{about}</article>")) == ()


@pytest.mark.parametrize(
    "html",
    [
        page(f"{SHORT}<p>Subscribe to continue reading this article.</p></article>"),
        page(f"{SHORT}</article>", linked=NOT_FREE),
        page(f"{SHORT}</article><div class='offer'>Already a subscriber? Sign in</div>"),
        page(f"{SHORT}<p>The harbour authority said that the ships would go on …</p></article>"),
        page(f"<article>{PARAGRAPHS}<p>La suite est réservée aux abonnés.</p></article>", linked=NOT_FREE),
    ],
    ids=["phrase", "not free", "wall beside it", "breaks off", "longer"],
)
def test_57_teasers_are_teasers(html: str) -> None:
    assert flags(html) == ("teaser",)


def test_57_an_article_that_is_not_free_but_whole_is_no_teaser() -> None:
    assert flags(page(linked=NOT_FREE)) == ()
    assert flags(page(f"<article>{PARAGRAPHS * 6}</article>Already a subscriber? Sign in")) == ()


@pytest.mark.parametrize("body", ["", "<div id='app'></div>", "<p>Loading</p>"])
def test_58_a_page_without_text_is_empty(body: str) -> None:
    assert flags(page(body)) == ("empty",)


@pytest.mark.parametrize(
    ("url", "following"),
    [
        (ADDRESS, f"{ADDRESS}?page=2"),
        (ADDRESS, f"{ADDRESS}/2"),
        (f"{ADDRESS}.html", f"{ADDRESS}-2.html"),
        (ADDRESS, f"{ADDRESS}/page/2/"),
    ],
)
def test_one_of_several_pages_is_told_by_the_next(url: str, following: str) -> None:
    assert flags(page(head=f'<link rel="next" href="{following}">'), url) == ("paginated",)


@pytest.mark.parametrize(
    "following", ["https://news.example/world/other", "/world/another-2", "https://news.example/2"]
)
def test_the_next_article_is_no_next_page(following: str) -> None:
    assert flags(page(head=f'<link rel="next" href="{following}">')) == ()


def test_a_later_page_is_told_by_its_first() -> None:
    first = f'<link rel="canonical" href="{ADDRESS}">'

    assert flags(page(head=first), f"{ADDRESS}?page=3") == ("paginated",)
    assert flags(page(head=first), ADDRESS) == ()
    own = "https://news.example/talks-2"
    assert flags(page(head=f'<link rel="canonical" href="{own}">'), own) == ()


@pytest.mark.parametrize(
    "html",
    [
        page("<main><h1>Page not found</h1><p>The page that you were looking for has moved, or was never here at all."
             " Try the search above, or go back to the first page of the site.</p></main>", title="Page not found"),
        page(linked={"@type": "CollectionPage", "name": "World"}),
        page("<main>" + "".join(f"<p>Talks on topic {number}</p><p>Today</p>" for number in range(40)) + "</main>"),
    ],
    ids=["not found", "collection", "fragments"],
)  # fmt: skip
def test_lists_and_errors_are_no_articles(html: str) -> None:
    assert "not_an_article" in flags(html)


def test_the_front_page_is_no_article() -> None:
    assert flags(page(), "https://news.example/") == ("not_an_article",)
    assert flags(page(head=meta(og__type="article")), "https://news.example/") == ()


def test_a_text_about_something_else_is_doubtful() -> None:
    head = meta(og__description="Bakers raise prices of bread and rolls because flour became dearer during spring")
    quality = reading(page(head=head + meta(og__title="Bread becomes dearer throughout towns"))).quality

    assert quality.flags == ("doubtful",)
    assert len(quality.reasons) == 2
    assert quality.score < 0.5


def test_a_text_that_leaves_most_of_the_page_s_prose_is_doubtful() -> None:
    other = "".join(f"<div><p class='c{number}'>Again: {text}</p></div>" for number, text in enumerate(SENTENCES))
    article = f"<article><h1>Offer declined</h1>{PARAGRAPHS}</article>"
    left = reading(page(f"{article}<div class='column' id='disclaimer'>{other}</div>"))
    readers = reading(page(f"{article}<div class='comments'>{other}</div>"))

    assert (left.text, left.quality.flags) == (TEXT, ("doubtful",))
    assert (readers.text, readers.quality.flags) == (TEXT, ())


def test_a_flagged_page_is_not_analysed_and_the_feed_s_words_stand_in() -> None:
    own = "The minister declined the offer on Monday, and an envoy is now expected to arrive before the week ends."

    teaser: tuple[PageFlag, ...] = ("teaser",)

    assert choose_text(TEXT, "", own, flags=teaser) == (own, "feed", False)
    assert choose_text(TEXT, "", "", flags=teaser)[:2] == ("", "thin")
    assert choose_text(TEXT, "", own) == (TEXT, "full", True)


def test_a_doubtful_page_gives_way_only_to_a_feed_that_carries_the_text() -> None:
    doubtful: tuple[PageFlag, ...] = ("doubtful",)

    assert choose_text(SENTENCES[0], TEXT, "", flags=doubtful) == (TEXT, "feed", False)
    assert choose_text(TEXT, "", SENTENCES[0], flags=doubtful) == (TEXT, "thin", True)

"""The fields of a page: what each is taken from, and what is made of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pages_of_our_own import ADDRESS, NOW, PARAGRAPHS, SENTENCES, TEXT, meta, page, reading

from stancewire.types import FieldSource
from workers.read.authors import clean_authors
from workers.read.dates import choose_date, parse_date
from workers.read.json_ld import LinkedArticle, read_json_ld
from workers.read.titles import choose_title

ARTICLE = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Minister declines offer",
    "datePublished": "2026-11-20T09:30:00+02:00",
    "author": [{"@type": "Person", "name": "Ann Lee"}, {"@type": "Person", "name": "Bo Ek"}],
    "publisher": {"@type": "Organization", "name": "The Example"},
    "inLanguage": "en-GB",
    "url": ADDRESS,
}


def test_every_field_says_where_it_was_found() -> None:
    found = reading(
        page(head=meta(og__title="Offer declined", og__site_name="The Example"), linked={**ARTICLE, "headline": ""})
    )

    assert (found.title, found.authors, found.site_name) == ("Offer declined", ("Ann Lee", "Bo Ek"), "The Example")
    assert (found.provenance.title, found.provenance.authors) == ("open-graph", "json-ld")
    assert (found.provenance.text, found.provenance.site_name) == ("trafilatura", "open-graph")
    assert (found.language, found.provenance.language) == ("en", "json-ld")
    assert (found.canonical_url, found.provenance.canonical_url) == (None, None)


def test_a_page_that_says_nothing_of_itself_gives_its_heading_and_its_text() -> None:
    found = reading(page())

    assert (found.title, found.provenance.title) == ("Offer declined", "heading")
    assert (found.text, found.authors, found.published_at) == (TEXT, (), None)
    assert found.provenance.authors is found.provenance.published_at is None


@pytest.mark.parametrize(
    "linked",
    [
        [{"@type": "BreadcrumbList"}, ARTICLE],
        {"@graph": [{"@type": "WebPage"}, ARTICLE]},
        {"@type": "WebPage", "mainEntity": ARTICLE},
        {**ARTICLE, "@type": ["Article", "http://schema.org/ReportageNewsArticle"]},
        {"@graph": [{**ARTICLE, "author": {"@id": "#ann"}}, {"@type": "Person", "@id": "#ann", "name": "Ann Lee"}]},
    ],
    ids=["list", "graph", "main entity", "several types", "authors by id"],
)
def test_json_ld_is_read_in_all_its_forms(linked: Any) -> None:
    found = reading(page(linked=linked))

    assert found.authors[0] == "Ann Lee"
    assert found.published_at == datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        '{"@type": "NewsArticle", "headline": "Minister declines offer", "author": {"name": "Ann Lee"},}',
        '<!-- {"@type": "NewsArticle", "headline": "Minister declines offer", "author": {"name": "Ann Lee"}} -->',
        '{"@type": "NewsArticle", "headline": "Minister declines offer", "author": {"name": "Ann\nLee"}}',
        '{"@type": "NewsArticle", "headline": "Minister declines offer", "author": [{"name": "Ann Lee"}], "a" "c"}',
    ],
    ids=["comma", "comment", "line break", "beyond repair"],
)
def test_broken_json_ld_still_tells_what_is_whole_in_it(written: str) -> None:
    [article] = read_json_ld([written]).articles

    assert article.headline == "Minister declines offer"
    assert article.authors == ("Ann Lee",)


@pytest.mark.parametrize("written", ["", "null", "[]", '{"@type": 3, "author": [[]]}', "[" * 100_000, '"', "{}" * 9])
def test_json_ld_that_is_nothing_gives_nothing(written: str) -> None:
    assert read_json_ld([written]).articles == ()


def test_of_several_articles_the_page_s_own_is_taken() -> None:
    other = {"@type": "NewsArticle", "headline": "Other", "author": "Cy Oz", "url": "https://news.example/other"}

    assert reading(page(linked=[other, ARTICLE])).authors == ("Ann Lee", "Bo Ek")


def test_an_article_that_another_only_points_at_is_not_the_page_s() -> None:
    linked = {"@type": "WebPage", "hasPart": [ARTICLE], "citation": ARTICLE}

    assert read_json_ld([str(linked).replace("'", '"')]).articles == ()
    assert LinkedArticle() == LinkedArticle(types=())


@pytest.mark.parametrize(
    ("candidates", "title"),
    [
        ([("Offer declined - World - The Example", "title-element")], "Offer declined - World"),
        ([("The Example: Offer declined", "title-element")], "The Example: Offer declined"),
        ([("Talks – a failure | news.example", "open-graph")], "Talks – a failure"),
        ([("Offer declined – T – 20.11.2026", "open-graph"), ("Offer declined", "heading")], "Offer declined"),
        ([("The Example", "open-graph"), ("Offer declined", "heading")], "Offer declined"),
        ([("As shown", "open-graph"), ("As first told", "json-ld"), ("As shown", "heading")], "As first told"),
        ([("For sharing", "open-graph"), ("As shown", "json-ld"), ("As shown", "heading")], "For sharing"),
    ],
)  # fmt: skip
def test_a_title_is_chosen_without_the_name_of_the_site(candidates: list[tuple[str, FieldSource]], title: str) -> None:
    chosen = choose_title(candidates, site_names=("The Example", "news.example"))

    assert chosen is not None
    assert chosen[0] == title


@pytest.mark.parametrize(
    ("bylines", "names"),
    [
        (["By Ann Lee"], ("Ann Lee",)),
        (["Von Ann Lee und Bo Ek"], ("Ann Lee", "Bo Ek")),
        (["Autorin: Ann Lee"], ("Ann Lee",)),
        (["di Ann De Luca"], ("Ann De Luca",)),
        (["Di Luca"], ("Di Luca",)),
        (["Ann Lee, Senior Political Reporter"], ("Ann Lee",)),
        (["Ann Lee / Journalist", "Bo Ek – Korrespondent in Rom"], ("Ann Lee", "Bo Ek")),
        (["Ann Lee", "ANN LEE", "ann lee (@annlee)"], ("Ann Lee",)),
        (["Ann Lee ann.lee@news.example @annlee"], ("Ann Lee",)),
        (["https://social.example/annlee"], ()),
        (["Ann Lee, Jr."], ("Ann Lee, Jr",)),
        (["The Example Agency"], ("The Example Agency",)),
        (["News editor"], ("News editor",)),
        (["배윤 기자"], ("배윤 기자",)),
        (["20 November 2026", "5 min read"], ()),
        ([""], ()),
    ],
)
def test_a_byline_gives_names_alone(bylines: list[str], names: tuple[str, ...]) -> None:
    assert clean_authors(bylines) == names


def test_the_site_s_own_name_is_an_author_only_where_nobody_else_is() -> None:
    linked = {**ARTICLE, "author": {"@type": "Organization", "name": "The Example"}}
    byline = f'<article><span class="byline">By Cy Oz</span>{PARAGRAPHS}</article>'

    assert reading(page(byline, linked=linked)).authors == ("Cy Oz",)
    assert reading(page(linked=linked)).authors == ("The Example",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-11-20T09:30:00+02:00", "2026-11-20T09:30:00+02:00"),
        ("2026-11-20T09:30:00.123456789Z", "2026-11-20T09:30:00+00:00"),
        ("2026-11-20 09:30:00 UTC", "2026-11-20T09:30:00+00:00"),
        ("Fri, 20 Nov 2026 09:30:00 GMT", "2026-11-20T09:30:00+00:00"),
        ("Fri Nov 20 2026 09:30:00 GMT+0100 (Central European Standard Time)", "2026-11-20T09:30:00+01:00"),
        ("1795161600", "2026-11-20T08:00:00+00:00"),
        ("20.11.2026, 09:30 Uhr", "2026-11-20T00:00:00+00:00"),
        ("2026-11-20", "2026-11-20T00:00:00+00:00"),
        ("today", None),
        ("2026-99-99T00:00:00Z", None),
        ("9" * 40, None),
    ],
)
def test_a_date_keeps_the_offset_that_the_page_gives(text: str, told: str | None) -> None:
    moment = parse_date(text)

    assert (moment.at.isoformat()[:19] + moment.at.isoformat()[-6:] if moment else None) == told


def test_a_day_alone_is_not_a_time_that_was_stated() -> None:
    found = reading(page(head=meta(date="2026-11-20")))

    assert (found.published_at, found.time_is_stated) == (datetime(2026, 11, 20, tzinfo=UTC), False)
    assert found.provenance.published_at == "meta"


def test_what_lies_in_the_future_or_before_the_web_is_no_date_of_publication() -> None:
    candidates: list[tuple[str, FieldSource]] = [
        ((NOW + timedelta(days=30)).isoformat(), "json-ld"),
        ("0001-01-01T00:00:00Z", "open-graph"),
        ("2026-11-20T09:30:00Z", "meta"),
    ]
    chosen = choose_date(candidates, before=NOW)

    assert chosen is not None
    assert chosen[1] == "meta"


def test_the_standfirst_stands_above_the_text_if_the_page_shows_it() -> None:
    line = "The ministry wants more time, and the envoy is on the way."
    shown = f"<article><h1>Offer declined</h1><header><h2>{line}</h2></header>{PARAGRAPHS}</article>"

    assert reading(page(shown, head=meta(og__description=line))).text.startswith(f"{line}\n{SENTENCES[0]}")
    assert reading(page(head=meta(og__description=line))).text == TEXT


def test_cards_of_other_articles_are_no_part_of_the_text() -> None:
    cards = (
        "<a href='/ships'><p>Ships wait in front of the harbour for a third day, and nobody knows for how long.</p></a>"
        "<ul><li>Economy: <a href='/bread'>Bread gets dearer in spring, say the bakers</a></li></ul>"
    )
    body = f"<article><h1>Offer declined</h1>{PARAGRAPHS.replace('</p>', f'</p>{cards}', 1)}</article>"

    assert reading(page(body)).text == TEXT


def test_a_list_with_a_link_in_a_sentence_stays() -> None:
    item = "The ministry, which <a href='/m'>moved last year</a>, has asked its staff to stay at home until Friday."
    body = f"<article><h1>Offer declined</h1>{PARAGRAPHS}<ul><li>{item}</li></ul><p>{SENTENCES[0]} Again.</p></article>"

    assert "asked its staff to stay at home" in reading(page(body)).text


def test_json_ld_s_text_counts_where_the_page_shows_a_part_of_it() -> None:
    body = f"<article><h1>Offer declined</h1>{PARAGRAPHS[: PARAGRAPHS.index(SENTENCES[5]) - 3]}</article>"
    found = reading(page(body, linked={**ARTICLE, "articleBody": TEXT}))

    assert (found.text, found.provenance.text) == (TEXT, "json-ld")


def test_json_ld_s_text_takes_out_what_is_no_part_of_the_article() -> None:
    extra = "<p>Get our newsletter every morning and never miss what matters to you and your neighbours.</p>"
    body = f"<article><h1>Offer declined</h1>{PARAGRAPHS.replace('</p>', f'</p>{extra}', 1)}</article>"

    assert "newsletter" in reading(page(body)).text
    found = reading(page(body, linked={**ARTICLE, "articleBody": " ".join(SENTENCES)}))
    assert (found.text, found.provenance.text) == (TEXT, "trafilatura")


def test_a_declared_encoding_is_believed_after_utf_8() -> None:
    body = page(body="<article><p>Привет</p></article>", head='<meta charset="windows-1251">', title="Отказ")
    said = page(body="<article><p>Привет</p></article>", title="Отказ")

    assert reading(body.encode("windows-1251")).title == "Отказ"
    assert reading(said.encode("koi8-r"), content_type="text/html; charset=koi8-r").title == "Отказ"
    assert reading(said.encode(), content_type="text/html; charset=rot13").title == "Отказ"

"""Links as names of articles: which are one, and what a link can name."""

from __future__ import annotations

import time

import pytest

from services.poller.links import canonical_link, fold_link, kind_of, number_in

STORY = "https://news.example/2026/story.html"


@pytest.mark.parametrize(
    "link",
    [
        "https://News.Example:443/2026/story.html",
        "https://news.example/2026/story.html#comments",
        "https://news.example/2026/story.html?utm_source=rss&amp;utm_medium=feed",
        "https://news.example/2026/story.html?at_medium=RSS&at_campaign=rss&fbclid=1",
    ],
)
def test_links_that_differ_in_tracking_are_one(link: str) -> None:
    assert canonical_link(link) == STORY
    assert fold_link(link) == fold_link(STORY)


@pytest.mark.parametrize(
    "link",
    [
        "http://www.news.example/2026/story.html",
        "https://m.news.example//2026/story.html/",
        "https://mobile.news.example/2026/story.amp.html",
        "https://news.example/amp/2026/story.html",
        "https://news.example/2026/story.html/amp",
        "https://news.example/2026/story.html?amp=1&amp;amp;utm_source=x",
        "https://news.example/2026/story.html;jsessionid=0A1B",
        "https://news.example/2026/%73tory.html?maca=en-rss",
        "https://www.google.com/amp/s/amp.news.example/2026/story.html",
        "https://news-example.cdn.ampproject.org/v/s/news.example/2026/story.html?amp_js_v=0.1&outputType=amp",
    ],
)
def test_forms_of_one_page_are_one(link: str) -> None:
    assert fold_link(link) == "news.example/2026/story.html"


def test_the_query_is_put_in_order() -> None:
    assert fold_link("https://news.example/a?b=2&a=1") == fold_link("https://news.example/a?a=1&&b=2")


def test_what_chooses_the_article_stays_in_a_link() -> None:
    assert canonical_link("https://a.example/?p=12&b=2") == "https://a.example/?p=12&b=2"
    assert canonical_link("http://a.example:8080/Path/") == "http://a.example:8080/Path/"
    assert canonical_link("javascript:alert(1)") is None
    assert fold_link("http://a.example:8080/Path/?p=12") == "a.example:8080/Path?p=12"
    assert fold_link("https://m.example/a") == "m.example/a"
    assert fold_link("https://amplifier.example/amplify") == "amplifier.example/amplify"
    assert fold_link("javascript:alert(1)") is None


@pytest.mark.parametrize(
    ("kind", "links"),
    [
        ("front", ["a.example", "a.example/en", "a.example/en-gb", "a.example?lang=en"]),
        ("section", ["a.example/news", "a.example/world/europe", "a.example/news/live", "a.example/g20"]),
        (
            "article",
            [
                "a.example/2026/05/12/talks",
                "a.example/ministers-meet-again",
                "a.example/news/articles/cqjpglyjwjeo",
                "a.example/news/c4g48kj40lwo",
                "a.example/world/talks.html",
                "a.example/story/1234",
                "a.example?p=12",
                "a.example/новости-сегодня-днём",
                "a.example/how-we-learned-to-live-with-it",
            ],
        ),
        ("live", ["a.example/live/2026/may/talks-go-on", "a.example/talks-live-updates/article70986095.ece"]),
    ],
)
def test_a_link_tells_what_it_can_name(kind: str, links: list[str]) -> None:
    assert {link: kind_of(link) for link in links} == dict.fromkeys(links, kind)


@pytest.mark.parametrize(
    ("link", "number"),
    [
        ("a.example/ministers-meet-6119396", "6119396"),
        ("a.example/talks/article70986095.ece", "70986095"),
        ("a.example/article/3354647/talks-go-on", "3354647"),
        ("a.example/news/2026-05-17/talks-go-on/106689538", "106689538"),
        ("a.example/talks-130526", None),
        ("a.example/talks-20260512", None),
        ("a.example/talks-12052026", None),
        ("a.example/talks-202605121030", None),
        ("a.example/talks-2026", None),
        ("a.example", None),
    ],
)
def test_a_sites_own_number_is_told_from_a_date(link: str, number: str | None) -> None:
    assert number_in(link) == number


@pytest.mark.parametrize(
    "link", [f"https://a.example/{rest}" for rest in ("/" * 4_000, "amp." * 1_000, "?" + "&" * 4_000, "&amp" * 1_000)]
)
def test_a_hostile_link_is_folded_in_time(link: str) -> None:
    started = time.process_time()
    folded = fold_link(link)
    assert folded is None or kind_of(folded)
    assert time.process_time() - started < 0.2

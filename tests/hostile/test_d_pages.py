"""What stands in an article's page, 51 to 54: what reading it costs the real child, and what is left of the article."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from bounded_cost import Meter, needs_proc
from pages_of_our_own import ADDRESS, PARAGRAPHS, TEXT, page

from stancewire.types import Entry, Feed, Item, Page
from workers.read import read
from workers.read.bounded_reader import BoundedReader

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SUMMARY = "The foreign minister said on Monday that her government would not accept the offer."
#: Megabytes that the child may take for one page beyond what it holds at rest.
MEMORY_MB = 250
ATTRIBUTES = " ".join(f'a{number}="x"' for number in range(100_000))

HOSTILE: dict[str, Callable[[], str | bytes]] = {
    "51 nested": lambda: f"<html><body>{'<div>' * 50_000}{PARAGRAPHS}</body></html>",
    "51 nested and closed": lambda: f"<html><body>{'<div>' * 50_000}{PARAGRAPHS}{'</div>' * 50_000}</body></html>",
    "51 nested unknown": lambda: f"<html><body>{'<x-y>' * 20_000}{PARAGRAPHS}</body></html>",
    "51 nested links": lambda: f"<html><body>{'<a href=/x>' * 20_000}{PARAGRAPHS}</body></html>",
    "51 nested tables": lambda: f"<html><body>{'<table><tr><td>' * 8_000}{PARAGRAPHS}</body></html>",
    "51 nested in turns": lambda: f"<html><body>{'<p><i><q><s><u>' * 5_000}{PARAGRAPHS}</body></html>",
    "51 nested in a picture": lambda: page(f"<svg>{'<g>' * 20_000}</svg>{PARAGRAPHS}"),
    "51 nested in a noscript": lambda: page(f"<noscript>{'<div>' * 24_000}</noscript>{PARAGRAPHS}"),
    "52 attributes": lambda: page(f"<div {ATTRIBUTES}>x</div>"),
    "52 attributes of the root": lambda: f"<html {ATTRIBUTES}><body>{PARAGRAPHS}</body></html>",
    "52 attributes without quotes": lambda: page(f"<div {ATTRIBUTES.replace(chr(34), '')}>x</div>"),
    "52 names": lambda: page('<div x=">" ' + "b " * 100_000 + ">x</div>"),
    "52 a tag that does not end": lambda: page("<div " + "b " * 100_000),
    "52 a thousand in each of many": lambda: page(f"<p {ATTRIBUTES[:9_000]}>x</p>" * 200),
    "52 one long value": lambda: page(f'<div class="{"author " * 500_000}">x</div>'),
    "53 deep json": lambda: page(linked='{"a":' * 50_000 + "1" + "}" * 50_000),
    "53 deep lists": lambda: page(linked="[" * 50_000 + "]" * 50_000),
    "53 broken json": lambda: page(linked='{"@type":"NewsArticle","author":[' * 60_000),
    "53 a graph of itself": lambda: page(linked='{"@graph":[' * 900 + "{}" + "]}" * 900),
    "53 many scripts": lambda: page('<script type="application/ld+json">{"@type":"NewsArticle"}</script>' * 5_000),
    "53 a number without end": lambda: page(linked='{"datePublished":' + "9" * 1_000_000 + "}"),
    "53 names": lambda: page(linked=json.dumps({"@type": "NewsArticle", "author": [{"name": "x" * 300}] * 20_000})),
    "54 one word": lambda: page(f"<p>{'a' * 3_000_000}</p>"),
    "54 one word of a title": lambda: page(title="a" * 3_000_000),
    "54 blanks": lambda: page(f"<p>{chr(0xA0) * 2_000_000}x</p>"),
    "54 letters and stops": lambda: page(f"<p>{'a.' * 350_000}</p>"),
    "54 a word of marks": lambda: page(f"<p>e{chr(0x301) * 300_000}</p>"),
    "54 references": lambda: page(f"<p>{'&amp;&#65;&nbsp;' * 100_000}</p>"),
    "tags": lambda: page("<p>Short.</p>" * 100_000),
    "programs": lambda: page("<script>" * 20_000 + "x" * 3_000_000),
    "comments": lambda: "<!-- " * 100_000,
    "comments that end": lambda: page("<!-- x -->" * 100_000),
    "declarations": lambda: "<!DOCTYPE html [" + '<!ENTITY a "&a;&a;">' * 20_000 + "]>" + page(),
    "processing": lambda: page("<?x " * 50_000),
    "zeros": lambda: bytes(1_000_000),
    "every byte": lambda: bytes(range(256)) * 4_000,
    "wide characters": lambda: page().encode("utf-16"),
    "nothing": lambda: b"",
}


@pytest.fixture(scope="module")
def reader() -> Iterator[BoundedReader]:
    made = BoundedReader()
    read(item(page()), made)
    yield made
    made.close()


def item(html: str | bytes) -> Item:
    body = html if isinstance(html, bytes) else html.encode("utf-8", "surrogatepass")
    return Item(
        id="item",
        article_id="article",
        fingerprint="fingerprint",
        revision=1,
        feed=Feed(id="world", url="https://news.example/feed", outlet="The Example"),
        entry=Entry(
            guid=None,
            link=ADDRESS,
            title="Offer declined",
            summary=SUMMARY,
            content="",
            authors=(),
            published_at=NOW,
            updated_at=None,
            time_confidence="stated",
            language="en",
        ),
        page=Page(url=ADDRESS, content_type="text/html", body=body),
        page_error=None,
        fetched_at=NOW,
    )


def pid_of(reader: BoundedReader) -> int | None:
    process = reader._child._child._process
    return process.pid if process is not None else None


@needs_proc
@pytest.mark.parametrize("name", HOSTILE)
def test_51_to_54_a_hostile_page_costs_a_second_and_some_memory_and_leaves_the_feeds_words(
    reader: BoundedReader, name: str
) -> None:
    assert read(item(page()), reader).text == TEXT
    pid = pid_of(reader)
    assert pid is not None
    meter = Meter(pid)

    article = read(item(HOSTILE[name]()), reader)

    if pid_of(reader) == pid:
        cost = meter.read()
        assert cost.cpu_s <= 1
        assert cost.memory_mb < MEMORY_MB
    else:
        # The kernel has ended the child, and the next page has another.
        assert "no answer within 1 seconds of CPU" in (article.page_error or "")
        assert article.text == SUMMARY
    assert article.title == "Offer declined"
    assert article.text
    assert len(article.text) <= 200_000

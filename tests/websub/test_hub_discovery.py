"""Hubs that documents name, and those that they only seem to name; the plain cases stand in `cases.toml`."""

from __future__ import annotations

import time

import pytest

from services.websub.discovery import HEAD_BYTES, find_offer
from stancewire.types import Fetched, Offer, Validators

HERE = "http://news.example/feed"
HUB = "https://hub.example/"


def offered(body: str | bytes, *links: str, url: str = HERE) -> Offer | None:
    return find_offer(
        Fetched(
            url=url,
            status=200,
            headers=tuple(("link", link) for link in links),
            body=body if isinstance(body, bytes) else body.encode(),
            validators=Validators(),
        )
    )


def at(topic: str = HERE, hub: str = HUB) -> Offer:
    return Offer(hub=hub, topic=topic)


@pytest.mark.parametrize(
    "links",
    [
        (f'<{HUB}>; rel="hub"', f'<{HERE}>; rel="self"'),
        (f"<{HUB}>;rel=hub, <{HERE}>;rel=self",),
        (f'<{HUB}>; title="a, b; c"; rel="HUB", </feed>; REL="alternate Self"',),
        (f'</style.css>; rel=preload, <{HUB}>; rel="hub"; type="x"', f"<{HERE}>; rel=self"),
    ],
)
def test_link_headers_are_read_as_servers_write_them(links: tuple[str, ...]) -> None:
    assert offered("", *links) == at()


def test_link_headers_about_other_things_leave_the_word_to_the_document() -> None:
    body = f"<rss><channel><atom:link rel='hub' href='{HUB}'/><atom:link rel='self' href='/it'/></channel></rss>"

    assert offered(body, "<https://api.example/>; rel='https://api.w.org/'") == at("http://news.example/it")


def test_a_header_with_a_hub_alone_is_completed_by_the_document() -> None:
    body = f"<feed><link rel='self' href='{HERE}?full'/><link rel='hub' href='https://other.example/'/></feed>"

    assert offered(body, f"<{HUB}>; rel=hub") == at(f"{HERE}?full")


def test_a_document_that_does_not_say_its_address_is_known_by_the_one_that_answered() -> None:
    assert offered(f"<feed><link rel='hub' href='{HUB}'/></feed>") == at()


@pytest.mark.parametrize(
    "body",
    [
        f"<feed><link href='{HUB}' rel='hub'></link></feed>",
        f'<feed xmlns:a=\'x\'><a:link\n rel = "hub"\n href = "{HUB}" /></feed>',
        f"<rss><channel><item><title>T</title></item><atom:link rel='hub' href='{HUB}'/></channel></rss>",
        f"<html><head><LINK REL=hub HREF={HUB}></head></html>",
        f"\ufeff<feed><link rel='hub' href='{HUB}'/></feed>".encode("utf-16"),
    ],
)
def test_links_are_found_however_they_are_written(body: str | bytes) -> None:
    assert offered(body) == at()


@pytest.mark.parametrize(
    "body",
    [
        f"<feed><!-- <link rel='hub' href='{HUB}'/> --></feed>",
        f"<rss><channel><description><![CDATA[<link rel='hub' href='{HUB}'/>]]></description></channel></rss>",
        f"<feed><entry><link rel='hub' href='{HUB}'/></entry></feed>",
        f"<html><head></head><body><link rel='hub' href='{HUB}'></body></html>",
        f"<html><head><script>'<link rel=hub href={HUB}>'</script></head></html>",
        f"<feed><link rel='hubbub' href='{HUB}'/><link data-rel='hub' href='{HUB}'/></feed>",
        "<feed><link rel='hub' href='ftp://hub.example/'/><link rel='hub' href='http://user@hub.example/'/></feed>",
        "<feed><link rel='hub' href='http://['/></feed>",
        "",
    ],
)
def test_what_is_no_hub_of_the_document_is_not_found(body: str) -> None:
    assert offered(body) is None


def test_the_first_hub_that_can_be_used_is_taken() -> None:
    body = (
        f"<feed><link rel='hub' href='mailto:a@b'/><link rel='hub' href='{HUB}'/><link rel='hub' href='{HUB}2'/></feed>"
    )

    assert offered(body) == at()


def test_a_feed_with_tls_is_not_subscribed_to_at_a_hub_without() -> None:
    body = "<feed><link rel='hub' href='http://hub.example/'/></feed>"

    assert offered(body, url="https://news.example/feed") is None
    assert offered(body, url="http://news.example/feed") == at(hub="http://hub.example/")


@pytest.mark.parametrize(
    "body",
    [
        b"<link " * (HEAD_BYTES // 6),
        b"<!--" * (HEAD_BYTES // 4),
        b"<link rel='" * (HEAD_BYTES // 11),
        b"<entry>" + b"</entry" * HEAD_BYTES,
        b"<a.a-" * (HEAD_BYTES // 5),
        b"<link " + b"rel=" * HEAD_BYTES,
        b'<link rel="hub" href="' + b"&amp;" * HEAD_BYTES,
    ],
    ids=range(7),
)
def test_a_document_made_to_be_slow_costs_little(body: bytes) -> None:
    header = ('<a>; rel="' * 2_000)[:16_000]
    started = time.perf_counter()

    assert offered(body, header) is None
    assert time.perf_counter() - started < 1

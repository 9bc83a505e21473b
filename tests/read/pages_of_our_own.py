"""Small pages, written for these tests, and what is in them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from stancewire.types import PageReading
from workers.read.extraction import read_page

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ADDRESS = "https://news.example/world/offer-declined"

SENTENCES = (
    "The foreign minister said on Monday that her government would not accept the offer, which had been on the table.",
    "Officials in the capital denied that anybody had interfered in the election last year, or in the one before it.",
    "An envoy is expected to arrive before the end of the week, according to two diplomats who asked not to be named.",
    "The opposition asked for an inquiry into the matter, and for the resignation of the head of the agency concerned.",
    "Nobody at the ministry would say on the record what the offer had been, nor why it was turned down so quickly.",
    "A second round of talks is planned for the spring, when both sides will have had the time to study the proposals.",
    "The harbour authority said that the ships would go on sailing in the meantime, with or without a new agreement.",
    "Insurers were told on Friday that nothing would change for them before the end of the year, a spokesman added.",
)
TEXT = "\n".join(SENTENCES)
PARAGRAPHS = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)


def page(
    body: str = f"<article><h1>Offer declined</h1>{PARAGRAPHS}</article>",
    *,
    head: str = "",
    title: str = "Offer declined | The Example",
    linked: Any = None,
) -> str:
    """A page around `body`; `linked` is its JSON-LD, as data or as written."""
    script = linked if isinstance(linked, str) else json.dumps(linked)
    written = f'<script type="application/ld+json">{script}</script>' if linked is not None else ""
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>{head}{written}</head>'
        f"<body><nav><a href='/'>Home</a></nav>{body}<footer>All rights reserved by nobody</footer></body></html>"
    )


def reading(html: str | bytes, *, url: str = ADDRESS, content_type: str = "text/html") -> PageReading:
    """What is read in a page that must be readable."""
    body = html.encode() if isinstance(html, str) else html
    found = read_page(body, content_type=content_type, url=url, before=NOW)
    assert isinstance(found, PageReading), found
    return found


def meta(**contents: str) -> str:
    """`meta` elements; `__` in a name stands for a colon."""
    return "".join(f'<meta property="{name.replace("__", ":")}" content="{text}">' for name, text in contents.items())

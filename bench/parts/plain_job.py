"""The job of `bench.parts.plain_rq`: read and analyse an article, and publish its signals one after the other."""

from __future__ import annotations

import hashlib
import os
import re
from functools import cache
from html import unescape

import redis

from bench.parts.chaos_news import DEADLY
from stancewire import codec
from stancewire.types import Article
from workers import pipeline

STREAM = "plain:signals"
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)


def analyse(server: str, link: str, title: str, page: str) -> None:
    """Put the signals of an article on the stream."""
    text = "\n".join(unescape(words) for words in _PARAGRAPH.findall(page))
    if DEADLY in text:
        os._exit(9)
    article = Article(
        id=link,
        revision=hashlib.sha256(f"{link}\n{title}\n{text}".encode()).hexdigest(),
        url=link,
        title=title,
        text=text,
        outlet=None,
        outlet_country=None,
        ownership=None,
        feed_id=None,
        authors=(),
        published_at=None,
        time_confidence=None,
        language="en",
        quality="full",
    )
    client = redis.Redis.from_url(server)
    for signal in analysis().analyse(article).signals:
        client.xadd(STREAM, {"id": signal.id, "data": codec.signals.encode(signal)})


@cache
def analysis() -> pipeline.Pipeline:
    """The analysis, loaded once a process."""
    return pipeline.load(None)

"""Recorded entries disturbed on purpose: articles in other clothes, and strangers in the clothes of known ones.

Which entries are taken follows from the seed. Nothing here decides anything.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

Record = dict[str, Any]
#: What makes a disturbed entry of an entry, another of the same source, and a number of its own.
Maker = Callable[[Record, Record, int], Record | None]

_SAMPLE = 1_000
_FRONTS = ("https://{host}/", "https://{host}/index.html", "https://{host}/en", "http://www.{host}?utm_source=rss")
_SECTIONS = ("https://{host}/news", "https://{host}/world/europe/", "https://{host}/latest")
_AGENCIES = ("PARIS (AFP) - ", "LONDON, May 12 (Reuters) - ", "WASHINGTON (AP) - ", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """Entries that are, or are not, the same story as the ones they were made from."""

    name: str
    is_same: bool
    make: Maker
    seed: int
    #: Whether only the last entries are taken, as a copy comes soon or never.
    recent: bool = False
    #: Whether entries of different headlines must be different stories, too.
    are_apart: bool = False

    def records(self, records: Sequence[Record]) -> Iterator[tuple[int, Record]]:
        """Disturbed entries, each with the place of the one it was made from; a minute apart, after all others."""
        source = random.Random(self.seed)
        start = max(datetime.fromisoformat(record["observed_at"]) for record in records)
        newest = {record["link"]: place for place, record in enumerate(records)}
        places = sorted(newest.values())
        if self.recent:
            places = places[-2 * _SAMPLE :]
        source.shuffle(places)
        made = 0
        for place in places:
            record = records[place]
            other = records[source.choice(places)]
            entry = self.make(record, other, made)
            if entry is None:
                continue
            made += 1
            yield place, {**entry, "observed_at": (start + made * timedelta(seconds=5)).isoformat()}
            if made == _SAMPLE:
                return


def disturbances(seed: int) -> tuple[Disturbance, ...]:
    """All of them."""
    return (
        Disturbance(name="other forms of the link", is_same=True, make=_other_form, seed=seed),
        Disturbance(name="another id with every answer", is_same=True, make=_other_id, seed=seed),
        Disturbance(name="another name in the link, which keeps its number", is_same=True, make=_other_slug, seed=seed),
        Disturbance(name="wire copies in another outlet", is_same=True, make=_copy, seed=seed, recent=True),
        Disturbance(
            name="strangers under a front page's link", is_same=False, make=_under(_FRONTS), seed=seed, are_apart=True
        ),
        Disturbance(
            name="strangers under a section's link", is_same=False, make=_under(_SECTIONS), seed=seed, are_apart=True
        ),
        Disturbance(name="strangers under a live page's link", is_same=False, make=_live, seed=seed, are_apart=True),
        Disturbance(
            name="strangers under an id that was used before", is_same=False, make=_used_id, seed=seed, are_apart=True
        ),
        Disturbance(
            name="a headline under another outlet's text", is_same=False, make=_same_title, seed=seed, recent=True
        ),
    )


def _host(record: Record) -> str:
    return urlsplit(record["link"]).netloc.removeprefix("www.")


def _other_form(record: Record, _: Record, number: int) -> Record:
    parts = urlsplit(record["link"])
    query = f"&amp;{parts.query}" if parts.query else ""
    host, path = _host(record), parts.path.rstrip("/")
    forms = (
        f"http://m.{host}{path}/?utm_source=x{query}",
        f"https://amp.{host}{path}?fbclid=1{query}",
        f"https://www.{host}{path}/amp/?at_medium=rss{query}",
        f"https://www.{host}{path}?outputType=amp{query}#comments",
        f"https://www.google.com/amp/s/{host}{path}",
        f"https://{host.replace('.', '-')}.cdn.ampproject.org/c/s/www.{host}{path}",
    )
    return {**record, "link": forms[number % len(forms)]}


def _other_id(record: Record, _: Record, number: int) -> Record:
    return {**record, "id": f"urn:answer:{number:08}"}


def _other_slug(record: Record, _: Record, __: int) -> Record | None:
    head, _, last = record["link"].partition("?")[0].rstrip("/").rpartition("/")
    slug, dash, figures = last.rpartition("-")
    if not dash or not figures.isdigit() or len(figures) < 7 or slug.count("-") < 3:
        return None
    return {**record, "link": f"{head}/updated-{slug.partition('-')[2]}-{figures}"}


def _copy(record: Record, _: Record, number: int) -> Record | None:
    words = (record["description"] or "").split()
    if len(words) < 35 or "<" in record["description"] or "&" in record["description"]:
        return None
    # An editor's hand: one word more, one less, and the agency's line before it.
    words = [*words[:9], "reportedly", *words[9:20], *words[21:]]
    text = _AGENCIES[number % len(_AGENCIES)] + " ".join(words)
    return {
        **record,
        "source": "Another Outlet",
        "link": f"https://another.example/2026/05/copy-of-wire-{2_000_000 + number}",
        "title": f"{record['title'].rpartition(' ')[0]}, agency says",
        "description": text,
    }


def _under(links: Sequence[str]) -> Maker:
    def make(record: Record, other: Record, number: int) -> Record | None:
        if record["source"] == other["source"]:
            return None
        return _stranger(record, other, links[number % len(links)].format(host=_host(record)))

    return make


def _stranger(record: Record, other: Record, link: str) -> Record:
    """Another article's headline under a link of the record's site; without its text, which would be a copy of it."""
    return {**record, "title": other["title"], "link": link, "description": None}


def _live(record: Record, other: Record, number: int) -> Record | None:
    if record["source"] == other["source"]:
        return None
    link = f"https://{_host(record)}/news/live/2026/may/12/what-happens-today-live-updates"
    return {**_stranger(record, other, link), "id": f"post-{number:08}"}


def _used_id(record: Record, other: Record, number: int) -> Record | None:
    if record["source"] == other["source"]:
        return None
    link = f"https://{_host(record)}/2026/05/12/quite-another-story-{3_000_000 + number}"
    return {**_stranger(record, other, link), "id": str(number % 20)}


def _same_title(record: Record, other: Record, number: int) -> Record | None:
    if record["source"] == other["source"] or not record["description"] or not other["description"]:
        return None
    link = f"https://another.example/2026/05/own-story-{4_000_000 + number}"
    return {**record, "source": "Another Outlet", "link": link, "description": other["description"]}

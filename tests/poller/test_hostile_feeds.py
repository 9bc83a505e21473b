"""Documents made to keep a parser busy, by their numbers in the list of hostile inputs.

Each has an honest entry before and one after what is hostile; both are kept, within a second of the processor.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from services.poller.parse import parse_feed
from stancewire.types import FetchFailed, ParsedFeed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BEFORE = "<title>Before</title><link>https://a.example/1</link>"
AFTER = "<title>After</title><link>https://a.example/2</link>"
ATTRIBUTES = " ".join(f'a{number}="x"' for number in range(100_000))
LAUGHS = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10))


def rss(*items: str, head: str = "", prolog: str = "", root: str = "") -> str:
    body = "".join(f"<item>{item}</item>" for item in items)
    return f'{prolog}<rss version="2.0"{root}><channel><title>World</title>{head}{body}</channel></rss>'


def between(hostile: str) -> str:
    return rss(BEFORE, hostile, AFTER)


def typed(subset: str, title: str) -> str:
    return rss(BEFORE, f"<title>{title}</title>", AFTER, prolog=f"<!DOCTYPE rss {subset}>")


DOCUMENTS = {
    "34 billion laughs": lambda: typed(f'[<!ENTITY l0 "lol">{LAUGHS}]', "&l9;"),
    "34 quadratic": lambda: typed(f'[<!ENTITY a "{"x" * 50_000}">]', "&a;" * 40_000),
    "34 external file": lambda: typed('[<!ENTITY x SYSTEM "file:///etc/passwd">]', "&x;"),
    "34 external address": lambda: typed('[<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]', "&x;"),
    "34 external types": lambda: typed('SYSTEM "http://127.0.0.1:9/x.dtd"', "x"),
    "34 parameter entity": lambda: typed('[<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd"> %x;]', "&x;"),
    "34 type without end": lambda: f"<!DOCTYPE {'[' * 100_000}{rss(BEFORE, AFTER)}",
    "34 comments in a type": lambda: f"<!DOCTYPE r [{'<!-- ' * 100_000}]>{rss(BEFORE, AFTER)}",
    "35 nested tags": lambda: between("<b>" * 200_000 + "</b>" * 200_000),
    "35 nested tags without end": lambda: between("<b>" * 200_000),
    "35 nested tags before": lambda: rss(BEFORE, AFTER, head="<b>" * 200_000 + "</b>" * 200_000),
    "35 nested tags in a text": lambda: between(f"<description>{'&lt;b&gt;' * 200_000}</description>"),
    "35 nested tags, malformed": lambda: between(f"<title>x & y</title>{'<b>' * 9_000}"),
    "36 attributes": lambda: between(f"<title {ATTRIBUTES}>x</title>"),
    "36 attributes, malformed": lambda: between(f"<title {ATTRIBUTES}>x & y</title>"),
    "36 attributes without values": lambda: between(f"<title {'a ' * 100_000}>x</title>"),
    "36 attributes after a bracket": lambda: between(f'<title x=">" {ATTRIBUTES}>x</title>'),
    "36 attributes of the root": lambda: rss(BEFORE, AFTER, root=f" {ATTRIBUTES}"),
    "36 attributes of the root, malformed": lambda: rss(BEFORE, AFTER, root=f" {ATTRIBUTES}", head="&"),
    "37 comments without end": lambda: between("<!-- " * 40_000),
    "37 comments": lambda: between("<title>x</title>" + "<!-- x -->" * 40_000),
    "37 comments, malformed": lambda: between("<title>x & y</title>" + "<!-- x -->" * 40_000),
    "37 comments before": lambda: f"{'<!-- ' * 100_000}{rss(BEFORE, AFTER)}",
    "37 raw text without end": lambda: between("<title>x</title>" + "<![CDATA[" * 20_000),
    "37 raw text": lambda: between(f"<description>{'<![CDATA[a]]>' * 40_000}</description>"),
    "37 raw text, malformed": lambda: between(f"<title>&</title><description>{'<![CDATA[a]]>' * 40_000}</description>"),
    "37 references": lambda: between(f"<title>{'&amp;&#65;' * 90_000}</title>"),
    "37 unknown references": lambda: between(f"<title>{'&amp;&#65;&nbsp;' * 50_000}</title>"),
    "37 ampersands": lambda: between(f"<description>{'&' * 300_000}</description>"),
    "37 an author": lambda: between(f"<title>x</title><author>{'a' * 31_000}</author>"),
    "37 an author with dots": lambda: between(f"<author><![CDATA[{'a.' * 15_000}@]]></author><title>&</title>"),
    "37 tags without end": lambda: between(f"<title>x</title><description>{'&lt;b' * 100_000}</description>"),
    "37 brackets": lambda: between(f"<title>x</title><description>{'<' * 9_000}</description>"),
    "37 instructions": lambda: between("<title>x</title>" + "<?x " * 9_000),
    "37 declarations": lambda: between("<title>x</title>" + "<!x " * 9_000),
    "37 a name": lambda: between(f"<title>x</title><{'a' * 500_000}>"),
    "38 control characters": lambda: between(f"<title>a\x00b</title>{chr(0) * 100_000}"),
    "42 a date": lambda: between(f"<title>x</title><pubDate>{'9' * 5_000}</pubDate>"),
    "42 a date of hyphens": lambda: between(f"<title>x & y</title><pubDate>{'-' * 500_000}</pubDate>"),
    "44 a title": lambda: between(f"<title>{'x' * 1_000_000}</title>"),
    "44 a title, malformed": lambda: between(f"<title>{'x & ' * 250_000}</title>"),
}


def timed(body: bytes) -> tuple[ParsedFeed | FetchFailed, float]:
    begun = time.process_time()
    parsed = parse_feed(body, url="https://news.example/feed", content_type="", max_entries=1_000, now=NOW)
    return parsed, time.process_time() - begun


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_hostile_costs_a_second_at_most_and_the_other_entries_are_kept(name: str) -> None:
    parsed, seconds = timed(DOCUMENTS[name]().encode())

    assert isinstance(parsed, ParsedFeed), parsed
    titles = [entry.title for entry in parsed.entries]
    assert (titles[0], titles[-1]) == ("Before", "After")
    assert seconds < 1
    assert not any("root:" in entry.title or "lollol" in entry.title for entry in parsed.entries)


def test_35_an_entry_that_is_left_out_is_told_with_its_place_and_the_reason() -> None:
    parsed, _ = timed(between("<b>" * 200_000).encode())

    assert isinstance(parsed, ParsedFeed)
    assert [(skip.position, skip.reason) for skip in parsed.skips] == [(1, "more than 10000 tags")]


@pytest.mark.parametrize("written", ["Number {}", "Number {} & so"])
def test_40_of_a_hundred_thousand_entries_a_thousand_are_read_and_the_rest_counted(written: str) -> None:
    items = (f"<title>{written.format(n)}</title><link>https://a.example/{n}</link>" for n in range(100_000))
    parsed, seconds = timed(rss(*items).encode())

    assert isinstance(parsed, ParsedFeed)
    assert (len(parsed.entries), parsed.truncated) == (1_000, 99_000)
    assert seconds < 3


def test_40_entries_that_are_too_much_together_are_left_out_the_heaviest_first() -> None:
    fat = f"<title>Fat & so</title><description>{'<b>x</b>' * 200}</description>"
    parsed, seconds = timed(rss(*([fat] * 100), BEFORE, AFTER).encode())

    assert isinstance(parsed, ParsedFeed)
    assert [entry.title for entry in parsed.entries][-2:] == ["Before", "After"]
    assert 30 < len(parsed.skips) < 60
    assert seconds < 2


def test_40_a_packed_document_is_unpacked_within_a_limit() -> None:
    good, _ = timed(gzip.compress(rss(BEFORE, AFTER).encode()))
    bomb, seconds = timed(gzip.compress(b"<rss>" + b"\0" * 100_000_000))
    torn, _ = timed(gzip.compress(rss(BEFORE, AFTER).encode())[:-20])

    assert isinstance(good, ParsedFeed)
    assert [entry.title for entry in good.entries] == ["Before", "After"]
    assert isinstance(bomb, FetchFailed)
    assert "is packed and has more than" in bomb.detail
    assert seconds < 1
    assert isinstance(torn, FetchFailed)
    assert "cannot be read" in torn.detail


MEASURE = """
import resource, sys
from datetime import UTC, datetime
from services.poller.parse import parse_feed

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

body = sys.stdin.buffer.read()
before = peak()
parse_feed(body, url="https://news.example/feed", content_type="", max_entries=1_000, now=datetime.now(UTC))
print(peak() - before)
"""


@pytest.mark.parametrize("name", ["34 billion laughs", "35 nested tags", "36 attributes", "37 comments", "44 a title"])
def test_what_is_hostile_takes_a_bounded_amount_of_memory(name: str) -> None:
    body = DOCUMENTS[name]().encode()
    measured = subprocess.run([sys.executable, "-c", MEASURE], input=body, capture_output=True, check=True)

    assert int(measured.stdout) < 100 * 1_024

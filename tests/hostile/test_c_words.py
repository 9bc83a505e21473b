"""What a feed's entries say, 42 to 44: dates that cannot be, markup and links that harm, characters that deceive."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from hostile_documents import BEFORE, between, rss
from parsing_child import NOW, Child, parsing, text_of, titles

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def child() -> AsyncIterator[Child]:
    async with parsing() as made:
        yield made


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("written", "confidence"),
    [
        ("", "observed"),
        ("yesterday", "observed"),
        ("0001-01-01T00:00:00Z", "observed"),
        ("Mon, 01 Jan 0001 00:00:00 GMT", "observed"),
        ("9999-12-31T23:59:59Z", "observed"),
        ("9999-12-31T23:59:59-14:00", "observed"),
        ("Fri, 31 Dec 9999 23:59:59 -1400", "observed"),
        ("1969-12-31T23:59:59Z", "observed"),
        ("2026-11-30T00:00:00Z", "observed"),
        ("2026-13-45T99:99:99Z", "observed"),
        ("9" * 5_000, "observed"),
        ("-" * 5_000, "observed"),
        ("1" * 400 + ":" * 400, "observed"),
        ("12:" * 2_000, "observed"),
        ("Δευ, 23 Νοε 2026 10:00:00 EET", "stated"),
        ("2026-november-23T10:00+01:00", "stated"),
        ("2026-11-23 10:00:00", "assumed_utc"),
        ("2026-11-23", "assumed_utc"),
        ("Mon, 23 Nov 2026 12:10:00 GMT", "stated"),
        ("Mon, 23 Nov 2026 10:00:00 +9999", "observed"),
    ],
)
@pytest.mark.parametrize("element", ["pubDate", "dc:date", "updated"])
async def test_42_a_date_is_clamped_to_what_can_be_true_and_says_how_it_is_known(
    child: Child, element: str, written: str, confidence: str
) -> None:
    parsed = await child.parsed(between(f"<title>x</title><{element}>{written}</{element}>"))

    (entry,) = (entry for entry in parsed.entries if entry.title == "x")
    assert entry.time_confidence == confidence
    if confidence == "observed":
        assert entry.published_at is None
    else:
        assert entry.published_at is not None
        assert NOW - DAY < entry.published_at <= NOW


MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe src='data:text/html,x'></iframe>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<style>@import 'javascript:alert(1)'</style>",
    "<<script>script>alert(1)<</script>/script>",
    "<<b>img src=x onerror=alert(1)>",
    "<svg>",
    "&lt;img src=x onerror=alert(1)&gt;",
    "&lt;&lt;b&gt;img src=x onerror=alert(1)&gt;",
)
FIELDS = ("title", "author", "dc:creator", "category", "description", "content:encoded")


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("markup", MARKUP)
@pytest.mark.parametrize("written", ["escaped", "raw", "as it is"])
async def test_43_no_markup_comes_through_in_any_field(child: Child, field: str, markup: str, written: str) -> None:
    inside = {
        "escaped": markup.replace("&", "&amp;").replace("<", "&lt;"),
        "raw": f"<![CDATA[{markup}]]>",
        "as it is": markup,
    }[written]
    title = "" if field == "title" else "<title>x</title>"
    parsed = await child.parsed(between(f"{title}<{field}>words {inside}</{field}>"))

    assert (titles(parsed)[0], titles(parsed)[-1]) == ("Before", "After")
    for entry in parsed.entries:
        assert not re.search(r"<[a-zA-Z/!?]", text_of(entry)), entry


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "feed:http://a.example/",
        "https://user:word@a.example/",
        "https://a.example\\@b.example/",
        "https://a.example/%00",
        "//",
        "http://",
        "https://[::1",
        "https://" + "a" * 5_000,
    ],
)
@pytest.mark.parametrize("base", ["", "javascript:alert(1)//", "data:text/html,", "file:///etc/", "http://[", "\\\\x"])
async def test_43_only_links_of_the_web_come_through_whatever_the_base(child: Child, link: str, base: str) -> None:
    root = f' xml:base="{base}"' if base else ""
    relative = "<title>relative</title><link>world/story.html</link>"
    parsed = await child.parsed(
        rss(BEFORE, f"<title>x</title><link>{link}</link><guid>{link}</guid>", relative, root=root)
    )

    assert titles(parsed)[0] == "Before"
    assert parsed.entries[0].link == "https://a.example/1"
    for entry in parsed.entries:
        assert entry.link is None or entry.link.startswith(("https://", "http://")), entry.link
        assert "word@" not in (entry.link or "")


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("gate \u202egpj.etag\u202c", "gate gpj.etag"),
        ("\u2066one\u2069 \u200ftwo", "one two"),
        ("zero\u200bwidth\u2060\ufeff", "zerowidth"),
        ("\u0440\u0430\u0443\u0440\u0430l", "\u0440\u0430\u0443\u0440\u0430l"),
        ("e\u0301\u0301\u0301", "e\u0301\u0301\u0301"),
        ("a&#xD800;b", "a\ufffdb"),
        ("a&#55296;&#57343;b", "a\ufffd\ufffdb"),
        ("a&#x110000;b", "a\ufffdb"),
    ],
)
async def test_44_what_deceives_goes_and_words_stay_as_they_are(child: Child, written: str, title: str) -> None:
    parsed = await child.parsed(between(f"<title>{written}</title>"))

    assert titles(parsed) == ["Before", title, "After"]

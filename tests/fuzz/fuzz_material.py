"""Where fuzzing begins: small valid documents of each kind, and the pieces that are put into them."""

from __future__ import annotations

import gzip
import json

from hypothesis import strategies as st
from pages_of_our_own import page as html_page

DATE = "Mon, 23 Nov 2026 10:00:00 +0100"
FEEDS = (
    f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xml:base="https://news.example/"><channel><title>W</title>'
    f"<ttl>30</ttl><item><title>Harbour &amp; more</title><link>/1</link><guid>1</guid><pubDate>{DATE}</pubDate>"
    "<author>ann@news.example (Ann)</author><description><![CDATA[<p>Ships <b>sail</b>.</p>]]></description></item>"
    "<item><title>Two</title></item></channel></rss>",
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title type="html">W</title><entry><id>tag:1</id><title>A'
    '</title><link rel="alternate" href="https://news.example/1"/><updated>2026-11-23T10:00:00Z</updated><author><name>'
    "Ann</name></author><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>S</p></div></content>"
    "</entry></feed>",
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>W</title></channel><item rdf:about="https://n.example/1">'
    "<title>One</title><dc:date>2026-11-23</dc:date><dc:creator>Ann</dc:creator></item></rdf:RDF>",
    json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "items": [{"id": 1, "title": "A", "content_text": "B", "date_published": "2026-11-23T10:00:00Z"}],
        }
    ),
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
    "<url><loc>https://news.example/1</loc><news:news><news:title>One</news:title><news:publication_date>2026-11-23"
    "</news:publication_date></news:news></url></urlset>",
    "<!DOCTYPE rss [<!ENTITY a 'b'>]><rss><channel><item><title>&a;&nbsp;x</title></item></channel></rss>",
)
PAGES = (
    html_page(),
    html_page(
        linked={
            "@type": "NewsArticle",
            "headline": "Offer declined",
            "author": [{"name": "Ann Lee"}],
            "articleBody": "B",
        },
        head='<meta property="og:title" content="Offer"><meta name="author" content="Ann"><link rel=canonical href=/1>'
        f'<meta property="article:published_time" content="2026-11-20T08:00:00Z"><time datetime="2">{DATE}</time>',
    ),
    "<html><body><div class='author'>By Ann Lee</div><p>Short.</p><table><tr><td>1</td></tr></table></body></html>",
)
LINKS = (
    "https://m.news.example:8443/2026/11/story/amp/?utm_source=rss&amp;b=2&a=1#top",
    "https://www-news-example.cdn.ampproject.org/c/s/www.news.example/story.amp.html",
    "HTTP://user@[::1]/%7Ea/../b;jsessionid=1?q=%zz",
    "<link rel=alternate type=application/rss+xml href='/feed'><a href=rss.xml>RSS</a><base href=//x>",
    "https://xn--bcher-kva.example/вести?п=1",
)
DATES = (
    DATE,
    "2026-11-23T10:00:00.123+05:30",
    "lun., 23 nov. 2026 10:00 +01:00",
    "2026-november-23T10:00+01:00",
    "November 23, 2026 2:05 PM EST",
    "1795428000",
    "23.11.2026",
    "Mon Nov 23 2026 10:00:00 GMT+0100",
    "Δευ, 23 Νοε 2026 10:00:00 EET",
)
LISTS = (
    '<opml version="2.0"><body><outline text="W"><outline text="A &amp; B" xmlUrl="https://a.example/r" language="en"/>'
    "</outline></body></opml>",
    '[[feed]]\nid = "a"\nurl = "https://a.example/rss"\noutlet = "A"\ncountry = "IE"\nlanguage = "en"\n',
)
TEXTS = (
    "Russia condemned Turkey on Tuesday, and Ankara rejected the criticism.",
    "The European Union accused Russia of spreading disinformation on Telegram to sway the vote in Moldova, an "
    "allegation the Kremlin has denied.",
    "“We will not recognise it,” the president of Georgia told reporters, accusing Moscow of interference unless "
    "proven otherwise.",
    "France said it would back Ukraine if Germany did too; Berlin, which opposes the plan, did not comment.",
)
STORED = (
    b'{"fingerprint":"0123456789abcdef","revision":2}',
    b"0123456789abcdef:AAEAAAAAAAAAAAAAAAAAAAAAAAAAAAA.{}",
    b'0123456789abcdef:AAEAAAEBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE.{"story":"s","former":["a"],"returns":1,"shared":true}',
    b'{"feed_id":"a","validators":{"etag":"1","last_modified":null},"failures":1,"arrivals":["2026-11-23T10:00:00Z"]}',
    b'{"item_id":"a","reason":"failed","detail":"x","attempts":3,"at":"2026-11-23T10:00:00Z"}',
    b'{"feed_id":"a","listed":[{"article_id":"a","fingerprint":"f"}],"gone":["b"]}',
    b'{"state":"wanted","feed_id":"a","offer":{"hub":"https://h.example","topic":"https://t.example"},"tries":1}',
    b'{"id":"i","article_id":"a","fingerprint":"f","revision":1,"feed":{"id":"a","url":"u","outlet":"o"},"entry":{"guid":null,'
    b'"link":null,"title":"t","summary":"","content":"","authors":[],"published_at":null,"updated_at":null,'
    b'"time_confidence":"observed","language":null},"page":{"url":"u","content_type":"t","zlib":"eJwDAAAAAAE="},'
    b'"page_error":null,"fetched_at":"2026-11-23T10:00:00Z"}',
)
BODIES = (gzip.compress(b"words " * 50), gzip.compress(b"") + gzip.compress(b"more"), bytes.fromhex("4b4c4a06000000"))

#: Pieces that have made trouble somewhere: characters, markup, numbers, dates, words of the analysis.
TOKENS = (
    *("<", ">", "</", "/>", "<!--", "-->", "<![CDATA[", "]]>", "<?x ", "<!DOCTYPE x [", "&", "&amp;", "&#0;", "&#x1b;"),
    *(
        "&#xd800;",
        "&#x110000;",
        "&lt;b&gt;",
        "&amp;lt;i",
        "&nbsp",
        '"',
        "'",
        "=",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        ";",
        "\\",
    ),
    *(
        "\x00",
        "\x08",
        "\x1b[2J",
        "\x9b",
        "\u202e",
        "\u200b",
        "\u2028",
        "\ufeff",
        "\ud800",
        "\U000e0041",
        "İ",
        "e\u0301",
        "ﬁ",
    ),
    *(
        "\u00a0",
        "\u3000",
        "“",
        "”",
        "’",
        "…",
        "—",
        "(",
        ")",
        "\n",
        "\r\n",
        "\t",
        "  ",
        "0",
        "9999999999",
        "-1",
        "1e999",
    ),
    *(
        "NaN",
        "null",
        "true",
        "<svg>",
        "<svg/x>",
        "<math>",
        "<title>",
        "</title>",
        "<item>",
        "</item>",
        "<entry>",
        "<br>",
    ),
    *(
        "<script>",
        "</script>",
        "<style>",
        "<base href=x>",
        ' xml:base="http://["',
        ' base=""',
        ' xmlns="x"',
        "xmlns:a='b'",
    ),
    *("javascript:", "data:", "http://[", "//", "@", "#", "?", "%", "%00", "%c3", "xn--", "..", "2026-13-45", "+99:99"),
    *(
        "T25:61",
        " GMT",
        " MSK",
        "Feb 30",
        "Russia",
        "Moscow",
        "the Kremlin",
        " condemned ",
        " said that ",
        " denied ",
        " not ",
    ),
    *(
        " unless ",
        ", which ",
        " by ",
        "charset=utf-16",
        "encoding='utf-7'",
        "text/html; charset=koi8-r\n",
        "]]",
        "\x1f\x8b",
    ),
)


@st.composite
def changed(draw: st.DrawFn, documents: tuple[str | bytes, ...]) -> bytes:
    """One of the documents after a few changes: a piece put in, cut out, said again, or bytes written over."""
    chosen = draw(st.sampled_from(documents))
    data = bytearray(chosen if isinstance(chosen, bytes) else chosen.encode())
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        change = draw(st.sampled_from(("token", "token", "token", "cut", "again", "over")))
        if change == "token":
            data[start:start] = draw(st.sampled_from(TOKENS)).encode("utf-8", "surrogatepass")
        elif change == "cut":
            del data[start:end]
        elif change == "again":
            data[start:start] = bytes(data[start:end]) * draw(st.integers(1, 30))
        else:
            data[start:end] = draw(st.binary(max_size=end - start))
    return bytes(data)


def pieces() -> st.SearchStrategy[bytes]:
    """Pieces one after the other, as no document has them."""
    return st.lists(st.sampled_from(TOKENS), max_size=30).map(
        lambda found: "".join(found).encode("utf-8", "surrogatepass")
    )


DOCUMENTS: dict[str, tuple[str | bytes, ...]] = {
    "feed": FEEDS,
    "page": PAGES,
    "link": LINKS,
    "date": DATES,
    "markup": (*PAGES[2:], *TEXTS, "<p>One &amp; two.</p><script>alert(1)</script><p>Later</p>"),
    "feed_list": LISTS,
    "stored": STORED,
    "body": BODIES,
    "analyse": TEXTS,
}

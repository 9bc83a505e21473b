"""Feed documents made at random, of the elements that feeds are made of, usual and strange."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "psc": "http://podlove.org/simple-chapters",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "own": "https://news.example/own",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
_DECLARED = " ".join(f"xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in NAMESPACES.items())
_WORDS = st.sampled_from(
    [
        *(
            "",
            " ",
            "One",
            "Two words",
            "Häuser",
            "caf\u00c3\u00a9",
            "выборы",
            "a <b>bold</b> word",
            "1 < 2 & 3",
            " \n a\tb ",
        ),
        *(
            "<p>One.</p><p>Two.</p>",
            "&amp;nbsp;",
            "x" * 400,
            "Ann (ann@news.example)",
            "ann@news.example (Ann)",
            "\u2019s",
        ),
    ]
)
_ADDRESSES = st.sampled_from(
    [
        *("https://news.example/1", "http://news.example/a?b=1&c=2", "/relative", "", "javascript:alert(1)", "tag:1"),
        *("urn:uuid:1", "https:///news.example/x", " https://news.example/2 ", "no address", "HTTP://NEWS.example/3#a"),
    ]
)
_DATES = st.sampled_from(
    [
        *("Mon, 23 Nov 2026 10:00:00 GMT", "2026-11-20T10:00:00+02:00", "2026-11-20", "", "yesterday", "23 Nov 2026"),
        *("Mon, 23 Nov 2026 10:00:00 EST", "Mon, 23 Nov 2026 10:00:00 MSK", "2026-11-20T10:00:00+0530"),
    ]
)
_TYPES = st.sampled_from(["", "", ' type="html"', ' type="text"', ' type="HTML"'])
_STRANGE_TYPES = st.sampled_from(
    [' type="xhtml"', ' type="image/png"', ' type=""', ' mode="base64"', ' own:type="html"']
)
_LANGUAGES = st.sampled_from(["", "", ' xml:lang="fr"', ' lang="de_DE"', ' xml:lang=""'])
_BASES = st.sampled_from(["", "", "", ' xml:base="https://other.example/"'])
_NONE = st.just("")

Elements = st.SearchStrategy[str]


def _element(name: str, text: Elements, attributes: Elements = _NONE) -> Elements:
    written = st.one_of(text.map(escape), text.map(lambda words: f"<![CDATA[{words}]]>"))
    return st.builds(lambda given, words: f"<{name}{given}>{words}</{name}>", attributes, written)


def _elements(names: str, text: Elements, attributes: Elements = _NONE) -> list[Elements]:
    return [_element(name, text, attributes) for name in names.split()]


def _group(name: str, parts: Elements) -> Elements:
    return st.lists(parts, max_size=3).map(lambda written: f"<{name}>{''.join(written)}</{name}>")


_RELATIONS = st.sampled_from(
    ["", ' rel="alternate"', ' rel="self"', ' rel="REPLIES" type="text/HTML"', ' type="xhtml"']
)
_HREFS = st.builds(lambda given, href, base: f"{given} href={quoteattr(href)}{base}", _RELATIONS, _ADDRESSES, _BASES)


def _empty(name: str) -> Elements:
    return _HREFS.map(lambda given: f"<{name}{given}/>")


_PERMANENCE = st.sampled_from([' isPermaLink="false"', ' isPermaLink="true"', ' ispermalink="no"'])
_TEXTS = (
    "title title description description summary content content:encoded dc:title media:title media:description "
    "itunes:summary dc:description"
)
_USUAL = st.one_of(
    *_elements(_TEXTS, _WORDS, st.builds(str.__add__, _TYPES, _LANGUAGES)),
    *_elements("author dc:creator itunes:author category slash:comments own:thing xyz source media:credit", _WORDS),
    *_elements("media:keywords dc:publisher image generator ttl language dc:language itunes:keywords", _WORDS),
    *_elements("pubDate published updated dc:date issued modified dcterms:modified lastBuildDate created", _DATES),
    *_elements("link guid id feedburner:origLink url atom:id", _ADDRESSES, _RELATIONS),
    _element("guid", _ADDRESSES, _PERMANENCE),
    *(_empty(name) for name in ("link", "link", "atom:link", "enclosure")),
    *(_group(name, st.one_of(*_elements("name email uri own:part", _WORDS))) for name in ("author", "contributor")),
)
_STRANGE = st.one_of(
    *_elements("title summary content description", _WORDS, _STRANGE_TYPES),
    *_elements("fullitem abstract rights subtitle itunes:subtitle comments date name email own:title creator", _WORDS),
    *_elements("body info tagline dc:author managingEditor webMaster expirationDate where item channel", _WORDS),
    _group("itunes:owner", st.one_of(*_elements("name title itunes:email", _WORDS))),
    *(
        _group(name, _USUAL)
        for name in ("content", "title", "author", "link", "own:author", "textInput", "psc:chapters")
    ),
)
_GROUPS = st.one_of(
    *(_group(name, _USUAL) for name in ("media:group", "media:content", "own:group", "source", "image"))
)
_ATTRIBUTES = st.sampled_from(["", "", "", ' rdf:about="https://news.example/about"', ' xml:lang="it"', ' own="1"'])


@dataclass(frozen=True)
class _Parts:
    """What a document is made of."""

    language: str
    fields: str
    entries: str
    after: str


def _parts(elements: Elements) -> Callable[[str], st.SearchStrategy[_Parts]]:
    fields = st.lists(elements, max_size=6).map("".join)

    def of(name: str) -> st.SearchStrategy[_Parts]:
        entry = st.builds(lambda given, inside: f"<{name}{given}>{inside}</{name}>", _ATTRIBUTES, fields)
        entries = st.lists(entry, max_size=4).map("".join)
        return st.builds(_Parts, _LANGUAGES, fields, entries, st.one_of(_NONE, _NONE, fields))

    return of


def _rss(parts: _Parts) -> str:
    inside = f"{parts.fields}{parts.entries}{parts.after}"
    return f'<rss version="2.0" {_DECLARED}{parts.language}><channel>{inside}</channel></rss>'


def _atom(parts: _Parts) -> str:
    inside = f"{parts.fields}{parts.entries}{parts.after}"
    return f'<feed xmlns="{NAMESPACES["atom"]}" {_DECLARED}{parts.language}>{inside}</feed>'


def _old_atom(parts: _Parts) -> str:
    inside = f"{parts.fields}{parts.entries}{parts.after}"
    return f'<feed version="0.3" xmlns="http://purl.org/atom/ns#" {_DECLARED}{parts.language}>{inside}</feed>'


def _rdf(parts: _Parts) -> str:
    image = "<image><title>I</title></image>" if parts.after else ""
    inside = f"<channel>{parts.fields}</channel>{image}{parts.entries}"
    return f'<rdf:RDF xmlns="http://purl.org/rss/1.0/" {_DECLARED}{parts.language}>{inside}</rdf:RDF>'


def _documents(elements: Elements) -> Elements:
    of = _parts(elements)
    return st.one_of(of("item").map(_rss), of("entry").map(_atom), of("entry").map(_old_atom), of("item").map(_rdf))


def feed_documents() -> Elements:
    """Well-formed documents of every kind of feed: of usual elements, with groups of them, with strange ones."""
    grouped, strange = st.one_of(_USUAL, _USUAL, _GROUPS), st.one_of(_USUAL, _USUAL, _GROUPS, _STRANGE)
    return st.one_of(_documents(_USUAL), _documents(grouped), _documents(strange))

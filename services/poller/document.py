"""A feed document without what would keep a parser busy for minutes.

It takes out the entries that no honest feed holds, so that the others can be read; what the document says is left to
the parsers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from html import unescape
from urllib.parse import urljoin

from services.poller.decoding import Decoder, OverflowedError, UndecodableError
from services.poller.guard import Refusal, read_url
from services.poller.plain_text import without_escapes
from services.poller.raw_feed import RawFeed

#: Bytes of a document that is packed by itself, as sitemaps often are, once it is unpacked.
MAX_UNPACKED_BYTES = 20_000_000
#: Of one entry, or of what is around the entries.
MAX_TAGS = 10_000
MAX_COMMENTS = 1_000
MAX_SECTIONS = 1_000
MAX_REFERENCES = 50_000
MAX_ATTRIBUTES = 500
#: Of all entries that are read, as many tags; a reference takes a parser an eighth as long.
MAX_WEIGHT = 25_000

_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,500}\?>")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# A reference by number, with or without its end, which some leave out.
_REFERENCE = re.compile(r"&#(?:x0*([0-9a-f]+)|0*([0-9]+));?", re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(?:rss|rdf|feed|urlset|sitemapindex)(?=[\s>])", re.IGNORECASE)
_DOCTYPE = re.compile(
    r"""<!DOCTYPE(?:[^\[>"']++|"[^"]*+"|'[^']*+')*+(?:\[(?:[^\]"'<]++|"[^"]*+"|'[^']*+'|<!--.*?(?:-->|\Z)|<)*+\]\s*+)?>""",
    re.IGNORECASE | re.DOTALL,
)
# What feedparser loses entries or links by: a base that is none, a tag that ends at the next slash as SGML has it, a
# picture in the text that does not end.
_BASE = re.compile(
    r"""(?<![\w.-])(?:xml:)?base\s{0,20}=\s{0,20}(?:"([^"<]{0,2000})"|'([^'<]{0,2000})')""", re.IGNORECASE
)
_SHORT_TAG = re.compile(r"(<[a-zA-Z][\w.:-]{0,60})/(?!>)")
_PICTURE = re.compile(r"(</?(?:[\w.-]{1,40}:)?)svg(?=[\s/>])", re.IGNORECASE)
_OPENED = re.compile(r"<[\w.:-]{1,60}")
_RAW_TEXT = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_CHANNEL = re.compile(r"<(?:[\w.-]{1,40}:)?channel(?=[\s>])", re.IGNORECASE)
_TITLE = re.compile(r"<title>[^<>]{1,1000}</title>", re.IGNORECASE)
# An author of 31 KB keeps feedparser's search for mail addresses busy for 13 seconds.
_LONG_AUTHOR = re.compile(
    r"(<(?:[\w.-]{1,40}:)?(?:author|creator|contributor|managingEditor|webMaster|publisher|name|email)\b[^<>]{0,500}>"
    r"\s{0,20}(?:<!\[CDATA\[)?)([^<\]]{300})[^<\]]+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundedDocument:
    """A document that a parser may be given."""

    text: str
    #: Entries beyond the limit, cut out.
    truncated: int
    #: Why an entry was emptied, by its place in the document.
    emptied: dict[int, str]
    #: What was wrong around the entries.
    malformed: str | None

    def completed(self, feed: RawFeed) -> RawFeed:
        """What a reader found in this document, with what had been cut out and emptied."""
        entries = (self.emptied.get(place, entry) for place, entry in enumerate(feed.entries))
        return replace(
            feed,
            entries=tuple(entries),
            truncated=feed.truncated + self.truncated,
            malformed=self.malformed or feed.malformed,
        )


def unpacked(body: bytes) -> bytes | str:
    """The document, unpacked where it is a gzip file; or why that cannot be done."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    decoder = Decoder(("gzip",), MAX_UNPACKED_BYTES)
    try:
        decoder.feed(body)
        return decoder.finish()
    except OverflowedError:
        return f"is packed and has more than {MAX_UNPACKED_BYTES} bytes"
    except UndecodableError as error:
        return f"is a gzip file that cannot be read: {error}"


def bound_xml(text: str, max_entries: int, entry_names: tuple[str, ...] = ("item", "entry")) -> BoundedDocument:
    """The document without control characters, entities of its own, entries beyond `max_entries` and excessive ones."""
    text = _CONTROL.sub("", without_escapes(_REFERENCE.sub(_checked_reference, text)))
    prolog, text = _without_prolog(text)
    head, entries, tail = _divided(text, entry_names)
    emptied: dict[int, str] = {}
    kept = entries[:max_entries]
    for place in _heaviest(kept):
        emptied[place] = f"one of the entries that together have more than {MAX_WEIGHT} tags"
    emptied |= {place: reason for place, entry in enumerate(kept) if (reason := _excess(entry)) is not None}
    for place in emptied:
        kept[place] = _emptied(kept[place])
    around = _excess(head) or _excess(tail)
    if around is not None:
        head, tail = _bare(head), ""
    malformed = f"{around} around the entries" if around else _wrong_in(prolog)
    text = _LONG_AUTHOR.sub(r"\1\2", "".join((head, *kept, tail)))
    text = _outside_raw_text(text, _without_snares)
    return BoundedDocument(text=text, truncated=len(entries) - len(kept), emptied=emptied, malformed=malformed)


def _without_prolog(text: str) -> tuple[str, str]:
    """What stands before the root, and the rest; what is declared there is for no parser."""
    doctype = _DOCTYPE.search(text, 0, 1_000_000)
    root = _ROOT.search(text, doctype.end() if doctype else 0)
    return (text[: root.start()], text[root.start() :]) if root else ("", _DECLARATION.sub("", text))


def _wrong_in(prolog: str) -> str | None:
    return "declares entities of its own" if "<!ENTITY" in prolog.upper() else None


def _divided(text: str, names: tuple[str, ...]) -> tuple[str, list[str], str]:
    """What stands before the entries, the entries, and what closes the document."""
    name = rf"(?:[\w.-]{{1,40}}:)?(?:{'|'.join(names)})"
    starts = [match.start() for match in re.finditer(rf"<{name}(?=[\s>])", text, re.IGNORECASE)]
    if not starts:
        return text, [], ""
    closing = re.compile(rf"</{name}\s*>", re.IGNORECASE)
    end = max((match.end() for match in closing.finditer(text, starts[-1])), default=len(text))
    edges = [*starts[1:], end]
    entries = [text[start:edge] for start, edge in zip(starts, edges, strict=True)]
    return text[: starts[0]], entries, text[end:]


def _heaviest(entries: list[str]) -> Iterator[int]:
    """Places of the entries with most tags, as many as are too many together."""
    weights = [_weight(_without_raw_text(entry)) for entry in entries]
    together = sum(weights)
    for place in sorted(range(len(entries)), key=weights.__getitem__, reverse=True):
        if together <= MAX_WEIGHT:
            return
        together -= weights[place]
        yield place


def _weight(text: str) -> int:
    return text.count("<") + text.count("&") // 8


def _without_raw_text(text: str) -> str:
    return _RAW_TEXT.sub("", text) if "<![" in text else text


def _excess(text: str) -> str | None:
    """What no honest document has so much of, or None."""
    if text.count("<![") > MAX_SECTIONS:
        return f"more than {MAX_SECTIONS} sections of raw text"
    text = _without_raw_text(text)
    for what, mark, limit in (
        ("comments", "<!--", MAX_COMMENTS),
        ("tags", "<", MAX_TAGS),
        ("references", "&", MAX_REFERENCES),
    ):
        if text.count(mark) > limit:
            return f"more than {limit} {what}"
    return f"a tag with more than {MAX_ATTRIBUTES} attributes" if has_excessive_tag(text) else None


def _emptied(entry: str) -> str:
    opened = _OPENED.match(entry)
    return f"{opened[0]}></{opened[0][1:]}>" if opened else ""


def _bare(head: str) -> str:
    """The root, the channel and the title alone."""
    found = (_ROOT.search(head), _CHANNEL.search(head))
    title = _TITLE.search(head)
    return "".join([*(f"{tag[0]}>" for tag in found if tag), title[0] if title else ""])


def _checked_reference(reference: re.Match[str]) -> str:
    """A reference as written if a document may hold its character: feedparser breaks at those beyond what exists."""
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    code = int(digits, base) if len(digits) <= 7 else 0x110000
    if code < 0x20:
        # Taken out below, and a terminal's commands as a whole.
        return reference[0] if code in {0x9, 0xA, 0xD} else chr(code)
    return "\N{REPLACEMENT CHARACTER}" if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else reference[0]


def _outside_raw_text(text: str, change: Callable[[str], str]) -> str:
    pieces: list[str] = []
    position = 0
    for raw in _RAW_TEXT.finditer(text):
        pieces += (change(text[position : raw.start()]), raw[0])
        position = raw.end()
    return "".join((*pieces, change(text[position:])))


def _without_snares(markup: str) -> str:
    """Markup without what feedparser loses entries or links by."""
    markup = _SHORT_TAG.sub(r"\1 /", _BASE.sub(_checked_base, markup))
    # The words of either are left out.
    return _PICTURE.sub(r"\1template", markup)


def _checked_base(base: re.Match[str]) -> str:
    """A base as written if links can be resolved against it: with one of another kind feedparser loses every link."""
    try:
        target = read_url(urljoin("https://base.example/", unescape(base[1] or base[2] or "")))
    except ValueError:
        return ""
    return "" if isinstance(target, Refusal) else base[0]


def has_excessive_tag(text: str) -> bool:
    """Whether a tag has more attributes than any real one has."""
    for piece in text.split("<"):
        if len(piece) > 2 * MAX_ATTRIBUTES:
            inside = piece.partition(">")[0]
            if len(inside.split(None, MAX_ATTRIBUTES + 1)) > MAX_ATTRIBUTES and not inside.startswith("!"):
                return True
            # A `>` within a quoted value ends nothing; then the whole piece is one tag.
            if piece.count('="') + piece.count("='") > MAX_ATTRIBUTES:
                return True
    return False

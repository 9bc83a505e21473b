"""Turns the fields of one entry, as any format has them, into an `Entry` of plain text and http(s) links.

It trusts no field: markup, control characters and links to anything but the web are taken out, lengths are cut.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urljoin

from services.poller.dates import judge_date
from services.poller.guard import Refusal, read_url
from services.poller.plain_text import clean_line, literal_text, to_plain_line, to_plain_text
from services.poller.raw_feed import RawDate, RawEntry
from stancewire.types import Entry, TimeConfidence

MAX_TITLE = 1_000
MAX_SUMMARY = 20_000
MAX_CONTENT = 200_000
MAX_GUID = 2_000
MAX_AUTHORS = 20
MAX_AUTHOR = 200

# Nearly all links are in this form already, and to take them apart takes longer than to parse the document.
_PLAIN_LINK = re.compile(r"https?://(?:[a-z0-9][a-z0-9-]{0,30}\.){1,4}[a-z]{2,20}/[A-Za-z0-9/._~=&;,:+!$'()*-]{0,500}")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?", re.IGNORECASE)


def to_entry(raw: RawEntry, *, base: str, now: datetime) -> Entry | str:
    """The entry, or why it cannot be used; links are resolved against `base`."""
    title = to_plain_line(raw.title)[:MAX_TITLE]
    whole_summary = to_plain_text(raw.summary)
    # What has no summary of its own comes with the content as one.
    same = raw.content == raw.summary and not raw.content_is_text
    content = (whole_summary if same else clean_content(raw))[:MAX_CONTENT]
    summary = whole_summary[:MAX_SUMMARY]
    link = next((link for link in (web_link(candidate, base) for candidate in raw.links) if link), None)
    if not (title or summary or content):
        return "no words"
    published, confidence = _judge(raw.published or raw.updated, now)
    updated, _ = _judge(raw.updated, now)
    authors = (to_plain_line(author)[:MAX_AUTHOR] for author in raw.authors[:MAX_AUTHORS])
    return Entry(
        guid=clean_line(raw.guid)[:MAX_GUID] or None,
        link=link,
        title=title,
        summary=summary,
        content="" if content == summary else content,
        authors=tuple(dict.fromkeys(author for author in authors if author)),
        published_at=published,
        updated_at=updated,
        time_confidence=confidence,
        language=language_of(raw.language) if raw.language else None,
    )


def clean_content(raw: RawEntry) -> str:
    """The full content as plain text."""
    if not raw.content_is_text:
        return to_plain_text(raw.content)
    return literal_text(raw.content)


def web_link(link: str, base: str) -> str | None:
    """`link` as an absolute http(s) URL, or None."""
    text = link.strip()
    if not text:
        return None
    if is_plain_link(text):
        return text
    try:
        target = read_url(urljoin(base, text))
    except ValueError:
        return None
    return None if isinstance(target, Refusal) else target.url


def is_plain_link(link: str) -> bool:
    """Whether a link is absolute and written as `web_link` gives it."""
    return _PLAIN_LINK.fullmatch(link) is not None and "xn--" not in link


def language_of(tag: str) -> str | None:
    """Primary subtag of a language tag, in lower case.

    >>> language_of("en-GB")
    'en'
    """
    found = _LANGUAGE.fullmatch(tag.strip()[:40])
    return found[1].lower() if found else None


def _judge(date: RawDate | None, now: datetime) -> tuple[datetime | None, TimeConfidence]:
    return (None, "observed") if date is None else judge_date(date.parsed, date.written, now)

"""Reads the times that pages give of their publication, with the offsets they give, and chooses one of them.

A day without a time of day is midnight UTC and says so; nothing here knows what time it is now.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from stancewire.types import FieldSource

EARLIEST = datetime(1994, 1, 1, tzinfo=UTC)
#: How far clocks and offsets may be wrong.
SLACK = timedelta(days=1)

_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_BROWSER = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d{4}) (\d\d:\d\d:\d\d) GMT([+-]\d{4})")
_ISO_LIKE = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)?$", re.IGNORECASE
)
_DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A time as a page gives it."""

    at: datetime
    #: Whether time of day and offset are given.
    is_stated: bool


def choose_date(
    candidates: Iterable[tuple[str, FieldSource]], *, before: datetime
) -> tuple[Moment, FieldSource] | None:
    """The first of `candidates` that is a time between the beginning of the web and `before`, give or take a day."""
    for text, source in candidates:
        moment = parse_date(text)
        if moment is not None and EARLIEST <= moment.at <= before + SLACK:
            return moment, source
    return None


def parse_date(text: str) -> Moment | None:
    """The time that a text says, or None.

    >>> parse_date("2026-11-20T08:00:00+0100").at.isoformat()
    '2026-11-20T08:00:00+01:00'
    >>> parse_date("20.11.2026").is_stated
    False
    """
    text = " ".join(text.split())[:60]
    try:
        return _numbers(text) or _iso(text) or _written(text)
    except (ValueError, OverflowError):
        return None


def _numbers(text: str) -> Moment | None:
    if _EPOCH.fullmatch(text):
        return Moment(at=datetime.fromtimestamp(int(text[:10]), UTC), is_stated=True)
    return None


def _iso(text: str) -> Moment | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        match = _ISO_LIKE.match(text)
        if match is None:
            return None
        offset = (match[3] or "").upper().replace("UTC", "Z").replace("GMT", "Z")
        found = datetime.fromisoformat(f"{match[1]}T{match[2]}{offset}")
    if found.tzinfo is not None:
        return Moment(at=found, is_stated=True)
    return Moment(at=found.replace(tzinfo=UTC), is_stated=False)


def _written(text: str) -> Moment | None:
    match = _BROWSER.match(text)
    if match is not None:
        return Moment(at=datetime.strptime(" ".join(match.groups()), "%b %d %Y %H:%M:%S %z"), is_stated=True)
    match = _DAY_FIRST.search(text)
    if match is not None:
        return Moment(at=datetime(int(match[3]), int(match[2]), int(match[1]), tzinfo=UTC), is_stated=False)
    if text[:3].isalpha() and "," in text[:5]:
        found = parsedate_to_datetime(text)
        return Moment(at=found if found.tzinfo else found.replace(tzinfo=UTC), is_stated=found.tzinfo is not None)
    return None

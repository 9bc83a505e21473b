"""Puts the dates of feeds right: to UTC, within what can be true, and with how far they can be trusted.

It reads no formats of its own: RFC 3339 for JSON Feed, and RFC 5322 where feedparser misses one.
"""

from __future__ import annotations

import re
from calendar import timegm
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import struct_time

from feedparser.datetimes import _parse_date

from services.poller.date_repair import repaired
from services.poller.raw_feed import RawDate
from stancewire.types import TimeConfidence

MAX_WRITTEN = 100
EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)

#: How far ahead of our clock a server's clock may be.
TOLERANCE = timedelta(minutes=15)

#: Zones by name, in minutes from UTC, that feeds use against the standard; names of several zones are left out.
ZONE_MINUTES = {
    "CET": 60,
    "CEST": 120,
    "WEST": 60,
    "BST": 60,
    "EET": 120,
    "EEST": 180,
    "MSK": 180,
    "TRT": 180,
    "PKT": 300,
    "WIB": 420,
    "HKT": 480,
    "JST": 540,
    "KST": 540,
    "AEST": 600,
    "AEDT": 660,
    "NZST": 720,
    "NZDT": 780,
}

_MONTHS = dict(zip("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), range(1, 13), strict=True))
_MAIL_FORM = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d\d?) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:GMT|UTC|UT|Z|([+-])(\d\d):?(\d\d))"
)
_NAMED_ZONE = re.compile(r"\b([A-Z]{3,4})\s*$")
_ZONE = re.compile(
    r"(?:z|gmt|utc?|[ecmp][sd]t|(?:[+-]|\bgmt[+-])\d{2}:?\d{2}|(?:gmt|utc)[+-]\d|[+-]\d{2})\)?\s*$", re.IGNORECASE
)
_LONGEST_ZONE = 12
# Behind a time of day; no place is more than 14 hours from UTC.
_IMPOSSIBLE_ZONE = re.compile(r":\d\d(?:[.]\d+)?\s*(?:GMT|UTC)?[+-](?:1[5-9]|[2-9]\d|\d\d:?[6-9])")
# What is no date, of which feedparser takes the first figures for a year and adds the month of today.
_YEAR_ALONE = re.compile(r"-|\d{4}(?!-?\d\d)")
_DATE_ONLY = re.compile(r"\s*\d{4}-\d{2}-\d{2}\s*$")


def judge_date(parsed: datetime | None, written: str, now: datetime) -> tuple[datetime | None, TimeConfidence]:
    """The date to use and how it is known: `observed` without a date means that only our own clock is left.

    A date of the future beyond `TOLERANCE` is somebody's mistake, and so is one before the web had news.
    """
    if parsed is None or parsed < EARLIEST or parsed > now + TOLERANCE:
        return None, "observed"
    if _DATE_ONLY.match(written) or not (_ZONE.search(written[-_LONGEST_ZONE:]) or has_named_zone(written)):
        return min(parsed, now), "assumed_utc"
    return min(parsed, now), "stated"


def read_date(written: str) -> RawDate | None:
    """A date as RSS and Atom write it, in whatever form; None where there is none.

    >>> read_date("2026-11-23T10:00:00+0530").parsed
    datetime.datetime(2026, 11, 23, 4, 30, tzinfo=datetime.timezone.utc)
    """
    if not written:
        return None
    written = written.strip()[:MAX_WRITTEN]
    if _IMPOSSIBLE_ZONE.search(written):
        return RawDate(written=written, parsed=None)
    parsed = _from_mail_form(written) or from_iso(written) or _from_repaired(written)
    return RawDate(written=written, parsed=parsed or _from_any_form(written) or from_written(written))


def _from_mail_form(written: str) -> datetime | None:
    """As RFC 5322 asks for, which is how nearly all of RSS writes dates."""
    found = _MAIL_FORM.fullmatch(written)
    if found is None:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
    try:
        local = datetime(int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
        return local - timedelta(minutes=int(sign + hours) * 60 + int(sign + minutes)) if sign else local
    except (KeyError, ValueError, OverflowError):
        return None


def _from_repaired(written: str) -> datetime | None:
    # Before feedparser, which takes some of them for others: seconds since 1970 for a year and a month.
    mended = repaired(written)
    return None if mended is None else from_written(mended)


def _from_any_form(written: str) -> datetime | None:
    # Of zones by their names feedparser knows few, and takes the others for UTC.
    if has_named_zone(written) or _YEAR_ALONE.match(written):
        return None
    return from_struct(_parse_date(written))


def from_struct(parsed: struct_time | None) -> datetime | None:
    """A UTC struct_time, as feedparser gives it."""
    if parsed is None:
        return None
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def from_written(written: str) -> datetime | None:
    """A date in the form of mail that feedparser does not read or reads without its zone; else None.

    >>> from_written("Mon, 23 Nov 2026 10:00:00 MSK")
    datetime.datetime(2026, 11, 23, 7, 0, tzinfo=datetime.timezone.utc)
    """
    zone = _NAMED_ZONE.search(written)
    minutes = ZONE_MINUTES.get(zone[1]) if zone else None
    if zone and minutes is not None:
        written = f"{written[: zone.start()]}+{minutes // 60:02}{minutes % 60:02}"
    try:
        moment = parsedate_to_datetime(written)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def has_named_zone(written: str) -> bool:
    """Whether a date ends in a zone that only `from_written` knows."""
    zone = _NAMED_ZONE.search(written)
    return zone is not None and zone[1] in ZONE_MINUTES


def from_iso(written: str) -> datetime | None:
    """A date as Atom and JSON Feed write it (RFC 3339); one without zone counts as UTC."""
    if not written[:4].isdecimal():
        return None
    try:
        moment = datetime.fromisoformat(written[:40])
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None

"""Rewrites dates that are not in any form of the standards into that of mail, keeping the zone that they give.

What could be read in two ways, as 03/04/2026, is left alone; whether a date can be true is judged in `dates`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

_ENGLISH = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
# Beginnings of the months' names in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Turkish,
# Hungarian, Greek, Russian and Ukrainian, as the CLDR has them, cut to what tells each month from all others.
_BEGINNINGS = (
    "jan jän ene gen sty oca ιαν янв січ",
    "feb fév fev lut şub φεβ фев лют",
    "mar mär már mrt maa μαρ мар бер",
    "apr avr abr ápr kwi nis απρ апр кві",
    "may mai mei mag maj máj μαι μάι мая май тра",
    "jun juin jún giu cze haz ιουν ιούν июн чер",
    "jul juil júl lug lip tem ιουλ ιούλ июл лип",
    "aug aoû aou ago sie ağu αυγ αύγ авг сер",
    "sep set sze wrz eyl σεπ сен вер",
    "oct okt ott out paź eki οκτ окт жов",
    "nov lis kas νοε νοέ ноя лис",
    "dec dez déc dic grud gru ara δεκ дек гру",
)
_MONTHS = {start: number for number, starts in enumerate(_BEGINNINGS) for start in starts.split()}
_LENGTHS = (4, 3)

_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_NAMED = re.compile(
    r"(?:[^\W\d]{2,14}[.,]*\s+)?(\d{1,2})[.\s]\s*(?:de\s+)?([^\W\d]{3,14})[.,]*\s+(?:de\s+)?(\d{4})\b,?(.*)"
)
_NAMED_FIRST = re.compile(r"(?:[^\W\d]{2,14},\s*)?([^\W\d]{3,14})[.]?\s+(\d{1,2}),?\s+(\d{4})\b,?(.*)")
_DAY_FIRST = re.compile(r"(\d{1,2})([./])(\d{1,2})\2(\d{4})\b,?(.*)")
# As Hungarian systems write it.
_NAMED_BETWEEN = re.compile(r"(\d{4})[-.]\s?([^\W\d]{3,14})[-.]?\s?(\d{1,2})(?!\d)[.]?(.*)")
_YEAR_FIRST = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})\b(.*)")
_TIME = re.compile(r"(?:T|at|à|um|a las)?\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.]\d+)?)?\s*([AaPp][.]?[Mm][.]?)?\s*(.*)")
_ZONE = re.compile(r"(?:GMT|UTC)?\s*([+-])(\d{1,2})(?::?(\d{2}))?")


def repaired(written: str) -> str | None:
    """The date in the form of mail, or None where it is not one of those that are known to go wrong.

    >>> repaired("lun., 23 nov. 2026 10:00 +01:00")
    '23 Nov 2026 10:00:00 +0100'
    >>> repaired("November 23, 2026 2:05 PM")
    '23 Nov 2026 14:05:00'
    """
    if _EPOCH.fullmatch(written):
        return datetime.fromtimestamp(int(written[:10]), UTC).strftime("%d %b %Y %H:%M:%S +0000")
    if found := _NAMED.fullmatch(written):
        return _written(found[1], _month_of(found[2]), found[3], found[4])
    if found := _NAMED_FIRST.fullmatch(written):
        return _written(found[2], _month_of(found[1]), found[3], found[4])
    if found := _NAMED_BETWEEN.fullmatch(written):
        return _written(found[3], _month_of(found[2]), found[1], found[4])
    if found := _YEAR_FIRST.fullmatch(written):
        return _written(found[3], int(found[2]) - 1, found[1], found[4])
    if found := _DAY_FIRST.fullmatch(written):
        first, second = int(found[1]), int(found[3])
        if found[2] == "." or first > 12:
            return _written(found[1], second - 1, found[4], found[5])
        return _written(found[3], first - 1, found[4], found[5]) if second > 12 else None
    return None


def _month_of(name: str) -> int | None:
    lowered = name.casefold()
    return next((_MONTHS[lowered[:length]] for length in _LENGTHS if lowered[:length] in _MONTHS), None)


def _written(day: str, month: int | None, year: str, rest: str) -> str | None:
    if month is None or not 0 <= month < 12:
        return None
    date = f"{int(day)} {_ENGLISH[month]} {year}"
    time = _TIME.fullmatch(rest.strip())
    if time is None:
        return None if rest.strip() else f"{date} 00:00:00"
    hour = int(time[1])
    if time[4]:
        hour = hour % 12 + (12 if time[4][0] in "Pp" else 0)
    return f"{date} {hour:02}:{time[2]}:{time[3] or '00'} {_zone(time[5])}".rstrip()


def _zone(written: str) -> str:
    found = _ZONE.fullmatch(written.strip())
    return f"{found[1]}{int(found[2]):02}{found[3] or '00'}" if found else written.strip()

"""Times as people write them on a command line: a moment, a while ago, or a stream id.

What lies there is the commands' business.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

from stancewire.errors import UsageError

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_STREAM_ID = re.compile(r"\d+-\d+|0|\$")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])")


def moments(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """Moments in UTC of `--since` and `--until`; raises UsageError."""
    now = time.time()
    began = datetime.fromtimestamp(moment_of(since, now), UTC) if since else None
    ended = datetime.fromtimestamp(moment_of(until, now, "--until"), UTC) if until else None
    if began is not None and ended is not None and began >= ended:
        raise UsageError(f"--since {since} is not before --until {until}", "a duration such as 2d means so long ago")
    return began, ended


def read_since(written: str, now: float) -> str:
    """The stream id after which reading begins; raises UsageError. `now` is in seconds since 1970.

    >>> read_since("1700000000000-3", 0)
    '1700000000000-3'
    >>> read_since("90s", 1700000090)
    '1699999999999-18446744073709551615'
    """
    text = written.strip()
    if _STREAM_ID.fullmatch(text):
        return text
    from stancewire.client.steps import before  # noqa: PLC0415

    return before(datetime.fromtimestamp(moment_of(text, now), UTC))


def moment_of(written: str, now: float, option: str = "--since") -> float:
    """Seconds since 1970 of a time, or of a while before `now`; raises UsageError that names the option.

    >>> moment_of("2m", 1000.0), moment_of("99999999w", 1000.0)
    (880.0, 0.0)
    """
    text = written.strip()
    if duration := _DURATION.fullmatch(text):
        return max(now - float(duration[1]) * _UNITS[duration[2]], 0.0)
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        hint = "Write 2h, 30m or 1d; 2026-01-31 or 2026-01-31T08:00; tail also takes a stream id."
        raise UsageError(f"{option} {written!r} is no time and no duration", hint) from None

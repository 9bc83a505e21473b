"""What came of one poll, in counts, and as the fields of a line in the log.

It decides nothing and logs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from services.poller.conduct import server_standing
from services.poller.handing import HandedOver
from services.poller.recognition import Decided
from stancewire.types import AlarmChange, FeedState, FetchFailed, New, ParsedFeed, Reappeared, Revised, Seen

_COUNTS = (
    "entries",
    "new",
    "revised",
    "seen",
    "reappeared",
    "vanished",
    "too_old",
    "skipped",
    "truncated",
    "accepted",
    "pages",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """What came of one poll."""

    outcome: Literal["polled", "unchanged", "delivered", "failed", "stopped"]
    #: As saved; None where the poll was stopped before its end, so that the next one takes up the rest, and for what a
    #: hub delivered, which says nothing of the feed's own server.
    state: FeedState | None
    failure: FetchFailed | None = None
    entries: int = 0
    new: int = 0
    revised: int = 0
    seen: int = 0
    reappeared: int = 0
    vanished: int = 0
    too_old: int = 0
    #: Entries that could not be used.
    skipped: int = 0
    truncated: int = 0
    accepted: int = 0
    pages: int = 0
    malformed: str | None = None
    #: Alarms of the feed's ledger that this poll raised or ended.
    alarms: tuple[AlarmChange, ...] = ()


def report_of(
    decided: Decided,
    parsed: ParsedFeed,
    *,
    wanted: Sequence[int],
    fresh: Sequence[int],
    handed: HandedOver,
    alarms: tuple[AlarmChange, ...],
) -> PollReport:
    """What came of a document; `wanted` are the places of what is new or revised, `fresh` those not too old."""
    taken = [decided.decisions[place] for place in fresh]
    done: Literal["delivered", "polled"] = "delivered" if decided.is_delivery else "polled"
    return PollReport(
        outcome=done if handed.is_complete else "stopped",
        state=handed.state,
        entries=len(parsed.entries),
        new=sum(isinstance(each, New) for each in taken),
        revised=sum(isinstance(each, Revised) for each in taken),
        seen=sum(isinstance(each, Seen) for each in decided.decisions),
        reappeared=sum(isinstance(each, Reappeared) for each in decided.decisions),
        vanished=handed.vanished,
        too_old=len(wanted) - len(fresh),
        skipped=len(parsed.skips),
        truncated=parsed.truncated,
        accepted=handed.accepted,
        pages=handed.pages,
        malformed=parsed.malformed,
        alarms=alarms if handed.is_complete else (),
    )


def log_fields(report: PollReport) -> dict[str, object]:
    """The report for the log: what is not zero, and what was accepted."""
    fields: dict[str, object] = {"outcome": report.outcome}
    if report.failure is not None:
        fields |= {"error": report.failure.kind, "detail": report.failure.detail, "url": report.failure.url}
    counts = {name: getattr(report, name) for name in _COUNTS}
    fields |= {name: count for name, count in counts.items() if count or name == "accepted"}
    if report.state is not None and (standing := server_standing(report.state)).kind != "well":
        fields["standing"] = standing.words
    if report.malformed is not None:
        fields["malformed"] = report.malformed
    return fields

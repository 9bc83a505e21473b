"""What a feed's server is asked, and what its answers say of the feed: moved, gone, or false in its validators.

Pure. When it is asked is the schedule's matter, and what is in a document the parser's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from stancewire.types import Feed, FeedState, FetchFailed, Move, Validators

#: Polls in a row, over at least this time, that must be sent to the same address for good before it is adopted.
MOVES_IN_A_ROW = 3
MOVED_FOR = timedelta(days=1)

#: Failures in a row after which an adopted address is given up for the one in the list.
FAILURES_AFTER_MOVE = 3

#: Seconds without a document after which validators are tried: at first, at the least and at the most.
FIRST_PROBE = 86_400.0
SHORTEST_PROBE = 3_600.0
LONGEST_PROBE = 30 * 86_400.0

#: What a cache on the way may be behind without a server's validators being false.
_CACHES_BEHIND = timedelta(hours=1)

_GONE = frozenset({404, 410})

ServerStandingKind = Literal["new", "well", "moved", "misleading", "held", "forbidden", "failing", "retired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerStanding:
    """How a feed stands with its server, in one word and in a sentence with the next step."""

    kind: ServerStandingKind
    words: str


def as_listed(feed: Feed, state: FeedState) -> FeedState:
    """`state`, or where the list has another address by now, one that begins anew but for the rhythm."""
    if state.url == feed.url:
        return state
    if state.url is None:
        return replace(state, url=feed.url)
    return FeedState(feed_id=feed.id, url=feed.url, arrivals=state.arrivals)


def address_of(feed: Feed, state: FeedState) -> str:
    """The address to ask."""
    return state.moved_to if state.moved_to is not None and state.url in {None, feed.url} else feed.url


def validators_to_send(state: FeedState, now: datetime) -> Validators:
    """Those of the last document, or none where it is time to see whether they can be trusted."""
    known = state.document_at or state.last_success_at
    probe_after = FIRST_PROBE if state.probe_after is None else state.probe_after
    if known is not None and (now - known).total_seconds() >= probe_after:
        return Validators()
    return state.validators


def after_document(
    state: FeedState, now: datetime, *, sent: Validators, given: Validators, new: Sequence[datetime]
) -> FeedState:
    """What a whole document says of the validators; `new` are the times of its new entries.

    Asked for in spite of validators it proves them false where there is something new under the same ones, or something
    older than the last answer that nothing had changed. False ones are tried often, and ever more seldom while true.
    """
    kept = replace(state, validators=given, document_at=now)
    if state.validators == Validators() or sent != Validators():
        return kept
    unchanged_at = state.last_success_at
    was_hidden = unchanged_at is not None and any(each < unchanged_at - _CACHES_BEHIND for each in new)
    if new and (given == state.validators or was_hidden):
        return replace(kept, probe_after=SHORTEST_PROBE, false_unchanged=state.false_unchanged + 1)
    return replace(kept, probe_after=_longer(state))


def _longer(state: FeedState) -> float:
    return min(2 * (state.probe_after or FIRST_PROBE), LONGEST_PROBE)


def after_move(feed: Feed, state: FeedState, now: datetime, moved_to: str | None) -> FeedState:
    """What it says that all redirects of an answer were permanent and led to `moved_to`; None: they were not.

    The address is adopted when enough polls in a row say the same over long enough; a single wrong answer, as networks
    with a login page give, moves nothing. Nor does anything lead from an encrypted address to an open one.
    """
    address = address_of(feed, state)
    is_open = address.startswith("https:") and (moved_to or "").startswith("http:")
    if moved_to is None or moved_to == address or is_open:
        return replace(state, move=None)
    before = state.move if state.move is not None and state.move.to == moved_to else None
    move = Move(to=moved_to, since=before.since if before else now, times=before.times + 1 if before else 1)
    if move.times < MOVES_IN_A_ROW or now - move.since < MOVED_FOR:
        return replace(state, move=move)
    return replace(state, move=None, moved_to=None if moved_to == feed.url else moved_to)


def after_no_answer(state: FeedState, now: datetime, failure: FetchFailed) -> FeedState:
    """What a failure says about the feed; `state` counts it already.

    An adopted address that fails is given up for the one in the list before the feed counts as gone.
    """
    state = replace(state, move=None)
    if failure.status == 304:
        # It does not even heed that nothing was asked about, so that asking without validators shows nothing.
        return replace(state, probe_after=_longer(state))
    if state.moved_to is not None and (failure.status in _GONE or state.failures >= FAILURES_AFTER_MOVE):
        return replace(state, moved_to=None, validators=Validators(), failures=0)
    if failure.status == 410:
        return replace(state, retired_at=state.retired_at or now)
    return state


def server_standing(state: FeedState | None) -> ServerStanding:
    """How a feed stands with its server, for people."""
    if state is None or state.last_polled_at is None:
        return ServerStanding(kind="new", words="not polled yet")
    again = f"asked again {_at(state.next_poll_at)}"
    error = state.last_error or ""
    if state.retired_at is not None:
        words = f"retired: its server says since {_at(state.retired_at)} that it is gone for good (410); {again}"
        return ServerStanding(kind="retired", words=f"{words}. Give it its new address, or take it out of the list")
    if error.startswith("robots: "):
        return ServerStanding(kind="forbidden", words=f"not read, as {error.removeprefix('robots: ')}; {again}")
    if error.startswith("held: "):
        return ServerStanding(kind="held", words=f"left alone, as {error.removeprefix('held: ')}; {again}")
    if state.failures:
        times = "failed" if state.failures == 1 else f"failed {state.failures} times in a row"
        # The kind of an error is a name for programs: `http_status`.
        kind, colon, detail = (error or "without a reason on record").partition(":")
        return ServerStanding(kind="failing", words=f"{times}: {kind.replace('_', ' ')}{colon}{detail}; {again}")
    return _standing_of_read(state, again)


def _standing_of_read(state: FeedState, again: str) -> ServerStanding:
    if state.moved_to is not None:
        return ServerStanding(
            kind="moved", words=f"moved for good to {state.moved_to}: put that into the list; {again}"
        )
    if state.false_unchanged:
        words = f"its server said {state.false_unchanged} times that nothing had changed though something had"
        return ServerStanding(kind="misleading", words=f"{words}, so it is asked for everything now and then; {again}")
    return ServerStanding(kind="well", words=f"read {_at(state.last_success_at)}; {again}")


def _at(moment: datetime | None) -> str:
    return "at once" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"

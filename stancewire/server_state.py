"""How the server is, as the outcomes of what is asked of it show, and when that changes: one change, one line to tell.

It asks nothing itself, and does not decide what waits for the server; the clock is given to it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from stancewire.errors import StoreError, Trouble

#: What worked: a question, a write that changes nothing (`Upkeep.probe`), or something that was really saved.
Proof: TypeAlias = Literal["reading", "probing", "saving"]

#: Each trouble in words, as the log's event.
EVENTS: Mapping[Trouble, str] = MappingProxyType(
    {
        "away": "server away",
        "loading": "server loading",
        "full": "server full",
        "disk": "server cannot write to its disk",
        "replica": "server is a read-only replica",
        "unreplicated": "server lacks replicas",
        "denied": "server denies access",
        "unfit": "server will not do",
        "forgetful": "server forgot what it had taken in",
        "refused": "server refuses a command",
    }
)
BACK = "server back"

_NO_ANSWER: frozenset[Trouble] = frozenset({"away", "loading"})
#: Troubles that are over when something of a kind worked: a full server answers questions, and one that takes a write
#: may go on refusing a single command.
_ENDED_BY: Mapping[Proof, frozenset[Trouble]] = MappingProxyType(
    {
        "reading": _NO_ANSWER,
        "probing": _NO_ANSWER | {"full", "disk", "replica", "unreplicated", "denied"},
        "saving": frozenset(EVENTS),
    }
)
#: Those that pass only when somebody does something.
_FOR_SOMEBODY: frozenset[Trouble] = frozenset({"full", "disk", "denied", "unfit"})
#: Those that keep nobody from trying to save something.
_MAY_TRY: frozenset[Trouble | None] = frozenset({None, "forgetful", "refused"})
#: Troubles of which another cause is news; of one that is away each attempt may say something else.
_TOLD_BY_CAUSE: frozenset[Trouble] = frozenset({"denied", "unfit", "refused"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerState:
    """How the server is."""

    #: None: well.
    trouble: Trouble | None = None
    cause: str = ""
    hint: str = ""
    #: When this trouble began, or the last one ended, and when the server was last well; on the clock of the watch.
    since: float = float("-inf")
    ill_since: float = float("-inf")

    @property
    def takes_writes(self) -> bool:
        """Whether it makes sense to save something: the server is well, or refused what may do next time."""
        return self.trouble in _MAY_TRY

    @property
    def words(self) -> str:
        """The trouble in words; `server well` where there is none."""
        return EVENTS[self.trouble] if self.trouble else "server well"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerChange:
    """The state changed."""

    before: ServerState
    after: ServerState

    @property
    def event(self) -> str:
        """What happened, in words."""
        return self.after.words if self.after.trouble else BACK

    @property
    def level(self) -> Literal["info", "warning", "error"]:
        """How loudly it is to be told."""
        if self.after.trouble is None:
            return "info"
        return "error" if self.after.trouble in _FOR_SOMEBODY else "warning"

    @property
    def fields(self) -> Mapping[str, str | float]:
        """What to tell besides: cause and next step of a trouble, and for how long the server has not been well."""
        cause = {"cause": self.after.cause, "hint": self.after.hint} if self.after.trouble else {}
        if self.before.trouble is None:
            return cause
        return {**cause, "before": self.before.words, "seconds": round(self.after.since - self.before.ill_since, 1)}


class ServerWatch:
    """Keeps the state; may be told outcomes on any thread.

    `asked_at` is when the outcome's question was put: an answer to an older question says nothing of what began since.
    """

    def __init__(self, *, monotonic: Callable[[], float], tell: Callable[[ServerChange], None]) -> None:
        self._monotonic = monotonic
        self._tell = tell
        self._lock = threading.Lock()
        self._state = ServerState()

    @property
    def state(self) -> ServerState:
        """How the server is."""
        return self._state

    def ill_for_s(self) -> float:
        """Seconds that the server has not been well; 0 where it is."""
        state = self._state
        return self._monotonic() - state.ill_since if state.trouble else 0.0

    def failed(self, error: StoreError, asked_at: float) -> None:
        """Note that the server could not be used."""
        with self._lock:
            state = self._state
            is_known = state.trouble == error.trouble and (
                state.trouble not in _TOLD_BY_CAUSE or state.cause == error.message
            )
            # Whether the server was there is news only while it is fresh; what it did with a poll is news at its end.
            is_stale = asked_at < state.since and error.trouble not in _MAY_TRY
            if is_known or is_stale:
                return
            change = self._change(trouble=error.trouble, cause=error.message, hint=error.hint)
        self._tell(change)

    def worked(self, proof: Proof, asked_at: float) -> None:
        """Note that something worked."""
        with self._lock:
            state = self._state
            if state.trouble is None or state.trouble not in _ENDED_BY[proof] or asked_at < state.since:
                return
            change = self._change(trouble=None)
        self._tell(change)

    def _change(self, *, trouble: Trouble | None, cause: str = "", hint: str = "") -> ServerChange:
        before, now = self._state, self._monotonic()
        self._state = ServerState(
            trouble=trouble, cause=cause, hint=hint, since=now, ill_since=before.ill_since if before.trouble else now
        )
        return ServerChange(before=before, after=self._state)

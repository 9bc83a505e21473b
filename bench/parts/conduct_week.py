"""What came of a simulated week of polling, and what a rule found in it.

How the week was played and what the rules are stands elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bench.parts.conduct_server import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What came of a week."""

    seen: Sequence[Seen]
    #: Connections to addresses that nobody may be sent to.
    trapped: int
    restarts: Sequence[datetime]
    #: Documents whose poll was cut off before all of their entries were accepted, by host and time.
    cut: frozenset[tuple[str, datetime]]
    #: Titles of the entries accepted, each as often as it was.
    accepted: Sequence[str]
    #: Feeds that are not simply read, by host, in words.
    said: Mapping[str, str]

    def feed_requests(self, host: str) -> list[Seen]:
        """Requests for the feed of a host, in order."""
        return [each for each in self.seen if each.host == host and each.path == "/feed"]

    def requests(self, host: str) -> list[Seen]:
        """All requests to a host, in order."""
        return [each for each in self.seen if each.host == host]


@dataclass(slots=True)
class Finding:
    """How often a rule was looked at, and where it was broken."""

    rule: str
    looked_at: int = 0
    violations: list[str] = field(default_factory=list)

    def look(self, is_kept: bool, seen: Seen, what: str) -> None:
        """Count one look."""
        self.looked_at += 1
        if not is_kept:
            self.violations.append(f"{seen.host}{seen.path} on {seen.at:%a %H:%M:%S}: {what}")

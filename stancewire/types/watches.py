"""Standing questions: filters with a name, what calls a webhook where their matches are told, and how that stands.

Times are aware datetimes in UTC. What is to be told is decided in `stancewire.watching`, when it is tried again in
`services.webhooks.delivery`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from stancewire.types.filters import Filter


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Where the matches of a watch are sent to."""

    url: str = field(repr=False)
    #: Holds the keys that they are signed with, one a line.
    secret_file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A filter with a name, whose matches have a stream and a channel of their own."""

    #: Of `[a-z0-9-]`, unique.
    name: str
    description: str = ""
    wanted: Filter
    webhook: Webhook | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchEntry:
    """An entry of a watch's stream, as it is to be sent."""

    stream_id: str
    #: Names and values as on the stream; none where the entry was taken off before it was read.
    fields: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookStanding:
    """How the deliveries of a watch stand."""

    watch: str
    delivered_at: datetime | None = None
    #: The entry that was sent in vain, in how many attempts, since when, when the next one may begin, and why.
    stream_id: str | None = None
    attempts: int = 0
    failing_since: datetime | None = None
    next_at: datetime | None = None
    error: str = ""
    #: When the receiver said that it is gone for good (410); nothing is sent until the next start.
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchFigures:
    """What a store knows of a watch, by its name."""

    #: Entries that its stream holds.
    entries: int
    #: Entries that consumer groups have not read or not acknowledged, by group; without those it is not known of.
    waiting: Mapping[str, int]
    #: Since the beginning: entries put on its stream; sent and taken; attempts in vain; entries given up.
    matched: int = 0
    delivered: int = 0
    failed: int = 0
    given_up: int = 0
    standing: WebhookStanding | None = None

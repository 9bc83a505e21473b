"""What is agreed with a hub that tells of a feed's new entries, one type for each state of the agreement.

    Wanted ─▶ Asked ─▶ Active ─▶ Renewing ─▶ Active      any of them ─▶ Dropped, for a while

Times are aware datetimes in UTC. What leads from one state to the next is decided in `services.websub.subscription`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Where a document says that it can be subscribed to."""

    hub: str
    #: The document's own address by its own word, which hubs know it by.
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The hub is to be asked."""

    feed_id: str
    offer: Offer
    ask_at: datetime
    #: Requests that came to nothing before.
    tries: int = 0
    state: Literal["wanted"] = "wanted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The hub was asked, and has not yet made sure that it was us."""

    feed_id: str
    offer: Offer
    #: The setting at that time: first part of the address that the hub calls.
    callback_url: str
    #: Last part of that address, which nobody else can guess.
    token: str
    #: Key of the hub's signatures.
    secret: str
    asked_at: datetime
    tries: int
    state: Literal["asked"] = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Active:
    """The hub delivers until the lease ends."""

    feed_id: str
    offer: Offer
    callback_url: str
    token: str
    secret: str
    lease_until: datetime
    #: When the hub is asked for another lease.
    renew_at: datetime
    delivered_at: datetime | None = None
    #: The first poll since the subscription began; from then on polls should find nothing that was not delivered.
    checked_at: datetime | None = None
    #: Polls that found new entries since the hub last delivered.
    missed: int = 0
    state: Literal["active"] = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewing:
    """The hub delivers, and was asked for another lease, at another address with another key."""

    active: Active
    token: str
    secret: str
    asked_at: datetime
    state: Literal["renewing"] = "renewing"

    @property
    def feed_id(self) -> str:
        """The feed's name."""
        return self.active.feed_id

    @property
    def offer(self) -> Offer:
        """What is subscribed to."""
        return self.active.offer

    @property
    def callback_url(self) -> str:
        """First part of the address that the hub calls, for both leases."""
        return self.active.callback_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """The hub is left alone for a while, and the feed is polled as one without a hub."""

    feed_id: str
    offer: Offer
    #: Where the hub was to call; at another address it is given another chance.
    callback_url: str
    #: One line for people.
    reason: str
    until: datetime
    state: Literal["dropped"] = "dropped"


Subscription = Wanted | Asked | Active | Renewing | Dropped

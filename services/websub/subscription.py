"""Decides what becomes of a subscription: by what hubs say, by what polls find, and as time passes.

Pure: time, tokens and secrets are arguments, and nothing is asked, saved or logged.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from config.redaction import masked
from stancewire.types import Active, Asked, Dropped, Offer, Renewing, Subscription, Wanted

#: How long a hub may take to make sure of a request.
PATIENCE = timedelta(minutes=15)
#: Wait after a request that came to nothing; it doubles with each.
RETRY_AFTER = timedelta(minutes=5)
MAX_TRIES = 4
#: Longest lease that is believed.
MAX_LEASE = timedelta(days=30)
#: Part of a lease after which another is asked for.
RENEW_AFTER = 0.75
#: Least time between two requests for one subscription, whatever lease a hub gives.
LEAST_RENEWAL = timedelta(minutes=1)
#: Polls in a row that may find new entries which the hub has not delivered.
MAX_MISSED = 3
#: How long a hub is left alone that is silent or denies, and one at which requests came to nothing.
DROPPED_FOR, UNREACHED_FOR = timedelta(days=7), timedelta(days=1)


def discovered(current: Subscription | None, feed_id: str, offer: Offer, now: datetime) -> Subscription:
    """After a document made an offer: a hub or topic other than before is another subscription."""
    if current is not None and current.offer == offer:
        return current
    return Wanted(feed_id=feed_id, offer=offer, ask_at=now)


def resumed(current: Subscription, callback_url: str, now: datetime) -> Subscription:
    """As read from the store: hubs that call another address than the one set now are asked anew."""
    if isinstance(current, Wanted) or current.callback_url == callback_url:
        return current
    return Wanted(feed_id=current.feed_id, offer=current.offer, ask_at=now)


def passed(current: Subscription, now: datetime) -> Subscription | None:
    """As time alone has made it; None where nothing is left to remember."""
    match current:
        case Asked() if now >= current.asked_at + PATIENCE:
            return failed(current, "the hub did not ask back", now)
        case Active() if now >= current.lease_until:
            return Wanted(feed_id=current.feed_id, offer=current.offer, ask_at=now)
        case Renewing() if now >= current.active.lease_until:
            return Asked(
                feed_id=current.feed_id,
                offer=current.offer,
                callback_url=current.callback_url,
                token=current.token,
                secret=current.secret,
                asked_at=current.asked_at,
                tries=0,
            )
        case Renewing() if now >= current.asked_at + PATIENCE:
            return failed(current, "the hub did not ask back", now)
        case Dropped() if now >= current.until:
            return None
    return current


def due(current: Subscription, now: datetime) -> Wanted | Active | None:
    """The subscription, where its hub is to be asked now."""
    match current:
        case Wanted() if now >= current.ask_at:
            return current
        case Active() if now >= current.renew_at:
            return current
    return None


def ask(current: Wanted | Active, now: datetime, *, callback_url: str, token: str, secret: str) -> Asked | Renewing:
    """As it is while the hub is asked; `token` and `secret` are new ones."""
    if isinstance(current, Active):
        return Renewing(active=current, token=token, secret=secret, asked_at=now)
    return Asked(
        feed_id=current.feed_id,
        offer=current.offer,
        callback_url=callback_url,
        token=token,
        secret=secret,
        asked_at=now,
        tries=current.tries,
    )


def failed(
    current: Asked | Renewing, reason: str, now: datetime, retry_after: float | None = None
) -> Wanted | Active | Dropped:
    """After a request came to nothing: tried again later, and given up after some times.

    `retry_after` is the least wait in seconds that the hub asked for.
    """
    least = timedelta(seconds=retry_after or 0)
    if isinstance(current, Renewing):
        left = current.active.lease_until - now
        return replace(current.active, renew_at=now + max(left / 4, LEAST_RENEWAL, least))
    tries = current.tries + 1
    if tries >= MAX_TRIES:
        return _drop(current, reason, now + UNREACHED_FOR)
    wait = max(RETRY_AFTER * 2 ** (tries - 1), least)
    return Wanted(feed_id=current.feed_id, offer=current.offer, ask_at=now + wait, tries=tries)


def verified(current: Subscription, token: str, topic: str, lease: timedelta, now: datetime) -> Subscription | None:
    """After the hub asked whether we asked; None where we did not, or for another topic."""
    if current.offer.topic != topic:
        return None
    match current:
        case Asked(token=asked) if asked == token:
            new = Active(
                feed_id=current.feed_id,
                offer=current.offer,
                callback_url=current.callback_url,
                token=token,
                secret=current.secret,
                lease_until=now,
                renew_at=now,
            )
            return _leased(new, lease, now)
        case Renewing(token=asked) if asked == token:
            return _leased(replace(current.active, token=token, secret=current.secret), lease, now)
        # Hubs may make sure again, of what runs already.
        case Active(token=running) if running == token:
            return _leased(current, lease, now)
        case Renewing(active=Active(token=running)) if running == token:
            return replace(current, active=_leased(current.active, lease, now))
    return None


def denied(current: Subscription, token: str, topic: str, reason: str, now: datetime) -> Dropped | None:
    """After the hub said that it will not deliver; None where it is not for this hub to say."""
    if isinstance(current, Wanted) or topic != current.offer.topic or token not in tokens(current):
        return None
    # It may quote the address that nobody else is to know.
    reason = masked(reason, tokens(current))
    return _drop(current, f"the hub denies it: {reason}" if reason else "the hub denies it", now + DROPPED_FOR)


def tokens(current: Subscription) -> tuple[str, ...]:
    """Last parts of the addresses at which the hub may call."""
    match current:
        case Asked() | Active():
            return (current.token,)
        case Renewing():
            return current.token, current.active.token
    return ()


def secret_for(current: Subscription, token: str, now: datetime) -> str | None:
    """The key that a delivery to `token` is to be signed with; None where there is no lease, or another address."""
    active = _active(current)
    return active.secret if active is not None and active.token == token and now < active.lease_until else None


def delivered(current: Subscription, now: datetime) -> Subscription:
    """After a delivery that was signed and could be read."""
    active = _active(current)
    return current if active is None else _with_active(current, replace(active, delivered_at=now, missed=0))


def polled(current: Subscription, new: int, now: datetime) -> Subscription:
    """After a poll that found `new` entries the hub had not delivered; a hub that stays silent is dropped."""
    active = _active(current)
    if active is None:
        return current
    if active.checked_at is None:
        # What came out before the subscription began is nothing the hub had to deliver.
        return _with_active(current, replace(active, checked_at=now))
    if not new:
        return current
    missed = active.missed + 1
    if missed >= MAX_MISSED:
        return _drop(active, f"the hub was silent while {missed} polls found new entries", now + DROPPED_FOR)
    return _with_active(current, replace(active, missed=missed))


def polling_interval(current: Subscription | None, usual: float, slow: float, now: datetime) -> float:
    """Seconds to the next poll of a feed: `slow` where a hub delivers, and not beyond its lease.

    A hub that has missed entries is watched at the usual pace.
    """
    active = None if current is None else _active(current)
    if active is None or active.missed or active.checked_at is None:
        return usual
    return max(usual, min(slow, (active.lease_until - now).total_seconds()))


def told(current: Subscription) -> str:
    """One line for people."""
    hub = current.offer.hub
    match current:
        case Wanted():
            again = f" again, after {current.tries} requests that came to nothing" if current.tries else ""
            return f"to be asked{again}: {hub}"
        case Asked():
            return f"asked, not confirmed yet: {hub}"
        case Active() | Renewing():
            active = current.active if isinstance(current, Renewing) else current
            last = f"last at {active.delivered_at:%Y-%m-%d %H:%M} UTC" if active.delivered_at else "nothing yet"
            return f"delivers ({last}), lease until {active.lease_until:%Y-%m-%d %H:%M} UTC: {hub}"
        case Dropped():
            return f"left alone until {current.until:%Y-%m-%d} because {current.reason}: {hub}"


def _active(current: Subscription) -> Active | None:
    match current:
        case Active():
            return current
        case Renewing():
            return current.active
    return None


def _with_active(current: Subscription, active: Active) -> Subscription:
    return replace(current, active=active) if isinstance(current, Renewing) else active


def _leased(active: Active, lease: timedelta, now: datetime) -> Active:
    held = min(lease, MAX_LEASE)
    return replace(active, lease_until=now + held, renew_at=now + max(held * RENEW_AFTER, LEAST_RENEWAL))


def _drop(current: Asked | Active | Renewing | Dropped, reason: str, until: datetime) -> Dropped:
    return Dropped(
        feed_id=current.feed_id,
        offer=current.offer,
        callback_url=current.callback_url,
        reason=reason[:300],
        until=until,
    )

"""What becomes of a subscription, told without hubs, network or clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.websub import subscription as decide
from stancewire import codec
from stancewire.types import Active, Asked, Dropped, Offer, Renewing, Subscription, Wanted

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OFFER = Offer(hub="https://hub.example/", topic="https://news.example/feed")
OTHER = Offer(hub="https://other.example/", topic="https://news.example/feed")
HERE = "https://us.example/hubs"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

WANTED = Wanted(feed_id="world", offer=OFFER, ask_at=NOW)
ASKED = Asked(feed_id="world", offer=OFFER, callback_url=HERE, token="t1", secret="s1", asked_at=NOW, tries=0)
ACTIVE = Active(
    feed_id="world",
    offer=OFFER,
    callback_url=HERE,
    token="t1",
    secret="s1",
    lease_until=NOW + 10 * DAY,
    renew_at=NOW + 7.5 * DAY,
)
RENEWING = Renewing(active=ACTIVE, token="t2", secret="s2", asked_at=NOW)
DROPPED = Dropped(feed_id="world", offer=OFFER, callback_url=HERE, reason="for a reason", until=NOW + 7 * DAY)
ALL: tuple[Subscription, ...] = (WANTED, ASKED, ACTIVE, RENEWING, DROPPED)


def confirmed(current: Subscription, token: str, lease: timedelta = DAY, topic: str = OFFER.topic) -> Subscription:
    new = decide.verified(current, token, topic, lease, NOW)
    assert new is not None
    return new


@pytest.mark.parametrize("current", ALL, ids=lambda current: current.state)
def test_an_offer_as_before_changes_nothing_and_another_is_wanted(current: Subscription) -> None:
    assert decide.discovered(current, "world", OFFER, NOW) == current
    assert decide.discovered(current, "world", OTHER, NOW) == replace(WANTED, offer=OTHER)
    assert decide.discovered(None, "world", OFFER, NOW) == WANTED


def test_what_is_wanted_is_asked_for_when_it_is_due() -> None:
    later = replace(WANTED, ask_at=NOW + HOUR)

    assert decide.due(WANTED, NOW) == WANTED
    assert decide.due(later, NOW) is None
    assert decide.ask(WANTED, NOW, callback_url=HERE, token="t1", secret="s1") == ASKED


def test_a_hub_that_asks_back_begins_the_lease() -> None:
    active = confirmed(ASKED, "t1", 10 * DAY)

    assert active == ACTIVE
    assert decide.secret_for(active, "t1", NOW) == "s1"
    assert decide.secret_for(active, "t1", NOW + 10 * DAY) is None
    assert decide.secret_for(active, "t2", NOW) is None


@pytest.mark.parametrize("current", ALL, ids=lambda current: current.state)
def test_nobody_confirms_with_another_topic_or_address(current: Subscription) -> None:
    assert decide.verified(current, "t1", "https://news.example/other", DAY, NOW) is None
    assert decide.verified(current, "guessed", OFFER.topic, DAY, NOW) is None
    assert decide.denied(current, "t1", "https://news.example/other", "", NOW) is None
    assert decide.denied(current, "guessed", OFFER.topic, "", NOW) is None


def test_a_lease_is_renewed_before_it_ends_and_runs_on_meanwhile() -> None:
    assert decide.due(ACTIVE, NOW + 7 * DAY) is None
    assert decide.due(ACTIVE, NOW + 8 * DAY) == ACTIVE
    renewing = decide.ask(ACTIVE, NOW, callback_url=HERE, token="t2", secret="s2")
    assert renewing == RENEWING
    assert decide.secret_for(renewing, "t1", NOW) == "s1"
    # Before the hub has confirmed it, what comes to the new address is not believed.
    assert decide.secret_for(renewing, "t2", NOW) is None

    renewed = confirmed(renewing, "t2")

    assert isinstance(renewed, Active)
    assert (renewed.token, renewed.secret, renewed.lease_until) == ("t2", "s2", NOW + DAY)
    assert decide.secret_for(renewed, "t1", NOW) is None


def test_a_hub_may_make_sure_again() -> None:
    again = confirmed(ACTIVE, "t1", 2 * DAY)
    meanwhile = confirmed(RENEWING, "t1", 2 * DAY)

    assert isinstance(again, Active)
    assert again.lease_until == NOW + 2 * DAY
    assert isinstance(meanwhile, Renewing)
    assert meanwhile.active == again


def test_a_lease_is_believed_for_a_month_at_most_and_renewed_once_a_minute_at_most() -> None:
    long, short = confirmed(ASKED, "t1", 3_650 * DAY), confirmed(ASKED, "t1", timedelta(seconds=1))

    assert isinstance(long, Active)
    assert long.lease_until == NOW + 30 * DAY
    assert isinstance(short, Active)
    assert (short.lease_until, short.renew_at) == (NOW + timedelta(seconds=1), NOW + MINUTE)


def test_an_ended_lease_is_asked_for_anew() -> None:
    end = ACTIVE.lease_until

    assert decide.passed(ACTIVE, end - MINUTE) == ACTIVE
    assert decide.passed(ACTIVE, end) == replace(WANTED, ask_at=end)
    late = replace(RENEWING, asked_at=end - MINUTE)
    assert decide.passed(late, end) == replace(ASKED, token="t2", secret="s2", asked_at=end - MINUTE)


def test_a_request_that_came_to_nothing_is_repeated_ever_later_and_given_up() -> None:
    current: Subscription = ASKED
    waits = []
    while isinstance(current, Asked):
        current = decide.failed(current, "http_status: 500", NOW)
        if isinstance(current, Wanted):
            waits.append(current.ask_at - NOW)
            asked = decide.ask(current, NOW, callback_url=HERE, token="t1", secret="s1")
            assert isinstance(asked, Asked)
            current = asked

    assert waits == [5 * MINUTE, 10 * MINUTE, 20 * MINUTE]
    assert isinstance(current, Dropped)
    assert (current.reason, current.until) == ("http_status: 500", NOW + DAY)


def test_a_hub_that_asks_for_time_is_given_it() -> None:
    later = decide.failed(ASKED, "http_status: 429", NOW, 7_200.0)
    kept = decide.failed(replace(RENEWING, active=replace(ACTIVE, lease_until=NOW + HOUR)), "429", NOW, 3_000.0)

    assert isinstance(later, Wanted)
    assert later.ask_at == NOW + 2 * HOUR
    assert isinstance(kept, Active)
    assert kept.renew_at == NOW + 50 * MINUTE


@pytest.mark.parametrize("current", ALL, ids=lambda current: current.state)
def test_hubs_that_call_an_address_of_before_are_asked_anew(current: Subscription) -> None:
    assert decide.resumed(current, HERE, NOW) == current
    assert decide.resumed(current, "https://moved.example", NOW) == WANTED


def test_a_hub_that_does_not_ask_back_in_time_has_not_answered() -> None:
    assert decide.passed(ASKED, NOW + 14 * MINUTE) == ASKED
    later = decide.passed(ASKED, NOW + 15 * MINUTE)
    assert isinstance(later, Wanted)
    assert later.tries == 1
    kept = decide.passed(RENEWING, NOW + 15 * MINUTE)
    assert isinstance(kept, Active)
    assert NOW + 15 * MINUTE < kept.renew_at < kept.lease_until


@pytest.mark.parametrize("current", [ASKED, ACTIVE, RENEWING], ids=lambda current: current.state)
def test_a_hub_may_deny_at_any_time(current: Subscription) -> None:
    dropped = decide.denied(current, "t1", OFFER.topic, "no more", NOW)

    assert dropped == Dropped(
        feed_id="world",
        offer=OFFER,
        callback_url=HERE,
        reason="the hub denies it: no more",
        until=NOW + decide.DROPPED_FOR,
    )


def test_the_secret_address_is_not_on_record_where_a_hub_quotes_it_as_it_denies() -> None:
    asked = decide.ask(WANTED, NOW, callback_url="https://us.example/hubs", token="hush-hush", secret="s1")
    dropped = decide.denied(asked, "hush-hush", OFFER.topic, "https://us.example/hubs/hush-hush is too slow", NOW)

    assert isinstance(dropped, Dropped)
    assert dropped.reason == "the hub denies it: https://us.example/hubs/*** is too slow"


@pytest.mark.parametrize("current", [ACTIVE, RENEWING], ids=lambda current: current.state)
def test_a_hub_that_is_silent_while_polls_find_news_is_dropped(current: Subscription) -> None:
    for new in (7, 0, 1, 0, 2):
        current = decide.polled(current, new, NOW)
    # The first poll may find what came out before, and polls that find nothing say nothing.
    assert not isinstance(current, Dropped)

    assert isinstance(decide.polled(current, 1, NOW), Dropped)
    kept = decide.polled(decide.delivered(current, NOW), 1, NOW)
    assert not isinstance(kept, Dropped)


def test_a_dropped_hub_is_asked_again_after_a_week() -> None:
    assert decide.passed(DROPPED, NOW + 6 * DAY) == DROPPED
    assert decide.passed(DROPPED, NOW + 7 * DAY) is None


def test_polling_goes_on_slowly_while_a_hub_delivers() -> None:
    checked = replace(ACTIVE, checked_at=NOW)

    def interval(current: Subscription | None, usual: float = 600) -> float:
        return decide.polling_interval(current, usual, 3_600, NOW)

    assert interval(None) == interval(WANTED) == interval(ASKED) == interval(DROPPED) == 600
    # Until a first poll has looked beside the hub.
    assert interval(ACTIVE) == 600
    assert interval(checked) == interval(replace(RENEWING, active=checked)) == 3_600
    assert interval(checked, usual=7_200) == 7_200
    assert interval(replace(checked, missed=1)) == 600
    assert interval(replace(checked, lease_until=NOW + 20 * MINUTE)) == 1_200
    assert interval(replace(checked, lease_until=NOW)) == 600


@pytest.mark.parametrize("current", ALL, ids=lambda current: current.state)
def test_a_subscription_is_stored_whole_and_told_in_a_line(current: Subscription) -> None:
    assert codec.subscriptions.decode(codec.subscriptions.encode(current)) == current
    assert "s1" not in decide.told(current)
    assert decide.told(current).endswith(OFFER.hub)
    assert "\n" not in decide.told(current)

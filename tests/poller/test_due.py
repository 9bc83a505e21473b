"""Which feed is next: hosts by when they are free, and the feeds of a host by when they are due."""

from __future__ import annotations

import random
from collections.abc import Sequence

from services.poller.due import NEVER, DueFeeds


def free(_host: int) -> float:
    return 0.0


def taken(due: DueFeeds, now: float) -> list[int]:
    """All feeds that may be polled at one moment."""
    found = []
    while (feed := due.take(now, free)) is not None:
        found.append(feed)
    return found


def planned(host_of: Sequence[int], times: Sequence[float], *, at_once: int = 2, gap: float = 1.0) -> DueFeeds:
    due = DueFeeds(host_of, at_once=at_once, gap=gap)
    for feed, at in enumerate(times):
        due.put(feed, at)
    return due


def test_feeds_are_taken_when_they_are_due_and_not_before() -> None:
    due = planned([0, 1, 2], [30.0, 10.0, 20.0])

    assert taken(due, 9.9) == []
    assert due.next_at() == 10.0
    assert taken(due, 20.0) == [1, 2]
    assert due.next_at() == 30.0


def test_feeds_of_one_host_are_taken_a_gap_apart_the_one_that_waits_longest_first() -> None:
    due = planned([0, 0, 0], [3.0, 1.0, 2.0], at_once=3)

    assert [taken(due, now) for now in (10.0, 10.5, 11.0, 11.5, 12.0)] == [[1], [], [2], [], [0]]


def test_at_most_as_many_feeds_of_a_host_are_under_way_as_may_be() -> None:
    due = planned([0, 0, 0], [0.0, 0.0, 0.0], at_once=2)

    assert taken(due, 0.0) + taken(due, 5.0) == [0, 1]
    assert due.next_at() == NEVER
    due.ended(0)
    assert taken(due, 5.0) == []
    assert taken(due, 6.0) == [2]


def test_76_a_host_with_a_thousand_feeds_holds_up_no_other() -> None:
    due = planned([0] * 1_000 + [1], [0.0] * 1_000 + [1.0])

    assert taken(due, 1.0) == [0, 1_000]


def test_a_host_whose_pages_are_asked_for_is_left_its_time() -> None:
    due = planned([0, 1], [0.0, 0.0])

    assert due.take(5.0, lambda host: 8.0 if host == 0 else 0.0) == 1
    assert due.take(5.0, lambda _host: 8.0) is None
    assert due.next_at() == 8.0
    assert due.take(8.0, lambda _host: 8.0) == 0


def test_a_feed_that_is_due_earlier_than_its_hosts_others_is_taken_earlier() -> None:
    due = planned([0], [100.0])
    late = planned([0, 0], [100.0])
    late.put(1, 50.0)

    assert due.next_at() == 100.0
    assert late.next_at() == 50.0
    assert taken(late, 50.0) == [1]
    late.ended(1)
    assert taken(late, 100.0) == [0]


def test_whatever_comes_each_feed_is_polled_on_time_and_no_host_too_often() -> None:
    chance = random.Random(5)
    for _ in range(40):
        hosts, at_once = chance.randint(1, 6), chance.randint(1, 3)
        host_of = [chance.randrange(hosts) for _ in range(chance.randint(1, 25))]
        due = DueFeeds(host_of, at_once=at_once, gap=1.0)
        waiting = {feed: chance.uniform(0, 10) for feed in range(len(host_of))}
        for feed, at in waiting.items():
            due.put(feed, at)
        under_way: dict[int, float] = {}
        last_at = [-NEVER] * hosts
        for step in range(400):
            now = step * 0.25
            for feed in [feed for feed, end in under_way.items() if end <= now]:
                del under_way[feed]
                waiting[feed] = now + chance.uniform(0, 12)
                due.ended(feed)
                due.put(feed, waiting[feed])
            for feed in taken(due, now):
                host = host_of[feed]
                assert waiting.pop(feed) <= now
                assert now - last_at[host] >= 1.0
                last_at[host] = now
                under_way[feed] = now + chance.uniform(0, 3)
            busy = [sum(host_of[feed] == host for feed in under_way) for host in range(hosts)]
            assert max(busy) <= at_once
            # What is left waits for its time, for its host's time, or for room at its host.
            assert all(
                at > now or now - last_at[host_of[feed]] < 1.0 or busy[host_of[feed]] == at_once
                for feed, at in waiting.items()
            )
            assert due.next_at() > now

"""Turns at a host: a least interval between them, few at once, and few in all."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

from services.poller.spacing import Spacing

GAP = 0.1


def spacing(*, at_once: int = 2, in_all: int = 100, interval: float = GAP) -> Spacing:
    return Spacing(interval=interval, at_once=at_once, in_all=in_all, monotonic=time.monotonic, sleep=asyncio.sleep)


class Visits:
    """When requests to hosts began, and how many were under way at most."""

    def __init__(self, turns: Spacing, lasting: float) -> None:
        self._turns = turns
        self._lasting = lasting
        self.begun: dict[str, list[float]] = {}
        self.now = self.most = 0

    async def visit(self, host: str) -> None:
        async with self._turns.turn(host):
            self.begun.setdefault(host, []).append(time.monotonic())
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(self._lasting)
            self.now -= 1


async def test_turns_at_a_host_begin_an_interval_apart_and_at_another_at_once() -> None:
    visits = Visits(spacing(), lasting=0.01)
    started = time.monotonic()

    await asyncio.gather(*(visits.visit(host) for host in ("a", "a", "a", "b")))

    assert all(later - earlier >= GAP for earlier, later in pairwise(visits.begun["a"]))
    assert visits.begun["b"][0] - started < GAP


async def test_no_more_turns_are_under_way_than_may_be_at_a_host_and_in_all() -> None:
    at_host = Visits(spacing(interval=0), lasting=0.05)
    await asyncio.gather(*(at_host.visit("a") for _ in range(6)))
    assert at_host.most == 2

    in_all = Visits(spacing(interval=0, in_all=3), lasting=0.05)
    await asyncio.gather(*(in_all.visit(f"host-{number}") for number in range(9)))
    assert in_all.most == 3


async def test_a_turn_that_waits_for_room_in_all_keeps_its_distance_to_the_next() -> None:
    visits = Visits(spacing(in_all=1), lasting=GAP * 0.9)

    await asyncio.gather(*(visits.visit(host) for host in ("b", "a", "a", "c", "a")))

    assert all(later - earlier >= GAP for earlier, later in pairwise(visits.begun["a"]))


async def test_a_host_says_when_it_is_free_counting_those_in_line() -> None:
    turns = spacing()
    assert turns.free_at("a") <= time.monotonic()

    async with turns.turn("a"):
        begun = time.monotonic()
        waiting = asyncio.create_task(Visits(turns, lasting=0).visit("a"))
        await asyncio.sleep(0)
        assert GAP * 1.5 < turns.free_at("a") - begun <= GAP * 2
    await waiting
    assert turns.free_at("a") - begun >= GAP * 2


async def test_a_host_that_asks_for_more_time_gets_it() -> None:
    turns = spacing(interval=0)
    async with turns.turn("a", GAP):
        begun = time.monotonic()
    assert GAP * 0.9 < turns.free_at("a") - begun <= GAP
    async with turns.turn("a", GAP):
        assert time.monotonic() - begun >= GAP * 0.99


async def test_a_turn_that_is_given_up_leaves_its_place_to_the_next() -> None:
    turns = spacing(at_once=1, in_all=1, interval=0)
    async with turns.turn("a"):
        waiting = asyncio.create_task(Visits(turns, lasting=0).visit("b"))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    await asyncio.wait_for(Visits(turns, lasting=0).visit("b"), 1)


async def test_who_goes_on_at_a_host_waits_for_a_place_among_all_and_for_no_turn() -> None:
    turns = spacing(at_once=1, in_all=1, interval=60)
    async with turns.turn("a"):
        waiting = asyncio.create_task(_go_on(turns))
        await asyncio.sleep(0.05)
        assert not waiting.done()
    await asyncio.wait_for(waiting, 1)


async def _go_on(turns: Spacing) -> None:
    async with turns.place():
        pass


async def test_hosts_that_are_free_are_forgotten() -> None:
    turns = spacing(interval=0)
    for number in range(5_000):
        async with turns.turn(f"host-{number}"):
            pass
    assert len(turns._hosts) <= 1_024

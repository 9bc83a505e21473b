"""Plays a week of polling against a server that watches how it is asked: `python -m bench.conduct [--seed N]`.

The clock is simulated, with three restarts of which one cuts a poll off; sockets, fetcher, parser and the step from
poll to poll are the real ones. The loop over many feeds at once is not part of it.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from bench.parts.conduct_rules import check
from bench.parts.conduct_server import ConductServer, Seen
from bench.parts.conduct_sites import BEGIN, INSIDE, LISTED, OLDEST, WEEK
from bench.parts.conduct_week import Finding, Week
from config.knowledge.notes import load_notes
from config.settings import FetchSettings, PollSettings
from services.poller.conduct import server_standing
from services.poller.fetch import HttpFetcher
from services.poller.guard import Address
from services.poller.hubs import NoHubs
from services.poller.loop import pace_of
from services.poller.pages import PageSource
from services.poller.parse import parse_feed
from services.poller.poll import FeedPoller, PollLimits
from services.poller.schedule import seconds_until_due
from services.poller.spacing import Spacing
from stancewire import codec
from stancewire.testing import FakeStore
from stancewire.types import Feed, FeedState, Fetched, FetchFailed, ParsedFeed, PollPlan

#: Hours after which the poller is ended and begun anew; at the second a poll is under way.
RESTARTS = (31.5, 77.0, 121.5)
#: Host and number of pages into the poll that the second restart cuts off.
CUT_HOST, CUT_AFTER = "sy.example", 2

_AWAY = timedelta(minutes=1)


class Clock:
    """Time that passes only by being waited for."""

    def __init__(self) -> None:
        self.at = BEGIN

    def now(self) -> datetime:
        """The time."""
        return self.at

    def monotonic(self) -> float:
        """Seconds since the week began."""
        return (self.at - BEGIN).total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)


class DirectParser:
    """The parser without a child process: the documents are our own."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def parse(self, document: Fetched) -> ParsedFeed | FetchFailed:
        """What the document holds."""
        kind = document.header("content-type") or ""
        return parse_feed(document.body, url=document.url, content_type=kind, max_entries=100, now=self._clock.now())


async def _resolve(host: str, _: int) -> tuple[Address, ...]:
    return (ip_address("127.0.0.3" if host == INSIDE else "127.0.0.1"),)


class Run:
    """The poller from one start to the next."""

    def __init__(self, server: ConductServer, store: FakeStore, clock: Clock, chance: random.Random) -> None:
        self._feeds = [Feed(id=host.replace(".", "-"), url=server.url(host), outlet=host) for host in LISTED]
        self._store, self._clock = store, clock
        fetch = FetchSettings(
            user_agent="stancewire/1 (+https://stancewire.example)", allow_networks=(ip_network("127.0.0.1/32"),)
        )
        self._fetcher = HttpFetcher(
            fetch,
            # One at a time: waiting moves the clock, which a request under way must not see.
            spacing=Spacing(interval=1, at_once=1, in_all=8, monotonic=clock.monotonic, sleep=clock.sleep),
            now=clock.now,
            monotonic=clock.monotonic,
            resolve=_resolve,
        )
        self._poller = FeedPoller(
            fetcher=self._fetcher,
            parser=DirectParser(clock),
            intake=store,
            pages=PageSource(self._fetcher, max_bytes=100_000, enabled=True),
            notes=load_notes(),
            limits=PollLimits(
                pace=pace_of(PollSettings()),
                max_age=OLDEST,
                max_feed_bytes=1_000_000,
                batch_size=16,
                workers=2,
            ),
            clock=clock.now,
            random=chance.random,
            new_id=lambda: f"{chance.getrandbits(128):032x}",
            hubs=NoHubs(),
        )

    async def until(self, end: datetime) -> None:
        """Poll each feed when it is due, one after the other, from the states that the store has."""
        states = {feed.id: _saved(self._store, feed) for feed in self._feeds}
        for feed in self._feeds:
            self._poller.remember(feed, states[feed.id])
        due = {
            feed.id: self._clock.at + timedelta(seconds=seconds_until_due(states[feed.id], self._clock.at))
            for feed in self._feeds
        }
        while True:
            feed = min(self._feeds, key=lambda each: due[each.id])
            if due[feed.id] >= end:
                self._clock.at = max(self._clock.at, end)
                return
            self._clock.at = max(self._clock.at, due[feed.id])
            report = await self._poller.poll(PollPlan(feed=feed, state=states[feed.id]), _always)
            states[feed.id] = report.state or states[feed.id]
            due[feed.id] = self._clock.at + timedelta(seconds=seconds_until_due(states[feed.id], self._clock.at))

    async def aclose(self) -> None:
        """End it."""
        await self._fetcher.aclose()


async def _always() -> bool:
    return True


def _saved(store: FakeStore, feed: Feed) -> FeedState:
    state = store.feed_states([feed.id]).get(feed.id, FeedState(feed_id=feed.id))
    return codec.feed_states.decode(codec.feed_states.encode(state))


async def play(seed: int) -> Week:
    """One week."""
    clock, store, chance = Clock(), FakeStore(), random.Random(seed)
    restarts: list[datetime] = []
    cut: set[tuple[str, datetime]] = set()
    async with ConductServer(now=clock.now) as server:
        for hours in (*RESTARTS, None):
            run = Run(server, store, clock, chance)
            if hours == RESTARTS[1]:
                await _cut_off(run, server, cut, BEGIN + timedelta(hours=hours))
            else:
                await run.until(BEGIN + (WEEK if hours is None else timedelta(hours=hours)))
            await run.aclose()
            if hours is not None:
                clock.at += _AWAY
                restarts.append(clock.at)
        items = [item for batch_id in store.queue for item in store.batch(batch_id)]
        said = {host: _said(store, host) for host in LISTED}
        return Week(
            seen=server.seen,
            trapped=server.trapped,
            restarts=restarts,
            cut=frozenset(cut),
            accepted=[item.entry.title for item in items],
            said={host: words for host, words in said.items() if words},
        )


async def _cut_off(run: Run, server: ConductServer, cut: set[tuple[str, datetime]], after: datetime) -> None:
    """End the run in the middle of the first poll after that time that fetches several pages."""
    polling = asyncio.create_task(run.until(after + WEEK))
    document: list[Seen] = []
    pages = 0

    def listen(seen: Seen) -> None:
        nonlocal pages
        if seen.host != CUT_HOST or seen.at < after:
            return
        if seen.path == "/feed":
            document[:], pages = [seen], 0
        elif (pages := pages + 1) >= CUT_AFTER:
            polling.cancel()

    server.listener = listen
    with suppress(asyncio.CancelledError):
        await polling
    server.listener = None
    cut |= {(seen.host, seen.at) for seen in document}


def _said(store: FakeStore, host: str) -> str:
    standing = server_standing(store.feed_states([host.replace(".", "-")]).get(host.replace(".", "-")))
    return "" if standing.kind == "well" else standing.words


def report(week: Week, findings: Sequence[Finding]) -> str:
    """What was asked and what was broken, as text."""
    lines = [f"{len(week.seen)} requests in a week, {len(week.restarts)} restarts", "", *_requests(week), ""]
    lines += [f"{host}: {words}" for host, words in sorted(week.said.items())]
    lines += ["", "looked at  violations  rule"]
    lines += [f"{each.looked_at:>9}  {len(each.violations):>10}  {each.rule}" for each in findings]
    lines += [f"  {violation}" for each in findings for violation in each.violations[:20]]
    lines += ["", f"violations: {sum(len(each.violations) for each in findings)}"]
    return "\n".join(lines)


def _requests(week: Week) -> list[str]:
    feeds = Counter(each.host for each in week.seen if each.path == "/feed")
    robots = Counter(each.host for each in week.seen if each.path == "/robots.txt")
    statuses: Mapping[str, Counter[int]] = {host: Counter() for host in sorted({each.host for each in week.seen})}
    for each in week.seen:
        if each.path == "/feed":
            statuses[each.host][each.status] += 1
    return [
        f"{host:<22} feed {feeds[host]:>4}  robots.txt {robots[host]:>3}  pages "
        f"{sum(each.host == host for each in week.seen) - feeds[host] - robots[host]:>4}  "
        + ", ".join(f"{status}: {count}" for status, count in sorted(counts.items()))
        for host, counts in statuses.items()
    ]


def main(arguments: Sequence[str]) -> int:
    """Play, print, and say by the status whether all rules were kept."""
    parser = argparse.ArgumentParser(prog="python -m bench.conduct", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of all chance (default: 1)")
    week = asyncio.run(play(parser.parse_args(arguments).seed))
    findings = check(week)
    print(report(week, findings))
    return int(any(each.violations for each in findings))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

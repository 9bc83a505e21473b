"""A simulated week with three restarts against a server that checks how it is asked, and a rude one that it notices."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from bench.conduct import Clock, play, report
from bench.parts.conduct_rules import RULES, check
from bench.parts.conduct_server import ConductServer, Seen
from bench.parts.conduct_sites import BEGIN, LISTED
from bench.parts.conduct_week import Week
from stancewire.types import Validators


@pytest.mark.timeout(400)
async def test_in_a_week_with_three_restarts_no_rule_is_broken() -> None:
    week = await play(seed=1)
    findings = check(week)

    assert len(week.restarts) == 3
    assert len(week.cut) == 1
    assert not [violation for finding in findings for violation in finding.violations], report(week, findings)
    assert all(finding.looked_at for finding in findings)
    assert week.said.keys() == {
        "closed.example",
        "false.example",
        "gone.example",
        "moved-inside.example",
        "moved-to-name.example",
        "moved.example",
    }


async def ask(server: ConductServer, host: str, path: str, address: str = "127.0.0.1", **headers: str) -> Seen:
    """One request of somebody without manners."""
    reader, writer = await asyncio.open_connection(address, server.port)
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}:{server.port}", "Cookie: visitor=1", "User-Agent: python"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")
    with suppress(ConnectionError):
        await reader.read(1)
    writer.close()
    return server.seen[-1] if server.seen else Seen(at=BEGIN, host=host, path=path, headers={}, status=0)


async def rude_week(clock: Clock) -> Week:
    """Every feed twice in half a minute, every six hours, for five days."""
    async with ConductServer(now=clock.now) as server:
        for hour in range(0, 120, 6):
            clock.at = BEGIN + timedelta(hours=hour)
            for host in LISTED:
                await ask(server, host, "/feed")
            await ask(server, "moved-here.example", "/feed")
            clock.at += timedelta(seconds=30)
            for host in LISTED:
                first = next(each for each in reversed(server.seen) if each.host == host)
                await ask(server, host, "/feed", If_None_Match=str(first.given.etag).removeprefix("W/"))
            await ask(server, "rules.example", "/private/1")
        await ask(server, "moved-inside.example", "/feed", address="127.0.0.2")
        return Week(seen=server.seen, trapped=server.trapped, restarts=(), cut=frozenset(), accepted=(), said={})


async def test_each_rule_is_seen_broken_by_somebody_without_manners() -> None:
    findings = check(await rude_week(Clock()))

    assert len(findings) == len(RULES)
    assert not [finding.rule for finding in findings if not finding.violations]


async def test_a_server_sees_validators_byte_for_byte() -> None:
    clock = Clock()
    async with ConductServer(now=clock.now) as server:
        first = await ask(server, "both.example", "/feed")
        again = await ask(server, "both.example", "/feed", If_None_Match=str(first.given.etag))

    assert first.given.etag is not None
    assert (again.status, again.sent) == (304, Validators(etag=first.given.etag))

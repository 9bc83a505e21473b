"""Writes down what another version of the program leaves on its server, for `test_e_upgrades.py`.

    git worktree add --detach /tmp/other COMMIT
    cd tests/hostile/states
    PYTHONPATH=../../..:../../cli:../../end_to_end python make_state.py /tmp/other >NAME.jsonl

That version polls a site and publishes, then polls once more when a story was edited and others came, with no worker to
take them. The first line holds the feed as it was served last; each line after it is a name on the server.
"""

from __future__ import annotations

import base64
import json
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cli_programs import started
from news_site import NewsSite, Story, rss_of
from runs import TcpServer, await_that, settings_of

FEED = "/feed.xml"


def main(checkout: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for line in state_of(checkout, Path(folder)):
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


def state_of(checkout: str, folder: Path) -> Iterator[dict[str, Any]]:
    with NewsSite(feeds={FEED: stories(4)}) as site, TcpServer(folder / "server") as server:
        settings = settings_of(
            folder,
            site,
            STANCEWIRE_REDIS_URL=server.url,
            STANCEWIRE_POLL__PAGES="false",
            STANCEWIRE_WORK__BATCH_SIZE="2",
            PYTHONPATH=checkout,
        )
        client = server.client
        with started(folder / "poll", "poll", **settings) as poller:
            with started(folder / "work", "work", **settings) as worker:
                poller.wait_for("feed polled", stream="err", seconds=90)
                await_that(
                    lambda: not client.zcard("stancewire:pending"), "all is published", poller, worker, seconds=90
                )
                worker.stop()
            assert client.xlen("stancewire:signals:v1") == 4
            site.feeds[FEED] = stories(6, edited=2)
            await_that(lambda: client.zcard("stancewire:pending") == 3, "the news is taken in", poller, seconds=90)
            poller.wait_for('"outcome":"unchanged"', stream="err")
            poller.stop()
        body = rss_of(site.base, site.feeds[FEED], site._published_at)
        state = json.loads(client.hget("stancewire:feed-states", "feed-xml") or "{}")
        yield {"url": f"{site.base}{FEED}", "body": body.decode(), "at": datetime.now(UTC).isoformat(), "state": state}
        for name in sorted(client.scan_iter()):
            yield {"name": name.decode(), "ttl_ms": client.pttl(name), **value_of(client, name)}


def stories(count: int, edited: int = 0) -> tuple[Story, ...]:
    """A stance each, in the summary; the edited one says something else."""
    told = (
        ("Russia", "Turkey"),
        ("Iran", "Israel"),
        ("France", "Hungary"),
        ("China", "Japan"),
        ("Poland", "Belarus"),
        ("India", "Pakistan"),
        ("Serbia", "Kosovo"),
    )
    return tuple(
        Story(
            path=f"/{number}.html",
            title=f"Morning report {number}",
            paragraphs=(),
            summary=f"{holder} {'praised' if number == edited else 'condemned'} {target} on day {number} of the talks.",
        )
        for number, (holder, target) in enumerate(told[:count], start=1)
    )


def value_of(client: Any, name: bytes) -> dict[str, Any]:
    kind = client.type(name).decode()
    reads: dict[str, Any] = {
        "string": lambda: client.get(name),
        "list": lambda: client.lrange(name, 0, -1),
        "set": lambda: sorted(client.smembers(name)),
        "zset": lambda: client.zrange(name, 0, -1, withscores=True),
        "hash": lambda: list(client.hgetall(name).items()),
        "stream": lambda: [(row, list(fields.items())) for row, fields in client.xrange(name)],
    }
    return {"type": kind, "value": readable(reads[kind]())}


def readable(value: Any) -> Any:
    """Text where it is text, else an object with the bytes in base64."""
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(value).decode()}
    return [readable(part) for part in value] if isinstance(value, list | tuple) else value


if __name__ == "__main__":
    main(sys.argv[1])

"""Exports of what stands on the stream of a real server."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis
from cli_programs import run_here
from export_samples import reference, report, revision, stance

from services.embedded import EmbeddedServer
from stancewire import codec
from stancewire.keys import SIGNALS_STREAM
from stancewire.types import Announcement


def publish(client: redis.Redis, day: int, *entries: Announcement) -> None:
    """As if on that day of March 2026, at noon."""
    at = int(datetime(2026, 3, day, 12, tzinfo=UTC).timestamp() * 1000)
    for entry in entries:
        client.xadd(SIGNALS_STREAM, {"data": codec.announcements.encode(entry)}, id=f"{at}-*")


@pytest.fixture
def url(server: EmbeddedServer, client: redis.Redis) -> str:
    publish(client, 1, report("first"), stance("s"))
    publish(client, 5, report("second", article=reference("other")), revision(gone=["first"]))
    publish(client, 9, report("third", article=reference("last")))
    return server.url


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ((), ["second", "third"]),
        (("--since", "2026-03-06"), ["third"]),
        (("--until", "2026-03-04"), ["first"]),
        (("--since", "2026-03-02", "--until", "2026-03-08"), ["second"]),
        (("--kind", "interference"), ["second", "third"]),
    ],
)
def test_rows_are_what_was_published_in_a_time(
    url: str, tmp_path: Path, asked: tuple[str, ...], found: list[str]
) -> None:
    done = run_here(tmp_path, "export", "csv", *asked, STANCEWIRE_REDIS_URL=url)

    assert done.status == 0, done.err
    assert [row["signal_id"] for row in csv.DictReader(io.StringIO(done.out))] == found


def test_a_feed_holds_an_event_for_each_article(url: str, tmp_path: Path) -> None:
    done = run_here(tmp_path, "export", "misp", "--output", str(tmp_path / "feed"), STANCEWIRE_REDIS_URL=url)

    assert done.status == 0, done.err
    manifest = json.loads((tmp_path / "feed/manifest.json").read_bytes())
    assert sorted(each["info"] for each in manifest.values()) == [
        "Interference reported: Of last (The Gazette)",
        "Interference reported: Of other (The Gazette)",
        "Withdrawn: Of story (The Gazette)",
    ]

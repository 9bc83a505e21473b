"""`feeds health`: what it says of feeds that fail, are silent, miss entries or are well, and without a server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli_programs import run_here

from services.embedded import EmbeddedServer
from services.poller.ledger import Arrival, Sight, after_document, after_unchanged
from services.poller.rhythm import Pace
from services.poller.schedule import after_failure, after_fetched
from services.poller.standing import count_alarms, worst_first
from stancewire.adapters.connection import connect
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.testing import FakeStore
from stancewire.types import Acceptance, Feed, FeedState, Fetched, FetchFailed, Ledger, LedgerUpdate, Validators
from stancewire.wiring.feed_health import standings_of

Store = FakeStore | RedisStore
LISTED = Sight(entries=20, common=19)
LIST = "".join(
    f"""[[feed]]
id = "{name}"
url = "https://{name}.example/feed"
outlet = "The {name.title()}"
"""
    for name in ("broken", "calm", "gappy", "new", "silent", "well")
)


@dataclass(frozen=True)
class Poll:
    """A poll that a feed was given: what it saw, or None for no change, and how long ago."""

    ago: timedelta
    sight: Sight | None


PACE = Pace(start=600, shortest=600, longest=600, longest_asked=600, longest_backoff=6_000)


def record(store: Store, name: str, *polls: Poll, failure: FetchFailed | None = None) -> None:
    """Put on record what the poller would after such polls, and a failed one after them."""
    now = datetime.now(UTC)
    feed = Feed(id=name, url="https://feed.example", outlet=name)
    state, update = FeedState(feed_id=name), LedgerUpdate(ledger=Ledger(feed_id=name))
    for poll in polls:
        at = now - poll.ago
        known = update.ledger
        update = after_document(known, poll.sight, at) if poll.sight else after_unchanged(known, at)
        document = Fetched(url="https://feed.example", status=200, headers=(), body=b"", validators=Validators())
        state = after_fetched(
            feed, state, at, document=document, sent=Validators(), asks=None, new=(), pace=PACE, jitter=0
        )
    if failure is not None:
        state = after_failure(state, now, failure=failure, pace=PACE, jitter=0)
    store.accept(Acceptance(items=(), feed_state=state, batch_id=f"batch-{name}", at=now, ledger=update))


def hours(count: int, silent: int) -> Iterator[Poll]:
    """A poll an hour, with something new but in the last of them."""
    yield Poll(timedelta(hours=count), Sight(entries=20, common=None))
    for ago in range(count - 1, -1, -1):
        yield Poll(timedelta(hours=ago), Sight(entries=20, common=19, new=(Arrival(published_at=None),)))
        if ago == silent:
            break
    yield from (Poll(timedelta(hours=ago), None) for ago in range(silent - 1, -1, -1))


def fill(store: Store) -> None:
    gone = FetchFailed(url="https://broken.example/feed", kind="http_status", detail="404 Not \x1b[2JFound", status=404)
    record(store, "broken", Poll(timedelta(days=2), LISTED), failure=gone)
    record(
        store, "calm", Poll(timedelta(hours=1), Sight(entries=3, common=None, unusable=2, unusable_reason="no title"))
    )
    lost = (
        Poll(timedelta(hours=5), Sight(entries=9, common=None)),
        Poll(timedelta(hours=3), Sight(entries=9, common=0)),
    )
    record(store, "gappy", *lost)
    record(store, "silent", *hours(24 * 20, 24))
    record(store, "well", *hours(24 * 20, 0))


def feeds() -> tuple[Feed, ...]:
    names = ("well", "new", "silent", "gappy", "calm", "broken")
    return tuple(Feed(id=name, url=f"https://{name}.example/feed", outlet=name) for name in names)


def test_the_worst_stands_first_with_its_reason_in_words(store: Store) -> None:
    fill(store)

    standings = worst_first(standings_of(feeds(), store, datetime.now(UTC)))

    assert [(each.feed.id, each.level) for each in standings] == [
        ("broken", "failing"),
        ("silent", "alarm"),
        ("gappy", "alarm"),
        ("calm", "odd"),
        ("new", "waiting"),
        ("well", "good"),
    ]
    words = {each.feed.id: each.words for each in standings}
    assert words["broken"].startswith("failed: http status: 404")
    assert words["silent"].startswith("quiet: nothing new in ")
    assert words["gappy"].startswith("gap: none of its 9 entries was listed before; what came between ")
    assert words["calm"] == "2 entries cannot be used: no title"
    assert words["new"] == "not polled yet"
    assert count_alarms(each.ledger for each in standings) == {
        "quiet": 1,
        "gap": 1,
        "reads worse": 0,
        "truncated": 0,
        "late": 0,
    }


def test_a_gap_that_is_over_is_remembered_for_a_day(store: Store) -> None:
    over = Poll(timedelta(hours=1), Sight(entries=9, common=8))
    record(store, "gappy", Poll(timedelta(hours=5), LISTED), Poll(timedelta(hours=3), Sight(entries=9, common=0)), over)
    gappy = next(feed for feed in feeds() if feed.id == "gappy")

    (soon,) = standings_of((gappy,), store, datetime.now(UTC))
    (later,) = standings_of((gappy,), store, datetime.now(UTC) + timedelta(days=1))

    assert (soon.level, later.level) == ("odd", "good")
    assert soon.words.startswith("what came between ")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with a list of feeds, on which a server runs that has them on record."""
    folder = tmp_path_factory.mktemp("home")
    config = folder / ".config" / "stancewire"
    config.mkdir(parents=True)
    (config / "feeds.toml").write_text(LIST, "utf-8")
    with (
        EmbeddedServer(folder / ".local/share/stancewire", fsync="everysec") as server,
        connect(server.url, purpose="poller") as client,
    ):
        fill(RedisStore(client, Limits()))
        yield folder


def test_the_command_shows_all_feeds_and_counts_them(home: Path) -> None:
    ended = run_here(home, "feeds", "health")

    assert ended.status == 0, ended.err
    rows = [line.split("\t") for line in ended.out.splitlines()]
    assert [row[0] for row in rows] == ["broken", "silent", "gappy", "calm", "new", "well"]
    by_name = {row[0]: row[1:] for row in rows}
    assert by_name["broken"][0] == "48 h ago"
    assert by_name["new"][:2] == ["never", "now"]
    assert by_name["gappy"][2].startswith("1 of 1, 3 h ago")
    assert "\x1b" not in ended.out
    assert "6 feeds, 1 failing, 2 with an alarm, 1 odd, 1 waiting, 1 good, quiet 1, gap 1" in ended.err
    assert "2 feeds should have been polled by now" in ended.err


def test_the_command_shows_all_of_one_feed(home: Path) -> None:
    for name in ("gappy", "https://gappy.example/feed"):
        ended = run_here(home, "feeds", "health", name)
        assert ended.status == 0, ended.err
        assert "1 in 1 polls that could be compared" in ended.out
        assert "UTC may be missed" in ended.out
    silent = run_here(home, "feeds", "health", "silent").out
    assert "quiet since" in silent
    bars = next(line for line in silent.splitlines() if line.startswith("weekdays"))
    assert "▇" * 24 in bars
    unknown = run_here(home, "feeds", "health", "no-such-feed")
    assert (unknown.status, unknown.out) == (2, "")


def test_the_command_gives_json_a_line_for_each_feed(home: Path) -> None:
    lines = [json.loads(line) for line in run_here(home, "feeds", "health", "--json").out.splitlines()]

    assert [line["id"] for line in lines] == ["broken", "silent", "gappy", "calm", "new", "well"]
    (gap,) = lines[2]["latest_gaps"]
    assert datetime.fromisoformat(gap["before"]) - datetime.fromisoformat(gap["after"]) == timedelta(hours=2)
    assert [alarm["kind"] for alarm in lines[1]["alarms"]] == ["quiet"]
    (one,) = run_here(home, "feeds", "health", "--json", "well").out.splitlines()
    assert json.loads(one)["level"] == "good"


def test_a_server_that_is_away_is_said_so(tmp_path: Path) -> None:
    none = run_here(tmp_path, "feeds", "health")
    assert (none.status, none.out) == (1, "")
    assert "stancewire up" in none.err
    away = run_here(tmp_path, "feeds", "health", STANCEWIRE_REDIS_URL="redis://:secret@127.0.0.1:1")
    assert (away.status, away.out) == (1, "")
    assert "127.0.0.1:1" in away.err
    assert "secret" not in away.err

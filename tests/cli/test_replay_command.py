"""`replay`: which articles it takes, what it tells, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis
from cli_programs import Ended, run_here

from services.embedded import EmbeddedServer
from stancewire import codec, keys
from stancewire.wiring.desk import article_from_text


@dataclass(frozen=True)
class Kept:
    """A running server with stored articles on it, and the command line."""

    home: Path
    url: str
    client: redis.Redis

    def replay(self, *arguments: str) -> Ended:
        return run_here(self.home, "replay", *arguments, STANCEWIRE_REDIS_URL=self.url)


@pytest.fixture
def kept(server: EmbeddedServer, client: redis.Redis, tmp_path: Path) -> Kept:
    for name, ago in (("old", timedelta(days=3)), ("new", timedelta(hours=1))):
        made = article_from_text("Russia condemned Turkey on Tuesday.", name=name, published_at=None)
        article = replace(made, title=f"Of {name}\x1b[2J", feed_id="gazette", published_at=datetime.now(UTC) - ago)
        client.set(keys.article(name), codec.articles.encode(article), ex=60)
    return Kept(home=tmp_path, url=server.url, client=client)


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ([], 2),
        (["--since", "2d"], 1),
        (["--until", "2d"], 1),
        (["--since", "4d", "--until", "30m"], 2),
        (["--feed", "gazette", "--article", "ne"], 1),
    ],
    ids=["all", "since", "until", "range", "feed and id"],
)
def test_a_dry_run_says_how_many_and_publishes_nothing(kept: Kept, options: list[str], count: int) -> None:
    ended = kept.replay("--dry-run", *options)

    assert (ended.status, ended.out) == (0, f"{count} articles would be analysed once more\n")
    assert not kept.client.exists(keys.SIGNALS_STREAM)


def test_a_replay_ends_with_one_line_of_totals(kept: Kept) -> None:
    first, again = kept.replay("--since", "2d"), kept.replay()

    assert first.status == again.status == 0, first.err
    found = kept.client.xlen(keys.SIGNALS_STREAM) // 2
    assert found > 0
    assert first.out.splitlines() == [
        f"{found} new  Of new\N{REPLACEMENT CHARACTER}[2J",
        f"1 articles: {found} new signals, 0 were on record",
    ]
    assert again.out.splitlines()[-1] == f"2 articles: {found} new signals, {found} were on record"


def test_what_cannot_be_read_is_told_and_passed_over(kept: Kept) -> None:
    kept.client.set(keys.article("old"), b"no article", ex=60)

    ended = kept.replay()

    assert ended.status == 1
    assert ended.out.splitlines()[-1].startswith("1 articles: ")
    assert "old passed over: not a valid article" in ended.err


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (["--feed", "none"], 1, "no stored article fits"),
        (["--until", "never"], 2, "--until 'never' is no time and no duration"),
        (["--since", "1d", "--until", "2d"], 2, "--since 1d is not before --until 2d"),
    ],
    ids=["none fits", "no time", "wrong way round"],
)
def test_a_choice_that_cannot_be_is_said_so(kept: Kept, options: list[str], status: int, said: str) -> None:
    ended = kept.replay(*options)

    assert (ended.status, ended.out) == (status, "")
    assert said in ended.err

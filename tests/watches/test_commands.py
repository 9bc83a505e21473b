"""`stancewire watch` and `tail --watch`: which watches there are, how they stand, and what they would have matched."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
import redis
from cli_programs import run_here
from receiver import SECRET
from store_samples import NOON, acceptance, interference, item, publication, revision, stance

from config.settings import Settings
from services.embedded import EmbeddedServer
from stancewire import codec, keys
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.adapters.webhooks import RedisOutbox
from stancewire.types import Gone, WebhookStanding
from stancewire.watching import watched
from stancewire.wiring.outside import now
from stancewire.wiring.watches import load_watches

WATCHES = """
[[watch]]
name = "france"
description = "What is held against France"
kind = "stance"
pair = "RU:FR"
min_confidence = 0.5

[watch.webhook]
url = "https://desk.example/hook?token=hush"
secret_file = "key"

[[watch]]
name = "reports"
kind = ["interference"]
"""
GONE = replace(
    revision("r1"), gone=(Gone(id="s1", kind="stance", by="Russia", toward="France", evidence="Russia thanks France."),)
)
LINES = b"".join(codec.announcements.encode(each) + b"\n" for each in (stance("s1"), interference("i1"), GONE))


@pytest.fixture
def settings(tmp_path: Path, server: EmbeddedServer, client: redis.Redis) -> dict[str, str]:
    (tmp_path / "key").write_text(SECRET)
    (tmp_path / "watches.toml").write_text(WATCHES)
    return {"STANCEWIRE_WATCHES": str(tmp_path / "watches.toml"), "STANCEWIRE_REDIS_URL": server.url}


def publish(client: redis.Redis, settings: dict[str, str]) -> None:
    store, one = RedisStore(client, Limits()), item("story")
    store.accept(acceptance(one))
    told = replace(publication(one), signals=(stance("s1"), interference("i1")), revision=GONE)  # type: ignore[arg-type]
    watches = load_watches(Settings(watches=Path(settings["STANCEWIRE_WATCHES"])))
    store.publish(replace(told, watched=watched(told, (), watches)), NOON)


def said(text: str) -> str:
    return " ".join(text.split())


def test_each_watch_is_listed_with_what_it_asks_for_and_how_it_stands(
    tmp_path: Path, client: redis.Redis, settings: dict[str, str]
) -> None:
    publish(client, settings)

    ended = run_here(tmp_path, "watch", "list", **settings)

    assert ended.status == 0
    shown = said(ended.out)
    assert "france What is held against France" in shown
    assert "kinds stance; pairs RU:FR; confidence from 0.5" in shown
    assert "stancewire:watch:france:v1: 2 entries, 2 in all" in shown
    assert "nothing sent yet; 0 delivered" in shown
    assert "hush" not in shown


@pytest.mark.parametrize(
    ("standing", "says", "is_ok"),
    [
        ({"delivered_at": now() - timedelta(hours=3)}, "delivers, the last 3 hours ago", True),
        (
            {
                "failing_since": now() - timedelta(minutes=5),
                "attempts": 4,
                "stream_id": "1-0",
                "error": "it answers 500",
            },
            "fails for 5 minutes, 4 attempts: it answers 500",
            False,
        ),
        (
            {"gone_at": now() - timedelta(days=2), "error": "it answers 410"},
            "gone since 2 days ago: it answers 410",
            False,
        ),
    ],
)
def test_a_webhook_that_does_not_deliver_is_told_with_its_reason(
    tmp_path: Path, client: redis.Redis, settings: dict[str, str], standing: dict[str, object], says: str, is_ok: bool
) -> None:
    RedisOutbox(client).note(WebhookStanding(watch="france", **standing), ())  # type: ignore[arg-type]

    listed = run_here(tmp_path, "watch", "list", "--json", **settings)
    hook = orjson.loads(listed.out.splitlines()[0])["webhook"]

    assert hook["ok"] is is_ok
    assert hook["standing"].startswith(says)


def test_lines_that_were_printed_are_tried_without_a_server(tmp_path: Path, settings: dict[str, str]) -> None:
    own = {"STANCEWIRE_WATCHES": settings["STANCEWIRE_WATCHES"], "STANCEWIRE_DATA_DIR": str(tmp_path / "data")}

    ended = run_here(tmp_path, "watch", "test", "--all", "--json", given=LINES, **own)

    assert ended.status == 0, ended.err
    lines = [orjson.loads(line) for line in ended.out.splitlines()]
    # What became of a signal is told where the signal went.
    assert [(line["signal"]["id"], line["watches"]) for line in lines] == [
        ("s1", ["france"]),
        ("i1", ["reports"]),
        ("r1", ["france"]),
    ]
    assert said(ended.err) == "france: 2 of 3 signals reports: 1 of 3 signals"


def test_what_was_published_is_tried_and_nothing_is_changed(
    tmp_path: Path, client: redis.Redis, settings: dict[str, str]
) -> None:
    publish(client, settings)
    before = client.xlen(keys.watch_stream("reports"))

    ended = run_here(tmp_path, "watch", "test", "reports", "--since", "1d", **settings)

    assert ended.status == 0, ended.err
    assert "Russia" in ended.out
    assert said(ended.err).endswith("reports: 1 of 3 signals")
    assert client.xlen(keys.watch_stream("reports")) == before == 1


def test_a_watch_is_followed_on_its_own_stream(tmp_path: Path, client: redis.Redis, settings: dict[str, str]) -> None:
    publish(client, settings)

    ended = run_here(tmp_path, "tail", "--watch", "france", "--no-follow", "--json", **settings)

    assert [orjson.loads(line)["id"] for line in ended.out.splitlines()] == ["s1", "r1"]


@pytest.mark.parametrize(
    "command",
    [("watch", "test", "frnace"), ("tail", "--watch", "frnace", "--no-follow")],
    ids=lambda command: command[0],
)
def test_a_watch_that_there_is_not_is_told_with_those_there_are(
    tmp_path: Path, settings: dict[str, str], command: tuple[str, ...]
) -> None:
    ended = run_here(tmp_path, *command, **settings)

    assert ended.status == 2
    assert "there is no watch 'frnace' There are: france, reports." in said(ended.err)


@pytest.mark.parametrize("command", [("watch", "test"), ("watch", "test", "france", "--all")])
def test_which_watches_are_tried_must_be_said(
    tmp_path: Path, settings: dict[str, str], command: tuple[str, ...]
) -> None:
    ended = run_here(tmp_path, *command, **settings)

    assert (ended.status, said(ended.err)) == (2, "error: name watches, or give --all")


def test_without_watches_the_list_says_how_to_have_some(tmp_path: Path) -> None:
    ended = run_here(tmp_path, "watch", "list")

    assert (ended.status, ended.out) == (0, "")
    assert "config/watches.toml" in ended.err

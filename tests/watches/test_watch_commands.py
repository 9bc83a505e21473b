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
from services.health import Finding
from stancewire import codec, keys
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.adapters.webhooks import RedisOutbox
from stancewire.types import Gone, WebhookStanding
from stancewire.watching import watched
from stancewire.wiring.diagnosis import examined
from stancewire.wiring.outside import now
from stancewire.wiring.stores import Server
from stancewire.wiring.watch_health import deliveries_finding, watches_finding
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
    told = replace(publication(one), signals=(stance("s1"), interference("i1")), revision=GONE)
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
        ({"delivered_at": timedelta(hours=3)}, "delivers, the last 3 hours ago", True),
        (
            {
                "failing_since": timedelta(minutes=5),
                "attempts": 4,
                "stream_id": "1-0",
                "error": "it answers 500",
            },
            "fails for 5 minutes, 4 attempts: it answers 500",
            False,
        ),
        (
            {"gone_at": timedelta(days=2), "error": "it answers 410"},
            "gone since 2 days ago: it answers 410",
            False,
        ),
    ],
)
def test_a_webhook_that_does_not_deliver_is_told_with_its_reason(
    tmp_path: Path, client: redis.Redis, settings: dict[str, str], standing: dict[str, object], says: str, is_ok: bool
) -> None:
    ago = {name: now() - each if isinstance(each, timedelta) else each for name, each in standing.items()}
    RedisOutbox(client).note(WebhookStanding(watch="france", **ago), ())  # type: ignore[arg-type]

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


def findings(settings: dict[str, str], watches: Path | None = None) -> tuple[Finding, Finding]:
    """What doctor finds of the file and of the deliveries."""
    told = Settings(watches=watches or Path(settings["STANCEWIRE_WATCHES"]))
    server = Server(url=settings["STANCEWIRE_REDIS_URL"], socket=None)
    found = examined(
        iter((("watches", lambda: watches_finding(told)), ("deliveries", lambda: deliveries_finding(told, server))))
    )
    (_, of_file), (_, of_deliveries) = found
    return of_file, of_deliveries


def test_doctor_says_which_watches_there_are_and_that_a_webhook_fails(
    client: redis.Redis, settings: dict[str, str]
) -> None:
    publish(client, settings)
    well = findings(settings)
    failing = WebhookStanding(watch="france", failing_since=now(), attempts=3, stream_id="1-0", error="it answers 500")
    RedisOutbox(client).note(failing, ())
    ill = findings(settings)

    assert [each.ok for each in well] == [True, True]
    assert well[0].detail.startswith("2 in ")
    assert well[1].detail == "france: 2 entries; reports: 1 entries"
    assert (ill[0].ok, ill[1].ok) == (True, False)
    assert "webhook of france fails" in ill[1].detail


def test_doctor_says_that_a_key_is_missing(tmp_path: Path, client: redis.Redis, settings: dict[str, str]) -> None:
    (tmp_path / "key").unlink()

    of_file, _ = findings(settings)

    assert not of_file.ok
    assert "the key of watch france cannot be read" in of_file.detail


def test_doctor_says_what_is_kept_for_a_webhook_that_was_taken_out(
    tmp_path: Path, client: redis.Redis, settings: dict[str, str]
) -> None:
    RedisOutbox(client).waiting(["france"], 1)
    publish(client, settings)
    without = tmp_path / "without.toml"
    without.write_text('[[watch]]\nname = "reports"\n')

    _, deliveries = findings(settings, without)

    assert not deliveries.ok
    assert "stancewire:watch:france:v1 is kept for a webhook" in deliveries.detail
    assert "XGROUP DESTROY stancewire:watch:france:v1 stancewire-webhook" in deliveries.fix


def test_without_watches_the_list_says_how_to_have_some(tmp_path: Path) -> None:
    ended = run_here(tmp_path, "watch", "list")

    assert (ended.status, ended.out) == (0, "")
    assert "config/watches.toml" in ended.err

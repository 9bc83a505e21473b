"""`dead`: what it shows of articles that were given up, and what retrying and dropping them does."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis
from cli_programs import Ended, run_here
from rich.console import Console

from services.embedded import EmbeddedServer
from stancewire import codec, keys
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.cli.dead_letters import show_rows
from stancewire.types import Acceptance, DeadEntry, DeadLetter, DeadReason, Entry, Feed, Item, Page

NOW = datetime.now(UTC)
TRACE = 'Traceback (most recent call last):\n  File "rules.py", line 1\nValueError: of \x1b[31m\u202eред'
PAGE = b"<html><body><p>The harbour \xff froze.</p></body></html>"


def item(name: str, feed: str) -> Item:
    return Item(
        id=f"{name}0000-1",
        article_id=name,
        fingerprint="first",
        revision=1,
        feed=Feed(id=feed, url=f"https://{feed}.example/feed", outlet=feed.title()),
        entry=Entry(
            guid=name,
            link=f"https://{feed}.example/{name}",
            title=f"Harbour {name}\x1b]0;owned\x07",
            summary="",
            content="",
            authors=(),
            published_at=NOW,
            updated_at=None,
            time_confidence="stated",
            language="en",
        ),
        page=Page(url=f"https://{feed}.example/{name}", content_type="text/html", body=PAGE),
        page_error=None,
        fetched_at=NOW,
    )


@dataclass(frozen=True)
class House:
    """A running server with dead letters on it, and the command line."""

    home: Path
    url: str
    store: RedisStore
    client: redis.Redis

    def dead(self, *arguments: str, given: str = "") -> Ended:
        return run_here(self.home, "dead", *arguments, given=given, STANCEWIRE_REDIS_URL=self.url)

    def bury(self, name: str, reason: DeadReason, *, feed: str = "gazette", ago: timedelta = timedelta()) -> None:
        found = item(name, feed)
        self.store.accept(Acceptance(items=(found,), feed_state=None, batch_id=f"batch-{name}", at=NOW))
        self.store.bury(DeadLetter(item_id=found.id, reason=reason, detail=TRACE, attempts=3, at=NOW - ago))


@pytest.fixture
def house(server: EmbeddedServer, client: redis.Redis, tmp_path: Path) -> House:
    made = House(home=tmp_path, url=server.url, store=RedisStore(client, Limits()), client=client)
    made.bury("aaaa", "failed", ago=timedelta(days=3))
    made.bury("bbbb", "killed_workers", ago=timedelta(hours=1))
    made.bury("abcd", "failed", feed="herald")
    return made


def test_the_list_shows_the_latest_last_with_its_reason_and_counts(house: House) -> None:
    ended = house.dead("list")

    assert ended.status == 0, ended.err
    rows = [line.split("\t") for line in ended.out.splitlines()]
    assert [row[1:5] for row in rows] == [
        ["failed", "3", "gazette", "aaaa0000-1"],
        ["killed workers", "3", "gazette", "bbbb0000-1"],
        ["failed", "3", "herald", "abcd0000-1"],
    ]
    assert rows[0][5].startswith("Harbour aaaa")
    assert "3 dead letters, 2 failed, 1 killed workers" in ended.err


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (["--reason", "failed"], ["aaaa0000-1", "abcd0000-1"]),
        (["--feed", "gazette"], ["aaaa0000-1", "bbbb0000-1"]),
        (["--since", "2h"], ["bbbb0000-1", "abcd0000-1"]),
        (["--since", "2h", "--reason", "failed"], ["abcd0000-1"]),
        (["--reason", "unreadable"], []),
    ],
    ids=["reason", "feed", "since", "both", "none"],
)
def test_the_list_can_be_narrowed(house: House, options: list[str], shown: list[str]) -> None:
    ended = house.dead("list", *options)

    assert [line.split("\t")[4] for line in ended.out.splitlines()] == shown
    assert f"{len(shown)} dead letters" in ended.err


def test_the_list_as_json_has_the_traceback_as_it_was(house: House) -> None:
    ended = house.dead("list", "--json")

    lines = [json.loads(line) for line in ended.out.splitlines()]
    assert [line["item_id"] for line in lines] == ["aaaa0000-1", "bbbb0000-1", "abcd0000-1"]
    assert lines[2]["detail"] == TRACE
    assert (lines[2]["feed"], lines[2]["link"]) == ("herald", "https://herald.example/abcd")


@pytest.mark.parametrize("command", [["list"], ["list", "--json"], ["show", "aaaa"], ["show", "aaaa", "--input"]])
def test_nothing_that_strangers_wrote_drives_the_terminal(house: House, command: list[str]) -> None:
    out = house.dead(*command).out

    assert out
    assert not {"\x1b", "\x07", "\u202e"} & set(out)


def test_letters_that_fell_off_are_told(house: House) -> None:
    house.store.count("letters_evicted", 7)

    assert "7 older ones fell off, as 10,000 are kept" in house.dead("list").err


def test_one_letter_is_shown_with_its_reason_its_input_and_the_traceback(house: House) -> None:
    ended = house.dead("show", "aaaa")

    assert ended.status == 0, ended.err
    facts = {line[:10].strip(): line[10:] for line in ended.out.splitlines()}
    assert facts["reason"].startswith("failed: ")
    assert (facts["attempts"], facts["feed"]) == ("3", "gazette")
    assert facts["link"] == "https://gazette.example/aaaa"
    assert facts["input"].endswith("bytes, kept for 30.0 more days; --input prints them")
    assert facts["page"] == f"{len(PAGE)} bytes, text/html; --page FILE writes them"
    assert facts["next"] == "stancewire dead retry aaaa0000-1"
    assert ended.out.splitlines()[-3:-1] == ["  Traceback (most recent call last):", '    File "rules.py", line 1']


def test_a_letter_is_found_by_its_stream_id_and_by_the_beginning_of_its_item(house: House) -> None:
    *_, last = house.store.letters()

    for name in (last.stream_id, "abcd0000-1", "abcd"):
        assert "abcd0000-1" in house.dead("show", name).out
    assert (house.dead("show", "abc").status, house.dead("show", "none-such").status) == (2, 2)
    house.bury("abcd00", "failed")
    ambiguous = house.dead("show", "abcd0")
    assert (ambiguous.status, ambiguous.out) == (2, "")
    assert "begins the ids of 2 dead letters" in ambiguous.err


def test_the_input_is_printed_and_its_page_written_as_they_were(house: House, tmp_path: Path) -> None:
    printed = house.dead("show", "aaaa", "--input")
    written = house.dead("show", "aaaa", "--page", str(tmp_path / "page.html"))

    assert codec.decode_item(printed.out.encode()) == item("aaaa", "gazette")
    assert written.status == 0, written.err
    assert (tmp_path / "page.html").read_bytes() == PAGE
    nowhere = house.dead("show", "aaaa", "--page", str(tmp_path / "none" / "page.html"))
    assert (nowhere.status, "cannot be written" in nowhere.err) == (2, True)


def test_of_an_input_that_is_gone_the_letter_still_tells(house: House, tmp_path: Path) -> None:
    house.client.delete(keys.item("aaaa0000-1"))

    ended = house.dead("show", "aaaa")

    assert "https://gazette.example/aaaa" in ended.out
    assert "gone, so that it cannot be tried once more" in ended.out
    for option in (["--input"], ["--page", str(tmp_path / "page.html")]):
        refused = house.dead("show", "aaaa", *option)
        assert (refused.status, refused.out) == (1, "")
        assert "payloads are kept for 30 days" in refused.err


def test_an_article_without_a_page_and_a_spoiled_input_are_said_so(house: House, tmp_path: Path) -> None:
    bare = replace(item("aaaa", "gazette"), page=None, page_error="404 Not Found")
    house.client.set(keys.item("aaaa0000-1"), codec.encode_item(bare), keepttl=True)
    house.client.set(keys.item("bbbb0000-1"), b"\xff\x1b[31m", keepttl=True)

    without = house.dead("show", "aaaa", "--page", str(tmp_path / "page.html"))

    assert (without.status, "404 Not Found" in without.err) == (1, True)
    assert "not a valid item" in house.dead("show", "bbbb").out
    assert "\x1b" not in house.dead("show", "bbbb", "--input").out
    assert house.dead("show", "bbbb", "--page", str(tmp_path / "page.html")).status == 1


def test_a_retried_article_waits_for_the_workers_again(house: House) -> None:
    ended = house.dead("retry", "aaaa", "bbbb0000-1")

    assert (ended.status, ended.out) == (0, "2 tried once more\n")
    depth = house.store.depth()
    assert (depth.pending, depth.dead) == (2, 1)


def test_what_cannot_be_retried_is_said_and_left(house: House) -> None:
    house.client.delete(keys.item("aaaa0000-1"))

    ended = house.dead("retry", "--all", "--reason", "failed")

    assert (ended.status, ended.out) == (1, "1 tried once more, 1 left\n")
    assert "aaaa0000-1 is left: its payload is gone" in ended.err
    assert [entry.letter.item_id for entry in house.store.letters()] == ["aaaa0000-1", "bbbb0000-1"]


def test_a_dropped_article_is_gone_with_its_input(house: House) -> None:
    ended = house.dead("drop", "aaaa")

    assert (ended.status, ended.out) == (0, "1 dropped\n")
    assert not house.client.exists(keys.item("aaaa0000-1"))
    assert house.store.depth().dead == 2


def test_all_are_dropped_only_after_a_yes(house: House) -> None:
    for answer in ("", "n\n"):
        kept = house.dead("drop", "--all", given=answer)
        assert (kept.status, kept.out.strip()) == (1, "")
        assert "Forget 3 articles" in kept.err
    assert house.store.depth().dead == 3

    assert house.dead("drop", "--all", given="y\n").out.strip() == "3 dropped"
    assert house.store.depth().dead == 0
    house.bury("cccc", "failed")
    assert house.dead("drop", "--all", "--yes").out == "1 dropped\n"


@pytest.mark.parametrize(
    "command",
    [["retry"], ["drop"], ["retry", "aaaa", "--all"], ["drop", "aaaa", "--reason", "failed"], ["retry", "none-such"]],
    ids=" ".join,
)
def test_a_command_that_does_not_say_which_does_nothing(house: House, command: list[str]) -> None:
    ended = house.dead(*command)

    assert (ended.status, ended.out) == (2, "")
    assert "stancewire dead list" in ended.err or "leave it out" in ended.err
    assert house.store.depth().dead == 3


def test_many_are_retried_in_steps(house: House) -> None:
    for number in range(450):
        house.bury(f"n{number:03}", "unreadable")

    assert house.dead("retry", "--all").out == "453 tried once more\n"

    assert (house.store.depth().pending, house.store.depth().dead) == (453, 0)


def test_where_none_was_given_up_there_is_nothing_to_show(house: House) -> None:
    house.client.flushall()

    ended = house.dead("list")

    assert (ended.status, ended.out) == (0, "")
    assert "0 dead letters" in ended.err
    assert house.dead("retry", "--all").out == "0 tried once more\n"


def test_a_server_that_is_away_is_said_so(tmp_path: Path) -> None:
    for command in (["list"], ["show", "a"], ["retry", "--all"]):
        none = run_here(tmp_path, "dead", *command)
        assert (none.status, none.out) == (1, "")
        assert "stancewire up" in none.err


def test_on_a_terminal_a_short_id_names_the_article_and_the_title_has_room() -> None:
    entry = DeadEntry(
        stream_id="1-0",
        letter=DeadLetter(item_id="0123456789abcdef", reason="failed", detail=TRACE, attempts=3, at=NOW),
        feed_id="gazette",
        link="",
        title=item("aaaa", "gazette").entry.title,
    )
    for width, has_feed in ((80, False), (120, True)):
        screen = Console(file=io.StringIO(), force_terminal=True, width=width, color_system=None)

        show_rows(screen, [entry])

        shown = screen.file.getvalue()  # type: ignore[attr-defined]
        assert "0123456789ab " in shown
        assert "Harbour aaaa" in shown
        assert ("gazette" in shown) == has_feed
        assert not {"\x1b", "\x07"} & set(shown)

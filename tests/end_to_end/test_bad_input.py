"""What is wrong is said in one clear line, with the right exit status, and the rest goes on."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

from cli_programs import Ended, run, started
from news_site import NewsSite, Story, dripping, fixed, page_of_size
from runs import (
    TcpServer,
    article_of,
    await_that,
    client_of,
    is_done,
    lines_with,
    many_stories,
    settings_of,
    signals_of,
    stream_length,
)

WORDS = "Russia condemned Turkey on Tuesday, after the ships had waited for two days in front of the harbour."
#: Pages of which nothing is had: too large, and too slow.
UNREAD = ("/huge.html", "/slow.html")
OWN_WORDS = (
    "The harbour of Oslo reopened to ferries after a week of repairs.",
    "A choir from Lima won the autumn contest of school bands.",
)


def errors_in(ended: Ended) -> list[str]:
    """The errors that a command told, each with its hint; nothing else may stand there."""
    assert ended.out == ""
    assert "Traceback" not in ended.err
    lines = ended.err.splitlines()
    assert lines[0].startswith("error: ")
    assert all(line.startswith(("error: ", "       ")) for line in lines), ended.err
    return [line for line in lines if line.startswith("error: ")]


def test_a_feed_list_that_is_not_there_is_told_with_its_path(tmp_path: Path) -> None:
    ended = run(tmp_path, "up", STANCEWIRE_FEEDS=str(tmp_path / "nowhere.toml"))
    assert ended.status == 2
    [error] = errors_in(ended)
    assert str(tmp_path / "nowhere.toml") in error
    assert "no such file" in error
    assert "feeds add" in ended.err


def test_an_unknown_setting_is_told_with_its_line_and_what_may_have_been_meant(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[poll]\ninterval_s = 5\n\n[fetch]\nconcurency = 3\n")
    ended = run(tmp_path, "up", "--config", str(file))
    assert ended.status == 2
    [error] = errors_in(ended)
    assert f"{file}:5" in error
    assert "fetch.concurrency" in ended.err


def test_an_unknown_variable_is_told_with_its_name_and_what_may_have_been_meant(tmp_path: Path) -> None:
    ended = run(tmp_path, "up", STANCEWIRE_WORK__PROCESES="2")
    assert ended.status == 2
    [error] = errors_in(ended)
    assert "STANCEWIRE_WORK__PROCESES" in error
    assert "STANCEWIRE_WORK__PROCESSES" in ended.err


def test_a_feed_that_is_listed_twice_is_told_with_both_lines(tmp_path: Path) -> None:
    feed = '[[feed]]\nid = "harbour"\nurl = "https://example.org/feed"\noutlet = "The Harbour Post"\n'
    feeds = tmp_path / "feeds.toml"
    feeds.write_text(feed + feed)
    ended = run(tmp_path, "up", STANCEWIRE_FEEDS=str(feeds))
    assert ended.status == 2
    of_id, of_url = errors_in(ended)
    assert f"{feeds}:6" in of_id
    assert "first in line 2" in of_id
    assert f"{feeds}:7" in of_url
    assert "first in line 3" in of_url


def test_a_server_that_does_not_listen_is_waited_for_and_told_once_and_then_used(tmp_path: Path) -> None:
    with NewsSite(feeds={"/feed.xml": many_stories(1)}) as site:
        server = TcpServer(tmp_path / "server")
        settings = settings_of(tmp_path, site, STANCEWIRE_REDIS_URL=server.url)
        [error] = errors_in(refused := run(tmp_path, "tail", "--no-follow", STANCEWIRE_REDIS_URL=server.url))
        assert refused.status == 1
        assert f"127.0.0.1:{server.port}" in error
        with started(tmp_path, "up", **settings) as house:
            line = json.loads(house.wait_for("server away", stream="err"))
            assert f"127.0.0.1:{server.port}" in line["cause"]
            assert line["hint"]
            with server:
                running = json.loads(house.wait_for('"event":"running"', stream="err"))
                assert running["server"] == server.url
                await_that(lambda: stream_length(server.client) > 0, "signals are published", house)
                assert house.stop() == 0
            assert len(lines_with(house.err, '"event":"server away"')) == 1


def test_a_wrong_password_is_told_in_one_line_that_does_not_hold_it(tmp_path: Path) -> None:
    with TcpServer(tmp_path / "server", password="of-the-server") as server:
        wrong = server.url.replace("of-the-server", "not-it-at-all")
        [error] = errors_in(ended := run(tmp_path, "tail", "--no-follow", STANCEWIRE_REDIS_URL=wrong))
        assert ended.status == 1
        assert "password" in error
        assert "not-it-at-all" not in ended.err
        for command in ("up", "poll", "work"):
            with started(tmp_path / command, command, STANCEWIRE_REDIS_URL=wrong) as house:
                line = json.loads(house.wait_for("password", stream="err"))
                assert line["level"] == "error"
                assert line["hint"]
                assert house.stop() == 0
            # Besides the one that says where health is served.
            assert len(lines_with(house.err, "server")) == 1
            assert len(house.err) == 2
            assert "not-it-at-all" not in "".join(house.err)
        without = f"redis://127.0.0.1:{server.port}"
        [error] = errors_in(run(tmp_path, "tail", "--no-follow", STANCEWIRE_REDIS_URL=without))
        assert "password" in error


def test_feeds_and_pages_that_are_bad_in_every_way_do_not_hold_up_the_others(tmp_path: Path) -> None:
    # Each in words of its own: one text under two links would be one article.
    summaries = [f"{WORDS} {own}" for own in OWN_WORDS]
    unread = tuple(
        Story(path=path, title=own, paragraphs=(), summary=summary)
        for path, own, summary in zip(UNREAD, OWN_WORDS, summaries, strict=True)
    )
    odd = {
        "/huge.html": page_of_size(50),
        "/html.xml": fixed(200, "text/html", b"<!DOCTYPE html><html><body><p>Welcome</p></body></html>"),
        "/broken.xml": fixed(500, "text/plain", b"Internal Server Error"),
        "/gone.xml": fixed(404, "text/html", b"<html><body>not here</body></html>"),
        "/garbage.xml": fixed(200, "application/rss+xml", bytes(range(256)) * 400),
        "/slow.html": dripping,
        "/slow.xml": dripping,
    }
    bad = [path for path in odd if path.endswith(".xml")]
    site = NewsSite(feeds={"/good.xml": many_stories(3), "/pages.xml": unread}, odd=odd)
    with site:
        settings = settings_of(tmp_path, site, *site.feeds, *bad, STANCEWIRE_FETCH__TOTAL_TIMEOUT_S="3")
        with client_of(settings) as client, started(tmp_path, "up", **settings) as house:
            expected = {f"{site.base}{story.path}" for stories in site.feeds.values() for story in stories}
            for path in bad:
                name = path.strip("/").replace(".", "-")
                failed = json.loads(house.wait_for(f'"feed":"{name}","outcome":"failed"', stream="err"))
                assert failed["level"] == "warning"
                assert failed["error"]
                assert failed["detail"]
            await_that(
                lambda: {signal.article.url for signal in signals_of(client)} == expected, "the others are read", house
            )
            await_that(lambda: is_done(client, 1), "nothing waits", house)
            ids = {each.article.id for each in signals_of(client) if (each.article.url or "").endswith(UNREAD)}
            articles = [article_of(client, article_id) for article_id in ids]
            assert sorted(article.text for article in articles) == sorted(summaries)
            assert {article.quality for article in articles} == {"feed"}
            health = json.loads(house.wait_for("health served", stream="err"))["url"]
            with urllib.request.urlopen(f"{health}/readyz") as answer:
                assert json.load(answer)["ready"] is True
            assert house.stop() == 0
        assert lines_with(house.err, "Traceback") == []
        assert lines_with(house.err, '"outcome":"failed"', "good-xml") == []


def test_a_second_up_on_the_same_data_folder_is_refused_in_one_line_and_the_first_goes_on(tmp_path: Path) -> None:
    with NewsSite(feeds={"/feed.xml": many_stories(2)}) as site:
        settings = settings_of(tmp_path, site)
        with client_of(settings) as client, started(tmp_path, "up", **settings) as house:
            house.wait_for('"event":"running"', stream="err")
            with started(tmp_path / "second", "up", **settings) as second:
                assert second.process.wait(30) == 1
            [error] = errors_in(Ended(1, "\n".join(second.out), "\n".join(second.err)))
            assert "is in use by process" in error
            assert str(house.process.pid) in error
            await_that(lambda: is_done(client, 1), "the first goes on", house)
            assert house.stop() == 0

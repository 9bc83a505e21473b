"""What the log shows, and what it must never show."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog

from config.logging import MAX_CHARACTERS, configure
from config.settings import LogSettings


@pytest.fixture(autouse=True)
def _unchanged_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def refuse(message: str) -> None:
    raise ValueError(message)


def logged(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def start(log_format: str = "json", *, level: str = "info", secrets: tuple[str, ...] = ()) -> io.StringIO:
    stream = io.StringIO()
    settings = LogSettings.model_validate({"format": log_format, "level": level})
    configure(settings, stream, is_terminal=False, secrets=secrets)
    return stream


def test_an_event_is_one_line_of_json_with_the_time_in_utc() -> None:
    stream = start()

    structlog.get_logger().info("feed polled", feed="bbc", entries=3, outlet="Россия сегодня")

    (event,) = logged(stream)
    assert (event["event"], event["level"], event["feed"], event["entries"]) == ("feed polled", "info", "bbc", 3)
    assert datetime.fromisoformat(event["timestamp"]).utcoffset() == timedelta(0)
    assert "Россия" in stream.getvalue()


def test_what_is_below_the_level_is_left_out() -> None:
    stream = start(level="warning")

    structlog.get_logger().info("feed polled")

    assert stream.getvalue() == ""


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize("name", ["rq.worker", "httpx", "uvicorn.error", "redis"])
def test_libraries_log_through_the_same_door_from_warnings_up(log_format: str, name: str) -> None:
    stream = start(log_format, level="debug")
    logger = logging.getLogger(name)
    logger.setLevel(logging.DEBUG)

    logger.info("chatter")
    logger.warning("lost %s", "the\nconnection")
    logger.setLevel(logging.NOTSET)

    (line,) = stream.getvalue().splitlines()
    assert "chatter" not in line
    assert name in line
    # Its words may hold what was fetched, and are a field.
    assert "said by a library" in line
    assert re.search(r"said\W+lost the\\+nconnection", line)


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize(
    "fields",
    [
        {"url": "redis://user:hush@server:6379/0"},
        {"url": "redis://:hush@server"},
        {"url": "https://hush@feeds.example/rss"},
        {"url": "https://feeds.example/rss?format=xml&api_key=hush"},
        {"url": "https://feeds.example/rss?key=hush#top"},
        {"url": "https://feeds.example/rss?a=1&token=hush&b=2"},
        {"url": "https://feeds.example/rss?a=1&amp;access_token=hush"},
        {"url": "https://feeds.example/rss;sid=hush"},
        {"url": "https://user:hu@sh@feeds.example/rss?x=hu"},
        {"url": "unix://:hush@/run/server.sock"},
        {"url": "rediss://server:6379/0?password=hush"},
        {"error": "proxy http://user:hush@proxy.example:3128 does not answer"},
        {"error": "sent Authorization: Bearer hush to the host"},
        {"error": "sent {'Cookie': 'hush=1; more=hush'} to the host"},
        {"reason": "not from https://hubs.example/hubs?secret=hush"},
        {"detail": "cannot fetch https://user:hush@feeds.example/ now"},
        {"password": "hush"},
        {"headers": {"Authorization": "hush", "Set-Cookie": "hush"}},
        {"nested": [{"urls": ("x", "redis://:hush@server")}]},
        {"error": ValueError("no answer from redis://:hush@server")},
        {"detail": "the word is verysecretword"},
        {"detail": "AUTH pass/word failed for pass%2Fword"},
        {"detail": "the server says that in%20query is wrong, or in query"},
    ],
)
def test_secrets_are_masked(log_format: str, fields: dict[str, Any]) -> None:
    stream = start(
        log_format,
        secrets=(
            "verysecretword",
            "redis://user:pass%2Fword@server:6379",
            "redis://server?password=in%20query",
        ),
    )

    structlog.get_logger().info("store reached", **fields)

    assert "hush" not in stream.getvalue()
    assert "verysecretword" not in stream.getvalue()
    assert "word failed" not in stream.getvalue()
    assert "query" not in stream.getvalue()
    assert "***" in stream.getvalue()


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_secrets_in_a_traceback_are_masked(log_format: str) -> None:
    stream = start(log_format)

    try:
        refuse("no answer from redis://:hush@server")
    except ValueError:
        structlog.get_logger().exception("store lost")

    assert "hush" not in stream.getvalue()
    assert "***@server" in stream.getvalue()


def test_an_exception_is_structured_without_local_variables() -> None:
    stream = start()
    local = "a local value"

    try:
        refuse(f"it holds {len(local)} characters")
    except ValueError:
        structlog.get_logger().exception("batch failed")

    (event,) = logged(stream)
    assert event["exception"][0]["exc_type"] == "ValueError"
    assert "a local value" not in stream.getvalue()


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize(
    "character",
    [
        *("\n", "\r", "\t", "\v", "\f", "\x1b", "\x00", "\x7f", "\x85", "\x9b"),
        *("\u061c", "\u200e", "\u202a", "\u202e", "\u2066", "\u2069", "\u2028", "\u2029", "\ud800"),
        *("\u200b", "\u200c", "\u200d", "\u2060", "\u2064", "\ufeff", "\ufffa", "\xad", "\U000e0041"),
    ],
)
def test_no_value_can_forge_a_line_or_drive_a_terminal(log_format: str, character: str) -> None:
    stream = start(log_format)

    structlog.get_logger().info("feed polled", title=f"a{character}b", nested={"t": [f"a{character}b"]})

    assert len(stream.getvalue().split("\n")) == 2
    assert character == "\n" or character not in stream.getvalue()
    assert f"a{character}b" not in stream.getvalue()


def test_an_escaped_value_still_reads_as_it_was_in_json() -> None:
    stream = start()

    structlog.get_logger().info("feed polled", title="a\u202e\x7f\x1bb")

    assert logged(stream)[0]["title"] == "a\u202e\x7f\x1bb"


def test_a_message_in_a_traceback_cannot_start_a_line() -> None:
    stream = start("console")

    try:
        refuse("bad\n2026-01-01T00:00:00Z [info] forged")
    except ValueError:
        structlog.get_logger().exception("batch failed")

    assert all(line.startswith("    ") for line in stream.getvalue().splitlines()[1:])


def test_a_long_text_is_cut() -> None:
    stream = start()

    structlog.get_logger().info("feed polled", title="x" * 1_000_000)

    assert len(logged(stream)[0]["title"]) == MAX_CHARACTERS + 1


def test_numbers_that_json_does_not_know_are_written_as_text() -> None:
    stream = start()

    structlog.get_logger().info("feed polled", age=float("nan"))

    assert logged(stream)[0]["age"] == "nan"


def test_a_reader_that_went_away_breaks_nothing() -> None:
    stream = start()
    stream.close()

    structlog.get_logger().info("feed polled")


def test_a_stream_that_cannot_write_a_letter_gets_it_escaped() -> None:
    raw = io.BytesIO()
    configure(LogSettings(format="json"), io.TextIOWrapper(raw, "ascii", write_through=True), is_terminal=False)

    structlog.get_logger().info("feed polled", outlet="Россия")

    assert json.loads(raw.getvalue())["outlet"] == "Россия"


@pytest.mark.parametrize(("is_terminal", "is_json"), [(True, False), (False, True)])
def test_people_get_a_rendering_at_a_terminal_and_machines_get_json(is_terminal: bool, is_json: bool) -> None:
    stream = io.StringIO()
    configure(LogSettings(), stream, is_terminal=is_terminal)

    structlog.get_logger().info("feed polled")

    assert stream.getvalue().startswith("{") is is_json

"""What is wrong with the settings or the list of feeds is said with its place before anything is asked or written."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import typer
from cli_programs import Ended, run_here

from stancewire.cli.application import application


def with_settings(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """All commands that take a settings file, by the words that call them."""
    for name, part in getattr(command, "commands", {}).items():
        yield from with_settings(part, (*path, name))
    if any(parameter.name == "config" for parameter in command.params):
        yield path


COMMANDS = tuple(with_settings(typer.main.get_command(application)))
#: What each needs to be given besides; addresses are those of the place that nobody may ask.
GIVEN: dict[tuple[str, ...], tuple[str, ...]] = {
    ("up",): (),
    ("poll",): (),
    ("work",): (),
    ("analyse",): ("{site}/story.html",),
    ("tail",): ("--no-follow",),
    ("query",): (),
    ("doctor",): (),
    ("replay",): (),
    ("watch", "list"): (),
    ("watch", "test"): ("--all", "--since", "1d"),
    ("export", "csv"): (),
    ("export", "misp"): ("--output", "feed"),
    ("dead", "list"): (),
    ("dead", "show"): ("3f2a90",),
    ("dead", "retry"): ("3f2a90",),
    ("dead", "drop"): ("3f2a90",),
    ("feeds", "list"): (),
    ("feeds", "add"): ("{site}/other.xml",),
    ("feeds", "import"): ("--catalogue",),
    ("feeds", "export"): (),
    ("feeds", "check"): (),
    ("feeds", "health"): (),
    ("export", "stix"): (),
}
#: Those that read the list of feeds; the others do not mind what stands in it.
WITH_FEEDS = (("up",), ("poll",), ("doctor",), *(path for path in COMMANDS if path[0] == "feeds"))


def each(commands: Iterable[tuple[str, ...]]) -> pytest.MarkDecorator:
    """A test for each command; a doctor loads the models before it looks at anything."""
    marks: dict[tuple[str, ...], list[pytest.MarkDecorator]] = {("doctor",): [pytest.mark.slow]}
    return pytest.mark.parametrize(
        "command", [pytest.param(path, marks=marks.get(path, []), id=" ".join(path)) for path in commands]
    )


@dataclass
class Listening:
    """A place that notices whoever comes; it answers nobody."""

    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> Listening:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def _accept(self) -> None:
        while True:
            try:
                connection, peer = self._listener.accept()
            except OSError:
                return
            self.asked.append(str(peer))
            connection.close()

    def __exit__(self, *_: object) -> None:
        self._listener.close()


@pytest.fixture
def place() -> Iterator[Listening]:
    with Listening() as listening:
        yield listening


def called(folder: Path, place: Listening, command: tuple[str, ...], config: Path | None, **more: str) -> Ended:
    given = tuple(each.format(site=f"http://{place.address}") for each in GIVEN[command])
    options = ("--config", str(config)) if config else ()
    settings = {
        "STANCEWIRE_REDIS_URL": f"redis://{place.address}",
        "STANCEWIRE_FETCH__ALLOW_NETWORKS": "127.0.0.0/8",
        "STANCEWIRE_DATA_DIR": str(folder / "data"),
    }
    return run_here(folder, *command, *given, *options, **{**settings, **more})


def said(ended: Ended) -> str:
    """All that was printed, in one line, as a long path is broken at the edge of the screen."""
    return re.sub(r"\s+", " ", f"{ended.out} {ended.err}")


def is_refused(ended: Ended, place: Listening, folder: Path, *words: str) -> None:
    shown = said(ended)
    assert ended.status == 2, shown
    for word in words:
        assert word in shown.replace(" ", "") or word in shown, shown
    assert "Traceback" not in shown
    assert place.asked == []
    assert not (folder / "data").exists()


def test_75_every_command_that_takes_a_settings_file_is_tried_here() -> None:
    assert set(COMMANDS) == set(GIVEN)


@each(COMMANDS)
@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("[poll]\ninterval_s = 'soon'\n", 2, "a number"),
        ("[fetch]\n\nconcurency = 3\n", 3, "Did you mean fetch.concurrency?"),
        ("[work\nprocesses = 2\n", 1, "not valid TOML"),
    ],
    ids=["bad value", "unknown setting", "no TOML"],
)
def test_75_a_bad_settings_file_is_told_with_its_line_before_anything_is_asked(
    tmp_path: Path, place: Listening, command: tuple[str, ...], text: str, line: int, hint: str
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(text)

    ended = called(tmp_path, place, command, config)

    is_refused(ended, place, tmp_path, f"config.toml:{line}", hint)


@each(COMMANDS)
@pytest.mark.parametrize(
    ("variable", "value", "hint"),
    [
        ("STANCEWIRE_FETCH_CONCURRENCY", "3", "Did you mean STANCEWIRE_FETCH__CONCURRENCY?"),
        ("STANCEWIRE_POLL__INTERVAL_S", "soon", "a number"),
        ("STANCEWIRE_REDIS_URL_FILE", "/nowhere", "must name a file"),
    ],
    ids=["unknown", "bad value", "no file"],
)
def test_75_a_bad_variable_is_told_by_its_name_before_anything_is_asked(
    tmp_path: Path, place: Listening, command: tuple[str, ...], variable: str, value: str, hint: str
) -> None:
    more = {"STANCEWIRE_REDIS_URL": ""} if variable.endswith("_FILE") else {}

    ended = called(tmp_path, place, command, None, **{**more, variable: value})

    is_refused(ended, place, tmp_path, variable, hint)


@each(COMMANDS)
def test_75_a_settings_file_that_is_missing_is_told_before_anything_is_asked(
    tmp_path: Path, place: Listening, command: tuple[str, ...]
) -> None:
    is_refused(called(tmp_path, place, command, tmp_path / "none.toml"), place, tmp_path, "none.toml", "no such file")


@each((("up",), ("poll",), ("work",), ("doctor",), ("watch", "list"), ("watch", "test")))
def test_75_a_watch_that_asks_for_what_there_is_not_is_told_with_its_line_before_anything_is_asked(
    tmp_path: Path, place: Listening, command: tuple[str, ...]
) -> None:
    watches = tmp_path / "watches.toml"
    watches.write_text('[[watch]]\nname = "moldova"\nstatus = "proven"\n')

    # A doctor looks at the server all the same, and says what it found there.
    other = {"STANCEWIRE_REDIS_URL": ""} if command == ("doctor",) else {}
    ended = called(tmp_path, place, command, None, STANCEWIRE_WATCHES=str(watches), **other)

    is_refused(ended, place, tmp_path, "watches.toml:3", "status cannot be 'proven'", "alleged, assessed")


@each(WITH_FEEDS)
@pytest.mark.parametrize(
    ("second", "line", "words"),
    [
        ('id = "gazette"\nurl = "{site}/b.xml"\noutlet = "B"\n', 6, ("id 'gazette' is used twice", "first in line 2")),
        ('id = "other"\nurl = "{site}/a.xml"\noutlet = "B"\n', 7, ("is used twice", "first in line 3")),
        ('id = "other"\nurl = "file:///etc/passwd"\noutlet = "B"\n', 7, ("feeds.toml:7",)),
        ('id = "other"\noutlet = "B"\n', 5, ("feeds.toml:5",)),
    ],
    ids=["same id", "same address", "no address to ask", "no address"],
)
def test_75_a_feed_that_is_listed_twice_or_wrongly_is_told_with_its_line_before_anything_is_asked(
    tmp_path: Path, place: Listening, command: tuple[str, ...], second: str, line: int, words: tuple[str, ...]
) -> None:
    feeds = tmp_path / "feeds.toml"
    first = '[[feed]]\nid = "gazette"\nurl = "{site}/a.xml"\noutlet = "A"\n'
    feeds.write_text((first + "[[feed]]\n" + second).replace("{site}", f"http://{place.address}"))

    # A doctor looks at the server all the same, and says what it found there.
    other = {"STANCEWIRE_REDIS_URL": ""} if command == ("doctor",) else {}
    ended = called(tmp_path, place, command, None, STANCEWIRE_FEEDS=str(feeds), **other)

    is_refused(ended, place, tmp_path, f"feeds.toml:{line}", *words)

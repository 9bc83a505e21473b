"""What the end-to-end tests share: settings of a run, waiting for a condition, and what a run left on the stream."""

from __future__ import annotations

import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import redis
from cli_programs import Running
from news_site import NewsSite, Story

from seeds.lists import write_toml
from services.embedded import find_binary, socket_path
from stancewire import codec, keys
from stancewire.types import Article, Feed, Signal, Stance

#: One worker that asks for nothing again for an hour would hide what a second start repeats; so polls are frequent.
QUICK = {
    "STANCEWIRE_FETCH__ALLOW_NETWORKS": "127.0.0.0/8",
    "STANCEWIRE_FETCH__HOST_INTERVAL_S": "0",
    "STANCEWIRE_POLL__INTERVAL_S": "1",
    "STANCEWIRE_WORK__LEASE_S": "3",
}
_PAIRS = (
    ("Russia", "Turkey"),
    ("Iran", "Israel"),
    ("France", "Hungary"),
    ("China", "Japan"),
    ("Poland", "Belarus"),
    ("India", "Pakistan"),
    ("Serbia", "Kosovo"),
    ("Greece", "Libya"),
)
#: Signals that each of `many_stories` holds.
PER_STORY = len(_PAIRS)


def settings_of(folder: Path, site: NewsSite, *paths: str, **more: str) -> dict[str, str]:
    """Settings of a run whose feeds are those at `paths` of the site, and whose data lie in the folder."""
    folder.mkdir(exist_ok=True)
    feeds = tuple(
        Feed(id=path.strip("/").replace(".", "-"), url=f"{site.base}{path}", outlet="The Harbour Post", country="IE")
        for path in paths or tuple(site.feeds)
    )
    (folder / "feeds.toml").write_text(write_toml(feeds))
    own = {"STANCEWIRE_FEEDS": str(folder / "feeds.toml"), "STANCEWIRE_DATA_DIR": str(folder / "data")}
    return {**QUICK, **own, **more}


def many_stories(count: int) -> tuple[Story, ...]:
    """Stories of `PER_STORY` stances each, of which no two have the same words."""
    return tuple(
        Story(
            path=f"/story-{number}.html",
            title=f"Morning report {number}",
            paragraphs=(
                "The meeting lasted for two days and ended late in the evening, after the delegations had gone through "
                "the draft line by line and had agreed on nothing but the date of the next one.",
                *(f"{holder} condemned {target} on day {number} of the talks." for holder, target in _PAIRS),
            ),
        )
        for number in range(1, count + 1)
    )


def each_once(site: NewsSite) -> Counter[tuple[str | None, str, str]]:
    """What the stream must hold when all of `many_stories` were read: address, holder and target, once each."""
    return Counter(
        (f"{site.base}{story.path}", holder, target)
        for stories in site.feeds.values()
        for story in stories
        for holder, target in _PAIRS
    )


def found(client: redis.Redis) -> Counter[tuple[str | None, str, str]]:
    """The stances on the stream, as `each_once` counts them."""
    return Counter(
        (signal.article.url, signal.holder.name, signal.target.name)
        for signal in signals_of(client)
        if isinstance(signal, Stance)
    )


def client_of(settings: Mapping[str, str]) -> redis.Redis:
    """A client of the embedded server of a run."""
    return redis.Redis(unix_socket_path=str(socket_path(Path(settings["STANCEWIRE_DATA_DIR"]))))


def signals_of(client: redis.Redis) -> tuple[Signal, ...]:
    """All signals on the stream."""
    entries: Any = client.xrange(keys.SIGNALS_STREAM)
    return tuple(codec.signals.decode(fields[b"data"]) for _, fields in entries)


def article_of(client: redis.Redis, article_id: str) -> Article:
    """An article as stored."""
    stored = client.get(keys.article(article_id))
    assert isinstance(stored, bytes)
    return codec.articles.decode(stored)


def stream_length(client: redis.Redis) -> int:
    """Entries of the stream; 0 while the server does not answer."""
    try:
        return int(client.xlen(keys.SIGNALS_STREAM))
    except redis.ConnectionError:
        return 0


def await_that(condition: Callable[[], object], what: str, *runs: Running, seconds: float = 40) -> None:
    """Wait until a condition holds; otherwise say what the processes said."""
    give_up = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > give_up:
            said = []
            for run in runs:
                run.read_now()
                said += ["--", *run.out[-10:], *run.err[-25:]]
            raise AssertionError("\n".join((f"not within {seconds} s: {what}", *said)))
        time.sleep(0.05)


def is_done(client: redis.Redis, length: int) -> bool:
    """Whether the stream has so many entries and nothing waits for a worker any more."""
    try:
        return int(client.xlen(keys.SIGNALS_STREAM)) >= length and not client.zcard(keys.PENDING)
    except redis.ConnectionError:
        return False


def lines_with(said: Sequence[str], *words: str) -> list[str]:
    """Lines that hold all of the words."""
    return [line for line in said if all(word in line for word in words)]


class TcpServer:
    """A server on a port of the loopback, with its data in a folder: it can be ended and started again."""

    def __init__(self, folder: Path, *, password: str = "") -> None:
        folder.mkdir(exist_ok=True)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port: int = listener.getsockname()[1]
        self.url = f"redis://{f':{password}@' if password else ''}127.0.0.1:{self.port}"
        self.client = redis.Redis.from_url(self.url, retry=None)
        settings = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "dir": str(folder),
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            "maxmemory-policy": "noeviction",
            **({"requirepass": password} if password else {}),
        }
        self._command = [
            str(find_binary()),
            *(part for name, value in settings.items() for part in (f"--{name}", value)),
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> TcpServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()
        self.stop()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        await_that(self._answers, "the test's server answers")

    def stop(self, *, kill: bool = False) -> None:
        """End it: in order, or at once."""
        if self._process is not None:
            if kill:
                self._process.kill()
            else:
                self._process.terminate()
            self._process.wait(20)
            self._process = None

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.ConnectionError:
            return False

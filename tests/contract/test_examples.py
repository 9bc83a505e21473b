"""The examples for consumers do what they say, as they stand in the documentation."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import pytest
import redis
from cloudevents.core.formats.json import JSONFormat
from store_samples import NOON, interference, revision, stance

from services.embedded import EmbeddedServer
from stancewire import keys
from stancewire.adapters.worklist import entry_fields
from stancewire.types import Announcement

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/consuming.md").read_text("utf-8")
EXAMPLES = ROOT / "docs/examples"
IN_DOCUMENT = dict(re.findall(r"<!-- example: ([\w.]+) -->\n```[a-z]+\n(.*?)```", DOCUMENT, re.DOTALL))
#: npm packages that somebody installed before: `npm install redis @asyncapi/parser` there.
NODE_FOLDER = os.environ.get("STANCEWIRE_TEST_NODE", "")


@pytest.fixture
def stream(client: redis.Redis) -> redis.Redis:
    entries: tuple[Announcement, ...] = (
        stance("s1", detected_at=NOON),
        stance("s2", detected_at=NOON),
        replace(interference("i"), detected_at=NOON),
        replace(revision("r"), detected_at=NOON),
    )
    for each in entries:
        client.xadd(keys.SIGNALS_STREAM, dict(entry_fields(each)))  # type: ignore[arg-type]
    return client


def first_lines(command: list[str], count: int, cwd: Path) -> list[str]:
    """What a program prints first, which then runs on without an end."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=cwd, env=environment
    ) as running:
        assert running.stdout is not None
        ending = threading.Timer(60, running.kill)
        ending.start()
        lines = [running.stdout.readline() for _ in range(count)]
        running.kill()
        ending.cancel()
    return [line.rstrip("\n") for line in lines]


def finished(*command: str, cwd: Path, **environment: str) -> str:
    ran = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def left(client: redis.Redis, group: str) -> Any:
    """Entries of a group that were taken and are not acknowledged."""
    return client.xpending(keys.SIGNALS_STREAM, group)["pending"]


@pytest.mark.parametrize("name", ["consume.mjs", "loop.sh"])
def test_what_the_document_shows_is_the_file(name: str) -> None:
    assert IN_DOCUMENT[name] == (EXAMPLES / name).read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "follow.py",
            [
                "Russia favourable France | Russia thanks France.",
                "Russia favourable France | Russia thanks France.",
                "Russia alleged by nobody named | Russia thanks France.",
                "revised: story ['s0']",
            ],
        ),
        ("filtered.py", ["RU->FR thanks"]),
        (
            "asynchronous.py",
            [f"{kind} https://gazette.example/story" for kind in ("stance", "stance", "interference", "revision")],
        ),
    ],
)
def test_a_python_example_reads_the_stream(
    server: EmbeddedServer, stream: redis.Redis, tmp_path: Path, name: str, lines: list[str]
) -> None:
    program = tmp_path / name
    program.write_text(IN_DOCUMENT[name], "utf-8")

    printed = first_lines([sys.executable, str(program), server.url], len(lines), tmp_path)

    if name == "filtered.py":
        stream_id, times, *rest = printed[0].split()
        assert re.fullmatch(r"\d+-\d+", stream_id)
        assert (times, " ".join(rest)) == ("1", lines[0])
    else:
        assert printed == lines


def test_a_frame_counts_who_is_what_to_whom(server: EmbeddedServer, stream: redis.Redis, tmp_path: Path) -> None:
    printed = finished(sys.executable, str(EXAMPLES / "frame.py"), server.url, cwd=tmp_path)

    assert re.search(r"Russia +┆ France +┆ 2 +┆ 0 +┆ 2", printed), printed


def test_the_archive_keeps_each_entry_once_and_goes_on_where_it_was(
    server: EmbeddedServer, client: redis.Redis, tmp_path: Path
) -> None:
    folder = tmp_path / "archive"

    def put(*names: str) -> None:
        for each in (stance(name, detected_at=NOON) for name in names):
            client.xadd(keys.SIGNALS_STREAM, dict(entry_fields(each)))  # type: ignore[arg-type]

    def archive() -> list[str]:
        finished(sys.executable, str(EXAMPLES / "archive.py"), server.url, str(folder), cwd=tmp_path)
        found: Any = duckdb.sql(f"select day, id from '{folder}/*/*.parquet' order by stream_id")
        rows = found.fetchall()
        assert {str(day) for day, _ in rows} == {"2026-11-03"}
        return [name for _, name in rows]

    put("a", "b")
    assert archive() == ["a", "b"]
    put("c")
    assert archive() == ["a", "b", "c"]
    # As after a crash behind the file and before the acknowledgement: what was taken last is given again.
    newest = client.xrevrange(keys.SIGNALS_STREAM, count=1)[0][0]  # type: ignore[index]
    client.xgroup_setid(keys.SIGNALS_STREAM, "archive", _before(newest))
    assert archive() == ["a", "b", "c"]
    assert left(client, "archive") == 0


def _before(stream_id: Any) -> str:
    milliseconds, number = stream_id.decode().split("-")
    return f"{milliseconds}-{int(number) - 1}" if int(number) else f"{int(milliseconds) - 1}-{2**64 - 1}"


class _Receiver(BaseHTTPRequestHandler):
    received: ClassVar[list[bytes]] = []
    refused_first = 1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        refuse = type(self).refused_first > 0
        type(self).refused_first -= 1
        if not refuse:
            self.received.append(body)
        self.send_response(503 if refuse else 204)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), _Receiver) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


def test_a_forwarded_signal_is_a_cloud_event_and_is_sent_again_where_it_was_refused(
    server: EmbeddedServer, stream: redis.Redis, receiver: HTTPServer, tmp_path: Path
) -> None:
    address = f"http://127.0.0.1:{receiver.server_port}/"
    forward = [sys.executable, str(EXAMPLES / "forward.py"), server.url, address]
    running = subprocess.Popen(forward, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        for _ in range(600):
            if len(_Receiver.received) == 4:
                break
            threading.Event().wait(0.05)
    finally:
        running.kill()
        running.wait()

    events = [JSONFormat().read(None, body) for body in _Receiver.received]
    assert [event.get_id() for event in events] == ["s1", "s2", "i", "r"]
    assert events[0].get_type() == "org.stancewire.stance.v1"
    assert events[0].get_dataschema() == "https://stancewire.org/schema/v1/stance.json"
    assert events[0].get_extension("lang") == "en"
    assert events[0].get_data()["holder"]["name"] == "Russia"  # type: ignore[index,call-overload]


def test_the_shell_loop_prints_each_signal_and_acknowledges_it(
    server: EmbeddedServer, stream: redis.Redis, tmp_path: Path
) -> None:
    if missing := [name for name in ("redis-cli", "jq") if shutil.which(name) is None]:
        pytest.skip(f"{' and '.join(missing)} not installed (Debian: redis-tools, jq)")
    socket = server.url.removeprefix("unix://")

    printed = finished("sh", str(EXAMPLES / "loop.sh"), "-s", socket, cwd=tmp_path, ONCE="1")

    assert [json.loads(line)["id"] for line in printed.splitlines()] == ["s1", "s2", "i", "r"]
    assert left(stream, "shell") == 0
    assert finished("sh", str(EXAMPLES / "loop.sh"), "-s", socket, cwd=tmp_path, ONCE="1") == ""


def test_the_node_example_reads_the_stream(server: EmbeddedServer, stream: redis.Redis, tmp_path: Path) -> None:
    _need_node("redis")
    program = Path(NODE_FOLDER) / f"consume-{os.getpid()}.mjs"
    shutil.copy(EXAMPLES / "consume.mjs", program)
    try:
        printed = first_lines(["node", str(program), server.url], 4, Path(NODE_FOLDER))
    finally:
        program.unlink()

    assert printed == [
        *["2026-11-03T12:00:00+00:00 Russia favourable France | Russia thanks France."] * 2,
        "2026-11-03T12:00:00+00:00 Russia alleged France | Russia thanks France.",
        "2026-11-03T12:00:00+00:00 revised body story | known link, another text in its body",
    ]


def test_the_asyncapi_document_is_valid_for_its_own_parser() -> None:
    _need_node("@asyncapi/parser")
    check = """
        const { Parser } = require("@asyncapi/parser");
        new Parser().parse(require("fs").readFileSync(process.argv[1], "utf8")).then(({ document, diagnostics }) => {
          for (const each of diagnostics) console.log(each.severity, each.code, each.path.join("."), each.message);
          console.log(document ? document.channels().all().length : "no document");
        });
    """
    document = ROOT / "docs/asyncapi.json"
    printed = finished("node", "-e", check, str(document), cwd=Path(NODE_FOLDER)).splitlines()
    # 0 is an error, 1 a warning; that there is a newer AsyncAPI is neither.
    assert [line for line in printed[:-1] if line[0] in "01"] == []
    assert int(printed[-1]) == len(json.loads(document.read_text("utf-8"))["channels"])


def _need_node(package: str) -> None:
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    if not NODE_FOLDER or not (Path(NODE_FOLDER) / "node_modules" / package).exists():
        pytest.skip(f"STANCEWIRE_TEST_NODE names no folder with the npm package {package}")

"""What was published is searched, listed in each form, and counted; what was taken back since is never passed over."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import pty
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import redis
from cli_programs import START, Ended, environment, run_here
from store_samples import NOON, acceptance, interference, item, publication, revision, stance

from services.embedded import EmbeddedServer
from stancewire import codec, keys
from stancewire.adapters.limits import Limits
from stancewire.adapters.store import RedisStore
from stancewire.exports.flat import COLUMNS
from stancewire.types import ALL, Announcement, Replacement, Revision, Signal, Standing
from stancewire.wiring.querying import Query, Search

#: `kept` stands; `first` was replaced by `second`; of `old` nothing is on record; the words of `odd` are hostile.
KEPT, FIRST, OLD = stance("kept"), stance("first", name="revised"), stance("old", name="forgotten")
SECOND = replace(FIRST, id="second", polarity="adverse", replaces="first")
ODD = interference("odd")
ODD = replace(
    ODD,
    article=replace(ODD.article, id="odd", outlet='=HYPERLINK("http://a.example")', outlet_country="GB"),
    evidence=replace(ODD.evidence, text="Russia\tthanks\x1b[2J\u202e France."),
)
REVISED: Revision = replace(
    revision("what-became"),
    article=SECOND.article,
    gone=(),
    changed=(Replacement(former="first", now="second", differs=("polarity",)),),
)


def publish(store: RedisStore, *signals: Signal, carried: tuple[str, ...] = (), became: Revision | None = None) -> None:
    article = signals[0].article.id
    taken = item(article, fingerprint=signals[0].id, revision=2 if became else 1)
    store.accept(acceptance(taken, batch_id=taken.id))
    standing = Standing(number=1, revision="r1", quality="full", language="en", signal_ids=carried)
    follows = store.carried(article).turn
    made = replace(publication(taken), signals=signals, revision=became, follows=follows)
    assert store.publish(replace(made, standing=standing if carried else None), NOON).first


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Of a user whose stancewire runs and has published something."""
    folder = tmp_path_factory.mktemp("home")
    with EmbeddedServer(folder / ".local/share/stancewire", fsync="everysec") as server:
        store = RedisStore(redis.Redis.from_url(server.url), Limits())
        publish(store, KEPT, carried=("kept",))
        publish(store, FIRST, carried=("first",))
        publish(store, OLD)
        publish(store, SECOND, carried=("second",), became=REVISED)
        publish(store, ODD, carried=("odd",))
        yield folder


def ids(ended: Ended) -> list[str]:
    assert ended.status == 0, ended.err
    return [json.loads(line)["id"] for line in ended.out.splitlines()]


def test_a_signal_that_was_replaced_is_left_out_and_that_is_said(home: Path) -> None:
    ended = run_here(home, "query", "--json")

    assert ids(ended) == ["kept", "old", "second", "odd"]
    assert "1 more was replaced or taken back since; --all shows them" in ended.err
    assert "nothing is on record of the articles of 1 of them" in ended.err


def test_all_that_was_published_is_shown_with_marks(home: Path) -> None:
    as_json = run_here(home, "query", "--all", "--json")
    shown = [json.loads(line) for line in as_json.out.splitlines()]
    assert {each["id"]: each.get("current", "-") for each in shown} == {
        "kept": True,
        "first": False,
        "old": None,
        "second": True,
        "what-became": "-",
        "odd": True,
    }
    assert "replaced or taken back" not in as_json.err
    as_csv = {each["id"]: each for each in csv.DictReader(io.StringIO(run_here(home, "query", "--all", "--csv").out))}
    assert (as_csv["first"]["current"], as_csv["second"]["current"], as_csv["old"]["current"]) == ("false", "true", "")
    assert as_csv["what-became"]["taken_back"] == "first"
    lines = run_here(home, "query", "--all").out.splitlines()
    assert [line.split("\t")[6] for line in lines] == ["current", "taken back", "", "current", "", "current"]
    assert run_here(home, "query", "--all", "--text").out.count("replaced or taken back since") == 1
    assert run_here(home, "query", "--all", "--table").out.count("✗") == 1


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("--pair", "ru:fr", "--polarity", "adverse"), ["second"]),
        (("--pair", "FR:RU"), []),
        (("--status", "alleged"), ["odd"]),
        (("--status", "confirmed"), []),
        (("--kind", "revision"), ["what-became"]),
        (("--country", "France", "--kind", "interference"), ["odd"]),
        (("--outlet", "the gazette", "--last", "2"), ["second", "old"]),
        (("--outlet-country", "GB"), ["odd"]),
        (("--lang", "fr"), []),
        (("--last", "3"), ["odd", "second", "old"]),
        (("--last", "1", "--until", "1h"), []),
        (("--since", "1h"), ["kept", "old", "second", "odd"]),
        (("--until", "1h"), []),
    ],
    ids=" ".join,
)
def test_what_is_asked_for_is_found(home: Path, arguments: tuple[str, ...], found: list[str]) -> None:
    assert ids(run_here(home, "query", "--json", *arguments)) == found


def test_it_is_counted_instead_of_listed(home: Path) -> None:
    assert run_here(home, "query", "--count").out == "4\n"
    assert run_here(home, "query", "--count", "--status", "refuted").out == "0\n"
    assert run_here(home, "query", "--count", "--json").out == '{"signals":4}\n'
    by_pair = run_here(home, "query", "--count-by", "pair", "--count-by", "polarity")
    assert by_pair.out == "RU:FR\tfavourable\t2\nRU:FR\t\t1\nRU:FR\tadverse\t1\n"
    assert run_here(home, "query", "--count-by", "day", "--csv").out == "day,signals\r\n2026-11-03,4\r\n"
    assert run_here(home, "query", "--count-by", "outlet", "--csv").out.endswith(
        '"\'=HYPERLINK(""http://a.example"")",1\r\n'
    )
    table = run_here(home, "query", "--count-by", "kind", "--table").out.splitlines()
    assert [line.split() for line in table] == [["kind", "signals"], ["stance", "3"], ["interference", "1"]]


@pytest.mark.parametrize("form", ["--json", "--csv", "--lines", "--table", "--text"])
def test_no_form_lets_a_stranger_s_words_drive_a_terminal_or_begin_a_line(home: Path, form: str) -> None:
    ended = run_here(home, "query", "--kind", "interference", form)

    assert "\x1b" not in ended.out
    assert "\u202e" not in ended.out
    lines = ended.out.replace("\r\n", "\n").splitlines()
    assert len(lines) == {"--json": 1, "--lines": 1, "--csv": 2, "--table": 2, "--text": 4}[form]
    if form == "--lines":
        assert len(lines[0].split("\t")) == 9


def test_a_spreadsheet_finds_no_formula_and_all_columns(home: Path) -> None:
    header, *rows = csv.reader(io.StringIO(run_here(home, "query", "--all", "--csv").out))

    assert tuple(header) == COLUMNS
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    odd = dict(zip(header, rows[-1], strict=True))
    assert (odd["by"], odd["toward"], odd["status"], odd["confidence"]) == ("Russia", "France", "alleged", "0.6")


def test_tail_prints_in_the_same_forms(home: Path) -> None:
    for form in ("--json", "--lines"):
        tailed = run_here(home, "tail", "--no-follow", form, "--kind", "interference").out
        assert (
            tailed.replace("\t\todd\t", "\tcurrent\todd\t") == run_here(home, "query", form, "--status", "alleged").out
        )
    assert run_here(home, "tail", "--no-follow").out.splitlines()[0].startswith("2026-11-03T12:00:00Z\tRussia\t")


def test_what_contradicts_itself_is_refused(home: Path) -> None:
    for arguments in (("--json", "--csv"), ("--count-by", "mood"), ("--since", "1h", "--until", "2h"), ("--last", "0")):
        assert run_here(home, "query", *arguments).status == 2


def test_fields_of_a_newer_version_are_printed_on_one_line_and_noise_is_told(tmp_path: Path) -> None:
    newer = {**codec.announcements.to_dict(replace(KEPT, detected_at=NOON)), "mood": "good"}
    with EmbeddedServer(tmp_path / ".local/share/stancewire", fsync="everysec") as server:
        client = redis.Redis.from_url(server.url)
        client.xadd(keys.SIGNALS_STREAM, {"data": json.dumps(newer, indent=1)})
        client.xadd(keys.SIGNALS_STREAM, {"data": "noise"})

        ended = run_here(tmp_path, "query", "--json", "--all")

    (line,) = ended.out.splitlines()
    assert json.loads(line) == {**newer, "current": None}
    assert "cannot be read: 1 of the entries" in ended.err


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Of a user whose stream has more than a pipe holds."""
    folder = tmp_path_factory.mktemp("busy")
    data = codec.announcements.encode(replace(KEPT, detected_at=NOON))
    with EmbeddedServer(folder / ".local/share/stancewire", fsync="everysec") as server:
        pipe = redis.Redis.from_url(server.url).pipeline(transaction=False)
        for _ in range(1_000):
            pipe.xadd(keys.SIGNALS_STREAM, {"data": data})
        pipe.execute()
        yield folder


@pytest.mark.parametrize("command", [("query", "--json"), ("query", "--table"), ("tail", "--no-follow", "--text")])
def test_a_reader_that_has_enough_ends_it_without_a_word(busy: Path, command: tuple[str, ...]) -> None:
    with subprocess.Popen(
        [*START, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(busy)
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read().decode()
        assert process.wait(30) == 128 + signal.SIGPIPE
    assert said == ""


def test_ctrl_c_ends_it_without_a_word(busy: Path) -> None:
    with subprocess.Popen(
        [*START, "query", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(busy)
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        # It waits for somebody to take what it has printed.
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read().decode().strip() == ""


def on_terminal(home: Path, *arguments: str, columns: int = 100, **more: str) -> str:
    """What a terminal of so many columns is shown."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    settings = environment(home, TERM="xterm-256color", **more)
    with subprocess.Popen([*START, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=settings) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                if not (some := os.read(ours, 65_536)):
                    break
            except OSError:
                break
            shown += some
        assert process.wait(30) == 0, shown
    os.close(ours)
    return shown.decode()


def test_a_terminal_is_shown_a_table_as_wide_as_it_is_and_coloured_unless_asked_not_to(home: Path) -> None:
    coloured = on_terminal(home, "query")
    assert "\x1b[1;36mRussia" in coloured

    plain = on_terminal(home, "query", NO_COLOR="1")
    lines = plain.replace("\x1b[1m", "").replace("\x1b[0m", "").replace("\x1b[2m", "").splitlines()
    assert "\x1b[1;36m" not in plain
    assert lines[0].split() == ["time", "by", "what", "toward", "sure", "words"]
    assert [line.split()[3] for line in lines[1:4]] == ["favourable", "favourable", "adverse"]
    assert all(len(line) <= 100 for line in lines)


def test_how_far_it_is_of_how_many_is_told(home: Path) -> None:
    with EmbeddedServer(home / "another", fsync="everysec") as server:
        store = RedisStore(redis.Redis.from_url(server.url), Limits())
        told: list[tuple[int, int | None]] = []

        def found(query: Query) -> list[Announcement]:
            told.clear()
            search = Search(store, query, lambda far: told.append((far.looked_at, far.total)))
            return [each.entry.signal for some in search for each in some]

        assert found(Query(wanted=ALL)) == []
        for number in range(300):
            publish(store, stance(f"s{number}", name=f"story-{number}"), carried=(f"s{number}",))
        assert len(found(Query(wanted=ALL))) == 300
        assert told == [(250, 300), (300, 300)]
        newest = found(Query(wanted=ALL, last=260))
        assert [newest[0].id, newest[-1].id, len(newest)] == ["s299", "s40", 260]
        assert told[-1][1] is None

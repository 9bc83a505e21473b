"""The small commands: tail, feeds, doctor, schema, and how all of them end."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import redis
from cli_programs import run, run_here, started

from services.embedded import EmbeddedServer

FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>The Harbour Post</title><language>en-IE</language>
<item><title>Ships</title><link>https://example.org/ships</link><pubDate>Wed, 04 Mar 2026 09:00:00 GMT</pubDate></item>
</channel></rss>"""
PAGES = {
    "/feed": FEED,
    "/": b'<html><head><link rel="alternate" type="application/rss+xml" href="feed"></head>The Harbour Post</html>',
    "/plain": b"<html><body>The Harbour Post</body></html>",
}
ALLOWED = {"STANCEWIRE_FETCH__ALLOW_NETWORKS": "127.0.0.0/8", "STANCEWIRE_FETCH__HOST_INTERVAL_S": "0"}


@pytest.fixture
def site() -> Iterator[str]:
    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path in PAGES else 404)
            self.send_header("Content-Type", "application/rss+xml")
            self.end_headers()
            self.wfile.write(PAGES.get(self.path, b""))

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_feeds_are_checked_without_a_server(tmp_path: Path, site: str) -> None:
    ended = run_here(tmp_path, "feeds", "check", f"{site}/feed", f"{site}/gone", **ALLOWED)
    assert ended.status == 1
    good = next(line for line in ended.out.splitlines() if line.startswith("OK"))
    assert "1 entries, newest 2026-03-04 09:00" in good
    bad = next(line for line in ended.out.splitlines() if line.startswith("BAD"))
    assert "http_status" in bad
    assert "look for the feed's present address" in ended.out
    assert "1 good, 1 bad" in ended.err
    assert run_here(tmp_path, "feeds", "check", "no-such-feed").status == 2


def test_a_list_is_begun_by_the_first_feed_added_and_goes_through_opml_and_back(tmp_path: Path, site: str) -> None:
    added = run_here(tmp_path, "feeds", "add", f"{site}/feed", "--id", "harbour", "--country", "ie", **ALLOWED)
    assert added.status == 0, added.err
    assert "The Harbour Post" in added.out
    assert "feeds import --catalogue" in added.err
    again = run_here(tmp_path, "feeds", "add", f"{site}/feed", "--id", "harbour", **ALLOWED)
    assert again.status == 2
    refused = run_here(tmp_path, "feeds", "add", "ftp://example.org/")
    assert refused.status == 2
    listed = run_here(tmp_path, "feeds", "list", "--country", "ie", "--language", "en")
    assert listed.out.split("\t")[0] == "harbour"

    exported = run_here(tmp_path, "feeds", "export", str(tmp_path / "out.opml"))
    assert exported.status == 0
    other = tmp_path / "other"
    other.mkdir()
    imported = run_here(other, "feeds", "import", str(tmp_path / "out.opml"))
    assert imported.status == 0, imported.err
    assert run_here(other, "feeds", "list").out == listed.out
    assert "0 feeds added" in run_here(other, "feeds", "import", str(tmp_path / "out.opml")).out
    assert run_here(other, "feeds", "import").status == 2


@pytest.mark.parametrize(
    ("arguments", "settings"),
    [
        (("feeds", "add", "https://user:hush@a.example/rss"), {}),
        (("feeds", "add", "ftp://a.example/rss?token=hush"), {}),
        (("feeds", "health", "https://a.example/rss?api_key=hush"), {"STANCEWIRE_REDIS_URL": "redis://:hush@[::1:1"}),
        (("tail", "--no-follow"), {"STANCEWIRE_REDIS_URL": "redis://user:hush@127.0.0.1:1/0?password=hush"}),
        (("tail", "--no-follow"), {"STANCEWIRE_REDIS_URL": "http://user:hush@127.0.0.1:1"}),
        (("analyse", "https://user:hush@a.example/"), {}),
        (("doctor",), {"STANCEWIRE_REDIS_URL": "redis://user:hush@127.0.0.1:1/0"}),
    ],
)
def test_no_error_tells_a_secret_that_stands_in_an_address(
    tmp_path: Path, arguments: tuple[str, ...], settings: dict[str, str]
) -> None:
    ended = run_here(tmp_path, *arguments, **settings)

    assert ended.status in {1, 2}
    assert ended.out + ended.err
    assert "hush" not in ended.out + ended.err


def test_a_feed_is_found_by_the_page_of_its_site(tmp_path: Path, site: str) -> None:
    added = run_here(tmp_path, "feeds", "add", f"{site}/", **ALLOWED)
    assert added.status == 0, added.err
    assert f"its site has one at {site}/feed" in added.err
    assert f"{site}/feed" in run_here(tmp_path, "feeds", "list").out
    missing = run_here(tmp_path, "feeds", "add", f"{site}/gone", **ALLOWED)
    assert missing.status == 1


def test_a_feed_is_found_at_a_usual_address_where_the_page_names_none(tmp_path: Path, site: str) -> None:
    added = run_here(tmp_path, "feeds", "add", f"{site}/plain", **ALLOWED)
    assert added.status == 0, added.err
    assert f"its site has one at {site}/feed" in added.err


def test_of_a_list_with_strange_feeds_the_others_are_imported(tmp_path: Path) -> None:
    source = tmp_path / "reader.opml"
    source.write_bytes(
        '<?xml version="1.0" encoding="iso-8859-1"?><opml><body><outline text="Künste & more">\n'
        '<outline text="Zürich & Umgebung" xmlUrl="https://a.example/rss"/>\n'
        '<outline text="x" xmlUrl="javascript:alert(1)"/></outline></body></opml>'.encode("latin-1")
    )
    imported = run_here(tmp_path, "feeds", "import", str(source))
    assert imported.status == 0, imported.err
    assert "1 feeds added" in imported.out
    assert "reader.opml:3" in imported.err.replace("\n", "")
    assert "Zürich & Umgebung" in run_here(tmp_path, "feeds", "list").out


def test_the_catalogue_is_read_where_there_is_no_list(tmp_path: Path) -> None:
    ended = run_here(tmp_path, "feeds", "list", "--ownership", "public")
    assert ended.status == 0
    assert all("\tpublic\t" in line for line in ended.out.splitlines())
    assert "the catalogue that comes along" in ended.err


def test_tail_follows_a_running_embedded_server_and_says_so_where_none_runs(tmp_path: Path) -> None:
    ended = run_here(tmp_path, "tail", "--no-follow")
    assert ended.status == 1
    assert "stancewire up" in ended.err
    with EmbeddedServer(tmp_path / ".local/share/stancewire", fsync="everysec"):
        ended = run_here(tmp_path, "tail", "--no-follow")
        assert (ended.status, ended.out, ended.err) == (0, "", "")
        with started(tmp_path, "tail") as tailing:
            with pytest.raises(AssertionError):
                tailing.wait_for("▸", seconds=5)
            assert tailing.stop() == 130
            assert "Traceback" not in "\n".join(tailing.err)
    assert run_here(tmp_path, "tail", "--since", "soonish").status == 2


def test_doctor_says_what_is_good_and_what_to_do_about_the_rest(tmp_path: Path) -> None:
    good = run_here(tmp_path, "doctor")
    assert good.status == 0, good.out
    for name in (
        "python",
        "expat",
        "knowledge",
        "model",
        "languages",
        "opinion",
        "data folder",
        "disk",
        "feeds",
        "server",
    ):
        assert any(line.startswith(f"OK   {name}") for line in good.out.splitlines()), name
    bad = run_here(tmp_path, "doctor", STANCEWIRE_REDIS_URL="redis://:secret@127.0.0.1:1", STANCEWIRE_FEEDS="/nowhere")
    assert bad.status == 2
    wrong = [line.split()[1] for line in bad.out.splitlines() if line.startswith("BAD")]
    assert wrong == ["feeds", "server"]
    assert "secret" not in bad.out + bad.err


def test_doctor_reads_the_actors_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[[organisation]]\nname = "Harbour Watch of Lima"\ncountry = "PE"\nkind = "civil_society"\n')

    good = run_here(tmp_path, "doctor", STANCEWIRE_KNOWLEDGE=str(own))
    assert good.status == 0
    assert any(line.startswith("OK   own knowledge") and "actors" in line for line in good.out.splitlines())

    own.write_text('[[organisation]]\nname = "Harbour Watch of Lima"\ncountry = "XX"\nkind = "civil_society"\n')
    bad = run_here(tmp_path, "doctor", STANCEWIRE_KNOWLEDGE=str(own))
    assert bad.status == 1
    assert [line.split("  ")[0] for line in bad.out.splitlines() if line.startswith("BAD")] == ["BAD"]
    assert "BAD  own knowledge" in bad.out
    assert "no state has the code XX" in bad.out


def test_schemas_are_those_of_what_is_published(tmp_path: Path) -> None:
    stance = json.loads(run_here(tmp_path, "schema", "stance").out)
    assert stance["$schema"].endswith("2020-12/schema")
    assert {"holder", "target", "polarity", "evidence"} <= set(stance["required"])
    assert run_here(tmp_path, "schema", "rumour").status == 2


def test_help_teaches_and_wrong_usage_is_status_2(tmp_path: Path) -> None:
    for arguments in ((), ("--help",), ("-h",)):
        ended = run_here(tmp_path, *arguments)
        assert "stancewire up --demo" in ended.out + ended.err
    assert "stancewire tail --since 2h" in run_here(tmp_path, "tail", "--help").out
    assert run_here(tmp_path, "--version").out.startswith("stancewire ")
    for wrong in (("nonsense",), ("tail", "--nonsense"), ("analyse", "-", "--jsonl", "--json")):
        ended = run(tmp_path, *wrong)
        assert ended.status == 2
        assert "Traceback" not in ended.err


def test_a_server_that_wants_a_password_is_one_clear_line(tmp_path: Path) -> None:
    folder = tmp_path / "guarded"
    with EmbeddedServer(folder, fsync="everysec") as server:
        with redis.Redis.from_url(server.url) as client:
            client.config_set("requirepass", "secret-of-the-server")
        ended = run_here(tmp_path, "tail", "--no-follow", STANCEWIRE_REDIS_URL=server.url)
        assert ended.status == 1
        assert "wants a password" in ended.err
        assert "Traceback" not in ended.err
        wrong = server.url.replace("unix://", "unix://:not-it@")
        with started(tmp_path, "up", STANCEWIRE_REDIS_URL=wrong) as daemon:
            daemon.wait_for("does not accept the user name and password", stream="err")
            assert "not-it" not in "\n".join(daemon.err)
            with redis.Redis.from_url(server.url, password="secret-of-the-server") as client:
                client.config_set("requirepass", "not-it")
            daemon.wait_for('"event":"running"', stream="err")
            assert daemon.stop() == 0

"""Reports as rows of the attribution tracker, and what becomes of them in other programs."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars
import pytest
from cli_programs import START, Ended, environment, run_here
from export_samples import claimant, printed, reference, report, revision, stance, state, technique
from hypothesis import given
from hypothesis import strategies as some

from config.knowledge import load_knowledge
from config.knowledge.fiat import load_fiat
from config.knowledge.reference import country_names
from stancewire.exports.fiat import COLUMNS, FIAT_COLUMNS, lines
from stancewire.types import Announcement, Interference

WORDS, COUNTRIES = load_fiat(), country_names(unions=True)
TRACKER = Path(__file__).parents[3] / "shared/data/fiat-dev.jsonl"


def row_of(found: Interference) -> dict[str, str]:
    _, line = lines([found], WORDS, COUNTRIES)
    (cells,) = csv.reader([line], strict=True)
    return dict(zip(COLUMNS, cells, strict=True))


def export(home: Path, *entries: Announcement, options: tuple[str, ...] = ()) -> Ended:
    return run_here(home, "export", "csv", "--from", "-", *options, given=printed(*entries))


def test_a_report_says_in_the_words_of_the_tracker_who_says_what_of_whom() -> None:
    row = row_of(report("s1", actor_link="proxy"))

    assert {name: row[name] for name in FIAT_COLUMNS} == {
        "source": "State Security Service",
        "source_nation": "Latvia",
        "source_category": "Government",
        "disinformant": "Russia",
        "disinformant_nation": "Russia",
        "disinformant_attribution": "Proxy/Inferred Attribution",
        "short_title": "Of story",
        "short_description": "",
        "attribution_url": "https://gazette.example/story",
        "open_web": "",
        "social_media": "Facebook",
        "messaging_platforms": "Telegram",
        "other": "",
        "attribution_date": "3/4/2026",
        "methods": "Sockpuppets",
    }
    assert row["denied_by"] == "Russia"
    assert (row["target"], row["target_nation"], row["status"]) == ("Moldova", "Moldova", "alleged")
    assert (row["confidence"], row["signal_id"], row["published_at"]) == ("0.88", "s1", "2026-03-04T08:00:00Z")


def test_what_a_report_does_not_say_is_unspecified_and_never_filled_in() -> None:
    nobody = report(
        "s1",
        claimants=(),
        actor=state("unknown hackers", None),
        actor_link="unspecified",
        techniques=(),
        platforms=(),
        article=reference(published_at=None, url=None),
        denied_by=(),
    )

    row = row_of(nobody)

    assert {row[name] for name in ("source", "source_nation", "source_category", "methods")} == {"unspecified"}
    assert (row["disinformant_nation"], row["disinformant_attribution"]) == ("unspecified", "unspecified")
    assert {row[name] for name in ("social_media", "attribution_date", "attribution_url", "denied_by")} == {""}


def test_all_who_say_so_stand_in_one_cell_as_in_the_tracker_each_nation_once() -> None:
    several = (claimant("Meta, Inc."), claimant("Graphika", "US", "private_consultancy"), claimant("X", "US", None))

    row = row_of(report("s1", claimants=several))

    assert row["source"] == "Meta Inc., Graphika, X"
    assert row["source_nation"] == "Latvia, United States"
    assert row["source_category"] == "Government, Private Consultancy, unspecified"


@pytest.mark.parametrize(
    ("family", "words", "methods"),
    [
        ("social_media_campaign", "fake accounts", "Sockpuppets"),
        ("social_media_campaign", "a network of bots", "Botnets"),
        ("social_media_campaign", "social media", "[social media campaign]"),
        ("social_media_campaign", "bottled anger", "[social media campaign]"),
        ("cyber_intrusion", "stolen", "Hacking - Data Exfiltration"),
        ("cyber_intrusion", "hacked", "[cyber intrusion]"),
        ("hack_and_leak", "leaked emails", "Hacking - Data Exfiltration"),
        ("ddos", "knocked offline", "Hacking - DDoS"),
        ("disinformation", "forged letters", "Deceptive Content Manipulation"),
        ("disinformation", "false claims", "[disinformation]"),
        ("impersonation", "cloned", "Deceptive Content Manipulation"),
        ("ai_generated", "deepfake", "Deep Learning Processes"),
        ("vote_buying", "buying votes", "[vote buying]"),
    ],
)
def test_a_technique_is_a_method_of_the_tracker_only_where_its_words_are(family: str, words: str, methods: str) -> None:
    assert row_of(report("s1", techniques=(technique(family, words),)))["methods"] == methods


def test_state_media_are_a_place_of_the_open_web_and_no_method() -> None:
    row = row_of(report("s1", techniques=(technique("state_media", "state television"),)))

    assert (row["open_web"], row["methods"], row["techniques"]) == ("State Media", "unspecified", "state_media")


def test_a_platform_that_the_tracker_has_no_column_for_stays_visible() -> None:
    row = row_of(report("s1", platforms=("TikTok", "VKontakte", "WhatsApp")))

    assert (row["social_media"], row["messaging_platforms"], row["other"]) == ("VK", "WhatsApp", "TikTok")
    assert row["platforms"] == "TikTok, VKontakte, WhatsApp"


def test_the_words_of_the_data_are_those_of_the_signals() -> None:
    lists = load_knowledge().lists["english/interference"]
    families = {each["name"] for each in lists["family"]}

    assert {method.family for method in WORDS.methods} | set(WORDS.open_web) <= families
    assert set(WORDS.platform_names) <= set(lists["platforms"]["names"])


@pytest.mark.skipif(not TRACKER.exists(), reason="cases of the tracker are not beside this checkout")
def test_the_words_of_the_data_are_those_of_the_tracker() -> None:
    cases = [json.loads(line) for line in TRACKER.read_text("utf-8").splitlines()]
    said = {name: {part.strip() for case in cases for part in case[name].split(",")} for name in cases[0]}

    assert set(cases[0]) - {"case_hash", "case_id"} <= set(FIAT_COLUMNS)
    assert set(WORDS.source_category.values()) == said["source_category"]
    assert set(WORDS.disinformant_attribution.values()) <= said["disinformant_attribution"]
    # That one is the codebook's.
    assert {method.name for method in WORDS.methods} - {"Hacking - DDoS"} <= said["methods"]
    assert set(WORDS.open_web.values()) <= said["open_web"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "\uff1d", "\t", "\r", "\n"])
@pytest.mark.parametrize("rest", ["", 'HYPERLINK("http://a.example")'])
def test_no_cell_begins_a_formula(start: str, rest: str) -> None:
    hostile = start + rest
    found = report(
        hostile,
        claimants=(claimant(hostile),),
        actor=state(hostile, hostile),
        target=state(hostile, hostile),
        article=reference(hostile, title=hostile, url=hostile, outlet=hostile),
        platforms=(hostile,),
    )

    for cell in row_of(found).values():
        assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"))


@given(some.text(), some.text())
def test_whatever_is_written_is_one_line_of_as_many_cells(title: str, name: str) -> None:
    found = report("s1", article=reference(title=title), claimants=(claimant(name),))

    _, line = lines([found], WORDS, COUNTRIES)

    assert line.endswith("\r\n")
    assert "\r" not in line[:-2]
    assert "\n" not in line[:-2]
    assert len(next(csv.reader(io.StringIO(line, newline=""), strict=True))) == len(COLUMNS)
    line.encode()


def test_other_programs_read_the_same_from_the_file(tmp_path: Path) -> None:
    titles = ['He said "no", and left', "Zürich, Київ, 北京", "=1+1", "two\nlines", "a;b|c", ""]
    reports = [report(f"s{n}", article=reference(f"a{n}", title=title)) for n, title in enumerate(titles)]
    path = tmp_path / "reports.csv"

    done = export(tmp_path, *reports, options=("--output", str(path)))

    assert done.status == 0, done.err
    with path.open(encoding="utf-8", newline="") as file:
        by_python = [row["short_title"] for row in csv.DictReader(file, strict=True)]
    by_polars = polars.read_csv(path, infer_schema=False)
    by_duckdb = duckdb.read_csv(str(path), all_varchar=True)
    assert by_python == [titles[0], titles[1], "'=1+1", "two lines", "a;b|c", ""]
    assert [title or "" for title in by_polars["short_title"]] == by_python
    assert [title or "" for (title,) in by_duckdb.select("short_title").fetchall()] == by_python
    assert tuple(by_polars.columns) == COLUMNS
    assert tuple(by_duckdb.columns) == COLUMNS


def test_a_spreadsheet_is_told_of_utf_8_on_demand(tmp_path: Path) -> None:
    path = tmp_path / "reports.csv"

    export(tmp_path, report("s1"), options=("--bom", "--output", str(path)))

    assert path.read_bytes().startswith(b"\xef\xbb\xbfsource,")
    assert polars.read_csv(path).columns[0] == "source"


def test_only_reports_are_rows_and_the_stances_left_out_are_counted(tmp_path: Path) -> None:
    done = export(tmp_path, stance("s1"), report("s2"), stance("s3"))

    assert [row["signal_id"] for row in csv.DictReader(io.StringIO(done.out))] == ["s2"]
    assert "1 report of interference; 2 stances left out" in done.err


def ids(done: Ended) -> list[str]:
    assert done.status == 0, done.err
    return [row["signal_id"] for row in csv.DictReader(io.StringIO(done.out))]


def test_a_report_that_its_article_took_back_is_no_row(tmp_path: Path) -> None:
    entries = (report("s1"), report("s2"), revision(gone=["s1"], changed=[("s2", "s3")]), report("s3", replaces="s2"))

    done = export(tmp_path, *entries)

    assert ids(done) == ["s3"]
    assert "2 reports withdrawn by a revision" in done.err


def test_it_is_no_row_either_where_only_reports_of_a_language_are_asked_for(tmp_path: Path) -> None:
    emptied = revision(gone=["s1"], language=None, article=reference(outlet=None))

    asked = ("--kind", "interference", "--by", "RU", "--lang", "en", "--outlet", "The Gazette")

    assert ids(export(tmp_path, report("s1"), emptied, options=asked)) == []


def test_a_report_that_came_back_without_being_published_again_is_a_row(tmp_path: Path) -> None:
    entries = (report("s1"), revision(2, gone=["s1"]), revision(3, added=["s1"], hours=2))

    assert ids(export(tmp_path, *entries)) == ["s1"]


def test_a_report_that_came_twice_is_one_row(tmp_path: Path) -> None:
    assert ids(export(tmp_path, report("s1"), report("s2"), report("s1"))) == ["s1", "s2"]


def test_filters_choose_the_rows(tmp_path: Path) -> None:
    entries = (report("s1"), report("s2", status="assessed"), report("s3", actor=state("China", "CN")))

    assert ids(export(tmp_path, *entries, options=("--by", "RU", "--status", "alleged"))) == ["s1"]


def test_a_file_that_cannot_be_written_is_told_and_one_that_fails_midway_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "reports.csv"
    path.write_text("as before")

    nowhere = export(tmp_path, report("s1"), options=("--output", str(tmp_path / "no" / "reports.csv")))
    broken = run_here(tmp_path, "export", "csv", "--from", "-", "--output", str(path), given=b'{"kind": "?"}\n')

    assert (nowhere.status, broken.status) == (2, 2)
    assert "cannot write" in nowhere.err
    assert "standard input, line 1" in broken.err
    assert path.read_text() == "as before"
    assert [each.name for each in tmp_path.iterdir()] == ["reports.csv"]


def test_no_room_for_what_must_wait_is_told(tmp_path: Path) -> None:
    many = b"".join(printed(report(f"s{n}", article=reference(f"a{n}"))) for n in range(2_000))

    done = subprocess.run(
        ["/bin/sh", "-c", 'ulimit -f 64; exec "$@"', "sh", *START, "export", "csv", "--from", "-"],
        input=many,
        capture_output=True,
        check=False,
        env=environment(tmp_path),
    )

    assert done.returncode == 2
    assert b"error: reports cannot be kept in a temporary file" in done.stderr
    assert b"SQLITE_TMPDIR" in done.stderr
    assert b"Traceback" not in done.stderr


def test_the_date_is_that_of_utc() -> None:
    late = datetime.fromisoformat("2026-12-31T23:30:00-05:00")

    assert row_of(report("s1", article=reference(published_at=late)))["attribution_date"] == "1/1/2027"
    assert late.astimezone(UTC).day == 1

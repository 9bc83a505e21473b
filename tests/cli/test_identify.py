"""`stancewire identify` on lines of entries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cli_programs import run_here

LINK = "https://news.example/2026/05/ministers-meet-over-grain"


def line(at: int, title: str = "Ministers meet over grain", **more: Any) -> str:
    record = {"source": "Example Post", "title": title, "link": LINK, "observed_at": f"2026-05-12T{at:02}:00:00Z"}
    return json.dumps({**record, **more})


def test_each_entry_gets_a_line_in_order_with_its_decision_its_story_and_the_reason(tmp_path: Path) -> None:
    given = [line(1), line(2, "Ministers part"), line(3, "Storm", link="https://news.example/2026/05/storm-in-valley")]
    file = tmp_path / "entries.jsonl"
    file.write_text("\n".join([*given, line(4, "Ministers part")]))

    ended = run_here(tmp_path, "identify", "--jsonl", str(file))

    answers = [json.loads(answer) for answer in ended.out.splitlines()]
    assert (ended.status, ended.err) == (0, "")
    assert [list(answer) for answer in answers] == [["decision", "story", "reason"]] * 4
    assert [answer["decision"] for answer in answers] == ["new", "revised", "new", "reappeared"]
    assert [answers.index(next(a for a in answers if a["story"] == each["story"])) for each in answers] == [0, 0, 2, 0]
    assert answers[1]["reason"] == "known link, another headline"


def test_a_bad_line_is_told_with_its_number_and_the_others_go_on(tmp_path: Path) -> None:
    bad = [
        "{broken",
        "[1]",
        '{"source": "A"}',
        line(1, observed_at="yesterday"),
        line(1, observed_at="9999-12-31T23:59:59Z"),
        line(1, link=5),
        line(1, source=""),
        line(1, title="", description=" "),
    ]
    given = "\n".join([line(1), *bad, "", line(2)])

    ended = run_here(tmp_path, "identify", "--jsonl", given=given)

    assert ended.status == 1
    assert [json.loads(answer)["decision"] for answer in ended.out.splitlines()] == ["new", "seen"]
    told = ended.err.splitlines()
    assert [text.partition(": ")[2].partition(": ")[0] for text in told] == [
        f"line {number}" for number in range(2, 10)
    ]
    assert told[2].endswith("`title` is missing; needed are source, title, link, observed_at")
    assert "observed_at" in told[3]


def test_what_may_be_left_out_may_also_be_null_and_an_id_may_be_a_number(tmp_path: Path) -> None:
    given = line(1, link=None, id=1234567, description=None, published=None)

    ended = run_here(tmp_path, "identify", "--jsonl", given=f"{given}\n{given}")

    assert ended.status == 0
    assert [json.loads(answer)["decision"] for answer in ended.out.splitlines()] == ["new", "seen"]


def test_what_has_vanished_is_told_where_the_entries_are_all_that_a_feed_held(tmp_path: Path) -> None:
    other = [line(at, f"Story {at} of the day", link=f"{LINK}-{at}") for at in (1, 1, 1)]
    first = [line(1), *(json.dumps({**json.loads(each), "link": f"{LINK}-{n}"}) for n, each in enumerate(other))]
    then = [each.replace("T01:", "T02:") for each in first[1:]]
    given = "\n".join([*first, *then])

    plain = run_here(tmp_path, "identify", "--jsonl", given=given)
    complete = run_here(tmp_path, "identify", "--jsonl", "--complete", given=given)

    answers = [json.loads(answer) for answer in complete.out.splitlines()]
    assert [answer["decision"] for answer in answers[:-1]] == [
        json.loads(answer)["decision"] for answer in plain.out.splitlines()
    ]
    assert answers[-1]["decision"] == "vanished"
    assert answers[-1]["story"] == answers[0]["story"]


def test_without_jsonl_people_can_read_it(tmp_path: Path) -> None:
    ended = run_here(tmp_path, "identify", given=line(1, "Ministers \u001b[31mmeet"))

    assert ended.out.startswith("new")
    assert "Ministers meet" in ended.out
    assert "nothing known by" in ended.out


def test_a_file_that_is_not_there_is_told_in_a_line(tmp_path: Path) -> None:
    ended = run_here(tmp_path, "identify", "nowhere.jsonl")

    assert ended.status == 2
    assert "nowhere.jsonl cannot be read" in ended.err

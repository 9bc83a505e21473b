"""`stancewire analyse` on all kinds of input."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cli_programs import run, run_here

SENTENCE = "Russia condemned Turkey on Tuesday."
PARAGRAPH = (
    "The meeting lasted for two days and ended late on Tuesday evening, after the delegations had gone through the "
    "draft line by line and had agreed on nothing but the date of the next one, which is to be in early May."
)
PAGE = "<!DOCTYPE html><html lang='en'><head><title>Ships</title></head><body><nav>Home Sport</nav><article><h1>Ships"
PAGE += f"</h1><p>{PARAGRAPH}</p><p>{SENTENCE}</p></article></body></html>"


def test_a_text_file_is_shown_with_its_evidence_its_signals_and_a_summary(tmp_path: Path) -> None:
    file = tmp_path / "article.txt"
    file.write_text(f"{PARAGRAPH}\n\n{SENTENCE}\n")
    ended = run_here(tmp_path, "analyse", str(file), "--explain")
    assert ended.status == 0
    lines = ended.out.splitlines()
    assert SENTENCE in lines
    assert next(line for line in lines if "▸" in line).startswith("  Russia ▸ adverse ▸ Turkey")
    assert "rule stance." in ended.out
    start = len(f"{PARAGRAPH}\n\n") + SENTENCE.index("Turkey")
    assert f"target “Turkey” {start}–{start + len('Turkey')}" in ended.out
    assert lines[-1].startswith("1 stance, 0 reports of interference")
    assert ended.err == ""


def test_lines_of_json_come_back_in_their_order_and_a_bad_one_fails_alone(tmp_path: Path) -> None:
    text = f"\u2003A first line.\r\n{SENTENCE}  Ankara rejected the criticism."
    given = [
        json.dumps({"id": "a", "text": text}),
        "{broken",
        json.dumps({"id": "b"}),
        json.dumps({"id": "c", "text": "", "title": SENTENCE}),
        json.dumps({"id": 7, "text": SENTENCE, "lang": "en-GB", "published_at": "2026-01-02", "outlet": "X"}),
        json.dumps({"id": "d", "text": 5}),
        json.dumps({"id": "e", "text": SENTENCE, "published_at": "yesterday"}),
        "[1]",
    ]
    ended = run(tmp_path, "analyse", "-", "--jsonl", given="\n".join(given).encode())
    answers = [json.loads(line) for line in ended.out.splitlines()]
    assert ended.status == 1
    assert [answer["id"] for answer in answers] == ["a", None, "b", "c", 7, "d", "e", None]
    assert ["error" in answer for answer in answers] == [False, True, True, False, False, True, True, True]
    signals = answers[0]["signals"]
    assert {signal["target"]["country"] for signal in signals} >= {"TR"}
    for signal in signals:
        for span in (signal["evidence"], signal["holder"]["mention"], signal["cue"]):
            assert text[span["start"] : span["end"]] == span["text"]
    assert answers[3]["signals"][0]["evidence"]["field"] == "title"
    assert answers[4]["signals"][0]["article"]["outlet"] == "X"
    assert ended.err == ""


def test_lines_that_are_all_good_end_with_status_0(tmp_path: Path) -> None:
    ended = run_here(tmp_path, "analyse", "--jsonl", given=json.dumps({"id": "a", "text": "Nothing."}).encode())
    assert ended.status == 0
    assert json.loads(ended.out) == {"id": "a", "signals": []}


def test_who_says_what_is_printed_where_it_is_asked_for(tmp_path: Path) -> None:
    text = "The harbour is closed, the mayor said. “It opens in May,” she added."
    file = tmp_path / "text.txt"
    file.write_text(text)

    shown = run_here(tmp_path, "analyse", str(file), "--attributions")
    given = json.dumps({"id": "a", "text": text}).encode()
    answer = json.loads(run_here(tmp_path, "analyse", "--jsonl", "--attributions", given=given).out)

    assert "the mayor ▸ said ▸ The harbour is closed" in shown.out
    assert [a["source"]["text"] for a in answer["attributions"]] == ["the mayor", "she"]
    assert [a["voice"] for a in answer["attributions"]] == ["paraphrased", "quoted"]
    for found in answer["attributions"]:
        for span in (found["source"], found["cue"], *found["content"]):
            assert text[span["start"] : span["end"]] == span["text"]


def test_a_page_in_a_file_is_read_as_pages_are(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(PAGE)
    ended = run_here(tmp_path, "analyse", str(file), "--json")
    analysis = json.loads(ended.out)
    assert ended.status == 0
    assert analysis["coverage"] == "analysed"
    assert {signal["target"]["country"] for signal in analysis["signals"]} == {"TR"}
    assert "Home" not in {signal["evidence"]["text"] for signal in analysis["signals"]}


def test_an_address_is_fetched_through_the_guard(tmp_path: Path, page: str) -> None:
    refused = run_here(tmp_path, "analyse", page)
    assert refused.status == 1
    assert "blocked_address" in refused.err
    allowed = run_here(tmp_path, "analyse", page, STANCEWIRE_FETCH__ALLOW_NETWORKS="127.0.0.0/8")
    assert allowed.status == 0
    assert "Russia ▸ adverse ▸ Turkey" in allowed.out


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (b"", "is empty"),
        (b" \n\t ", "is empty"),
        (b"\x7fELF\x00\x00\x00", "is not text"),
        (b"%PDF-1.7 ...", "is not text"),
        (bytes(range(1, 256)) * 9, "is not UTF-8"),
        ("Der Präsident".encode("latin-1"), "is not UTF-8"),
        (b"Kenya \xed\xa0\x80 votes.", "is not UTF-8"),
        (b"\xef\xbb\xbf", "holds no words"),
        (b'"' * 1_000_000, "holds no words"),
        ("“".encode() * 1_000_000, "holds no words"),
        (b"a" * 10_000_000, "more than 8,000,000 bytes"),
    ],
    ids=[
        *("empty", "blank", "binary", "pdf", "bytes above zero", "latin-1", "surrogate", "byte order mark"),
        *("a million quotation marks", "a million curly quotation marks", "ten megabytes"),
    ],
)
def test_what_cannot_be_read_is_one_clear_error(tmp_path: Path, given: bytes, words: str) -> None:
    ended = run_here(tmp_path, "analyse", "-", given=given)
    assert ended.status == 1
    assert words in ended.err
    assert len(ended.err.splitlines()) == 2
    assert ended.out == ""


def test_every_bad_line_of_json_says_what_is_wrong_and_the_others_go_on(tmp_path: Path) -> None:
    good = json.dumps({"id": "good", "text": SENTENCE}).encode()
    bad = {
        b"{broken": "line 2: not valid JSON at character 2",
        b"\xff\xfe\x00\x01": "line 4: not valid JSON",
        b'{"id": "x", "text": "\\ud800"}': "line 6: not valid JSON",
        b"[" * 100_000: "line 8: not valid JSON",
        b"null": "line 10: not a JSON object",
        b'{"id": "x", "text": "' + b"a" * 10_000_000 + b'"}': "line 12: more than 8,000,000 bytes",
        b'{"id": "x", "text": "' + b'\\"' * 1_000_000 + b'"}': "`text` is empty or holds no words",
        b'{"id": "x", "text": " ", "title": ""}': "`text` is empty or holds no words",
        b'{"id": "x", "text": "a", "title": "' + b"a" * 20_000 + b'"}': "`title` has 20,000 characters",
    }
    given = b"".join(good + b"\n" + line + b"\n" for line in bad) + good

    ended = run_here(tmp_path, "analyse", "--jsonl", given=given)

    answers = [json.loads(line) for line in ended.out.splitlines()]
    assert (ended.status, ended.err) == (1, "")
    assert len(answers) == 2 * len(bad) + 1
    assert all(answer["signals"] for answer in answers[::2])
    for answer, words in zip(answers[1::2], bad.values(), strict=True):
        assert answer["error"].startswith(words)


def test_the_end_of_a_text_that_is_too_long_is_told_as_left_out(tmp_path: Path) -> None:
    text = SENTENCE + "\n" + "x" * 400_000
    left_out = len(text) - 400_000
    line = json.dumps({"id": "long", "text": text, "lang": "en"})

    shown = run_here(tmp_path, "analyse", "-", "--lang", "en", given=text)
    whole = json.loads(run_here(tmp_path, "analyse", "-", "--lang", "en", "--json", given=text).out)
    answer = json.loads(run_here(tmp_path, "analyse", "--jsonl", given=line).out)

    assert f"The last {left_out:,} characters were left out" in shown.out
    assert (whole["left_out"], answer["left_out"]) == (left_out, left_out)


def test_a_line_in_a_language_that_is_not_analysed_says_so(tmp_path: Path) -> None:
    given = json.dumps({"id": "a", "text": "Russland verurteilte die Türkei.", "lang": "de"})

    answer = json.loads(run_here(tmp_path, "analyse", "--jsonl", given=given).out)

    assert answer == {"id": "a", "signals": [], "coverage": "unsupported"}


def test_a_missing_file_is_wrong_usage(tmp_path: Path) -> None:
    ended = run_here(tmp_path, "analyse", "nowhere.txt")
    assert ended.status == 2
    assert "nowhere.txt" in ended.err


def test_another_language_is_said_to_be_unsupported(tmp_path: Path) -> None:
    ended = run_here(tmp_path, "analyse", "-", "--lang", "de", given="Russland verurteilte die Türkei.".encode())
    assert ended.status == 0
    assert "not analysed yet" in ended.out


def test_a_language_that_cannot_be_told_is_said_to_be_none(tmp_path: Path) -> None:
    shown = run_here(tmp_path, "analyse", "-", given="კ ღ ჩ").out

    assert "language of the text cannot be told" in shown
    assert "None" not in shown


OWN = """
[[organisation]]
name = "Harbour Watch of Lima"
country = "PE"
kind = "government"
speaks_for_state = true
names = ["Harbour Watch"]
"""
OWN_SENTENCE = "Harbour Watch condemned Turkey on Tuesday."


@pytest.mark.parametrize("way", ["option", "setting"])
def test_actors_of_ones_own_are_known(tmp_path: Path, way: str) -> None:
    own = tmp_path / "own.toml"
    own.write_text(OWN)
    option, setting = (("--knowledge", str(own)), {}) if way == "option" else ((), {"STANCEWIRE_KNOWLEDGE": str(own)})

    without = run_here(tmp_path, "analyse", "-", "--json", given=OWN_SENTENCE)
    ended = run_here(tmp_path, "analyse", "-", "--json", *option, given=OWN_SENTENCE, **setting)

    assert [signal["holder"]["country"] for signal in json.loads(without.out)["signals"]] != ["PE"]
    assert [signal["holder"]["country"] for signal in json.loads(ended.out)["signals"]] == ["PE"]
    assert (ended.status, ended.err) == (0, "")


def test_the_option_goes_before_the_setting_and_lines_of_json_use_it_too(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(OWN)
    line = json.dumps({"id": "a", "text": OWN_SENTENCE})

    ended = run_here(
        tmp_path, "analyse", "--jsonl", "--knowledge", str(own), given=line, STANCEWIRE_KNOWLEDGE="/nowhere/own.toml"
    )

    assert ended.status == 0
    assert [signal["holder"]["country"] for signal in json.loads(ended.out)["signals"]] == ["PE"]


@pytest.mark.parametrize("jsonl", [(), ("--jsonl",)], ids=["one", "lines"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be read"),
        ('[[organisation]]\nname = "Harbour Watch"\n', "organisation 'Harbour Watch': kind"),
        ("[[organisation\n", "line 1"),
    ],
    ids=["missing", "invalid", "broken"],
)
def test_what_is_wrong_with_ones_own_actors_is_told(
    tmp_path: Path, content: str | None, told: str, jsonl: tuple[str, ...]
) -> None:
    own = tmp_path / "own.toml"
    if content is not None:
        own.write_text(content)

    ended = run_here(tmp_path, "analyse", "-", *jsonl, "--knowledge", str(own), given=json.dumps({"text": SENTENCE}))

    assert ended.status == 2
    assert "own.toml" in ended.err
    assert told in ended.err
    assert ended.out == ""


def test_a_text_cannot_drive_the_terminal(tmp_path: Path) -> None:
    given = b"Russia condemned \x1b]0;owned\x07\x1b[31m Turkey on Tuesday."
    assert "\x1b" not in run_here(tmp_path, "analyse", "-", given=given).out


@pytest.fixture
def page() -> Iterator[str]:
    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(PAGE.encode())

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/ships.html"
        server.shutdown()
        thread.join()

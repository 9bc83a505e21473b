"""`stancewire export stix` as it is called: from articles that were analysed, and from a server's stream."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import redis
from cli_programs import ROOT, Ended, run_here
from stix_samples import DETECTED, complaints, gone, of_type, report, revision, stance

from services.embedded import EmbeddedServer
from stancewire import codec, keys
from stancewire.types import Announcement

SEED = ROOT.parent / "shared" / "gold" / "seed.txt"
OWN = (
    "Lawmakers in Moldova accused Russia on Friday of paying voters before the referendum. Moscow denies it. "
    "Estonia's foreign intelligence service assessed that Russia had used fake accounts on Telegram to spread "
    "disinformation about the referendum in Moldova. Moldova condemned Russia."
)


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what `analyse --jsonl` prints of each article."""
    home = tmp_path_factory.mktemp("analysed")
    articles = {"own": {"text": OWN, "url": "https://gazette.example/story", "title": "Lawmakers accuse Moscow"}}
    if SEED.is_file():
        articles["seed"] = {"text": SEED.read_text("utf-8")}
    given = "".join(json.dumps({"id": name, **fields}) + "\n" for name, fields in articles.items())
    ended = run_here(home, "analyse", "-", "--jsonl", given=given)
    assert ended.status == 0, ended.err
    for name, line in zip(articles, ended.out.splitlines(), strict=True):
        (home / name).write_text(line, "utf-8")
    return home


def signals_of(analysed: Path, article: str) -> Path:
    if not (analysed / article).is_file():
        pytest.skip("the shared material is not beside the repository")
    return analysed / article


def found_in(ended: Ended) -> list[dict[str, Any]]:
    assert ended.status == 0, ended.err
    found: list[dict[str, Any]] = json.loads(ended.out).get("objects", [])
    return found


@pytest.mark.parametrize("article", ["seed", "own"])
def test_an_article_that_was_analysed_is_a_valid_bundle_and_the_same_each_time(
    article: str, analysed: Path, tmp_path: Path
) -> None:
    signals = signals_of(analysed, article)

    first, second = (run_here(tmp_path, "export", "stix", "--from", str(signals)) for _ in range(2))

    assert {"report", "opinion", "note", "media-content", "location"} <= {each["type"] for each in found_in(first)}
    assert complaints(first.out) == []
    assert first.out == second.out


def test_what_the_seed_article_says_of_georgia_and_moldova_carries_the_denial_of_russia(
    analysed: Path, tmp_path: Path
) -> None:
    seed = signals_of(analysed, "seed")
    found = found_in(run_here(tmp_path, "export", "stix", "--from", str(seed)))

    for state in denied_in(seed):
        (made,) = [each for each in of_type(found, "report") if state in each["name"]]
        (denial,) = [each for each in of_type(found, "opinion") if each["object_refs"] == [made["id"]]]
        assert (denial["opinion"], denial["authors"]) == ("strongly-disagree", ["Russia"])
    assert all(any(name in state for state in denied_in(seed)) for name in ("Georgia", "Moldova"))


def denied_in(signals: Path) -> list[str]:
    """Against whom those allegations are that somebody denies, as the signals have them."""
    entries = [each for line in signals.read_text("utf-8").splitlines() for each in json.loads(line)["signals"]]
    return [each["target"]["name"] for each in entries if each.get("denied_by")]


def test_signals_of_a_server_are_exported_by_time_and_by_what_they_are(
    server: EmbeddedServer, client: redis.Redis, tmp_path: Path
) -> None:
    publish(client, 1_000, report("early"))
    publish(client, 2_000_000, report("late"), stance(), revision(gone=[gone(stance())]))
    place = {"STANCEWIRE_REDIS_URL": server.url}

    def names(*options: str) -> list[str]:
        made = found_in(run_here(tmp_path, "export", "stix", *options, **place))
        kept = [each for each in made if each["type"] in {"report", "note"}]
        return [f"{each.get('name', 'note').split()[-1]}{' revoked' * each.get('revoked', False)}" for each in kept]

    assert names() == ["(early)", "(late)", "note", "note revoked"]
    assert names("--since", "1970-01-01T00:10:00+00:00") == ["(late)", "note", "note revoked"]
    assert names("--until", "1970-01-01T00:10:00+00:00") == ["(early)"]
    assert names("--kind", "interference") == ["(early)", "(late)"]
    assert names("--kind", "stance", "--toward", "RU") == ["note", "note revoked"]
    assert names("--kind", "stance", "--polarity", "favourable") == []


def test_a_signal_is_revoked_also_where_its_article_is_in_no_known_language_by_now(
    server: EmbeddedServer, client: redis.Redis, tmp_path: Path
) -> None:
    publish(client, 1_000, stance(), replace(revision(gone=[gone(stance())]), language=None))

    made = found_in(run_here(tmp_path, "export", "stix", "--lang", "en", STANCEWIRE_REDIS_URL=server.url))

    assert [each.get("revoked", False) for each in of_type(made, "note")] == [False, True]


def publish(client: redis.Redis, milliseconds: int, *entries: Announcement) -> None:
    for number, each in enumerate(entries):
        data: Any = {"id": each.id, "data": codec.announcements.encode(each)}
        client.xadd(keys.SIGNALS_STREAM, data, id=f"{milliseconds}-{number}")


def test_a_file_is_there_as_a_whole_or_as_it_was(tmp_path: Path) -> None:
    bundle, signals = tmp_path / "bundle.json", tmp_path / "signals.jsonl"
    signals.write_bytes(codec.announcements.encode(report()) + b"\n")
    options = ("export", "stix", "--from", str(signals), "--output", str(bundle))

    assert "1 report(s), 1 denial(s)" in run_here(tmp_path, *options).err
    before = bundle.read_text("utf-8")
    assert complaints(before) == []

    signals.write_bytes(signals.read_bytes() + b"{broken\n")
    broken = run_here(tmp_path, *options)

    assert (broken.status, "line 2" in broken.err) == (2, True)
    assert bundle.read_text("utf-8") == before
    assert sorted(each.name for each in tmp_path.iterdir() if each.is_file()) == ["bundle.json", "signals.jsonl"]


@pytest.mark.parametrize("place", ["nowhere/bundle.json", "."])
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, place: str) -> None:
    signals = tmp_path / "signals.jsonl"
    signals.write_bytes(codec.announcements.encode(report()))

    ended = run_here(tmp_path, "export", "stix", "--from", str(signals), "--output", str(tmp_path / place))

    assert (ended.status, "cannot write" in ended.err, "Traceback" in ended.err) == (2, True, False)


def test_signals_of_no_time_get_the_one_that_is_given(tmp_path: Path) -> None:
    signal = report(detected_at=None)
    undated = codec.announcements.to_dict(signal)
    undated["article"]["published_at"] = None

    made = found_in(
        run_here(
            tmp_path, "export", "stix", "--from", "-", "--undated", "2026-01-31T08:04:00Z", given=json.dumps(undated)
        )
    )

    assert of_type(made, "report")[0]["published"] == DETECTED.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_it_says_what_could_not_be_revoked(tmp_path: Path) -> None:
    given = codec.announcements.encode(revision(gone=[gone(stance())]))

    ended = run_here(tmp_path, "export", "stix", "--from", "-", given=given)

    assert (ended.status, json.loads(ended.out)["type"]) == (0, "bundle")
    assert "1 signals of before are gone or replaced and could not be revoked" in ended.err

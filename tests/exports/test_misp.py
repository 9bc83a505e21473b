"""The MISP feed, as PyMISP understands it."""

from __future__ import annotations

import functools
import hashlib
import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pymisp
import pytest
from cli_programs import Ended, run_here
from export_samples import MORNING, claimant, printed, reference, report, revision, span, stance, technique

from config.knowledge.reference import disarm_techniques
from stancewire.exports.misp import event_of, organisation
from stancewire.exports.reports import Reported, ReportedArticle
from stancewire.types import Announcement, Interference

DISARM = disarm_techniques()
TEMPLATES = Path(pymisp.__file__).parent / "data/misp-objects/objects"


def export(folder: Path, *entries: Announcement, options: tuple[str, ...] = ()) -> Ended:
    home = folder.parent
    done = run_here(home, "export", "misp", "--from", "-", "--output", str(folder), *options, given=printed(*entries))
    assert done.status == 0, done.err
    return done


def read(folder: Path) -> dict[str, pymisp.MISPEvent]:
    """The events that the manifest names, by article."""
    events = {}
    for uuid in json.loads((folder / "manifest.json").read_bytes()):
        event = pymisp.MISPEvent(strict_validation=True)
        event.load_file(folder / f"{uuid}.json")
        events[str(event.info)] = event
    return events


def only(folder: Path) -> pymisp.MISPEvent:
    (event,) = read(folder).values()
    return event


def reported(*reports: Interference) -> ReportedArticle:
    return ReportedArticle(
        article=reports[0].article,
        language="en",
        reports=tuple(Reported(report=each, since=MORNING, withdrawn=None) for each in reports),
        changed_at=MORNING,
    )


def event(*reports: Interference) -> dict[str, Any]:
    found: dict[str, Any] = event_of(reported(*reports), organisation("Newsroom"), DISARM)["Event"]
    return found


def tags(found: dict[str, Any]) -> set[str]:
    return {tag["name"] for tag in found["Tag"]}


def attributes(found: dict[str, Any], name: str) -> dict[str, dict[str, Any]]:
    (wanted,) = (each for each in found["Object"] if each["name"] == name)
    return {each["object_relation"]: each for each in wanted["Attribute"]}


def test_an_event_is_an_article_with_its_reports() -> None:
    found = event(report("s1"), report("s2", status="refuted"))

    assert found["info"] == "Interference reported: Of story (The Gazette)"
    assert (found["date"], found["timestamp"]) == ("2026-03-04", str(int(MORNING.timestamp())))
    assert [each["name"] for each in found["Object"]] == ["news-media", "annotation", "annotation"]
    media = attributes(found, "news-media")
    assert {name: each["value"] for name, each in media.items()} == {
        "title": "Of story",
        "source": "The Gazette",
        "link": "https://gazette.example/story",
    }
    assert media["source"]["comment"] == "at home in GB, ownership: public"
    assert found["Object"][0]["first_seen"] == "2026-03-04T08:00:00+00:00"


def test_who_says_so_who_denies_it_and_how_sure_it_is_stand_in_the_event() -> None:
    found = event(report("s1"))

    said = attributes(found, "annotation")["text"]["value"].splitlines()
    assert said == [
        "Status: alleged",
        "Said to have acted: Russia (state, RU), directly",
        "Against: Moldova (state, MD)",
        "Said by: State Security Service (organisation, LV), government",
        "Denied by: Russia (state, RU)",
        'Denial of Russia: "denied"',
        "Techniques: social media campaign (DISARM 1.7 T0049 Flood Information Space)",
        "Platforms: Facebook, Telegram",
        'Evidence: "Northland\'s spy chief said that Southland had hired trolls, which Southland denied."',
        "Confidence that it is rightly read: 0.88",
        "Language: en",
        "Signal: s1, stancewire-rules 0",
    ]
    (for_people,) = found["EventReport"]
    assert "- **Said by:** State Security Service \\(organisation, LV\\), government" in for_people["content"]
    assert "not what happened" in for_people["content"]


def test_who_denies_it_twice_is_named_once_with_both_denials() -> None:
    denial = report("s1").denied_by[0]
    again = replace(denial, span=span("called it absurd"))

    said = attributes(event(report("s1", denied_by=(denial, again))), "annotation")["text"]["value"].splitlines()

    assert said[4:7] == [
        "Denied by: Russia (state, RU)",
        'Denial of Russia: "denied"',
        'Denial of Russia: "called it absurd"',
    ]


def test_nothing_is_an_indicator_and_nobody_a_threat_actor() -> None:
    found = event(report("s1"), report("s2"))

    every = [each for one in found["Object"] for each in one["Attribute"]]
    assert not any(each["to_ids"] for each in every)
    assert {each["type"] for each in every} == {"text", "link"}
    assert {each["type"] for each in every if not each["disable_correlation"]} == {"link"}
    galaxies = {name.partition("=")[0] for name in tags(found) if name.startswith("misp-galaxy:")}
    assert galaxies == {"misp-galaxy:disarm-techniques"}
    assert "Attribute" not in found


def test_techniques_that_the_galaxy_has_are_tags_under_its_names() -> None:
    known, unknown = technique("social_media_campaign", disarm="T0049"), technique("ai_generated", disarm="T0166")

    found = event(report("s1", techniques=(known, unknown, technique("vote_tampering"))))

    assert tags(found) == {
        "tlp:clear",
        "type:OSINT",
        'osint:source-type="news-report"',
        'misp-galaxy:disarm-techniques="Flood Information Space"',
        'stancewire:status="alleged"',
        'stancewire:denied="yes"',
    }
    said = attributes(found, "annotation")["text"]["value"]
    assert "ai generated (DISARM 1.7 T0166 AI-Generated Content); vote tampering" in said


def test_a_technique_that_is_refuted_is_no_tag() -> None:
    refuted = event(report("s1", status="refuted"))

    assert not any(name.startswith("misp-galaxy") for name in tags(refuted))
    assert 'stancewire:status="refuted"' in tags(refuted)


def test_text_of_an_article_is_no_markup_and_drives_nothing() -> None:
    hostile = "**[x](http://a.example)** <img src=x> @[tag](y) \x1b[2J `z`\n# head"

    found = event(report("s1", claimants=(claimant(hostile),), article=reference(title=hostile)))

    (for_people,) = found["EventReport"]
    assert "\\*\\*\\[x\\]\\(http://a.example\\)\\*\\* \\<img" in for_people["content"]
    assert "\n# head" not in for_people["content"]
    assert "\x1b" not in json.dumps(found, ensure_ascii=False)
    assert "\n" not in found["info"]


def test_its_templates_are_those_of_misp() -> None:
    for own in event(report("s1"))["Object"]:
        template = json.loads((TEMPLATES / own["name"] / "definition.json").read_bytes())
        assert own["template_uuid"] == template["uuid"]
        assert (own["template_version"], own["meta-category"]) == (str(template["version"]), template["meta-category"])
        assert own["description"] == template["description"]
        for each in own["Attribute"]:
            assert template["attributes"][each["object_relation"]]["misp-attribute"] == each["type"]
        assert {each["object_relation"] for each in own["Attribute"]} & set(template["requiredOneOf"])


def test_pymisp_reads_the_feed_and_would_write_the_same(tmp_path: Path) -> None:
    export(
        tmp_path / "feed",
        report("s1"),
        report("s2", article=reference("other", outlet=None, url=None, published_at=None)),
        report("s3", article=reference("third")),
        revision(article=reference("third", revision="r2"), gone=["s3"]),
    )

    manifest = json.loads((tmp_path / "feed/manifest.json").read_bytes())
    hashes = set((tmp_path / "feed/hashes.csv").read_text().splitlines())
    events = read(tmp_path / "feed").values()
    assert len(events) == len(manifest) == 3
    again: dict[str, Any] = {}
    theirs: set[str] = set()
    for each in events:
        again |= json.loads(json.dumps(each.manifest))
        theirs |= {f"{digest},{each.uuid}" for digest in each.attributes_hashes("md5")}
        written = json.loads((tmp_path / "feed" / f"{each.uuid}.json").read_bytes())
        assert json.loads(json.dumps(each.to_feed())) == written
    assert again == manifest
    assert hashes == theirs


@contextmanager
def served(folder: Path) -> Iterator[str]:
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Misp:
    """What a MISP does with a feed (app/Model/Feed.php, MispObject.php): it takes what is newer than what it has."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.events: dict[str, dict[str, Any]] = {}

    def pull(self) -> list[str]:
        """The events that were added or edited."""
        manifest = httpx.get(f"{self._address}/manifest.json", trust_env=False).raise_for_status().json()
        changed = []
        for uuid, entry in manifest.items():
            known = self.events.get(uuid)
            if known is not None and int(known["timestamp"]) >= int(entry["timestamp"]):
                continue
            found = httpx.get(f"{self._address}/{uuid}.json", trust_env=False).raise_for_status().json()["Event"]
            self.events[uuid] = {**found, "Object": self._objects(known, found)}
            changed.append(found["info"])
        return changed

    def shown(self) -> dict[str, str]:
        """Texts of the objects that are not deleted, by the name of the object."""
        return {
            each["value"]: one["name"]
            for event in self.events.values()
            for one in event["Object"]
            if not one["deleted"]
            for each in one["Attribute"]
            if each["object_relation"] in {"title", "text"}
        }

    @staticmethod
    def _objects(known: dict[str, Any] | None, found: dict[str, Any]) -> list[dict[str, Any]]:
        objects = {each["uuid"]: each for each in (known or {"Object": []})["Object"]}
        for each in found["Object"]:
            if each["uuid"] not in objects or int(objects[each["uuid"]]["timestamp"]) < int(each["timestamp"]):
                objects[each["uuid"]] = each
        return list(objects.values())


def test_a_misp_that_pulls_the_feed_follows_what_becomes_of_the_reports(tmp_path: Path) -> None:
    feed = tmp_path / "feed"
    first = (report("s1"), report("s2", article=reference("other")))
    corrected = reference(title="Of a corrected story", revision="r2")
    second = (revision(article=corrected, changed=[("s1", "s3")]), report("s3", article=corrected, status="refuted"))
    third = (revision(3, article=corrected, gone=["s3"], hours=2),)

    export(feed, *first)
    with served(feed) as address:
        misp = Misp(address)
        assert len(misp.pull()) == 2
        assert misp.pull() == []

        export(feed, *first, *second)
        assert misp.pull() == ["Interference reported: Of a corrected story (The Gazette)"]
        assert {text for text, name in misp.shown().items() if name == "news-media"} == {
            "Of a corrected story",
            "Of other",
        }
        annotations = [text for text, name in misp.shown().items() if name == "annotation"]
        assert sum("Status: refuted" in text for text in annotations) == 1
        assert not any("Signal: s1," in text for text in annotations)

        export(feed, *first, *second, *third)
        assert misp.pull() == ["Withdrawn: Of a corrected story (The Gazette)"]
        assert [text for text, name in misp.shown().items() if "Signal: s3," in text or "Signal: s1," in text] == []


def test_an_export_of_the_same_is_the_same_to_the_byte(tmp_path: Path) -> None:
    entries = (report("s1"), revision(gone=["s1"]), report("s2", article=reference("other")))

    export(tmp_path / "one", *entries)
    export(tmp_path / "two", *entries)
    before = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    export(tmp_path / "one", *entries)

    assert {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()} == before
    assert {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()} == before


def test_a_withdrawn_report_stays_as_deleted_and_says_why(tmp_path: Path) -> None:
    export(tmp_path / "feed", report("s1"), report("s2"), revision(gone=["s1"]))

    found = only(tmp_path / "feed")
    deleted, standing = (each for each in found.objects if each.name == "annotation")
    assert (deleted.deleted, standing.deleted) == (True, False)
    assert all(each.deleted for each in deleted.attributes)
    assert deleted.comment.startswith("Withdrawn: known link, another text in its body. ")
    later = MORNING + timedelta(hours=1)
    assert {deleted.timestamp, found.timestamp, *(each.timestamp for each in deleted.attributes)} == {later}
    assert standing.timestamp == MORNING + timedelta(minutes=5)
    assert "s1" not in found.event_reports[0].content.replace("stancewire", "")


def test_ids_depend_on_the_organisation_so_that_two_may_publish_the_same_article() -> None:
    one, other = (event_of(reported(report("s1")), organisation(name), DISARM)["Event"] for name in ("One", "Other"))

    assert one["Orgc"]["name"] == "One"
    assert one["uuid"] != other["uuid"]
    assert not {each["uuid"] for each in one["Object"]} & {each["uuid"] for each in other["Object"]}


def test_a_folder_is_the_feed_of_one_organisation_and_other_files_in_it_stay(tmp_path: Path) -> None:
    feed = tmp_path / "feed"
    feed.mkdir()
    (feed / "readme.txt").write_text("mine")
    export(feed, report("s1"), report("s2", article=reference("other")))
    assert len(list(feed.iterdir())) == 5

    foreign = run_here(
        tmp_path,
        *("export", "misp", "--from", "-", "--output", str(feed), "--organisation", "Else"),
        given=printed(report("s1")),
    )
    export(feed, report("s1"))

    assert foreign.status == 2
    assert "holds a feed of another organisation" in foreign.err
    assert len(read(feed)) == 1
    assert len(list(feed.iterdir())) == 4
    assert (feed / "readme.txt").read_text() == "mine"


def test_an_event_that_is_of_nobody_known_is_not_removed(tmp_path: Path) -> None:
    feed = tmp_path / "feed"
    export(feed, report("s1"))
    foreign = feed / "ffffffff-ffff-4fff-8fff-ffffffffffff.json"
    foreign.write_text('{"Event": {"Orgc": {"uuid": "of somebody else"}}}')

    export(feed, report("s2", article=reference("other")))

    assert foreign.exists()
    assert len(read(feed)) == 1


def test_an_article_reads_as_in_the_latest_that_was_found_in_it(tmp_path: Path) -> None:
    export(tmp_path / "feed", report("s1"), report("s2", article=reference(title="Of a longer story")))

    found = only(tmp_path / "feed")
    assert found.info == "Interference reported: Of a longer story (The Gazette)"
    assert len(found.objects) == 3


def test_stances_are_left_out_and_counted(tmp_path: Path) -> None:
    done = export(tmp_path / "feed", stance("s1"), report("s2"), stance("s3"))

    assert "1 report of interference in 1 event in" in done.err
    assert "2 stances left out" in done.err
    assert done.out == ""


def test_nothing_to_report_is_a_feed_without_events(tmp_path: Path) -> None:
    export(tmp_path / "feed", stance("s1"))

    assert json.loads((tmp_path / "feed/manifest.json").read_bytes()) == {}
    assert (tmp_path / "feed/hashes.csv").read_text() == ""


def test_an_article_without_a_date_is_dated_by_when_it_was_seen_and_else_not_at_all() -> None:
    undated = report("s1", article=reference(published_at=None))

    seen = event(undated)
    never = replace(reported(undated), changed_at=None)
    unseen = event_of(never, organisation("Newsroom"), DISARM)["Event"]

    assert seen["date"] == "2026-03-04"
    assert (unseen["date"], unseen["timestamp"]) == ("1970-01-01", "0")


@pytest.mark.parametrize("value", ["Of story", "https://gazette.example/story", "text"])
def test_hashes_are_those_of_the_values(tmp_path: Path, value: str) -> None:
    export(tmp_path / "feed", report("s1"))

    (uuid,) = json.loads((tmp_path / "feed/manifest.json").read_bytes())
    digest = hashlib.md5(value.encode()).hexdigest()
    assert f"{digest},{uuid}" in (tmp_path / "feed/hashes.csv").read_text().splitlines()

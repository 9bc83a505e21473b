"""Bundles of STIX: valid by the validator of OASIS, the same each time, written as entries come, with times that follow
from the signals.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from stix_samples import (
    DETECTED,
    KNOWN,
    MOLDOVA,
    PUBLISHED,
    RUSSIA,
    article,
    complaints,
    exported,
    named,
    objects,
    of_type,
    report,
    stance,
)

from stancewire.exports.stix import Exporter
from stancewire.exports.stix_bundles import bundle
from stancewire.types import Announcement

EUROPE = named("European Union", country="EU", item="Q458")
UNDATED = article(published_at=None, url=None, outlet=None, title="", outlet_country=None, ownership=None)

CASES: dict[str, tuple[Announcement, ...]] = {
    "an allegation": (report(),),
    "a stance": (stance(),),
    "both, twice": (report(), stance(), report(), stance()),
    "nothing known": (report(article=UNDATED, detected_at=None, target=None, event=None, claimants=(), denied_by=()),),
    "a stance of no time": (stance(article=UNDATED, detected_at=None, speaker=None),),
    "unions": (report(actor=EUROPE, target=EUROPE), stance(holder=EUROPE)),
    "nothing": (),
    "characters that drive a terminal": (report(article=article(title="\x1b[2J\u202e</script>", outlet="\tA\u200b")),),
}


@pytest.mark.parametrize("name", CASES)
def test_every_bundle_is_valid_in_the_strict_mode_of_the_oasis_validator(name: str) -> None:
    text = exported(*CASES[name])

    assert complaints(text) == []
    assert not {"\x1b", "\u202e", "\u200b"} & set(text)


def test_the_validator_would_find_what_is_wrong() -> None:
    broken = exported(report()).replace('"new-sco"', '"property-extension"').replace("strongly-disagree", "no")

    assert len(complaints(broken)) >= 2


def test_exported_twice_it_is_the_same_to_the_byte() -> None:
    assert exported(report(), stance()) == exported(report(), stance())


def test_ids_do_not_depend_on_what_else_is_exported() -> None:
    alone, among = objects(report()), objects(stance("other"), stance(), report())

    assert {each["id"] for each in alone} < {each["id"] for each in among}


@pytest.mark.parametrize(
    ("published", "detected", "created", "modified"),
    [
        (PUBLISHED, DETECTED, "2026-01-31T08:00:00.000Z", "2026-01-31T08:04:00.000Z"),
        (PUBLISHED, None, "2026-01-31T08:00:00.000Z", "2026-01-31T08:00:00.000Z"),
        (None, DETECTED, "2026-01-31T08:04:00.000Z", "2026-01-31T08:04:00.000Z"),
        (DETECTED, PUBLISHED, "2026-01-31T08:04:00.000Z", "2026-01-31T08:04:00.000Z"),
        (None, None, "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"),
        (datetime(2026, 1, 31, 8), None, "2026-01-31T08:00:00.000Z", "2026-01-31T08:00:00.000Z"),  # noqa: DTZ001
        (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), DETECTED, "2026-01-31T08:04:00.000Z", "2026-01-31T08:04:00.000Z"),
        (datetime(1, 1, 1, tzinfo=UTC), None, "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"),
    ],
)
def test_times_follow_from_the_article_and_the_signal(
    published: datetime | None, detected: datetime | None, created: str, modified: str
) -> None:
    text = exported(report(article=article(published_at=published), detected_at=detected))
    (made,) = of_type(json.loads(text)["objects"], "report")

    assert complaints(text) == []
    assert (made["created"], made["published"], made["modified"]) == (created, created, modified)


def test_signals_of_no_time_are_of_the_time_that_is_given() -> None:
    signal = report(article=UNDATED, detected_at=None)

    (made,) = of_type(objects(signal, undated=PUBLISHED), "report")

    assert made["published"] == "2026-01-31T08:00:00.000Z"


def test_an_article_without_an_address_is_named_by_its_words() -> None:
    first, second = (article(url=None, revision=each) for each in ("r1", "r2"))

    found = of_type(objects(report(article=first), stance(article=first), report("b", article=second)), "media-content")

    assert [each["url"] for each in found] == ["urn:stancewire:article:r1", "urn:stancewire:article:r2"]


def test_objects_are_written_as_entries_come() -> None:
    taken = []

    def entries() -> Iterator[Announcement]:
        for number in range(100):
            taken.append(number)
            yield report(str(number))

    exporter = Exporter(KNOWN)
    pieces = bundle(each for entry in entries() for each in exporter.objects(entry))
    next(pieces)

    assert taken == [0]


def test_a_party_of_many_signals_stands_in_a_bundle_once() -> None:
    found = objects(*(report(str(number)) for number in range(5)), stance())

    assert len({each["id"] for each in found}) == len(found)
    assert len(of_type(found, "report")) == 5
    assert [each["name"] for each in of_type(found, "location")] == [RUSSIA.name, MOLDOVA.name]

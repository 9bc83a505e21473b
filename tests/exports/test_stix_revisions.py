"""What a revised article takes back is revoked under the id that it was exported with."""

from __future__ import annotations

import json

import pytest
from stix_samples import (
    KNOWN,
    article,
    complaints,
    exported,
    gone,
    objects,
    of_type,
    report,
    revision,
    stance,
)

from stancewire.exports.stix import Exporter
from stancewire.types import Announcement, Gone, Replacement

OTHER = report("0e47aa11", replaces="5e1f00c9a8d1", status="confirmed")
REPLACED = Replacement(former="5e1f00c9a8d1", now="0e47aa11", differs=("status",))


def versions(*entries: Announcement, kind: str, **options: bool) -> list[tuple[str, bool]]:
    """Ids of the objects of a type, in order, and whether they are revoked."""
    return [(each["id"], each.get("revoked", False)) for each in of_type(objects(*entries, **options), kind)]


def test_a_report_whose_signal_is_gone_is_revoked_with_its_denial() -> None:
    text = exported(report(), revision(gone=[gone(report())]))
    found = json.loads(text)["objects"]

    for kind in ("report", "opinion"):
        made, taken_back = of_type(found, kind)
        assert taken_back["id"] == made["id"]
        assert taken_back["created"] == made["created"]
        assert (made.get("revoked"), taken_back["revoked"]) == (None, True)
        assert taken_back["modified"] > made["modified"]
    assert complaints(text) == []


def test_a_note_whose_stance_is_gone_is_revoked() -> None:
    made, taken_back = of_type(objects(stance(), revision(gone=[gone(stance())])), "note")

    assert (taken_back["id"], taken_back["revoked"]) == (made["id"], True)
    assert taken_back["content"] == made["content"]


def test_a_signal_that_another_takes_the_place_of_is_revoked_and_the_other_is_not() -> None:
    found = versions(report(), OTHER, revision(changed=[REPLACED]), kind="report")

    (former, _), (now, _) = found[:2]
    assert found == [(former, False), (now, False), (former, True)]


@pytest.mark.parametrize("target", [report().target, None], ids=["target", "event alone"])
def test_a_report_of_before_the_export_is_revoked_under_the_id_that_it_had(target: object) -> None:
    signal = report(target=target)
    without = Gone(
        id=signal.id, kind="interference", by="Russia", toward="Moldova" if target else "referendum", evidence=""
    )
    ((before, _),) = versions(signal, kind="report")

    text = exported(revision(gone=[without]))

    assert [(each["id"], each["revoked"]) for each in of_type(json.loads(text)["objects"], "report")] == [
        (before, True)
    ]
    assert complaints(text) == []


def test_so_is_one_that_says_the_same_of_the_same_parties() -> None:
    ((before, _),) = versions(report(), kind="report")

    assert (before, True) in versions(OTHER, revision(changed=[REPLACED]), kind="report")


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ((revision(gone=[gone(stance())]),), "a note's id follows from all that it says"),
        ((revision(gone=[gone(report())], article=article(published_at=None)),), "a report's follows from its time"),
        ((revision(changed=[REPLACED]),), "nothing says who the parties were"),
        (
            (OTHER, revision(changed=[Replacement(former="5e1f00c9a8d1", now=OTHER.id, differs=("target",))])),
            "the parties were others",
        ),
        (
            (stance("0e47aa11"), revision(changed=[REPLACED])),
            "what takes its place is no report",
        ),
    ],
)
def test_what_cannot_be_told_is_not_revoked_but_counted(entries: tuple[Announcement, ...], why: str) -> None:
    exporter = Exporter(KNOWN)

    made = [each for entry in entries for each in exporter.objects(entry)]

    assert not [each for each in made if each.get("revoked")], why
    assert exporter.not_revoked == 1


def test_where_signals_are_left_out_nothing_is_revoked_that_was_not_exported() -> None:
    exporter = Exporter(KNOWN, all_entries=False)

    assert [*exporter.objects(revision(gone=[gone(report())]))] == []
    assert exporter.not_revoked == 0

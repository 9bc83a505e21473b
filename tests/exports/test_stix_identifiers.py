"""Ids are those that OpenCTI makes: compared with pycti's, which are kept in a file with what made them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from stancewire.exports import stix_identifiers as ids

MADE_BY_PYCTI = json.loads((Path(__file__).parent / "opencti_ids.json").read_text("utf-8"))
KINDS = sorted({function for function, _, _ in MADE_BY_PYCTI["vectors"]})


@pytest.mark.parametrize("function", KINDS)
def test_an_id_is_the_one_that_pycti_makes(function: str) -> None:
    expected = {tuple(given): made for name, given, made in MADE_BY_PYCTI["vectors"] if name == function}

    assert {given: getattr(ids, function)(*given) for given in expected} == expected


def test_every_id_that_is_made_was_compared() -> None:
    made_here = {name for name in vars(ids) if name.endswith("_id") and not name.startswith("_")}

    assert made_here - {"bundle_id"} == set(KINDS)


def test_a_time_is_written_in_utc_to_the_millisecond() -> None:
    moment = datetime(2026, 1, 31, 10, 0, 0, 999_999, timezone(timedelta(hours=2)))

    assert ids.timestamp(moment) == "2026-01-31T08:00:00.999Z"


def test_moments_for_many_denials_of_one_hour_lie_in_that_hour_and_apart() -> None:
    published = datetime(2026, 1, 31, 8, 30, tzinfo=UTC)

    moments = {ids.moment_within_hour(published, f"signal {number}") for number in range(200)}

    assert len(moments) == 200
    assert {(each.date(), each.hour) for each in moments} == {(published.date(), 8)}

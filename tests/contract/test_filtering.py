"""Which entries a filter lets through."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from store_samples import NOON, interference, revision, stance

from stancewire.filtering import fits
from stancewire.types import ALL, Announcement, Claimant, Filter, Span, Technique

SPAN = Span(text="thanks", start=7, end=13)
STANCE = stance("s", detected_at=NOON)
STANCE = replace(STANCE, article=replace(STANCE.article, outlet_country="GB", ownership="public"))
REPORT = replace(
    interference("i"),
    techniques=(Technique(family="ddos", disarm="T0123", disarm_version="1.7", span=SPAN),),
    claimants=(Claimant(name="Poland", type="state", country="PL", id=None, mention=SPAN, category="government"),),
)
REVISION = revision("r")


def one(**asked: object) -> Filter:
    """Lists as the sets they stand for, which have no order that a test could be named after."""
    sets = {name: frozenset(value) if isinstance(value, list) else value for name, value in asked.items()}
    return Filter(**sets)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "stance_fits", "report_fits", "revision_fits"),
    [
        ({}, True, True, True),
        ({"kinds": ["stance"]}, True, False, False),
        ({"kinds": ["revision"], "by": ["RU"]}, False, False, True),
        ({"by": ["RU"]}, True, True, False),
        ({"by": ["FR"]}, False, False, False),
        ({"by": ["russia"]}, True, True, False),
        ({"by": ["Rus"]}, False, False, False),
        ({"toward": ["FR", "DE"]}, True, True, False),
        ({"parties": ["FR"]}, True, True, False),
        ({"parties": ["PL"]}, False, False, False),
        ({"pairs": [("RU", "FR")]}, True, True, False),
        ({"pairs": [("FR", "RU")]}, False, False, False),
        ({"polarities": ["favourable"]}, True, False, False),
        ({"polarities": ["adverse"]}, False, False, False),
        ({"statuses": ["alleged"]}, False, True, False),
        ({"statuses": ["warned"]}, False, False, False),
        ({"techniques": ["ddos"]}, False, True, False),
        ({"techniques": ["T0123"]}, False, True, False),
        ({"claimants": ["PL"]}, False, True, False),
        ({"denied_by": ["RU"]}, False, False, False),
        ({"outlets": ["the gazette"]}, True, True, True),
        ({"outlets": ["Gazette"]}, False, False, False),
        ({"outlet_countries": ["GB"]}, True, False, False),
        ({"ownerships": ["public"]}, True, False, False),
        ({"languages": ["en"]}, True, True, True),
        ({"languages": ["fr"]}, False, False, False),
        ({"min_confidence": 0.8}, True, False, False),
        ({"since": NOON}, True, False, False),
        ({"until": NOON}, False, False, False),
        ({"until": NOON + timedelta(seconds=1)}, True, False, False),
    ],
    ids=str,
)
def test_all_that_is_asked_must_fit(
    asked: dict[str, object], stance_fits: bool, report_fits: bool, revision_fits: bool
) -> None:
    wanted = one(**asked)
    entries: tuple[Announcement, ...] = (STANCE, REPORT, REVISION)
    assert [fits(each, wanted) for each in entries] == [stance_fits, report_fits, revision_fits]


def test_a_filter_that_asks_nothing_lets_everything_through() -> None:
    assert all(fits(each, ALL) for each in (STANCE, REPORT, REVISION))

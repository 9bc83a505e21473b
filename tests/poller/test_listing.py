"""What a feed lists no more, and whether it was taken away or only made room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from feed_samples import NOW, entry

from services.poller.identity import next_listing
from stancewire.types import Listed, Listing, Seen


def after(before: Listing, letters: str, dates: Sequence[datetime | None] | None = None) -> tuple[Listing, str]:
    """The listing after a document with the articles named by letters, and those that vanished."""
    if dates is None:
        # The letters come out in the order of the alphabet, an hour apart.
        dates = [NOW + timedelta(hours=ord(letter)) for letter in letters]
    entries = [entry(published_at=date) for date in dates]
    decisions = [Seen(article_id=letter * 32, story_id=letter * 32, reason="known") for letter in letters]
    listing, vanished = next_listing(before, entries, decisions, list(letters))
    return listing, "".join(each.article_id[0] for each in vanished)


def held(letters: str) -> Listing:
    return Listing(feed_id="world", listed=tuple(Listed(article_id=each * 32, fingerprint=each) for each in letters))


@pytest.mark.parametrize(
    ("before", "now", "vanished"),
    [
        ("fedcb", "fedcb", ""),
        ("fedcb", "hgfed", ""),
        ("fedcb", "fedc", ""),
        ("fedcb", "fdcb", "e"),
        ("fedcb", "edcb", "f"),
        ("fedcb", "gfdcb", "e"),
        ("bcdef", "cdefg", ""),
        ("bcdef", "bcef", "d"),
        ("bcdef", "bcde", "f"),
        ("fedcb", "", ""),
        ("fedcb", "xyz", ""),
        ("fedcb", "fb", ""),
        ("f", "", ""),
    ],
)
def test_what_is_gone_from_the_midst_has_vanished(before: str, now: str, vanished: str) -> None:
    assert after(held(before), now)[1] == vanished


def test_in_a_feed_sorted_by_something_else_only_what_nothing_replaced_has_vanished() -> None:
    dates = [NOW + timedelta(hours=hours) for hours in (3, 9, 1, 7, 2, 8)]

    assert after(held("acbfed"), "acbfeg", dates)[1] == ""
    assert after(held("acbfed"), "acbfe", dates[:5])[1] == "d"


def test_a_feed_without_dates_or_with_one_date_for_all_counts_as_sorted() -> None:
    assert after(held("fedcb"), "fdcb", [None] * 4)[1] == "e"
    assert after(held("fedcb"), "fdcb", [NOW] * 4)[1] == "e"


def test_an_empty_document_changes_nothing() -> None:
    assert after(held("fed"), "")[0] == held("fed")


def test_what_left_is_remembered_until_it_comes_back() -> None:
    listing, _ = after(held("fedcb"), "fdcb")
    assert listing.gone == ("e" * 16,)

    listing, _ = after(listing, "fedcb")
    assert listing == held("fedcb")

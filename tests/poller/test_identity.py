"""What an entry is to us; the numbers are those of the list of hostile inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from feed_samples import entry, feed

from services.poller.identity import MAX_REVISIONS, Identified, decide, identify
from services.poller.links import canonical_link
from stancewire.types import Decision, Entry, Feed, Mark, New, Revised, Seen, Trap

STORY = "https://news.example/2026/story.html"
OTHER = "https://news.example/2026/other.html"


def decisions(
    entries: Sequence[Entry], marks: Mapping[str, Mark] | None = None, of: Feed | None = None
) -> tuple[Decision, ...]:
    return decide(identify(entries, of or feed()), marks or {}, {})


def marks_of(entries: Sequence[Entry], of: Feed | None = None, revision: int = 1) -> dict[str, Mark]:
    """Marks as they are after these entries were accepted."""
    named = identify(entries, of or feed())
    return {
        each.article_id: Mark(fingerprint=each.fingerprint, revision=revision)
        for each in named
        if isinstance(each, Identified)
    }


def article_id(of: Entry, within: Feed | None = None) -> str:
    (named,) = identify([of], within or feed())
    assert isinstance(named, Identified)
    return named.article_id


def test_an_unknown_entry_is_new_and_then_seen() -> None:
    story = entry(link=STORY)

    assert isinstance(decisions([story])[0], New)
    assert isinstance(decisions([story], marks_of([story]))[0], Seen)


def test_45_an_entry_with_other_words_is_a_revision_and_no_duplicate() -> None:
    before = entry("Minister denies it", link=STORY)
    after = replace(before, title="Minister admits it")

    (decision,) = decisions([after], marks_of([before]))

    assert isinstance(decision, Revised)
    assert decision.revision == 2
    assert decision.article_id == article_id(before)


def test_41_guids_that_change_at_every_poll_make_nothing_new() -> None:
    assert article_id(entry(link=STORY, guid="a1")) == article_id(entry(link=STORY, guid="b2"))


def test_41_without_a_link_of_its_own_the_guid_counts_within_its_feed() -> None:
    assert article_id(entry(guid="1")) == article_id(entry("Other title", guid="1"))
    assert article_id(entry(guid="1")) != article_id(entry(guid="1"), feed("another"))


def test_41_a_guid_or_link_that_all_entries_share_is_passed_over() -> None:
    same_guid = [entry("One", guid="x"), entry("Two", guid="x")]
    same_link = [entry("One", link=STORY, guid="1"), entry("Two", link=STORY, guid="2")]

    for entries in (same_guid, same_link):
        first, second = decisions(entries)
        assert isinstance(first, New)
        assert isinstance(second, New)
        assert first.article_id != second.article_id


def test_41_the_front_page_is_no_article() -> None:
    home = "https://news.example/"

    assert article_id(entry("One", link=home, guid="1")) != article_id(entry("Two", link=home, guid="2"))


def test_41_with_nothing_else_title_and_date_count() -> None:
    assert article_id(entry("One", summary="a")) == article_id(entry("One", summary="b"))
    assert article_id(entry("One", published_at=None)) != article_id(entry("One"))


def test_41_an_entry_with_nothing_to_know_it_by_is_a_trap() -> None:
    assert isinstance(decisions([entry("", summary="Words.")])[0], Trap)


def test_the_same_entry_twice_in_a_document_is_taken_once() -> None:
    first, second = decisions([entry("One"), entry("One")])

    assert isinstance(first, New)
    assert isinstance(second, Seen)


def test_46_two_feeds_of_an_outlet_share_a_story() -> None:
    story = entry(link=STORY + "?utm_source=world")

    assert article_id(story, feed("world")) == article_id(replace(story, link=STORY + "#top"), feed("europe"))


def test_46_another_outlet_cannot_pass_its_words_off_as_a_revision() -> None:
    forged = entry("Something else", link=STORY)

    (decision,) = decisions([forged], marks_of([entry(link=STORY)]), feed("forger", outlet="The Forger"))

    assert isinstance(decision, New)


def test_two_feeds_that_word_a_story_differently_do_not_revise_each_other_for_ever() -> None:
    here, there = entry("Short", link=STORY), entry("Long title", link=STORY)
    said = {article_id(here): mark.fingerprint for mark in marks_of([here]).values()}

    (decision,) = decide(identify([here], feed()), marks_of([there]), said)

    assert isinstance(decision, Seen)


def test_an_entry_that_changes_at_every_poll_is_a_trap_in_the_end() -> None:
    (decision,) = decisions(
        [entry("12:01", link=STORY)], marks_of([entry("12:00", link=STORY)], revision=MAX_REVISIONS)
    )

    assert isinstance(decision, Trap)


@pytest.mark.parametrize(
    "link",
    [
        "https://News.Example:443/2026/story.html",
        "https://news.example/2026/story.html#comments",
        "https://news.example/2026/story.html?utm_source=rss&amp;utm_medium=feed",
        "https://news.example/2026/story.html?at_medium=RSS&at_campaign=rss&fbclid=1",
    ],
)
def test_links_that_differ_in_tracking_are_one(link: str) -> None:
    assert canonical_link(link) == STORY


def test_what_chooses_the_article_stays_in_a_link() -> None:
    assert canonical_link("https://a.example/?p=12&b=2") == "https://a.example/?p=12&b=2"
    assert canonical_link("http://a.example:8080/Path/") == "http://a.example:8080/Path/"
    assert canonical_link("javascript:alert(1)") is None

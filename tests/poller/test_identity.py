"""What an entry is to us; the numbers are those of the list of hostile inputs.

The cases in `identity_cases.jsonl` are named by what they show: entries in order, and what each of them is. Stories
have letters there: the same letter is the same story.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from feed_samples import NOW, entry, feed

from config.knowledge.notes import load_notes
from services.poller.identity import (
    MAX_REVISIONS,
    Document,
    Memory,
    Walk,
    WordingReader,
    further_ids,
    identify,
    next_listing,
)
from services.poller.identity.resemblance import resemblance
from stancewire.marks import decode_mark, encode_mark
from stancewire.types import Decision, Entry, Feed, Listing, New, Revised, Seen
from stancewire.wiring.identifying import Desk, observed_from_record, together

CASES = [json.loads(line) for line in Path(__file__).with_name("identity_cases.jsonl").read_text("utf-8").splitlines()]
STORY = "https://news.example/2026/story.html"
READER = WordingReader(load_notes())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"].replace(" ", "-"))
def test_case(case: dict[str, Any]) -> None:
    desk = Desk()
    runs = together(observed_from_record(record) for record in case["entries"])
    decisions = [decision for run in runs for decision in desk.decide(run)[0]]

    letters: dict[str, str] = {}
    for decision, (_, letter) in zip(decisions, case["expect"], strict=True):
        letters.setdefault(decision.story_id, letter)
    found = [[type(decision).__name__.lower(), letters[decision.story_id]] for decision in decisions]

    assert found == case["expect"], [decision.reason for decision in decisions]
    assert all(decision.reason for decision in decisions)


class Polls:
    """Polls of a feed, one after the other, with all that is known in between."""

    def __init__(self) -> None:
        self.known = Memory()
        self.at = NOW

    def poll(self, entries: Sequence[Entry], of: Feed | None = None, after: timedelta = timedelta(hours=1)) -> Decision:
        """What the last of some entries is, in a document of their own."""
        self.at += after
        document = identify(entries, of or feed(), READER)
        walk = Walk(document, self.known, Listing(feed_id=(of or feed()).id), self.at)
        return [walk.decide(each) for each in document.entries][-1]


@pytest.fixture
def polls() -> Polls:
    return Polls()


@pytest.mark.parametrize(
    ("title", "summary", "change"),
    [
        ("Minister admits it", "He said no.", "headline"),
        ("Minister denies it", "She said no.", "body"),
        ("Minister denies it", "He said no. This article was amended on Monday: it was she.", "correction"),
        ("Minister denies it", "He said no.\nCORRECTION: it was she.", "correction"),
        ("Minister denies it", "He said no. Anmerkung der Redaktion: Es war sie.", "correction"),
        ("Minister denies it", "Исправление: это была она.", "correction"),
        ("RETRACTION: Minister denies it", "He said no.", "retraction"),
        ("Minister denies it", "This article has been retracted.", "retraction"),
        ("Minister denies it", "He said no. The minister corrected himself, and an envoy was withdrawn.", "body"),
    ],
)
def test_a_revision_says_what_was_changed(polls: Polls, title: str, summary: str, change: str) -> None:
    before = entry("Minister denies it", summary="He said no.", link=STORY)
    polls.poll([before])

    decision = polls.poll([replace(before, title=title, summary=summary)])

    assert isinstance(decision, Revised)
    assert (decision.change, decision.revision) == (change, 2)


def test_a_note_that_stays_makes_no_further_correction(polls: Polls) -> None:
    before = entry("Minister denies it", summary="He said no. Correction: it was she.", link=STORY)
    polls.poll([before])

    decision = polls.poll([replace(before, title="Minister denies everything")])

    assert isinstance(decision, Revised)
    assert decision.change == "headline"


def test_46_two_feeds_of_an_outlet_share_a_story(polls: Polls) -> None:
    story = entry(link=STORY + "?utm_source=world")
    polls.poll([story], feed("world"))

    decision = polls.poll([replace(story, link=STORY + "#top")], feed("europe"))

    assert isinstance(decision, Seen)


def test_two_feeds_that_word_a_story_differently_do_not_revise_each_other(polls: Polls) -> None:
    here, there = entry("Short", link=STORY), entry("Long title of the story", link=STORY)
    polls.poll([here], feed("world"))

    assert isinstance(polls.poll([there], feed("europe")), Seen)
    assert isinstance(polls.poll([here], feed("world")), Seen)
    assert isinstance(polls.poll([replace(here, title="Edited")], feed("world")), Revised)


def test_an_entry_that_changes_at_every_poll_is_left_alone_in_the_end(polls: Polls) -> None:
    decisions = [polls.poll([entry(f"At {number}", link=STORY)]) for number in range(MAX_REVISIONS + 5)]

    assert [type(each) for each in decisions] == [New, *[Revised] * (MAX_REVISIONS - 1), *[Seen] * 5]


def test_what_stays_in_its_feed_is_not_forgotten(polls: Polls) -> None:
    story = entry(link=STORY, summary="Words.")

    decisions = [polls.poll([story], after=timedelta(days=40)) for _ in range(6)]

    assert [type(each) for each in decisions] == [New, *[Seen] * 5]


def test_an_id_that_is_new_with_every_answer_is_not_remembered_for_each(polls: Polls) -> None:
    for number in range(100):
        polls.poll([entry(link=STORY, guid=f"guid-{number:08}")])

    assert len(polls.known) < 10


def test_a_mark_takes_about_seventy_bytes(polls: Polls) -> None:
    words = "The ministers of both countries met on Tuesday in the harbour town to settle the old quarrel over grain."
    decision = polls.poll([entry("Ministers meet in the harbour town over grain again", summary=words, link=STORY)])

    assert decision.sighting is not None
    mark = decision.sighting.mark
    assert len(encode_mark(mark)) <= 70
    assert decode_mark(encode_mark(mark), mark.article_id) == mark


@pytest.mark.parametrize(
    "hostile",
    [
        "updated " * 25_000,
        "updated: " + "1 a a 1 " * 25_000,
        "(" * 200_000,
        "A" * 200_000,
        "AA " * 66_000,
        "correction" * 20_000,
        "- \u200b" * 60_000,
        "語 " * 100_000,
        "&amp;" * 40_000,
    ],
    ids=["stamps", "dates", "brackets", "one word", "capitals", "notes", "invisible", "unspaced", "entities"],
)
def test_44_a_hostile_text_is_read_in_time(hostile: str) -> None:
    started = time.process_time()

    assert READER.read(replace(entry("x" * 1_000), content=hostile)).wording

    assert time.process_time() - started < 2


def test_texts_resemble_each_other_as_far_as_they_share_their_words() -> None:
    words = [f"word{number}" for number in range(60)]
    changed = [*words[:20], "other", *words[21:]]

    def opening(text: list[str]) -> tuple[int, ...]:
        return READER.read(entry(summary=" ".join(text))).wording.opening

    assert resemblance(opening(words), opening(words)) == 1
    assert resemblance(opening(words), opening(changed)) > 0.6
    assert resemblance(opening(words), opening(words[::-1])) < 0.1
    assert resemblance(opening(words), opening([])) == 0


def test_what_links_and_ids_settle_is_decided_as_if_all_names_had_been_looked_up() -> None:
    chance = random.Random(7)
    towns = [f"Town {number}" for number in range(6)]

    def some_entry() -> Entry:
        town, matter = chance.choice(towns), chance.randrange(3)
        return entry(
            f"Council of {town} decides on matter {matter}" if chance.random() < 0.9 else "",
            summary=f"The council of {town} met {chance.choice(('on', 'over'))} matter {matter} and put it off again."
            if chance.random() < 0.8
            else "",
            link=chance.choice(
                (
                    None,
                    f"https://news.example/2026/11/{town[-1]}-{matter}-council-decides",
                    "https://news.example/world",
                )
            ),
            guid=chance.choice((None, f"id-{town[-1]}-{matter}", "id-7", f"https://news.example/?p={matter}")),
        )

    everything, store = Memory(), Memory()
    listings = {name: Listing(feed_id=name) for name in ("world", "europe")}
    for number in range(400):
        at, of = NOW + timedelta(minutes=37 * number), feed(chance.choice(("world", "europe")))
        document = identify([some_entry() for _ in range(chance.randrange(1, 5))], of, READER)
        proven = {name: mark for name in document.ids() if (mark := store.get(name)) is not None}
        more = {name: mark for name in further_ids(document, proven) if (mark := store.get(name)) is not None}
        whole = Walk(document, everything, listings[of.id], at)
        stepwise = Walk(document, Memory({**proven, **more}), listings[of.id], at)

        decisions = [whole.decide(each) for each in document.entries]

        assert [stepwise.decide(each) for each in document.entries] == decisions
        for sighting in (*whole.shared, *(each.sighting for each in decisions if each.sighting is not None)):
            store.remember(sighting, at)
        listings[of.id], _ = next_listing(
            listings[of.id],
            [each.entry for each in document.entries],
            decisions,
            [each.fingerprint for each in document.entries],
        )
    assert len(everything) > 40


def test_an_entry_that_its_link_tells_is_not_read_any_further(polls: Polls) -> None:
    story = entry("Minister denies it", summary="He said no. " * 40, link=STORY)
    polls.poll([story])
    (each,) = identify([story], feed(), READER).entries

    assert further_ids(Document(entries=(each,), shared=()), polls.known) == ()
    assert "hints" not in vars(each)

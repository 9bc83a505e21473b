"""A revised article beside what it carried before: what stands, what changed, what is gone, and what is new."""

from __future__ import annotations

from dataclasses import replace

import pytest
from store_samples import NOON, acceptance, item

from stancewire.testing import FakeStore
from stancewire.types import (
    NOTHING_CARRIED,
    Carried,
    Interference,
    Outcome,
    Publication,
    Revision,
    Signal,
    Standing,
)
from stancewire.wiring.desk import article_from_text
from workers.pipeline import Pipeline, load
from workers.publishing import publish
from workers.revising import compared

CONDEMNED = "Russia condemned Turkey on Tuesday."
THANKED = "Japan thanked Kenya for its help."
PRAISED = "Russia praised Turkey on Tuesday."
ALLEGED = "Officials in Estonia accused Russia of spreading disinformation before the vote."
DENIED = f"{ALLEGED} Moscow denied that it had spread disinformation."


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return load()


def outcome(pipeline: Pipeline, text: str, *, number: int = 1, quality: str = "full") -> Outcome:
    article = replace(article_from_text(text, name="story"), quality=quality)  # type: ignore[arg-type]
    return Outcome(
        item_id=f"item-{number}",
        article=article,
        signals=pipeline.analyse(article).signals,
        number=number,
        change="body" if number > 1 else None,
        reason="known link, another text in its body" if number > 1 else "",
    )


def after(publication: Publication | None, before: Carried = NOTHING_CARRIED) -> Carried:
    """What the article carries once that is published."""
    assert publication is not None
    assert publication.standing is not None
    known: dict[str, Signal] = {signal.id: signal for signal in (*before.signals, *publication.signals)}
    signals = tuple(known[signal_id] for signal_id in publication.standing.signal_ids)
    return Carried(turn=before.turn + 1, standing=publication.standing, signals=signals)


def revised(pipeline: Pipeline, *texts: str) -> tuple[Publication, Revision]:
    """What is published of the last of an article's versions."""
    carried = NOTHING_CARRIED
    publication: Publication | None = None
    for number, text in enumerate(texts, start=1):
        publication = compared(outcome(pipeline, text, number=number), carried)
        carried = after(publication, carried)
    assert publication is not None
    assert publication.revision is not None
    return publication, publication.revision


def test_a_first_version_publishes_its_signals_and_no_revision(pipeline: Pipeline) -> None:
    publication = compared(outcome(pipeline, CONDEMNED))

    assert publication is not None
    assert len(publication.signals) == 1
    assert publication.revision is None
    assert publication.standing is not None
    assert publication.standing.signal_ids == (publication.signals[0].id,)


def test_a_first_version_without_signals_is_not_worth_a_record(pipeline: Pipeline) -> None:
    publication = compared(outcome(pipeline, "The weather will be fine."))

    assert publication is not None
    assert (publication.signals, publication.revision, publication.standing) == ((), None, None)


def test_what_says_the_same_elsewhere_in_the_text_is_unchanged_and_not_published_again(pipeline: Pipeline) -> None:
    first = outcome(pipeline, CONDEMNED)

    publication, revision = revised(pipeline, CONDEMNED, f"An opening was added here. {CONDEMNED}")

    assert publication.signals == ()
    assert revision.unchanged == (first.signals[0].id,)
    assert (revision.changed, revision.gone, revision.added) == ((), (), ())
    assert (revision.number, revision.change, revision.former_revision) == (2, "body", first.article.revision)


def test_what_the_article_says_no_more_is_gone_with_the_words_it_rested_on(pipeline: Pipeline) -> None:
    publication, revision = revised(pipeline, f"{CONDEMNED} {THANKED}", THANKED)

    assert publication.signals == ()
    [gone] = revision.gone
    assert (gone.kind, gone.by, gone.toward, gone.evidence) == ("stance", "Russia", "Turkey", CONDEMNED)
    assert len(revision.unchanged) == 1
    assert publication.standing is not None
    assert publication.standing.signal_ids == revision.unchanged


def test_a_stance_that_turned_takes_the_place_of_the_former_one(pipeline: Pipeline) -> None:
    first = outcome(pipeline, CONDEMNED)

    publication, revision = revised(pipeline, CONDEMNED, PRAISED)

    [signal] = publication.signals
    [change] = revision.changed
    assert signal.replaces == change.former == first.signals[0].id
    assert change.now == signal.id
    assert {"polarity", "evidence"} <= set(change.differs)
    assert (revision.gone, revision.added) == ((), ())


def test_a_denial_that_was_added_changes_the_report_and_says_in_what(pipeline: Pipeline) -> None:
    publication, revision = revised(pipeline, ALLEGED, DENIED)

    [report] = [signal for signal in publication.signals if isinstance(signal, Interference)]
    assert [denial.name for denial in report.denied_by] == ["Russia"]
    assert any(change.now == report.id and "denied_by" in change.differs for change in revision.changed)


def test_what_was_added_takes_nobodys_place(pipeline: Pipeline) -> None:
    publication, revision = revised(pipeline, CONDEMNED, f"{CONDEMNED} {THANKED}")

    assert revision.added == tuple(signal.id for signal in publication.signals)
    assert [signal.replaces for signal in publication.signals] == [None]


def test_nothing_is_gone_because_less_of_the_article_could_be_read(pipeline: Pipeline) -> None:
    full = after(compared(outcome(pipeline, f"{CONDEMNED} {THANKED}")))

    teaser = compared(outcome(pipeline, THANKED, number=2, quality="feed"), full)
    again = compared(outcome(pipeline, THANKED, number=3), after(teaser, full))

    assert teaser is not None
    assert teaser.revision is not None
    assert teaser.revision.gone == ()
    assert again is not None
    assert again.revision is not None
    assert [gone.evidence for gone in again.revision.gone] == [CONDEMNED]


def test_a_revision_of_an_article_that_never_had_signals_tells_nothing(pipeline: Pipeline) -> None:
    publication = compared(outcome(pipeline, "The weather will be bad.", number=2))

    assert publication is not None
    assert publication.revision is None


def test_signals_that_came_with_a_revision_are_told_with_it(pipeline: Pipeline) -> None:
    publication = compared(outcome(pipeline, CONDEMNED, number=2))

    assert publication is not None
    assert publication.revision is not None
    assert publication.revision.former_revision is None
    assert publication.revision.added == tuple(signal.id for signal in publication.signals)


def test_a_correction_note_is_told_though_every_signal_stands(pipeline: Pipeline) -> None:
    first = after(compared(outcome(pipeline, CONDEMNED)))
    noted = outcome(pipeline, f"{CONDEMNED} Correction: an earlier version named the wrong town.", number=2)

    publication = compared(replace(noted, change="correction"), first)

    assert publication is not None
    assert publication.revision is not None
    assert (publication.revision.change, publication.revision.gone) == ("correction", ())


def test_a_revision_that_a_later_one_overtook_is_published_and_gone_at_once(pipeline: Pipeline) -> None:
    second = after(compared(outcome(pipeline, THANKED, number=2)))

    publication = compared(outcome(pipeline, CONDEMNED), second)

    assert publication is not None
    assert publication.is_late
    assert publication.standing is None
    [signal] = publication.signals
    assert publication.revision is not None
    assert publication.revision.added == (signal.id,)
    assert [gone.id for gone in publication.revision.gone] == [signal.id]


def test_the_same_words_by_the_same_version_tell_nothing_new(pipeline: Pipeline) -> None:
    first = outcome(pipeline, CONDEMNED)

    again = compared(replace(first, change="extractor"), after(compared(first)))

    assert again is not None
    assert (again.signals, again.revision, again.standing) == ((), None, None)


def test_what_another_version_of_the_program_finds_no_more_is_gone(pipeline: Pipeline) -> None:
    first = outcome(pipeline, f"{CONDEMNED} {THANKED}")

    again = compared(replace(first, signals=first.signals[1:], change="extractor"), after(compared(first)))

    assert again is not None
    assert again.revision is not None
    assert (again.revision.change, [gone.id for gone in again.revision.gone]) == ("extractor", [first.signals[0].id])


def test_words_that_were_revised_in_the_meantime_are_not_analysed_anew(pipeline: Pipeline) -> None:
    second = after(compared(outcome(pipeline, THANKED, number=2)))

    assert compared(replace(outcome(pipeline, CONDEMNED), change="extractor"), second) is None


def test_two_stances_between_the_same_parties_are_paired_by_what_they_have_in_common(pipeline: Pipeline) -> None:
    both = f"{CONDEMNED} {PRAISED}"

    _, revision = revised(pipeline, both, f"{PRAISED} {CONDEMNED.replace('Tuesday', 'Wednesday')}")

    assert len(revision.unchanged) == 1
    [change] = revision.changed
    assert change.differs == ("evidence",)


def test_revisions_that_overtake_each_other_are_compared_anew(pipeline: Pipeline) -> None:
    class Slow(FakeStore):
        """Another worker publishes the second version while the third one is being compared."""

        def carried(self, article_id: str) -> Carried:
            seen = super().carried(article_id)
            if seen.turn == 1 and seen.standing == first:
                second = outcome(pipeline, THANKED, number=2)
                publication = compared(second, seen)
                assert publication is not None
                assert self.publish(publication, NOON).first
            return seen

    store = Slow()
    for number in (1, 2, 3):
        version = replace(item("story", fingerprint=f"words-{number}", revision=number), id=f"item-{number}")
        store.accept(acceptance(version, batch_id=f"b{number}"))
    assert publish(store, outcome(pipeline, CONDEMNED), NOON).first
    first = FakeStore.carried(store, "story").standing

    assert publish(store, outcome(pipeline, PRAISED, number=3), NOON).first

    revisions = [entry.signal for entry in store.announced if isinstance(entry.signal, Revision)]
    assert [(revision.number, [gone.evidence for gone in revision.gone]) for revision in revisions] == [
        (2, [CONDEMNED]),
        (3, [THANKED]),
    ]
    standing = FakeStore.carried(store, "story").standing
    assert isinstance(standing, Standing)
    assert standing.number == 3
    assert store.depth().pending == 0


def test_whatever_is_compared_every_former_signal_is_accounted_for(pipeline: Pipeline) -> None:
    texts = (
        "",
        CONDEMNED,
        PRAISED,
        THANKED,
        ALLEGED,
        DENIED,
        f"{CONDEMNED} {THANKED} {ALLEGED}",
        f"{PRAISED} {DENIED}",
    )

    for before in texts:
        carried_publication = compared(outcome(pipeline, before))
        assert carried_publication is not None
        carried = after(carried_publication) if carried_publication.standing else NOTHING_CARRIED
        for now in texts:
            publication = compared(outcome(pipeline, now, number=2), carried)
            assert publication is not None
            if publication.revision is None:
                assert not carried.signals
                continue
            revision = publication.revision
            told = [
                *revision.unchanged,
                *(each.former for each in revision.changed),
                *(each.id for each in revision.gone),
            ]
            assert sorted(told) == sorted(signal.id for signal in carried.signals)
            found: list[Signal] = list(outcome(pipeline, now).signals)
            assert len(revision.unchanged) + len(publication.signals) == len(found)

"""The news that benchmarks invent: the same for the same seed, in the shares and sizes that they say."""

from __future__ import annotations

from collections import Counter

import pytest

from bench.parts.mixed_news import COPIES, LANGUAGES, OUTLETS, TOPICS, Story, page_of, story


@pytest.fixture(scope="module")
def day() -> list[Story]:
    return [story(number, 1) for number in range(1_500)]


def test_an_article_is_the_same_for_the_same_seed_and_number() -> None:
    assert story(7, 1) == story(7, 1) != story(7, 2)


def test_a_tenth_of_the_articles_bears_a_signal_and_two_thirds_are_about_other_things(day: list[Story]) -> None:
    counts = Counter(each.topic for each in day)

    for topic, share in TOPICS.items():
        assert counts[topic] / len(day) == pytest.approx(share, abs=0.04)


def test_languages_come_in_their_shares(day: list[Story]) -> None:
    counts = Counter(each.language for each in day)

    for language, share in LANGUAGES.items():
        assert counts[language] / len(day) == pytest.approx(share, abs=0.04)


def test_a_wire_copy_has_the_words_of_an_earlier_article_of_another_outlet(day: list[Story]) -> None:
    copies = [each for each in day if each.copy_of is not None]

    assert len(copies) / len(day) == pytest.approx(COPIES, abs=0.04)
    for each in copies:
        original = day[each.copy_of or 0]
        assert original.copy_of is None
        assert original.paragraphs == each.paragraphs
    assert sum(each.outlet == (each.copy_of or 0) % OUTLETS for each in copies) < len(copies) / 10


def test_no_two_articles_but_copies_have_the_same_title_or_text(day: list[Story]) -> None:
    originals = [each for each in day if each.copy_of is None]

    assert len({each.title for each in originals}) == len(originals)
    assert len({each.text for each in originals}) == len(originals)


def test_pages_have_5_to_300_kilobytes_and_hold_the_words(day: list[Story]) -> None:
    pages = [page_of(each) for each in day[:300]]

    assert min(map(len, pages)) >= 4_500
    assert 100_000 < max(map(len, pages)) <= 315_000
    assert all(each.paragraphs[-1].split(" ")[0].encode() in page for each, page in zip(day, pages, strict=False))

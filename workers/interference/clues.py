"""What a sentence must hold before it can be read as a report of interference.

A deed, or a means with something public near it; named operations count as deeds and are known to the gate by name.
What is only weighed needs less: a hand that may be hidden or a doing, and a public thing or people near it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workers.interference.lexicon import Lexicon
from workers.text.clues import Clue, Words, clue, words

#: Groups of words that are weighed: hands that act for a state, what they do, at what it is aimed, who says so.
_HANDS = ("covert", "organ", "posted")
_DOINGS = ("money", "bidding", "cyber", "stirring", "secret", "deceit")
_OPEN_DOINGS = ("coercing", "breaking", "planting", "online")
_AIMS = ("vote", "bodies", "politicians", "people", "outlets")
_SAYING = ("finding", "accusing", "judging", "expelling", "denying")


def weighed_clues(groups: Mapping[str, frozenset[str]]) -> tuple[Clue, ...]:
    """Clues of what is weighed; `groups` are words by the name of their group."""

    def any_of(*names: str) -> Words:
        return words(*(groups[name] for name in names))

    return (
        clue(any_of(*_HANDS), any_of(*_AIMS), spreads=True),
        clue(any_of(*_HANDS), any_of(*_DOINGS, *_OPEN_DOINGS), any_of(*_SAYING), spreads=True),
        clue(any_of(*_DOINGS), any_of(*_AIMS), spreads=True),
        clue(any_of("vote"), any_of(*_DOINGS, *_OPEN_DOINGS), spreads=True),
    )


def clues_of(lexicon: Lexicon, data: Mapping[str, Any]) -> tuple[Clue, ...]:
    """Clues of the deeds of `lexicon`; `data` is the list it was read from."""
    return tuple(_clues(lexicon, data))


def _clues(lexicon: Lexicon, data: Mapping[str, Any]) -> Iterator[Clue]:
    deed, status = lexicon.deed, lexicon.status
    public = words(lexicon.institution_nouns, lexicon.event_nouns, status.accusing, status.removing)
    yield clue(words(deed.nouns, deed.verbs, deed.plots), spreads=True)
    yield clue(words(deed.qualifiers), words(deed.carriers), spreads=True)
    yield clue(words(deed.sway), words(deed.sway_objects), public, spreads=True)
    yield clue(words(deed.belittling), public, spreads=True)
    yield clue(words(deed.removable), words(status.removing, lexicon.links.tying), spreads=True)
    yield clue(words(deed.domains), words(lexicon.links.tying), spreads=True)
    for table in data["family"]:
        if table["name"] == "state_media":
            continue
        phrases = [phrase.partition("*")[0] for phrase in table.get("phrases", ())]
        means = words(table.get("nouns", ()), table.get("verbs", ()), phrases)
        yield clue(means, *([] if table.get("grave", False) else [public]), spreads=True)
    for family in lexicon.families:
        for combination in family.combinations:
            near = [words(combination.near)] if combination.near else []
            near += [] if family.grave else [public]
            yield clue(words(combination.acts), words(combination.objects), *near, spreads=True)

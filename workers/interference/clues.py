"""What a sentence must hold before it can be read as a report of interference.

A deed, or a means with something public near it; named operations count as deeds and are known to the gate by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workers.interference.lexicon import Lexicon
from workers.text.clues import Clue, clue, words


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

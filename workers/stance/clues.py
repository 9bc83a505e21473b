"""What a sentence must hold before the frames of stance can find anything in it.

For each frame the words that it looks for; a rule that needs other words says so here, or the gate keeps them out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from workers.stance.leaving import AGAINST, ALONE, FOR, SAYING, SIDES, WHO
from workers.stance.lexicon import Frame, Lexicon
from workers.stance.reception import MEETING
from workers.stance.standing import WISHES
from workers.text.clues import Clue, clue, words

_BE = words(["be", "am", "is", "are", "was", "were", "been", "being", "'s", "'re", "'m", "seem", "remain", "stay"])
_LINKING = words(_BE.lemmas, _BE.phrases, ["become", "constitute", "represent", "amount", "prove", "look"])
_NOT = words(["not", "no", "never", "nor", "neither", "cannot", "nothing", "hardly", "without"])
_WILL = words(["will", "would", "'ll", "'d", "wo", "shall"])
#: Adverbs may stand between: "is very firmly with".
_STANDING = words(
    f"{verb} {between}{preposition} "
    for verb in ("is", "are", "was", "were", "be", "been", "am", "stand", "stands", "stood", "remain", "remains", "'s")
    for between in ("", "not ", "fully ", "firmly ", "squarely ", "solidly ", "right ", "wholly ", "totally ", "still ")
    for preposition in ("with", "behind", "against", "for")
)


def clues_of(lexicon: Lexicon, speech: Mapping[str, Any]) -> tuple[Clue, ...]:
    """Clues of all frames; `speech` are the words by which something is laid to somebody."""
    return tuple(_clues(lexicon, speech))


def _clues(lexicon: Lexicon, speech: Mapping[str, Any]) -> Iterator[Clue]:
    yield from _of_verbs(lexicon)
    for frame in lexicon.nouns.values():
        bearers = frame.only_with_verb or {"to", *frame.target, *lexicon.inverted, *lexicon.light}
        bearers = {*bearers, *lexicon.ending}
        yield clue(words([frame.lemma]), words(bearers))
    for frame in lexicon.adjectives.values():
        yield clue(words([frame.lemma]), *(() if frame.elliptic else (words(frame.target),)))
    yield clue(words(lexicon.roles))
    for idioms in lexicon.idioms.values():
        for idiom in idioms:
            yield clue(*(words(forms) for forms in idiom.words if forms is not None))
    judgements = words(lexicon.judgements)
    said = words(['"', "according", ":"], *speech["verbs"].values(), *speech["nouns"].values())
    yield clue(judgements, words(lexicon.see_as))
    yield clue(judgements, _LINKING, said)
    yield clue(words(lexicon.effects), said)
    yield clue(words(lexicon.position_nouns), words(lexicon.position_words))
    yield clue(words(lexicon.nouns), words(["with"]), words(MEETING))
    yield clue(words(lexicon.refuse), words(["to"]))
    wills = words(
        lexicon.willing,
        lexicon.refuse,
        lexicon.willing_adjectives,
        lexicon.unwilling_adjectives,
        lexicon.willing_nouns,
        lexicon.unwilling_nouns,
        _WILL.lemmas,
        _WILL.phrases,
    )
    yield clue(words(lexicon.deeds, lexicon.undoing), wills)
    yield clue(words(lexicon.deeds, lexicon.undoing), replace(words(WISHES), verbs="any"))
    yield clue(_STANDING)
    yield clue(words(["leave", "make"]), words(ALONE), words(AGAINST, FOR, ["hold"]))
    yield clue(words(SAYING), words(WHO), words(SIDES))
    yield clue(words(["so"]), words(["do"]), words(_WILL.lemmas, _WILL.phrases, ["can", "could", "cannot", "ca"]))
    yield clue(words(["yes"]))
    yield clue(words(["side"]), words(["take", "choose", "pick"]))
    yield clue(words(lexicon.change_verbs), words(lexicon.change_nouns))
    yield clue(words(lexicon.depend), words(["on"]))


def _of_verbs(lexicon: Lexicon) -> Iterator[Clue]:
    """One clue for all verbs whose targets stand in the same places."""
    alike: dict[tuple[frozenset[str], ...], dict[bool, set[str]]] = {}
    for frames in lexicon.verbs.values():
        for frame in frames:
            verb, *particles = frame.lemma.split()
            others = (*_places_of(frame), *(frozenset([particle]) for particle in particles))
            needs_object = set(frame.target) == {"object"} and not particles and not frame.elliptic
            alike.setdefault(others, {}).setdefault(needs_object, set()).add(verb)
    for others, by_need in alike.items():
        for needs_object, verbs in by_need.items():
            needed = replace(words(verbs), verbs="object" if needs_object else "any")
            yield clue(needed, *(words(other) for other in others))


def _places_of(frame: Frame) -> Iterator[frozenset[str]]:
    if "object" not in frame.target and not frame.elliptic:
        yield frozenset({*frame.target, "and", "or"})
    if frame.only_with_object:
        yield frame.only_with_object
    if frame.only_with_preposition:
        yield frame.only_with_preposition
    if frame.only_negated:
        yield _NOT.lemmas

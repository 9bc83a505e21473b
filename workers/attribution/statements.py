"""Attributions as statements: the whole phrase of the source, the cue with its auxiliaries, all words of one utterance.

Parts of one utterance come together here, whatever sentences they stand in; nothing is found anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from stancewire.types import Entity, Span, Statement, TextField
from workers.attribution.party import Party
from workers.attribution.speech import Attribution
from workers.text.tree import Sentence, Token

_AROUND_VERB = {"aux", "auxpass", "neg", "advmod"}


def statements_of(
    sentences: Sequence[Sentence], attributions: Iterable[Attribution], field: TextField, raw: str
) -> Iterator[Statement]:
    """Attributions with their parts joined, in order: what somebody is told to have said, thought or asked.

    What is said within another's words stays a part of them, and what nobody did yet ("to say", "would say") is no
    statement.
    """
    by_index = {sentence.index: sentence for sentence in sentences}
    parts: dict[int, list[Attribution]] = {}
    by_sentence: dict[int, list[Attribution]] = {}
    for attribution in attributions:
        parts.setdefault(attribution.number, []).append(attribution)
        by_sentence.setdefault(attribution.sentence, []).append(attribution)

    def span(place: tuple[int, int]) -> Span:
        return Span(text=raw[slice(*place)], start=place[0], end=place[1])

    for group in parts.values():
        first = group[0]
        home, word = by_index[first.home], first.source_word
        at_home = frozenset(place for part in group if part.sentence == first.home for place in part.content)
        if not _is_told(home, first, at_home, by_sentence.get(first.home, ())):
            continue
        content = [place for part in group for place in _stretches(by_index[part.sentence], part.content)]
        source = _phrase(home, word, at_home | {first.cue_word.i}) if word is not None else None
        yield Statement(
            field=field,
            source=span(source) if source is not None else None,
            speaker=_somebody(first.source),
            cue=span(_cue(home, first.cue_word)),
            content=tuple(span(place) for place in content),
            held=first.held,
            voice="quoted" if any(part.voice == "quoted" for part in group) else first.voice,
        )


def _somebody(party: Party | None) -> Entity | None:
    """Who a source is; nobody where no more than its words are known."""
    return party.entity if party is not None and party.entity.type not in {"thing", "election", "place"} else None


def _is_told(home: Sentence, attribution: Attribution, content: frozenset[int], others: Iterable[Attribution]) -> bool:
    """Whether it is told that somebody said it: by the text itself, and as something that was done."""
    cue = attribution.cue_word
    others = (other for other in others if other.number != attribution.number)
    if attribution.is_nested or any(_holds(other, cue, content) for other in others):
        return False
    if cue.pos not in {"VERB", "AUX"}:
        return attribution.source_word is not None
    if attribution.source_word is None:
        return attribution.asserts and home.child(cue, "nsubjpass") is not None
    return attribution.is_done


def _holds(other: Attribution, cue: Token, content: frozenset[int]) -> bool:
    """Whether a cue stands in the words of `other`, and not the other way round as well."""
    is_mutual = other.home == other.sentence and other.cue_word.i in content
    return cue.i in other.content and not is_mutual and other.source_word is not None


def _phrase(sentence: Sentence, head: Token, barred: frozenset[int]) -> tuple[int, int]:
    """The words of the phrase that stand together around its head, without those that are said."""
    own = {word.i for word in sentence.subtree(head)} - barred
    first = last = head.i
    while first - 1 in own:
        first -= 1
    while last + 1 in own:
        last += 1
    words = _trimmed([sentence.tokens[place] for place in range(first, last + 1)])
    return (words[0].start, words[-1].end)


def _trimmed(words: list[Token]) -> list[Token]:
    while len(words) > 1 and words[-1].pos in {"PUNCT", "SPACE"}:
        words.pop()
    while len(words) > 1 and words[0].pos in {"PUNCT", "SPACE"}:
        words.pop(0)
    return words


def _cue(sentence: Sentence, cue: Token) -> tuple[int, int]:
    """The cue with what makes one verb of it: "has not said", "called for"."""
    first = last = cue.i
    own = {word.i for word in sentence.children(cue, *_AROUND_VERB)}
    while first - 1 in own:
        first -= 1
    own = {word.i for word in sentence.children(cue, "prt", "prep")}
    if cue.lower == "according" and last + 1 in own:
        last += 1
    return (sentence.tokens[first].start, sentence.tokens[last].end)


def _stretches(sentence: Sentence, places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring words as one stretch, without the punctuation at its ends."""
    run: list[Token] = []
    for place in sorted(places):
        if run and place != run[-1].i + 1:
            yield from _stretch(run)
            run = []
        run.append(sentence.tokens[place])
    yield from _stretch(run)


def _stretch(run: list[Token]) -> Iterator[tuple[int, int]]:
    words = [word for word in run if word.pos not in {"PUNCT", "SPACE"}]
    if words:
        yield (run[0].start, run[-1].end)

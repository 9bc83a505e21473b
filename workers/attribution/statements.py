"""Attributions as statements: the whole phrase of the source, the cue with its auxiliaries, all words of one utterance.

Parts of one utterance come together here, whatever sentences they stand in; nothing is found anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from stancewire.types import Span, Statement, TextField
from workers.attribution.speech import Attribution
from workers.text.tree import Sentence, Token

_AROUND_VERB = {"aux", "auxpass", "neg", "advmod"}


def statements_of(
    sentences: Sequence[Sentence], attributions: Iterable[Attribution], field: TextField, raw: str
) -> Iterator[Statement]:
    """Attributions with their parts joined, in order; what those quoted lay to others stays within their words."""
    by_index = {sentence.index: sentence for sentence in sentences}
    parts: dict[int, list[Attribution]] = {}
    for attribution in attributions:
        if not attribution.is_nested:
            parts.setdefault(attribution.number, []).append(attribution)

    def span(start: int, end: int) -> Span:
        return Span(text=raw[start:end], start=start, end=end)

    for group in parts.values():
        first = next((part for part in group if not part.is_carried), group[0])
        home, word = by_index[first.sentence], first.source_word
        content = [place for part in group for place in _stretches(by_index[part.sentence], part.content)]
        yield Statement(
            field=field,
            source=span(*_phrase(home, word)) if word is not None else None,
            speaker=first.source.entity if first.source is not None else None,
            cue=span(*_cue(home, first.cue)),
            content=tuple(span(*place) for place in content),
            held=first.held,
            voice="quoted" if any(part.voice == "quoted" for part in group) else first.voice,
        )


def _phrase(sentence: Sentence, head: Token) -> tuple[int, int]:
    words = _trimmed(list(sentence.subtree(head)))
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

"""The fields of articles, and the trees of those of their sentences that are worth a parse.

It decides which sentences go through a model and when; what is found in the trees is not looked at here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from config.knowledge.actors import KnownActor
from stancewire.types import Article, Span, TextField
from workers.attribution.parties import PartyReader
from workers.languages import Language
from workers.text.english import Piece
from workers.text.fold import fold
from workers.text.gate import Choice
from workers.text.headlines import evened
from workers.text.sentences import split
from workers.text.tree import Sentence

#: Longest field that is analysed; what lies beyond is counted as left out, so that time is bounded.
MAX_CHARACTERS = 400_000
_LONGEST_HEADLINE = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an article, before it is parsed."""

    name: TextField
    raw: str
    #: All its sentences; none where none is chosen.
    pieces: tuple[Piece, ...]
    chosen: tuple[Choice, ...]
    reader: PartyReader

    def cuts_off(self, mention: Span) -> bool:
        """Whether a mention ends where a feed cut the text short, perhaps in the middle of a word."""
        whole = self.raw.rstrip()
        line = whole[whole.rfind("\n") + 1 :]
        # A short line without a full stop is a headline, and ends so.
        is_prose = ". " in line or len(line) > _LONGEST_HEADLINE
        return self.name == "text" and mention.end == len(whole) and whole[-1].isalnum() and is_prose


def fields_of(article: Article) -> tuple[tuple[TextField, str], ...]:
    """The fields to analyse, whole; a title that the text repeats is left out."""
    repeated = article.title.strip() in article.text
    return ("title", "" if repeated else article.title), ("text", article.text)


def opened(
    article: Article, language: Language, states: Mapping[str, KnownActor], *, exhaustive: bool
) -> tuple[Field, ...]:
    """The fields of an article with the names in them and the sentences to parse; `exhaustive` takes them all."""
    day = article.published_at.date() if article.published_at is not None else None
    return tuple(
        _opened(name, raw[:MAX_CHARACTERS], language, states, day, exhaustive=exhaustive)
        for name, raw in fields_of(article)
    )


def _opened(
    name: TextField,
    raw: str,
    language: Language,
    states: Mapping[str, KnownActor],
    day: date | None,
    *,
    exhaustive: bool,
) -> Field:
    text = fold(raw)
    hits = language.names.find(text)
    names = language.chooser.choose(text, hits, day)
    reader = PartyReader(raw, names, states, language.nouns, day)
    spans = split(text)
    if exhaustive:
        whole = Choice(place=0, first=0, last=len(spans), tells=True, is_forced=True)
        chosen = tuple(replace(whole, place=place) for place in range(len(spans)))
    else:
        chosen = language.gate.choose(text, spans, names)
    pieces: tuple[Piece, ...] = ()
    if chosen:
        parsed = evened(text, [(0, start, end) for start, end in spans], hits, language.headline_words)
        pieces = tuple(_piece(place, *span, parsed, reader, language) for place, span in enumerate(spans))
    return Field(name=name, raw=raw, pieces=pieces, chosen=chosen, reader=reader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What is parsed of a field."""

    sentences: tuple[Sentence, ...]
    #: Whether any of them may tell of interference.
    tells: bool


def parsed(fields: Sequence[Field], language: Language) -> Iterator[Parsed]:
    """The trees of each field: of the sentences in which a rule fits, and of those that bear on them.

    Those of all fields go through the model together, and through its dear part only when they are needed.
    """
    first = _trees(fields, [[choice.place for choice in field.chosen] for field in fields], language)
    telling = [
        {choice.place for choice in field.chosen if choice.tells and _may_tell(field, choice, trees, language)}
        for field, trees in zip(fields, first, strict=True)
    ]
    needed = [
        sorted(
            {
                place
                for choice in field.chosen
                if choice.place in tells or language.stances.has_cue(trees[choice.place])
                for place in choice.around
            }
        )
        for field, trees, tells in zip(fields, first, telling, strict=True)
    ]
    missing = [[p for p in places if p not in trees] for places, trees in zip(needed, first, strict=True)]
    more = _trees(fields, missing, language)
    kept = [
        [{**trees, **others}[place] for place in places]
        for places, trees, others in zip(needed, first, more, strict=True)
    ]
    named = language.parser.recognise([sentence for sentences in kept for sentence in sentences])
    for sentences, tells in zip(kept, telling, strict=True):
        yield Parsed(sentences=tuple(islice(named, len(sentences))), tells=bool(tells))


def _may_tell(field: Field, choice: Choice, trees: Mapping[int, Sentence], language: Language) -> bool:
    around = (field.pieces[place] for place in choice.around)
    named = (name.actor for piece in around for name in field.reader.names_in(piece.start, piece.end))
    return choice.is_forced or language.interference.may_tell(trees[choice.place], named)


def _piece(place: int, start: int, end: int, text: str, reader: PartyReader, language: Language) -> Piece:
    words = text[start:end]
    masked = language.mask.over(words, start, reader.names_in(start, end)) if language.mask is not None else words
    return Piece(index=place, start=start, text=words, masked=masked)


def _trees(fields: Sequence[Field], wanted: Sequence[Sequence[int]], language: Language) -> list[dict[int, Sentence]]:
    """Trees of the sentences wanted of each field, by their places."""
    pieces = [field.pieces[place] for field, places in zip(fields, wanted, strict=True) for place in places]
    trees = iter(language.parser.parse(pieces))
    return [dict(zip(places, islice(trees, len(places)), strict=True)) for places in wanted]

"""Article in, signals out: the analysis as a pure function, the same words giving the same bytes.

    article | fold | split | gate | parse | names | cast | attributions | stances, interference | assemble

It reads no clock, network or store; models and knowledge are given to it once, by `load`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path

from config.knowledge import Knowledge, load_knowledge
from config.knowledge.actors import KnownActor
from stancewire.types import Analysis, Article, Signal, Span, Statement, TextField
from workers.assembly import Assembly, reference
from workers.attribution.cast import Cast
from workers.attribution.parties import PartyReader
from workers.attribution.speech import Attribution
from workers.attribution.statements import statements_of
from workers.interference.evidence import Evidence
from workers.languages import EXTRAS, Language, load_english, load_extra
from workers.text.english import Parser, Piece
from workers.text.english import load as load_parser
from workers.text.fold import fold
from workers.text.gate import Choice
from workers.text.headlines import evened
from workers.text.language import tell_language
from workers.text.sentences import split
from workers.text.tree import Sentence

#: Longest field that is analysed; what lies beyond is counted as left out, so that time is bounded.
MAX_CHARACTERS = 400_000


class Pipeline:
    """The analysis with its knowledge and the models of its languages."""

    def __init__(self, knowledge: Knowledge, english: Language, others: Mapping[str, Callable[[], Language]]) -> None:
        """`others` are loaded when the first article in them comes."""
        self._languages = {"en": english}
        self._others = others
        self._states: dict[str, KnownActor] = {
            actor.country: actor
            for actor in knowledge.actors
            if actor.kind == "state" and actor.country is not None and actor.subkind != "subnational"
        }
        interference = knowledge.lists["english/interference"]
        self._disarm = {family["name"]: family.get("disarm") for family in interference["family"]}
        self._disarm_version = interference["platforms"]["versions"]
        self._confidence = knowledge.lists["english/confidence"]

    @property
    def languages(self) -> frozenset[str]:
        """Codes of the languages that are analysed."""
        return frozenset(self._languages) | frozenset(self._others)

    @property
    def parser(self) -> Parser:
        """The English parser."""
        return self._languages["en"].parser

    def analyse(self, article: Article, *, exhaustive: bool = False) -> Analysis:
        """All signals of an article, title first; `exhaustive` parses every sentence, to measure the gate against."""
        code = _language_of(article)
        if not article.text.strip() and not article.title.strip():
            return Analysis(article=reference(article), language=code, coverage="empty", signals=())
        language = self._language(code)
        if language is None:
            return Analysis(article=reference(article), language=code, coverage="unsupported", signals=())
        article = replace(article, language=code)
        signals: dict[str, Signal] = {}
        for reading in self._read(article, language, exhaustive=exhaustive):
            for signal in self._found(article, language, reading):
                signals.setdefault(signal.id, signal)
        return Analysis(
            article=reference(article),
            language=code,
            coverage="analysed",
            signals=tuple(signals.values()),
            left_out=article.left_out + sum(max(0, len(raw) - MAX_CHARACTERS) for _, raw in _fields(article)),
        )

    def statements(self, article: Article) -> tuple[Statement, ...]:
        """What an article lays to whom, title first; every sentence is parsed for it."""
        language = self._language(_language_of(article))
        if language is None:
            return ()
        return tuple(
            statement
            for reading in self._read(article, language, exhaustive=True)
            for statement in statements_of(
                reading.sentences, reading.attributions, reading.field.name, reading.field.raw
            )
        )

    def open(self, article: Article, language: Language, name: TextField, raw: str, *, exhaustive: bool) -> Field:
        """A field with the names in it and the sentences to parse; `exhaustive` takes them all."""
        text = fold(raw)
        day = _day(article)
        hits = language.names.find(text)
        names = language.chooser.choose(text, hits, day)
        reader = PartyReader(raw, names, self._states, language.nouns, day)
        spans = split(text)
        if exhaustive:
            whole = Choice(place=0, first=0, last=len(spans), tells=True)
            chosen = tuple(replace(whole, place=place) for place in range(len(spans)))
        else:
            chosen = language.gate.choose(text, spans, names)
        pieces: tuple[Piece, ...] = ()
        if chosen:
            parsed = evened(text, [(0, start, end) for start, end in spans], hits, language.headline_words)
            pieces = tuple(_piece(place, *span, parsed, reader, language) for place, span in enumerate(spans))
        return Field(name=name, raw=raw, pieces=pieces, chosen=chosen, reader=reader)

    def evidence(self, article: Article) -> Iterator[tuple[tuple[Evidence, ...], bool]]:
        """The evidence of interference in each field, and whether the precise rules find any, to fit weights by."""
        language = self._language(_language_of(article))
        if language is None:
            return
        for reading in self._read(article, language, exhaustive=False):
            asserted = tuple(attribution for attribution in reading.attributions if attribution.asserts)
            yield language.interference.evidence(reading.sentences, reading.cast, asserted)

    def _language(self, code: str | None) -> Language | None:
        """What reads texts in the language `code`, loaded if need be; None for one that is not analysed."""
        if code is not None and code not in self._languages and code in self._others:
            self._languages[code] = self._others[code]()
        return self._languages.get(code or "")

    def _found(self, article: Article, language: Language, reading: _Reading) -> Iterator[Signal]:
        sentences, cast, field = reading.sentences, reading.cast, reading.field
        asserted = tuple(attribution for attribution in reading.attributions if attribution.asserts)
        assembly = Assembly(
            article,
            field.name,
            field.raw,
            sentences,
            self._disarm,
            self._disarm_version,
            self._confidence,
        )
        for stance in language.stances.find(sentences, cast, asserted):
            if not _is_cut_off(stance.target.entity.mention, field):
                yield assembly.stance(stance)
        for finding in language.interference.find(sentences, cast, asserted):
            yield assembly.interference(finding)

    def _read(self, article: Article, language: Language, *, exhaustive: bool) -> Iterator[_Reading]:
        """Who appears in each field and who says what in it; fields without a sentence worth it are left out."""
        fields = [self.open(article, language, name, text, exhaustive=exhaustive) for name, text in _bounded(article)]
        for field, trees in _parsed(fields, language):
            sentences = tuple(language.speech.mended(tree) for tree in trees)
            cast = Cast(sentences, field.reader, language.nouns)
            attributions = language.speech.find(sentences, cast)
            yield _Reading(field=field, sentences=sentences, cast=cast, attributions=attributions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an article, before it is parsed."""

    name: TextField
    raw: str
    #: All its sentences; none where none is chosen.
    pieces: tuple[Piece, ...]
    chosen: tuple[Choice, ...]
    reader: PartyReader


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A field with its trees, who appears in it and who says what."""

    field: Field
    sentences: tuple[Sentence, ...]
    cast: Cast
    attributions: tuple[Attribution, ...]


def _piece(place: int, start: int, end: int, text: str, reader: PartyReader, language: Language) -> Piece:
    words = text[start:end]
    masked = language.mask.over(words, start, reader.names_in(start, end)) if language.mask is not None else words
    return Piece(index=place, start=start, text=words, masked=masked)


def _parsed(fields: Sequence[Field], language: Language) -> Iterator[tuple[Field, tuple[Sentence, ...]]]:
    """The trees of each field: of the sentences in which a rule fits, and of those that bear on them.

    Those of all fields go through the model together, and through its dear part only when they are needed.
    """
    first = _trees(fields, [[choice.place for choice in field.chosen] for field in fields], language)
    needed = [
        sorted(
            {
                place
                for choice in field.chosen
                if choice.tells or language.stances.has_cue(trees[choice.place])
                for place in (*range(choice.first, choice.last), *choice.telling)
            }
        )
        for field, trees in zip(fields, first, strict=True)
    ]
    missing = [[p for p in places if p not in trees] for places, trees in zip(needed, first, strict=True)]
    more = _trees(fields, missing, language)
    kept = [
        [{**trees, **others}[place] for place in places]
        for places, trees, others in zip(needed, first, more, strict=True)
    ]
    named = language.parser.recognise([sentence for sentences in kept for sentence in sentences])
    for field, sentences in zip(fields, kept, strict=True):
        if sentences:
            yield field, tuple(islice(named, len(sentences)))


def _trees(fields: Sequence[Field], wanted: Sequence[Sequence[int]], language: Language) -> list[dict[int, Sentence]]:
    """Trees of the sentences wanted of each field, by their places."""
    pieces = [field.pieces[place] for field, places in zip(fields, wanted, strict=True) for place in places]
    trees = iter(language.parser.parse(pieces))
    return [dict(zip(places, islice(trees, len(places)), strict=True)) for places in wanted]


def _bounded(article: Article) -> Iterator[tuple[TextField, str]]:
    """The fields as far as they are analysed."""
    for name, raw in _fields(article):
        yield name, raw[:MAX_CHARACTERS]


def _is_cut_off(mention: Span, field: Field) -> bool:
    """Whether a mention ends where a feed cut the text short, perhaps in the middle of a word."""
    whole = field.raw.rstrip()
    line = whole[whole.rfind("\n") + 1 :]
    # A line without a full stop is a headline, and ends so.
    return field.name == "text" and mention.end == len(whole) and whole[-1].isalnum() and ". " in line


def _fields(article: Article) -> tuple[tuple[TextField, str], ...]:
    """The fields to analyse; a title that the text repeats is left out."""
    repeated = article.title.strip() in article.text
    return ("title", "" if repeated else article.title), ("text", article.text)


def _day(article: Article) -> date | None:
    return article.published_at.date() if article.published_at is not None else None


def _language_of(article: Article) -> str | None:
    """The language of an article; too few words to tell are taken for English if their letters are Latin."""
    if article.language:
        return article.language
    text = fold(f"{article.title}\n{article.text}")
    told = tell_language(text, page=None, entry=None, feed=None)
    if told is not None:
        return told
    letters = [char for char in text if char.isalpha()]
    latin = sum(char < "\u0250" for char in letters)
    return "en" if 2 * latin > len(letters) else None


def load(own_knowledge: Path | None = None) -> Pipeline:
    """The analysis with the knowledge and the English model that come along; takes about two seconds.

    A file of `own_knowledge` adds to what is known of actors. Russian and French are there where their packages are.
    Raises ConfigurationError where the file is wrong.
    """
    knowledge = load_knowledge(own=own_knowledge)
    others = {extra.code: partial(load_extra, extra.code, knowledge) for extra in EXTRAS if extra.is_installed}
    return Pipeline(knowledge, load_english(knowledge, load_parser()), others)

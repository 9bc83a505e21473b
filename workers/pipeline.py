"""Article in, signals out: the analysis as a pure function, the same words giving the same bytes.

    article | fold | split | gate | parse | names | cast | attributions | stances, interference | assemble

It reads no clock, network or store; models and knowledge are given to it once, by `load`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from config.knowledge import Knowledge, load_knowledge
from config.knowledge.actors import KnownActor
from stancewire.types import Analysis, Article, Signal, Statement, TextField
from workers.assembly import Assembly, reference
from workers.attribution.cast import Cast
from workers.attribution.parties import PartyReader
from workers.attribution.speech import Attribution
from workers.attribution.statements import statements_of
from workers.interference.evidence import Evidence
from workers.languages import EXTRAS, Language, load_english, load_extra
from workers.text.english import Parser
from workers.text.english import load as load_parser
from workers.text.fold import fold
from workers.text.headlines import evened
from workers.text.language import tell_language
from workers.text.sentences import split
from workers.text.tree import Sentence

#: Longest field that is analysed; what lies beyond is left out, so that time is bounded.
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
        for field, text in _fields(article):
            for signal in self._field(article, language, field, text, exhaustive):
                signals.setdefault(signal.id, signal)
        return Analysis(article=reference(article), language=code, coverage="analysed", signals=tuple(signals.values()))

    def statements(self, article: Article) -> tuple[Statement, ...]:
        """What an article lays to whom, title first; every sentence is parsed for it."""
        language = self._language(_language_of(article))
        if language is None:
            return ()
        return tuple(
            statement
            for field, text in _fields(article)
            for reading in [self._read(text, language, _day(article), exhaustive=True)]
            if reading is not None
            for statement in statements_of(reading.sentences, reading.attributions, field, text)
        )

    def evidence(self, article: Article) -> Iterator[tuple[tuple[Evidence, ...], bool]]:
        """The evidence of interference in each field, and whether the precise rules find any, to fit weights by."""
        language = self._language(_language_of(article))
        for _, text in _fields(article) if language is not None else ():
            reading = self._read(text, language, _day(article), exhaustive=False) if language is not None else None
            if language is not None and reading is not None:
                asserted = tuple(attribution for attribution in reading.attributions if attribution.asserts)
                yield language.interference.evidence(reading.sentences, reading.cast, asserted)

    def _language(self, code: str | None) -> Language | None:
        """What reads texts in the language `code`, loaded if need be; None for one that is not analysed."""
        if code is not None and code not in self._languages and code in self._others:
            self._languages[code] = self._others[code]()
        return self._languages.get(code or "")

    def _field(
        self, article: Article, language: Language, field: TextField, raw: str, exhaustive: bool
    ) -> Iterator[Signal]:
        reading = self._read(raw, language, _day(article), exhaustive=exhaustive)
        if reading is None:
            return
        sentences, cast = reading.sentences, reading.cast
        asserted = tuple(attribution for attribution in reading.attributions if attribution.asserts)
        assembly = Assembly(article, field, raw, sentences, self._disarm, self._disarm_version)
        for stance in language.stances.find(sentences, cast, asserted):
            yield assembly.stance(stance)
        for finding in language.interference.find(sentences, cast, asserted):
            yield assembly.interference(finding)

    def _read(self, raw: str, language: Language, day: date | None, *, exhaustive: bool) -> _Reading | None:
        """Who appears in a field and who says what in it; None where no sentence is worth a parse."""
        text = fold(raw)
        hits = language.names.find(text)
        spans = [(index, start, end) for index, (start, end) in enumerate(split(text))]
        if not exhaustive:
            spans = language.gate.choose(text, spans, hits)
        if not spans:
            return None
        names = language.chooser.choose(text, hits, day)
        parsed = evened(text, spans, hits, language.headline_words)
        sentences = tuple(language.parser.parse(parsed, spans))
        reader = PartyReader(raw, names, self._states, language.nouns, day)
        cast = Cast(sentences, reader, language.nouns)
        return _Reading(sentences=sentences, cast=cast, attributions=language.speech.find(sentences, cast))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A field with its trees, who appears in it and who says what."""

    sentences: tuple[Sentence, ...]
    cast: Cast
    attributions: tuple[Attribution, ...]


def _fields(article: Article) -> tuple[tuple[TextField, str], ...]:
    """The fields to analyse, bounded; a title that the text repeats is left out."""
    repeated = article.title.strip() in article.text
    return ("title", "" if repeated else article.title), ("text", article.text[:MAX_CHARACTERS])


def _day(article: Article) -> date | None:
    return article.published_at.date() if article.published_at is not None else None


def _language_of(article: Article) -> str | None:
    """The language of an article; too few words to tell are taken for English if their letters are Latin."""
    if article.language:
        return article.language
    text = fold(f"{article.title}\n{article.text}")
    told = tell_language(text, page=None, entry=None, feed=None)
    letters = [char for char in text if char.isalpha()]
    latin = sum(char < "\u0250" for char in letters)
    return told or ("en" if 2 * latin > len(letters) else None)


def load() -> Pipeline:
    """The analysis with the knowledge and the English model that come along; takes about two seconds.

    Russian and French are there where their packages are.
    """
    knowledge = load_knowledge()
    others = {extra.code: partial(load_extra, extra.code, knowledge) for extra in EXTRAS if extra.is_installed}
    return Pipeline(knowledge, load_english(knowledge, load_parser()), others)

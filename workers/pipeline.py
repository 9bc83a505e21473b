"""Article in, signals out: the analysis as a pure function, the same words giving the same bytes.

    article | fold | split | gate | parse | names | cast | attributions | stances, interference | assemble

It reads no clock, network or store; models and knowledge are given to it once, by `load`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from config.knowledge import Knowledge, load_knowledge
from config.knowledge.actors import KnownActor
from stancewire.types import Analysis, Article, Signal, Statement
from workers.assembly import Assembly, reference
from workers.attribution.cast import Cast
from workers.attribution.speech import Attribution
from workers.attribution.statements import statements_of
from workers.fields import MAX_CHARACTERS, Field, Parsed, fields_of, opened, parsed
from workers.interference.evidence import Evidence
from workers.languages import EXTRAS, Language, load_english, load_extra
from workers.text.english import Parser
from workers.text.english import load as load_parser
from workers.text.fold import fold
from workers.text.language import tell_language
from workers.text.tree import Sentence


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
        (analysis,) = self.analyse_together([article], exhaustive=exhaustive)
        return analysis

    def analyse_together(self, articles: Sequence[Article], *, exhaustive: bool = False) -> tuple[Analysis, ...]:
        """What `analyse` gives for each article, to the last bit, in less time: their sentences are parsed together.

        Memory grows with the text of all of them.
        """
        codes = [_language_of(article) for article in articles]
        found: dict[int, Analysis] = {}
        for places, language in self._groups(articles, codes):
            given = [replace(articles[place], language=codes[place]) for place in places]
            for place, article, readings in zip(
                places, given, self._read(given, language, exhaustive=exhaustive), strict=True
            ):
                found[place] = self._analysis(article, language, readings)
        return tuple(
            found.get(place) or _unread(article, code)
            for place, (article, code) in enumerate(zip(articles, codes, strict=True))
        )

    def statements(self, article: Article) -> tuple[Statement, ...]:
        """What an article lays to whom, title first; every sentence is parsed for it."""
        language = self._language(_language_of(article))
        if language is None:
            return ()
        (readings,) = self._read([article], language, exhaustive=True)
        return tuple(
            statement
            for reading in readings
            for statement in statements_of(
                reading.sentences, reading.attributions, reading.field.name, reading.field.raw
            )
        )

    def evidence(self, article: Article) -> Iterator[tuple[tuple[Evidence, ...], bool]]:
        """The evidence of interference in each field, and whether the precise rules find any, to fit weights by."""
        language = self._language(_language_of(article))
        if language is None:
            return
        (readings,) = self._read([article], language, exhaustive=False)
        for reading in readings:
            yield language.interference.evidence(reading.sentences, reading.cast, reading.asserted)

    def _groups(
        self, articles: Sequence[Article], codes: Sequence[str | None]
    ) -> Iterator[tuple[Sequence[int], Language]]:
        """The places of articles that can be parsed together, and their language; those not analysed are left out."""
        by_code: dict[str | None, list[int]] = {}
        for place, (article, code) in enumerate(zip(articles, codes, strict=True)):
            if article.text.strip() or article.title.strip():
                by_code.setdefault(code, []).append(place)
        for code, places in by_code.items():
            language = self._language(code)
            if language is not None:
                together = [places] if language.parser.parses_alike else [[place] for place in places]
                yield from ((group, language) for group in together)

    def _language(self, code: str | None) -> Language | None:
        """What reads texts in the language `code`, loaded if need be; None for one that is not analysed."""
        if code is not None and code not in self._languages and code in self._others:
            self._languages[code] = self._others[code]()
        return self._languages.get(code or "")

    def _analysis(self, article: Article, language: Language, readings: Sequence[_Reading]) -> Analysis:
        signals: dict[str, Signal] = {}
        for reading in readings:
            for signal in self._found(article, language, reading):
                signals.setdefault(signal.id, signal)
        return Analysis(
            article=reference(article),
            language=article.language,
            coverage="analysed",
            signals=tuple(signals.values()),
            left_out=article.left_out + sum(max(0, len(raw) - MAX_CHARACTERS) for _, raw in fields_of(article)),
        )

    def _found(self, article: Article, language: Language, reading: _Reading) -> Iterator[Signal]:
        sentences, cast, field = reading.sentences, reading.cast, reading.field
        assembly = Assembly(
            article,
            field.name,
            field.raw,
            sentences,
            self._disarm,
            self._disarm_version,
            self._confidence,
        )
        for stance in language.stances.find(sentences, cast, reading.asserted):
            if not field.cuts_off(stance.target.entity.mention):
                yield assembly.stance(stance)
        if reading.tells:
            for finding in language.interference.find(sentences, cast, reading.asserted):
                yield assembly.interference(finding)

    def _read(
        self, articles: Sequence[Article], language: Language, *, exhaustive: bool
    ) -> Iterator[tuple[_Reading, ...]]:
        """For each article who appears and who says what in each field that has a sentence worth it."""
        fields = [opened(article, language, self._states, exhaustive=exhaustive) for article in articles]
        trees = parsed([field for each in fields for field in each], language)
        for each in fields:
            yield tuple(
                _reading(field, tree, language)
                for field, tree in zip(each, islice(trees, len(each)), strict=True)
                if tree.sentences
            )


def _reading(field: Field, trees: Parsed, language: Language) -> _Reading:
    sentences = tuple(language.speech.mended(tree) for tree in trees.sentences)
    cast = Cast(sentences, field.reader, language.nouns)
    attributions = language.speech.find(sentences, cast)
    return _Reading(field=field, sentences=sentences, tells=trees.tells, cast=cast, attributions=attributions)


def _unread(article: Article, code: str | None) -> Analysis:
    """The analysis of an article without words, or in a language that is not analysed."""
    is_empty = not article.text.strip() and not article.title.strip()
    return Analysis(
        article=reference(article), language=code, coverage="empty" if is_empty else "unsupported", signals=()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A field with its trees, who appears in it and who says what."""

    field: Field
    sentences: tuple[Sentence, ...]
    #: Whether they may tell of interference.
    tells: bool
    cast: Cast
    attributions: tuple[Attribution, ...]

    @property
    def asserted(self) -> tuple[Attribution, ...]:
        """Those attributions that lay something to somebody as true."""
        return tuple(attribution for attribution in self.attributions if attribution.asserts)


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

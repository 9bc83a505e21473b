"""Article in, signals out: the analysis as a pure function, the same words giving the same bytes.

    article | fold | split | gate | parse | names | cast | attributions | stances, interference | assemble

It reads no clock, network or store; models and knowledge are given to it once, by `load`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from config.knowledge import Knowledge, load_knowledge
from config.knowledge.actors import KnownActor
from stancewire.types import Analysis, Article, Signal, TextField
from workers.assembly import Assembly, reference
from workers.attribution.cast import Cast
from workers.attribution.parties import PartyReader
from workers.attribution.speech import SpeechFinder
from workers.interference.finder import InterferenceFinder
from workers.interference.lexicon import read_lexicon as read_interference
from workers.stance.finder import StanceFinder
from workers.stance.lexicon import read_lexicon as read_stance
from workers.text.english import Parser
from workers.text.english import load as load_english
from workers.text.fold import fold
from workers.text.gate import Gate
from workers.text.language import tell_language
from workers.text.names import Chooser, NameFinder
from workers.text.sentences import split

#: Longest field that is analysed; what lies beyond is left out, so that time is bounded.
MAX_CHARACTERS = 400_000


class Pipeline:
    """The analysis with its knowledge and model."""

    def __init__(self, knowledge: Knowledge, parser: Parser) -> None:
        lists = knowledge.lists
        self._nouns = lists["english/nouns"]
        self._parser = parser
        self._names = NameFinder(knowledge.actors, lists["english/ambiguity"]["others"]["phrases"])
        self._chooser = Chooser(lists["english/ambiguity"])
        self._states: dict[str, KnownActor] = {
            actor.country: actor
            for actor in knowledge.actors
            if actor.kind == "state" and actor.country is not None and actor.subkind != "subnational"
        }
        interference = read_interference(lists["english/interference"], self._nouns, lists["english/speech"])
        self._gate = Gate(lists)
        self._speech = SpeechFinder(lists["english/speech"])
        self._stances = StanceFinder(read_stance(lists["english/stance"]))
        self._interference = InterferenceFinder(interference)
        self._disarm = {family.name: family.disarm for family in interference.families}
        self._disarm_version = interference.disarm_version
        self._confidence = lists["english/confidence"]

    def analyse(self, article: Article, *, exhaustive: bool = False) -> Analysis:
        """All signals of an article, title first; `exhaustive` parses every sentence, to measure the gate against."""
        language = article.language or _language_of(fold(f"{article.title}\n{article.text}"))
        if not article.text.strip() and not article.title.strip():
            return Analysis(article=reference(article), language=language, coverage="empty", signals=())
        if language != "en":
            return Analysis(article=reference(article), language=language, coverage="unsupported", signals=())
        signals: dict[str, Signal] = {}
        repeated = article.title.strip() in article.text
        for field, text in (("title", "" if repeated else article.title), ("text", article.text[:MAX_CHARACTERS])):
            for signal in self._field(article, field, text, exhaustive):  # type: ignore[arg-type]
                signals.setdefault(signal.id, signal)
        return Analysis(
            article=reference(article), language=language, coverage="analysed", signals=tuple(signals.values())
        )

    def _field(self, article: Article, field: TextField, raw: str, exhaustive: bool) -> Iterator[Signal]:
        text = fold(raw)
        day: date | None = article.published_at.date() if article.published_at is not None else None
        hits = self._names.find(text)
        spans = [(index, start, end) for index, (start, end) in enumerate(split(text))]
        if not exhaustive:
            spans = self._gate.choose(text, spans, hits)
        if not spans:
            return
        names = self._chooser.choose(text, hits, day)
        sentences = tuple(self._parser.parse(text, spans))
        reader = PartyReader(raw, names, self._states, self._nouns, day)
        cast = Cast(sentences, reader, self._nouns)
        attributions = self._speech.find(sentences, cast)
        assembly = Assembly(article, field, raw, sentences, self._disarm, self._disarm_version, self._confidence)
        for stance in self._stances.find(sentences, cast, attributions):
            yield assembly.stance(stance)
        for finding in self._interference.find(sentences, cast, attributions):
            yield assembly.interference(finding)


def _language_of(text: str) -> str | None:
    """The language of `text`; too few words to tell are taken for English if their letters are Latin."""
    told = tell_language(text, page=None, entry=None, feed=None)
    letters = [char for char in text if char.isalpha()]
    latin = sum(char < "\u0250" for char in letters)
    return told or ("en" if 2 * latin > len(letters) else None)


def load() -> Pipeline:
    """The analysis with the knowledge and the English model that come along; takes about two seconds."""
    return Pipeline(load_knowledge(), load_english())

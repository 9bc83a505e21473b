"""The words that lay something to somebody: verbs, nouns and adjectives of speech and thought, "according to", "X: ".

A cue here may still have no content; extents of what is said, and who says it, are other modules' parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from stancewire.types import Held
from workers.text.tree import Sentence, Token

Kind = Literal["verb", "noun", "adjective", "according", "opinion", "headline", "signature"]


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
        #: Verbs whose subject is the source of the noun under them.
        self.making = frozenset(words["content"]["making"])

    def in_sentence(self, sentence: Sentence, quoted: frozenset[int]) -> Iterator[Cue]:
        """Cues of a sentence, in order; `quoted` are the places of its quoted words."""
        for token in sentence.tokens:
            found = self._of(sentence, token)
            if found is not None:
                kind, held = found
                yield Cue(token=token, kind=kind, held=held, nested=token.i in quoted)

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


def _is_after_in(sentence: Sentence, noun: Token) -> bool:
    """As in "in her view", "in the words of"."""
    above = sentence.head(noun)
    return noun.dep == "pobj" and above is not None and above.lower in {"in", "by", "from"}

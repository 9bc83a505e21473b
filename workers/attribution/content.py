"""Which words of a sentence a cue lays to its source.

Relations decide; quotations that stand beside the clause or run beyond the sentence are `quoting`'s part.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.attribution.cues import Cue, CueWords
from workers.attribution.inserted import inserted_content, places, told_after
from workers.text.tree import Sentence, Token

#: Prepositions that still belong to what is said: "blamed Tehran for the delay".
_AFTER_OBJECT = {"for", "as", "of", "over", "to", "with", "about", "against", "on", "that"}
_AFTER_NOUN = {"of", "about", "that", "over"}


class ContentReader:
    """Reads the content of a cue off the tree."""

    def __init__(self, words: CueWords) -> None:
        self._words = words

    def read(self, sentence: Sentence, cue: Cue, quoted: frozenset[int]) -> tuple[frozenset[int], bool]:
        """Places of what is said, and whether it is a clause or a quotation rather than a thing spoken of."""
        if cue.kind == "verb":
            host = sentence.head(cue.token)
            may_be_set_in = cue.held != "expressed" and not (cue.nested and host is not None and host.i not in quoted)
            return self._of_verb(sentence, cue.token, cue.held, may_be_set_in=may_be_set_in)
        if cue.kind == "according":
            return _beside(sentence, cue.token), True
        if cue.kind == "opinion":
            preposition = sentence.head(cue.token)
            return (_beside(sentence, preposition) if preposition is not None else frozenset()), True
        if cue.kind == "noun":
            return self._of_noun(sentence, cue.token, cue.held)
        if cue.kind == "naming":
            return frozenset(word.i for word in sentence.tokens if word.i > cue.token.i), True
        if cue.kind == "signature":
            return frozenset(word.i for word in sentence.tokens if word.i < cue.token.i), True
        return self._of_adjective(sentence, cue.token)

    def _of_verb(
        self, sentence: Sentence, verb: Token, held: str, *, may_be_set_in: bool
    ) -> tuple[frozenset[int], bool]:
        clause = self._clause(sentence, verb, may_be_set_in=may_be_set_in)
        if clause:
            return clause, True
        about = self._about(sentence, verb)
        if held in {"expressed", "alleged"} or verb.lemma in self._words.objects:
            about |= _objects(sentence, verb)
        elif held != "said":
            about |= places(sentence, sentence.children(verb, "dobj")) or places(
                sentence, [c for c in sentence.children(verb, "prep") if c.lower in _AFTER_OBJECT]
            )
        if held == "alleged":
            about |= places(sentence, sentence.children(verb, "prep", "dobj"))
        return frozenset(about), False

    def _clause(self, sentence: Sentence, verb: Token, *, may_be_set_in: bool) -> frozenset[int]:
        clause: set[int] = set()
        for child in sentence.children(verb, "ccomp", "xcomp"):
            clause.update(self._without_speech(sentence, child), told_after(sentence, verb, child))
        return inserted_content(sentence, verb) if not clause and may_be_set_in else frozenset(clause)

    def _without_speech(self, sentence: Sentence, clause: Token) -> set[int]:
        """The words of a clause without ", adding that ...": that is said by whoever says the clause."""
        return places(sentence, [clause]).difference(
            *(places(sentence, [word]) for word in self.added(sentence, clause))
        )

    def added(self, sentence: Sentence, clause: Token) -> Iterator[Token]:
        """Participles of speech that hang on a clause, set off from it."""
        for word in sentence.children(clause, "advcl", "conj", "ccomp"):
            if self.is_added(sentence, word):
                yield word

    def is_added(self, sentence: Sentence, word: Token) -> bool:
        """As in "..., adding that ...": tells on what the speaker of the clause before it says."""
        first = sentence.subtree(word)[0]
        return (
            word.tag == "VBG"
            and word.dep in {"advcl", "ccomp"}
            and (word.lemma in self._words.verbs or self._leads_on(sentence, word))
            and 0 < first.i == word.i
            and sentence.tokens[first.i - 1].text in {",", '"', "-"}
        )

    def _leads_on(self, sentence: Sentence, word: Token) -> bool:
        return word.lemma in self._words.leading and any(
            c.lemma in self._words.verbs for c in sentence.children(word, "xcomp")
        )

    def _about(self, sentence: Sentence, word: Token) -> set[int]:
        """What stands under the prepositions that the cue asks for, without them."""
        wanted = self._words.prepositions.get(word.lemma, frozenset())
        found: set[int] = set()
        for preposition in sentence.children(word, "prep", "prt"):
            if preposition.lower in wanted:
                found |= places(sentence, [preposition]) - {preposition.i}
        return found

    def _of_noun(self, sentence: Sentence, noun: Token, held: str) -> tuple[frozenset[int], bool]:
        clause: set[int] = set()
        for child in sentence.children(noun, "acl", "ccomp", "relcl"):
            if child.dep == "relcl" and not any(w.lower == "that" for w in sentence.children(child, "mark")):
                continue
            clause |= places(sentence, [child])
        wanted = _AFTER_NOUN if held != "expressed" else self._words.prepositions.get(noun.lemma, frozenset())
        for preposition in sentence.children(noun, "prep"):
            if preposition.lower in wanted:
                clause |= places(sentence, [preposition])
        return frozenset(clause), held != "expressed"

    def _of_adjective(self, sentence: Sentence, word: Token) -> tuple[frozenset[int], bool]:
        clause = places(sentence, sentence.children(word, "ccomp", "xcomp")) or self._about(sentence, word)
        verb = sentence.head(word)
        if not clause and verb is not None:
            clause = places(sentence, [c for c in sentence.children(verb, "ccomp") if c.i > word.i])
        return frozenset(clause), False


def _beside(sentence: Sentence, phrase: Token) -> frozenset[int]:
    """The words of the clause in which a phrase like "according to the ministry" stands, without it."""
    own = places(sentence, [phrase])
    return frozenset(token.i for token in sentence.tokens if token.i not in own)


def _objects(sentence: Sentence, verb: Token) -> set[int]:
    """What a verb is about: its object with what belongs to it; the subject of a passive."""
    things = sentence.children(verb, "dobj", "oprd", "attr", "nsubjpass")
    found = places(sentence, things)
    if found:
        found |= places(sentence, [p for p in sentence.children(verb, "prep") if p.lower in _AFTER_OBJECT])
    return found

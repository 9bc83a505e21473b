"""Whose words they are: the head of the phrase that a cue takes for its source.

Only the word in the sentence is found; who is meant by it is `cast`'s part.
"""

from __future__ import annotations

from workers.attribution.clauses import subject_of
from workers.attribution.content import ContentReader
from workers.attribution.cues import Cue, CueWords
from workers.text.tree import Sentence, Token

_PASSIVE = ("nsubjpass", "auxpass")


class SourceReader:
    """Reads the source of a cue off the tree."""

    def __init__(self, words: CueWords, contents: ContentReader) -> None:
        self._words = words
        self._contents = contents

    def read(self, sentence: Sentence, cue: Cue, quoted: frozenset[int]) -> Token | None:
        """The word of the source, or None where the sentence names none."""
        if cue.kind == "verb":
            return self._of_verb(sentence, cue, quoted)
        if cue.kind == "according":
            preposition = sentence.child(cue.token, "prep")
            named = sentence.child(preposition if preposition is not None else cue.token, "pobj")
            return self._who_has(sentence, named) if named is not None else None
        if cue.kind == "opinion":
            return sentence.child(cue.token, "poss") or _under(sentence, cue.token, {"of"})
        if cue.kind == "noun":
            return self._of_noun(sentence, cue.token)
        if cue.kind == "naming":
            return sentence.tokens[cue.token.i - 1]
        if cue.kind == "signature":
            return next(word for word in reversed(sentence.tokens) if word.pos not in {"PUNCT", "SPACE"})
        verb = sentence.head(cue.token) or cue.token
        return subject_of(sentence, verb)

    def _of_verb(self, sentence: Sentence, cue: Cue, quoted: frozenset[int]) -> Token | None:
        verb = cue.token
        own = [w for w in sentence.children(verb, "nsubj") if cue.nested or w.i not in quoted]
        if own:
            return self._who_has(sentence, _nearest(own, verb))
        if sentence.children(verb, *_PASSIVE) or (verb.tag == "VBN" and verb.dep == "advcl"):
            agent = sentence.child(verb, "agent")
            return sentence.child(agent, "pobj") if agent is not None else None
        leading = verb
        while leading.dep in {"xcomp", "pcomp"} and (above := sentence.head(leading)) is not None:
            leading = above
        if not cue.nested and self._contents.is_added(sentence, leading):
            outer = self._speaking_above(sentence, leading, quoted)
            if outer is not None:
                return outer
        found = subject_of(sentence, verb) or _after(sentence, verb, quoted)
        if found is not None and found.i in quoted and not cue.nested:
            return self._speaking_above(sentence, verb, quoted)
        if found is not None and verb.dep == "acl" and found.lemma in self._words.nouns:
            return self._of_noun(sentence, found) or found
        return found

    def _who_has(self, sentence: Sentence, word: Token) -> Token:
        """As in "documents seen by The Times": who has them rather than the documents."""
        for clause in sentence.children(word, "acl"):
            agent = sentence.child(clause, "agent")
            if clause.lemma in self._words.having and agent is not None:
                return sentence.child(agent, "pobj") or word
        return word

    def _speaking_above(self, sentence: Sentence, verb: Token, quoted: frozenset[int]) -> Token | None:
        """The subject of the outermost verb of speech over `verb`."""
        found = None
        for above in sentence.ancestors(verb):
            if above.i not in quoted and above.pos == "VERB" and above.lemma in self._words.verbs:
                own = [w for w in sentence.children(above, "nsubj") if w.i not in quoted]
                found = _nearest(own, above) if own else found
        return found

    def _of_noun(self, sentence: Sentence, noun: Token) -> Token | None:
        """Whose report, accusation or warning it is."""
        own = sentence.child(noun, "poss", "nsubj") or _under(sentence, noun, {"by", "from"})
        if own is not None:
            return own
        above = sentence.head(noun)
        if noun.dep == "dobj" and above is not None and above.lemma in self._words.making:
            return subject_of(sentence, above)
        return None


def _after(sentence: Sentence, verb: Token, quoted: frozenset[int]) -> Token | None:
    """As in `"It is over," read a statement`: a subject after its verb, taken for an object."""
    thing = sentence.child(verb, "dobj")
    opens = verb.i > 0 and verb.i - 1 in quoted
    return thing if thing is not None and opens and thing.i > verb.i and verb.dep == "ROOT" else None


def _under(sentence: Sentence, word: Token, names: set[str]) -> Token | None:
    for preposition in sentence.children(word, "prep", "agent"):
        if preposition.lower in names:
            return sentence.child(preposition, "pobj")
    return None


def _nearest(words: list[Token], verb: Token) -> Token:
    return min(words, key=lambda word: abs(word.i - verb.i))

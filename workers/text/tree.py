"""A parsed sentence as frozen data, and the few ways to walk it that the rules need.

Relations are those of ClearNLP's English scheme; nothing here knows a parser, a name or a rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One word of a sentence; offsets count characters of the field it stands in."""

    #: Place in its sentence.
    i: int
    text: str
    #: The word as the rules look it up: in lower case, or its English gloss.
    lower: str
    #: Lower case; an English gloss for a word of another language.
    lemma: str
    #: Universal part of speech.
    pos: str
    #: Penn Treebank tag.
    tag: str
    #: Relation to the head.
    dep: str
    #: Place of the head; its own place at the root.
    head: int
    start: int
    end: int
    #: Type of the named entity it is part of, or "".
    entity: str


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A parsed sentence."""

    #: Place in its field.
    index: int
    start: int
    end: int
    text: str
    tokens: tuple[Token, ...] = field(repr=False)
    #: Its text as it was parsed, with as many words.
    masked: str = ""

    @cached_property
    def _children(self) -> tuple[tuple[Token, ...], ...]:
        below: list[list[Token]] = [[] for _ in self.tokens]
        for token in self.tokens:
            if token.head != token.i:
                below[token.head].append(token)
        return tuple(map(tuple, below))

    @cached_property
    def lemmas(self) -> frozenset[str]:
        """The lemmas of its words."""
        return frozenset(token.lemma for token in self.tokens)

    def head(self, token: Token) -> Token | None:
        """The word that `token` hangs on; None at the root."""
        return None if token.head == token.i else self.tokens[token.head]

    def children(self, token: Token, *relations: str) -> tuple[Token, ...]:
        """Words hanging on `token`, in order; only those in `relations`, if any are given."""
        below = self._children[token.i]
        return tuple([child for child in below if child.dep in relations]) if relations and below else below

    def child(self, token: Token, *relations: str) -> Token | None:
        """The first word hanging on `token` by one of `relations`."""
        for child in self._children[token.i]:
            if child.dep in relations:
                return child
        return None

    def ancestors(self, token: Token) -> Iterator[Token]:
        """Heads of `token` up to the root."""
        above = self.head(token)
        while above is not None:
            yield above
            above = self.head(above)

    def subtree(self, token: Token) -> tuple[Token, ...]:
        """`token` and all words below it, in the order of the sentence."""
        found = [token]
        stack = [token]
        while stack:
            below = self._children[stack.pop().i]
            found.extend(below)
            stack.extend(below)
        return tuple([self.tokens[i] for i in sorted([word.i for word in found])])

    def is_below(self, token: Token, above: Token) -> bool:
        """Whether `token` is `above` or hangs below it."""
        return token.i == above.i or any(word.i == above.i for word in self.ancestors(token))

    def conjuncts(self, token: Token) -> tuple[Token, ...]:
        """`token` and the words coordinated with it, following on from it."""
        found = [token]
        for child in self.children(token, "conj"):
            found.extend(self.conjuncts(child))
        return tuple(found)

    def first_conjunct(self, token: Token) -> Token:
        """The word that opens the coordination in which `token` stands."""
        while token.dep == "conj" and (above := self.head(token)) is not None:
            token = above
        return token

    def at(self, start: int, end: int) -> tuple[Token, ...]:
        """Words that overlap the characters from `start` to `end` of the field."""
        return tuple(token for token in self.tokens if token.start < end and token.end > start)

"""A parsed sentence that can be rebuilt: words that hang on each other, in the scheme of Universal Dependencies.

It knows how to move words about; which ones are moved is `universal`'s part.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

Key = TypeVar("Key", int, str)


@dataclass(slots=True, eq=False, kw_only=True)
class Node:
    """One word with those that hang on it; `start` and `end` are equal where the language leaves a word out."""

    text: str
    #: Dictionary form in its own language.
    lemma: str
    #: Universal part of speech.
    pos: str
    #: Relation to the head.
    rel: str
    start: int
    end: int
    feats: Mapping[str, str] = field(default_factory=dict)
    #: Type of the named entity it is part of, or "".
    entity: str = ""
    head: Node | None = None
    below: list[Node] = field(default_factory=list)
    #: English lemma, and the English word where its form matters to rules; empty where none is known.
    gloss: str = ""
    lower: str = ""
    #: Penn Treebank tag, where it does not follow from the rest.
    tag: str = ""

    def children(self, *relations: str) -> list[Node]:
        """Words hanging on this one by one of `relations`, subtypes included ("obl" takes "obl:agent")."""
        return [n for n in self.below if not relations or n.rel in relations or n.rel.split(":")[0] in relations]

    def child(self, *relations: str) -> Node | None:
        """The first of `children`."""
        return next(iter(self.children(*relations)), None)

    def hang(self, head: Node | None, rel: str) -> None:
        """Move this word, with all below it, under `head`."""
        if self.head is not None:
            self.head.below.remove(self)
        self.head, self.rel = head, rel
        if head is not None:
            insort(head.below, self, key=lambda node: (node.start, node.end))

    def take_place_of(self, other: Node, rel: str) -> None:
        """Stand where `other` stands, and hang `other` under this word by `rel`."""
        above, relation = other.head, other.rel
        self.hang(None, "")
        self.hang(above, relation)
        other.hang(self, rel)

    def path(self) -> Iterator[Node]:
        """The word itself and its heads up to the root."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.head

    def is_finite(self) -> bool:
        """Whether it is a verb with a subject's person, number or gender."""
        return self.feats.get("VerbForm") == "Fin"


def unspoken(word: str, pos: str, place: int, *, tag: str = "") -> Node:
    """A word that English has and the language at hand leaves out; it takes up no characters."""
    return Node(text=word, lemma=word, pos=pos, rel="", start=place, end=place, gloss=word, lower=word, tag=tag)


def linked(nodes: Mapping[Key, Node], heads: Mapping[Key, Key]) -> list[Node]:
    """Hang each node under its head; the roots, in order. Nodes that only hang on each other become roots."""
    for key, node in nodes.items():
        head: Node | None = nodes.get(heads[key])
        if head is not None and head is not node and node not in head.path():
            node.hang(head, node.rel)
        else:
            node.rel = "root"
    return sorted((node for node in nodes.values() if node.head is None), key=lambda node: node.start)

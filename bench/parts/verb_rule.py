"""The yardstick of `bench.attribution`: reporting verbs with their subject and their clause, and nothing else.

It knows 43 verbs, no noun, no quotation mark and no sentence but the one at hand; the analysis does not use it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bench.parts.spans import Marked, Spans
from workers.text.tree import Sentence, Token

VERBS = frozenset(
    (
        "say tell state claim argue insist add note report announce declare warn suggest believe think write explain "
        "assert admit deny acknowledge allege accuse contend maintain stress emphasize predict reveal confirm "
        "conclude complain charge respond reply remark comment testify tweet observe concede agree vow"
    ).split()
)


def by_verbs(sentences: Iterable[Sentence]) -> tuple[Marked, ...]:
    """Attributions by a verb of the list that has a subject and a clause, as "X said that Y", "Y, X said"."""
    return tuple(marked for sentence in sentences for marked in _in_sentence(sentence))


def _in_sentence(sentence: Sentence) -> Iterator[Marked]:
    for verb in sentence.tokens:
        subject = sentence.child(verb, "nsubj")
        if verb.pos != "VERB" or verb.lemma not in VERBS or subject is None:
            continue
        clause = sentence.child(verb, "ccomp")
        if clause is not None:
            content = sentence.subtree(clause)
        elif verb.dep in {"parataxis", "ccomp"} and (above := sentence.head(verb)) is not None:
            own = {word.i for word in sentence.subtree(verb)}
            content = tuple(word for word in sentence.subtree(above) if word.i not in own)
        else:
            continue
        yield Marked(source=_spans(sentence.subtree(subject)), cue=((verb.start, verb.end),), content=_spans(content))


def _spans(words: Sequence[Token]) -> Spans:
    """The stretches that `words` cover, neighbours joined."""
    spans: list[tuple[int, int]] = []
    before = -2
    for word in words:
        if word.i == before + 1:
            spans[-1] = (spans[-1][0], word.end)
        else:
            spans.append((word.start, word.end))
        before = word.i
    return tuple(spans)

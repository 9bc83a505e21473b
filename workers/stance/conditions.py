"""The condition under which a stance holds, where the text states one.

Labels of the parser are not enough here: the words that open a condition decide.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.attribution.clauses import is_negated
from workers.stance.finding import Position
from workers.stance.lexicon import Lexicon
from workers.text.tree import Sentence, Token

_RELATIONS = (
    "advcl",
    "prep",
    "advmod",
    "npadvmod",
    "mark",
    "conj",
    "acl",
    "acomp",
    "oprd",
    "dep",
    "parataxis",
    "relcl",
    "agent",
)
_MODALS = {"will", "would", "can", "could", "'ll", "'d", "ca", "wo", "may", "might"}
#: How many words a phrase that opens a condition may have.
_OPENING = 6
_TAKEN_UP = {"that", "this", "it", "such", "doing"}
_HELPERS = {"would", "will", "must", "could"}


def condition_of(sentence: Sentence, position: Position, lexicon: Lexicon) -> tuple[int, int] | None:
    """Offsets of the condition on a position, or None.

    A clause counts if it hangs on the position's words or on a verb above them.
    """
    if position.rule == "depend":
        preposition = next((p for p in sentence.children(position.cue, "prep") if p.lower in {"on", "upon"}), None)
        return _span(sentence, preposition) if preposition is not None else None
    if position.rule == "change":
        return _span(sentence, position.target or position.cue)
    spine = _spine(sentence, position)
    for word in spine:
        if (found := _hung_on(sentence, word, lexicon)) is not None:
            return _span(sentence, found)
        for child in sentence.children(word, *_RELATIONS):
            if any(word is not None and sentence.is_below(word, child) for word in (position.cue, position.target)):
                continue
            if _opens(sentence, child, word, lexicon):
                return _span(sentence, child)
    for child in _inside(sentence, position):
        if _starts(sentence, child, lexicon.condition_phrases) or _is_lack(sentence, child, position):
            return _span(sentence, child)
    return None


def condition_told_after(sentence: Sentence, lexicon: Lexicon) -> tuple[int, int] | None:
    """The condition that a sentence adds to the one before: "That, he said, would require ...", "But only if ..."."""
    words = [word for word in sentence.tokens if word.pos not in {"PUNCT", "SPACE"}]
    if not words:
        return None
    first = words[1] if words[0].lower in {"but", "and"} and len(words) > 1 else words[0]
    text = " ".join(word.lower for word in sentence.tokens[first.i : first.i + _OPENING])
    fragments = tuple(
        p for p in lexicon.condition_phrases if p.startswith(("only", "provided", "on condition", "on one"))
    )
    if text.startswith(fragments) and not any(w.dep == "ROOT" and sentence.children(w, "advcl") for w in words):
        return (first.start, words[-1].end)
    if first.lower not in _TAKEN_UP:
        return None
    for verb in words:
        helped = any(word.lower in _HELPERS for word in sentence.children(verb, "aux"))
        if verb.lemma in lexicon.require and (helped or verb.lemma in lexicon.depend):
            return (verb.start, words[-1].end)
    return None


def _spine(sentence: Sentence, position: Position) -> list[Token]:
    words = [position.cue]
    for above in sentence.ancestors(position.cue):
        if words[-1].dep in {"ccomp", "parataxis", "relcl"} and above.pos == "VERB" and above.dep == "ROOT":
            words.append(above)
            break
        words.append(above)
        if above.dep in {"ccomp", "relcl", "ROOT"}:
            break
    return words


def _inside(sentence: Sentence, position: Position) -> Iterator[Token]:
    """Prepositions that the parser hung on the target: "back the plan in exchange for guarantees"."""
    if position.target is None:
        return
    for word in sentence.subtree(position.target):
        if word.dep in {"prep", "advmod"} and word.i > position.target.i:
            yield word


def _hung_on(sentence: Sentence, word: Token, lexicon: Lexicon) -> Token | None:
    """As in "its support depends on reforms", "made its backing conditional on", "tied its approval to"."""
    if word.lemma in lexicon.depend:
        return next((p for p in sentence.children(word, "prep") if p.lower in {"on", "upon"}), None)
    if word.lemma in {"tie", "link"} and sentence.child(word, "dobj") is not None:
        return next((p for p in sentence.children(word, "prep") if p.lower == "to"), None)
    if word.lemma == "condition":
        return next((p for p in sentence.children(word, "prep") if p.lower in {"on", "upon"}), None)
    return None


def _opens(sentence: Sentence, child: Token, above: Token, lexicon: Lexicon) -> bool:
    if _starts(sentence, child, lexicon.condition_phrases):
        return True
    if child.dep in {"advcl", "conj", "parataxis", "dep"}:
        marks = {word.lower for word in sentence.children(child, "mark", "advmod")}
        if marks & lexicon.condition_marks:
            return True
        helped = any(word.lower in _MODALS for word in sentence.children(above, "aux"))
        if child.dep == "advcl" and helped and ("when" in marks or ("before" in marks and is_negated(sentence, above))):
            return True
        first = sentence.subtree(child)[0]
        return child.dep == "advcl" and first.lower in {"should", "were"} and first.dep in {"aux", "ROOT", "advcl"}
    if child.dep == "prep" and child.lower in {"without", "absent", "barring", "pending", "failing"}:
        return is_negated(sentence, above) or any(w.lower in _MODALS for w in sentence.children(above, "aux"))
    if child.dep == "prep" and child.lower == "before":
        return is_negated(sentence, above) and any(w.lower in _MODALS for w in sentence.children(above, "aux"))
    return child.lower in {"unless", "provided"}


def _starts(sentence: Sentence, child: Token, phrases: tuple[str, ...]) -> bool:
    """Whether the words under `child`, or those from it on, begin with one of `phrases`."""
    words = sentence.subtree(child)
    text = " ".join(word.lower for word in words[:_OPENING]) + " "
    here = " ".join(word.lower for word in sentence.tokens[child.i : child.i + _OPENING]) + " "
    return any(text.startswith(f"{p} ") or here.startswith(f"{p} ") for p in phrases)


def _is_lack(sentence: Sentence, child: Token, position: Position) -> bool:
    """As in "cannot support a deal without guarantees"."""
    return (
        child.lower == "without"
        and position.polarity == "adverse"
        and any(word.lower in _MODALS for word in sentence.children(position.anchor, "aux"))
    )


def _span(sentence: Sentence, head: Token) -> tuple[int, int]:
    words = [word for word in sentence.subtree(head) if word.pos not in {"PUNCT", "SPACE"}]
    return (words[0].start, words[-1].end)

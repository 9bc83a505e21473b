"""The condition under which a stance holds, where the sentence states one.

Labels of the parser are not enough here: the words that open a condition decide.
"""

from __future__ import annotations

from workers.stance.finding import Position
from workers.stance.lexicon import Lexicon
from workers.text.tree import Sentence, Token


def condition_of(sentence: Sentence, position: Position, lexicon: Lexicon) -> tuple[int, int] | None:
    """Offsets of the condition on a position, or None.

    A clause counts if it hangs on the position's words or on a verb above them.
    """
    if position.rule == "depend":
        preposition = next((p for p in sentence.children(position.cue, "prep") if p.lower in {"on", "upon"}), None)
        return _span(sentence, preposition) if preposition is not None else None
    if position.rule == "change":
        return _span(sentence, position.target)
    for word in _spine(sentence, position):
        for child in sentence.children(word, "advcl", "prep", "advmod", "npadvmod", "mark"):
            if _opens_condition(sentence, child, lexicon) and not sentence.is_below(position.cue, child):
                return _span(sentence, child)
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


def _opens_condition(sentence: Sentence, child: Token, lexicon: Lexicon) -> bool:
    words = sentence.subtree(child)
    text = " ".join(word.lower for word in words[:6])
    if any(text.startswith(phrase) for phrase in lexicon.condition_phrases):
        return True
    if child.dep == "advcl":
        marks = {word.lower for word in sentence.children(child, "mark")}
        return bool(marks & lexicon.condition_marks) or text.startswith(("only if", "as long", "so long"))
    return child.lower in {"unless", "provided"}


def _span(sentence: Sentence, head: Token) -> tuple[int, int]:
    words = [word for word in sentence.subtree(head) if word.pos not in {"PUNCT", "SPACE"}]
    return (words[0].start, words[-1].end)

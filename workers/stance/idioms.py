"""Stances that lie in a fixed phrase: "poured cold water on the plan", "took Berlin to task", "at odds with Rome".

The phrases are data; their words are followed in the order of the sentence, as parsers often misread idioms.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.stance.finding import Position
from workers.stance.lexicon import Idiom, Lexicon
from workers.stance.slots import is_passive, object_of, thing_done
from workers.stance.turning import turned
from workers.stance.urging import holder_of
from workers.text.tree import Sentence, Token

#: How many words may stand between two words of a phrase, and how many where the target stands between them.
_GAP, _TARGET_GAP = 4, 14
#: What may stand between two words of a phrase: what qualifies them.
_QUALIFYING = {"DET", "PRON", "ADJ", "ADV", "PART", "NUM"}


def by_idiom(sentence: Sentence, token: Token, lexicon: Lexicon) -> Iterator[Position]:
    """As in "throws its weight behind the bid", "was taken to task by Lima", "remains at odds with Seoul"."""
    idioms = lexicon.idioms.get(token.lemma, ()) or lexicon.idioms.get(token.lower, ()) or _participle(token, lexicon)
    for idiom in idioms:
        found = _match(sentence, token, idiom, lexicon)
        if found is None:
            continue
        target, verb, holder = found
        if target is None and not idiom.follows and None in idiom.words:
            continue
        polarity, anchor = turned(sentence, verb or token, idiom.polarity, lexicon)
        if holder is None or polarity is None or (target is not None and holder.i == target.i):
            continue
        yield Position(
            holder=holder,
            target=target,
            polarity=polarity,
            act=idiom.act,
            cue=token,
            rule=f"idiom.{idiom.name}",
            anchor=anchor,
            needs=idiom.needs,
            follows=idiom.follows,
        )
        return


def _participle(token: Token, lexicon: Lexicon) -> tuple[Idiom, ...]:
    """As in "following suit", which taggers take for a preposition."""
    return lexicon.idioms.get(token.lower[:-3], ()) if token.lower.endswith("ing") else ()


def _match(
    sentence: Sentence, first: Token, idiom: Idiom, lexicon: Lexicon
) -> tuple[Token | None, Token | None, Token | None] | None:
    """The target of an idiom that begins at `first`, its verb and its holder."""
    is_verb = first.pos in {"VERB", "AUX"}
    last = _follow(sentence, first, idiom, lexicon)
    if last is None or last.tag == "TO":
        return None
    if (
        idiom.words[-1] is not None
        and None in idiom.words
        and first not in (sentence.head(last), *sentence.ancestors(last))
    ):
        return None
    if None not in idiom.words:
        target = None
    elif is_verb and idiom.words[1] is None:
        target = sentence.child(first, "nsubjpass") if is_passive(sentence, first) else object_of(sentence, first)
        target = target or _of_small_clause(sentence, first)
        if target is last:
            return sentence.child(last, "poss"), _main(sentence, first), holder_of(sentence, first, lexicon)
        if target is not None and not first.i < target.i < last.i and not is_passive(sentence, first):
            return None
    elif idiom.words[-1] is not None:
        target = sentence.child(last, "poss")  # "came to Peru's defence"
    else:
        target = _after(sentence, last, lexicon)
    verb = _main(sentence, first) if is_verb else _governing(sentence, first)
    holder = holder_of(sentence, verb, lexicon) if verb is not None else _modified(sentence, first)
    if holder is None and verb is not None and verb is not first:
        holder = sentence.child(verb, "nsubjpass")  # "is fed up with"
    return target, verb, holder


def _of_small_clause(sentence: Sentence, verb: Token) -> Token | None:
    """As in "holds Chile responsible": the subject of an adjective that the parser took for a clause."""
    clause = sentence.child(verb, "ccomp")
    return sentence.child(clause, "nsubj") if clause is not None and clause.pos == "ADJ" else None


def _main(sentence: Sentence, verb: Token) -> Token:
    """The verb that an auxiliary helps: "is fed up with" has its subject at "fed"."""
    above = sentence.head(verb)
    return above if above is not None and verb.dep in {"aux", "auxpass"} else verb


def _follow(sentence: Sentence, first: Token, idiom: Idiom, lexicon: Lexicon) -> Token | None:
    """The last word of the phrase, if all its words stand there in order."""
    place, is_open = first, False
    for forms in idiom.words[1:]:
        if forms is None:
            is_open = True
            continue
        found = None
        for word in sentence.tokens[place.i + 1 : place.i + 1 + (_TARGET_GAP if is_open else _GAP)]:
            if word.lower in forms or word.lemma in forms:
                found = word
                break
            if word.text == ";" or not (is_open or _may_stand_between(sentence, word, lexicon)):
                break
        if found is None:
            return None
        place, is_open = found, False
    return place


def _may_stand_between(sentence: Sentence, word: Token, lexicon: Lexicon) -> bool:
    """What qualifies the words of a phrase, or says when: "distanced itself on Friday from"."""
    if word.pos in _QUALIFYING or word.tag == "POS" or word.dep == "compound" or word.lower in lexicon.times:
        return True
    under = sentence.child(word, "pobj") if word.pos == "ADP" else None
    return under is not None and under.lower in lexicon.times


def _after(sentence: Sentence, last: Token, lexicon: Lexicon) -> Token | None:
    """What stands after the last word of a phrase: its object, or the next phrase where the parser has it elsewhere."""
    own = sentence.child(last, "pobj", "pcomp")
    if own is None:
        own = next((word for word in sentence.tokens[last.i + 1 : last.i + 2] if word.pos != "PUNCT"), None)
        while own is not None and own.dep in {"det", "amod", "compound", "poss", "nummod", "nmod", "case"}:
            own = sentence.head(own)
        if own is None or own.i <= last.i or own.pos not in {"NOUN", "PROPN", "PRON", "VERB"}:
            return None
    if own.pos == "VERB":
        return thing_done(sentence, own, lexicon)
    return own


def _governing(sentence: Sentence, word: Token) -> Token | None:
    """The verb over a phrase that has none itself."""
    for above in sentence.ancestors(word):
        if above.pos in {"VERB", "AUX"}:
            return above
        if above.pos in {"NOUN", "PROPN"} and above.dep not in {"attr", "dobj", "pobj"}:
            return None
    return None


def _modified(sentence: Sentence, word: Token) -> Token | None:
    """The noun on which a phrase without a verb hangs: "Seoul at odds with Tokyo"."""
    above = sentence.head(word)
    return above if above is not None and above.pos in {"NOUN", "PROPN"} else None

"""Where the target of a predicate stands: its object, the object of a preposition, the subject of a passive.

Only relations are looked at; what the predicate means is the rules' part.
"""

from __future__ import annotations

from workers.stance.lexicon import Frame, Lexicon
from workers.text.tree import Sentence, Token

#: What taggers take for adverbs: "walked back its support".
_PARTICLES = {"back", "aside", "away"}


def target_of(sentence: Sentence, verb: Token, frame: Frame, lexicon: Lexicon) -> Token | None:
    """The target of a frame at `verb`: the subject of a passive, else the first of the frame's slots that is filled."""
    if is_passive(sentence, verb):
        if "object" not in frame.target:
            return None
        own = sentence.child(verb, "nsubjpass")
        if own is not None:
            return own
        if verb.dep == "acl":
            return sentence.head(verb)
        above = sentence.head(verb)
        return sentence.child(above, "nsubjpass") if above is not None and verb.dep == "conj" else None
    for slot in frame.target:
        found = _object_or_deed(sentence, verb, lexicon) if slot == "object" else under(sentence, verb, slot)
        if found is None and frame.only_with_object and slot != "object":
            thing = sentence.child(verb, "dobj")  # "broke off relations with Peru"
            found = under(sentence, thing, slot) if thing is not None else None
        if found is not None:
            return found
    return None


def _object_or_deed(sentence: Sentence, verb: Token, lexicon: Lexicon) -> Token | None:
    """The object; of "opposes lifting the curbs" the deed, of "condemned what it called a raid" the raid."""
    clause = sentence.child(verb, "xcomp", "ccomp", "pcomp", "dobj")
    if clause is not None and clause.pos == "VERB":
        if with_particle(sentence, clause) in lexicon.undoing:
            return clause
        if clause.lemma in lexicon.see_as and any(
            w.lower == "what" for w in sentence.children(clause, "dobj", "nsubj", "nsubjpass")
        ):
            return _called(sentence, clause)
    return object_of(sentence, verb)


def _called(sentence: Sentence, verb: Token) -> Token | None:
    """What somebody calls it: the complement of "what it called a raid", "what he described as a raid"."""
    own = sentence.child(verb, "oprd", "attr", "xcomp")
    return own or under(sentence, verb, "as") or next(iter(sentence.children(verb, "ccomp", "dobj")[-1:]), None)


def shared_target(sentence: Sentence, verb: Token, frame: Frame, lexicon: Lexicon) -> Token | None:
    """As in "Cuba voted against the draft and Chad abstained": the target of the verb before, where this has none."""
    above = sentence.head(verb)
    if not frame.elliptic or verb.dep != "conj" or above is None or not stands_alone(sentence, verb):
        return None
    for slot in ("object", "against", "for", "to", "on", "with"):
        found = _object_or_deed(sentence, above, lexicon) if slot == "object" else under(sentence, above, slot)
        if found is not None:
            return found
    return None


def stands_alone(sentence: Sentence, word: Token) -> bool:
    """Whether nothing stands where a target could: "Malta objected.", "Rome is lukewarm, an envoy said"."""
    return sentence.child(word, "dobj", "xcomp", "ccomp", "attr", "oprd", "dative") is None and not any(
        child.i > word.i for child in sentence.children(word, "prep", "agent")
    )


def object_of(sentence: Sentence, verb: Token) -> Token | None:
    """The object of `verb`, its own or that of the verb below it; the head of a relative clause that has none."""
    objects = sentence.children(verb, "dobj")
    own = tuple(word for word in objects if word.i > verb.i) or objects
    if own:
        # Two words side by side are one phrase that the parser split: "the fisheries protocol".
        found = own[-1] if own[-1].i == own[0].i + 1 else own[0]
        # "any of the strikes": the strikes.
        return (under(sentence, found, "of") or found) if found.pos in {"DET", "PRON"} else found
    clause = sentence.child(verb, "xcomp", "pcomp")
    if clause is not None and clause.pos == "VERB" and sentence.child(clause, "mark", "nsubj", "nsubjpass") is None:
        return object_of(sentence, clause) or under_any(sentence, clause) or clause
    if verb.dep == "relcl" and sentence.child(verb, "nsubj") is not None:
        return sentence.head(verb)
    return _allowed(sentence, verb)


def _allowed(sentence: Sentence, verb: Token) -> Token | None:
    """As in "will not allow the raids to go unpunished": parsers take the object for the subject of what it may do."""
    clause = sentence.child(verb, "ccomp")
    if clause is None or not any(word.lower == "to" for word in sentence.children(clause, "aux")):
        return None
    found = sentence.child(clause, "nsubj", "nsubjpass")
    if found is None or found.i < verb.i:
        return None
    return (under(sentence, found, "of") or found) if found.pos in {"DET", "PRON"} else found


#: Who can be told to do something.
_PEOPLE = {
    *("country", "nation", "state", "people", "party", "side", "leader", "government", "member", "loyalist", "worker"),
    *("citizen", "voter", "official", "supporter", "ally", "partner", "resident", "company", "firm", "minister"),
}


def is_told_to(sentence: Sentence, word: Token) -> bool:
    """As in "urged members to join", "a call for more countries to sign": a clause says what these should do."""
    return (word.lemma in _PEOPLE or word.pos == "PROPN") and any(
        inner.lower == "to"
        for clause in sentence.children(word, "acl", "relcl", "ccomp", "xcomp")
        for inner in sentence.children(clause, "aux")
    )


def is_aim_of_object(sentence: Sentence, verb: Token, lexicon: Lexicon) -> bool:
    """As in "an offer of aid to ease the shortage", "a need for aircraft to back the raids": what a thing is for."""
    noun = sentence.head(verb)
    if verb.dep != "acl" or noun is None or noun.pos != "NOUN":
        return False
    for preposition in sentence.children(noun, "prep"):
        thing = sentence.child(preposition, "pobj")
        if thing is None or not noun.i < preposition.i < verb.i:
            continue
        if preposition.lower == "for" or (preposition.lower == "of" and thing.lemma in lexicon.matters):
            return True
    return False


def thing_done(sentence: Sentence, clause: Token, lexicon: Lexicon) -> Token:
    """What a stance toward doing something is about: the object, or the deed itself where it undoes its object."""
    if with_particle(sentence, clause) in lexicon.undoing:
        return clause
    return object_of(sentence, clause) or under_any(sentence, clause) or clause


def under(sentence: Sentence, word: Token, name: str) -> Token | None:
    """What stands under the preposition `name` at `word`; of a verb there, its object."""
    if name == "out of":
        outer = next(
            (child for child in sentence.children(word, "prep", "advmod", "prt") if child.lower == "out"), None
        )
        return under(sentence, outer, "of") if outer is not None else None
    for child in sentence.children(word, "prep", "dative", "agent", "prt", "advmod"):
        if child.lower == name:
            found = sentence.child(child, "pobj") or sentence.child(child, "pcomp")
            if found is not None and found.dep == "pcomp":
                return object_of(sentence, found) or found
            if found is not None:
                return found
    return None


def under_any(sentence: Sentence, word: Token) -> Token | None:
    """What stands under the first preposition that can point at a target."""
    for child in sentence.children(word, "prep"):
        if (
            child.lower in {"with", "to", "on", "in", "for", "about"}
            and (found := sentence.child(child, "pobj")) is not None
        ):
            return found
    return None


def seat_of(sentence: Sentence, word: Token) -> Token | None:
    """Where a position is taken that nobody else is named for: "was welcomed in Seoul", "unease in Bern over"."""
    if word.pos == "VERB" and (not is_passive(sentence, word) or sentence.child(word, "agent") is not None):
        return None
    for preposition in sentence.children(word, "prep"):
        place = sentence.child(preposition, "pobj")
        if preposition.lower == "in" and place is not None and place.pos == "PROPN":
            return place
    return None


def is_passive(sentence: Sentence, verb: Token) -> bool:
    """Whether `verb` is passive, a reduced relative or coordinated with a passive included."""
    if sentence.child(verb, "nsubjpass", "auxpass") is not None:
        return True
    if verb.tag == "VBN" and verb.dep == "acl":
        return sentence.child(verb, "dobj") is None
    above = sentence.head(verb)
    return (
        verb.dep == "conj"
        and verb.tag == "VBN"
        and above is not None
        and sentence.child(verb, "dobj", "aux") is None
        and is_passive(sentence, above)
    )


def with_particle(sentence: Sentence, verb: Token) -> str:
    """The verb as the lists have it: "rule out" is not "rule", and "back down" is not "back"."""
    particle = sentence.child(verb, "prt") or next(
        (word for word in sentence.children(verb, "advmod") if word.i == verb.i + 1 and word.lower in _PARTICLES), None
    )
    return verb.lemma if particle is None else f"{verb.lemma} {particle.lower}"

"""How the words of a deed, and those they hang on, name its doer: each function knows one way.

Ties that hold wherever in the sentence they stand are `ties`'s part; which of all ways decides is `doers`'s.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.attribution.clauses import subject_of
from workers.attribution.parties import Party
from workers.interference import ties
from workers.interference.scene import Scene, noun_chain
from workers.text.tree import Sentence, Token


def operating(scene: Scene, token: Token) -> Iterator[Party]:
    """A named operation or troll farm: the deed is its own."""
    name = scene.cast.reader.name_at(token)
    if name is not None and name.actor.kind == "operation":
        yield scene.cast.reader.state_named(scene.sentence, token, name)


def modifying(scene: Scene, token: Token) -> Iterator[Party]:
    """As in "Russian interference", "Russia's meddling", "Russia-linked disinformation"."""
    sentence = scene.sentence
    for noun in noun_chain(sentence, token):
        for word in sentence.children(noun, "amod", "compound", "poss", "nmod", "npadvmod"):
            yield from ties.owners(scene, word)
            for inner in sentence.children(word, "npadvmod", "compound", "amod", "conj", "nmod"):
                if word.lower in scene.words.links.suffixes or word.text[0].isupper():
                    yield from ties.owners(scene, inner)


def subject(scene: Scene, token: Token) -> Iterator[Party]:
    """As in "Russia meddled", "Iran trying to influence", "Chinese hackers spent years inside the computers"."""
    sentence = scene.sentence
    for word in (token, *sentence.ancestors(token)):
        if word.pos not in {"VERB", "AUX"}:
            continue
        if word.i != token.i and word.lemma not in scene.words.acts:
            return
        if _is_done_for_others(scene, word):
            continue
        subject = _subject_of(sentence, word)
        if subject is not None and _is_hired(scene, subject):
            return
        parties = [p for p in scene.parties(subject) if not p.place] if subject is not None else []
        yield from parties
        if subject is not None:
            yield from _of_several(scene, subject, parties)
        if subject is not None and not any(party.country for party in parties):
            yield from ties.tied(scene, subject)
        if any(p.country for p in parties) or word.dep in {"ROOT", "ccomp"}:
            return


def _of_several(scene: Scene, subject: Token, parties: list[Party]) -> Iterator[Party]:
    """As in "envoys of Oman and Qatar": the same once more for each further country."""
    known = {party.country for party in parties}
    for item in scene.under(subject, {"of", "from"}) if any(known) else ():
        for part in scene.sentence.conjuncts(item):
            name = scene.cast.reader.name_at(part)
            if name is not None and name.actor.kind == "state" and name.actor.country not in known:
                yield scene.cast.reader.state_named(scene.sentence, part, name)


def _subject_of(sentence: Sentence, verb: Token) -> Token | None:
    """The subject of a verb; the one picked out in "it was Ukraine that interfered", "efforts by China to sway"."""
    several = [word for word in sentence.children(verb, "nsubj") if word.i < verb.i]
    subject = several[-1] if len(several) > 1 else subject_of(sentence, verb)
    above = sentence.head(verb)
    if verb.dep == "acl" and above is not None:
        by = next((p for p in sentence.children(above, "prep", "agent") if p.lower == "by"), None)
        subject = (sentence.child(by, "pobj") if by is not None else None) or subject
    if subject is not None and subject.lower in {"that", "who"} and above is not None and above.lemma == "be":
        return sentence.child(above, "attr") or subject
    return subject


def _is_done_for_others(scene: Scene, verb: Token) -> bool:
    """As in "told its allies to engineer a victory": who tells, not who is told, is behind it."""
    above = scene.sentence.head(verb)
    return (
        above is not None
        and verb.dep in {"xcomp", "ccomp", "advcl"}
        and above.lemma in scene.words.links.hiring
        and scene.sentence.child(above, "dobj") is not None
        and scene.sentence.child(verb, "nsubj") is None
    )


def _is_hired(scene: Scene, subject: Token) -> bool:
    """As in "residents were paid to plant stories": whoever is hired acts for somebody else."""
    verb = scene.sentence.head(subject)
    return subject.dep == "nsubjpass" and verb is not None and verb.lemma in scene.words.links.hiring


def accused_of(scene: Scene, token: Token) -> Iterator[Party]:
    """As in "suspect Qatar of having bought influence": the deed stands under what somebody is accused of."""
    sentence = scene.sentence
    for word in sentence.ancestors(token):
        if word.pos == "VERB" and word.lemma in scene.words.status.accusing:
            blamed = sentence.child(word, "dobj", "nsubjpass")
            if blamed is not None and not sentence.is_below(token, blamed):
                yield from (party for party in scene.parties(blamed) if not _is_of_the_charge(scene, party, blamed))
            return
        if word.lemma in scene.words.links.answerable and word.pos == "ADJ":
            yield from _found_guilty(scene, word)
            return


def _found_guilty(scene: Scene, word: Token) -> Iterator[Party]:
    """As in "found two officers guilty of plotting", "the men are guilty of": who answers for the deed."""
    sentence = scene.sentence
    verb = sentence.head(word)
    if verb is None:
        return
    blamed = sentence.child(word, "nsubj") or sentence.child(verb, "dobj", "nsubjpass") or subject_of(sentence, verb)
    yield from scene.parties(blamed) if blamed is not None else ()


def _is_of_the_charge(scene: Scene, party: Party, blamed: Token) -> bool:
    """As in "accused three men of training in Serbia": the country is the charge's, not the accused's."""
    charge = next((p for p in scene.sentence.children(blamed, "prep") if p.lower == "of"), None)
    mention = party.entity.mention
    if charge is None or party.actor is not None or charge.start >= mention.end:
        return False
    names = scene.cast.reader.names_in(mention.start, mention.end)
    return all(name.start > charge.start for name in names if name.actor.country == party.country)


def denying(scene: Scene, token: Token) -> Iterator[Party]:
    """As in "Moscow denies meddling": who denies it is accused of it."""
    for word in scene.sentence.ancestors(token):
        if word.pos == "VERB" and word.lemma in scene.words.denial.absolute:
            denier = subject_of(scene.sentence, word)
            yield from scene.parties(denier) if denier is not None else ()
            return


def predicated(scene: Scene, token: Token) -> Iterator[Party]:
    """As in "Venezuela was the most active of the states that tried to sway the vote"."""
    sentence = scene.sentence
    for word in (token, *sentence.ancestors(token)):
        noun = sentence.head(word)
        if word.dep not in {"relcl", "acl"} or noun is None:
            continue
        while noun.dep == "pobj" and (preposition := sentence.head(noun)) is not None and preposition.lower == "of":
            upper = sentence.head(preposition)
            if upper is None:
                return
            noun = upper
        verb = sentence.head(noun)
        subject = subject_of(sentence, verb) if verb is not None and noun.dep in {"attr", "acomp"} else None
        if subject is not None:
            yield from scene.parties(subject)


def colluding(scene: Scene, token: Token) -> Iterator[Party]:
    """As in "jailed for conspiring with Senegal to topple the government"."""
    for word in (token, *scene.sentence.ancestors(token)):
        if word.pos == "VERB" and word.lemma in scene.words.links.colluding:
            for item in scene.under(word, {"with"}):
                yield from scene.parties(item)


def by(scene: Scene, token: Token) -> Iterator[Party]:
    """As in "interference by Russia", "carried out by hackers of the GRU"."""
    sentence = scene.sentence
    found = [party for noun in noun_chain(sentence, token) for party in ties.objects(scene, noun, {"by", "from"})]
    for word in (token, *sentence.ancestors(token)):
        if word.pos == "VERB":
            found.extend(ties.objects(scene, word, {"by"}))
    yield from (party for party in found if not party.place)


def linked(scene: Scene, token: Token) -> Iterator[Party]:
    """As in "networks traced to Iran", "a campaign run from St Petersburg"."""
    for noun in noun_chain(scene.sentence, token):
        yield from ties.tied(scene, noun)
        verb = scene.sentence.head(noun)
        if noun.dep == "dobj" and verb is not None and verb.lemma in scene.words.status.removing:
            yield from ties.objects(scene, verb, {"from"})
    yield from ties.traced(scene)


def listed(scene: Scene, token: Token) -> Iterator[Party]:
    """As in "foreign actors - notably Russia and Iran": an apposition anywhere above the deed."""
    for word in scene.sentence.ancestors(token):
        for child in scene.sentence.children(word, "appos"):
            yield from scene.parties(child)

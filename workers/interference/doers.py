"""Who is said to do a deed, within its sentence: the nearest tie decides, from the deed's own words outwards.

A doer must belong to a country or be a foreign power left unnamed; a deed at home is nobody's interference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from stancewire.types import Entity, Span
from workers.attribution.cast import SPEAKER_PRONOUNS
from workers.attribution.clauses import subject_of
from workers.attribution.parties import Party
from workers.interference import ties
from workers.interference.cues import Deed
from workers.interference.scene import Scene, can_claim, noun_chain, unique
from workers.text.tree import Sentence, Token


def doers(scene: Scene, deed: Deed) -> tuple[Party, ...]:
    """Who is said to do the deed: those tied to it most closely; those who say so only if they own up to it."""
    owned = tuple(_owned(scene, deed.token))
    if owned or _is_called_so(scene, deed.token):
        return unique(owned)
    saying = _saying(scene)
    homes = scene.homes
    at_home: tuple[Party, ...] = ()
    for find in _TIES:
        found = tuple(
            party
            for party in find(scene, deed.token)
            if can_act(scene, party) and (find is _accused_of or (party.sentence, party.token) not in saying)
        )
        if any(party.country not in homes for party in found) or (found and find is _accused_of):
            return _with_joined(scene, unique(found))
        at_home = at_home or unique(tuple(party for party in found if not _is_watchful(scene, party)))
        if at_home and find is _by:
            return at_home
    return at_home


def _is_watchful(scene: Scene, party: Party) -> bool:
    """A service, an agency: at home it watches for such deeds."""
    return party.sentence == scene.index and (
        scene.sentence.tokens[party.token].lemma in scene.words.status.assessing_nouns
    )


def _saying(scene: Scene) -> set[tuple[int, int]]:
    """Places of those who say so, under each of their names: "Viginum, the agency that"."""
    places = {(source.sentence, source.token) for source in scene.sources if can_claim(source)}
    for sentence, place in sorted(places):
        if sentence == scene.index:
            token = scene.sentence.tokens[place]
            places.update((sentence, other.i) for other in scene.sentence.children(token, "appos"))
            if token.dep == "appos" and not any(said.cue.text == ":" for said in scene.said):
                places.add((sentence, token.head))
    return places


def _with_joined(scene: Scene, found: tuple[Party, ...]) -> tuple[Party, ...]:
    """With those whom the words of one tie name beside them: "one traced to ... and two to ..."."""
    joined = tuple(party for party in ties.tied_by_words(scene) if can_act(scene, party))
    countries = {party.country for party in found}
    return unique((*found, *joined)) if any(party.country in countries for party in joined) else found


def _is_called_so(scene: Scene, token: Token) -> bool:
    """As in "called the claims fake news": a word for a claim, not for a deed."""
    sentence, words = scene.sentence, scene.words
    for verb in sentence.ancestors(token):
        if verb.pos == "VERB" and verb.lemma in words.denial.calling:
            claims = [word for word in sentence.subtree(verb) if word.lemma in words.status.claims and word.i < token.i]
            return any(sentence.head(word) == verb or word.dep == "nsubj" for word in claims)
    return False


def _owned(scene: Scene, token: Token) -> Iterator[Party]:
    """The source of "we have interfered": who owns up to a deed is its doer."""
    subject = subject_of(scene.sentence, token) if token.pos == "VERB" else None
    if subject is not None and subject.lower in SPEAKER_PRONOUNS:
        for said in scene.said:
            if said.source is not None and token.i in said.content and said.source.country is not None:
                yield said.source


def accused_in(scene: Scene) -> tuple[Party, ...]:
    """Those to whom a sentence lays what was told before it: "traced the network to China", "Moscow was behind it"."""
    for find in (
        ties.traced,
        ties.behind,
        ties.responsible,
        ties.ordered,
        ties.accused,
        ties.serving,
        ties.identified,
        ties.tied_by_words,
        ties.resembling,
        ties.pointed,
    ):
        found = tuple(
            party
            for party in find(scene)
            if can_act(scene, party) and (party.sentence, party.token) not in _saying(scene)
        )
        if found:
            return unique(found)
    return ()


def unnamed(scene: Scene) -> tuple[Party, ...]:
    """A foreign power that the sentence leaves without a name: "foreign actors", "a hostile state"."""
    tokens = scene.sentence.tokens
    for token in tokens:
        for phrase in scene.words.links.unnamed:
            words = tokens[token.i : token.i + len(phrase)]
            if tuple(word.lemma for word in words) == phrase and not scene.is_somebodys(words[-1]):
                span = Span(
                    text=scene.sentence.text[
                        words[0].start - scene.sentence.start : words[-1].end - scene.sentence.start
                    ],
                    start=words[0].start,
                    end=words[-1].end,
                )
                entity = Entity(name=span.text.lower(), type="group", country=None, id=None, mention=span)
                return (Party(entity=entity, state=None, sentence=scene.index, token=words[-1].i, named=False),)
    return ()


def can_act(scene: Scene, party: Party) -> bool:
    """Whether a party may be the doer of anything."""
    words = scene.words
    if party.country is None or party.entity.type == "election":
        return False
    if party.sentence == scene.index and (party.token in scene.masks or scene.is_bystander(party)):
        return False
    lemma = scene.sentence.tokens[party.token].lemma if party.sentence == scene.index else ""
    if lemma in (words.status.assessing_nouns | words.status.public_bodies) - words.links.direct:
        return False
    doing = words.deed.carriers | words.deed.intruders | words.deed.weak | words.links.direct
    return party.entity.type != "thing" or lemma in doing


def _operating(scene: Scene, token: Token) -> Iterator[Party]:
    """A named operation or troll farm: the deed is its own."""
    name = scene.cast.reader.name_at(token)
    if name is not None and name.actor.kind == "operation":
        yield scene.cast.reader.state_named(scene.sentence, token, name)


def _modifying(scene: Scene, token: Token) -> Iterator[Party]:
    """As in "Russian interference", "Russia's meddling", "Russia-linked disinformation"."""
    sentence = scene.sentence
    for noun in noun_chain(sentence, token):
        for word in sentence.children(noun, "amod", "compound", "poss", "nmod", "npadvmod"):
            yield from ties.owners(scene, word)
            for inner in sentence.children(word, "npadvmod", "compound", "amod", "conj", "nmod"):
                if word.lower in scene.words.links.suffixes or word.text[0].isupper():
                    yield from ties.owners(scene, inner)


def _subject(scene: Scene, token: Token) -> Iterator[Party]:
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
    """The subject of a verb; in "it was Ukraine that interfered", the one picked out."""
    several = [word for word in sentence.children(verb, "nsubj") if word.i < verb.i]
    subject = several[-1] if len(several) > 1 else subject_of(sentence, verb)
    above = sentence.head(verb)
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


def _accused_of(scene: Scene, token: Token) -> Iterator[Party]:
    """As in "suspect Qatar of having bought influence": the deed stands under what somebody is accused of."""
    sentence = scene.sentence
    for word in sentence.ancestors(token):
        if word.pos == "VERB" and word.lemma in scene.words.status.accusing:
            blamed = sentence.child(word, "dobj", "nsubjpass")
            if blamed is not None and not sentence.is_below(token, blamed):
                yield from (party for party in scene.parties(blamed) if not _is_of_the_charge(scene, party, blamed))
            return


def _is_of_the_charge(scene: Scene, party: Party, blamed: Token) -> bool:
    """As in "accused three men of training in Serbia": the country is the charge's, not the accused's."""
    charge = next((p for p in scene.sentence.children(blamed, "prep") if p.lower == "of"), None)
    mention = party.entity.mention
    if charge is None or party.actor is not None or charge.start >= mention.end:
        return False
    names = scene.cast.reader.names_in(mention.start, mention.end)
    return all(name.start > charge.start for name in names if name.actor.country == party.country)


def _denying(scene: Scene, token: Token) -> Iterator[Party]:
    """As in "Moscow denies meddling": who denies it is accused of it."""
    for word in scene.sentence.ancestors(token):
        if word.pos == "VERB" and word.lemma in scene.words.denial.absolute:
            denier = subject_of(scene.sentence, word)
            yield from scene.parties(denier) if denier is not None else ()
            return


def _predicated(scene: Scene, token: Token) -> Iterator[Party]:
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


def _colluding(scene: Scene, token: Token) -> Iterator[Party]:
    """As in "jailed for conspiring with Senegal to topple the government"."""
    for word in (token, *scene.sentence.ancestors(token)):
        if word.pos == "VERB" and word.lemma in scene.words.links.colluding:
            for item in scene.under(word, {"with"}):
                yield from scene.parties(item)


def _by(scene: Scene, token: Token) -> Iterator[Party]:
    """As in "interference by Russia", "carried out by hackers of the GRU"."""
    sentence = scene.sentence
    found = [party for noun in noun_chain(sentence, token) for party in ties.objects(scene, noun, {"by", "from"})]
    for word in (token, *sentence.ancestors(token)):
        if word.pos == "VERB":
            found.extend(ties.objects(scene, word, {"by"}))
    yield from (party for party in found if not party.place)


def _linked(scene: Scene, token: Token) -> Iterator[Party]:
    """As in "networks traced to Iran", "a campaign run from St Petersburg"."""
    for noun in noun_chain(scene.sentence, token):
        yield from ties.tied(scene, noun)
    yield from ties.traced(scene)


def _listed(scene: Scene, token: Token) -> Iterator[Party]:
    """As in "foreign actors - notably Russia and Iran": an apposition anywhere above the deed."""
    for word in scene.sentence.ancestors(token):
        for child in scene.sentence.children(word, "appos"):
            yield from scene.parties(child)


def _anywhere(find: Callable[[Scene], Iterator[Party]]) -> Callable[[Scene, Token], Iterator[Party]]:
    """A tie that holds for whatever the sentence tells."""
    return lambda scene, _: find(scene)


_TIES: tuple[Callable[[Scene, Token], Iterator[Party]], ...] = (
    _operating,
    _modifying,
    _accused_of,
    _colluding,
    _subject,
    _denying,
    _predicated,
    _by,
    _linked,
    _anywhere(ties.behind),
    _anywhere(ties.responsible),
    _anywhere(ties.ordered),
    _anywhere(ties.accused),
    _listed,
    _anywhere(ties.serving),
    _anywhere(ties.threatening),
    _anywhere(ties.identified),
    _anywhere(ties.tied_by_words),
    _anywhere(ties.resembling),
    _anywhere(ties.pointed),
)

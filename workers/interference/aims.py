"""Whom a deed is aimed at, and at which vote.

Countries first, then public things; a state is never the target of its own deed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from workers.attribution.parties import Party
from workers.interference.cues import Deed
from workers.interference.scene import Scene, is_go_between, is_known_body, noun_chain, unique
from workers.text.tree import Token

_TOWARD = frozenset(
    "about in into on against with at of to toward towards across targeting over during around within".split()
)
_INTO = frozenset({"into", "to", "against", "at", "on"})
_AT = frozenset({"at", "against", "toward", "towards"})
_WHERE = frozenset({"in", "of", "at", "across", "from"})
_DEPTH = 2


def targets(scene: Scene, deed: Deed, actors: Collection[Party]) -> tuple[Party, ...]:
    """Whom the deed is aimed at: countries first, then public things; none if the sentence names none."""
    barred = {actor.country for actor in actors}
    nearest = _aims(scene, tuple(_aimed(scene, deed.token)), barred) + aims_of(scene, barred)
    with_country = tuple(party for party in nearest if party.country is not None or is_known_body(party))
    return unique(with_country) or unique(tuple(_events(scene, barred))) or nearest[:1]


def aims_of(scene: Scene, barred: Collection[str | None]) -> tuple[Party, ...]:
    """Parties at which anything in the sentence is aimed, whatever it is."""
    return _aims(scene, tuple(_aimed_at(scene)), barred)


def impersonated(scene: Scene, barred: Collection[str | None]) -> tuple[Party, ...]:
    """The countries of those for whom somebody passes himself off: it is their public that is deceived."""
    found = [
        state
        for name in scene.names
        if name.actor.country not in {None, *barred}
        and any(token.i in scene.masks for token in scene.sentence.at(name.start, name.end))
        and (state := scene.state_of(scene.party_of(name))) is not None
    ]
    return unique(tuple(found))


def event_in(scene: Scene) -> Party | None:
    """The vote that the sentence names first."""
    for token in scene.sentence.tokens:
        if token.lemma in scene.words.event_nouns and token.pos == "NOUN":
            party = scene.cast.party(scene.sentence, token)
            if party is not None and party.entity.type == "election":
                return party
    return None


def elsewhere(scene: Scene, barred: Collection[str | None]) -> tuple[Party, ...]:
    """The one other country that a sentence speaks of beside those `barred`, or the several that it lists together."""
    spoken_of: dict[str, Party] = {}
    places: dict[str, Party] = {}
    lists: set[int] = set()
    for name in scene.names:
        country = name.actor.country
        if country is None or country in barred or name.actor.kind == "operation" or is_go_between(name.actor):
            continue
        token = scene.sentence.at(name.start, name.end)[-1]
        party = scene.cast.reader.state_named(scene.sentence, token, name)
        state = scene.state_of(party)
        if state is not None and name.actor.kind != "outlet":
            lists.add(scene.sentence.first_conjunct(token).i)
            (places if party.place else spoken_of).setdefault(country, state)
    chosen = {**places, **spoken_of} if len(lists) == 1 else spoken_of or places
    return tuple(chosen.values()) if len(chosen) == 1 or len(lists) == 1 else ()


def _aims(scene: Scene, aimed_at: tuple[Token, ...], barred: Collection[str | None]) -> tuple[Party, ...]:
    found: list[Party] = []
    for word in aimed_at:
        for party in scene.parties(word):
            if scene.is_bystander(party):
                continue
            if _is_own_tool(scene, word):
                continue
            if is_known_body(party):
                found.append(party)
            elif party.country not in barred and (
                party.country is not None or word.lemma in scene.words.institution_nouns
            ):
                found.append(party)
                if party.country is not None:
                    known = {*barred, party.country}
                    found.extend(_of_country(scene, word, known))
                    whose = (other for item in scene.under(word, {"of"}) for other in scene.parties(item))
                    found.extend(other for other in whose if other.country is not None and other.country not in known)
            elif party.country is None or party.country in barred:
                found.extend(_of_country(scene, word, barred))
                found.extend(_bodies(scene, word))
    return tuple(found)


def _bodies(scene: Scene, word: Token) -> Iterator[Party]:
    """International bodies to which what is aimed at belongs: "members of the Council of Europe's assembly"."""
    for part in (word, *scene.under(word, {"of"})):
        for owner in (part, *scene.sentence.children(part, "poss", "compound", "nmod")):
            name = scene.cast.reader.name_at(owner)
            party = scene.cast.reader.state_named(scene.sentence, owner, name) if name is not None else None
            if party is not None and is_known_body(party):
                yield party


def _is_own_tool(scene: Scene, word: Token) -> bool:
    """As in "was using its assistant": what belongs to the platform that speaks."""
    owner = scene.sentence.child(word, "poss")
    party = scene.cast.party(scene.sentence, owner) if owner is not None and owner.pos == "PRON" else None
    return party is not None and party.actor is not None and is_go_between(party.actor)


def _aimed_at(scene: Scene) -> Iterator[Token]:
    """As in "whose posts were aimed at readers in Australia", "targeting voters"."""
    sentence = scene.sentence
    for word in sentence.tokens:
        if word.pos == "VERB" and word.lemma in scene.words.deed.aiming:
            yield from sentence.children(word, "dobj", "nsubjpass")
            yield from scene.under(word, _AT)
            for loose in sentence.children(word, "prep"):
                for item in sentence.children(loose, "pobj"):
                    yield from scene.under(item, _AT)


def _of_country(scene: Scene, word: Token, barred: Collection[str | None], depth: int = 0) -> Iterator[Party]:
    """Where what is aimed at belongs: "voters in Chile", "politicians from several states of the Union"."""
    for place in scene.under(word, _WHERE):
        for part in scene.sentence.conjuncts(place):
            name = scene.cast.reader.name_at(part)
            party = scene.cast.reader.read(scene.sentence, part) if name is not None else None
            if party is not None and party.country is not None and party.country not in barred:
                yield party
            elif name is None and depth < _DEPTH:
                yield from _of_country(scene, part, barred, depth + 1)


def _aimed(scene: Scene, token: Token) -> Iterator[Token]:
    """Words at which the deed points: its object, and the objects of its prepositions."""
    sentence, deed = scene.sentence, scene.words.deed
    for word in noun_chain(sentence, token):
        is_hiring = _is_hiring(scene, word)
        done_to = sentence.children(word, "dobj", "nsubjpass", "attr")
        yield from (w for w in done_to if not is_hiring or w.lemma in scene.words.institution_nouns)
        yield from _under_prepositions(scene, word)
        for clause in sentence.children(word, "acl", "xcomp", "advcl"):
            if clause.pos == "VERB" and (item := sentence.child(clause, "dobj")) is not None:
                yield item
                yield from _under_prepositions(scene, clause)
    yield from _beside(scene, token)
    for above in sentence.ancestors(token):
        if above.pos == "VERB" and above.lemma in deed.sway | deed.verbs:
            yield from sentence.children(above, "dobj")
            yield from _under_prepositions(scene, above)


def _is_hiring(scene: Scene, verb: Token) -> bool:
    """As in "paid a man to set fire to": whoever is hired for a deed, unless of public life, is not aimed at by it."""
    is_hiring = verb.pos == "VERB" and verb.lemma in scene.words.links.hiring - scene.words.deed.sway
    return is_hiring and any(clause.tag == "VB" for clause in scene.sentence.children(verb, "xcomp", "advcl", "acl"))


def _beside(scene: Scene, token: Token) -> Iterator[Token]:
    """What the verb of a deed does to whom: "bribes bought support in", "was read by hackers", "passed money to"."""
    sentence = scene.sentence
    noun = noun_chain(sentence, token)[-1]
    verb = sentence.head(noun)
    if verb is not None and verb.dep == "agent" and noun.dep == "pobj":
        verb = sentence.head(verb)
        yield from sentence.children(verb, "nsubjpass") if verb is not None else ()
    elif verb is not None and verb.pos == "VERB" and noun.dep in {"nsubj", "dobj"}:
        if noun.dep == "nsubj":
            yield from sentence.children(verb, "dobj")
        yield from scene.under(verb, _INTO)
        for item in sentence.children(verb, "dobj") if noun.dep == "nsubj" else ():
            yield from _under_prepositions(scene, item)


def _under_prepositions(scene: Scene, word: Token) -> Iterator[Token]:
    sentence = scene.sentence
    for preposition in sentence.children(word, "prep", "agent"):
        if preposition.lower in _TOWARD:
            for item in sentence.children(preposition, "pobj", "pcomp"):
                yield item if item.pos != "VERB" else (sentence.child(item, "dobj") or item)


def _events(scene: Scene, barred: Collection[str | None]) -> Iterator[Party]:
    """Votes named in the sentence, by their country: "Recent elections in Georgia and Moldova"."""
    for token in scene.sentence.tokens:
        if token.lemma in scene.words.event_nouns and token.pos == "NOUN":
            found = tuple(_of_country(scene, token, barred))
            yield from found
            if not found:
                party = scene.cast.party(scene.sentence, token)
                if party is not None and party.country is not None and party.country not in barred:
                    yield party

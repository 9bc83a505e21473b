"""Doers and targets of a deed within its sentence.

A doer must belong to a country; a deed at home is nobody's interference and is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workers.attribution.cast import Cast
from workers.attribution.clauses import subject_of
from workers.attribution.parties import Party
from workers.interference.cues import Deed
from workers.interference.lexicon import Lexicon
from workers.text.names import Name
from workers.text.tree import Sentence, Token

_AIMS = (
    "about",
    "in",
    "into",
    "on",
    "against",
    "with",
    "at",
    "of",
    "to",
    "toward",
    "across",
    "targeting",
    "over",
    "during",
    "around",
    "within",
)


def doers(
    sentence: Sentence, deed: Deed, cast: Cast, lexicon: Lexicon, sources: tuple[Party, ...]
) -> tuple[Party, ...]:
    """Who is said to do the deed: those tied to it most closely, never those who say so."""
    saying = {(source.sentence, source.token) for source in sources}
    for find in (
        _operating,
        _modifying,
        _subject,
        _accused_of,
        _by,
        _linked,
        _behind,
        _ordered,
        _accused,
        _listed,
        _threat,
    ):
        found = tuple(
            party
            for party in find(sentence, deed.token, cast, lexicon)
            if _can_act(sentence, party, lexicon) and (party.sentence, party.token) not in saying
        )
        if found:
            return _unique(found)
    return ()


def accused_in(sentence: Sentence, cast: Cast, lexicon: Lexicon) -> tuple[Party, ...]:
    """Those to whom a sentence lays what was told before it: "traced the network to China", "Moscow was behind it"."""
    root = sentence.tokens[0]
    for find in (_traced, _behind, _ordered, _accused):
        found = tuple(p for p in find(sentence, root, cast, lexicon) if _can_act(sentence, p, lexicon))
        if found:
            return _unique(found)
    return ()


def _ordered(sentence: Sentence, token: Token, cast: Cast, lexicon: Lexicon) -> Iterator[Party]:
    """As in "took their orders from officers in Moscow", "on behalf of Tehran", "the money had come from Ankara"."""
    for word in sentence.tokens:
        if word.lemma in lexicon.ordering and word.pos in {"NOUN", "VERB"}:
            yield from _objects(sentence, word, cast, {"from", "of"}, lexicon)
            above = sentence.head(word)
            if word.dep == "dobj" and above is not None:
                yield from _objects(sentence, above, cast, {"from"}, lexicon)


def _accused_of(sentence: Sentence, token: Token, cast: Cast, lexicon: Lexicon) -> Iterator[Party]:
    """As in "suspect Qatar of having bought influence": the deed stands under what somebody is accused of."""
    for word in sentence.ancestors(token):
        if word.pos == "VERB" and word.lemma in lexicon.accusing:
            accused = sentence.child(word, "dobj", "nsubjpass")
            if accused is not None and not sentence.is_below(token, accused):
                yield from cast.parties(sentence, accused)
            return
        if word.pos == "VERB" and word.lemma == "deny" and (denier := subject_of(sentence, word)) is not None:
            yield from cast.parties(sentence, denier)
            return


def _can_act(sentence: Sentence, party: Party, lexicon: Lexicon) -> bool:
    if party.country is None or party.entity.type == "election":
        return False
    lemma = sentence.tokens[party.token].lemma if party.sentence == sentence.index else ""
    if lemma in lexicon.assessing_nouns - lexicon.direct:
        return False
    return party.entity.type != "thing" or lemma in lexicon.carriers | lexicon.intruders | lexicon.weak | lexicon.direct


def _unique(parties: tuple[Party, ...]) -> tuple[Party, ...]:
    seen: dict[str | None, Party] = {}
    for party in parties:
        seen.setdefault(party.country, party)
    return tuple(seen.values())


def _operating(sentence: Sentence, token: Token, cast: Cast, lexicon: Lexicon) -> Iterator[Party]:
    """A named operation or troll farm: the deed is its own."""
    name = cast.reader.name_at(token)
    if name is not None and name.actor.kind == "operation":
        yield cast.reader.state_named(sentence, token, name)


def _modifying(sentence: Sentence, token: Token, cast: Cast, lexicon: Lexicon) -> Iterator[Party]:
    """As in "Russian interference", "Russia's meddling", "Russia-linked disinformation"."""
    for noun in _noun_chain(sentence, token):
        for word in sentence.children(noun, "amod", "compound", "poss", "nmod", "npadvmod"):
            yield from _owner(sentence, word, cast)
            for inner in sentence.children(word, "npadvmod", "compound", "amod", "conj", "nmod"):
                if word.lower in lexicon.link_suffixes or word.text[0].isupper():
                    yield from _owner(sentence, inner, cast)


def _owner(sentence: Sentence, word: Token, cast: Cast) -> Iterator[Party]:
    for part in sentence.conjuncts(word):
        name = cast.reader.name_at(part)
        if name is not None and name.actor.country is not None and _acts_for_itself(name):
            yield cast.reader.state_named(sentence, part, name)
        elif part.pos == "PRON" and part.dep == "poss":
            party = cast.party(sentence, part)
            if party is not None and party.entity.type in {"state", "organisation", "group"}:
                yield party


def _acts_for_itself(name: Name) -> bool:
    """Not a platform or an outlet: "Facebook accounts" are not Facebook's."""
    return name.actor.kind in {"state", "operation", "person"} or name.actor.speaks_for_state


def _noun_chain(sentence: Sentence, token: Token) -> list[Token]:
    """The deed and the nouns that carry it ("a campaign of disinformation", "disinformation campaigns")."""
    chain = [token]
    current = token
    for _ in range(3):
        above = sentence.head(current)
        if above is None:
            break
        if current.dep in {"compound", "amod", "conj", "nmod"} and above.pos in {"NOUN", "PROPN"}:
            current = above
        elif (
            current.dep in {"pobj", "pcomp"}
            and above.lower in {"of", "including", "at", "in", "by"}
            and (upper := sentence.head(above)) is not None
            and upper.pos == "NOUN"
        ):
            current = upper
        elif current.dep in {"acl"} and above.pos == "NOUN":
            current = above
        else:
            break
        chain.append(current)
    return chain


def _subject(sentence: Sentence, token: Token, cast: Cast, lexicon: Lexicon) -> Iterator[Party]:
    """As in "Russia meddled", "Iran trying to influence", "Chinese hackers spent years inside the computers"."""
    for word in (token, *sentence.ancestors(token)):
        if word.pos not in {"VERB", "AUX"}:
            continue
        if word.i != token.i and word.lemma not in lexicon.doing | lexicon.sway | lexicon.deed_verbs:
            return
        subject = subject_of(sentence, word)
        parties = [p for p in cast.parties(sentence, subject) if not p.place] if subject is not None else []
        yield from parties
        if subject is not None:
            yield from _tied(sentence, subject, cast, lexicon)
        if any(p.country for p in parties) or word.dep in {"ROOT", "ccomp"}:
            return


def _threat(sentence: Sentence, token: Token, cast: Cast, lexicon: Lexicon) -> Iterator[Party]:
    """As in "Russia remains the most active threat"."""
    for word in sentence.tokens:
        if word.lemma in lexicon.culprits and word.dep in {"attr", "dobj", "oprd"}:
            verb = sentence.head(word)
            subject = subject_of(sentence, verb) if verb is not None else None
            if subject is not None:
                yield from cast.parties(sentence, subject)


def _tied(sentence: Sentence, noun: Token, cast: Cast, lexicon: Lexicon) -> Iterator[Party]:
    """Those to whom a noun is tied: appositions ("actors, notably Russia"), "linked to Iran", "from Russia"."""
    for child in sentence.children(noun, "appos"):
        yield from cast.parties(sentence, child)
    for child in sentence.children(noun, "acl", "relcl", "amod"):
        if child.lemma in lexicon.link_verbs:
            yield from _objects(sentence, child, cast, {"to", "by", "from", "in", "with"})
    yield from _objects(sentence, noun, cast, {"from", "in", "of"})
    for preposition in sentence.children(noun, "prep"):
        if preposition.lower == "with":
            for bond in sentence.children(preposition, "pobj"):
                if bond.lemma in {"tie", "link", "connection", "contact"}:
                    yield from _objects(sentence, bond, cast, {"to", "with"})


def _objects(
    sentence: Sentence, word: Token, cast: Cast, prepositions: set[str], lexicon: Lexicon | None = None
) -> Iterator[Party]:
    """Parties under the prepositions of `word`; through "people associated with" where `lexicon` is given."""
    for preposition in sentence.children(word, "prep", "agent"):
        if preposition.lower not in prepositions:
            continue
        for item in sentence.children(preposition, "pobj"):
            parties = cast.parties(sentence, item)
            yield from parties
            if any(party.country for party in parties):
                continue
            if lexicon is not None:
                yield from _tied(sentence, item, cast, lexicon)
            for inner in sentence.children(item, "prep"):
                if inner.lower == "of":
                    yield from (p for o in sentence.children(inner, "pobj") for p in cast.parties(sentence, o))


def _linked(sentence: Sentence, token: Token, cast: Cast, lexicon: Lexicon) -> Iterator[Party]:
    """As in "networks traced to Iran", "a campaign run from St Petersburg"."""
    for noun in _noun_chain(sentence, token):
        yield from _tied(sentence, noun, cast, lexicon)
    yield from _traced(sentence, token, cast, lexicon)


def _traced(sentence: Sentence, token: Token, cast: Cast, lexicon: Lexicon) -> Iterator[Party]:
    """As in "tied the network to people associated with Chinese police", wherever in the sentence."""
    for word in sentence.tokens:
        if word.lemma in lexicon.link_verbs and word.tag in {"VBN", "VBD", "VBZ"} and word.pos == "VERB":
            yield from _objects(sentence, word, cast, {"to", "by"}, lexicon)


def _by(sentence: Sentence, token: Token, cast: Cast, lexicon: Lexicon) -> Iterator[Party]:
    """As in "interference by Russia", "carried out by hackers of the GRU"."""
    for noun in _noun_chain(sentence, token):
        yield from _objects(sentence, noun, cast, {"by", "from"})
    for word in (token, *sentence.ancestors(token)):
        if word.pos == "VERB":
            yield from _objects(sentence, word, cast, {"by"})


def _behind(sentence: Sentence, token: Token, cast: Cast, lexicon: Lexicon) -> Iterator[Party]:
    """As in "Moscow was behind the attacks"."""
    for word in sentence.tokens:
        if word.lower == "behind" and word.dep == "prep":
            verb = sentence.head(word)
            if verb is None:
                continue
            subject = subject_of(sentence, verb) or (verb if verb.pos in {"NOUN", "PROPN"} else None)
            if subject is not None:
                yield from cast.parties(sentence, subject)


def _accused(sentence: Sentence, token: Token, cast: Cast, lexicon: Lexicon) -> Iterator[Party]:
    """As in "accused Moscow of meddling", "blamed the attack on Iran", "attributed it to China"."""
    for word in sentence.tokens:
        if word.lemma == "sanction" and word.pos == "NOUN":
            yield from _objects(sentence, word, cast, {"on", "against"})
            above = sentence.head(word)
            if above is not None and above.pos == "VERB":
                yield from _objects(sentence, above, cast, {"on", "against"})
        if word.lemma in lexicon.accusing and word.pos == "VERB":
            accused = sentence.child(word, "dobj", "nsubjpass")
            if accused is not None:
                yield from cast.parties(sentence, accused)
            yield from _objects(sentence, word, cast, {"on"})
        if word.lemma in {"attribute", "trace", "pin", "ascribe", "lay"} and word.pos == "VERB":
            yield from _objects(sentence, word, cast, {"to", "on"})


def _listed(sentence: Sentence, token: Token, cast: Cast, lexicon: Lexicon) -> Iterator[Party]:
    """As in "foreign actors - notably Russia and Iran": an apposition anywhere above the deed."""
    for word in sentence.ancestors(token):
        for child in sentence.children(word, "appos"):
            yield from cast.parties(sentence, child)


def targets(
    sentence: Sentence, deed: Deed, cast: Cast, lexicon: Lexicon, actors: tuple[Party, ...]
) -> tuple[Party, ...]:
    """Whom the deed is aimed at: countries first, then public things; none if the sentence names none."""
    barred = {actor.country for actor in actors}
    nearest = _aims(sentence, tuple(_aimed(sentence, deed.token, lexicon)), cast, lexicon, barred)
    nearest += aims_of(sentence, cast, lexicon, barred)
    with_country = tuple(party for party in nearest if party.country is not None)
    return _unique(with_country) or _unique(tuple(_events(sentence, cast, lexicon, barred))) or nearest[:1]


def aims_of(sentence: Sentence, cast: Cast, lexicon: Lexicon, barred: set[str | None]) -> tuple[Party, ...]:
    """Parties at which anything in the sentence is aimed, whatever it is."""
    return _aims(sentence, tuple(_aimed_at(sentence, lexicon)), cast, lexicon, barred)


def _aims(
    sentence: Sentence, words: tuple[Token, ...], cast: Cast, lexicon: Lexicon, barred: set[str | None]
) -> tuple[Party, ...]:
    found: list[Party] = []
    for word in words:
        for party in cast.parties(sentence, word):
            if party.country not in barred and (party.country is not None or word.lemma in lexicon.institution_nouns):
                found.append(party)
                if party.country is not None:
                    found.extend(_of_country(sentence, word, cast, {*barred, party.country}))
            elif party.country is None or party.country in barred:
                found.extend(_of_country(sentence, word, cast, barred))
    return tuple(found)


def elsewhere(sentence: Sentence, cast: Cast, barred: set[str | None]) -> tuple[Party, ...]:
    """The one other country that a sentence speaks of beside those `barred`; none if it speaks of several."""
    spoken_of: dict[str, Party] = {}
    places: dict[str, Party] = {}
    for name in cast.reader.names_in(sentence.start, sentence.end):
        country = name.actor.country
        if country is None or country in barred or name.actor.kind in {"outlet", "operation"}:
            continue
        token = sentence.at(name.start, name.end)[-1]
        party = cast.reader.state_named(sentence, token, name)
        state = cast.reader.state(country, party.entity.mention)
        if state is not None:
            found = places if party.place else spoken_of
            found.setdefault(country, replace(party, entity=state, state=None))
    found = spoken_of or places
    return tuple(found.values()) if len(found) == 1 else ()


def _aimed_at(sentence: Sentence, lexicon: Lexicon) -> Iterator[Token]:
    """As in "whose posts were aimed at readers in Australia", "targeting voters"."""
    for word in sentence.tokens:
        if word.pos == "VERB" and word.lemma in lexicon.aiming:
            yield from sentence.children(word, "dobj", "nsubjpass")
            for preposition in sentence.children(word, "prep"):
                if preposition.lower in {"at", "against", "toward", "towards"}:
                    yield from sentence.children(preposition, "pobj")


def _of_country(sentence: Sentence, word: Token, cast: Cast, barred: set[str | None]) -> Iterator[Party]:
    for preposition in sentence.children(word, "prep"):
        if preposition.lower in {"in", "of", "at", "across"}:
            for place in sentence.children(preposition, "pobj"):
                for part in sentence.conjuncts(place):
                    name = cast.reader.name_at(part)
                    party = cast.reader.read(sentence, part) if name is not None else None
                    if party is not None and party.country is not None and party.country not in barred:
                        yield party


def _aimed(sentence: Sentence, token: Token, lexicon: Lexicon) -> Iterator[Token]:
    """Words at which the deed points: its object, and the objects of its prepositions."""
    for word in _noun_chain(sentence, token):
        yield from sentence.children(word, "dobj", "nsubjpass", "attr")
        yield from _under_prepositions(sentence, word)
        for clause in sentence.children(word, "acl", "xcomp", "advcl"):
            if clause.pos == "VERB" and (item := sentence.child(clause, "dobj")) is not None:
                yield item
                yield from _under_prepositions(sentence, clause)
    for above in sentence.ancestors(token):
        if above.pos == "VERB" and above.lemma in lexicon.sway | lexicon.deed_verbs:
            yield from sentence.children(above, "dobj")
            yield from _under_prepositions(sentence, above)


def _under_prepositions(sentence: Sentence, word: Token) -> Iterator[Token]:
    for preposition in sentence.children(word, "prep", "agent"):
        if preposition.lower in _AIMS:
            for item in sentence.children(preposition, "pobj", "pcomp"):
                yield item if item.pos != "VERB" else (sentence.child(item, "dobj") or item)


def _events(sentence: Sentence, cast: Cast, lexicon: Lexicon, barred: set[str | None]) -> Iterator[Party]:
    """Votes named in the sentence, by their country: "Recent elections in Georgia and Moldova"."""
    for token in sentence.tokens:
        if token.lemma in lexicon.event_nouns and token.pos == "NOUN":
            found = tuple(_of_country(sentence, token, cast, barred))
            yield from found
            if not found:
                party = cast.party(sentence, token)
                if party is not None and party.country is not None and party.country not in barred:
                    yield party

"""One sentence with what bears on it: who is who, who speaks in it, and the word lists.

It only answers questions about the sentence; what follows from the answers is decided by the rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from config.knowledge.actors import KnownActor
from workers.attribution.cast import Cast
from workers.attribution.parties import Party
from workers.attribution.speech import Attribution
from workers.interference.lexicon import Lexicon
from workers.text.names import Name
from workers.text.tree import Sentence, Token

#: Claimants who do not speak for their country.
PRIVATE = frozenset({"technology_company", "media", "civil_society", "private_consultancy"})
#: How many words a headline has before its colon.
_HEAD = 12


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A sentence and its surroundings."""

    sentence: Sentence
    cast: Cast
    words: Lexicon
    said: tuple[Attribution, ...]

    @property
    def index(self) -> int:
        """Place of the sentence in its field."""
        return self.sentence.index

    @property
    def sources(self) -> tuple[Party, ...]:
        """Those to whom words of the sentence are laid."""
        said = tuple(
            s.source
            for s in self.said
            if s.source is not None and s.held != "denied" and not s.negated and not self._is_order(s)
        )
        return (*said, *self.announcers)

    def _is_order(self, said: Attribution) -> bool:
        """As in "was telling its allies to engineer a victory": no words, but a deed."""
        is_told = (
            self.sentence.child(said.cue, "dobj") is not None and self.sentence.child(said.cue, "xcomp") is not None
        )
        return is_told and said.cue.lemma in self.words.links.hiring

    @property
    def homes(self) -> set[str | None]:
        """Countries of those who speak, but for the press and others who do not speak for theirs."""
        return {s.country for s in self.sources if can_claim(s) and s.category not in PRIVATE}

    @cached_property
    def announcers(self) -> tuple[Party, ...]:
        """Those named before the colon of a headline: "FBI, CISA: Foreign hackers ..."."""
        colon = next((token for token in self.sentence.tokens[:_HEAD] if token.text == ":"), None)
        if colon is None or any(said.cue.text == ":" for said in self.said):
            return ()
        before = self.cast.reader.names_in(self.sentence.start, colon.start)
        return tuple(self.party_of(name) for name in before if name.actor.kind != "state" or name.form == "seat")

    @property
    def names(self) -> tuple[Name, ...]:
        """Known names in the sentence."""
        return self.cast.reader.names_in(self.sentence.start, self.sentence.end)

    @property
    def platform_speaks(self) -> bool:
        """Whether a technology company is named: it takes down, or tells of, what deceives on its pages."""
        return any(name.actor.subkind == "technology_company" for name in self.names)

    @cached_property
    def masks(self) -> frozenset[int]:
        """Places of the words for whom somebody passes himself off: "posing as American students"."""
        tokens = self.sentence.tokens
        places: set[int] = set()
        for token in tokens:
            if token.lemma in self.words.deed.posing:
                follows = [w for w in tokens[token.i + 1 : token.i + 4] if w.lower in {"as", "be", "represent"}]
                for word in tokens[follows[0].i + 1 : follows[0].i + 14] if follows else ():
                    if word.pos in {"VERB", "AUX"} or (word.pos == "PUNCT" and word.text != ","):
                        break
                    places.add(word.i)
        return frozenset(places)

    def is_bystander(self, party: Party) -> bool:
        """Of a country only by a platform's or a free outlet's name, or by what it is against ("anti-China")."""
        if self._is_contrasted(self.sentence.tokens[party.token]):
            return True
        if party.actor is not None:
            return is_go_between(party.actor)
        if party.entity.type == "media" and not party.official:
            return True
        mention = party.entity.mention
        names = self.cast.reader.names_in(mention.start, mention.end)
        theirs = [name for name in names if name.actor.country == party.country]
        text, start = self.sentence.text.lower(), self.sentence.start
        return bool(theirs) and all(
            is_go_between(name.actor) or text[: name.start - start].endswith(("anti-", "anti ")) for name in theirs
        )

    def is_somebodys(self, noun: Token) -> bool:
        """Whether a noun belongs to a country: "Moscow's foreign intelligence service"."""
        return self.cast.reader.country_of(self.sentence, noun) is not None

    def _is_contrasted(self, token: Token) -> bool:
        """As in "India rather than China", "Iran, not Russia"."""
        before = [word.lower for word in self.sentence.tokens[max(0, token.i - 3) : token.i]]
        return before[-2:] in (["rather", "than"], ["instead", "of"], [",", "not"]) or before[:2] == ["rather", "than"]

    def parties(self, token: Token) -> tuple[Party, ...]:
        """The party under `token` and those coordinated with it."""
        return self.cast.parties(self.sentence, token)

    def party_of(self, name: Name) -> Party:
        """Whoever is meant by a name: the body that an adjective describes, else the actor named."""
        token = self.sentence.at(name.start, name.end)[-1]
        above = self.sentence.head(token)
        if (
            name.form in {"adjective", "name"}
            and token.dep in {"amod", "compound", "poss", "nmod"}
            and above is not None
        ):
            party = self.cast.party(self.sentence, above)
            if party is not None and party.country == name.actor.country and party.entity.type != "election":
                return party
        return self.cast.reader.state_named(self.sentence, token, name)

    def state_of(self, party: Party) -> Party | None:
        """The state to which a party belongs, mentioned where the party is."""
        state = party.state or self.cast.reader.state(party.country, party.entity.mention)
        return replace(party, entity=state, state=None) if state is not None else None

    def under(self, word: Token, prepositions: frozenset[str] | set[str]) -> Iterator[Token]:
        """Objects of the prepositions of `word`."""
        for preposition in self.sentence.children(word, "prep", "agent"):
            if preposition.lower in prepositions:
                yield from self.sentence.children(preposition, "pobj")


def is_go_between(actor: KnownActor) -> bool:
    """A platform or an outlet that no state runs: deeds go over it, and are told by it."""
    return actor.subkind == "technology_company" or (actor.kind == "outlet" and not actor.subkind.startswith("state_"))


def is_known_body(party: Party) -> bool:
    """An international organisation of the knowledge: it has no country, and is a target all the same."""
    return party.actor is not None and party.actor.kind == "organisation" and party.country is None


def unique(parties: tuple[Party, ...]) -> tuple[Party, ...]:
    """The first party of each country."""
    seen: dict[str | None, Party] = {}
    for party in parties:
        seen.setdefault(party.country, party)
    return tuple(seen.values())


def can_claim(party: Party) -> bool:
    """Whether a party can say anything."""
    speaks = {"state", "organisation", "person", "media", "group"}
    return party.entity.type in speaks or party.state is not None or (party.entity.type == "thing" and party.named)


def noun_chain(sentence: Sentence, token: Token) -> list[Token]:
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

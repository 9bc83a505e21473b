"""What ties somebody to a deed wherever in a sentence it stands: links, orders, accusations, blame.

These ties hold for a deed told before as well ("Moscow was behind it"); which deed is meant is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workers.attribution.clauses import subject_of
from workers.attribution.parties import Party
from workers.interference.scene import Scene
from workers.text.names import Name
from workers.text.tree import Token

#: How many words on the other end of a tie may stand.
_FAR = 10
#: Where orders and money come from.
_FROM = frozenset({"from", "of", "by"})
_PLACED = frozenset({"from", "by"})
#: Words that end a tie: another clause begins.
_ENDS = {"which", "who", "that", "but", "against", "while", "whose", "where", "aim", "target", "when", "as", ";", "say"}


def tied(scene: Scene, noun: Token) -> Iterator[Party]:
    """Those to whom a noun is tied: appositions ("actors, notably Russia"), "linked to Iran", "from Russia"."""
    sentence, links = scene.sentence, scene.words.links
    for child in sentence.children(noun, "appos"):
        yield from scene.parties(child)
    for child in sentence.children(noun, "acl", "relcl", "amod"):
        if child.lemma in links.verbs:
            yield from objects(scene, child, {"to", "by", "from", "in", "with"})
            own = sentence.child(child, "nsubj")
            if child.dep == "relcl" and own is not None and own.pos != "PRON":
                yield from scene.parties(own)
        elif child.tag == "VBN":
            yield from objects(scene, child, {"by"})
    yield from objects(scene, noun, {"from", "in", "of"} if noun.lemma in links.members else {"from", "in", "at"})
    for bond in scene.under(noun, {"with"}):
        if bond.lemma in links.bonds:
            yield from objects(scene, bond, {"to", "with"})


def objects(scene: Scene, word: Token, prepositions: set[str], *, through: bool = False) -> Iterator[Party]:
    """Parties under the prepositions of `word`; `through` what is tied to them ("people associated with")."""
    for item in scene.under(word, prepositions):
        parties = scene.parties(item)
        yield from parties
        if any(party.country for party in parties):
            continue
        if through:
            yield from tied(scene, item)
        for inner in scene.under(item, {"of"}):
            yield from scene.parties(inner)


def traced(scene: Scene) -> Iterator[Party]:
    """As in "tied the network to people associated with Chinese police", wherever in the sentence."""
    for word in scene.sentence.tokens:
        if word.lemma in scene.words.links.verbs and word.tag in {"VBN", "VBD", "VBZ"} and word.pos == "VERB":
            yield from objects(scene, word, {"to", "by"}, through=True)


def ordered(scene: Scene) -> Iterator[Party]:
    """As in "took their orders from officers in Moscow", "on behalf of Tehran", "the money had come from Ankara"."""
    sentence = scene.sentence
    for word in sentence.tokens:
        if word.lemma in scene.words.links.ordering and word.pos in {"NOUN", "VERB"}:
            yield from objects(scene, word, {"from", "of"}, through=True)
            above = sentence.head(word)
            if word.dep == "dobj" and above is not None:
                yield from objects(scene, above, {"from"}, through=True)


def behind(scene: Scene) -> Iterator[Party]:
    """As in "Moscow was behind the attacks"."""
    sentence = scene.sentence
    for word in sentence.tokens:
        verb = sentence.head(word)
        if word.lower == "behind" and word.dep in {"prep", "advmod"} and verb is not None:
            subject = subject_of(sentence, verb) or (verb if verb.pos in {"NOUN", "PROPN"} else None)
            if subject is not None:
                yield from scene.parties(subject)


def responsible(scene: Scene) -> Iterator[Party]:
    """As in "Cambodia was responsible for two incidents"."""
    sentence = scene.sentence
    for word in sentence.tokens:
        verb = sentence.head(word)
        if word.lemma in scene.words.links.answerable and word.dep in {"acomp", "oprd", "attr"} and verb is not None:
            subject = subject_of(sentence, verb) if word.dep != "oprd" else sentence.child(verb, "dobj")
            yield from scene.parties(subject) if subject is not None else ()


def accused(scene: Scene) -> Iterator[Party]:
    """As in "accused Moscow of meddling", "blamed the attack on Iran", "attributed it to China"."""
    sentence, words = scene.sentence, scene.words
    for word in sentence.tokens:
        if word.lemma == "sanction" and word.pos == "NOUN":
            yield from objects(scene, word, {"on", "against"})
            above = sentence.head(word)
            if above is not None and above.pos == "VERB":
                yield from objects(scene, above, {"on", "against"})
        if word.pos == "VERB" and word.lemma in words.status.accusing:
            blamed = sentence.child(word, "dobj", "nsubjpass")
            if blamed is not None:
                yield from scene.parties(blamed)
            yield from objects(scene, word, {"on"})
        if word.pos == "VERB" and word.lemma in words.links.laying:
            yield from objects(scene, word, {"to", "on"})


def _is_had(scene: Scene, bond: Token) -> bool:
    """As in "with close ties to", "had links with"; not "loosened the country's ties with"."""
    before = scene.sentence.tokens[max(0, bond.i - 4) : bond.i]
    return any(word.lemma in {"with", "have", "find"} for word in before)


def serving(scene: Scene) -> Iterator[Party]:
    """As in "did so for Seoul's intelligence agency", "hackers working for the Serbian services"."""
    words = scene.words
    for word in scene.sentence.tokens:
        if word.pos == "VERB" and word.lemma in words.links.serving:
            for item in scene.under(word, {"for"}):
                parties = scene.parties(item)
                if item.lemma in words.links.direct or any(p.named and p.entity.type == "state" for p in parties):
                    yield from parties
        elif word.pos == "NOUN" and word.lemma in words.links.errands:
            yield from objects(scene, word, {"for"})


def threatening(scene: Scene) -> Iterator[Party]:
    """As in "Russia remains the most active threat"."""
    sentence = scene.sentence
    for word in sentence.tokens:
        verb = sentence.head(word)
        if word.lemma in scene.words.deed.culprits and word.dep in {"attr", "dobj", "oprd"} and verb is not None:
            subject = subject_of(sentence, verb)
            if subject is not None:
                yield from scene.parties(subject)


def identified(scene: Scene) -> Iterator[Party]:
    """As in "the man who paid him was an officer of Iran's intelligence ministry", "as hackers of the GRU"."""
    sentence = scene.sentence
    for word in sentence.tokens:
        what = sentence.children(word, "attr") if word.lemma == "be" else ()
        if word.lower == "as" and word.dep == "prep":
            what = sentence.children(word, "pobj")
        for attribute in what:
            if attribute.lemma in scene.words.links.direct | scene.words.links.members:
                yield from scene.parties(attribute)
                yield from objects(scene, attribute, {"of", "in", "from"})


def tied_by_words(scene: Scene) -> Iterator[Party]:
    """The names that follow a word of a tie within its clause, where the parse joins them to something else."""
    sentence, links = scene.sentence, scene.words.links
    for word in sentence.tokens:
        if word.lemma not in links.of_words:
            continue
        if word.lemma == "close" and word.pos != "ADJ":
            continue
        if word.pos == "NOUN" and word.lemma in links.bonds and not _is_had(scene, word):
            continue
        following = sentence.tokens[word.i + 1 : word.i + (6 if word.lemma in links.placed else 4)]
        allowed = links.tying_prepositions if word.lemma in links.tying else _FROM
        if word.lemma in links.placed and word.lemma not in links.ordering:
            allowed = _PLACED if word.tag in {"VBN", "VBG", "VBD"} else frozenset()
        preposition = next((w for w in following if w.lower in allowed), None)
        if preposition is not None:
            yield from chain(scene, preposition.i + 1)


def resembling(scene: Scene) -> Iterator[Party]:
    """As in "straight from the Russian playbook", "bore the hallmarks of Iran's services"."""
    for word in scene.sentence.tokens:
        if word.lemma in scene.words.links.marks:
            for modifier in scene.sentence.children(word, "amod", "poss", "compound"):
                yield from owners(scene, modifier)
            yield from objects(scene, word, {"of"})


def pointed(scene: Scene) -> Iterator[Party]:
    """As in "pointed to Brussels", "left no doubt whom it held responsible: Belgrade"."""
    for word in scene.sentence.tokens:
        if word.lemma in scene.words.links.pointing:
            following = scene.sentence.tokens[word.i + 1 : word.i + 4]
            signs = {"of"} if word.lower == "those" else {"to", "at", "towards", ":", "on"}
            sign = next((w for w in following if w.lower in signs), None)
            if sign is not None:
                yield from chain(scene, sign.i + 1)


def chain(scene: Scene, first: int) -> Iterator[Party]:
    """The party named within a few words from `first`, and those joined to it by commas and "and"."""
    place = first
    names = iter(name for name in scene.names if name.actor.country is not None)
    for name in names:
        tokens = scene.sentence.at(name.start, name.end)
        if tokens[0].i < place:
            continue
        between = scene.sentence.tokens[place : tokens[0].i]
        if place == first and _is_of_somebody_else(scene, between):
            return
        is_near = len(between) <= _FAR and not any(w.lemma in _ENDS or w.lower in _ENDS for w in between)
        is_joined = place == first or any(w.lower in {"and", ",", "/", "or"} for w in between[:2])
        if not is_near or not is_joined or (place != first and any(w.pos == "VERB" for w in between)):
            return
        if _stands_for_itself(name):
            yield scene.party_of(name)
        place = tokens[-1].i + 1


def _is_of_somebody_else(scene: Scene, between: Sequence[Token]) -> bool:
    """As in "tied to John Doe planned to discredit Peru": the tie ends at a name that nobody knows."""
    other = next((word for word in between if word.pos == "PROPN" and scene.cast.reader.name_at(word) is None), None)
    return other is not None and any(word.pos in {"VERB", "AUX"} for word in between if word.i > other.i)


def _stands_for_itself(name: Name) -> bool:
    """Not a platform or an independent outlet: "Facebook accounts" are not Facebook's."""
    actor = name.actor
    return (
        actor.kind in {"state", "operation", "person"} or actor.speaks_for_state or actor.subkind.startswith("state_")
    )


def owners(scene: Scene, word: Token) -> Iterator[Party]:
    """Whose it is by a modifier: "Russian", "Russia's", "its"."""
    for part in scene.sentence.conjuncts(word):
        name = scene.cast.reader.name_at(part)
        if name is not None and name.actor.country is not None:
            if _stands_for_itself(name):
                yield scene.cast.reader.state_named(scene.sentence, part, name)
        elif part.pos == "PRON" and part.dep == "poss":
            yield from _possessors(scene, part)


def _possessors(scene: Scene, pronoun: Token) -> Iterator[Party]:
    """Whose "its" is: the subject's of its clause, else whoever it takes up."""
    verb = next((word for word in scene.sentence.ancestors(pronoun) if word.pos == "VERB"), None)
    subject = subject_of(scene.sentence, verb) if verb is not None else None
    own = tuple(p for p in scene.parties(subject) if p.country) if subject is not None and subject.i < pronoun.i else ()
    party = scene.cast.party(scene.sentence, pronoun)
    if own:
        yield from own
    elif party is not None and party.entity.type in {"state", "organisation", "group"}:
        yield party

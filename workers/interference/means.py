"""Families of techniques and platforms that a sentence names, by a word or by an act and its object.

Whether anybody did it is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workers.interference.finding import Means
from workers.interference.lexicon import Combination, FamilyWords, Lexicon
from workers.text.tree import Sentence, Token

_NAMING = {"NOUN", "PROPN", "ADJ"}


def means_in(sentence: Sentence, words: Lexicon, *, combined: bool = True) -> tuple[Means, ...]:
    """Families of techniques that the sentence names, each once, where it names them first."""
    places: dict[str, list[tuple[int, int]]] = {}
    for family in _families(sentence, words.naming):
        places.setdefault(family.name, []).extend(_named(sentence, family))
    low = sentence.text.lower()
    if words.phrase_stems.find_matches_as_indexes(low):
        for family in words.families:
            match = family.phrases.search(low)
            if match is not None:
                span = (sentence.start + match.start(), sentence.start + match.end())
                places.setdefault(family.name, []).append(span)
    for family in _families(sentence, words.acting) if combined else ():
        places.setdefault(family.name, []).extend(
            (act.start, thing.end) if act.start < thing.start else (thing.start, act.end)
            for act, thing in _combined(sentence, family)
        )
    first = ((*min(spans), name) for name, spans in places.items() if spans)
    return tuple(
        Means(family=name, start=start, end=end)
        for start, end, name in sorted(first, key=lambda means: (means[0], means[2]))
    )


def acts_in(sentence: Sentence, words: Lexicon) -> Iterator[Token]:
    """Words that name a means only together with what is done to what."""
    for family in _families(sentence, words.acting):
        for act, _ in _combined(sentence, family):
            yield act


def is_grave(sentence: Sentence, words: Lexicon, *, or_online: bool = False) -> bool:
    """Whether the sentence names a means that is nobody's everyday business, or one of campaigns online."""
    grave = {f.name: f for f in words.families if f.grave or (or_online and f.name == "social_media_campaign")}
    found = (means for means in means_in(sentence, words) if means.family in grave)
    return any(not _is_idle(sentence, means, grave[means.family]) for means in found)


def _is_idle(sentence: Sentence, means: Means, family: FamilyWords) -> bool:
    return any(word.lemma in family.idle for word in sentence.at(means.start, means.end))


def platforms_in(text: str, words: Lexicon) -> tuple[str, ...]:
    """Names of the platforms that `text` names, in the order of the list."""
    found = set(words.platforms_pattern.findall(text))
    return tuple(name for name in words.platforms if name in found)


def _families(sentence: Sentence, by_lemma: Mapping[str, frozenset[FamilyWords]]) -> set[FamilyWords]:
    """Those of which the sentence has a word; most have none, and few sentences have any."""
    return {family for lemma in sentence.lemmas for family in by_lemma.get(lemma, ())}


def _named(sentence: Sentence, family: FamilyWords) -> Iterator[tuple[int, int]]:
    for token in sentence.tokens:
        if (token.pos in _NAMING and token.lemma in family.nouns and not _is_other(sentence, token, family)) or (
            token.pos == "VERB" and (token.lemma in family.verbs or token.lemma in family.nouns)
        ):
            yield token.start, token.end


def _is_other(sentence: Sentence, noun: Token, family: FamilyWords) -> bool:
    """As in "e-mail accounts", "broke into the accounts of politicians": no means of the doer's."""
    if any(word.lemma in family.unless for word in sentence.tokens[max(0, noun.i - 3) : noun.i]):
        return True
    verb = next((word for word in sentence.ancestors(noun) if word.pos == "VERB"), None)
    return verb is not None and noun.i > verb.i and verb.lemma in family.victim_of


def _combined(sentence: Sentence, family: FamilyWords) -> Iterator[tuple[Token, Token]]:
    for combination in family.combinations:
        if combination.near and not any(
            w.lemma in combination.near or w.lower in combination.near for w in sentence.tokens
        ):
            continue
        yield from _matches(sentence, combination)


def _matches(sentence: Sentence, combination: Combination) -> Iterator[tuple[Token, Token]]:
    for token in sentence.tokens:
        if token.lemma in combination.acts and token.pos in {"VERB", "NOUN", "ADJ", "PROPN"}:
            thing = next((w for w in _things_of(sentence, token) if w.lemma in combination.objects), None)
            if thing is not None:
                yield token, thing


def _things_of(sentence: Sentence, act: Token) -> Iterator[Token]:
    """What an act is done to, or what a word is said of: "broke into servers", "stolen e-mails", "theft of data"."""
    above = sentence.head(act)
    if act.dep in {"amod", "acl", "relcl", "compound", "nmod"} and above is not None:
        yield above
        yield from sentence.conjuncts(above)
    for child in sentence.children(act, "dobj", "nsubjpass", "dative", "oprd", "xcomp", "attr"):
        yield from _with_parts(sentence, child)
    if act.pos == "VERB" and sentence.child(act, "dobj") is None:
        yield from sentence.children(act, "nsubj")
    for preposition in sentence.children(act, "prep", "prt", "agent"):
        for item in sentence.children(preposition, "pobj"):
            yield from _with_parts(sentence, item)


def _with_parts(sentence: Sentence, noun: Token) -> Iterator[Token]:
    for word in sentence.conjuncts(noun):
        yield word
        yield from sentence.children(word, "compound")
        for preposition in sentence.children(word, "prep"):
            if preposition.lower in {"of", "in", "from"}:
                yield from sentence.children(preposition, "pobj")

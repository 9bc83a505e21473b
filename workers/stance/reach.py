"""How far the words of a target reach, where the parser drew too many or too few into its phrase.

Which word is the target is decided elsewhere.
"""

from __future__ import annotations

from dataclasses import replace

from stancewire.types import Entity, Span
from workers.attribution.cast import Cast
from workers.attribution.parties import Party
from workers.text.tree import Sentence, Token

#: Of these "of" opens the charge.
_CHARGING = {"accuse", "suspect", "convict"}
#: What belongs to something done ("cut aid to Peru"), and what says where or when it is told ("in a speech").
_BELONGING = {"to", "from", "on", "against", "with", "for", "of", "over", "between", "into", "off", "toward", "towards"}
_SETTING = {"in", "at", "after", "before", "during", "amid", "by", "as", "since", "until", "within", "despite"}


def after_cue(sentence: Sentence, cue: Token, target: Party) -> Party:
    """A phrase into which the parser drew the word that judges it, without that word: "Lima hails ties"."""
    mention = target.entity.mention
    if not mention.start <= cue.start < cue.end < mention.end or target.sentence != sentence.index:
        return target
    first = sentence.tokens[cue.i + 1]
    text = sentence.text[first.start - sentence.start : mention.end - sentence.start]
    span = Span(text=text, start=first.start, end=mention.end)
    return replace(target, entity=replace(target.entity, name=text, mention=span)) if not target.actor else target


def before_charge(sentence: Sentence, cue: Token, target: Party) -> Party:
    """The accused without the charge that the parser drew into the phrase: "accused the Centre of neglecting it"."""
    mention = target.entity.mention
    if cue.lemma not in _CHARGING or target.sentence != sentence.index or target.actor is not None:
        return target
    for word in sentence.at(mention.start, mention.end):
        after = sentence.tokens[word.i + 1] if word.i + 1 < len(sentence.tokens) else None
        is_charge = after is not None and (after.tag == "VBG" or after.pos == "NOUN")
        if word.lower == "of" and is_charge and word.i > target.token:
            text = sentence.text[mention.start - sentence.start : word.start - sentence.start].rstrip()
            span = Span(text=text, start=mention.start, end=mention.start + len(text))
            return replace(target, entity=replace(target.entity, name=text, mention=span))
    return target


def _is_in(sentence: Sentence, word: Token, above: Token) -> bool:
    return word is above or sentence.is_below(word, above)


def deed(sentence: Sentence, verb: Token, cast: Cast) -> Party:
    """Something done as a target: "lift the sanctions on Cuba", with the country that it is about."""
    words = [verb]
    own = sentence.child(verb, "nsubj") if verb.dep in {"advcl", "ccomp", "acl", "ROOT"} else None
    doer = cast.party(sentence, own) if own is not None else None
    country = doer.country if doer is not None else None
    for child in sentence.children(verb, "prt", "dobj", "dative", "prep"):
        set_off = child.i > 0 and sentence.tokens[child.i - 1].text == ","
        if child.dep == "prep" and (set_off or child.lower not in _BELONGING):
            continue
        beside = [w for w in sentence.children(child, "prep") if child.dep == "dobj" and w.lower in _SETTING]
        words.extend(
            w for w in sentence.subtree(child) if w.i > verb.i and not any(_is_in(sentence, w, b) for b in beside)
        )
        thing = child if child.dep != "prep" else sentence.child(child, "pobj")
        party = cast.party(sentence, thing) if thing is not None and country is None else None
        country = country or (party.country if party is not None else None)
    last = max(words, key=lambda word: word.i)
    split = sentence.child(verb, "xcomp")
    if split is not None and split.i == last.i + 1 and split.tag == "VB" and sentence.child(split, "aux") is None:
        last = sentence.subtree(split)[-1]  # "stop the arrest": a noun taken for a verb
    span = Span(
        text=sentence.text[verb.start - sentence.start : last.end - sentence.start], start=verb.start, end=last.end
    )
    entity = Entity(name=span.text, type="thing", country=country, id=None, mention=span)
    return Party(entity=entity, state=None, sentence=sentence.index, token=verb.i, named=False)

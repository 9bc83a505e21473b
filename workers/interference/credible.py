"""Keeps of what was found what an analyst would call a report: somebody says so, and it is no open war.

Nothing is added or changed here; a finding stays as it is or goes.
"""

from __future__ import annotations

from workers.interference.finding import InterferenceFinding
from workers.interference.lexicon import Lexicon
from workers.interference.scene import is_known_body
from workers.text.tree import Sentence

#: Families that are also told of armies: a fire after a strike, militias fighting for somebody.
_OF_WAR = {"sabotage", "proxies"}
#: Families of which crime for money makes use as well.
_FOR_MONEY = {"cyber_intrusion", "illicit_funding"}
#: Deeds that are told of armies as well.
_BLOWS = ("deed.attack", "deed.offensive", "deed.onslaught", "deed.operation", "deed.aggression")
#: Families that are everyday business between a state and people in its hands.
_OPEN = {"intimidation"}
#: From these chances on weighed facts speak for themselves where somebody says so, and where nobody does.
_LIKELY = 0.75
_SURE = 0.85


def is_credible(finding: InterferenceFinding, sentence: Sentence, words: Lexicon, *, is_near_another: bool) -> bool:
    """Whether enough is said of a finding: a means alone, with nobody who says or denies it, is no report.

    Near a report that somebody makes it is a further part of that.
    """
    kind = finding.rule.partition(".")[0]
    families = {means.family for means in finding.means}
    if families <= _FOR_MONEY and any(token.lemma in words.theft for token in sentence.tokens):
        return False
    is_blow = finding.rule.startswith(_BLOWS) or kind not in {"operation", "deed", "sway"}
    if families <= _OF_WAR and is_blow and _is_of_war(sentence, words):
        return False
    if kind == "technique" and finding.rule.partition(".")[2] in words.tools:
        return False
    if sentence.text.rstrip().endswith("?") and not finding.claimants:
        return False
    if not (finding.claimants or finding.denials) and not _has_verb(sentence, finding.start):
        return False  # a headline over what is told below it
    is_told = is_near_another or bool(finding.claimants or finding.denials)
    if kind == "technique":
        is_taken_down = any(claimant.category == "technology_company" for claimant in finding.claimants)
        return is_told and (finding.target is not None or is_taken_down)
    if kind == "weighed":
        is_said = bool(finding.claimants or finding.denials)
        is_clear = bool(families or finding.denials) or finding.chance >= _LIKELY
        return finding.chance >= _SURE or (is_said and is_clear)
    if finding.target is not None and finding.target.country is None and not is_known_body(finding.target):
        return is_told
    return is_told or kind != "act" or not families <= _OPEN


def _is_of_war(sentence: Sentence, words: Lexicon) -> bool:
    return any(token.lemma in words.war for token in sentence.tokens)


def _has_verb(sentence: Sentence, deed: int) -> bool:
    """Whether the sentence has a verb beside the word of the deed, which starts at `deed`."""
    return any(token.pos in {"VERB", "AUX"} and token.start != deed for token in sentence.tokens)

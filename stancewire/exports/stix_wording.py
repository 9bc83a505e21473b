"""What objects say to people: who says it, how sure, who denies it, and by which sentence.

Which objects there are is decided in the modules beside this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from stancewire import codec
from stancewire.exports.stix_objects import STANCEWIRE, properties, without_gaps
from stancewire.types import ArticleReference, Claimant, Denial, Interference, Signal, Stance

_STATUS = {
    "alleged": "alleged: somebody says so",
    "assessed": "assessed: somebody concludes so",
    "confirmed": "confirmed by those who say so",
    "warned": "warned of",
    "refuted": "refuted",
}
_LINKS = {
    "direct": "said to have acted itself",
    "proxy": "said to have acted through others",
    "unspecified": "the article does not say how it was involved",
}
_POLARITY = {"favourable": "a favourable", "adverse": "an adverse", "neutral": "a neutral"}
_OWNERSHIP = {
    "independent": "independent",
    "public": "public broadcaster",
    "state_run": "run by a state",
    "state_affiliated": "affiliated with a state",
}


def report_text(signal: Interference) -> str:
    """What a report says of itself."""
    aims = [each.name for each in (signal.target, signal.event) if each is not None]
    means = [
        words(each.family) + (f" (DISARM {each.disarm}, {each.disarm_version})" if each.disarm else "")
        for each in signal.techniques
    ]
    lines = [
        f"What {_outlet(signal.article)} reports. It is a report of what is said, and attributes nothing to anybody.",
        f"Status: {_STATUS[signal.status]}.",
        f"Said by: {_joined([_claimant(each) for each in signal.claimants]) or 'nobody who is named'}.",
        f"Denied by: {_joined([each.name for each in signal.denied_by]) or 'nobody in this article'}.",
        f"Named as the actor: {signal.actor.name} ({_LINKS[signal.actor_link]}).",
        f"Against: {_joined(aims) or 'nobody who is named'}.",
        *([f"By means of: {_joined(means)}."] if means else []),
        *([f"On: {_joined(signal.platforms)}."] if signal.platforms else []),
        *_reading(signal),
    ]
    return "\n".join(lines)


def denial_text(denial: Denial, signal: Interference) -> str:
    """Who denies it, and in which sentence that stands."""
    sentence = f"of what is said in: “{signal.evidence.text}”"
    return f"{denial.name} denies it (“{denial.span.text}”), as {_outlet(signal.article)} reports {sentence}"


def stance_text(stance: Stance) -> str:
    """What a note says of a stance."""
    lines = [
        f"{stance.holder.name} takes {_POLARITY[stance.polarity]} stance toward {stance.target.name}, as "
        f"{_outlet(stance.article)} reports ({stance.voice}; line: {words(stance.line)}).",
        *([f"Said by: {stance.speaker.name}."] if stance.speaker is not None else []),
        *([f"Act: {stance.act} (PLOVER)."] if stance.act else []),
        *([f"On condition: “{stance.condition.text}”"] if stance.condition is not None else []),
        *_reading(stance),
    ]
    return "\n".join(lines)


def carried(signal: Signal) -> dict[str, Any]:
    """The extension that holds a signal as it was published."""
    return properties(STANCEWIRE, signal=without_gaps(codec.announcements.to_dict(signal)))


def confidence_of(confidence: float) -> int:
    """0 to 100."""
    return max(0, min(100, round(confidence * 100)))


def words(name: str) -> str:
    """An identifier as words."""
    return name.replace("_", " ")


def _reading(signal: Signal) -> Iterator[str]:
    found_by = f"{signal.extractor.name} {signal.extractor.version}, rule {signal.rule}"
    yield f"Sentence: “{signal.evidence.text}”"
    yield (
        f"Confidence {confidence_of(signal.confidence)} of 100 that the sentence is read rightly, "
        f"not that what it says is so ({found_by}; signal {signal.id})."
    )


def _claimant(claimant: Claimant) -> str:
    return claimant.name + (f" ({words(claimant.category)})" if claimant.category else "")


def _joined(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _outlet(article: ArticleReference) -> str:
    """The outlet with its home and its owner."""
    if not article.outlet:
        return "an article"
    more = _joined(each for each in (article.outlet_country, _OWNERSHIP.get(article.ownership or "")) if each)
    return f"{article.outlet} ({more})" if more else article.outlet
